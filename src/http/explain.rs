//! `/v1/explain` and `/v1/recommend`: why an order is unmet, what would change it, and where it could go.

use std::{convert::Infallible, ops::ControlFlow, sync::Arc, time::Duration};

use axum::{
    body::Body,
    extract::State,
    http::HeaderMap,
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use careweave_solver::{
    instance::Instance,
    problem::{GivenCalendar, Problem},
    recommend::Recommendation,
};
use futures_util::stream;
use serde::Serialize;
use tokio::sync::mpsc;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    App, Error, accept,
    asked::{Asked, answer},
    error::ProblemDetails,
};
use crate::{
    failure::Failure,
    reports::{
        self,
        explain::{Explanation, Places, Verified, of_group},
        recommend::Admissions,
    },
};

/// The routes.
pub fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(explain)).routes(routes!(recommend))
}

/// A problem, any calendar of its week, and perhaps one order.
#[derive(ToSchema)]
#[allow(dead_code, reason = "describes a body that is read member by member")]
struct ExplainRequest {
    /// The problem.
    problem: Problem,
    /// The calendar: Careweave's or a person's.
    calendar: GivenCalendar,
    /// Only this order, met or not.
    order: Option<String>,
    /// How long to look for remedies at most, 0 to 60; 5 by default.
    seconds: Option<f64>,
    /// Of the order only places that begin then: `2026-12-01T15:00`, local to its participant's home site without an offset.
    at: Option<String>,
    /// Of the order only places with this clinician.
    clinician: Option<String>,
    /// Instead of orders: why this group does not meet, or not more often.
    group: Option<String>,
}

/// What is asked.
enum Question {
    /// Orders, and the seconds in which remedies are looked for.
    Orders(reports::explain::Question, f64),
    /// A group, and what is told of it.
    Group(Explanation),
}

impl Question {
    fn explain(self, tell: impl FnMut(Verified) -> ControlFlow<()>) -> Explanation {
        match self {
            Question::Orders(question, seconds) => question.explain(seconds, tell),
            Question::Group(told) => told,
        }
    }
}

/// Between two signs of life of a silent stream.
const SILENCE: Duration = Duration::from_secs(15);
/// Remedies that wait for a slow reader.
const WAITING: usize = 16;

/// What `careweave explain` prints; with `Accept: text/event-stream` each remedy as soon as it is verified.
///
/// The stream has events `remedy` (`{order, participant, seconds, remedy}`) and at its end `finished`, the whole explanation.
/// Who goes away ends the search.
#[utoipa::path(
    post, path = "/v1/explain", operation_id = "explain", tag = "check", request_body = ExplainRequest,
    params(("Accept" = Option<String>, Header, description = "`text/event-stream` gives a stream")),
    responses(
        (status = 200, description = "Why each unmet order is unmet, and what would change it", content((Explanation = "application/json"), (Verified = "text/event-stream"))),
        (status = 400, description = "Not JSON", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 413, description = "Too large", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 422, description = "Invalid; all errors at once", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
async fn explain(State(app): State<Arc<App>>, headers: HeaderMap, body: Body) -> Result<Response, Error> {
    let body = app.bodies.read(body).await?;
    let question = move || -> Result<Question, Failure> {
        let members = ["problem", "calendar", "order", "seconds", "at", "clinician", "group"];
        let asked = Asked::read(&body.bytes, &members, false)?;
        let instance = Arc::new(Instance::new(Arc::new(asked.problem)));
        if let Some(group) = &asked.group {
            return Ok(Question::Group(of_group(&instance, &asked.sessions, group)?));
        }
        let places = Places { at: asked.at, clinician: asked.clinician.as_deref() };
        let orders = reports::explain::Question::new(instance, &asked.sessions, asked.order.as_deref(), places)?;
        Ok(Question::Orders(orders, asked.seconds))
    };
    if !accept::names(&headers, "text/event-stream") {
        return answer(&app, move || Ok(question()?.explain(|_| ControlFlow::Continue(())))).await;
    }
    // What is wrong with the question is told before the stream begins.
    let question = app.cpu.run(question).await?;
    let (send, events) = mpsc::channel(WAITING);
    tokio::spawn(async move {
        let searched = app.cpu.run(move || {
            // Who has gone away needs no more of them.
            let told = |event: Option<Event>| match event.map(|event| send.blocking_send(event)) {
                Some(Ok(())) => ControlFlow::Continue(()),
                _ => ControlFlow::Break(()),
            };
            let explanation = question.explain(|step| told(event("remedy", &step)));
            let _ = told(event("finished", &explanation));
            Ok(())
        });
        if searched.await.is_err() {
            tracing::warn!("a search for remedies ended early");
        }
    });
    let events =
        stream::unfold(
            events,
            |mut events| async move { Some((Ok::<Event, Infallible>(events.recv().await?), events)) },
        );
    Ok(Sse::new(events).keep_alive(KeepAlive::new().interval(SILENCE)).into_response())
}

fn event(name: &str, data: &impl Serialize) -> Option<Event> {
    Event::default().event(name).json_data(data).ok()
}

/// A problem, any calendar of its week, and the order that is to have a place, or the participants who are to get everything
/// that is missing.
#[derive(ToSchema)]
#[allow(dead_code, reason = "describes a body that is read member by member")]
struct RecommendRequest {
    /// The problem.
    problem: Problem,
    /// The calendar: Careweave's or a person's.
    calendar: GivenCalendar,
    /// The order.
    order: Option<String>,
    /// Instead of an order: who is to get everything that is missing, at most 100.
    participants: Option<Vec<String>>,
    /// Whether each participant comes after those before, who are there already.
    in_turn: Option<bool>,
    /// How many places at most, 1 to 1000; 10 by default.
    top: Option<u16>,
}

/// What `careweave recommend` prints.
#[utoipa::path(
    post, path = "/v1/recommend", operation_id = "recommend", tag = "check", request_body = RecommendRequest,
    responses(
        (status = 200, description = "Places for one more session of the order; or what can be done for the participants", body = Recommended),
        (status = 400, description = "Not JSON", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 413, description = "Too large", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 422, description = "Invalid; all errors at once", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
async fn recommend(State(app): State<Arc<App>>, body: Body) -> Result<Response, Error> {
    let body = app.bodies.read(body).await?;
    answer(&app, move || {
        let asked =
            Asked::read(&body.bytes, &["problem", "calendar", "order", "top", "participants", "in_turn"], true)?;
        let instance = Arc::new(Instance::new(Arc::new(asked.problem)));
        Ok(match asked.order {
            Some(order) => {
                Recommended::Order(reports::recommend::recommend(&instance, &asked.sessions, &order, asked.top)?)
            }
            None => Recommended::People(reports::recommend::admissions(
                &instance,
                &asked.sessions,
                &asked.participants,
                asked.in_turn,
            )?),
        })
    })
    .await
}

/// What was asked for.
#[derive(Serialize, ToSchema)]
#[schema(as = Recommendations)]
#[serde(untagged)]
enum Recommended {
    Order(Recommendation),
    People(Admissions),
}
