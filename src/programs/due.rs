//! What falls due: reviews, the ends of orders, phases, holds, licences; what has lapsed already stands first.

use std::collections::BTreeSet;

use careweave_solver::problem::Date;
use chrono::Days;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::{
    Kind, Refusal,
    episode::{Episode, Held, History, Recurrence},
    stored, table,
    weeks::{self, Key},
};
use crate::store::{On, Store};

/// Something that falls due.
#[derive(Debug, Clone, Serialize, PartialEq, Eq, ToSchema)]
pub struct Due {
    /// The day: of a review the last on which it may be held, of a licence the last on which it holds.
    #[schema(value_type = String)]
    pub date: Date,
    /// `order_due`, `order_ends`, `phase_begins`, `hold_ends`, `discharge`, `licence_ends`, `certificate_ends`.
    pub kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub participant: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clinician: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order: Option<String>,
    /// Whether the day has passed.
    pub overdue: bool,
    /// All of that in words.
    pub text: String,
}

/// What falls due from a day on, within so many days.
pub async fn due(store: &Store, (tenant, program): (&str, &str), from: Date, days: u32) -> Result<Vec<Due>, Refusal> {
    let parts = table::parts(store, tenant, program).await?;
    // What was held in weeks that have begun counts.
    let next = Date(from.0.checked_add_days(Days::new(1)).unwrap_or(from.0));
    let history = weeks::history(&mut On::Alone(store), &parts, Key { tenant, program, date: next }).await?;
    let to = Date(from.0.checked_add_days(Days::new(days.into())).unwrap_or(from.0));
    let mut all = Vec::new();
    for person in parts.list(Kind::Participants) {
        of_participant(&person.id, &stored(&person.body)?, &history, from, &mut all);
    }
    for clinician in parts.list(Kind::Clinicians) {
        of_clinician(&clinician.id, &stored(&clinician.body)?, &mut all);
    }
    for due in &mut all {
        due.overdue = due.date < from;
    }
    // What is over is told where something has to be done about it.
    all.retain(|d| {
        d.date <= to && (d.date >= from || matches!(d.kind, "order_due" | "licence_ends" | "certificate_ends"))
    });
    all.sort_by(|a, b| {
        (a.date, &a.participant, &a.clinician, &a.order).cmp(&(b.date, &b.participant, &b.clinician, &b.order))
    });
    Ok(all)
}

fn of_participant(id: &str, body: &Value, history: &History, from: Date, all: &mut Vec<Due>) {
    let episode = Episode::of(body);
    let over = episode.discharged.is_some_and(|d| d.0 < from);
    let mut add = |date: Date, kind, order: Option<&str>, text: String| {
        let (participant, order) = (Some(id.to_owned()), order.map(str::to_owned));
        all.push(Due { date, kind, participant, clinician: None, order, overdue: false, text });
    };
    if over {
        return;
    }
    if let Some(day) = episode.discharged {
        add(day.0, "discharge", None, format!("{id} is discharged after {}.", day.0));
    }
    for phase in &episode.phases {
        if let Some(date) = episode.begin(phase) {
            let name = phase.name.as_deref().or(phase.level_of_care.as_deref()).unwrap_or("a new phase");
            add(date, "phase_begins", None, format!("{id} begins {name} on {date}."));
        }
    }
    for to in episode.hold.iter().filter_map(|hold| hold.to) {
        add(to.0, "hold_ends", None, format!("{id} is on hold up to {}.", to.0));
    }
    let nothing = Held::default();
    let phases = body["phases"].as_array().into_iter().flatten().map(|p| &p["orders"]);
    let mut told = BTreeSet::new();
    for order in [&body["orders"]].into_iter().chain(phases).filter_map(Value::as_array).flatten() {
        let Some(order_id) = order["id"].as_str() else { continue };
        let Ok(recurrence) = Recurrence::read(&order["recurrence"]) else { continue };
        if !told.insert((order_id, order["recurrence"].to_string())) {
            continue;
        }
        let held = history.get(order_id).unwrap_or(&nothing);
        let span = episode.span(&recurrence, Some(episode.admitted.map_or(from, |d| d.0)));
        let sessions = order["sessions"].as_u64().and_then(|n| u32::try_from(n).ok()).unwrap_or(1);
        if let Some(date) = recurrence.due(sessions, span, held) {
            let last = held.last.map_or("it was never held".to_owned(), |last| format!("it was held last on {last}"));
            add(date, "order_due", Some(order_id), format!("{order_id} is due by {date}: {last}."));
        }
        if let Some(until) = recurrence.until {
            let left = recurrence.total.map(|total| total.saturating_sub(held.sessions));
            if left != Some(0) {
                let left = left.map_or(String::new(), |left| {
                    format!(", {} left", crate::failure::counted(left as usize, "session"))
                });
                add(until.0, "order_ends", Some(order_id), format!("{order_id} ends on {}{left}.", until.0));
            }
        }
    }
}

fn of_clinician(id: &str, body: &Value, all: &mut Vec<Due>) {
    for (name, kind, of) in
        [("licences", "licence_ends", "jurisdiction"), ("certificates", "certificate_ends", "credential")]
    {
        for licence in body[name].as_array().into_iter().flatten() {
            let Some(date) = licence["until"].as_str().and_then(|d| d.parse::<Date>().ok()) else { continue };
            let text = format!("{} of {id} holds up to {date}.", licence[of].as_str().unwrap_or(of));
            let clinician = Some(id.to_owned());
            all.push(Due { date, kind, participant: None, clinician, order: None, overdue: false, text });
        }
    }
}
