//! The orders of a week: those that always stand and those of the phases, each with what of it this week has, and where
//! that comes from.

use careweave_solver::problem::Date;
use serde::Serialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use super::{
    Held, Recurrence,
    fields::plus,
    share::{Part, Share, clip},
    week::History,
};

/// Where an order of a week comes from, whether or not the week has any of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Origin {
    pub participant: String,
    pub order: String,
    /// Name, or else level of care, of the phase that orders it; none of what always stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phase: Option<String>,
    /// Sessions as it is ordered.
    pub prescribed: u32,
    /// Sessions of this week.
    pub sessions: u32,
    /// How many of them are made up.
    pub made_up: u32,
    /// All of that in words.
    pub text: String,
}

/// The orders of somebody's week.
pub fn of_week(
    participant: &Value,
    share: &Share,
    (week, since): (Date, &Map<String, Value>),
    history: &History,
) -> (Vec<Value>, Vec<Origin>) {
    let mut seen = seen(share, (week, since), history);
    let orders = seen.iter().filter_map(|seen| seen.order(week)).collect();
    for seen in &mut seen {
        seen.origin.participant = participant.as_str().unwrap_or_default().to_owned();
    }
    (orders, seen.into_iter().map(|seen| seen.origin).collect())
}

/// What is to be seen of each order in a week.
pub fn seen<'a>(share: &Share<'a>, (week, since): (Date, &Map<String, Value>), history: &History) -> Vec<Seen<'a>> {
    let own = |part: &Part<'a>| part.phase.and_then(|p| p.orders.as_deref()).unwrap_or_default();
    let by_part: Vec<&[Value]> = share.parts.iter().map(own).collect();
    // Those that always stand and no phase of the week has, then the others, part by part.
    let mut ids: Vec<&str> = Vec::new();
    let in_all = |id: &Value| by_part.iter().all(|orders| orders.iter().any(|o| o["id"] == *id));
    let standing = share.parts.iter().flat_map(|part| &part.episode.orders);
    let kept = standing.filter(|o| !in_all(&o["id"]));
    for id in kept.chain(by_part.iter().copied().flatten()).filter_map(|o| o["id"].as_str()) {
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    let nothing = Held::default();
    let mut all = Vec::new();
    for id in ids {
        // An order of a phase goes before one of the same id that always stands.
        let in_part = |orders: &'a [Value]| orders.iter().find(|o| o["id"] == *id);
        let stands: Vec<Option<(&Value, bool)>> = by_part
            .iter()
            .zip(&share.parts)
            .map(|(own, part)| {
                in_part(own).map(|o| (o, true)).or_else(|| Some((in_part(&part.episode.orders)?, false)))
            })
            .collect();
        let since = since.get(id).and_then(|d| d.as_str()?.parse::<Date>().ok());
        let order = Ordered { id, share, week, since, held: history.get(id).unwrap_or(&nothing) };
        all.extend(order.of(stands));
    }
    all
}

/// An order in a week: as it stands, where it comes from, and on which days it may be.
pub struct Seen<'a> {
    order: &'a Value,
    pub origin: Origin,
    days: (Date, Date),
}

impl Seen<'_> {
    /// As a problem of the week has it; nothing, where it has no session of it.
    fn order(&self, week: Date) -> Option<Value> {
        if self.origin.sessions == 0 {
            return None;
        }
        let mut order = self.order.clone();
        if let Some(members) = order.as_object_mut() {
            members.remove("recurrence");
            if members.get("sessions") != Some(&json!(self.origin.sessions)) {
                members.insert("sessions".into(), self.origin.sessions.into());
            }
        }
        let (first, end) = self.days;
        if first > week || end < plus(week, 6) {
            order["windows"] = clip(&order["windows"], week, (first.max(week), end));
        }
        Some(order)
    }
}

struct Ordered<'a> {
    id: &'a str,
    share: &'a Share<'a>,
    week: Date,
    /// The week in which it was brought in; it does not stand before.
    since: Option<Date>,
    held: &'a Held,
}

fn sessions(order: &Value) -> u32 {
    order["sessions"].as_u64().and_then(|n| u32::try_from(n).ok()).unwrap_or(1)
}

impl Ordered<'_> {
    /// What the week has of an order that stands so in each of its parts; nothing, where it does not stand yet.
    fn of<'v>(&self, mut stands: Vec<Option<(&'v Value, bool)>>) -> Option<Seen<'v>> {
        let (share, week, last) = (self.share, self.week, plus(self.week, 6));
        // It is of the service that it has on most days.
        let most =
            (0..stands.len()).filter(|k| stands[*k].is_some()).max_by_key(|k| (share.parts[*k].days.len(), *k))?;
        let service = stands[most].map(|s| &s.0["service"]);
        for other in &mut stands {
            other.take_if(|s| Some(&s.0["service"]) != service);
        }
        let at = stands.iter().rposition(Option::is_some)?;
        let (order, of_phase) = stands[at]?;
        let episode = share.parts[at].episode;
        // What was brought in is of the present.
        let since = match self.since.filter(|_| !episode.earlier) {
            Some(since) if since > last => return None,
            since => since.or(episode.admitted.map(|d| d.0)),
        };
        let phase = share.parts[at].phase.filter(|_| of_phase);
        let recurrence = Recurrence::read(&order["recurrence"]).unwrap_or_default();
        let prescribed = sessions(order);
        let here = share.parts.iter().zip(&stands).filter(|(_, s)| s.is_some()).map(|(part, _)| part);
        let (mut first, mut end) = (here.clone().map(|p| p.from).min()?, here.map(|p| p.to).max()?);
        let mut why = Vec::new();
        let asked = if recurrence.prorated() {
            first = recurrence.from.map_or(first, |from| first.max(from.0));
            end = recurrence.until.map_or(end, |until| end.min(until.0));
            let days = |part: &Part| part.days.iter().filter(|d| (first..=end).contains(*d)).count();
            let each = |part: &Part| {
                let k = share.parts.iter().position(|p| std::ptr::eq(p, part));
                k.and_then(|k| stands[k]).map_or((0, 0), |(order, _)| (sessions(order).into(), days(part)))
            };
            let asked = u32::try_from(share.rounded(each)).unwrap_or(prescribed);
            let different = stands.iter().flatten().any(|(order, _)| sessions(order) != prescribed);
            let on: usize = share.parts.iter().zip(&stands).filter(|(_, s)| s.is_some()).map(|(p, _)| days(p)).sum();
            if different {
                let part = |(part, order): (&Part, &(&Value, bool))| {
                    format!("{} of it on {} of {} days", sessions(order.0), days(part), share.of)
                };
                let parts = share.parts.iter().zip(&stands).filter_map(|(p, s)| Some(part((p, s.as_ref()?))));
                why.push(format!("{}: {asked}", parts.collect::<Vec<_>>().join(" and ")));
            } else if on < share.of {
                why.push(format!("on {on} of {} days: {asked}", share.of));
            }
            asked
        } else {
            prescribed
        };
        let seen = recurrence.in_week(asked, week, episode.span(&recurrence, since), self.held);
        why.extend(seen.why);
        let name = phase.map(|p| p.name.clone().or(p.level_of_care.clone()).unwrap_or_else(|| "a phase".to_owned()));
        let a_week = if recurrence.prorated() { " a week" } else { "" };
        let of = match (&name, episode.discharged.filter(|_| episode.earlier)) {
            (Some(name), _) => format!("of {name}"),
            (None, Some(day)) => format!("of the episode up to {}", day.0),
            (None, None) => "always stands".to_owned(),
        };
        let counted = crate::failure::counted(prescribed as usize, "session");
        let text = format!("{counted}{a_week}, {of}");
        let text = if why.is_empty() { format!("{text}.") } else { format!("{text}; {}.", why.join(", ")) };
        let origin = Origin {
            participant: String::new(),
            order: self.id.to_owned(),
            phase: name,
            prescribed,
            sessions: seen.sessions,
            made_up: seen.made_up,
            text,
        };
        let first = seen.earliest.map_or(first, |earliest| first.max(earliest));
        let end = seen.latest.map_or(end, |latest| end.min(latest));
        Some(Seen { order, origin, days: (first, end) })
    }
}
