//! The documents that the tests read.

use std::{fs, path::PathBuf};

use careweave_solver::problem::{self, Faults, Problem, ReadError};

pub fn fixtures() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../fixtures")
}

/// The JSON files of a folder, by name.
pub fn json_files(folder: &str) -> Vec<(String, Vec<u8>)> {
    let entries = fs::read_dir(fixtures().join(folder)).expect("the fixtures are there");
    let mut files: Vec<_> = entries
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == "json"))
        .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), fs::read(&path).unwrap()))
        .collect();
    files.sort();
    files
}

/// The valid problems of the fixtures.
pub fn valid() -> Vec<(String, Vec<u8>)> {
    json_files("").into_iter().chain(json_files("instances")).collect()
}

/// The invalid ones, without their lists of expected errors.
pub fn invalid() -> Vec<(String, Vec<u8>)> {
    json_files("invalid").into_iter().filter(|file| !file.0.ends_with(".expected.json")).collect()
}

/// A small problem that uses most of the contract.
pub const WEEK: &str = include_str!("week.json");

/// The faults of a document; none if it is valid.
pub fn faults(text: &[u8]) -> Faults {
    match problem::read(text) {
        Ok(_) => Faults::default(),
        Err(ReadError::Invalid(faults)) => faults,
        Err(other) => panic!("{other}"),
    }
}

pub fn read(text: &str) -> Problem {
    problem::read(text.as_bytes()).unwrap_or_else(|e| panic!("{e:?}"))
}
