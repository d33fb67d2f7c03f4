//! Rates as they are written: how often people stay away, clinicians fall ill, and people arrive.

use serde_json::{Map, Value, json};

use crate::{
    problem::{Fault, Faults, Id, Problem, ReadError, limits, read_document},
    scenario::{Profile, form::Form},
};

/// Weeks that are drawn at most.
const DRAWS: u64 = 2_000;
/// Weeks that are drawn by default.
const USUAL: u64 = 200;
/// Entries of a list at most.
const ENTRIES: usize = 1_000;
/// Arrivals a week at most, on average.
const ARRIVALS: f64 = 50.0;

/// How often participants stay away, of a service or a level of care.
#[derive(Debug, Clone, PartialEq)]
pub struct Absence {
    /// Only from sessions of this service.
    pub service: Option<Id>,
    /// Only participants whose plan has this level of care.
    pub level_of_care: Option<String>,
    /// Share of the sessions.
    pub rate: f64,
}

/// How often a clinician falls ill.
#[derive(Debug, Clone, PartialEq)]
pub struct Illness {
    /// Who.
    pub clinician: Id,
    /// Chance on each day.
    pub rate: f64,
}

/// The rates.
#[derive(Debug, Clone, PartialEq)]
pub struct Rates {
    /// Share of sessions from which participants stay away, where nothing else is said.
    pub no_show: f64,
    /// The same of services and levels of care; the first that fits counts.
    pub no_shows: Vec<Absence>,
    /// Chance that a clinician falls ill on a day, where nothing else is said.
    pub illness: f64,
    /// The same of single clinicians.
    pub illnesses: Vec<Illness>,
    /// How many days an illness lasts.
    pub illness_days: u64,
    /// New participants a week, on average.
    pub admissions: f64,
    /// Whom they are like, in the proportion of their weights; none: any participant.
    pub like: Vec<Profile>,
    /// Whether the calendar is also replanned when somebody falls ill.
    pub replan: bool,
    /// Weeks that are drawn.
    pub draws: usize,
}

impl Default for Rates {
    fn default() -> Self {
        Rates {
            no_show: 0.0,
            no_shows: Vec::new(),
            illness: 0.0,
            illnesses: Vec::new(),
            illness_days: 1,
            admissions: 0.0,
            like: Vec::new(),
            replan: false,
            draws: USUAL as usize,
        }
    }
}

/// Reads rates; everything that is wrong with their form is told at once.
pub fn read(text: &[u8]) -> Result<Rates, ReadError> {
    let document = read_document(text)?;
    let mut form = Form::default();
    let mut rates = Rates::default();
    let known =
        ["no_show", "no_shows", "illness", "illnesses", "illness_days", "admissions", "like", "replan", "draws"];
    if let Some(fields) = form.object(&document, "", "the document", &known) {
        rates.no_show = share(&mut form, fields, "no_show", "").unwrap_or(0.0);
        rates.illness = share(&mut form, fields, "illness", "").unwrap_or(0.0);
        rates.illness_days = form.number(fields, "illness_days", "", 1..=7, 1);
        rates.draws = form.number(fields, "draws", "", 1..=DRAWS, USUAL) as usize;
        rates.admissions = real(&mut form, fields, "admissions", "", ARRIVALS).unwrap_or(0.0);
        rates.replan = match fields.get("replan") {
            None | Some(Value::Null) => false,
            Some(Value::Bool(yes)) => *yes,
            Some(_) => {
                form.fault("/replan", "wrong-type", "`replan` must be true or false.".to_owned());
                false
            }
        };
        for (k, entry) in form.list(fields, "no_shows", "", ENTRIES).unwrap_or_default().iter().enumerate() {
            let at = format!("/no_shows/{k}");
            let known = ["service", "level_of_care", "rate"];
            let Some(fields) = form.object(entry, &at, "a rate of no-shows", &known) else { continue };
            let given = |name: &str| fields.get(name).is_some_and(|v| !v.is_null());
            let service = if given("service") { form.id(fields, "service", &at) } else { None };
            let level = given("level_of_care").then(|| form.text(fields, "level_of_care", &at, ""));
            if let Some(rate) = needed(&mut form, fields, &at) {
                rates.no_shows.push(Absence { service, level_of_care: level, rate });
            }
        }
        for (k, entry) in form.list(fields, "illnesses", "", ENTRIES).unwrap_or_default().iter().enumerate() {
            let at = format!("/illnesses/{k}");
            let Some(fields) = form.object(entry, &at, "a rate of illness", &["clinician", "rate"]) else { continue };
            let clinician = form.id(fields, "clinician", &at);
            if let (Some(rate), Some(clinician)) = (needed(&mut form, fields, &at), clinician) {
                rates.illnesses.push(Illness { clinician, rate });
            }
        }
        for (k, entry) in form.list(fields, "like", "", ENTRIES).unwrap_or_default().iter().enumerate() {
            let at = format!("/like/{k}");
            let Some(fields) = form.object(entry, &at, "a profile", &["participant", "weight"]) else { continue };
            let weight = form.number(fields, "weight", &at, 1..=1_000_000, 1);
            if let Some(participant) = form.id(fields, "participant", &at) {
                rates.like.push(Profile { participant, weight });
            }
        }
    }
    form.end(rates).map_err(ReadError::Invalid)
}

fn needed(form: &mut Form, fields: &Map<String, Value>, at: &str) -> Option<f64> {
    if !fields.contains_key("rate") {
        form.fault(at, "missing-field", "`rate` is missing.".to_owned());
        return None;
    }
    share(form, fields, "rate", at)
}

fn share(form: &mut Form, fields: &Map<String, Value>, name: &str, at: &str) -> Option<f64> {
    real(form, fields, name, at, 1.0)
}

/// A number of 0 to `most`, where there is one.
fn real(form: &mut Form, fields: &Map<String, Value>, name: &str, at: &str, most: f64) -> Option<f64> {
    let value = fields.get(name).filter(|v| !v.is_null())?;
    let found = value.as_f64().filter(|x| (0.0..=most).contains(x));
    if found.is_none() {
        form.fault(&format!("{at}/{name}"), "out-of-range", format!("`{name}` must be a number of 0 to {most}."));
    }
    found
}

impl Rates {
    /// What of it the problem does not have.
    pub fn faults(&self, problem: &Problem) -> Faults {
        let mut faults = Faults::default();
        let mut unknown = |pointer: String, what: &str, id: &Id| {
            let detail = format!("The problem has no {what} `{id}`.");
            faults.push(Fault { path: pointer.clone(), pointer, code: "unknown-id", detail, hint: None });
        };
        for (k, absence) in self.no_shows.iter().enumerate() {
            if let Some(id) = &absence.service
                && !problem.services.iter().any(|s| s.id == *id)
            {
                unknown(format!("/no_shows/{k}/service"), "service", id);
            }
        }
        for (k, illness) in self.illnesses.iter().enumerate() {
            if !problem.clinicians.iter().any(|c| c.id == illness.clinician) {
                unknown(format!("/illnesses/{k}/clinician"), "clinician", &illness.clinician);
            }
        }
        for (k, profile) in self.like.iter().enumerate() {
            if !problem.participants.iter().any(|p| p.id == profile.participant) {
                unknown(format!("/like/{k}/participant"), "participant", &profile.participant);
            }
        }
        faults
    }

    /// Share of the sessions of a service from which somebody of this level stays away.
    pub(super) fn no_show(&self, service: &str, level: Option<&str>) -> f64 {
        let fits = |a: &&Absence| {
            a.service.as_ref().is_none_or(|s| **s == *service)
                && a.level_of_care.as_deref().is_none_or(|l| Some(l) == level)
        };
        self.no_shows.iter().find(fits).map_or(self.no_show, |a| a.rate)
    }

    /// Chance that a clinician falls ill on a day; of a copy it is the original's.
    pub(super) fn illness_of(&self, clinician: &str) -> f64 {
        let original = clinician.rsplit_once(".c").map_or(clinician, |(original, _)| original);
        let named = |id: &str| self.illnesses.iter().find(|i| *i.clinician == *id).map(|i| i.rate);
        named(clinician).or_else(|| named(original)).unwrap_or(self.illness)
    }
}

/// The JSON Schema (2020-12) of rates.
pub fn schema() -> Value {
    let id = json!({ "type": "string", "pattern": "^[A-Za-z0-9._:-]{1,64}$" });
    let rate = json!({ "type": "number", "minimum": 0, "maximum": 1 });
    let maybe = |what: &str| json!({ "type": ["number", "null"], "minimum": 0, "maximum": 1, "description": what });
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Rates of Careweave, version 1",
        "type": "object",
        "additionalProperties": false,
        "properties": {
            "no_show": maybe("Share of sessions from which participants stay away; 0 by default."),
            "no_shows": {
                "type": ["array", "null"], "maxItems": ENTRIES, "description": "The same of services and levels of care; the first that fits counts.",
                "items": { "type": "object", "additionalProperties": false, "required": ["rate"], "properties": {
                    "service": { "anyOf": [id, { "type": "null" }] },
                    "level_of_care": { "type": ["string", "null"], "maxLength": limits::TEXT },
                    "rate": rate } },
            },
            "illness": maybe("Chance that a clinician falls ill on a day; 0 by default."),
            "illnesses": {
                "type": ["array", "null"], "maxItems": ENTRIES, "description": "The same of single clinicians.",
                "items": { "type": "object", "additionalProperties": false, "required": ["clinician", "rate"],
                           "properties": { "clinician": id, "rate": rate } },
            },
            "illness_days": { "type": ["integer", "null"], "minimum": 1, "maximum": 7, "description": "How many days an illness lasts; 1 by default." },
            "admissions": { "type": ["number", "null"], "minimum": 0, "maximum": ARRIVALS, "description": "New participants a week, on average; 0 by default." },
            "like": {
                "type": ["array", "null"], "maxItems": ENTRIES, "description": "Whom they are like; none: any participant.",
                "items": { "type": "object", "additionalProperties": false, "required": ["participant"],
                           "properties": { "participant": id, "weight": { "type": ["integer", "null"], "minimum": 1, "maximum": 1_000_000 } } },
            },
            "replan": { "type": ["boolean", "null"], "description": "Whether the calendar is also replanned when somebody falls ill; false by default." },
            "draws": { "type": ["integer", "null"], "minimum": 1, "maximum": DRAWS, "description": "Weeks that are drawn; 200 by default." },
        },
    })
}
