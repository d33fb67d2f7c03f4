//! `/v1/solves/{id}/events`: how a solve goes, as server-sent events `progress`, and `finished` at its end.

use std::{collections::VecDeque, convert::Infallible, sync::Arc, time::Duration};

use axum::{
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use careweave_solver::search::Progress;
use futures_util::stream;
use uuid::Uuid;

use super::{
    super::{App, Error, caller::Caller, error::ProblemDetails},
    view::SolveView,
};
use crate::{failure::Failure, jobs::Solve};

/// Between two signs of life of a silent stream.
const SILENCE: Duration = Duration::from_secs(15);

/// How a solve goes.
///
/// `progress` events have the search's figures. `finished` has the solve, whichever way it ended, and is the last. Each
/// event has an id; `Last-Event-ID` goes on after it, on any server of the same database.
#[utoipa::path(
    get, path = "/v1/solves/{id}/events", operation_id = "watch_solve", tag = "solves",
    params(
        ("id" = String, Path, description = "Id of the solve"),
        ("Last-Event-ID" = Option<String>, Header, description = "The last event that was seen"),
    ),
    responses(
        (status = 200, description = "Events `progress`, and `finished` with the solve", body = Progress, content_type = "text/event-stream"),
        (status = 204, description = "`finished` was seen already"),
        (status = 404, description = "No such solve", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
pub(super) async fn get(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let solve = super::find(&app, &caller, &id).await?;
    Ok(told(app, caller, &headers, solve))
}

/// The events of what runs, from the one on that the client has not seen.
pub fn told(app: Arc<App>, caller: Caller, headers: &HeaderMap, solve: Solve) -> Response {
    let last = headers.get("last-event-id").and_then(|v| v.to_str().ok()?.trim().parse::<i64>().ok());
    if solve.state.ended() && last.is_some_and(|last| last > solve.events) {
        return StatusCode::NO_CONTENT.into_response();
    }
    // Without one, the state at hand is the first that is told.
    let latest = if solve.state.ended() { solve.events } else { solve.events - 1 };
    let seen = last.unwrap_or(latest).clamp(0, solve.events.max(0));
    let begin = Telling { app, tenant: caller.tenant, id: solve.id, seen, ready: VecDeque::new(), over: false };
    let events = stream::unfold(begin, |mut telling| async move {
        let event = telling.next().await?;
        Some((Ok::<_, Infallible>(event), telling))
    });
    Sse::new(events).keep_alive(KeepAlive::new().interval(SILENCE)).into_response()
}

/// A stream's place.
struct Telling {
    app: Arc<App>,
    tenant: String,
    id: Uuid,
    /// Number of the last event told.
    seen: i64,
    ready: VecDeque<(i64, String)>,
    over: bool,
}

impl Telling {
    async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some((seq, data)) = self.ready.pop_front() {
                self.seen = seq;
                return Some(Event::default().id(seq.to_string()).event("progress").data(data));
            }
            if self.over {
                return None;
            }
            match self.look().await {
                Ok(Some(finished)) => return Some(finished),
                Ok(None) if !self.ready.is_empty() || self.over => {}
                // The client comes back to this or another server, and goes on after the last event.
                Ok(None) if !self.app.jobs.news(self.id).await => return None,
                Ok(None) => {}
                Err(failure) => {
                    tracing::warn!(detail = %failure, "an event stream waits for the database");
                    tokio::time::sleep(Duration::from_secs(1)).await;
                }
            }
        }
    }

    /// Gets what is new; the last event, if there is nothing else.
    async fn look(&mut self) -> Result<Option<Event>, Failure> {
        let solve = self.app.jobs.get(&self.tenant, self.id).await?;
        self.ready.extend(self.app.jobs.events(self.id, self.seen).await?);
        match solve {
            None => self.over = true,
            Some(solve) if solve.state.ended() && self.ready.is_empty() => {
                self.over = true;
                let id = (solve.events + 1).to_string();
                return Ok(Event::default().id(id).event("finished").json_data(SolveView::from(solve)).ok());
            }
            Some(_) => {}
        }
        Ok(None)
    }
}
