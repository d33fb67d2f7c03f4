//! `…/weeks/{date}/events`: that a week has changed, to everybody who has it on the screen.

use std::{convert::Infallible, sync::Arc, time::Duration};

use axum::{
    extract::{Path, State},
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use careweave_solver::problem::Date;
use futures_util::stream;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::super::{App, Error, caller::Caller, error::ProblemDetails};
use crate::programs::{self, Key, Pulse};

/// Between two signs of life of a silent stream.
const SILENCE: Duration = Duration::from_secs(15);
/// Between two looks where nobody in this process says that something has changed.
const LOOK: Duration = Duration::from_secs(1);

/// The routes.
pub fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(watch))
}

/// Tells each change of a week, as server-sent events `week`.
///
/// The first event says how the week stands; each has its `etag`, the programme's `clock` and the id of the `solve` under
/// way. What has changed is for the reader to get.
#[utoipa::path(
    get, path = "/v1/programs/{program}/weeks/{date}/events", operation_id = "watch_week", tag = "weeks",
    params(("program" = String, Path, description = "Id of the programme"), ("date" = String, Path, description = "First day of the week")),
    responses(
        (status = 200, description = "Events `week`", body = Pulse, content_type = "text/event-stream"),
        (status = 404, description = "No such programme", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
async fn watch(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((program, date)): Path<(String, String)>,
) -> Result<Response, Error> {
    let date = super::date(&date)?;
    let watching = Watching { app, tenant: caller.tenant, program, date, told: None };
    let first = watching.look().await?;
    let events = stream::unfold((watching, first), |(mut watching, ready)| async move {
        let pulse = match ready {
            Some(pulse) => pulse,
            None => watching.next().await?,
        };
        watching.told = Some(pulse.clone());
        Some((Ok::<_, Infallible>(Event::default().event("week").json_data(pulse).ok()?), (watching, None)))
    });
    Ok(Sse::new(events).keep_alive(KeepAlive::new().interval(SILENCE)).into_response())
}

/// Somebody who watches a week.
struct Watching {
    app: Arc<App>,
    tenant: String,
    program: String,
    date: Date,
    told: Option<Pulse>,
}

impl Watching {
    /// How the week stands, if that was not told yet.
    async fn look(&self) -> Result<Option<Pulse>, programs::Refusal> {
        let key = Key { tenant: &self.tenant, program: &self.program, date: self.date };
        let pulse = programs::pulse(self.app.jobs.store(), key).await?;
        Ok(if self.told.as_ref() == Some(&pulse) { None } else { Some(pulse) })
    }

    /// Waits for a change; nothing once the service closes or the programme is gone. The client then comes back.
    async fn next(&self) -> Option<Pulse> {
        while !self.app.is_draining() {
            self.app.heard(LOOK).await;
            match self.look().await {
                Ok(Some(pulse)) => return Some(pulse),
                Ok(None) => {}
                Err(programs::Refusal::Missing(_)) => return None,
                Err(refusal) => tracing::warn!(detail = %refusal, "who watches a week waits for the database"),
            }
        }
        None
    }
}
