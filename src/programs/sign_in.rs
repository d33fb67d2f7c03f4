//! A sheet for the table at the door: who is expected in each session, by first name and initial.

use std::collections::BTreeMap;

use careweave_solver::problem::Date;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::{
    Refusal,
    records::{self, Named},
    weeks::{self, Key},
};
use crate::{failure::Failure, store::Store};

/// A session, and who is expected in it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Sheet {
    pub session: String,
    pub start: String,
    pub end: Option<String>,
    pub site: Option<String>,
    pub room: Option<String>,
    pub clinicians: Vec<String>,
    /// Who is expected, in the order of the alphabet.
    pub people: Vec<Expected>,
}

/// Somebody who is expected.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
pub struct Expected {
    /// First name and initial, such as `Maria G.`; the id where no name is known.
    pub label: String,
    pub participant: String,
}

/// What is asked.
#[derive(Debug, Clone, Default)]
pub struct Which {
    /// Only sessions of this local day.
    pub day: Option<Date>,
    pub session: Option<String>,
    pub site: Option<String>,
    pub room: Option<String>,
}

/// The sheets of a week, by start: of what is published, or else of the draft.
pub async fn of_week(store: &Store, key: Key<'_>, which: &Which) -> Result<Vec<Sheet>, Refusal> {
    let known = weeks::known(store, key).await?;
    let names = records::names(store, key.tenant, key.program).await?;
    let labels: BTreeMap<&str, String> = names.iter().map(|n| (&*n.participant, label(n))).collect();
    let mut sheets: Vec<Sheet> =
        known.so_far()?.iter().filter(|s| which.has(s)).map(|session| sheet(session, &labels)).collect();
    sheets.sort_by(|a, b| (&a.start, &a.session).cmp(&(&b.start, &b.session)));
    Ok(sheets)
}

impl Which {
    fn has(&self, session: &Value) -> bool {
        let is = |field: &str, wanted: &Option<String>| wanted.as_deref().is_none_or(|w| session[field] == *w);
        // A start is written in local time.
        let day = self.day.is_none_or(|d| session["start"].as_str().is_some_and(|s| s.starts_with(&d.to_string())));
        day && is("id", &self.session) && is("site", &self.site) && is("room", &self.room)
    }
}

fn sheet(session: &Value, labels: &BTreeMap<&str, String>) -> Sheet {
    let text = |field: &str| session[field].as_str().map(str::to_owned);
    let list = |field: &str| session[field].as_array().into_iter().flatten().filter_map(Value::as_str);
    let mut people: Vec<Expected> = list("participants")
        .map(|id| Expected {
            label: labels.get(id).cloned().unwrap_or_else(|| id.to_owned()),
            participant: id.to_owned(),
        })
        .collect();
    people.sort();
    Sheet {
        session: text("id").unwrap_or_default(),
        start: text("start").unwrap_or_default(),
        end: text("end"),
        site: text("site"),
        room: text("room"),
        clinicians: list("clinicians").map(str::to_owned).collect(),
        people,
    }
}

/// First name and initial of the last: others who read the sheet learn no more.
fn label(named: &Named) -> String {
    let first = named.name.split_whitespace().next().unwrap_or_default();
    match named.initials.split_terminator('.').skip(1).last() {
        Some(last) => format!("{first} {last}."),
        None => first.to_owned(),
    }
}

/// The sheets as a table with a place to sign, one person a line.
pub fn table(sheets: &[Sheet]) -> Result<Vec<u8>, Failure> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    let fault = |e: csv::Error| Failure::Internal(format!("No table: {e}."));
    writer.write_record(["session", "start", "room", "name", "signature"]).map_err(fault)?;
    for sheet in sheets {
        for person in &sheet.people {
            // A spreadsheet takes no name for a formula.
            let formula = person.label.starts_with(['=', '+', '-', '@', '\t', '\r']);
            let name = if formula { format!("'{}", person.label) } else { person.label.clone() };
            let room = sheet.room.as_deref().unwrap_or_default();
            writer.write_record([&*sheet.session, &*sheet.start, room, &*name, ""]).map_err(fault)?;
        }
    }
    writer.into_inner().map_err(|e| Failure::Internal(format!("No table: {e}.")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_signs_is_shown_by_first_name_and_initial() {
        let named = |name: &str, initials: &str| {
            label(&Named { participant: "p".into(), initials: initials.into(), name: name.into(), language: None })
        };
        assert_eq!(named("Maria Gonzalez", "M.G."), "Maria G.");
        assert_eq!(named("Mia", "M.D.G."), "Mia G.");
        assert_eq!(named("Ángel", "Á."), "Ángel");
    }
}
