//! Faults of shape, in sentences: what deserr finds while it reads a document into the types of the contract.

use std::ops::ControlFlow;

use deserr::{DeserializeError, ErrorKind, IntoValue, MergeWithError, Sequence, Value, ValueKind, ValuePointerRef};

use super::{
    faults::{Fault, Faults},
    limits::LARGEST,
    place::{escaped, pointer},
    text::{nearest, shortened},
};

impl MergeWithError<Faults> for Faults {
    fn merge(self_: Option<Self>, other: Self, _: ValuePointerRef) -> ControlFlow<Self, Self> {
        let Some(mut all) = self_ else { return flow(other) };
        all.extend(other.0);
        flow(all)
    }
}

impl DeserializeError for Faults {
    fn error<V: IntoValue>(
        self_: Option<Self>,
        error: ErrorKind<V>,
        location: ValuePointerRef,
    ) -> ControlFlow<Self, Self> {
        let mut all = self_.unwrap_or_default();
        all.push(fault(error, location));
        flow(all)
    }
}

/// Reading stops once there are more faults than are told.
fn flow(faults: Faults) -> ControlFlow<Faults, Faults> {
    if faults.is_full() { ControlFlow::Break(faults) } else { ControlFlow::Continue(faults) }
}

fn fault<V: IntoValue>(error: ErrorKind<V>, location: ValuePointerRef) -> Fault {
    let mut place = pointer(location);
    let name = subject(location);
    let (code, detail, hint) = match error {
        ErrorKind::IncorrectValueKind { actual, accepted: [ValueKind::Integer] } => number(&name, &actual),
        ErrorKind::IncorrectValueKind { actual, accepted } => {
            let expected: Vec<&str> = accepted.iter().map(|kind| kind_name(*kind)).collect();
            let detail = format!("{name} must be {}, not {}.", expected.join(" or "), found(&actual));
            ("wrong-type", detail, None)
        }
        ErrorKind::MissingField { field } => {
            let detail = format!("{} needs `{field}`, which is missing.", capitalised(thing(location)));
            ("missing-field", detail, Some(format!("Add `{field}`.")))
        }
        ErrorKind::UnknownKey { key, accepted } => {
            place = format!("{place}/{}", escaped(key));
            let hint = match nearest(key, accepted.iter().copied()) {
                Some(field) => format!("Did you mean `{field}`?"),
                None => format!("The fields of {} are {}.", thing(location), listed(accepted)),
            };
            let detail = format!("`{}` is not a field of {}.", shortened(key), thing(location));
            ("unknown-field", detail, Some(hint))
        }
        ErrorKind::UnknownValue { value, accepted } => {
            let hint = match nearest(value, accepted.iter().copied()) {
                Some(known) => format!("Did you mean `{known}`?"),
                None => format!("It is one of {}.", listed(accepted)),
            };
            ("unknown-value", format!("{name} cannot be `{}`.", shortened(value)), Some(hint))
        }
        ErrorKind::BadSequenceLen { actual, expected } => {
            let detail = format!("{name} must have {expected} entries, not {}.", actual.len());
            ("wrong-length", detail, None)
        }
        ErrorKind::Unexpected { msg } => ("invalid-value", msg, None),
    };
    Fault { path: place.clone(), pointer: place, code, detail, hint }
}

/// What is wrong with a value where a whole number belongs.
fn number<V: IntoValue>(name: &str, value: &Value<V>) -> (&'static str, String, Option<String>) {
    let range = format!("a whole number from 0 to {LARGEST}");
    match value {
        Value::NegativeInteger(n) => ("out-of-range", format!("{name} must not be negative: it is {n}."), None),
        Value::Integer(n) => ("too-large", format!("{name} must be {range}, not {n}."), None),
        Value::Float(f) if f.fract() == 0.0 && *f > 0.0 => {
            ("too-large", format!("{name} must be {range}, not {f:e}."), None)
        }
        other => ("wrong-type", format!("{name} must be {range}, not {}.", found(other)), None),
    }
}

fn kind_name(kind: ValueKind) -> &'static str {
    match kind {
        ValueKind::Null => "null",
        ValueKind::Boolean => "true or false",
        ValueKind::Integer | ValueKind::NegativeInteger => "a whole number",
        ValueKind::Float => "a number",
        ValueKind::String => "a text",
        ValueKind::Sequence => "a list",
        ValueKind::Map => "an object",
    }
}

/// A value in a few words.
fn found<V: IntoValue>(value: &Value<V>) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Boolean(value) => value.to_string(),
        Value::Integer(n) => format!("the number {n}"),
        Value::NegativeInteger(n) => format!("the number {n}"),
        Value::Float(f) => format!("the number {f:?}"),
        Value::String(text) => format!("the text {:?}", shortened(text)),
        Value::Sequence(_) => "a list".to_owned(),
        Value::Map(_) => "an object".to_owned(),
    }
}

fn listed(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

/// The value at a location, for the start of a sentence: its key, or whose entry it is.
fn subject(location: ValuePointerRef) -> String {
    match location {
        ValuePointerRef::Key { key, .. } => format!("`{}`", shortened(key)),
        ValuePointerRef::Index { prev, .. } => match prev.last_field() {
            Some(key) => format!("An entry of `{}`", shortened(key)),
            None => "An entry".to_owned(),
        },
        ValuePointerRef::Origin => "The document".to_owned(),
    }
}

/// What the object at a location is.
fn thing(location: ValuePointerRef) -> &'static str {
    let below = |field: &str| matches!(location, ValuePointerRef::Key { prev, .. } if prev.last_field() == Some(field));
    if below("attendance") {
        return "an attendance";
    }
    match location.last_field() {
        None => "the document",
        Some("problem") => "a problem",
        Some("calendar" | "start") => "a calendar",
        Some("sites") => "a site",
        Some("travel") => "`travel`",
        Some("pairs") => "a travel pair",
        Some("rooms") => "a room",
        Some("services") => "a service",
        Some("group") => "the `group` of a service",
        Some("clinicians") => "a clinician",
        Some("shifts") => "a shift",
        Some("break") => "a break",
        Some("groups") => "a group",
        Some("participants") => "a participant",
        Some("family") => "a family member",
        Some("commitments") => "a commitment",
        Some("plan") => "a plan",
        Some("orders") => "an order",
        Some("previous" | "reference" | "sessions") => "a session",
        Some("hours" | "closed" | "away" | "available" | "windows") => "a window",
        Some("weights") => "`weights`",
        Some("options") => "`options`",
        Some(_) => "this object",
    }
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
