//! `If-Match` and `If-None-Match`: who changes something says which state of it was seen.

use super::Refusal;

/// What a caller has seen.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Precondition {
    /// Any of these states; an empty list after `If-Match: *` stands for any.
    pub only: Option<Vec<String>>,
    /// Nothing at all (`If-None-Match: *`).
    pub absent: bool,
}

impl Precondition {
    /// Whether what is there, or its absence, is what the caller has seen.
    pub fn holds(&self, revision: Option<i64>) -> Result<(), Refusal> {
        let seen = match (&self.only, revision) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(tags), Some(revision)) => tags.is_empty() || tags.contains(&tag(revision)),
        };
        if seen && !(self.absent && revision.is_some()) { Ok(()) } else { Err(Refusal::Stale) }
    }
}

/// The entity tag of a revision.
pub fn tag(revision: i64) -> String {
    format!("\"{revision}\"")
}
