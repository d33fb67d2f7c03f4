"""Validates FHIR resources with an independent implementation, and prints how many there are of each type as JSON.

usage: validate_fhir.py FILE: a Bundle, whose entries are validated too, or any other resource."""

import collections
import json
import sys

from fhir.resources.R4B import get_fhir_model_class

with open(sys.argv[1], encoding="utf-8") as file:
    document = json.load(file)

counts = collections.Counter()
resources = [document] + [entry["resource"] for entry in document.get("entry", [])]
for resource in resources:
    get_fhir_model_class(resource["resourceType"]).model_validate(resource)
    counts[resource["resourceType"]] += 1
json.dump(counts, sys.stdout)
