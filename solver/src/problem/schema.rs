//! JSON Schemas (2020-12) of what is read, from the same types that read it.

use serde_json::{Map, Value, json};
use utoipa::{
    ToSchema,
    openapi::schema::{Array, ArrayBuilder, ArrayItems, ObjectBuilder, Schema, Type},
};

use super::{GivenCalendar, Problem, limits};

/// The JSON Schema of a problem.
pub fn schema() -> Value {
    of::<Problem>("A problem of Careweave, version 1")
}

/// The JSON Schema of a calendar, whole or brought in.
pub fn calendar_schema() -> Value {
    of::<GivenCalendar>("A calendar of Careweave, version 1")
}

/// The schema of a list of pairs of texts.
pub(super) fn pairs() -> Array {
    let text = || Schema::from(ObjectBuilder::new().schema_type(Type::String).max_length(Some(limits::TEXT)).build());
    let pair = ArrayBuilder::new().items(ArrayItems::False).prefix_items([text(), text()]).min_items(Some(2));
    ArrayBuilder::new().items(pair).description(Some("Pairs of attributes that never meet.")).build()
}

/// The schema of a type, with those it refers to beside it.
pub(crate) fn of<T: ToSchema>(title: &str) -> Value {
    let mut parts = Vec::new();
    T::schemas(&mut parts);
    let parts: Map<String, Value> = parts.into_iter().map(|(name, part)| (name, json!(part))).collect();
    let mut schema = json!(T::schema());
    if let Some(root) = schema.as_object_mut() {
        root.insert("$schema".to_owned(), json!("https://json-schema.org/draft/2020-12/schema"));
        root.insert("title".to_owned(), json!(title));
        root.insert("$defs".to_owned(), Value::Object(parts));
    }
    settle(&mut schema);
    schema
}

/// References lead to `$defs`, and every free text has the limit that reading gives it.
fn settle(schema: &mut Value) {
    match schema {
        Value::Array(items) => items.iter_mut().for_each(settle),
        Value::Object(fields) => {
            if let Some(Value::String(to)) = fields.get_mut("$ref") {
                *to = to.replace("#/components/schemas/", "#/$defs/");
            }
            let is_text = fields.get("type").is_some_and(|kind| match kind {
                Value::Array(kinds) => kinds.contains(&json!("string")),
                kind => kind == "string",
            });
            if is_text && !fields.contains_key("pattern") && !fields.contains_key("enum") {
                fields.insert("maxLength".to_owned(), json!(limits::TEXT));
            }
            fields.values_mut().for_each(settle);
        }
        _ => {}
    }
}
