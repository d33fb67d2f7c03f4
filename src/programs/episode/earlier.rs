//! Episodes that are over: what is noted of them when somebody is admitted again, whoever writes the record and in however many
//! steps.

use careweave_solver::problem::{self, Date, Faults, ReadError};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::{
    fields::{Day, Episode},
    waiting::Waiting,
};

/// What of a record is of an episode, beside its days.
const OWN: [&str; 4] = ["orders", "plan", "phases", "hold"];
/// Under which name an episode that may be over is kept aside.
const OVER: &str = "over";

/// An episode that is over. What was ordered in it is as in the note where it has `orders`, and as the record says otherwise.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Earlier {
    /// The first day; unknown of whom a problem brought in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub admitted: Option<Day>,
    /// The last day.
    pub discharged: Day,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    orders: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    plan: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    phases: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    hold: Option<Value>,
}

fn day(body: &Value, name: &str) -> Option<Day> {
    body[name].as_str()?.parse().ok().map(Day)
}

impl Earlier {
    /// The episode of a record that says its last day.
    fn of(body: &Value) -> Option<Self> {
        let own = |name: &str| Some(&body[name]).filter(|value| !value.is_null()).cloned();
        Some(Earlier {
            admitted: day(body, "admitted"),
            discharged: day(body, "discharged")?,
            orders: own("orders"),
            plan: own("plan"),
            phases: own("phases"),
            hold: own("hold"),
        })
    }

    /// Those that a record has noted, in order; what can't be read is left for the faults to tell.
    pub fn noted(body: &Value) -> Vec<Self> {
        let mut all = Vec::<Earlier>::deserialize(&body["episodes"]).unwrap_or_default();
        all.sort_by_key(|earlier| earlier.admitted);
        all
    }

    /// As an episode of a record.
    pub fn episode(self, body: &Value) -> Episode {
        let mut then = match self.orders.is_some() {
            true => json!(self),
            false => {
                let own = OWN.iter().filter(|name| !body[**name].is_null());
                own.map(|name| ((*name).to_owned(), body[*name].clone())).collect::<Map<_, _>>().into()
            }
        };
        then["admitted"] = json!(self.admitted);
        then["discharged"] = json!(self.discharged);
        Episode { earlier: true, ..Episode::of(&then) }
    }

    /// What of the note no problem could have, as pointers into it and sentences.
    pub fn faults(&self) -> Vec<(String, String)> {
        let mut person =
            json!({ "id": "p", "home_site": "s", "orders": self.orders.clone().unwrap_or_else(|| json!([])) });
        if let Some(plan) = &self.plan {
            person["plan"] = plan.clone();
        }
        if let Some(phases) = &self.phases {
            person["phases"] = phases.clone();
        }
        super::bare(crate::programs::Kind::Participants, &mut person);
        let text = json!({ "version": 1, "week_start": self.discharged, "sites": [], "rooms": [], "services": [], "clinicians": [],
            "groups": [], "participants": [person] });
        let Err(ReadError::Invalid(Faults(faults))) = problem::read(text.to_string().as_bytes()) else {
            return Vec::new();
        };
        // What it names may be gone by now.
        let own = faults.into_iter().filter(|fault| fault.code != "unknown-id");
        own.filter_map(|fault| Some((fault.pointer.strip_prefix("/participants/0")?.to_owned(), fault.detail)))
            .collect()
    }
}

/// Notes the episode that is over among the earlier ones, where somebody is admitted again after its end, or waits for that.
/// `before` is the record as it was, with what was kept aside; `from` the day from which a record that was brought in without an
/// admission speaks. Those that were noted before stay where none are given. A discharge that is taken out of the record is kept
/// aside, for the admission may follow in another step.
pub fn follow(
    body: &mut Value,
    aside: &mut Map<String, Value>,
    before: (&Value, &Map<String, Value>),
    from: Option<Date>,
) {
    if body["episodes"].is_null() && !before.0["episodes"].is_null() {
        body["episodes"] = before.0["episodes"].clone();
    }
    let kept = || Earlier::deserialize(before.1.get(OVER)?).ok();
    aside.remove(OVER);
    let now = Earlier::of(before.0);
    // Whose discharge was taken out is perhaps still there: only who is admitted anew says that it is over.
    let brought_in = from.filter(|_| body["admitted"].is_null() && now.is_some());
    let Some(over) = now.or_else(kept) else { return };
    let again = day(body, "admitted").or(brought_in.map(Day));
    if Waiting::of(body).is_some() || again.is_some_and(|again| again > over.discharged) {
        let given = if body["episodes"].is_null() { Ok(Vec::new()) } else { Vec::deserialize(&body["episodes"]) };
        let Ok(mut all) = given else { return };
        let same = |e: &Earlier| (e.admitted, e.discharged) == (over.admitted, over.discharged);
        if !all.iter().any(same) {
            all.push(over);
            all.sort_by_key(|earlier| earlier.admitted);
            body["episodes"] = json!(all);
        }
    } else if Earlier::of(body).is_none() {
        aside.insert(OVER.to_owned(), json!(over));
    }
}

/// Whether the texts of a record, or of what is kept aside of it, may have an episode that is over.
pub fn may_be_over(text: &str) -> bool {
    text.contains("\"discharged\"")
}
