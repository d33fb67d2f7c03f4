//! The wire contract from outside: what is accepted, what is not, and what is then said.

mod documents;
mod faults;
mod limits;
mod mutations;
mod schema;
