//! `/v1/quality`: what a whole calendar is like, and for whom.

use std::sync::Arc;

use axum::{
    body::Body,
    extract::State,
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use careweave_solver::{
    instance::Instance,
    problem::{GivenCalendar, Problem},
    quality::Quality,
};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    App, Error, accept,
    asked::{Asked, answer},
    error::ProblemDetails,
};
use crate::reports::quality::{html, of};

/// The routes.
pub fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(quality))
}

/// A problem and any calendar of its week.
#[derive(ToSchema)]
#[allow(dead_code, reason = "describes a body that is read member by member")]
struct QualityRequest {
    /// The problem.
    problem: Problem,
    /// The calendar: Careweave's or a person's.
    calendar: GivenCalendar,
}

/// What `careweave quality` prints; with `Accept: text/html` the page with pictures.
#[utoipa::path(
    post, path = "/v1/quality", operation_id = "quality", tag = "check", request_body = QualityRequest,
    params(("Accept" = Option<String>, Header, description = "`text/html` gives a page")),
    responses(
        (status = 200, description = "Who bears each penalty, and how evenly things are spread", content((Quality = "application/json"), (String = "text/html"))),
        (status = 400, description = "Not JSON", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 413, description = "Too large", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 422, description = "Invalid; all errors at once", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
async fn quality(State(app): State<Arc<App>>, headers: HeaderMap, body: Body) -> Result<Response, Error> {
    let body = app.bodies.read(body).await?;
    if accept::names(&headers, "text/html") {
        let page = app
            .cpu
            .run(move || {
                let asked = Asked::read(&body.bytes, &["problem", "calendar"], false)?;
                let instance = Instance::new(Arc::new(asked.problem));
                html(&instance.problem, &of(&instance, &asked.sessions))
            })
            .await?;
        return Ok(([(header::CONTENT_TYPE, "text/html; charset=utf-8")], page).into_response());
    }
    answer(&app, move || {
        let asked = Asked::read(&body.bytes, &["problem", "calendar"], false)?;
        Ok(of(&Instance::new(Arc::new(asked.problem)), &asked.sessions))
    })
    .await
}
