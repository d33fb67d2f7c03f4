//! What is too large is an error before it fills the memory.

use careweave_solver::problem::{self, ReadError, limits};

use crate::documents::{WEEK, faults};

fn only_code(text: &[u8]) -> (&'static str, String) {
    let faults = faults(text).0;
    let codes: Vec<_> = faults.iter().map(|f| (f.code, f.pointer.clone())).collect();
    assert_eq!(codes.len(), 1, "{codes:?}");
    codes[0].clone()
}

fn week_with(list: &str, entry: impl Fn(usize) -> String, count: usize) -> String {
    let entries: Vec<String> = (0..count).map(entry).collect();
    WEEK.replacen(&format!("\"{list}\": ["), &format!("\"{list}\": [{}, ", entries.join(",")), 1)
}

fn site(k: usize) -> String {
    format!(r#"{{"id":"x{k}","name":"","time_zone":"UTC","jurisdiction":"X","hours":[]}}"#)
}

#[test]
fn two_hundred_sites_are_accepted_and_one_more_is_not() {
    assert!(faults(week_with("sites", site, 199).as_bytes()).is_empty());
    assert_eq!(only_code(week_with("sites", site, 200).as_bytes()), ("too-large", "/sites".to_owned()));
}

#[test]
fn a_million_sites_are_too_large() {
    let faults = faults(week_with("sites", |_| "{}".to_owned(), 1_000_000).as_bytes());
    assert!(faults.0.iter().any(|f| f.code == "too-large" && f.pointer == "/sites"), "{:?}", &faults.0[..3]);
}

#[test]
fn a_text_of_ten_megabytes_is_too_large_and_not_repeated() {
    for field in ["Harbour", "g1", "America/New_York", "09:00"] {
        let text = WEEK.replacen(&format!("\"{field}\""), &format!("\"{}\"", "x".repeat(10_000_000)), 1);
        let faults = faults(text.as_bytes()).0;
        assert!(faults.iter().any(|f| f.code == "too-large"), "{field}");
        let told = serde_json::to_string(&faults).unwrap();
        assert!(told.len() < 5_000, "{field}: {} bytes", told.len());
    }
}

#[test]
fn a_thousand_characters_are_accepted() {
    for letter in ["x", "ø"] {
        assert!(faults(WEEK.replacen("Harbour", &letter.repeat(1_000), 1).as_bytes()).is_empty());
        assert!(!faults(WEEK.replacen("Harbour", &letter.repeat(1_001), 1).as_bytes()).is_empty());
    }
}

#[test]
fn a_thousand_million_sessions_are_too_large() {
    let text = WEEK.replacen("\"sessions\": 1", "\"sessions\": 1000000000", 1);
    assert_eq!(only_code(text.as_bytes()), ("too-large", "/participants/0/orders/0/sessions".to_owned()));
}

#[test]
fn fifty_orders_of_fifty_sessions_are_accepted() {
    let order = |k| format!(r#"{{"id":"o{k}","service":"therapy","sessions":50}}"#);
    assert!(faults(week_with("orders", order, 48).as_bytes()).is_empty());
}

#[test]
fn integers_up_to_a_thousand_million_are_accepted() {
    assert!(faults(WEEK.replacen("\"capacity\": 8", "\"capacity\": 1000000000", 1).as_bytes()).is_empty());
    let text = WEEK.replacen("\"capacity\": 8", "\"capacity\": 1000000001", 1);
    assert_eq!(only_code(text.as_bytes()), ("too-large", "/rooms/0/capacity".to_owned()));
}

#[test]
fn a_whole_number_may_be_written_with_a_point() {
    assert!(faults(WEEK.replacen("\"capacity\": 8", "\"capacity\": 8.0", 1).as_bytes()).is_empty());
    assert!(!faults(WEEK.replacen("\"capacity\": 8", "\"capacity\": 8.5", 1).as_bytes()).is_empty());
}

#[test]
fn endless_nesting_is_an_error() {
    let text = WEEK.replacen("\"version\": 1", &format!("\"version\": {}", "[".repeat(1_000_000)), 1);
    assert!(matches!(problem::read(text.as_bytes()), Err(ReadError::Syntax { .. })));
}

#[test]
fn more_values_than_a_problem_can_have_are_too_large() {
    let row = format!("[{}]", "0,".repeat(150_000) + "0");
    let text = format!("[{}]", vec![row; limits::MOST_VALUES / 150_000 + 1].join(","));
    assert_eq!(only_code(text.as_bytes()), ("too-large", String::new()));
}

#[test]
fn a_document_of_more_than_64_mebibytes_is_too_large() {
    assert_eq!(only_code(&vec![b' '; (64 << 20) + 1]), ("too-large", String::new()));
}

#[test]
fn no_more_than_a_thousand_faults_are_told() {
    let text = week_with("participants", |k| format!(r#"{{"id":"x{k}"}}"#), 5_000);
    let faults = faults(text.as_bytes()).0;
    assert_eq!(faults.len(), limits::FAULTS + 1);
    assert_eq!(faults[limits::FAULTS].code, "too-many-faults");
}
