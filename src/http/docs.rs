//! `/docs`: the description of the API as a page, without a script: made of `/openapi.json` when the service starts.

use std::{fmt::Write, sync::Arc};

use axum::{
    Router,
    http::header,
    response::{IntoResponse, Response},
    routing::get,
};
use serde_json::Value;

use super::App;

const STYLE: &str = include_str!("docs.css");
const POLICY: &str = "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";

/// The routes, for a description.
pub fn router(api: &Value) -> Router<Arc<App>> {
    let page: Arc<str> = page(api).into();
    Router::new()
        .route("/docs", get(move || async move { html(&page) }))
        .route("/docs/style.css", get(|| async { ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], STYLE) }))
}

fn html(page: &str) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, page.to_owned()).into_response()
}

fn page(api: &Value) -> String {
    let mut page = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>{title}</title>\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <link rel=\"stylesheet\" href=\"/docs/style.css\">\n</head>\n<body>\n<h1>{title} {version}</h1>\n<p>{about}</p>\n\
         <p>The same for programs: <a href=\"/openapi.json\">openapi.json</a>.</p>\n",
        title = text(&api["info"]["title"]),
        version = text(&api["info"]["version"]),
        about = text(&api["info"]["description"]),
    );
    for tag in list(&api["tags"]) {
        // Writing to a string can't fail.
        let _ = writeln!(page, "<h2>{}</h2>\n<p>{}</p>", text(&tag["name"]), text(&tag["description"]));
        for (path, operations) in members(&api["paths"]) {
            for (method, operation) in members(operations).filter(|o| list(&o.1["tags"]).any(|t| *t == tag["name"])) {
                self::operation(&mut page, method, path, operation);
            }
        }
    }
    page.push_str("</body>\n</html>\n");
    page
}

fn operation(page: &mut String, method: &str, path: &str, operation: &Value) {
    let _ = writeln!(
        page,
        "<details id=\"{}\">\n<summary><code>{} {}</code> {}</summary>",
        text(&operation["operationId"]),
        method.to_uppercase(),
        escaped(path),
        text(&operation["summary"])
    );
    let _ = writeln!(page, "<p>{}</p>", text(&operation["description"]));
    let rows: Vec<String> = list(&operation["parameters"])
        .map(|p| {
            format!(
                "<tr><td><code>{}</code></td><td>{}</td><td>{}</td></tr>",
                text(&p["name"]),
                text(&p["in"]),
                text(&p["description"])
            )
        })
        .collect();
    if !rows.is_empty() {
        let _ = writeln!(page, "<h3>Parameters</h3>\n<table>{}</table>", rows.join("\n"));
    }
    let bodies: Vec<String> =
        members(&operation["requestBody"]["content"]).map(|(kind, body)| content(kind, body)).collect();
    if !bodies.is_empty() {
        let _ = writeln!(page, "<h3>Body</h3>\n<p>{}</p>", bodies.join("<br>"));
    }
    let answers = members(&operation["responses"]).map(|(status, answer)| {
        let bodies: Vec<String> = members(&answer["content"]).map(|(kind, body)| content(kind, body)).collect();
        let about = text(&answer["description"]);
        format!("<tr><td>{}</td><td>{about}</td><td>{}</td></tr>", escaped(status), bodies.join("<br>"))
    });
    let _ = writeln!(page, "<h3>Answers</h3>\n<table>{}</table>\n</details>", answers.collect::<Vec<_>>().join("\n"));
}

/// A media type, and the name of what is in it.
fn content(kind: &str, body: &Value) -> String {
    let name = body["schema"]["$ref"].as_str().and_then(|r| r.rsplit('/').next()).unwrap_or_default();
    format!("<code>{}</code> {}", escaped(kind), escaped(name))
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn members(value: &Value) -> impl Iterator<Item = (&str, &Value)> {
    value.as_object().into_iter().flatten().map(|(name, value)| (name.as_str(), value))
}

fn text(value: &Value) -> String {
    escaped(value.as_str().unwrap_or_default())
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
