//! Small documents of our own read from JSON: what is wrong with them is collected, each fault with its place.

use serde_json::{Map, Value};

use crate::problem::{Fault, Faults, Id, nearest};

/// What was found wrong so far.
#[derive(Default)]
pub(super) struct Form {
    faults: Faults,
}

impl Form {
    /// Notes a fault.
    pub fn fault(&mut self, at: &str, code: &'static str, detail: String) {
        self.hinted(at, code, detail, None);
    }

    fn hinted(&mut self, at: &str, code: &'static str, detail: String, hint: Option<String>) {
        self.faults.push(Fault { pointer: at.to_owned(), path: at.to_owned(), code, detail, hint });
    }

    /// Takes over faults of a part that was read elsewhere.
    pub fn take(&mut self, faults: Faults, at: &str) {
        self.faults.extend(faults.inside(at).0);
    }

    /// The value, unless something is wrong.
    pub fn end<T>(self, value: T) -> Result<T, Faults> {
        if self.faults.is_empty() { Ok(value) } else { Err(self.faults) }
    }

    /// The fields of an object, `what` in a sentence; those that it does not have are faults.
    pub fn object<'v>(
        &mut self,
        value: &'v Value,
        at: &str,
        what: &str,
        known: &[&str],
    ) -> Option<&'v Map<String, Value>> {
        let Some(fields) = value.as_object() else {
            self.fault(at, "wrong-type", format!("Here must be an object: {what}."));
            return None;
        };
        for name in fields.keys().filter(|name| !known.contains(&name.as_str())) {
            let shown: String = name.chars().filter(|c| !c.is_control()).take(80).collect();
            let hint = match nearest(name, known.iter().copied()) {
                Some(meant) => format!("Did you mean `{meant}`?"),
                None => format!("The fields of {what} are {}.", known.join(", ")),
            };
            let pointer = format!("{at}/{}", shown.replace('~', "~0").replace('/', "~1"));
            self.hinted(&pointer, "unknown-field", format!("`{shown}` is not a field of {what}."), Some(hint));
        }
        Some(fields)
    }

    /// The list under a name; none where it is absent.
    pub fn list<'v>(
        &mut self,
        fields: &'v Map<String, Value>,
        name: &str,
        at: &str,
        most: usize,
    ) -> Option<&'v [Value]> {
        let value = fields.get(name).filter(|v| !v.is_null())?;
        match value.as_array() {
            Some(list) if list.len() <= most => Some(list),
            Some(list) => {
                let detail = format!("`{name}` has {} entries; at most {most}.", list.len());
                self.fault(&format!("{at}/{name}"), "too-large", detail);
                None
            }
            None => {
                self.fault(&format!("{at}/{name}"), "wrong-type", format!("`{name}` must be a list."));
                None
            }
        }
    }

    /// The id under a name, which must be there.
    pub fn id(&mut self, fields: &Map<String, Value>, name: &str, at: &str) -> Option<Id> {
        match fields.get(name) {
            None | Some(Value::Null) => {
                self.hinted(at, "missing-field", format!("`{name}` is missing."), Some(format!("Add `{name}`.")));
                None
            }
            Some(value) => {
                let id = value.as_str().and_then(|text| text.parse().ok());
                if id.is_none() {
                    self.fault(&format!("{at}/{name}"), "invalid-value", format!("`{name}` must be an id."));
                }
                id
            }
        }
    }

    /// The whole number under a name, between two others; `usual` where it is absent.
    pub fn number(
        &mut self,
        fields: &Map<String, Value>,
        name: &str,
        at: &str,
        range: std::ops::RangeInclusive<u64>,
        usual: u64,
    ) -> u64 {
        let Some(value) = fields.get(name).filter(|v| !v.is_null()) else { return usual };
        value.as_u64().filter(|n| range.contains(n)).unwrap_or_else(|| {
            let detail = format!("`{name}` must be a whole number of {} to {}.", range.start(), range.end());
            self.fault(&format!("{at}/{name}"), "out-of-range", detail);
            usual
        })
    }

    /// The text under a name; `usual` where it is absent.
    pub fn text(&mut self, fields: &Map<String, Value>, name: &str, at: &str, usual: &str) -> String {
        match fields.get(name) {
            None | Some(Value::Null) => usual.to_owned(),
            Some(Value::String(text)) => text.clone(),
            Some(_) => {
                self.fault(&format!("{at}/{name}"), "wrong-type", format!("`{name}` must be a text."));
                usual.to_owned()
            }
        }
    }
}
