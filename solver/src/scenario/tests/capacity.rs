//! How many more can be taken, and what to buy.

use super::*;

fn profiles(document: Value) -> Profiles {
    read_profiles(document.to_string().as_bytes()).unwrap()
}

fn prices(document: Value) -> Prices {
    read_prices(document.to_string().as_bytes()).unwrap()
}

fn counted(document: Value) -> Census {
    census(&tiny(), &profiles(document), &by_rounds(10), &Unobserved, &Stop::default()).unwrap()
}

fn bought(document: Value) -> Purchase {
    let prices = prices(document);
    let shop = Shop::open(&tiny(), &prices).unwrap();
    buy(&shop, &prices, &by_rounds(10), &Unobserved, &Stop::default()).unwrap()
}

fn list() -> Value {
    json!([
        { "id": "hall", "cost": 50, "edits": [{ "set": "/rooms/hall/capacity", "to": 12 }] },
        { "id": "thursday", "cost": 100, "edits": [
            { "add": "/clinicians/ana/shifts", "value": { "days": ["thu"], "start": "09:00", "end": "12:00" } }] },
        { "id": "second", "cost": 500, "most": 2, "edits": [{ "copy": "/clinicians/ana" }] },
    ])
}

#[test]
fn the_largest_number_holds_the_next_one_does_not_and_what_would_help_was_tried() {
    // The circle holds six, of whom two are there; Ana's four other hours have room for one more talk.
    let found = counted(json!({ "profiles": [{ "participant": "p1" }], "most": 9,
                                "service_level": { "minutes_share": 0.7, "minimum_share": 0 } }));
    assert_eq!(found.additional, 4, "{:?}", found.tried);
    assert!(found.today.holds && found.reached.holds);
    assert_eq!(found.edits, [edits::Edit::Copy { copy: "/participants/p1".into(), count: 4 }]);
    let next = found.next.unwrap();
    assert!(!next.reached.holds && next.additional == 5 && next.like == "p1");
    let second = next.bottleneck.remedies.iter().find(|r| r.text.contains("clinician like ana")).unwrap();
    assert!(second.reached.minutes.met > next.reached.minutes.met, "{second:?}");
    assert!(next.bottleneck.causes.iter().any(|c| c.orders > 0 && c.places > 0));
    assert_eq!(
        found.calendar.unmet.iter().map(|u| u.missing_minutes).sum::<u64>(),
        found.reached.minutes.of - found.reached.minutes.met
    );
}

#[test]
fn where_the_level_does_not_hold_today_nobody_more_can_be_taken() {
    let found = counted(json!({ "service_level": { "minutes_share": 1.0 } }));
    assert!(!found.today.holds && found.additional == 0 && found.edits.is_empty());
    assert_eq!(found.next.unwrap().additional, 0);
}

#[test]
fn where_enough_is_asked_for_nothing_stops_the_next() {
    let found = counted(json!({ "most": 2, "service_level": { "minutes_share": 0.1, "minimum_share": 0 } }));
    assert_eq!((found.additional, found.next), (2, None));
}

#[test]
fn the_cheapest_set_that_serves_is_found_by_solving_the_cheaper_ones_first() {
    // Summed over the week Ana has time enough, but the circle needs two days on which all three can come.
    let found = bought(json!({ "prices": list(), "service_level": { "minutes_share": 0.9, "minimum_share": 0 } }));
    assert!(found.served && found.reached.holds);
    assert_eq!((found.cost, found.lower_bound), (100, Some(0)));
    assert_eq!(found.items.iter().map(|i| (&*i.id, i.count)).collect::<Vec<_>>(), [("thursday", 1)]);
    assert_eq!(found.tried.iter().map(|t| t.cost).collect::<Vec<_>>(), [0, 50, 100]);
}

#[test]
fn minutes_that_are_not_there_are_bought_at_once() {
    // Of 21 hours ordered 17.85 shall have a place. The circle gives 12 at most, in two hours of Ana's; so there are six
    // talks, and Ana has six hours in all.
    let found = bought(json!({ "demand": [{ "copy": "/participants/p1", "count": 4 }], "prices": list(),
                               "service_level": { "minutes_share": 0.85, "minimum_share": 0 } }));
    assert!(found.lower_bound >= Some(100), "{found:?}");
    assert!(found.tried.iter().all(|t| t.cost >= 100));
}

#[test]
fn what_the_list_cannot_serve_is_told() {
    let nothing = bought(json!({ "prices": [], "demand": [{ "copy": "/participants/p1", "count": 9 }] }));
    assert_eq!((nothing.served, nothing.lower_bound, nothing.cost), (false, None, 0));
}

#[test]
fn all_faults_of_profiles_and_prices_are_told_at_once() {
    let of = |read: Result<(), problem::ReadError>| match read {
        Err(problem::ReadError::Invalid(faults)) => {
            faults.0.into_iter().map(|f| format!("{} {}", f.code, f.pointer)).collect::<Vec<_>>()
        }
        other => panic!("{other:?}"),
    };
    let document = json!({ "profiles": [{ "participant": 3, "weight": 0 }, {}], "service_level": { "minutes_share": 2 }, "mots": 3 });
    let told = of(read_profiles(document.to_string().as_bytes()).map(drop));
    assert_eq!(
        told,
        [
            "unknown-field /mots",
            "out-of-range /profiles/0/weight",
            "invalid-value /profiles/0/participant",
            "missing-field /profiles/1",
            "out-of-range /service_level/minutes_share",
        ]
    );
    let unknown = profiles(json!({ "profiles": [{ "participant": "nobody" }], "site": "nowhere" })).faults(&tiny());
    assert_eq!(unknown.0.iter().map(|f| &*f.pointer).collect::<Vec<_>>(), ["/profiles/0/participant", "/site"]);
    let document = json!({ "prices": [{ "id": "a", "cost": -1, "edits": [{ "set": "/x" }] }, { "id": "a" }] });
    let told = of(read_prices(document.to_string().as_bytes()).map(drop));
    assert_eq!(
        told,
        [
            "out-of-range /prices/0/cost",
            "missing-field /prices/0/edits/0",
            "missing-field /prices/1",
            "missing-field /prices/1",
            "duplicate-id /prices/1/id",
        ]
    );
    let wrong =
        prices(json!({ "prices": [{ "id": "a", "cost": 1, "edits": [{ "set": "/rooms/attic/capacity", "to": 3 }] }] }));
    let faults = Shop::open(&tiny(), &wrong).err().unwrap();
    assert_eq!(faults.0[0].pointer, "/prices/0/edits/0");
}

#[test]
fn the_schemas_and_the_readers_of_profiles_and_prices_agree() {
    let (of_profiles, of_prices) =
        (jsonschema::validator_for(&profiles_schema()).unwrap(), jsonschema::validator_for(&prices_schema()).unwrap());
    for (document, good) in [
        (json!({}), true),
        (json!({ "profiles": [{ "participant": "p1", "weight": 2 }], "site": "elm", "most": 3 }), true),
        (json!({ "profiles": [{ "weight": 2 }] }), false),
        (json!({ "service_level": { "minutes_share": 1.5 } }), false),
        (json!({ "most": 0 }), false),
        (json!([]), false),
    ] {
        assert_eq!(read_profiles(document.to_string().as_bytes()).is_ok(), good, "{document}");
        assert_eq!(of_profiles.is_valid(&document), good, "{document}");
    }
    for (document, good) in [
        (json!({ "prices": list(), "demand": [{ "copy": "/participants/p1" }] }), true),
        (json!({}), false),
        (json!({ "prices": [{ "id": "a", "cost": 1 }] }), false),
        (json!({ "prices": [{ "id": "a", "cost": 1.5, "edits": [] }] }), false),
        (json!({ "prices": [{ "id": "a", "cost": 1, "most": 0, "edits": [] }] }), false),
    ] {
        assert_eq!(read_prices(document.to_string().as_bytes()).is_ok(), good, "{document}");
        assert_eq!(of_prices.is_valid(&document), good, "{document}");
    }
}
