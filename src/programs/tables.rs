//! Lists as tables for a spreadsheet (CSV), out and in. A cell of windows is `mon wed 09:00-12:30; 2026-12-02T09:00/2026-12-02T12:00`,
//! a cell of a list `a; b`; what has parts of its own is JSON. A row that is wrong is told with its line and column.

use std::collections::HashMap;

use careweave_solver::problem::{self, Date, Fault, Faults, ReadError};
use serde_json::{Map, Value, json};

use super::{Kind, Parts, Refusal, compute, import, stored, table};
use crate::{
    failure::{Document, Failure},
    store::Store,
};

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cell {
    Text,
    Number,
    Bool,
    List,
    Windows,
    Json,
}

/// A table: a list, or what its entries have (such as orders, a row each, with the entry's id before it).
#[derive(Debug)]
pub struct Table {
    pub name: &'static str,
    kind: Kind,
    /// The column of the entry's id, and the field of the entry whose parts are the rows.
    part: Option<(&'static str, &'static str)>,
    columns: &'static [(&'static str, Cell)],
}

use Cell::{Bool, Json, List, Number, Text, Windows};

/// All tables.
pub const TABLES: [Table; 9] = [
    Table {
        name: "sites",
        kind: Kind::Sites,
        part: None,
        columns: &[
            ("id", Text),
            ("name", Text),
            ("address", Text),
            ("time_zone", Text),
            ("jurisdiction", Text),
            ("hours", Windows),
            ("closed", Windows),
        ],
    },
    Table {
        name: "rooms",
        kind: Kind::Rooms,
        part: None,
        columns: &[
            ("id", Text),
            ("site", Text),
            ("capacity", Number),
            ("features", List),
            ("hours", Windows),
            ("closed", Windows),
            ("turnover_minutes", Number),
        ],
    },
    Table {
        name: "services",
        kind: Kind::Services,
        part: None,
        columns: &[
            ("id", Text),
            ("name", Text),
            ("kind", Text),
            ("minutes", Number),
            ("documentation_minutes", Number),
            ("start_every", Number),
            ("clinicians", Number),
            ("credentials", List),
            ("room_features", List),
            ("modalities", List),
            ("billing_code", Text),
            ("public_name", Text),
            ("group", Json),
            ("counts", Bool),
        ],
    },
    Table {
        name: "clinicians",
        kind: Kind::Clinicians,
        part: None,
        columns: &[
            ("id", Text),
            ("name", Text),
            ("home_site", Text),
            ("time_zone", Text),
            ("credentials", List),
            ("licensed_in", List),
            ("languages", List),
            ("away", Windows),
            ("max_minutes_per_day", Number),
            ("max_minutes_per_week", Number),
            ("break", Json),
        ],
    },
    Table {
        name: "shifts",
        kind: Kind::Clinicians,
        part: Some(("clinician", "shifts")),
        columns: &[("days", List), ("start", Text), ("end", Text), ("sites", List), ("telehealth", Bool)],
    },
    Table {
        name: "groups",
        kind: Kind::Groups,
        part: None,
        columns: &[
            ("id", Text),
            ("name", Text),
            ("service", Text),
            ("site", Text),
            ("modality", Text),
            ("meetings", Number),
            ("hours", Windows),
            ("clinicians", List),
            ("same_clinician", Bool),
            ("roster", Text),
            ("members", List),
            ("requires", List),
            ("excludes", List),
            ("language", Text),
            ("min", Number),
            ("max", Number),
        ],
    },
    Table {
        name: "participants",
        kind: Kind::Participants,
        part: None,
        columns: &[
            ("id", Text),
            ("home_site", Text),
            ("sites", List),
            ("time_zone", Text),
            ("jurisdiction", Text),
            ("telehealth", Bool),
            ("commute_minutes", Number),
            ("attributes", List),
            ("languages", List),
            ("not_with", List),
            ("available", Windows),
            ("family", Json),
            ("apart_from", List),
            ("plan", Json),
        ],
    },
    Table {
        name: "commitments",
        kind: Kind::Participants,
        part: Some(("participant", "commitments")),
        columns: &[("kind", Text), ("windows", Windows), ("travel_minutes", Number), ("flexibility", Text)],
    },
    Table {
        name: "orders",
        kind: Kind::Participants,
        part: Some(("participant", "orders")),
        columns: &[
            ("id", Text),
            ("service", Text),
            ("sessions", Number),
            ("priority", Number),
            ("clinician", Text),
            ("prefer", List),
            ("groups", List),
            ("modality", Text),
            ("family", List),
            ("windows", Windows),
            ("one_per_day", Bool),
        ],
    },
];

impl Table {
    /// The table of this name.
    pub fn named(name: &str) -> Option<&'static Table> {
        TABLES.iter().find(|t| t.name == name)
    }

    fn head(&self) -> Vec<&'static str> {
        self.part.iter().map(|p| p.0).chain(self.columns.iter().map(|c| c.0)).collect()
    }
}

/// A list as a table.
pub async fn export_table(store: &Store, tenant: &str, program: &str, of: &'static Table) -> Result<Vec<u8>, Refusal> {
    let parts = table::parts(store, tenant, program).await?;
    Ok(compute(move || write(&parts, of)).await??)
}

fn write(parts: &Parts, of: &Table) -> Result<Vec<u8>, Failure> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    let fault = |e: csv::Error| Failure::Internal(format!("No table: {e}."));
    writer.write_record(of.head()).map_err(fault)?;
    for entity in parts.list(of.kind) {
        let entity: Value = stored(&entity.body)?;
        let cells = |row: &Value| of.columns.iter().map(|(name, cell)| shown(*cell, &row[*name])).collect::<Vec<_>>();
        match of.part {
            None => writer.write_record(cells(&entity)).map_err(fault)?,
            Some((_, field)) => {
                for part in entity[field].as_array().into_iter().flatten() {
                    let id = entity["id"].as_str().unwrap_or_default().to_owned();
                    writer.write_record(std::iter::once(id).chain(cells(part))).map_err(fault)?;
                }
            }
        }
    }
    writer.into_inner().map_err(|e| Failure::Internal(format!("No table: {e}.")))
}

fn shown(cell: Cell, value: &Value) -> String {
    match (cell, value) {
        (_, Value::Null) => String::new(),
        (Text, Value::String(text)) => text.clone(),
        (List, Value::Array(list)) => list.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("; "),
        (Windows, Value::Array(list)) if list.is_empty() => "never".into(),
        (Windows, Value::Array(list)) => list.iter().map(window).collect::<Vec<_>>().join("; "),
        (_, other) => other.to_string(),
    }
}

fn window(w: &Value) -> String {
    let text = |name: &str| w[name].as_str().unwrap_or_default();
    match w["days"].as_array() {
        Some(days) => {
            let days: Vec<&str> = days.iter().filter_map(Value::as_str).collect();
            format!("{} {}-{}", days.join(" "), text("start"), text("end"))
        }
        None => format!("{}/{}", text("from"), text("to")),
    }
}

/// What a cell holds as JSON, or what it should be.
fn read(cell: Cell, text: &str) -> Result<Value, &'static str> {
    let items = || text.split(';').map(str::trim).filter(|item| !item.is_empty());
    match cell {
        Text => Ok(text.into()),
        Number => text.parse::<u64>().map(Value::from).map_err(|_| "a whole number"),
        Bool => text.to_lowercase().parse::<bool>().map(Value::from).map_err(|_| "true or false"),
        List => Ok(items().collect::<Vec<_>>().into()),
        Windows if text == "never" => Ok(json!([])),
        Windows => items()
            .map(read_window)
            .collect::<Option<Vec<_>>>()
            .map(Value::from)
            .ok_or("windows such as `mon wed 09:00-12:30; 2026-12-02T09:00/2026-12-02T12:00`, or `never`"),
        Json => serde_json::from_str(text).map_err(|_| "JSON"),
    }
}

fn read_window(text: &str) -> Option<Value> {
    if let Some((from, to)) = text.split_once('/') {
        return Some(json!({ "from": from.trim(), "to": to.trim() }));
    }
    let (days, hours) = text.rsplit_once(' ')?;
    let (start, end) = hours.split_once('-')?;
    let days: Vec<&str> = days.split([' ', ',']).filter(|d| !d.is_empty()).collect();
    Some(json!({ "days": days, "start": start, "end": end }))
}

/// Puts a table in the place of a list, all of it or nothing. Columns that it does not have stay as they are.
pub async fn import_table(
    store: &Store,
    (tenant, program): (&str, &str),
    of: &'static Table,
    body: Vec<u8>,
    (week, dry_run): (Date, bool),
) -> Result<import::Report, Refusal> {
    let mut tx = store.begin().await?;
    let old = table::lock(&mut tx, tenant, program).await?;
    let copy = old.clone();
    let document = compute(move || merged(&copy, of, &body)).await??;
    import::apply(tx, (tenant, program), old, document, import::Of::Table(week), dry_run).await
}

/// The problem with the table in it, checked.
fn merged(old: &Parts, of: &Table, body: &[u8]) -> Result<Map<String, Value>, Failure> {
    let mut document: Map<String, Value> = stored(&old.whole()?)?;
    let list = document.remove(of.kind.name()).unwrap_or_default();
    let mut rows = Rows::read(of, body);
    let list = match of.part {
        None => rows.entries(of, &list),
        Some((_, field)) => rows.parts(of, field, list),
    };
    document.insert(of.kind.name().to_owned(), list);
    let mut faults = rows.faults;
    if faults.is_empty()
        && let Err(ReadError::Invalid(Faults(found))) =
            problem::read(Value::Object(document.clone()).to_string().as_bytes())
    {
        faults.extend(found.into_iter().map(|f| rows.places.told(of, f)));
    }
    if faults.is_empty() { Ok(document) } else { Err(Failure::Invalid { document: Document::Request, faults }) }
}

/// The line of each entry, or of each part of each entry.
#[derive(Default)]
struct Places(HashMap<(usize, usize), u64>, Vec<String>);

struct Rows {
    rows: Vec<(u64, Map<String, Value>)>,
    places: Places,
    faults: Vec<Fault>,
}

fn fault(line: u64, column: usize, name: &str, detail: &str) -> Fault {
    let pointer = format!("/{line}/{}", name.replace('~', "~0").replace('/', "~1"));
    let detail = format!("Line {line}, column {column} (`{name}`): {detail}");
    Fault { path: pointer.clone(), pointer, code: "invalid-cell", detail, hint: None }
}

impl Rows {
    fn read(of: &Table, body: &[u8]) -> Self {
        let mut all = Rows { rows: Vec::new(), places: Places::default(), faults: Vec::new() };
        // Spreadsheets put a byte order mark before UTF-8.
        let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
        let mut reader = csv::ReaderBuilder::new().from_reader(body);
        let head: Vec<String> = match reader.headers() {
            Ok(head) => head.iter().map(|name| name.trim().chars().take(80).collect()).collect(),
            Err(e) => {
                all.faults.push(fault(1, 1, "", &format!("this is no table: {e}.")));
                return all;
            }
        };
        let known = of.head();
        for (k, name) in head.iter().enumerate().filter(|(_, name)| !known.contains(&name.as_str())) {
            all.faults.push(fault(
                1,
                k + 1,
                name,
                &format!("there is no such column; there are {}.", known.join(", ")),
            ));
        }
        for record in reader.records() {
            let record = match record {
                Ok(record) => record,
                Err(e) => {
                    let line = e.position().map_or(0, csv::Position::line);
                    all.faults.push(fault(line, 1, "", &format!("this row can't be read: {e}.")));
                    continue;
                }
            };
            let line = record.position().map_or(0, csv::Position::line);
            let mut row = Map::new();
            for (k, (name, text)) in head.iter().zip(record.iter()).enumerate() {
                let cell = of.columns.iter().find(|c| c.0 == name).map_or(Text, |c| c.1);
                let value = if text.is_empty() { Ok(Value::Null) } else { read(cell, text.trim()) };
                match value {
                    Ok(value) => drop(row.insert(name.clone(), value)),
                    Err(expected) => all.faults.push(fault(line, k + 1, name, &format!("this must be {expected}."))),
                }
            }
            all.rows.push((line, row));
        }
        all.places.1 = head;
        all
    }

    /// The rows as entries: those that were there keep what the table does not say.
    fn entries(&mut self, of: &Table, old: &Value) -> Value {
        let old: HashMap<&str, &Value> =
            old.as_array().into_iter().flatten().filter_map(|e| Some((e["id"].as_str()?, e))).collect();
        let mut list = Vec::new();
        for (line, row) in &self.rows {
            let mut entry = row.get("id").and_then(|id| old.get(id.as_str()?)).map_or_else(
                || match of.kind {
                    Kind::Participants => json!({ "orders": [] }),
                    Kind::Clinicians => json!({ "shifts": [] }),
                    _ => json!({}),
                },
                |e| (*e).clone(),
            );
            put(&mut entry, row);
            self.places.0.insert((list.len(), 0), *line);
            list.push(entry);
        }
        list.into()
    }

    /// The rows as parts of the entries that are there.
    fn parts(&mut self, of: &Table, field: &str, mut list: Value) -> Value {
        let (id_column, _) = of.part.unwrap_or_default();
        let mut at = HashMap::new();
        for (k, entry) in list.as_array_mut().into_iter().flatten().enumerate() {
            at.insert(entry["id"].as_str().unwrap_or_default().to_owned(), k);
            entry[field] = json!([]);
        }
        for (line, row) in &self.rows {
            let id = row.get(id_column).and_then(Value::as_str).unwrap_or_default();
            let Some(k) = at.get(id).copied() else {
                self.faults.push(fault(*line, 1, id_column, "there is nobody of this id."));
                continue;
            };
            let mut part = json!({});
            put(&mut part, row);
            if let Some(members) = part.as_object_mut() {
                members.remove(id_column);
            }
            if let Some(parts) = list.get_mut(k).and_then(|entry| entry[field].as_array_mut()) {
                self.places.0.insert((k, parts.len()), *line);
                parts.push(part);
            }
        }
        list
    }
}

fn put(entry: &mut Value, row: &Map<String, Value>) {
    let Some(members) = entry.as_object_mut() else { return };
    for (name, value) in row {
        if value.is_null() {
            members.remove(name);
        } else {
            members.insert(name.clone(), value.clone());
        }
    }
}

impl Places {
    /// A fault of the problem, told by line and column where it is of a row.
    fn told(&self, of: &Table, mut fault: Fault) -> Fault {
        let steps: Vec<&str> = fault.pointer.split('/').skip(1).collect();
        let number = |k: usize| steps.get(k).and_then(|s| s.parse::<usize>().ok());
        let (place, name) = match (of.part, number(1)) {
            (None, Some(k)) => ((k, 0), steps.get(2)),
            (Some((_, field)), Some(k)) if steps.get(2) == Some(&field) => {
                ((k, number(3).unwrap_or(usize::MAX)), steps.get(4))
            }
            _ => return fault,
        };
        if steps.first() == Some(&of.kind.name())
            && let Some(line) = self.0.get(&place)
        {
            let column = name.and_then(|name| self.1.iter().position(|n| n == name));
            fault.detail = match (column, name) {
                (Some(k), Some(name)) => format!("Line {line}, column {} (`{name}`): {}", k + 1, fault.detail),
                _ => format!("Line {line}: {}", fault.detail),
            };
        }
        fault
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::drawn;

    fn window_text() -> impl Strategy<Value = String> {
        prop_oneof![
            "(mon|tue|sun)( (wed|thu))? [0-2][0-9]:[0-5][0-9]-[0-2][0-9]:[0-5][0-9]",
            "2026-1[0-2]-0[1-9]T09:00/2026-12-0[1-9]T1[0-9]:30",
        ]
    }

    proptest! {
        #[test]
        fn any_bytes_are_rows_or_told_by_line(bytes in prop_oneof![
            prop::collection::vec(any::<u8>(), 0..200),
            "(\u{feff})?(id|name|site|capacity|hours|orders|x)(,(id|name|capacity|hours|windows|sessions)){0,4}\r?\n([a-z0-9 ,;:\"/{}\n-]{0,30}\n){0,4}"
                .prop_map(String::into_bytes),
        ]) {
            for of in &TABLES {
                let mut rows = Rows::read(of, &bytes);
                let told = match of.part {
                    None => rows.entries(of, &json!([{ "id": "a" }])),
                    Some((_, field)) => rows.parts(of, field, json!([{ "id": "a" }])),
                };
                prop_assert!(told.is_array());
                for fault in rows.faults {
                    prop_assert!(fault.detail.starts_with("Line "), "{}", fault.detail);
                }
            }
        }

        #[test]
        fn a_cell_that_is_shown_is_read_again(
            text in "[a-zA-Z0-9](.{0,20}[a-z])?",
            number in any::<u64>(),
            flag in any::<bool>(),
            list in prop::collection::vec("[a-z]{1,5}", 0..4),
            windows in prop::collection::vec(window_text(), 0..3),
            any in drawn::json(),
        ) {
            let windows: Option<Vec<Value>> = windows.iter().map(|w| read_window(w)).collect();
            let cells = [
                (Text, json!(text.trim())),
                (Number, json!(number)),
                (Bool, json!(flag)),
                (List, json!(list)),
                (Windows, json!(windows.unwrap())),
                (Json, any),
            ];
            for (cell, value) in cells.into_iter().filter(|(_, value)| !value.is_null() && *value != json!([])) {
                prop_assert_eq!(read(cell, &shown(cell, &value)), Ok(value));
            }
        }

        #[test]
        fn any_text_is_a_cell_or_told_what_it_should_be(text in ".{0,40}") {
            for cell in [Text, Number, Bool, List, Windows, Json] {
                if let Err(expected) = read(cell, &text) {
                    prop_assert!(!expected.is_empty());
                }
            }
        }
    }
}
