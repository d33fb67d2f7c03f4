//! Everything that is wrong with a document, each fault with its place and what to do about it.

use serde::Serialize;

use super::limits::FAULTS;

/// One fault of a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
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

impl Faults {
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether so many were found that no further one is told.
    pub fn is_full(&self) -> bool {
        self.0.len() > FAULTS
    }

    /// Adds a fault; when the list becomes full, a last entry says that there may be more.
    pub fn push(&mut self, fault: Fault) {
        if self.0.len() < FAULTS {
            self.0.push(fault);
        } else if self.0.len() == FAULTS {
            self.0.push(Fault {
                pointer: String::new(),
                path: String::new(),
                code: "too-many-faults",
                detail: format!("Only the first {FAULTS} faults are told; there are more."),
                hint: Some("Mend these and validate again.".to_owned()),
            });
        }
    }

    /// The same faults of a document that lies inside another one, at `pointer` (such as `/problem`).
    #[must_use]
    pub fn inside(mut self, pointer: &str) -> Self {
        for fault in &mut self.0 {
            fault.pointer.insert_str(0, pointer);
            fault.path.insert_str(0, pointer);
        }
        self
    }
}

impl Extend<Fault> for Faults {
    fn extend<I: IntoIterator<Item = Fault>>(&mut self, faults: I) {
        for fault in faults {
            self.push(fault);
        }
    }
}
