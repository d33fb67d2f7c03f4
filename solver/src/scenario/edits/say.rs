//! Edits as people say them: "one more clinician like s1-t3, evenings only", "site s2 closed", "all groups at most 10".

use serde_json::{Value, json};

use super::{Edit, Refusal, make, remove::LeftBehind};

/// What can be said, for who has said something else.
const KNOWN: &str = "It is one of: `N more clinicians|rooms|groups|participants like ID` (for clinicians and rooms also `, mornings|afternoons|evenings only`), \
                     `N more participants like this week's mix`, `site|room ID closed` (also `on tuesday and friday`), \
                     `all groups at most N`, `without clinician|room|group|participant|site ID`.";
const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const NUMBERS: [&str; 11] = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];
/// Parts of the day: what they are called, from, to.
const PARTS: [(&str, &str, &str); 3] =
    [("mornings", "08:00", "12:00"), ("afternoons", "12:00", "17:00"), ("evenings", "17:00", "21:00")];

/// Makes the edits that a sentence stands for.
pub fn say(document: &mut Value, sentence: &str, left_behind: &mut LeftBehind) -> Result<(), Refusal> {
    let words: Vec<&str> = sentence.split([' ', ',', '.', ';']).filter(|w| !w.is_empty()).collect();
    // Ids keep their case, everything else does not matter.
    let lower: Vec<String> = words.iter().map(|w| w.to_lowercase()).collect();
    let lower: Vec<&str> = lower.iter().map(String::as_str).collect();
    let mut edits = match lower.as_slice() {
        [n, "more", "participant" | "participants", "like", "this", "week's", "mix"] => mix(document, number(n)?)?,
        [n, "more", what, "like", _, rest @ ..] => more(document, number(n)?, what, words[4], rest)?,
        [what @ ("site" | "room"), _, "closed", rest @ ..] => {
            let closed = json!({ "days": days(rest)?, "start": "00:00", "end": "24:00" });
            vec![Edit::add(format!("{}/{}/closed", list(what)?, words[1]), closed)]
        }
        ["all", "groups", "at", "most", n] => at_most(document, number(n)?),
        ["without" | "lose", what, _] => vec![Edit::Remove { remove: format!("{}/{}", list(what)?, words[2]) }],
        _ => return Err(not_understood()),
    };
    edits.drain(..).try_for_each(|edit| make(document, &edit, left_behind))
}

fn not_understood() -> Refusal {
    ("unknown-value", "This is not understood.".to_owned(), Some(KNOWN.to_owned()))
}

fn number(word: &str) -> Result<u32, Refusal> {
    let said = NUMBERS.iter().position(|n| *n == word).map(|n| n as u32);
    let n = if matches!(word, "a" | "an") { Some(1) } else { said.or_else(|| word.parse().ok()) };
    n.filter(|n| *n > 0).ok_or_else(not_understood)
}

/// The list of a kind of entity.
fn list(what: &str) -> Result<&'static str, Refusal> {
    Ok(match what.strip_suffix('s').unwrap_or(what) {
        "site" => "/sites",
        "room" => "/rooms",
        "clinician" => "/clinicians",
        "group" => "/groups",
        "participant" => "/participants",
        _ => return Err(not_understood()),
    })
}

/// The days that follow `on`; all of them where nothing follows.
fn days(rest: &[&str]) -> Result<Vec<&'static str>, Refusal> {
    let named = match rest {
        [] => return Ok(DAYS.to_vec()),
        ["on", named @ ..] if !named.is_empty() => named,
        _ => return Err(not_understood()),
    };
    let day = |word: &&&str| DAYS.iter().find(|d| word.starts_with(*d)).copied().ok_or_else(not_understood);
    named.iter().filter(|w| **w != "and").map(|w| day(&w)).collect()
}

/// Copies of an entity, perhaps at a part of the day only.
fn more(document: &Value, n: u32, what: &str, id: &str, rest: &[&str]) -> Result<Vec<Edit>, Refusal> {
    let list = list(what)?;
    let mut edits = vec![Edit::Copy { copy: format!("{list}/{id}"), count: n }];
    let part = match rest {
        [] => return Ok(edits),
        [part, "only"] => PARTS.iter().find(|p| p.0 == *part || p.0.strip_suffix('s') == Some(part)),
        _ => None,
    };
    let Some((_, start, end)) = part else { return Err(not_understood()) };
    for copied in copies(document, list, id, n) {
        let days = &DAYS[..5];
        match list {
            "/rooms" => {
                let hours = json!([{ "days": days, "start": start, "end": end }]);
                edits.push(Edit::set(format!("{list}/{copied}/hours"), hours));
            }
            "/clinicians" => {
                let shifts = entity(document, list, id).and_then(|c| c.get("shifts")?.get(0));
                let mut shift = shifts.cloned().unwrap_or_else(|| json!({}));
                (shift["days"], shift["start"], shift["end"]) = (json!(days), json!(start), json!(end));
                edits.push(Edit::set(format!("{list}/{copied}/shifts"), json!([shift])));
            }
            _ => return Err(not_understood()),
        }
    }
    Ok(edits)
}

fn entity<'v>(document: &'v Value, list: &str, id: &str) -> Option<&'v Value> {
    document.pointer(list)?.as_array()?.iter().find(|e| e.get("id").and_then(Value::as_str) == Some(id))
}

/// Ids of the copies that are about to be made: the next free numbers. Rooms and clinicians own no other ids.
fn copies(document: &Value, list: &str, id: &str, n: u32) -> Vec<String> {
    let free = (1..).map(|k| format!("{id}.c{k}")).filter(|copy| entity(document, list, copy).is_none());
    free.take(n.min(1000) as usize).collect()
}

/// Copies spread evenly over the participants that there are.
fn mix(document: &Value, n: u32) -> Result<Vec<Edit>, Refusal> {
    let ids = document.pointer("/participants").and_then(Value::as_array);
    let ids: Vec<&str> = ids.into_iter().flatten().filter_map(|p| p.get("id")?.as_str()).collect();
    if ids.is_empty() {
        return Err(("unknown-id", "There is no participant to copy.".to_owned(), None));
    }
    let at = |k: u64| ids[(k * ids.len() as u64 / u64::from(n)) as usize % ids.len()];
    Ok((0..u64::from(n)).map(|k| Edit::Copy { copy: format!("/participants/{}", at(k)), count: 1 }).collect())
}

/// No group has more; who needs more to begin needs no more than that.
fn at_most(document: &Value, most: u32) -> Vec<Edit> {
    let groups = document.pointer("/groups").and_then(Value::as_array);
    let mut edits = Vec::new();
    for group in groups.into_iter().flatten() {
        let Some(id) = group.get("id").and_then(Value::as_str) else { continue };
        let service = group.get("service").and_then(Value::as_str).unwrap_or_default();
        let usual = entity(document, "/services", service).and_then(|s| s.get("group"));
        let own = |name: &str| group.get(name).or_else(|| usual?.get(name)).and_then(Value::as_u64);
        let most = u64::from(most);
        if own("max").is_none_or(|max| max > most) {
            edits.push(Edit::set(format!("/groups/{id}/max"), most));
        }
        if own("min").is_some_and(|min| min > most) {
            edits.push(Edit::set(format!("/groups/{id}/min"), most));
        }
    }
    edits
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        problem::{self, Problem},
        scenario::edits::{apply, read},
    };

    fn tiny() -> Problem {
        let text = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures/tiny.json"));
        problem::read(text).unwrap()
    }

    fn said(sentence: &str) -> Problem {
        let edits = read(&json!([{ "say": sentence }])).unwrap();
        apply(&tiny(), &edits).unwrap_or_else(|faults| panic!("{sentence}: {faults:?}"))
    }

    fn same_as(sentence: &str, edits: Value) {
        assert_eq!(said(sentence), apply(&tiny(), &read(&edits).unwrap()).unwrap(), "{sentence}");
    }

    #[test]
    fn what_people_say_is_the_edits_that_they_mean() {
        same_as("Two more rooms like office", json!([{ "copy": "/rooms/office", "count": 2 }]));
        same_as("without room hall", json!([{ "remove": "/rooms/hall" }]));
        same_as("all groups at most 5", json!([{ "set": "/groups/circle/max", "to": 5 }]));
        same_as("all groups at most 8", json!([]));
        same_as(
            "one more clinician like ana, evenings only",
            json!([
                { "copy": "/clinicians/ana" },
                { "set": "/clinicians/ana.c1/shifts", "to": [{ "days": ["mon", "tue", "wed", "thu", "fri"], "start": "17:00", "end": "21:00" }] },
            ]),
        );
        same_as(
            "room hall closed on Monday and wed",
            json!([
                { "add": "/rooms/hall/closed", "value": { "days": ["mon", "wed"], "start": "00:00", "end": "24:00" } }
            ]),
        );
        assert_eq!(said("site elm closed").sites[0].closed[0].days.as_ref().map(Vec::len), Some(7));
        assert_eq!(said("5 more participants like this week's mix").participants.len(), 8);
        assert_eq!(said("an more participant like p2").participants.len(), 4);
    }

    #[test]
    fn what_is_not_understood_or_not_there_is_told_with_what_can_be_said() {
        for (sentence, code) in [
            ("make it better", "unknown-value"),
            ("some more rooms like hall", "unknown-value"),
            ("one more room like attic", "unknown-id"),
            ("one more group like circle, evenings only", "unknown-value"),
            ("room hall closed on someday", "unknown-value"),
        ] {
            let edits = read(&json!([{ "say": sentence }])).unwrap();
            let faults = apply(&tiny(), &edits).unwrap_err();
            assert_eq!((faults.0[0].code, &*faults.0[0].pointer), (code, "/0"), "{sentence}");
        }
    }
}
