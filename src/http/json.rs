//! Request bodies of named members: each a document of its own, read by whoever knows it.

use std::fmt;

use careweave_solver::{
    problem::{Fault, GivenSession, Problem, ReadError, read, read_calendar},
    replan::{self, Events},
};
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::failure::{Document, Failure};

/// Members of an object, in their order. More than a request can have are passed over.
pub struct Members<'a>(Vec<(String, &'a RawValue)>);

/// Members that are remembered.
const MOST: usize = 64;

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members<'de>, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry::<String, &RawValue>()? {
                    if members.len() < MOST {
                        members.push(member);
                    }
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Reader)
    }
}

/// Reads an object and collects what is wrong with it, so that all of it is told at once.
pub struct Reading<'a> {
    at: &'static str,
    members: Vec<(String, &'a RawValue)>,
    faults: Vec<Fault>,
}

impl<'a> Reading<'a> {
    /// Begins to read a body that may have the members `known`.
    pub fn body(bytes: &'a [u8], known: &[&str]) -> Result<Self, Failure> {
        // Only a text that is JSON throughout gets further: members are cut out of it unread.
        let whole: &RawValue = serde_json::from_slice(bytes).map_err(|e| syntax(&e))?;
        Ok(Reading::object("", whole, known))
    }

    /// Begins to read the object at the pointer `at`.
    pub fn object(at: &'static str, value: &'a RawValue, known: &[&str]) -> Self {
        let mut reading = Reading { at, members: Vec::new(), faults: Vec::new() };
        match serde_json::from_str::<Members>(value.get()) {
            Ok(Members(members)) => {
                for (name, value) in members {
                    if !known.contains(&name.as_str()) {
                        let hint = format!("known are {}", known.join(", "));
                        let shown: String = name.chars().filter(|c| !c.is_control()).take(80).collect();
                        reading.fault(&shown, "unknown-field", format!("`{shown}` is not a field."), Some(hint));
                    } else if reading.members.iter().any(|(n, _)| *n == name) {
                        reading.fault(&name, "duplicate-field", format!("`{name}` is there twice."), None);
                    } else {
                        reading.members.push((name, value));
                    }
                }
            }
            Err(_) => reading.fault("", "wrong-type", "An object is expected here.".into(), None),
        }
        reading
    }

    /// The member of this name; null counts as absent where it is optional.
    pub fn optional(&self, name: &str) -> Option<&'a RawValue> {
        self.members.iter().find(|(n, v)| n == name && v.get() != "null").map(|(_, v)| *v)
    }

    /// The member of this name; its absence is a fault.
    pub fn required(&mut self, name: &'static str) -> Option<&'a RawValue> {
        let value = self.members.iter().find(|(n, _)| n == name).map(|(_, v)| *v);
        if value.is_none() {
            self.fault(name, "missing-field", format!("`{name}` is missing."), None);
        }
        value
    }

    /// Notes a fault of the member `name` (or of the object itself, where that is empty).
    pub fn fault(&mut self, name: &str, code: &'static str, detail: String, hint: Option<String>) {
        let name = name.replace('~', "~0").replace('/', "~1");
        let pointer = if name.is_empty() { self.at.to_owned() } else { format!("{}/{name}", self.at) };
        self.faults.push(Fault { path: pointer.clone(), pointer, code, detail, hint });
    }

    /// What is wrong.
    pub fn faults(self) -> Vec<Fault> {
        self.faults
    }
}

/// A problem and a calendar out of a body, and everything that is wrong with any of it at once.
#[derive(Default)]
pub struct Findings {
    problem: Vec<Fault>,
    calendar: Vec<Fault>,
    request: Vec<Fault>,
}

impl Findings {
    /// Takes over what is wrong with the request itself.
    pub fn request(&mut self, faults: Vec<Fault>) {
        self.request.extend(faults);
    }

    /// Reads the problem. Its faults are told by pointers that start at the problem.
    pub fn problem(&mut self, value: &RawValue) -> Result<Option<Problem>, Failure> {
        match read(value.get().as_bytes()) {
            Ok(problem) => Ok(Some(problem)),
            Err(ReadError::Invalid(faults)) => {
                self.problem.extend(faults.0);
                Ok(None)
            }
            Err(syntax) => Err(Failure::reading(Document::Problem, syntax)),
        }
    }

    /// Reads the calendar at the pointer `at`.
    pub fn calendar(&mut self, at: &str, value: &RawValue) -> Result<Option<Vec<GivenSession>>, Failure> {
        match read_calendar(value.get().as_bytes()) {
            Ok(calendar) => Ok(Some(calendar.sessions)),
            Err(ReadError::Invalid(faults)) => {
                self.calendar.extend(faults.inside(at).0);
                Ok(None)
            }
            Err(syntax) => Err(Failure::reading(Document::Calendar, syntax)),
        }
    }

    /// Reads the events of a replan.
    pub fn events(&mut self, value: &RawValue) -> Result<Option<Events>, Failure> {
        match replan::read(value.get().as_bytes()) {
            Ok(events) => Ok(Some(events)),
            Err(ReadError::Invalid(faults)) => {
                self.request.extend(faults.inside("/events").0);
                Ok(None)
            }
            Err(syntax) => Err(Failure::reading(Document::Request, syntax)),
        }
    }

    /// Takes over what was read at the pointer `at`, or what is wrong with it.
    pub fn other<T>(&mut self, at: &str, read: Result<T, ReadError>) -> Result<Option<T>, Failure> {
        match read {
            Ok(value) => Ok(Some(value)),
            Err(ReadError::Invalid(faults)) => {
                self.request.extend(faults.inside(at).0);
                Ok(None)
            }
            Err(syntax) => Err(Failure::reading(Document::Request, syntax)),
        }
    }

    /// All faults as one failure, or nothing.
    pub fn failure(self) -> Option<Failure> {
        let document = if !self.problem.is_empty() {
            Document::Problem
        } else if !self.calendar.is_empty() {
            Document::Calendar
        } else {
            Document::Request
        };
        let faults = [self.problem, self.calendar, self.request].concat();
        if faults.is_empty() { None } else { Some(Failure::Invalid { document, faults }) }
    }
}

/// A body that is no JSON: what serde_json says, without the line and column that it appends.
pub fn syntax(error: &serde_json::Error) -> Failure {
    let text = error.to_string();
    let detail = text.split_once(" at line ").map_or(text.clone(), |(detail, _)| detail.to_owned());
    Failure::Syntax { document: Document::Request, line: error.line(), column: error.column(), detail }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::drawn;

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes in prop_oneof![
            prop::collection::vec(any::<u8>(), 0..60),
            "[\\[\\]{}:,\"ab0-9. -]{0,40}".prop_map(String::into_bytes),
        ]) {
            let json = serde_json::from_slice::<serde_json::Value>(&bytes).is_ok();
            prop_assert_eq!(Reading::body(&bytes, &["a"]).is_ok(), json);
        }

        #[test]
        fn each_member_of_an_object_is_known_or_told(value in drawn::json()) {
            let text = value.to_string();
            let reading = Reading::body(text.as_bytes(), &["a", "b"]).unwrap();
            let members = value.as_object();
            for name in ["a", "b"] {
                let there = members.and_then(|m| m.get(name)).filter(|v| !v.is_null());
                prop_assert_eq!(reading.optional(name).map(|v| v.get().to_owned()), there.map(ToString::to_string));
            }
            let unknown = members.map_or(1, |m| m.keys().filter(|k| *k != "a" && *k != "b").count());
            prop_assert_eq!(reading.faults().len(), unknown);
        }
    }
}
