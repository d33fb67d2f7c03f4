//! What a caller asks to be answered in.

use axum::http::{HeaderMap, header};

/// Whether `Accept` names a media type.
pub fn names(headers: &HeaderMap, media_type: &str) -> bool {
    let accept = headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok());
    accept.is_some_and(|accept| accept.contains(media_type))
}
