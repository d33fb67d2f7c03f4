//! Calendars in the formats of others: one file a format, each behind [`Format`].

mod appointment;
pub mod busy;
mod csv;
mod event;
pub mod fhir;
mod html;
mod ics;
mod part;

use careweave_solver::problem::Problem;
use chrono::{DateTime, Utc};

pub use self::{
    appointment::{Appointment, of_given},
    csv::Csv,
    event::{Event, write as write_events},
    fhir::Fhir,
    html::Html,
    ics::Ics,
    part::Part,
};

/// A format in which a week's appointments can be given away.
pub trait Format {
    /// Its media type.
    fn media_type(&self) -> &'static str;

    /// The appointments as a document; `made` is when.
    fn write(&self, problem: &Problem, appointments: &[Appointment], made: DateTime<Utc>) -> String;
}
