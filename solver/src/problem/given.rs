//! A calendar that is brought in, to be checked or started from: only its `sessions` are needed. What else Careweave
//! writes into a calendar is accepted and left aside: it is derived anew.

use deserr::{DeserializeError, Deserr, ErrorKind, IntoValue, Map, Value, ValueKind, ValuePointerRef, take_cf_content};
use serde::Serialize;
use utoipa::openapi::{
    RefOr,
    schema::{AdditionalProperties, Array, ObjectBuilder, Ref, Schema, Type},
};

use super::{
    faults::{Fault, Faults},
    limits,
    node::Node,
    place::Place,
    read::{self, ReadError},
    session::GivenSession,
};

/// The sessions of a calendar that was brought in.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct GivenCalendar {
    /// The sessions.
    pub sessions: Vec<GivenSession>,
}

/// What stands in a calendar beside its sessions.
enum Aside {
    Number,
    Text,
    List,
    Object,
}

const ASIDE: [(&str, Aside, &str); 10] = [
    ("version", Aside::Number, "Version of the contract: 1."),
    ("status", Aside::Text, "`optimal` where nothing better exists, else `feasible`."),
    ("objective", Aside::Number, "Sum of the penalties."),
    ("bound", Aside::Number, "Proven lower bound on the objective of every calendar; 0 where nothing is proven."),
    ("gap", Aside::Number, "(objective − bound) / max(objective, 1)."),
    ("seconds", Aside::Number, "How long the solve took."),
    ("penalties", Aside::Object, "What the calendar costs, by penalty."),
    ("unmet", Aside::List, "Orders with missing sessions, and why they are missing."),
    ("warnings", Aside::List, "What the reader should know."),
    ("goals", Aside::Object, "Further goals that the solve followed."),
];

impl Aside {
    fn kinds(&self) -> &'static [ValueKind] {
        match self {
            Aside::Number => &[ValueKind::Integer, ValueKind::NegativeInteger, ValueKind::Float],
            Aside::Text => &[ValueKind::String],
            Aside::List => &[ValueKind::Sequence],
            Aside::Object => &[ValueKind::Map],
        }
    }
}

impl Deserr<Faults> for GivenCalendar {
    fn deserialize_from_value<V: IntoValue>(value: Value<V>, location: ValuePointerRef) -> Result<Self, Faults> {
        fn told<V: IntoValue>(kind: ErrorKind<V>, at: ValuePointerRef) -> Faults {
            take_cf_content(Faults::error(None, kind, at))
        }
        let map = match value {
            Value::Map(map) => map,
            actual => {
                return Err(told(ErrorKind::IncorrectValueKind { actual, accepted: &[ValueKind::Map] }, location));
            }
        };
        let mut sessions = None;
        let mut faults = Faults::default();
        for (key, value) in map.into_iter() {
            let at = location.push_key(&key);
            if key == "sessions" {
                let read = Vec::deserialize_from_value(value.into_value(), at);
                sessions = Some(read.unwrap_or_else(|more: Faults| {
                    faults.extend(more.0);
                    Vec::new()
                }));
            } else if let Some((_, aside, _)) = ASIDE.iter().find(|aside| aside.0 == key) {
                if !aside.kinds().contains(&value.kind()) {
                    let (actual, accepted) = (value.into_value(), aside.kinds());
                    faults.extend(told(ErrorKind::IncorrectValueKind { actual, accepted }, at).0);
                }
            } else {
                let accepted: Vec<&str> = ["sessions"].into_iter().chain(ASIDE.iter().map(|aside| aside.0)).collect();
                faults.extend(told::<V>(ErrorKind::UnknownKey { key: &key, accepted: &accepted }, location).0);
            }
        }
        if sessions.is_none() {
            faults.extend(told::<V>(ErrorKind::MissingField { field: "sessions" }, location).0);
        }
        match sessions {
            Some(sessions) if faults.is_empty() => Ok(GivenCalendar { sessions }),
            _ => Err(faults),
        }
    }
}

impl utoipa::PartialSchema for GivenCalendar {
    fn schema() -> RefOr<Schema> {
        let session = Ref::from_schema_name("GivenSession");
        let mut object = ObjectBuilder::new()
            .schema_type(Type::Object)
            .description(Some("A calendar, as Careweave writes it; only `sessions` is needed where one is brought in."))
            .property("sessions", Array::new(session))
            .required("sessions")
            .additional_properties(Some(AdditionalProperties::<Schema>::FreeForm(false)));
        for (name, aside, description) in &ASIDE {
            let kind = match aside {
                Aside::Number => Type::Number,
                Aside::Text => Type::String,
                Aside::List => Type::Array,
                Aside::Object => Type::Object,
            };
            object = object.property(*name, ObjectBuilder::new().schema_type(kind).description(Some(*description)));
        }
        object.into()
    }
}

impl utoipa::ToSchema for GivenCalendar {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push(("GivenSession".to_owned(), <GivenSession as utoipa::PartialSchema>::schema()));
        <GivenSession as utoipa::ToSchema>::schemas(schemas);
    }
}

impl GivenCalendar {
    /// What is wrong with the sessions beyond their shape. Ids that a problem does not have are no fault: the rules
    /// tell them.
    #[must_use]
    pub fn faults(&self) -> Faults {
        let mut faults = Faults::default();
        let root = Place::Root;
        let list = root.field("sessions");
        if self.sessions.len() > limits::CALENDAR_SESSIONS {
            let detail = format!("There are {} sessions; at most {}.", self.sessions.len(), limits::CALENDAR_SESSIONS);
            faults.push(fault(list, "too-large", detail));
        }
        for (k, session) in self.sessions.iter().enumerate() {
            if session.group.is_some() == session.order.is_some() {
                let detail = "A session names its `group` or its `order`: one of them.".to_owned();
                faults.push(fault(list.entry(k, &session.id), "group-or-order", detail));
            }
        }
        faults
    }
}

fn fault(place: Place, code: &'static str, detail: String) -> Fault {
    Fault { pointer: place.pointer(), path: place.path(), code, detail, hint: None }
}

/// Reads a calendar that is brought in.
pub fn read_calendar(text: &[u8]) -> Result<GivenCalendar, ReadError> {
    read::read_checked(text, &[("sessions", Node::List(Vec::new()))], GivenCalendar::faults)
}
