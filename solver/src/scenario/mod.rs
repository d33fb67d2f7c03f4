//! What if: a problem with some things changed.

pub mod edits;
