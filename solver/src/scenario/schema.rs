//! The JSON Schema of a document of scenarios. Edits hold values of any place of a problem, so it is written by hand.

use serde_json::{Value, json};

use super::given::MOST;
use crate::problem::limits;

/// The JSON Schema (2020-12) of scenarios.
pub fn schema() -> Value {
    let path = json!({ "type": "string", "pattern": "^/", "maxLength": limits::TEXT,
                       "description": "A place of the problem by ids, such as /rooms/s1-g1/capacity." });
    let verb = |verb: &str, needs: Value, required: Value, what: &str| {
        let mut properties = json!({ verb: path });
        if let (Some(all), Some(more)) = (properties.as_object_mut(), needs.as_object()) {
            all.extend(more.clone());
        }
        json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false, "description": what })
    };
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Scenarios of Careweave, version 1",
        "type": "object",
        "properties": { "scenarios": { "type": "array", "maxItems": MOST, "items": { "oneOf": [{ "$ref": "#/$defs/Scenario" }, { "$ref": "#/$defs/Grid" }] } } },
        "required": ["scenarios"],
        "additionalProperties": false,
        "$defs": {
            "Scenario": {
                "type": "object",
                "description": "A problem with some things changed.",
                "properties": {
                    "id": { "type": "string", "pattern": "^[A-Za-z0-9._:-]{1,64}$", "description": "Unique among the scenarios." },
                    "name": { "type": ["string", "null"], "maxLength": limits::TEXT, "description": "What a person calls it; the id by default." },
                    "edits": { "type": "array", "items": { "$ref": "#/$defs/Edit" }, "description": "Made one after the other." },
                },
                "required": ["id", "edits"],
                "additionalProperties": false,
            },
            "Grid": {
                "type": "object",
                "description": "Every combination of the steps of its axes is a scenario.",
                "properties": {
                    "id": { "type": "string", "pattern": "^[A-Za-z0-9._:-]{1,64}$", "description": "What the ids of its scenarios begin with." },
                    "grid": { "type": "array", "minItems": 1, "items": { "oneOf": [
                        { "type": "object", "properties": { "name": { "type": "string" }, "copy": path, "counts": { "type": "array", "items": { "type": "integer", "minimum": 0, "maximum": 1000 } } },
                          "required": ["copy", "counts"], "additionalProperties": false, "description": "So many copies more." },
                        { "type": "object", "properties": { "name": { "type": "string" }, "steps": { "type": "array", "items": {
                            "type": "object", "properties": { "name": { "type": "string" }, "edits": { "type": "array", "items": { "$ref": "#/$defs/Edit" } } },
                            "required": ["edits"], "additionalProperties": false } } },
                          "required": ["steps"], "additionalProperties": false, "description": "One of several changes." },
                    ] } },
                },
                "required": ["id", "grid"],
                "additionalProperties": false,
            },
            "Edit": {
                "oneOf": [
                    { "type": "object", "properties": { "say": { "type": "string", "maxLength": limits::TEXT } }, "required": ["say"], "additionalProperties": false,
                      "description": "What people say, such as `one more clinician like s1-t3, evenings only`." },
                    verb("set", json!({ "to": true }), json!(["set", "to"]), "Gives a field, or a whole entry, another value; null takes an optional field away."),
                    verb("add", json!({ "value": true }), json!(["add", "value"]), "Appends an entry to a list."),
                    verb("remove", json!({}), json!(["remove"]), "Takes something away, and every reference to it."),
                    verb("copy", json!({ "count": { "type": "integer", "minimum": 1, "maximum": limits::PARTICIPANTS } }), json!(["copy"]), "Appends copies ID.c1, ID.c2… of an entity."),
                ],
            },
        },
    })
}
