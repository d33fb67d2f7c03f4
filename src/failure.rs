//! What can go wrong between a request and its answer. Knows neither exit codes nor HTTP: the doors translate it, each
//! in one place.

use std::fmt;

use careweave_solver::{
    problem::{Fault, Faults, ReadError},
    rules::Violation,
    search::SolveError,
};
use serde_json::{Value, json};

/// Which document is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Document {
    Problem,
    Calendar,
    Events,
    Scenarios,
    Profiles,
    Prices,
    Rates,
    Request,
}

impl fmt::Display for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Document::Problem => "problem",
            Document::Calendar => "calendar",
            Document::Events => "events document",
            Document::Scenarios => "scenarios document",
            Document::Profiles => "profiles document",
            Document::Prices => "prices document",
            Document::Rates => "rates document",
            Document::Request => "request",
        })
    }
}

/// Why there is no answer.
#[derive(Debug, Clone)]
pub enum Failure {
    /// What was asked for makes no sense: a wrong command line, an id that does not exist.
    Usage(String),
    /// The document is not JSON.
    Syntax { document: Document, line: usize, column: usize, detail: String },
    /// The document is JSON, but not what the contract asks for.
    Invalid { document: Document, faults: Vec<Fault> },
    /// Pins of `previous` contradict the hard rules.
    PinsContradict(Vec<Violation>),
    /// More than is accepted.
    TooLarge(String),
    /// Something outside does not work: a file, a disk, a socket.
    Outside(String),
    /// The database does not answer for now.
    Unavailable(String),
    /// A fault of ours.
    Internal(String),
}

impl Failure {
    /// The failure of reading a document.
    pub fn reading(document: Document, error: ReadError) -> Self {
        match error {
            ReadError::Syntax { line, column, detail } => Failure::Syntax { document, line, column, detail },
            ReadError::Invalid(Faults(faults)) => Failure::Invalid { document, faults },
        }
    }

    /// Stable name of the kind of failure.
    pub fn code(&self) -> &'static str {
        match self {
            Failure::Usage(_) => "wrong-usage",
            Failure::Syntax { .. } => "invalid-json",
            Failure::Invalid { faults, .. } if faults.iter().all(|f| f.code == "too-large") => "too-large",
            Failure::Invalid { document: Document::Problem, .. } => "invalid-problem",
            Failure::Invalid { document: Document::Calendar, .. } => "invalid-calendar",
            Failure::Invalid { document: Document::Events, .. } => "invalid-events",
            Failure::Invalid { document: Document::Scenarios, .. } => "invalid-scenarios",
            Failure::Invalid { document: Document::Profiles, .. } => "invalid-profiles",
            Failure::Invalid { document: Document::Prices, .. } => "invalid-prices",
            Failure::Invalid { document: Document::Rates, .. } => "invalid-rates",
            Failure::Invalid { document: Document::Request, .. } => "invalid-request",
            Failure::PinsContradict(_) => "pins-contradict",
            Failure::TooLarge(_) => "too-large",
            Failure::Outside(_) => "outside-fault",
            Failure::Unavailable(_) => "store-unavailable",
            Failure::Internal(_) => "internal",
        }
    }

    fn title(&self) -> String {
        match self {
            Failure::Usage(_) => "The request makes no sense".into(),
            Failure::Syntax { document, .. } => format!("The {document} is not JSON"),
            Failure::Invalid { document, .. } => format!("The {document} is invalid"),
            Failure::PinsContradict(_) => "The pinned sessions contradict the hard rules".into(),
            Failure::TooLarge(_) => "Too large".into(),
            Failure::Outside(_) => "Something outside does not work".into(),
            Failure::Unavailable(_) => "The database does not answer".into(),
            Failure::Internal(_) => "Internal fault".into(),
        }
    }

    /// One sentence, without the list of what is wrong.
    fn detail(&self) -> String {
        match self {
            Failure::Usage(text)
            | Failure::TooLarge(text)
            | Failure::Outside(text)
            | Failure::Unavailable(text)
            | Failure::Internal(text) => text.clone(),
            Failure::Syntax { document, line, column, detail } => {
                format!("The {document} is not JSON: {detail} (line {line}, column {column}).")
            }
            Failure::Invalid { document, faults } => {
                format!("The {document} has {}.", counted(faults.len(), "error"))
            }
            Failure::PinsContradict(violations) => {
                format!("The pinned sessions contradict the hard rules in {}.", counted(violations.len(), "place"))
            }
        }
    }

    /// The members of an RFC 9457 object, but for `status`.
    pub fn problem_details(&self) -> Value {
        let mut object = json!({
            "type": format!("urn:careweave:error:{}", self.code()),
            "title": self.title(),
            "detail": self.detail(),
            "code": self.code(),
        });
        match self {
            Failure::Invalid { faults, .. } => object["errors"] = json!(faults),
            Failure::PinsContradict(violations) => object["violations"] = json!(violations),
            _ => {}
        }
        object
    }
}

/// Sentences for a person: what is wrong, then each place.
impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.detail())?;
        match self {
            Failure::Invalid { faults, .. } => faults.iter().try_for_each(|x| write!(f, "\n  {}", sentence(x))),
            Failure::PinsContradict(violations) => {
                violations.iter().try_for_each(|v| write!(f, "\n  {}: {}", v.rule, v.detail))
            }
            _ => Ok(()),
        }
    }
}

impl From<SolveError> for Failure {
    fn from(error: SolveError) -> Self {
        match error {
            SolveError::PinsContradict(violations) => Failure::PinsContradict(violations),
            internal => Failure::Internal(internal.to_string()),
        }
    }
}

/// A fault as a line: where, what, what to do.
pub fn sentence(fault: &Fault) -> String {
    let place = if fault.path.is_empty() { "the document" } else { &fault.path };
    match &fault.hint {
        Some(hint) => format!("{place}: {} ({hint})", fault.detail),
        None => format!("{place}: {}", fault.detail),
    }
}

/// A number with its noun: `1 error`, `2 errors`.
pub fn counted(n: usize, noun: &str) -> String {
    format!("{n} {noun}{}", if n == 1 { "" } else { "s" })
}
