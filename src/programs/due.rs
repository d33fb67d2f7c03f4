//! What falls due: reviews, the ends of orders, phases, holds, licences; what has lapsed already stands first.

use std::collections::BTreeSet;

use careweave_solver::problem::Date;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::{
    Kind, Refusal,
    episode::{Course, Held, History, Recurrence, plus},
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
    /// The first day, from the one asked about, on which a week that is published has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub planned: Option<Date>,
    /// Whether the day has passed.
    pub overdue: bool,
    /// All of that in words.
    pub text: String,
}

/// What falls due from a day on, within so many days.
pub async fn due(store: &Store, (tenant, program): (&str, &str), from: Date, days: u32) -> Result<Vec<Due>, Refusal> {
    let parts = table::parts(store, tenant, program).await?;
    let to = plus(from, days.into());
    let history = weeks::so_far(&mut On::Alone(store), &parts, Key { tenant, program, date: from }, to).await?;
    let mut all = Vec::new();
    for person in parts.list(Kind::Participants) {
        of_participant(&person.id, &stored(&person.body)?, &history, (from, to), &mut all);
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

fn of_participant(id: &str, body: &Value, history: &History, (from, to): (Date, Date), all: &mut Vec<Due>) {
    let course = Course::of(body);
    let Some(episode) = course.on(to) else { return };
    let over = episode.discharged.is_some_and(|d| d.0 < from);
    let mut add = |date: Date, kind, order: Option<(&str, Option<Date>)>, text: String| {
        let (participant, planned) = (Some(id.to_owned()), order.and_then(|(_, planned)| planned));
        let order = order.map(|(order, _)| order.to_owned());
        all.push(Due { date, kind, participant, clinician: None, order, planned, overdue: false, text });
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
    let (mut told, mut ended) = (BTreeSet::new(), BTreeSet::new());
    for (begins, ends, orders) in episode.standing((from, to)) {
        for order in orders {
            let Some(order_id) = order["id"].as_str() else { continue };
            let Ok(recurrence) = Recurrence::read(&order["recurrence"]) else { continue };
            let held = history.get(order_id).unwrap_or(&nothing);
            let span = episode.span(&recurrence, Some(episode.admitted.map_or(from, |d| d.0)));
            let sessions = order["sessions"].as_u64().and_then(|n| u32::try_from(n).ok()).unwrap_or(1);
            let planned = held.planned.map_or(String::new(), |day| format!("; planned on {day}"));
            // It is due as it stands on the day by which it is; what begins only later, not before.
            let due = recurrence.due(sessions, span, held).filter(|date| ends.is_none_or(|ends| *date < ends));
            if let Some(date) = due.filter(|_| told.insert(order_id)) {
                let date = if begins > from { date.max(begins) } else { date };
                let last =
                    held.last.map_or("it was never held".to_owned(), |last| format!("it was held last on {last}"));
                let text = format!("{order_id} is due by {date}: {last}{planned}.");
                add(date, "order_due", Some((order_id, held.planned)), text);
            }
            if let Some(until) = recurrence.until.filter(|until| ended.insert((order_id, until.0))) {
                let left = recurrence.total.map(|total| total.saturating_sub(held.sessions));
                if left != Some(0) {
                    let left = left.map_or(String::new(), |left| {
                        format!(", {} left", crate::failure::counted(left as usize, "session"))
                    });
                    let text = format!("{order_id} ends on {}{left}{planned}.", until.0);
                    add(until.0, "order_ends", Some((order_id, held.planned)), text);
                }
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
            all.push(Due {
                date,
                kind,
                participant: None,
                clinician,
                order: None,
                planned: None,
                overdue: false,
                text,
            });
        }
    }
}
