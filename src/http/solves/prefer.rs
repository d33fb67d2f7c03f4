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
    use proptest::prelude::*;

    use super::*;
    use crate::drawn::headers;

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

    proptest! {
        #[test]
        fn whatever_is_preferred_the_wait_and_the_priority_are_bounded(
            prefer in headers("prefer", "([a-z]{1,5};)?(wait|WAIT)[ =]{1,2}\"?[0-9]{1,25}\"?(, ?wait=[0-9])?"),
            priority_said in headers("priority", "(i, ?)?u=-?[0-9]{1,20}"),
        ) {
            let mut headers = prefer;
            headers.extend(priority_said);
            prop_assert!(wait(&headers).is_none_or(|wait| wait <= Duration::from_secs(LONGEST)));
            prop_assert!((0..=7).contains(&priority(&headers)));
        }

        #[test]
        fn a_wait_is_found_wherever_it_stands(before in "([a-z]{1,6}=[0-9]{1,3}, ){0,3}", seconds in 0..=LONGEST, after in "(, [a-z]{1,6}){0,2}") {
            prop_assume!(!before.contains("wait="));
            let mut headers = HeaderMap::new();
            headers.insert("prefer", format!("{before}wait={seconds}{after}").parse().unwrap());
            prop_assert_eq!(wait(&headers), Some(Duration::from_secs(seconds)));
        }
    }
}
