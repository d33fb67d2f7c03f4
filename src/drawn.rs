//! What property tests of the doors draw: any JSON, any header.

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use proptest::prelude::*;
use serde_json::Value;

/// Any JSON, small.
pub fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "[a-d/~0-2 ]{0,4}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map("[a-d/~]{0,2}", inner, 0..4)
                .prop_map(|m| Value::Object(m.into_iter().collect())),
        ]
    })
}

/// A header of this name with up to three values, each of any bytes that a header may have, or of words that `likely` has.
pub fn headers(name: &'static str, likely: &'static str) -> impl Strategy<Value = HeaderMap> {
    let bytes = prop::collection::vec(prop_oneof![0x20u8..0x7f, 0x80u8..=0xff, Just(b'\t')], 0..40);
    let value = prop_oneof![bytes, likely.prop_map(String::into_bytes)];
    prop::collection::vec(value, 0..3).prop_map(move |values| {
        let values = values.into_iter().filter_map(|value| HeaderValue::from_bytes(&value).ok());
        values.map(|value| (HeaderName::from_static(name), value)).collect()
    })
}
