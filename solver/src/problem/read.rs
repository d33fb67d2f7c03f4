//! From the bytes of a document to the types of the contract, or to all its faults.

use std::fmt;

use deserr::{Deserr, IntoValue, ValuePointerRef};

use super::{
    Problem,
    faults::{Fault, Faults},
    limits,
    mend::{self, StandIn},
    node::{Node, TreeError},
    place::{Place, path},
    text::shortened,
    validate::validate,
};

/// Why a document cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReadError {
    /// It is no JSON.
    Syntax {
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
        /// What is wrong there.
        detail: String,
    },
    /// It is JSON, but breaks the contract.
    Invalid(Faults),
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ReadError::Syntax { line, column, detail } => {
                write!(f, "line {line}, column {column} is not valid JSON: {detail}")
            }
            ReadError::Invalid(Faults(faults)) => {
                write!(f, "the document has {} faults", faults.len())?;
                faults.iter().take(1).try_for_each(|first| write!(f, "; at {}: {}", first.path, first.detail))
            }
        }
    }
}

impl std::error::Error for ReadError {}

/// The tree of a document, and the faults that need no type to be seen.
pub(super) fn tree(text: &[u8]) -> Result<(Node<'_>, Faults), ReadError> {
    let too_large = |detail: String| {
        let fault = Fault { pointer: String::new(), path: String::new(), code: "too-large", detail, hint: None };
        ReadError::Invalid(Faults(vec![fault]))
    };
    if text.len() > limits::DOCUMENT_BYTES {
        let (is, most) = (text.len(), limits::DOCUMENT_BYTES);
        return Err(too_large(format!("The document has {is} bytes; at most {most} are read.")));
    }
    let node = Node::parse(text).map_err(|e| match e {
        TreeError::TooLarge => too_large(format!("The document has more than {} values.", limits::MOST_VALUES)),
        TreeError::Syntax(e) => {
            let (line, column) = (e.line(), e.column());
            let detail = e.to_string();
            let detail = detail.split(" at line ").next().unwrap_or_default().to_owned();
            ReadError::Syntax { line, column, detail }
        }
    })?;
    let mut faults = Faults::default();
    inspect(&node, Place::Root, &mut faults);
    Ok((node, faults))
}

/// Equal keys, texts and lists that are too long.
fn inspect(node: &Node, place: Place, faults: &mut Faults) {
    if faults.is_full() {
        return;
    }
    let mut fault = |place: Place, code, detail| {
        faults.push(Fault { pointer: place.pointer(), path: place.path(), code, detail, hint: None });
    };
    match node {
        Node::Endless => {
            fault(place, "too-large", format!("This has more than {} entries.", limits::LONGEST_LIST));
        }
        Node::Text(text) if text.len() > limits::TEXT && text.chars().nth(limits::TEXT).is_some() => {
            fault(place, "too-large", format!("This text has more than {} characters.", limits::TEXT));
        }
        Node::List(list) => {
            for (k, item) in list.iter().enumerate() {
                match item.id() {
                    Some(id) => inspect(item, place.entry(k, id), faults),
                    None => inspect(item, place.item(k), faults),
                }
            }
        }
        Node::Object(members) => {
            let mut keys: Vec<&str> = members.iter().map(|m| &*m.0).collect();
            keys.sort_unstable();
            keys.dedup_by(|later, earlier| {
                let equal = later == earlier;
                if equal {
                    let detail = format!("`{}` stands here more than once.", shortened(later));
                    fault(place.field(later), "duplicate-key", detail);
                }
                equal
            });
            for (key, value) in members {
                inspect(value, place.field(key), faults);
            }
        }
        _ => {}
    }
}

/// Reads a tree into a type; gives all faults of shape, each place told once.
pub(super) fn shape<T: Deserr<Faults>>(node: &Node, found: Faults) -> Result<T, Faults> {
    match T::deserialize_from_value(node.into_value(), ValuePointerRef::Origin) {
        Ok(value) if found.is_empty() => Ok(value),
        Ok(_) => Err(found),
        Err(Faults(shape)) => {
            let mut faults = found;
            let told: Vec<String> = faults.0.iter().map(|f| f.pointer.clone()).collect();
            let shape = shape.into_iter().filter(|f| !told.contains(&f.pointer));
            faults.extend(shape.map(|f| Fault { path: path(node, &f.pointer), ..f }));
            Err(faults)
        }
    }
}

/// Reads a document and checks what it means. Faults of shape and of meaning are told together.
pub(crate) fn read_checked<T: Deserr<Faults>>(
    text: &[u8],
    stand_ins: &[StandIn],
    check: impl Fn(&T) -> Faults,
) -> Result<T, ReadError> {
    let (node, found) = tree(text)?;
    let mut faults = match shape::<T>(&node, found) {
        Ok(value) => {
            let faults = check(&value);
            return if faults.is_empty() { Ok(value) } else { Err(ReadError::Invalid(faults)) };
        }
        Err(faults) => faults,
    };
    if !faults.is_full() {
        let further = mend::further(node, &faults, stand_ins, check);
        faults.extend(further);
    }
    Err(ReadError::Invalid(faults))
}

/// A JSON document of a form that is read elsewhere: no equal keys, nothing too long.
pub(crate) fn read_document(text: &[u8]) -> Result<serde_json::Value, ReadError> {
    let (_, faults) = tree(text)?;
    if !faults.is_empty() {
        return Err(ReadError::Invalid(faults));
    }
    serde_json::from_slice(text).map_err(|e| ReadError::Syntax {
        line: e.line(),
        column: e.column(),
        detail: e.to_string().split(" at line ").next().unwrap_or_default().to_owned(),
    })
}

/// Reads a problem and validates it: what comes back can be solved.
pub fn read(text: &[u8]) -> Result<Problem, ReadError> {
    let list = || Node::List(Vec::new());
    let stand_ins = [
        ("version", Node::Whole(1)),
        ("week_start", Node::Text("2026-01-05".into())),
        ("sites", list()),
        ("rooms", list()),
        ("services", list()),
        ("clinicians", list()),
        ("groups", list()),
        ("participants", list()),
    ];
    read_checked(text, &stand_ins, |problem| validate(problem).errors)
}
