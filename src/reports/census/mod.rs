//! A census as it is told: in sentences, and as a page.

mod html;
mod sentences;

pub use self::{html::html, sentences::sentences};
