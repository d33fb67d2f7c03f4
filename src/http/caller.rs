//! Who asks: by a key, by the page's cookie, or, while the database holds no key, anybody on this machine.

use std::{convert::Infallible, sync::Arc};

use axum::{
    extract::{FromRequestParts, MatchedPath, Request, State},
    http::{HeaderMap, Method, header, request::Parts},
    middleware::Next,
    response::Response,
};

use super::{App, Error};
pub use crate::auth::Caller;
use crate::{
    auth::{Access, audit::Entry, keys, needed, sessions},
    store::now,
};

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(parts.extensions.get::<Caller>().cloned().unwrap_or_default())
    }
}

/// Finds out who asks, whether that may be, and notes it.
pub async fn known(State(app): State<Arc<App>>, mut request: Request, next: Next) -> Result<Response, Error> {
    let route = request.extensions().get::<MatchedPath>().map(|p| p.as_str().to_owned());
    let access = route.as_deref().map_or(Access::Key, |route| needed(request.method(), route));
    if access == Access::Open {
        return Ok(next.run(request).await);
    }
    let caller = asking(&app, request.method(), request.headers()).await?;
    if caller.actor != "local" && !app.rates.take(&caller.actor) {
        return Err(Error::TooMany);
    }
    let method = request.method().clone();
    let action = format!("{method} {}", route.as_deref().unwrap_or("-"));
    // The query is left out: it may hold more than ids.
    let record: String = request.uri().path().chars().take(300).collect();
    let allowed = route.as_deref().is_none_or(|route| caller.may(&method, route));
    request.extensions_mut().insert(caller.clone());
    let answer = if allowed { Ok(next.run(request).await) } else { Err(Error::Forbidden) };
    let status = answer.as_ref().map_or(403, |response| response.status().as_u16());
    let writes = method != Method::GET && route.as_deref().is_some_and(|r| r.starts_with("/v1/programs"));
    if writes && status < 300 {
        app.changed();
    }
    let Caller { tenant, actor, .. } = caller;
    app.audit.note(Entry { at: now(), tenant, actor, action, record, status }).await;
    answer
}

async fn asking(app: &App, method: &Method, headers: &HeaderMap) -> Result<Caller, Error> {
    let store = app.jobs.store();
    if let Some(given) = headers.get(header::AUTHORIZATION) {
        let key = given.to_str().ok().and_then(|v| {
            let (scheme, key) = v.split_once(' ')?;
            if scheme.eq_ignore_ascii_case("bearer") { Some(key.trim()) } else { None }
        });
        let Some(key) = key else { return Err(Error::Unauthorized) };
        return keys::holder(store, key).await?.ok_or(Error::Unauthorized);
    }
    if let Some(secret) = cookie(headers, sessions::COOKIE)
        && let Some(caller) = sessions::holder(store, secret).await?
    {
        // A cookie comes along by itself; an `Origin` of ours (the guard has seen to that) shows that our page asks.
        let reads = method == Method::GET || method == Method::HEAD;
        if !reads && !headers.contains_key(header::ORIGIN) {
            return Err(Error::Foreign("A change by cookie needs an `Origin`."));
        }
        return Ok(caller);
    }
    if app.is_open().await? { Ok(Caller::default()) } else { Err(Error::Unauthorized) }
}

/// The value of a request's cookie.
pub fn cookie<'h>(headers: &'h HeaderMap, wanted: &str) -> Option<&'h str> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|v| v.to_str().ok()).flat_map(|v| v.split(';'));
    cookies.filter_map(|c| c.trim().split_once('=')).find(|(name, _)| *name == wanted).map(|(_, value)| value)
}
