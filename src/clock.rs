//! What day and time it is, for the weeks of the programmes: which week is this one, what of it has happened. A service
//! can be told to believe another time (`CAREWEAVE_NOW`), for demonstrations and tests whose weeks have fixed dates.

use std::sync::OnceLock;

use chrono::{DateTime, TimeDelta, Utc};

/// How far the time that is believed is from the true one.
static AHEAD: OnceLock<TimeDelta> = OnceLock::new();

/// Believes from now on that it is `then`, and goes on from there; only the first call counts.
pub fn believe(then: DateTime<Utc>) {
    AHEAD.get_or_init(|| then - Utc::now());
}

/// The time, or what is believed to be it.
pub fn now() -> DateTime<Utc> {
    Utc::now() + AHEAD.get().copied().unwrap_or_default()
}
