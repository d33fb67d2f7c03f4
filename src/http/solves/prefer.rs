//! `Prefer: wait=N` (RFC 7240) and `Priority: u=N` (RFC 9218).

use std::time::Duration;

use axum::http::HeaderMap;

/// The longest wait that is granted, in seconds.
const LONGEST: u64 = 600;

/// The wait that a request prefers, as far as it is granted.
pub fn wait(headers: &HeaderMap) -> Option<Duration> {
    let preferences = headers.get_all("prefer").iter().filter_map(|v| v.to_str().ok());
    let seconds = preferences
        .flat_map(|v| v.split(','))
        .filter_map(|p| p.split(';').next()?.split_once('='))
        .find(|(name, _)| name.trim().eq_ignore_ascii_case("wait"))
        .and_then(|(_, value)| value.trim().trim_matches('"').parse::<u64>().ok())?;
    Some(Duration::from_secs(seconds.min(LONGEST)))
}

/// How urgent a request is, 0 to 7, larger first: as `Priority` says, else a person who waits goes before who does not.
pub fn priority(headers: &HeaderMap) -> i64 {
    let said = headers.get_all("priority").iter().filter_map(|v| v.to_str().ok()).flat_map(|v| v.split(','));
    let urgency = said.filter_map(|p| p.trim().strip_prefix("u=")?.parse::<i64>().ok()).find(|u| (0..=7).contains(u));
    7 - urgency.unwrap_or(if wait(headers).is_some() { 2 } else { 3 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_is_found_among_other_preferences_and_granted_up_to_the_longest() {
        for (text, seconds) in [
            ("wait=20", Some(20)),
            ("respond-async, Wait = \"5\"; x=1", Some(5)),
            ("wait=100000", Some(LONGEST)),
            ("wait=soon", None),
            ("return=minimal", None),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert("prefer", text.parse().unwrap());
            assert_eq!(wait(&headers), seconds.map(Duration::from_secs), "{text}");
        }
    }
}
