//! FHIR R4 in: what a Bundle of Practitioner, Location, Patient and ServiceRequest says that a programme can use; and what
//! of it was not understood, by resource and element, never by value.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

/// Entries of a Bundle.
const ENTRIES: usize = 5_000;

/// What a Bundle says.
#[derive(Debug, Default)]
pub struct Read {
    /// Fields of entities, each with its `id`, by list: `sites`, `rooms`, `clinicians`, `participants`.
    pub entities: BTreeMap<&'static str, Vec<Map<String, Value>>>,
    /// Orders: of whom, and what is ordered.
    pub orders: Vec<Order>,
    /// Names, telephones, addresses of participants, by id.
    pub records: BTreeMap<String, Value>,
    /// What was not understood.
    pub not_understood: Vec<Element>,
}

/// An element of a resource.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
pub struct Element {
    /// The resource, such as `Patient/p1`, or `entry 3` where it has no id.
    pub resource: String,
    /// Its element, such as `birthDate`; empty for all of it.
    pub element: String,
    /// What is the matter with it.
    pub detail: String,
}

/// An order, as a ServiceRequest has it.
#[derive(Debug, Clone)]
pub struct Order {
    /// The ServiceRequest.
    pub resource: String,
    pub participant: String,
    /// What the service may be called: ids, billing codes, names.
    pub service: Vec<String>,
    /// The fields of the order that are said, `id` among them.
    pub fields: Map<String, Value>,
}

/// Elements that are understood, or say nothing that a programme needs.
const ALWAYS: [&str; 8] =
    ["resourceType", "id", "meta", "text", "identifier", "implicitRules", "language", "contained"];
const PRACTITIONER: [&str; 4] = ["active", "name", "qualification", "communication"];
const LOCATION: [&str; 8] =
    ["status", "name", "mode", "address", "physicalType", "partOf", "hoursOfOperation", "extension"];
const PATIENT: [&str; 5] = ["active", "name", "telecom", "address", "communication"];
const REQUEST: [&str; 8] =
    ["status", "intent", "code", "subject", "quantityQuantity", "occurrenceTiming", "performer", "priority"];

/// Reads a Bundle; a sentence, if it is none.
pub fn read(bundle: &Value) -> Result<Read, String> {
    if bundle["resourceType"] != "Bundle" {
        return Err("A Bundle is expected here: `\"resourceType\": \"Bundle\"`.".into());
    }
    let empty = Vec::new();
    let entries = match &bundle["entry"] {
        Value::Null => &empty,
        Value::Array(list) if list.len() <= ENTRIES => list,
        Value::Array(_) => return Err(format!("A Bundle has at most {ENTRIES} entries.")),
        _ => return Err("`entry` is a list.".into()),
    };
    let mut reader = Reader { ids: HashMap::new(), read: Read::default() };
    for entry in entries {
        if let (Some(kind), Some(id)) = (kind(entry), id(entry)) {
            reader.ids.insert(format!("{kind}/{}", text(&entry["resource"]["id"]).unwrap_or(&id)), id.clone());
            if let Some(url) = text(&entry["fullUrl"]) {
                reader.ids.insert(url.to_owned(), id);
            }
        }
    }
    for (k, entry) in entries.iter().enumerate() {
        let (Some(kind), Some(id)) = (kind(entry), id(entry)) else {
            let what = if kind(entry).is_some() { "id" } else { "resource" };
            reader.note(&format!("entry {k}"), what, "It has none; an entry needs a resource with an id.");
            continue;
        };
        let of = Of { name: format!("{kind}/{id}"), id, resource: &entry["resource"] };
        match kind {
            "Practitioner" => reader.practitioner(&of),
            "Location" => reader.location(&of),
            "Patient" => reader.patient(&of),
            "ServiceRequest" => reader.request(&of),
            _ => reader.note(&of.name, "", "Resources of this type are not read."),
        }
    }
    Ok(reader.read)
}

/// A resource that is read.
struct Of<'b> {
    /// `Patient/p1`.
    name: String,
    id: String,
    resource: &'b Value,
}

struct Reader {
    /// The programme's ids, by what refers to them.
    ids: HashMap<String, String>,
    read: Read,
}

fn text(value: &Value) -> Option<&str> {
    value.as_str().filter(|t| !t.trim().is_empty())
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn kind(entry: &Value) -> Option<&str> {
    text(&entry["resource"]["resourceType"])
}

/// The id by which a programme knows a resource: the one that we gave it, where we did, else its own.
fn id(entry: &Value) -> Option<String> {
    let resource = &entry["resource"];
    let ours =
        list(&resource["identifier"]).find(|i| text(&i["system"]).is_some_and(|s| s.starts_with("urn:careweave:")));
    let given = ours.and_then(|i| text(&i["value"])).or(text(&resource["id"]));
    let given = given.or(text(&entry["fullUrl"]).and_then(|url| url.strip_prefix("urn:uuid:")));
    given.map(str::to_owned)
}

/// What a person is called: not any more, where that is said.
fn name(value: &Value) -> Option<String> {
    let current = list(value).filter(|n| n["use"] != "old" && n["use"] != "nickname");
    current.filter_map(whole_name).next()
}

fn whole_name(name: &Value) -> Option<String> {
    if let Some(whole) = text(&name["text"]) {
        return Some(whole.to_owned());
    }
    let parts: Vec<&str> = list(&name["given"]).filter_map(text).chain(text(&name["family"])).collect();
    if parts.is_empty() { None } else { Some(parts.join(" ")) }
}

/// An address in one line.
fn address(value: &Value) -> Option<String> {
    if let Some(whole) = text(&value["text"]) {
        return Some(whole.to_owned());
    }
    let lines = list(&value["line"]).filter_map(text);
    let rest = ["city", "state", "postalCode", "country"].into_iter().filter_map(|part| text(&value[part]));
    let all: Vec<&str> = lines.chain(rest).collect();
    if all.is_empty() { None } else { Some(all.join(", ")) }
}

/// Languages by their first subtag: `es` of `es-MX`.
fn languages(value: &Value) -> Vec<String> {
    let code = |c: &Value| list(&c["coding"]).find_map(|c| text(&c["code"])).or(text(&c["text"])).map(str::to_owned);
    // A Patient's is wrapped once more than a Practitioner's.
    let codes = list(value).filter_map(|c| code(&c["language"]).or_else(|| code(c)));
    let mut all: Vec<String> =
        codes.filter_map(|c| c.split(['-', '_']).next().map(str::to_lowercase)).filter(|c| !c.is_empty()).collect();
    all.dedup();
    all
}

impl Reader {
    fn note(&mut self, resource: &str, element: &str, detail: impl Into<String>) {
        let shown = |text: &str| text.chars().filter(|c| !c.is_control()).take(120).collect::<String>();
        let element = Element { resource: shown(resource), element: shown(element), detail: detail.into() };
        self.read.not_understood.push(element);
    }

    /// Notes the elements of a resource that are not read.
    fn others(&mut self, of: &Of, known: &[&str]) {
        for element in of.resource.as_object().into_iter().flat_map(Map::keys) {
            if !known.contains(&&**element) && !ALWAYS.contains(&&**element) && !element.starts_with('_') {
                self.note(&of.name, element, "This element is not read.");
            }
        }
    }

    /// Whether a resource is still so.
    fn stands(&mut self, of: &Of, element: &str, stands: bool) -> bool {
        if !stands {
            self.note(&of.name, element, "It no longer holds, so nothing is made of it; what the programme has stays.");
        }
        stands
    }

    fn put(&mut self, kind: &'static str, id: &str, mut fields: Map<String, Value>) {
        fields.insert("id".into(), json!(id));
        self.read.entities.entry(kind).or_default().push(fields);
    }

    /// The id of what a reference leads to.
    fn referred(&self, reference: &Value, kind: &str) -> Option<String> {
        let to = text(&reference["reference"])?;
        if let Some(id) = self.ids.get(to) {
            return Some(id.clone());
        }
        let mut parts = to.rsplit('/');
        let (id, of) = (parts.next()?, parts.next()?);
        let known = format!("{of}/{id}");
        (of == kind).then(|| self.ids.get(&known).cloned().unwrap_or_else(|| id.to_owned()))
    }

    fn practitioner(&mut self, of: &Of) {
        self.others(of, &PRACTITIONER);
        if !self.stands(of, "active", of.resource["active"] != false) {
            return;
        }
        let mut fields = Map::new();
        match name(&of.resource["name"]) {
            Some(name) => drop(fields.insert("name".into(), json!(name))),
            None => self.note(&of.name, "name", "A clinician has a name; the id stands for it."),
        }
        let (mut credentials, mut languages) = (Vec::<&str>::new(), languages(&of.resource["communication"]));
        for qualification in list(&of.resource["qualification"]) {
            let code = list(&qualification["code"]["coding"]).find_map(|c| text(&c["code"]));
            match code.or(text(&qualification["code"]["text"])) {
                Some(code) => credentials.push(code),
                None => self.note(&of.name, "qualification", "A qualification has no code and no text."),
            }
        }
        if !credentials.is_empty() {
            fields.insert("credentials".into(), json!(credentials));
        }
        if !languages.is_empty() {
            languages.sort();
            fields.insert("languages".into(), json!(languages));
        }
        self.put("clinicians", &of.id, fields);
    }

    fn location(&mut self, of: &Of) {
        self.others(of, &LOCATION);
        if !self.stands(of, "status", of.resource["status"] != "inactive" && of.resource["mode"] != "kind") {
            return;
        }
        let room = list(&of.resource["physicalType"]["coding"]).any(|c| c["code"] == "ro");
        let part_of = &of.resource["partOf"];
        let mut fields = Map::new();
        if let Some(name) = text(&of.resource["name"]) {
            fields.insert("name".into(), json!(name));
        }
        if let Some(hours) = self.hours(of) {
            fields.insert("hours".into(), hours);
        }
        if room || !part_of.is_null() {
            // What a room is called is its id.
            fields.remove("name");
            match self.referred(part_of, "Location") {
                Some(site) => drop(fields.insert("site".into(), json!(site))),
                None => self.note(&of.name, "partOf", "A room is part of a site, which it does not name."),
            }
            self.put("rooms", &of.id, fields);
            return;
        }
        if let Some(address) = address(&of.resource["address"]) {
            fields.insert("address".into(), json!(address));
        }
        let (country, state) = (&of.resource["address"]["country"], &of.resource["address"]["state"]);
        if let Some(state) = text(state) {
            let country = text(country).map_or("US", |c| if c == "USA" { "US" } else { c });
            fields.insert("jurisdiction".into(), json!(format!("{country}-{state}")));
        }
        const ZONE: &str = "http://hl7.org/fhir/StructureDefinition/timezone";
        for extension in list(&of.resource["extension"]) {
            match text(&extension["valueCode"]) {
                Some(zone) if extension["url"] == ZONE => drop(fields.insert("time_zone".into(), json!(zone))),
                _ => self.note(&of.name, "extension", "An extension is not read."),
            }
        }
        self.put("sites", &of.id, fields);
    }

    /// Opening hours as windows.
    fn hours(&mut self, of: &Of) -> Option<Value> {
        let said = of.resource["hoursOfOperation"].as_array()?;
        let mut windows = Vec::new();
        for hours in said {
            let time = |name: &str| text(&hours[name]).and_then(|t| t.get(..5));
            let span = if hours["allDay"] == true {
                Some(("00:00", "24:00"))
            } else {
                time("openingTime").zip(time("closingTime"))
            };
            match (hours["daysOfWeek"].as_array(), span) {
                (Some(days), Some((start, end))) => windows.push(json!({ "days": days, "start": start, "end": end })),
                _ => self.note(&of.name, "hoursOfOperation", "Hours have `daysOfWeek`, and both times or `allDay`."),
            }
        }
        Some(windows.into())
    }

    fn patient(&mut self, of: &Of) {
        self.others(of, &PATIENT);
        if !self.stands(of, "active", of.resource["active"] != false) {
            return;
        }
        let mut fields = Map::new();
        let languages = languages(&of.resource["communication"]);
        if !languages.is_empty() {
            fields.insert("languages".into(), json!(languages));
        }
        let mut record = Map::new();
        let mut put = |field: &str, value: Option<String>| {
            if let Some(value) = value {
                record.insert(field.into(), json!(value));
            }
        };
        let nickname = list(&of.resource["name"]).find(|n| n["use"] == "nickname").and_then(whole_name);
        let by = |system: &str| {
            let reached = list(&of.resource["telecom"]).filter(|t| t["system"] == system && t["use"] != "old");
            let first = reached.min_by_key(|t| t["rank"].as_u64().unwrap_or(u64::MAX));
            first.and_then(|t| text(&t["value"])).map(str::to_owned)
        };
        put("name", name(&of.resource["name"]));
        put("preferred_name", nickname);
        put("phone", by("phone"));
        put("email", by("email"));
        put("address", list(&of.resource["address"]).filter(|a| a["use"] != "old").find_map(address));
        let preferred = list(&of.resource["communication"]).find(|c| c["preferred"] == true);
        put("language", preferred.and_then(|c| self::languages(&json!([c])).pop()));
        if !record.is_empty() {
            self.read.records.insert(of.id.clone(), record.into());
        }
        self.put("participants", &of.id, fields);
    }

    fn request(&mut self, of: &Of) {
        self.others(of, &REQUEST);
        let intent = text(&of.resource["intent"]).unwrap_or("order");
        let wanted = of.resource["status"] == "active" && !matches!(intent, "proposal" | "option");
        if !self.stands(of, "status", wanted) {
            return;
        }
        let Some(participant) = self.referred(&of.resource["subject"], "Patient") else {
            return self.note(&of.name, "subject", "An order is for a Patient, which it does not name.");
        };
        let code = &of.resource["code"];
        let codings = list(&code["coding"]).flat_map(|c| [&c["code"], &c["display"]]);
        let service: Vec<String> = codings.chain([&code["text"]]).filter_map(text).map(str::to_owned).collect();
        let mut fields = Map::from_iter([("id".to_owned(), json!(of.id))]);
        self.timing(of, &mut fields);
        let mut prefer = Vec::new();
        for performer in list(&of.resource["performer"]) {
            match self.referred(performer, "Practitioner") {
                Some(clinician) => prefer.push(clinician),
                None => self.note(&of.name, "performer", "Only a Practitioner is read as who is preferred."),
            }
        }
        if !prefer.is_empty() {
            fields.insert("prefer".into(), json!(prefer));
        }
        let urgency = ["routine", "urgent", "asap", "stat"];
        match text(&of.resource["priority"]).map(|p| urgency.iter().position(|u| *u == p)) {
            Some(Some(k)) => drop(fields.insert("priority".into(), json!(k + 1))),
            Some(None) => self.note(&of.name, "priority", "This is no priority of FHIR."),
            None => {}
        }
        self.read.orders.push(Order { resource: of.name.clone(), participant, service, fields });
    }

    /// How often an order is, and for how long.
    fn timing(&mut self, of: &Of, fields: &mut Map<String, Value>) {
        let repeat = &of.resource["occurrenceTiming"]["repeat"];
        let mut recurrence = Map::new();
        let whole = |value: &Value| {
            value.as_f64().filter(|n| n.fract() == 0.0 && (1.0..=10_000.0).contains(n)).map(|n| n as u64)
        };
        let (frequency, period) = (whole(&repeat["frequency"]).unwrap_or(1), whole(&repeat["period"]).unwrap_or(1));
        match text(&repeat["periodUnit"]) {
            Some("wk") => {
                fields.insert("sessions".into(), json!(frequency));
                if period > 1 {
                    recurrence.insert("every_weeks".into(), json!(period));
                }
            }
            Some("d") => drop(fields.insert("sessions".into(), json!((frequency * 7).div_ceil(period)))),
            Some(_) => self.note(&of.name, "occurrenceTiming", "Only `wk` and `d` are read as `periodUnit`."),
            None => {}
        }
        let day = |value: &Value| text(value).and_then(|t| t.get(..10)).map(str::to_owned);
        for (field, side) in [("from", "start"), ("until", "end")] {
            if let Some(day) = day(&repeat["boundsPeriod"][side]) {
                recurrence.insert(field.into(), json!(day));
            }
        }
        if let Some(total) = whole(&repeat["count"]).or_else(|| whole(&of.resource["quantityQuantity"]["value"])) {
            recurrence.insert("total".into(), json!(total));
        }
        if !recurrence.is_empty() {
            fields.insert("recurrence".into(), recurrence.into());
        }
    }
}
