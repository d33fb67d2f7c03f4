//! The integer programs: formulated with good_lp, solved by HiGHS. Shares nothing with the rules.

mod answer;
mod highs;
mod model;
mod program;
mod session;

pub use self::{
    answer::{Answer, Limits, Status},
    highs::Method,
    model::{Free, Outcome, SubModel, Thinning},
    program::Program,
    session::solve,
};
