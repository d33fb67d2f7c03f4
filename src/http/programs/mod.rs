//! `/v1/programs`: stored programmes, their entities and weeks. One file a resource.

mod attendance;
mod busy;
mod caldav;
mod drafts;
mod due;
mod entities;
mod events;
mod exchange;
mod fhir;
mod listed;
mod openings;
mod program;
mod publications;
mod records;
pub mod series;
mod sign_in;
mod stored;
mod waiting;
mod webhooks;
mod weeks;

use std::sync::Arc;

use axum::http::{HeaderMap, HeaderValue, header};
use careweave_solver::problem::Date;
use serde_json::Value;
use utoipa_axum::router::OpenApiRouter;

use super::{App, Error, caller::Caller, json::syntax};
use crate::{
    failure::{Document, Failure},
    programs::{Key, Precondition, Refusal, tag},
};

/// The routes.
pub fn router() -> OpenApiRouter<Arc<App>> {
    program::router()
        .merge(entities::router())
        .merge(records::router())
        .merge(exchange::router())
        .merge(weeks::router())
        .merge(events::router())
        .merge(drafts::router())
        .merge(publications::router())
        .merge(attendance::router())
        .merge(fhir::router())
        .merge(due::router())
        .merge(openings::router())
        .merge(waiting::router())
        .merge(series::router())
        .merge(sign_in::router())
        .merge(webhooks::router())
        .merge(busy::router())
        .merge(caldav::router())
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Missing(detail) => Error::NotFound(detail),
            Refusal::Exists => Error::Clash("already-exists", "There is such a programme already.".into()),
            Refusal::Stale => Error::Stale,
            Refusal::InUse(uses) => Error::InUse(uses),
            Refusal::Clash(code, detail) => Error::Clash(code, detail),
            Refusal::RulesBroken(violations) => Error::RulesBroken(violations),
            Refusal::Failure(failure) => failure.into(),
        }
    }
}

/// What a request has seen: `If-Match`, `If-None-Match: *`.
fn seen(headers: &HeaderMap) -> Precondition {
    let listed = |name: header::HeaderName| {
        // What is no text is a state that nobody has seen, not none that was named.
        let values: Vec<_> = headers.get_all(name).iter().map(|v| String::from_utf8_lossy(v.as_bytes())).collect();
        let tags = values.iter().flat_map(|v| v.split(',')).map(|t| t.trim().to_owned()).collect::<Vec<_>>();
        if values.is_empty() { None } else { Some(tags) }
    };
    let any = |tags: &Vec<String>| tags.iter().any(|t| t == "*");
    let only = listed(header::IF_MATCH).map(|tags| if any(&tags) { Vec::new() } else { tags });
    Precondition { only, absent: listed(header::IF_NONE_MATCH).is_some_and(|tags| any(&tags)) }
}

/// Whether the caller has this revision already.
fn unchanged(headers: &HeaderMap, revision: i64) -> bool {
    let tags = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|v| v.to_str().ok()).flat_map(|v| v.split(','));
    let ours = tag(revision);
    tags.map(|t| t.trim().trim_start_matches("W/")).any(|t| t == ours)
}

fn etag(revision: i64) -> (header::HeaderName, HeaderValue) {
    let value = HeaderValue::from_str(&tag(revision)).unwrap_or(HeaderValue::from_static("\"0\""));
    (header::ETAG, value)
}

/// A body as JSON; every key of its objects stands there once.
fn value(body: &[u8]) -> Result<Value, Failure> {
    serde_json::from_slice(body).map_err(|e| syntax(&e))
}

/// The text of a body.
fn text(body: Vec<u8>) -> Result<String, Failure> {
    value(&body)?;
    String::from_utf8(body).map_err(|_| Failure::Syntax {
        document: Document::Request,
        line: 0,
        column: 0,
        detail: "it is not UTF-8".into(),
    })
}

/// A patch must be one that is understood.
fn is_merge_patch(headers: &HeaderMap) -> Result<(), Error> {
    let given = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or("application/json");
    let kind = given.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if kind == "application/json-patch+json" { Err(Error::MediaType) } else { Ok(()) }
}

/// The week of a path.
fn key<'a>(caller: &'a Caller, program: &'a str, week: &str) -> Result<Key<'a>, Error> {
    Ok(Key { tenant: &caller.tenant, program, date: date(week)? })
}

/// The date of a path.
fn date(text: &str) -> Result<Date, Error> {
    text.parse().map_err(|()| Error::NotFound("A week is named by its first day, such as 2026-11-30."))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::drawn::headers;

    const TAGS: &str = "(\"[0-9]{1,2}\"|W/\"[0-9]\"|\\*|x)(, ?\"[0-9]{1,20}\"){0,2}";

    fn tags(headers: &HeaderMap) -> Vec<String> {
        let texts = headers.values().map(|v| String::from_utf8_lossy(v.as_bytes()).into_owned());
        texts.flat_map(|t| t.split(',').map(|tag| tag.trim().to_owned()).collect::<Vec<_>>()).collect()
    }

    proptest! {
        #[test]
        fn a_change_is_made_only_of_a_state_that_was_named(given in headers("if-match", TAGS), revision in 0i64..100) {
            let named = tags(&given);
            let fits = named.iter().any(|tag| *tag == "*" || *tag == format!("\"{revision}\""));
            let said = !given.is_empty();
            prop_assert_eq!(seen(&given).holds(Some(revision)).is_ok(), fits || !said);
            prop_assert_eq!(seen(&given).holds(None).is_ok(), !said);
        }

        #[test]
        fn nothing_is_made_where_something_is(given in headers("if-none-match", TAGS), revision in 0i64..100) {
            let only_new = tags(&given).iter().any(|tag| tag == "*");
            prop_assert_eq!(seen(&given).holds(Some(revision)).is_err(), only_new);
            prop_assert!(seen(&given).holds(None).is_ok());
            unchanged(&given, revision);
        }

        #[test]
        fn any_bytes_are_a_body_or_told_as_none(body in prop::collection::vec(any::<u8>(), 0..60)) {
            let read = value(&body);
            prop_assert_eq!(read.is_ok(), serde_json::from_slice::<Value>(&body).is_ok());
            prop_assert_eq!(text(body).is_ok(), read.is_ok());
        }
    }
}
