//! What has happened since the calendar was made, as it is written: EVENTS of the contract.

use deserr::{Deserr, IntoValue, Map, Sequence, Value, ValuePointerRef};
use serde::Serialize;
use serde_json::Value as Json;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        RefOr,
        schema::{Array, ObjectBuilder, Schema, Type},
    },
};

use crate::{
    problem::{self, Fault, Faults, Node, Order, Place, ReadError, Stamp, limits, pointer},
    scenario::edits::{self, Edit},
};

/// What has happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserr, ToSchema)]
#[deserr(error = Faults, deny_unknown_fields)]
#[serde(deny_unknown_fields)]
pub struct Events {
    /// Now: what began before stays as it was. Without an offset it is local time of the first site.
    pub at: Stamp,
    /// The events.
    pub events: Vec<Event>,
    /// Sessions that must not change, by id.
    #[deserr(default)]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub keep: Vec<String>,
    /// Calls that weigh more or less than others.
    #[deserr(default)]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub burden: Vec<Burden>,
}

/// What a call to somebody weighs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserr, ToSchema)]
#[deserr(error = Faults, deny_unknown_fields)]
#[serde(deny_unknown_fields)]
pub struct Burden {
    /// The participant or clinician.
    pub id: String,
    /// As many calls to others, 0 to 1000; of everybody else it is 1.
    pub weight: u32,
}

/// The most that a call weighs.
const HEAVIEST: u32 = 1000;

/// The kinds of events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserr, ToSchema)]
#[deserr(error = Faults)]
#[serde(rename_all = "snake_case")]
pub enum EventKind {
    /// A clinician is away.
    #[deserr(rename = "clinician_away")]
    ClinicianAway,
    /// A room can't be used.
    #[deserr(rename = "room_closed")]
    RoomClosed,
    /// A site is closed.
    #[deserr(rename = "site_closed")]
    SiteClosed,
    /// A participant has no time.
    #[deserr(rename = "participant_away")]
    ParticipantAway,
    /// A session, or one participant of it, is called off.
    #[deserr(rename = "cancel")]
    Cancel,
    /// A participant has one more order.
    #[deserr(rename = "new_order")]
    NewOrder,
    /// Anything else, as edits of the problem.
    #[deserr(rename = "edit")]
    Edit,
}

/// One event. Which fields it has depends on its kind.
#[derive(Debug, Clone, PartialEq, Serialize, Deserr, ToSchema)]
#[deserr(error = Faults, deny_unknown_fields)]
#[serde(deny_unknown_fields)]
pub struct Event {
    /// What kind it is.
    pub kind: EventKind,
    /// Of whom or what: the clinician, room, site or participant; the session of `cancel`; the participant of `new_order`.
    #[deserr(default)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// From when on; `at` by default. Without an offset it is local time of whom or what it is about.
    #[deserr(default)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Stamp>,
    /// Until when; the end of the week by default.
    #[deserr(default)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<Stamp>,
    /// `cancel`: who does not come to the session; nobody does by default, and it is not held.
    #[deserr(default)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub participant: Option<String>,
    /// `new_order`: the order.
    #[deserr(default)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order: Option<Order>,
    /// `edit`: edits of the problem, by ids.
    #[deserr(default)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub edits: Option<EditList>,
}

/// Edits as they stand in an event.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(transparent)]
pub struct EditList(pub Vec<Edit>);

impl Deserr<Faults> for EditList {
    fn deserialize_from_value<V: IntoValue>(value: Value<V>, location: ValuePointerRef) -> Result<Self, Faults> {
        edits::read(&json(value)).map(EditList).map_err(|faults| faults.inside(&pointer(location)))
    }
}

/// A value of any tree as JSON.
fn json<V: IntoValue>(value: Value<V>) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Boolean(b) => b.into(),
        Value::Integer(n) => n.into(),
        Value::NegativeInteger(n) => n.into(),
        Value::Float(x) => x.into(),
        Value::String(text) => text.into(),
        Value::Sequence(list) => list.into_iter().map(|entry| json(entry.into_value())).collect(),
        Value::Map(map) => Json::Object(map.into_iter().map(|(key, value)| (key, json(value.into_value()))).collect()),
    }
}

impl PartialSchema for EditList {
    fn schema() -> RefOr<Schema> {
        let text = |what: &str| ObjectBuilder::new().schema_type(Type::String).description(Some(what.to_owned()));
        let edit = ObjectBuilder::new()
            .schema_type(Type::Object)
            .property("set", text("Gives a field another value: its path"))
            .property("to", ObjectBuilder::new().description(Some("With `set`: the value")))
            .property("add", text("Appends an entry to a list: its path"))
            .property("value", ObjectBuilder::new().description(Some("With `add`: the entry")))
            .property("remove", text("Takes something away: its path"))
            .property("copy", text("Copies an entity: its path"))
            .property(
                "count",
                ObjectBuilder::new().schema_type(Type::Integer).description(Some("With `copy`: how many")),
            )
            .description(Some("One of `set`, `add`, `remove`, `copy`, with what goes with it."));
        Array::new(edit).into()
    }
}

impl ToSchema for EditList {}

impl Event {
    /// The fields that an event of this kind needs, and those that it may have besides `kind`.
    fn fields(&self) -> (&'static [&'static str], &'static [&'static str]) {
        match self.kind {
            EventKind::ClinicianAway | EventKind::RoomClosed | EventKind::SiteClosed | EventKind::ParticipantAway => {
                (&["id"], &["id", "from", "to"])
            }
            EventKind::Cancel => (&["id"], &["id", "participant"]),
            EventKind::NewOrder => (&["id", "order"], &["id", "order"]),
            EventKind::Edit => (&["edits"], &["edits"]),
        }
    }

    /// Which of its fields are there.
    fn given(&self) -> [(&'static str, bool); 6] {
        [
            ("id", self.id.is_some()),
            ("from", self.from.is_some()),
            ("to", self.to.is_some()),
            ("participant", self.participant.is_some()),
            ("order", self.order.is_some()),
            ("edits", self.edits.is_some()),
        ]
    }
}

impl Events {
    /// What is wrong with the events by themselves, whatever the problem is.
    fn faults(&self) -> Faults {
        let mut faults = Faults::default();
        let root = Place::Root;
        let list = root.field("events");
        let lists = [("events", self.events.len()), ("keep", self.keep.len()), ("burden", self.burden.len())];
        for (place, length) in lists.map(|(name, length)| (root.field(name), length)) {
            if length > limits::LONGEST_LIST {
                faults.push(fault(place, "too-large", format!("There are {length} entries."), None));
            }
        }
        let burden = root.field("burden");
        for (k, call) in self.burden.iter().enumerate().filter(|(_, call)| call.weight > HEAVIEST) {
            let detail = format!("A call weighs 0 to {HEAVIEST}, not {}.", call.weight);
            faults.push(fault(burden.item(k).field("weight"), "out-of-range", detail, None));
        }
        for (k, event) in self.events.iter().enumerate() {
            let (needed, known) = event.fields();
            for (name, given) in event.given() {
                let entry = list.item(k);
                if needed.contains(&name) && !given {
                    let hint = format!("An event of this kind needs {}.", needed.join(" and "));
                    faults.push(fault(entry, "missing-field", format!("`{name}` is missing."), Some(hint)));
                } else if given && !known.contains(&name) {
                    let hint = format!("It has {}.", known.join(", "));
                    let detail = format!("`{name}` is not a field of an event of this kind.");
                    faults.push(fault(entry.field(name), "unknown-field", detail, Some(hint)));
                }
            }
        }
        faults
    }
}

pub(super) fn fault(place: Place, code: &'static str, detail: String, hint: Option<String>) -> Fault {
    Fault { pointer: place.pointer(), path: place.path(), code, detail, hint }
}

/// Reads EVENTS; all that is wrong with them by themselves is told at once.
pub fn read(text: &[u8]) -> Result<Events, ReadError> {
    let stand_ins = [("at", Node::Text("2026-01-05T00:00".into())), ("events", Node::List(Vec::new()))];
    problem::read_checked(text, &stand_ins, Events::faults)
}

/// The JSON Schema of EVENTS.
pub fn schema() -> Json {
    problem::schema_of::<Events>("Events after which a calendar of Careweave is planned anew, version 1")
}
