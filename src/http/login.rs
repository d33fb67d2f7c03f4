//! `/v1/session/oidc`: from the page to the provider of identities and back, with the page's session at the end.

use std::sync::Arc;

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{AppendHeaders, IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{App, Error, accept, caller, error::ProblemDetails, params::Params};
use crate::{
    auth::{
        audit::Entry,
        oidc::{Begun, Oidc, Refused, Returned},
        sessions,
    },
    store::now,
};

/// The routes.
pub fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(ways)).routes(routes!(begin)).routes(routes!(end))
}

/// Where a login begins; its cookie goes nowhere else.
const PATH: &str = "/v1/session/oidc";
/// The cookie of a login that has begun. It comes along when another site sends the browser back, which a session's does not.
const COOKIE: &str = "careweave_login";
/// How long a login may take, in seconds.
const SECONDS: u32 = 600;

/// Ways to sign in.
#[derive(Serialize, ToSchema)]
struct Ways {
    /// What the provider of identities is called; null where there is none, and a key is needed.
    oidc: Option<String>,
}

/// How one may sign in.
#[utoipa::path(
    get, path = "/v1/session/ways", operation_id = "ways_to_sign_in", tag = "service",
    responses((status = 200, description = "What there is beside keys", body = Ways))
)]
async fn ways(State(app): State<Arc<App>>) -> Json<Ways> {
    Json(Ways { oidc: app.oidc.as_ref().map(|oidc| oidc.name().to_owned()) })
}

/// Begins a login by the provider of identities: a browser goes there.
#[utoipa::path(
    get, path = "/v1/session/oidc", operation_id = "begin_login", tag = "service",
    responses(
        (status = 303, description = "To the provider", headers(("Location" = String, description = "Where the provider asks who it is"))),
        (status = 404, description = "There is no provider", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 502, description = "The provider does not answer", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
async fn begin(State(app): State<Arc<App>>, headers: HeaderMap) -> Result<Response, Error> {
    let oidc = provider(&app)?;
    let (there, begun) = match oidc.begin(&back(&app, &headers)).await {
        Ok(begun) => begun,
        Err(refused) => return told(&headers, refused.into()),
    };
    let cookie = app.cookie_of(COOKIE, &begun.to_string(), SECONDS.into(), "Lax", PATH);
    Ok(go(&there, &[cookie]))
}

/// What the provider sends back. It may say more, which is of no use here.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Answer {
    /// What the service exchanges for the identity
    code: Option<String>,
    /// What was sent along
    state: Option<String>,
    /// Who answers (RFC 9207)
    iss: Option<String>,
    /// Why there is no code
    error: Option<String>,
}

/// Ends a login: the provider has sent the browser back, and the page gets its session.
#[utoipa::path(
    get, path = "/v1/session/oidc/callback", operation_id = "end_login", tag = "service", params(Answer),
    responses(
        (status = 303, description = "To the page, with a session; or without, where `login` says why", headers(("Set-Cookie" = String, description = "The session"))),
        (status = 403, description = "No login has begun here, it has failed, or who it is has no role here", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 404, description = "There is no provider", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 422, description = "Invalid", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 502, description = "The provider does not answer", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
async fn end(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    Params(answer): Params<Answer>,
) -> Result<Response, Error> {
    let oidc = provider(&app)?;
    let caller = match identified(oidc, &back(&app, &headers), &headers, answer).await {
        Ok(caller) => caller,
        Err(error) => return told(&headers, error),
    };
    let secret = sessions::begin_of_person(app.jobs.store(), &caller).await?;
    let (tenant, actor, record) = (caller.tenant, caller.actor, format!("{PATH}/callback"));
    let action = format!("GET {record}");
    app.audit.note(Entry { at: now(), tenant, actor, action, record, status: 303 }).await;
    let over = app.cookie_of(COOKIE, "", 0, "Lax", PATH);
    Ok(go("/", &[app.cookie(&secret, sessions::SECONDS), over]))
}

async fn identified(oidc: &Oidc, back: &str, headers: &HeaderMap, answer: Answer) -> Result<caller::Caller, Error> {
    let failed = |why: &str| Error::from(Refused::Failed(why.to_owned()));
    if let Some(error) = answer.error {
        // The word is of a short list, but who writes the address can say anything.
        let word: String = error.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '_').take(40).collect();
        return Err(failed(&format!("the provider says {word}")));
    }
    let begun = caller::cookie(headers, COOKIE).and_then(|c| c.parse::<Begun>().ok());
    let begun = begun.ok_or_else(|| failed("no login has begun in this browser"))?;
    let (Some(code), Some(state)) = (answer.code, answer.state) else { return Err(failed("there is no code")) };
    Ok(oidc.end(back, begun, Returned { code, state, issuer: answer.iss }).await?)
}

fn provider(app: &App) -> Result<&Oidc, Error> {
    let oidc =
        app.oidc.as_ref().ok_or(Error::NotFound("There is no provider of identities here; sign in with a key."))?;
    // Whoever tries to tire the provider shares one bucket with who guesses keys.
    if app.rates.take("session") { Ok(oidc) } else { Err(Error::TooMany) }
}

/// Where the provider sends the browser.
fn back(app: &App, headers: &HeaderMap) -> String {
    format!("{}{PATH}/callback", app.seen_at(headers))
}

/// An error as who asks can read it: a person on the page, a program as it is.
fn told(headers: &HeaderMap, error: Error) -> Result<Response, Error> {
    if accept::names(headers, "text/html") {
        return Ok(go(&format!("/?login={}", error.code()), &[]));
    }
    Err(error)
}

fn go(there: &str, cookies: &[String]) -> Response {
    let cookies = AppendHeaders(cookies.iter().map(|cookie| (header::SET_COOKIE, cookie.as_str())));
    (StatusCode::SEE_OTHER, [(header::LOCATION, there), (header::CACHE_CONTROL, "no-store")], cookies).into_response()
}

impl From<Refused> for Error {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Unreachable(why) => {
                tracing::warn!(why, "the provider of identities does not answer");
                Error::NoProvider
            }
            Refused::Failed(why) => {
                tracing::warn!(why, "a login fails");
                let detail = "The login did not succeed: begin it again. The service's log says why.";
                Error::NoLogin("login-failed", detail.to_owned())
            }
            Refused::Unmapped(what) => Error::NoLogin("login-unknown", what.detail().to_owned()),
        }
    }
}
