//! `/`: the coordinator's page. It is built from `web/` beforehand and committed as `web/dist`, so that nobody needs Node
//! to build the service; its files have fixed names, so that the compiler finds them and tells if one is missing.

use std::sync::Arc;

use axum::{
    Router,
    extract::Path,
    http::{HeaderMap, HeaderName, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use sha2::{Digest, Sha256};

use super::{App, Error};

/// Everything comes from here, and no script or style stands in the document itself.
const POLICY: &str =
    "default-src 'self'; object-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";

/// A file of the page, as it is sent.
struct File {
    name: &'static str,
    media_type: &'static str,
    content: &'static [u8],
}

const START: File =
    File { name: "", media_type: "text/html; charset=utf-8", content: include_bytes!("../../web/dist/index.html") };

/// What `/` asks for, at `/page/NAME`.
const FILES: [File; 3] = [
    File {
        name: "app.js",
        media_type: "text/javascript; charset=utf-8",
        content: include_bytes!("../../web/dist/page/app.js"),
    },
    File {
        name: "app.css",
        media_type: "text/css; charset=utf-8",
        content: include_bytes!("../../web/dist/page/app.css"),
    },
    File { name: "icon.svg", media_type: "image/svg+xml", content: include_bytes!("../../web/dist/page/icon.svg") },
];

/// The routes.
pub fn router() -> Router<Arc<App>> {
    Router::new().route("/", get(|headers: HeaderMap| async move { START.answer(&headers) })).route(
        "/page/{file}",
        get(|Path(name): Path<String>, headers: HeaderMap| async move {
            let file = FILES.iter().find(|file| file.name == name);
            file.map(|file| file.answer(&headers)).ok_or(Error::NotFound("The page has no such file."))
        }),
    )
}

impl File {
    /// The file, or that the caller has it already.
    fn answer(&self, headers: &HeaderMap) -> Response {
        let tag = format!("\"{:.16x}\"", Sha256::digest(self.content));
        let common: [(HeaderName, &str); 5] = [
            (header::ETAG, &tag),
            (header::CACHE_CONTROL, "no-cache"),
            (header::CONTENT_SECURITY_POLICY, POLICY),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
            (header::REFERRER_POLICY, "no-referrer"),
        ];
        if headers.get_all(header::IF_NONE_MATCH).iter().any(|seen| seen == tag.as_str()) {
            return (StatusCode::NOT_MODIFIED, common).into_response();
        }
        (common, [(header::CONTENT_TYPE, self.media_type)], self.content).into_response()
    }
}
