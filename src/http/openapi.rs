//! `/openapi.json`: the description of all routes, made of their code.

use std::sync::Arc;

use axum::{Router, http::header, routing::get};
use utoipa::{
    OpenApi, ToSchema,
    openapi::{ContentBuilder, Ref, RefOr, Response, ResponseBuilder},
};
use utoipa_axum::router::OpenApiRouter;

use super::{App, docs, error::ProblemDetails};

/// Careweave plans the week of an intensive outpatient programme.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Careweave",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0"),
        description = "The weekly schedule of an intensive outpatient programme: a problem in, a checked calendar out. Errors are RFC 9457 objects with a stable `code`."
    ),
    tags(
        (name = "solves", description = "Solves: submitted, watched, stopped"),
        (name = "whatifs", description = "What if: scenarios solved beside the base, and compared"),
        (name = "replans", description = "Plans after events, fewest calls first"),
        (name = "check", description = "What the rules say of any calendar, why an order is unmet, and where it could go"),
        (name = "programs", description = "What is kept from week to week: entities by list, imported and exported"),
        (name = "weeks", description = "Weeks of a programme: solved, edited, published"),
        (name = "feeds", description = "Calendar feeds: private addresses for calendar programs"),
        (name = "busy", description = "Other calendars of clinicians and participants: when they are busy"),
        (name = "caldav", description = "CalDAV: collections into which what is published is written"),
        (name = "webhooks", description = "Webhooks: addresses that are told what happens"),
        (name = "fhir", description = "FHIR R4: what is published, for an EHR"),
        (name = "service", description = "The service itself"),
    )
)]
struct Api;

/// A router that knows what the API is called; the resources' routers are merged into it.
pub fn base() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::with_openapi(Api::openapi())
}

/// The route that gives the description.
pub fn router(mut api: utoipa::openapi::OpenApi) -> Router<Arc<App>> {
    for path in api.paths.paths.values_mut() {
        for operation in
            [&mut path.get, &mut path.post, &mut path.put, &mut path.patch, &mut path.delete].into_iter().flatten()
        {
            operation.responses.responses.insert("default".to_owned(), any_error());
        }
    }
    // A description that can't be written is told as such by the snapshot test.
    let text: Arc<str> = api.to_pretty_json().unwrap_or_default().into();
    let page = docs::router(&serde_json::from_str(&text).unwrap_or_default());
    page.route(
        "/openapi.json",
        get(move || async move { ([(header::CONTENT_TYPE, "application/json")], text.to_string()) }),
    )
}

/// What every operation can answer: turned away at the door, too slow, a fault of ours.
fn any_error() -> RefOr<Response> {
    let schema = Ref::from_schema_name(ProblemDetails::name());
    let content = ContentBuilder::new().schema(Some(schema)).build();
    let response = ResponseBuilder::new().description("Any other error");
    response.content("application/problem+json", content).build().into()
}
