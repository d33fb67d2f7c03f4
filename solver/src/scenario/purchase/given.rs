//! Prices as they are written: what can be had, for how much, and which demand it shall serve.

use serde_json::{Value, json};

use crate::{
    problem::{Faults, Id, ReadError, limits, read_document},
    scenario::{
        ServiceLevel,
        edits::{self, Edit},
        form::Form,
    },
};

/// Most things of a price list.
const ITEMS: usize = 200;
/// Most of one thing.
const UNITS: u64 = 50;

/// Something that can be had.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// What it is called in the answer.
    pub id: Id,
    /// What a person calls it.
    pub name: String,
    /// What one costs, in whole units of any currency.
    pub cost: u64,
    /// How many can be had.
    pub most: u64,
    /// What one changes of the problem; made as often as it is bought.
    pub edits: Vec<Edit>,
}

/// What is asked.
#[derive(Debug, Clone, PartialEq)]
pub struct Prices {
    /// What is to be served beyond the problem as it is: edits, such as copies of participants.
    pub demand: Vec<Edit>,
    /// The level that must hold.
    pub level: ServiceLevel,
    /// What can be had.
    pub items: Vec<Item>,
}

/// Reads prices; everything that is wrong with their form is told at once.
pub fn read(text: &[u8]) -> Result<Prices, ReadError> {
    read_value(&read_document(text)?).map_err(ReadError::Invalid)
}

fn read_value(document: &Value) -> Result<Prices, Faults> {
    let mut form = Form::default();
    let mut asked = Prices { demand: Vec::new(), level: ServiceLevel::default(), items: Vec::new() };
    if let Some(fields) = form.object(document, "", "the document", &["demand", "service_level", "prices"]) {
        if let Some(demand) = fields.get("demand").filter(|d| !d.is_null()) {
            asked.demand = edits(&mut form, demand, "/demand");
        }
        asked.level = ServiceLevel::read(&mut form, fields.get("service_level"), "/service_level");
        if !fields.contains_key("prices") {
            form.fault("", "missing-field", "`prices` is missing.".to_owned());
        }
        for (k, entry) in form.list(fields, "prices", "", ITEMS).unwrap_or_default().iter().enumerate() {
            let at = format!("/prices/{k}");
            let Some(item) = one(&mut form, entry, &at) else { continue };
            if asked.items.iter().any(|other| other.id == item.id) {
                form.fault(&format!("{at}/id"), "duplicate-id", format!("`{}` stands before already.", item.id));
            }
            asked.items.push(item);
        }
    }
    form.end(asked)
}

fn one(form: &mut Form, entry: &Value, at: &str) -> Option<Item> {
    let fields = form.object(entry, at, "a price", &["id", "name", "cost", "most", "edits"])?;
    let id = form.id(fields, "id", at);
    let name = form.text(fields, "name", at, id.as_deref().unwrap_or_default());
    for needed in ["cost", "edits"] {
        if !fields.contains_key(needed) {
            form.fault(at, "missing-field", format!("`{needed}` is missing."));
        }
    }
    let cost = form.number(fields, "cost", at, 0..=limits::LARGEST, 0);
    let most = form.number(fields, "most", at, 1..=UNITS, 1);
    let edits = fields.get("edits").map(|list| edits(form, list, &format!("{at}/edits"))).unwrap_or_default();
    Some(Item { id: id?, name, cost, most, edits })
}

fn edits(form: &mut Form, list: &Value, at: &str) -> Vec<Edit> {
    edits::read(list).unwrap_or_else(|found| {
        form.take(found, at);
        Vec::new()
    })
}

/// The JSON Schema (2020-12) of prices.
pub fn schema() -> Value {
    let scenarios = crate::scenario::schema();
    let edits = json!({ "type": "array", "items": { "$ref": "#/$defs/Edit" } });
    let share = json!({ "type": ["number", "null"], "minimum": 0, "maximum": 1 });
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Prices of Careweave, version 1",
        "type": "object",
        "additionalProperties": false,
        "required": ["prices"],
        "properties": {
            "demand": { "anyOf": [edits, { "type": "null" }],
                        "description": "What is to be served beyond the problem as it is, such as copies of participants." },
            "service_level": {
                "type": ["object", "null"], "additionalProperties": false,
                "description": "What must hold; 0.95 of the minutes and everybody's minimum by default.",
                "properties": { "minutes_share": share, "minimum_share": share },
            },
            "prices": {
                "type": "array", "maxItems": ITEMS,
                "items": {
                    "type": "object", "additionalProperties": false, "required": ["id", "cost", "edits"],
                    "properties": {
                        "id": { "type": "string", "pattern": "^[A-Za-z0-9._:-]{1,64}$" },
                        "name": { "type": ["string", "null"], "maxLength": limits::TEXT },
                        "cost": { "type": "integer", "minimum": 0, "maximum": limits::LARGEST, "description": "Of one, in whole units of any currency." },
                        "most": { "type": ["integer", "null"], "minimum": 1, "maximum": UNITS, "description": "How many can be had; 1 by default." },
                        "edits": { "type": "array", "items": { "$ref": "#/$defs/Edit" }, "description": "What one changes of the problem; made as often as it is bought." },
                    },
                },
            },
        },
        "$defs": { "Edit": scenarios["$defs"]["Edit"] },
    })
}
