//! Grids of scenarios: one statement, such as "0 to 3 more rooms and 0 to 2 more clinicians", that stands for every combination.

use serde_json::{Map, Value, json};

use super::given::{MOST, fault, missing, unknown};
use crate::problem::Faults;

/// A step of an axis: what it is called in ids, in names, and what it changes.
struct Step {
    label: String,
    name: String,
    edits: Vec<Value>,
}

/// The scenarios that a grid stands for, each as it would be written.
///
/// A grid is `{"id", "grid": [AXIS]}`; an axis `{"name", "copy": PATH, "counts": [0, 1, 2]}` or
/// `{"name", "steps": [{"name", "edits"}]}`.
pub fn expand(fields: &Map<String, Value>, at: &str, faults: &mut Faults) -> Vec<Value> {
    unknown(fields, &["id", "grid"], at, "a grid", faults);
    let Some(id) = fields.get("id").and_then(Value::as_str) else {
        missing(faults, at, "id");
        return Vec::new();
    };
    let axes = fields.get("grid").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    if axes.is_empty() {
        fault(faults, &format!("{at}/grid"), "wrong-type", "`grid` must be a list of one axis or more.".into(), None);
        return Vec::new();
    }
    let before = faults.0.len();
    let steps: Vec<Vec<Step>> =
        axes.iter().enumerate().map(|(k, axis)| steps(axis, &format!("{at}/grid/{k}"), faults)).collect();
    let all = steps.iter().map(Vec::len).fold(1, usize::saturating_mul);
    if all > MOST {
        let detail = format!("This grid has {all} scenarios; at most {MOST} are compared at once.");
        fault(faults, &format!("{at}/grid"), "too-large", detail, Some("Take fewer steps.".into()));
    }
    if faults.0.len() > before {
        return Vec::new();
    }
    let mut rows: Vec<Vec<&Step>> = vec![Vec::new()];
    for axis in &steps {
        let mut longer = Vec::with_capacity(rows.len() * axis.len());
        for row in &rows {
            longer.extend(axis.iter().map(|step| [row.as_slice(), &[step]].concat()));
        }
        rows = longer;
    }
    let scenario = |row: &Vec<&Step>| {
        let labels: Vec<&str> = row.iter().map(|s| &*s.label).collect();
        let names: Vec<&str> = row.iter().map(|s| &*s.name).collect();
        let edits: Vec<&Value> = row.iter().flat_map(|s| &s.edits).collect();
        json!({ "id": format!("{id}.{}", labels.join(".")), "name": names.join(", "), "edits": edits })
    };
    rows.iter().map(scenario).collect()
}

fn steps(axis: &Value, at: &str, faults: &mut Faults) -> Vec<Step> {
    let Some(fields) = axis.as_object() else {
        fault(faults, at, "wrong-type", "An axis must be an object.".into(), None);
        return Vec::new();
    };
    unknown(fields, &["name", "copy", "counts", "steps"], at, "an axis", faults);
    let name = fields.get("name").and_then(Value::as_str);
    match (fields.get("copy").and_then(Value::as_str), fields.get("counts"), fields.get("steps")) {
        (Some(path), Some(Value::Array(counts)), None) => {
            let what = name.unwrap_or(path);
            let count = |(k, n): (usize, &Value)| {
                let Some(n) = n.as_u64().filter(|n| *n <= 1_000) else {
                    let detail = "A count is a whole number of 0 to 1000.".into();
                    fault(faults, &format!("{at}/counts/{k}"), "out-of-range", detail, None);
                    return None;
                };
                let edits = if n == 0 { Vec::new() } else { vec![json!({ "copy": path, "count": n })] };
                Some(Step { label: n.to_string(), name: format!("{what}: {n} more"), edits })
            };
            counts.iter().enumerate().filter_map(count).collect()
        }
        (None, None, Some(Value::Array(list))) => {
            let step = |(k, step): (usize, &Value)| {
                let at = format!("{at}/steps/{k}");
                let Some(fields) = step.as_object() else {
                    fault(faults, &at, "wrong-type", "A step must be an object.".into(), None);
                    return None;
                };
                unknown(fields, &["name", "edits"], &at, "a step", faults);
                let Some(edits) = fields.get("edits").and_then(Value::as_array) else {
                    missing(faults, &at, "edits");
                    return None;
                };
                let own = fields.get("name").and_then(Value::as_str).map_or_else(|| k.to_string(), str::to_owned);
                let name = name.map_or(own.clone(), |name| format!("{name}: {own}"));
                Some(Step { label: k.to_string(), name, edits: edits.clone() })
            };
            list.iter().enumerate().filter_map(step).collect()
        }
        _ => {
            let detail = "An axis has `copy` with a list `counts`, or a list `steps`.".into();
            fault(faults, at, "missing-field", detail, None);
            Vec::new()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::given::read_value;

    #[test]
    fn a_grid_is_every_combination_of_its_steps() {
        let document = json!({ "scenarios": [
            { "id": "more", "grid": [
                { "name": "rooms", "copy": "/rooms/r1", "counts": [0, 1, 2, 3] },
                { "name": "staff", "steps": [{ "edits": [] }, { "name": "one", "edits": [{ "copy": "/clinicians/c1" }] }, { "edits": [{ "copy": "/clinicians/c1", "count": 2 }] }] },
            ] },
            { "id": "less", "edits": [{ "remove": "/rooms/r2" }] },
        ] });
        let all = read_value(&document).unwrap();
        assert_eq!(all.len(), 13);
        let told: Vec<(String, &str, usize)> =
            all.iter().map(|s| (s.id.to_string(), &*s.name, s.edits.len())).collect();
        assert_eq!(told[0], ("more.0.0".into(), "rooms: 0 more, staff: 0", 0));
        assert_eq!(told[7], ("more.2.1".into(), "rooms: 2 more, staff: one", 2));
        assert_eq!(told[12].0, "less");
    }

    #[test]
    fn what_is_wrong_with_a_grid_is_told_with_its_place() {
        let document = json!({ "scenarios": [
            { "id": "a", "grid": [{ "copy": "/rooms/r1", "counts": [1, -1] }, { "steps": [{ "colour": "red" }] }, {}] },
            { "id": "b", "grid": [] },
            { "id": "c", "grid": [{ "copy": "/rooms/r1", "counts": [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10] }, { "copy": "/rooms/r2", "counts": [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] }] },
        ] });
        let faults = read_value(&document).unwrap_err();
        let pointers: Vec<&str> = faults.0.iter().map(|f| &*f.pointer).collect();
        assert_eq!(
            pointers,
            [
                "/scenarios/0/grid/0/counts/1",
                "/scenarios/0/grid/1/steps/0/colour",
                "/scenarios/0/grid/1/steps/0",
                "/scenarios/0/grid/2",
                "/scenarios/1/grid",
                "/scenarios/2/grid",
            ]
        );
    }
}
