//! Profiles as they are written: whom to take more of, and which level of service must hold.

use serde_json::{Value, json};

use crate::{
    problem::{Fault, Faults, Id, Problem, ReadError, limits, read_document},
    scenario::{ServiceLevel, form::Form},
};

/// Most profiles.
const PROFILES: usize = 1_000;
/// Most additional people that are looked for.
const MOST: u64 = 500;

/// Somebody like this one.
#[derive(Debug, Clone, PartialEq)]
pub struct Profile {
    /// The participant who is copied.
    pub participant: Id,
    /// How many of these come for how many of the others.
    pub weight: u64,
}

/// What is asked.
#[derive(Debug, Clone, PartialEq)]
pub struct Profiles {
    /// Whom to take more of, in the proportion of their weights; none: this week's mix, drawn.
    pub profiles: Vec<Profile>,
    /// Only participants of this site are copied where the mix is drawn.
    pub site: Option<Id>,
    /// The level that must hold.
    pub level: ServiceLevel,
    /// The most that are looked for.
    pub most: u64,
}

/// Reads profiles; everything that is wrong with their form is told at once.
pub fn read(text: &[u8]) -> Result<Profiles, ReadError> {
    let document = read_document(text)?;
    let mut form = Form::default();
    let known = ["profiles", "site", "service_level", "most"];
    let mut asked = Profiles { profiles: Vec::new(), site: None, level: ServiceLevel::default(), most: limits_usual() };
    if let Some(fields) = form.object(&document, "", "the document", &known) {
        for (k, entry) in form.list(fields, "profiles", "", PROFILES).unwrap_or_default().iter().enumerate() {
            let at = format!("/profiles/{k}");
            let Some(profile) = form.object(entry, &at, "a profile", &["participant", "weight"]) else { continue };
            let weight = form.number(profile, "weight", &at, 1..=1_000_000, 1);
            if let Some(participant) = form.id(profile, "participant", &at) {
                asked.profiles.push(Profile { participant, weight });
            }
        }
        if fields.get("site").is_some_and(|site| !site.is_null()) {
            asked.site = form.id(fields, "site", "");
        }
        asked.level = ServiceLevel::read(&mut form, fields.get("service_level"), "/service_level");
        asked.most = form.number(fields, "most", "", 1..=MOST, limits_usual());
    }
    form.end(asked).map_err(ReadError::Invalid)
}

fn limits_usual() -> u64 {
    50
}

impl Profiles {
    /// What of it the problem does not have.
    pub fn faults(&self, problem: &Problem) -> Faults {
        let mut faults = Faults::default();
        let mut unknown = |pointer: String, what: &str, id: &Id| {
            let detail = format!("The problem has no {what} `{id}`.");
            faults.push(Fault { path: pointer.clone(), pointer, code: "unknown-id", detail, hint: None });
        };
        for (k, profile) in self.profiles.iter().enumerate() {
            if !problem.participants.iter().any(|p| p.id == profile.participant) {
                unknown(format!("/profiles/{k}/participant"), "participant", &profile.participant);
            }
        }
        if let Some(site) = &self.site
            && !problem.sites.iter().any(|s| s.id == *site)
        {
            unknown("/site".to_owned(), "site", site);
        }
        faults
    }
}

/// The JSON Schema (2020-12) of profiles.
pub fn schema() -> Value {
    let id = json!({ "type": "string", "pattern": "^[A-Za-z0-9._:-]{1,64}$" });
    let share = json!({ "type": ["number", "null"], "minimum": 0, "maximum": 1 });
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Profiles of Careweave, version 1",
        "type": "object",
        "additionalProperties": false,
        "properties": {
            "profiles": {
                "type": ["array", "null"], "maxItems": PROFILES,
                "description": "Whom to take more of; none: this week's mix, drawn by the seed.",
                "items": {
                    "type": "object", "additionalProperties": false, "required": ["participant"],
                    "properties": {
                        "participant": id,
                        "weight": { "type": ["integer", "null"], "minimum": 1, "maximum": 1_000_000,
                                    "description": "How many of these come for how many of the others; 1 by default." },
                    },
                },
            },
            "site": { "anyOf": [id, { "type": "null" }], "description": "The mix is drawn from the participants of this site only." },
            "service_level": {
                "type": ["object", "null"], "additionalProperties": false,
                "description": "What must hold; 0.95 of the minutes and everybody's minimum by default.",
                "properties": { "minutes_share": share, "minimum_share": share },
            },
            "most": { "type": ["integer", "null"], "minimum": 1, "maximum": MOST, "description": "The most that are looked for; 50 by default." },
        },
        "maxProperties": limits::WORDS,
    })
}
