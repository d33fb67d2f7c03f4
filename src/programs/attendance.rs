//! Who came: noted session by session, and told to the week's next solve.

use std::collections::BTreeMap;

use careweave_solver::problem::Fault;
use chrono::DateTime;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::{
    Refusal, compute,
    weeks::{Key, Known, lock},
};
use crate::{
    failure::{Document, Failure},
    store::{On, Store, Tx, args, now},
};

/// Whether somebody came to a session.
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq, Eq, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Attended {
    /// The session, such as `s1-process-1/2`.
    pub session: String,
    /// Who.
    pub participant: String,
    /// `attended`, `late`, `no_show` or `cancelled`.
    pub status: String,
    /// How many minutes of it; all of them by default, of who came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minutes: Option<i64>,
    /// Who called it off: `participant` or `program`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cancelled_by: Option<String>,
}

const STATUSES: [&str; 4] = ["attended", "late", "no_show", "cancelled"];
const WHO: [&str; 2] = ["participant", "program"];
const COLUMNS: &str = "session, participant, status, minutes, cancelled_by";

/// What is noted of a week, by session and participant.
pub async fn list(on: &mut On<'_>, key: Key<'_>) -> Result<Vec<Attended>, Failure> {
    // One row, for there may be a thousand notes: a line of each. The other fields have no spaces, and no id has a line break.
    let sql = "SELECT string_agg(participant || ' ' || status || ' ' || COALESCE(CAST(minutes AS TEXT), '') || ' ' || \
               COALESCE(cancelled_by, '') || ' ' || session, '\n') FROM attendance \
               WHERE tenant = $1 AND program = $2 AND week = $3";
    let rows = on.read(sql, key.args()).await?;
    let lines = rows.first().map(|row| row.maybe_text(0)).transpose()?.flatten().unwrap_or_default();
    let mut notes: Vec<Attended> = lines.split('\n').filter_map(attended).collect();
    notes.sort_by(|a, b| (&a.session, &a.participant).cmp(&(&b.session, &b.participant)));
    Ok(notes)
}

fn attended(line: &str) -> Option<Attended> {
    let mut words = line.splitn(5, ' ');
    let mut next = || words.next().map(str::to_owned);
    let (participant, status, minutes, by, session) = (next()?, next()?, next()?, next()?, next()?);
    let cancelled_by = Some(by).filter(|by| !by.is_empty());
    Some(Attended { session, participant, status, minutes: minutes.parse().ok(), cancelled_by })
}

/// Notes as a table.
pub fn table(notes: &[Attended]) -> Result<Vec<u8>, Failure> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    let fault = |e: csv::Error| Failure::Internal(format!("No table: {e}."));
    writer.write_record(["session", "participant", "status", "minutes", "cancelled_by"]).map_err(fault)?;
    for note in notes {
        let minutes = note.minutes.map_or(String::new(), |m| m.to_string());
        let by = note.cancelled_by.as_deref().unwrap_or_default();
        writer.write_record([&*note.session, &*note.participant, &*note.status, &*minutes, by]).map_err(fault)?;
    }
    writer.into_inner().map_err(|e| Failure::Internal(format!("No table: {e}.")))
}

/// Notes who came, all of it or nothing; what was noted before of the same session and participant is corrected.
pub async fn note(store: &Store, key: Key<'_>, actor: &str, body: Vec<u8>) -> Result<Vec<Attended>, Refusal> {
    let mut tx = store.begin().await?;
    let parts = lock(&mut tx, key).await?;
    let known = Known::read(&mut On::Inside(&mut tx), parts, key).await?;
    let notes = compute(move || read(&body, &known)).await??;
    for note in &notes {
        put(&mut tx, key, actor, note, true).await?;
    }
    let sql = "UPDATE weeks SET revision = revision + 1 WHERE tenant = $1 AND program = $2 AND week = $3";
    tx.run(sql, key.args()).await?;
    tx.commit().await?;
    Ok(notes)
}

async fn put(tx: &mut Tx, key: Key<'_>, actor: &str, note: &Attended, correct: bool) -> Result<(), Failure> {
    let clash = if correct {
        "(tenant, program, week, session, participant) DO UPDATE SET status = excluded.status, minutes = excluded.minutes, \
         cancelled_by = excluded.cancelled_by, at = excluded.at, actor = excluded.actor"
    } else {
        "DO NOTHING"
    };
    let sql = format!(
        "INSERT INTO attendance (tenant, program, week, {COLUMNS}, at, actor) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT {clash}"
    );
    let Attended { session, participant, status, minutes, cancelled_by } = note;
    let cancelled_by = cancelled_by.clone();
    let note = args![session, participant, status, *minutes, cancelled_by, now(), actor];
    tx.run(&sql, key.and(note)).await?;
    Ok(())
}

/// One note or a list of them, each of a session of the week and of somebody in it.
fn read(body: &[u8], known: &Known) -> Result<Vec<Attended>, Failure> {
    let value: Value = serde_json::from_slice(body).map_err(|e| Failure::Syntax {
        document: Document::Request,
        line: e.line(),
        column: e.column(),
        detail: "this is not JSON".into(),
    })?;
    let (list, single) = match value {
        Value::Array(list) => (list, false),
        one => (vec![one], true),
    };
    let sessions = known.so_far()?;
    let sessions: BTreeMap<&str, &Value> = sessions.iter().filter_map(|s| Some((s["id"].as_str()?, s))).collect();
    let (mut notes, mut faults) = (Vec::new(), Vec::new());
    for (k, value) in list.into_iter().enumerate() {
        let at = if single { String::new() } else { format!("/{k}") };
        let mut fault = |field: &str, code, detail: String| {
            let pointer = if field.is_empty() { at.clone() } else { format!("{at}/{field}") };
            faults.push(Fault { path: pointer.clone(), pointer, code, detail, hint: None });
        };
        let note: Attended = match serde_json::from_value(value) {
            Ok(note) => note,
            Err(e) => {
                fault("", "invalid-value", format!("No note of attendance: {e}."));
                continue;
            }
        };
        if !STATUSES.contains(&&*note.status) {
            fault("status", "invalid-value", format!("`status` is one of {}.", STATUSES.join(", ")));
        }
        if note.cancelled_by.as_deref().is_some_and(|who| !WHO.contains(&who) || note.status != "cancelled") {
            fault("cancelled_by", "invalid-value", "A cancelled session is so by `participant` or `program`.".into());
        }
        if note.session.contains(['\n', '\r']) {
            fault("session", "invalid-value", "A session that is noted has no line break in its id.".into());
            continue;
        }
        let Some(session) = sessions.get(&*note.session) else {
            fault("session", "unknown-id", "The week's calendar has no such session.".into());
            continue;
        };
        if !session["participants"].as_array().is_some_and(|p| p.iter().any(|p| *p == *note.participant)) {
            fault("participant", "unknown-id", "There is no such participant in this session.".into());
        }
        let length = known.length(session)?;
        if note.minutes.is_some_and(|m| m < 0 || length.is_some_and(|l| m > l)) {
            let most = length.map_or(String::new(), |l| format!(" to {l}"));
            fault("minutes", "out-of-range", format!("`minutes` is a whole number of 0{most}."));
        }
        notes.push(note);
    }
    if faults.is_empty() { Ok(notes) } else { Err(Failure::Invalid { document: Document::Request, faults }) }
}

/// Minutes of a session that says its end.
pub fn written_length(session: &Value) -> Option<i64> {
    let at = |name: &str| DateTime::parse_from_rfc3339(session[name].as_str()?).ok();
    Some((at("end")? - at("start")?).num_minutes())
}

/// Puts what is noted into the sessions that it is of.
pub fn attach(sessions: &mut [Value], notes: &[Attended]) {
    let mut of: BTreeMap<&str, Vec<&Attended>> = BTreeMap::new();
    for note in notes {
        of.entry(&note.session).or_default().push(note);
    }
    for session in sessions {
        let Some(notes) = session["id"].as_str().and_then(|id| of.get(id)) else { continue };
        let here: Vec<String> = session["participants"]
            .as_array()
            .map(|p| p.iter().filter_map(|p| Some(p.as_str()?.to_owned())).collect())
            .unwrap_or_default();
        for note in notes.iter().filter(|note| here.contains(&note.participant)) {
            let mut attendance = json!({ "status": note.status });
            if let Some(minutes) = note.minutes {
                attendance["minutes"] = minutes.into();
            }
            session["attendance"][&note.participant] = attendance;
        }
    }
}

/// Notes what the sessions that were brought in say of attendance, where nothing is noted yet.
pub async fn take_over(tx: &mut Tx, key: Key<'_>, sessions: &Value) -> Result<(), Failure> {
    for session in sessions.as_array().into_iter().flatten() {
        for (participant, attendance) in session["attendance"].as_object().into_iter().flatten() {
            let note = Attended {
                session: session["id"].as_str().unwrap_or_default().to_owned(),
                participant: participant.clone(),
                status: attendance["status"].as_str().unwrap_or_default().to_owned(),
                minutes: attendance["minutes"].as_i64(),
                cancelled_by: None,
            };
            put(tx, key, "import", &note, false).await?;
        }
    }
    Ok(())
}
