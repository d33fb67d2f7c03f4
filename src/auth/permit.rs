//! What each route asks of its caller.

use axum::http::Method;

use super::{Caller, Role, Scope};

/// What a route asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Nothing: it tells nothing of anybody.
    Open,
    /// A key, whatever its role.
    Key,
    /// A key with this scope.
    Scope(Scope),
}

/// Routes that a clinician sees the own part of.
const OWN: [&str; 4] = [
    "/v1/programs/{program}/participants",
    "/v1/programs/{program}/participants/{id}",
    "/v1/programs/{program}/clinicians/{id}",
    "/v1/programs/{program}/weeks/{date}",
];

/// What a method of a route asks; new routes ask for the most until something else is said here.
pub fn needed(method: &Method, route: &str) -> Access {
    let read = method == Method::GET || method == Method::HEAD;
    let last = route.rsplit('/').next().unwrap_or_default();
    match route {
        "/" | "/page/{file}" | "/healthz" | "/readyz" | "/metrics" | "/openapi.json" | "/docs" | "/docs/style.css" => {
            Access::Open
        }
        "/v1/session" if method == Method::POST => Access::Open,
        "/v1/session/ways" | "/v1/session/oidc" | "/v1/session/oidc/callback" => Access::Open,
        // Who knows the address may read it; the feed itself notes that.
        "/feeds/{token}" => Access::Open,
        "/v1/session" => Access::Key,
        "/v1/audit" | "/v1/programs/{program}/participants/{id}/records" => Access::Scope(Scope::Audit),
        // Addresses of webhooks are often secrets, and what goes there is what is published.
        _ if ["webhooks", "caldav"].iter().any(|r| route.split('/').nth(4) == Some(r)) => Access::Scope(Scope::Publish),
        "/v1/programs/{program}/names" | "/v1/programs/{program}/weeks/{date}/sign-in" => Access::Scope(Scope::Record),
        _ if read => Access::Scope(Scope::Read),
        // Nothing is kept: what is asked comes along.
        "/v1/check" | "/v1/explain" | "/v1/recommend" | "/v1/places" | "/v1/quality" => Access::Scope(Scope::Read),
        _ if !route.starts_with("/v1/programs") => Access::Scope(Scope::Solve),
        _ if last == "solve" => Access::Scope(Scope::Solve),
        _ if last == "publish" => Access::Scope(Scope::Publish),
        _ => Access::Scope(Scope::Write),
    }
}

impl Caller {
    /// Whether the caller may use a method of a route.
    pub fn may(&self, method: &Method, route: &str) -> bool {
        match needed(method, route) {
            Access::Open | Access::Key => true,
            Access::Scope(Scope::Read) if self.role == Role::Clinician => {
                self.scopes.contains(&Scope::Own) && method == Method::GET && OWN.contains(&route)
            }
            Access::Scope(scope) => self.scopes.contains(&scope),
        }
    }
}
