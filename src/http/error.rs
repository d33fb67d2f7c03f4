//! What a request can fail with, and how that is told: RFC 9457, with a stable `code`.

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use careweave_solver::{problem::Fault, rules::Violation};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::{failure::Failure, jobs::Refused};

/// Why a request has no answer.
#[derive(Debug)]
pub enum Error {
    /// What the domain says.
    Failure(Failure),
    /// No such thing, or no longer.
    NotFound(&'static str),
    /// The solve has not found its first calendar.
    NoCalendarYet,
    /// A part of a calendar was asked for that the problem does not have.
    UnknownId(String),
    /// The request was sent on by somebody else's page.
    Foreign(&'static str),
    /// The address exists, but not for this method.
    MethodNotAllowed,
    /// The query string makes no sense.
    InvalidQuery(String),
    /// What is there does not go with what is asked for: its code, and a sentence.
    Clash(&'static str, String),
    /// The service has not begun to serve, or is about to end.
    NotReady,
    /// The queue takes no more solves for now.
    QueueFull,
    /// It is no longer what the caller has seen.
    Stale,
    /// It is still in use: where, by ids.
    InUse(Vec<String>),
    /// A draft that breaks these is not published.
    RulesBroken(Vec<Violation>),
    /// The body is of another type than is taken here.
    MediaType,
    /// Nobody who is known asks.
    Unauthorized,
    /// Who asks may not.
    Forbidden,
    /// A login by a provider of identities leads to nothing: its code, and a sentence.
    NoLogin(&'static str, String),
    /// The provider of identities does not answer.
    NoProvider,
    /// Who asks does so too often.
    TooMany,
    /// Too many large requests are being read.
    Busy,
    /// The request took too long.
    Timeout,
}

/// An error as RFC 9457 describes it.
#[derive(Serialize, ToSchema)]
pub struct ProblemDetails {
    /// A URN that names the kind of error.
    pub r#type: String,
    /// The kind of error, in words.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What is wrong this time.
    pub detail: String,
    /// Stable machine-readable name of the kind of error.
    pub code: String,
    /// Everything that is wrong with the document. Pointers into the problem start at the problem, others at the body.
    pub errors: Option<Vec<Fault>>,
    /// The hard rules that pinned sessions contradict.
    pub violations: Option<Vec<Violation>>,
    /// Where what was to be removed is still in use, by ids.
    pub uses: Option<Vec<String>>,
}

/// Seconds after which a client that was turned away may try again.
const RETRY_AFTER: &str = "5";

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        Error::Failure(failure)
    }
}

impl From<Refused> for Error {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Full => Error::QueueFull,
            Refused::KeyReused => Error::Clash(
                "idempotency-key-reused",
                "This `Idempotency-Key` came with another request before; a new request needs a new key.".into(),
            ),
            Refused::Failure(failure) => failure.into(),
        }
    }
}

impl Error {
    /// Stable machine-readable name of the kind of error.
    pub fn code(&self) -> String {
        self.body()["code"].as_str().unwrap_or_default().to_owned()
    }

    fn status(&self) -> StatusCode {
        match self {
            Error::Failure(Failure::Syntax { .. }) => StatusCode::BAD_REQUEST,
            Error::Failure(Failure::Usage(_) | Failure::Invalid { .. } | Failure::PinsContradict(_)) => {
                StatusCode::UNPROCESSABLE_ENTITY
            }
            Error::Failure(Failure::TooLarge(_)) => StatusCode::PAYLOAD_TOO_LARGE,
            Error::Failure(Failure::Outside(_) | Failure::Internal(_)) => StatusCode::INTERNAL_SERVER_ERROR,
            Error::Failure(Failure::Unavailable(_)) | Error::NotReady => StatusCode::SERVICE_UNAVAILABLE,
            Error::Clash(..) | Error::InUse(_) | Error::RulesBroken(_) => StatusCode::CONFLICT,
            Error::Stale => StatusCode::PRECONDITION_FAILED,
            Error::MediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Error::NotFound(_) | Error::NoCalendarYet | Error::UnknownId(_) => StatusCode::NOT_FOUND,
            Error::Unauthorized => StatusCode::UNAUTHORIZED,
            Error::Foreign(_) | Error::Forbidden | Error::NoLogin(..) => StatusCode::FORBIDDEN,
            Error::NoProvider => StatusCode::BAD_GATEWAY,
            Error::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Error::InvalidQuery(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Error::QueueFull | Error::Busy | Error::TooMany => StatusCode::TOO_MANY_REQUESTS,
            Error::Timeout => StatusCode::REQUEST_TIMEOUT,
        }
    }

    fn body(&self) -> Value {
        let (code, title, detail) = match self {
            Error::Failure(failure) => return failure.problem_details(),
            Error::NotFound(detail) => ("not-found", "Not there", *detail),
            Error::NoCalendarYet => (
                "no-calendar-yet",
                "No calendar yet",
                "The solve has no calendar: it waits or has only begun, or it ended before it found one.",
            ),
            Error::UnknownId(detail) => ("unknown-id", "Not in this problem", detail.as_str()),
            Error::Foreign(detail) => ("foreign-request", "Not from here", *detail),
            Error::MethodNotAllowed => {
                ("method-not-allowed", "Not for this method", "This address does not take this method.")
            }
            Error::InvalidQuery(detail) => ("invalid-request", "The query string is invalid", detail.as_str()),
            Error::Clash(code, detail) => (*code, "Not together with what is there", detail.as_str()),
            Error::Stale => (
                "stale",
                "Changed meanwhile",
                "It is no longer what `If-Match` or `If-None-Match` says was seen; read it again, then change it.",
            ),
            Error::InUse(_) => ("in-use", "Still in use", "It is still in use; `uses` says where. Change those first."),
            Error::RulesBroken(_) => {
                ("rules-broken", "The draft breaks rules", "The draft breaks hard rules: see `violations`.")
            }
            Error::MediaType => {
                ("unsupported-media-type", "Another type", "A patch is `application/merge-patch+json` (RFC 7396).")
            }
            Error::NotReady => ("not-ready", "Not ready", "The service starts or ends; try again later."),
            Error::Unauthorized => (
                "unauthorized",
                "No key",
                "A key is needed: `Authorization: Bearer KEY`. It may be wrong, expired or revoked; `careweave keys create` makes one.",
            ),
            Error::Forbidden => ("forbidden", "Not allowed", "The role or the scopes of this key do not allow this."),
            Error::NoLogin(code, detail) => (*code, "Not logged in", detail.as_str()),
            Error::NoProvider => (
                "provider-unavailable",
                "The provider does not answer",
                "The provider of identities does not answer; try again later, or sign in with a key.",
            ),
            Error::TooMany => ("too-many-requests", "Too many requests", "This key asks too often; try again later."),
            Error::QueueFull => ("queue-full", "Too many solves", "The queue of solves is full; try again later."),
            Error::Busy => ("busy", "Too many requests", "Too many large requests are being read; try again later."),
            Error::Timeout => ("timeout", "Too slow", "The request was not complete, or not answered, in time."),
        };
        let mut body =
            json!({ "type": format!("urn:careweave:error:{code}"), "title": title, "detail": detail, "code": code });
        match self {
            Error::InUse(uses) => body["uses"] = json!(uses),
            Error::RulesBroken(violations) => body["violations"] = json!(violations),
            _ => {}
        }
        body
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let status = self.status();
        if let Error::Failure(failure @ (Failure::Outside(_) | Failure::Unavailable(_) | Failure::Internal(_))) = &self
        {
            tracing::error!(code = failure.code(), detail = %failure, "request fails");
        }
        let mut body = self.body();
        body["status"] = json!(status.as_u16());
        let mut response = (status, body.to_string()).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE) {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static(RETRY_AFTER));
        }
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}
