//! Who asks: whose data a request is about.

use std::convert::Infallible;

use axum::{extract::FromRequestParts, http::request::Parts};

/// The caller of a request.
#[derive(Debug, Clone)]
pub struct Caller {
    /// Whose data.
    pub tenant: String,
}

impl Default for Caller {
    /// Who asks while there is no key.
    fn default() -> Self {
        Caller { tenant: "default".to_owned() }
    }
}

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(parts.extensions.get::<Caller>().cloned().unwrap_or_default())
    }
}
