//! A place on the waiting list: since when somebody waits, from when they could come, what was said to them.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::fields::Day;

/// A participant's `waiting`; who has it and no `admitted` is in no week yet.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Waiting {
    /// The day on which they asked.
    #[schema(value_type = String)]
    pub since: Day,
    /// The first day on which they could come.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub from: Option<Day>,
    /// Larger goes first; 1 by default.
    #[serde(default = "one")]
    pub priority: u32,
    /// What was said to them, and when.
    #[serde(default)]
    pub contacts: Vec<Contact>,
}

/// A call, a letter, a visit.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Contact {
    #[schema(value_type = String)]
    pub on: Day,
    /// How, such as `phone`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub how: Option<String>,
    /// What came of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<String>,
}

fn one() -> u32 {
    1
}

/// Letters of a text of a contact, at most.
const LETTERS: usize = 1_000;
/// Contacts at most.
const CONTACTS: usize = 1_000;

impl Waiting {
    /// Of a stored participant who has not been admitted; nothing of others.
    pub fn of(body: &Value) -> Option<Self> {
        if !body["admitted"].is_null() {
            return None;
        }
        Self::read(body).ok().flatten()
    }

    /// Reads the field.
    pub fn read(body: &Value) -> Result<Option<Self>, String> {
        let Some(waiting) = body.get("waiting").filter(|w| !w.is_null()) else { return Ok(None) };
        let read: Waiting = serde_json::from_value(waiting.clone()).map_err(|e| e.to_string())?;
        if read.contacts.len() > CONTACTS {
            return Err(format!("there are more than {CONTACTS} contacts"));
        }
        let texts = read.contacts.iter().flat_map(|c| [&c.how, &c.outcome]).flatten();
        if texts.into_iter().any(|text| text.chars().count() > LETTERS) {
            return Err(format!("a text has at most {LETTERS} characters"));
        }
        Ok(Some(read))
    }
}
