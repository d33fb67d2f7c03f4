//! Lists that are answered as JSON or, where asked for, as a table.

use axum::{
    Json,
    http::header,
    response::{IntoResponse, Response},
};
use serde::Serialize;

use super::super::Error;
use crate::failure::Failure;

/// How a table is sent.
pub const CSV: [(header::HeaderName, &str); 1] = [(header::CONTENT_TYPE, "text/csv; charset=utf-8")];

/// A list in the format that was asked for, JSON without.
pub fn answer<T: Serialize>(
    format: Option<&str>,
    list: T,
    table: impl FnOnce(&T) -> Result<Vec<u8>, Failure>,
) -> Result<Response, Error> {
    match format {
        None | Some("json") => Ok(Json(list).into_response()),
        Some("csv") => Ok((CSV, table(&list)?).into_response()),
        Some(_) => Err(Error::InvalidQuery("`format` is `json` or `csv`.".into())),
    }
}
