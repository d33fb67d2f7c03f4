//! What comes in: files, or standard input for `-`; problems and calendars read from them.

use std::{
    fs::File,
    io::{self, Read},
    path::Path,
    sync::Arc,
};

use careweave_solver::{
    instance::Instance,
    problem::{self, GivenSession, Problem},
};

use crate::failure::{Document, Failure};

/// Largest document that is read, in bytes.
const LARGEST: u64 = 64 << 20;

/// Whether a path means standard input (or output).
pub fn is_standard(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// The bytes of a document.
pub fn bytes(path: &Path) -> Result<Vec<u8>, Failure> {
    let name = if is_standard(path) { "standard input".into() } else { path.display().to_string() };
    let fault = |e: io::Error| match e.kind() {
        io::ErrorKind::NotFound => Failure::Usage(format!("There is no file {name}.")),
        io::ErrorKind::IsADirectory => Failure::Usage(format!("{name} is a directory; name a file.")),
        _ => Failure::Outside(format!("{name} can't be read: {e}.")),
    };
    let source: Box<dyn Read> =
        if is_standard(path) { Box::new(io::stdin().lock()) } else { Box::new(File::open(path).map_err(fault)?) };
    let mut bytes = Vec::new();
    source.take(LARGEST + 1).read_to_end(&mut bytes).map_err(fault)?;
    if bytes.len() as u64 > LARGEST {
        return Err(Failure::TooLarge(format!("{name} is larger than {} MiB, the most that is read.", LARGEST >> 20)));
    }
    Ok(bytes)
}

/// Two documents: at most one of them can be standard input.
pub fn pair(first: &Path, second: &Path) -> Result<(Vec<u8>, Vec<u8>), Failure> {
    if is_standard(first) && is_standard(second) {
        return Err(Failure::Usage("Only one document can come from standard input.".into()));
    }
    Ok((bytes(first)?, bytes(second)?))
}

/// A valid problem.
pub fn problem(text: &[u8]) -> Result<Problem, Failure> {
    problem::read(text).map_err(|e| Failure::reading(Document::Problem, e))
}

/// A valid problem, compiled.
pub fn instance(text: &[u8]) -> Result<Arc<Instance>, Failure> {
    Ok(Arc::new(Instance::new(Arc::new(problem(text)?))))
}

/// The sessions of a calendar.
pub fn sessions(text: &[u8]) -> Result<Vec<GivenSession>, Failure> {
    Ok(problem::read_calendar(text).map_err(|e| Failure::reading(Document::Calendar, e))?.sessions)
}

/// Sees to it that the problem has a group that the command line names.
pub fn has_group(instance: &Instance, id: &str) -> Result<(), Failure> {
    match instance.group_named(id) {
        Some(_) => Ok(()),
        None => Err(Failure::Usage(format!("The problem has no group {id}."))),
    }
}

/// Sees to it that the problem has a clinician whom the command line names.
pub fn has_clinician(instance: &Instance, id: &str) -> Result<(), Failure> {
    match instance.clinician_named(id) {
        Some(_) => Ok(()),
        None => Err(Failure::Usage(format!("The problem has no clinician {id}."))),
    }
}

/// Sees to it that the problem has an order that the command line names.
pub fn has_order(instance: &Instance, id: &str) -> Result<(), Failure> {
    match instance.order_named(id) {
        Some(_) => Ok(()),
        None => Err(Failure::Usage(format!("The problem has no order {id}."))),
    }
}
