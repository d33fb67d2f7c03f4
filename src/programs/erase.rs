//! Everything that is kept about a participant: given out, and erased.

use serde_json::{Value, json};

use super::{
    Kind, NO_PROGRAM, Refusal,
    episode::{Course, Episode},
    json,
    prescribed::Prescribed,
    records, stored, table,
};
use crate::{
    failure::Failure,
    store::{On, Store, args},
};

/// What is kept of a participant: the record, and the sessions in every week.
pub async fn record(store: &Store, tenant: &str, program: &str, id: &str) -> Result<Value, Refusal> {
    let entity = table::get(store, tenant, program, Kind::Participants, id).await?;
    let mut weeks = Vec::new();
    let sql = "SELECT week, draft, given FROM weeks WHERE tenant = $1 AND program = $2 ORDER BY week";
    for row in store.read(sql, args![tenant, program]).await? {
        let draft = row.maybe_bytes(1)?.map(|b| of_bytes(&b)).transpose()?.unwrap_or_default();
        let given: Value = stored(&row.text(2)?)?;
        weeks.push(json!({
            "week_start": row.text(0)?,
            "draft": sessions_of(&draft["sessions"], id),
            "previous": sessions_of(&given["previous"], id),
            "reference": sessions_of(&given["reference"], id),
        }));
    }
    let mut published = Vec::new();
    let sql = "SELECT week, version, at, calendar, prescribed FROM week_versions WHERE tenant = $1 AND program = $2 \
               ORDER BY week, version";
    for row in store.read(sql, args![tenant, program]).await? {
        let calendar = of_bytes(&row.bytes(3)?)?;
        let sessions = sessions_of(&calendar["sessions"], id);
        let prescribed = row.maybe_bytes(4)?.map(|b| of_bytes(&b)).transpose()?.unwrap_or_default();
        let theirs = prescribed["people"].as_array().and_then(|people| people.iter().find(|p| p["id"] == id));
        published
            .push(json!({ "week_start": row.text(0)?, "version": row.int(1)?, "at": row.int(2)?, "sessions": sessions,
            "prescribed": theirs }));
    }
    let sql = "SELECT week, session, status, minutes FROM attendance WHERE tenant = $1 AND program = $2 AND participant = $3 \
               ORDER BY week, session";
    let mut attendance = Vec::new();
    for row in store.read(sql, args![tenant, program, id]).await? {
        let (session, status) = (row.text(1)?, row.text(2)?);
        attendance.push(
            json!({ "week_start": row.text(0)?, "session": session, "status": status, "minutes": row.maybe_int(3)? }),
        );
    }
    let mut busy = Vec::new();
    let sql = "SELECT id, spans FROM busy WHERE tenant = $1 AND program = $2 AND part = 'participant' AND subject = $3";
    for row in store.read(sql, args![tenant, program, id]).await? {
        busy.push(json!({ "id": row.text(0)?, "spans": stored::<Value>(&row.text(1)?)? }));
    }
    let participant: Value = stored(&entity.body)?;
    let whose = records::Whose { tenant, program, participant: id };
    let record = records::get(&mut On::Alone(store), whose).await?;
    let weeks = json!({ "weeks": weeks, "published": published, "attendance": attendance, "busy": busy });
    let mut all = json!({ "participant": participant, "record": record });
    super::edit::merge(&mut all, weeks);
    Ok(all)
}

/// The participant's sessions, without the others in them.
fn sessions_of(list: &Value, id: &str) -> Vec<Value> {
    let theirs = list.as_array().into_iter().flatten().filter(|s| is_in(s, id));
    theirs
        .map(|session| {
            let mut session = session.clone();
            session["participants"] = json!([id]);
            if let Some(attendance) = session["attendance"].as_object_mut() {
                attendance.retain(|who, _| who == id);
            }
            session
        })
        .collect()
}

fn is_in(session: &Value, id: &str) -> bool {
    session["participants"].as_array().is_some_and(|p| p.iter().any(|p| p == id))
}

/// Erases a participant from the programme, from every week of it, and from what others say of the participant; its
/// solves go with all they have. Sessions that nobody else attends are gone, too.
pub async fn erase(store: &Store, tenant: &str, program: &str, id: &str) -> Result<(), Refusal> {
    let mut tx = store.begin().await?;
    let parts = table::lock(&mut tx, tenant, program).await?;
    let Some(entity) = parts.list(Kind::Participants).iter().find(|e| e.id == id) else {
        return Err(if parts.clock == 0 {
            NO_PROGRAM
        } else {
            Refusal::Missing("There is no such entity in this programme.")
        });
    };
    let body: Value = stored(&entity.body)?;
    let (course, present) = (Course::of(&body), Episode::of(&body));
    let all = course.episodes().flat_map(|(_, episode)| episode.ordered()).chain(present.ordered());
    let orders: Vec<String> = all.filter_map(|o| Some(o["id"].as_str()?.to_owned())).collect();
    table::remove(&mut tx, tenant, program, Kind::Participants, id).await?;
    for (kind, field) in [(Kind::Participants, "apart_from"), (Kind::Groups, "members")] {
        for other in parts.list(kind).iter().filter(|e| e.id != id) {
            let mut value: Value = stored(&other.body)?;
            let mut gone = leave_list(&mut value[field], id);
            for change in value["changes"].as_array_mut().into_iter().flatten() {
                gone |= leave_list(&mut change["set"][field], id);
                if let Some(set) = change["set"].as_object_mut() {
                    set.retain(|name, value| name != field || !value.is_null());
                }
            }
            if value[field].is_null()
                && let Some(members) = value.as_object_mut()
            {
                members.remove(field);
            }
            if gone {
                let new = super::Stored { body: json(&value)?, revision: parts.clock, ..other.clone() };
                let other = table::Written::new(kind, new, Some(other), None)?;
                table::put(&mut tx, tenant, program, kind, &other).await?;
            }
        }
    }
    let key = || args![tenant, program];
    // Only what has something of the participant is written anew: nothing else that was published, drafted or brought in.
    for row in tx.run("SELECT week, draft, given FROM weeks WHERE tenant = $1 AND program = $2", key()).await? {
        let draft = row.maybe_bytes(1)?;
        let erased =
            draft.as_deref().map(|draft| changed(draft, |calendar| without(calendar, id, &orders))).transpose()?;
        let given_text = row.text(2)?;
        let given = changed(given_text.as_bytes(), |given| {
            for list in ["previous", "reference"] {
                if !given[list].is_null() {
                    leave(&mut given[list], id);
                }
            }
            if let Some(members) = given.as_object_mut() {
                members.retain(|_, value| !value.is_null());
            }
        })?;
        let erased = erased.flatten();
        if erased.is_none() && given.is_none() {
            continue;
        }
        let given = given.map_or(Ok(given_text), super::weeks::text)?;
        let sql = "UPDATE weeks SET draft = $4, given = $5, revision = revision + 1 WHERE tenant = $1 AND program = $2 AND week = $3";
        let draft = crate::store::Arg::Bytes(erased.or(draft));
        let mut all = key();
        all.extend([row.text(0)?.into(), draft, given.into()]);
        tx.run(sql, all).await?;
    }
    // The solves are gone, with what they would have answered.
    let sql = "UPDATE weeks SET solve = NULL, revision = revision + 1 WHERE tenant = $1 AND program = $2 AND solve IS NOT NULL";
    tx.run(sql, key()).await?;
    for (table, number) in [("week_versions", "version"), ("week_drafts", "step")] {
        let sql = format!("SELECT week, {number}, calendar FROM {table} WHERE tenant = $1 AND program = $2");
        for row in tx.run(&sql, key()).await? {
            let erased = changed(&row.bytes(2)?, |calendar| without(calendar, id, &orders))?;
            let Some(calendar) = erased else { continue };
            let sql = format!(
                "UPDATE {table} SET calendar = $5 WHERE tenant = $1 AND program = $2 AND week = $3 AND {number} = $4"
            );
            let mut all = key();
            all.extend(args![row.text(0)?, row.int(1)?, calendar]);
            tx.run(&sql, all).await?;
        }
    }
    let sql = "SELECT week, version, prescribed FROM week_versions WHERE tenant = $1 AND program = $2 AND prescribed IS NOT NULL";
    for row in tx.run(sql, key()).await? {
        let stored = row.bytes(2)?;
        let mut prescribed = Prescribed::read(&stored)?;
        let everybody = prescribed.people.len();
        prescribed.people.retain(|person| person.id != id);
        if prescribed.people.len() == everybody {
            continue;
        }
        let sql = "UPDATE week_versions SET prescribed = $5 WHERE tenant = $1 AND program = $2 AND week = $3 AND version = $4";
        let mut all = key();
        all.extend(args![row.text(0)?, row.int(1)?, prescribed.stored()?]);
        tx.run(sql, all).await?;
    }
    for sql in [
        "DELETE FROM attendance WHERE tenant = $1 AND program = $2 AND participant = $3",
        "DELETE FROM records WHERE tenant = $1 AND program = $2 AND participant = $3",
        "DELETE FROM feeds WHERE tenant = $1 AND program = $2 AND part = 'participant' AND subject = $3",
        "DELETE FROM outbox WHERE target IN (SELECT id FROM busy WHERE tenant = $1 AND program = $2 \
         AND part = 'participant' AND subject = $3)",
        "DELETE FROM busy WHERE tenant = $1 AND program = $2 AND part = 'participant' AND subject = $3",
    ] {
        tx.run(sql, args![tenant, program, id]).await?;
    }
    super::caldav::published(&mut tx, tenant, program).await?;
    super::program::forget_solves(&mut tx, tenant, program).await?;
    tx.commit().await?;
    Ok(())
}

fn of_bytes(bytes: &[u8]) -> Result<Value, Failure> {
    serde_json::from_slice(bytes).map_err(|e| Failure::Internal(format!("A stored calendar can't be read: {e}.")))
}

/// A stored document as an edit leaves it; nothing where that changes nothing.
fn changed(bytes: &[u8], edit: impl FnOnce(&mut Value)) -> Result<Option<Vec<u8>>, Failure> {
    let before = of_bytes(bytes)?;
    let mut after = before.clone();
    edit(&mut after);
    Ok((after != before).then(|| after.to_string().into_bytes()))
}

/// Takes a participant out of a calendar; its figures are those it had.
fn without(calendar: &mut Value, id: &str, orders: &[String]) {
    let Some(calendar) = calendar.as_object_mut() else { return };
    if let Some(sessions) = calendar.get_mut("sessions") {
        leave(sessions, id);
    }
    if let Some(unmet) = calendar.get_mut("unmet").and_then(Value::as_array_mut) {
        unmet.retain(|u| u["participant"] != id);
    }
    if let Some(warnings) = calendar.get_mut("warnings").and_then(Value::as_array_mut) {
        // Sentences may name the participant or an order.
        warnings
            .retain(|w| w.as_str().is_some_and(|w| !w.contains(id) && !orders.iter().any(|o| w.contains(o.as_str()))));
    }
}

/// Takes an id out of a list; whether it was there.
fn leave_list(list: &mut Value, id: &str) -> bool {
    let Some(list) = list.as_array_mut() else { return false };
    let before = list.len();
    list.retain(|who| who != id);
    list.len() < before
}

fn leave(sessions: &mut Value, id: &str) {
    let Some(list) = sessions.as_array_mut() else { return };
    list.retain_mut(|session| {
        if !is_in(session, id) {
            return true;
        }
        if let Some(participants) = session["participants"].as_array_mut() {
            participants.retain(|p| p != id);
        }
        if let Some(attendance) = session["attendance"].as_object_mut() {
            attendance.remove(id);
        }
        session["participants"].as_array().is_some_and(|p| !p.is_empty())
    });
}
