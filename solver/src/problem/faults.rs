//! Everything that is wrong with a document, each fault with its place and what to do about it.

use std::ops::ControlFlow;

use deserr::{DeserializeError, ErrorKind, IntoValue, MergeWithError, ValuePointerRef};
use serde::Serialize;

/// One fault of a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// RFC 6901 pointer to the place.
    pub pointer: String,
    /// The same place by ids, such as `/participants/p3/orders/p3-family`.
    pub path: String,
    /// Stable machine-readable name of the kind of fault, such as `unknown-field`.
    pub code: &'static str,
    /// What is wrong, as a sentence.
    pub detail: String,
    /// What to do about it, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

/// All faults found in a document. Reading goes on after the first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Faults(pub Vec<Fault>);

fn pointer(location: ValuePointerRef) -> String {
    match location {
        ValuePointerRef::Origin => String::new(),
        ValuePointerRef::Key { key, prev } => {
            format!("{}/{}", pointer(*prev), key.replace('~', "~0").replace('/', "~1"))
        }
        ValuePointerRef::Index { index, prev } => format!("{}/{index}", pointer(*prev)),
    }
}

impl MergeWithError<Faults> for Faults {
    fn merge(self_: Option<Self>, other: Self, _: ValuePointerRef) -> ControlFlow<Self, Self> {
        let mut all = self_.unwrap_or_default();
        all.0.extend(other.0);
        ControlFlow::Continue(all)
    }
}

impl DeserializeError for Faults {
    fn error<V: IntoValue>(
        self_: Option<Self>,
        error: ErrorKind<V>,
        location: ValuePointerRef,
    ) -> ControlFlow<Self, Self> {
        let mut all = self_.unwrap_or_default();
        let (code, detail) = match error {
            ErrorKind::IncorrectValueKind { .. } => ("wrong-type", "wrong type".to_owned()),
            ErrorKind::MissingField { field } => ("missing-field", format!("`{field}` is missing")),
            ErrorKind::UnknownKey { key, .. } => ("unknown-field", format!("`{key}` is not a field")),
            ErrorKind::UnknownValue { value, .. } => ("unknown-value", format!("`{value}` is not one of the values")),
            ErrorKind::BadSequenceLen { .. } => ("wrong-length", "wrong number of items".to_owned()),
            ErrorKind::Unexpected { msg } => ("invalid-value", msg),
        };
        let pointer = pointer(location);
        all.0.push(Fault { path: pointer.clone(), pointer, code, detail, hint: None });
        ControlFlow::Continue(all)
    }
}
