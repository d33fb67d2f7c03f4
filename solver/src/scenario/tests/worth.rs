//! What an hour is worth.

use super::*;

#[test]
fn hours_that_are_short_are_worth_most_and_each_value_has_its_error_bar() {
    let values = worth(&tiny(), &by_rounds(20), &Unobserved, &Stop::default()).unwrap();
    assert!(values.values.iter().all(|w| w.n >= LEAST_PAIRS && w.interval[0] <= w.value && w.value <= w.interval[1]));
    let of =
        |id: &str| values.values.iter().find(|w| w.id == id).unwrap_or_else(|| panic!("{id}: {:?}", values.values));
    // Ana is the only therapist, and there are rooms enough.
    let ana = of("ana-afternoon");
    assert!(ana.clear && ana.value > 0.0 && ana.hours == Some(25.0), "{ana:?}");
    assert_eq!(of("office-afternoon").value, 0.0);
    // The site closes at five.
    assert_eq!(of("office-evening").hours, Some(0.0));
    let first = &values.values[0];
    assert!(first.id.starts_with("ana-"), "{first:?}");
}
