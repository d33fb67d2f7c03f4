//! The query string, read strictly: a misspelt parameter is an error.

use axum::{
    extract::{FromRequestParts, Query},
    http::request::Parts,
};
use serde::de::DeserializeOwned;

use super::Error;

/// The parameters of a request.
pub struct Params<T>(pub T);

impl<T: DeserializeOwned, S: Sync> FromRequestParts<S> for Params<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Error> {
        let query = Query::<T>::try_from_uri(&parts.uri).map_err(|e| Error::InvalidQuery(e.body_text()))?;
        Ok(Params(query.0))
    }
}

/// Most items of a page.
const MOST: i64 = 1000;
/// Items of a page where nothing else is asked.
const USUAL: i64 = 100;

/// How many items a page is to have: `limit`, or what is usual.
pub fn limit(asked: Option<i64>) -> Result<i64, Error> {
    let limit = asked.unwrap_or(USUAL);
    if (1..=MOST).contains(&limit) {
        return Ok(limit);
    }
    Err(Error::InvalidQuery(format!("`limit` is a whole number of 1 to {MOST}.")))
}
