//! `/v1/solves/{id}/events`: how a solve goes, as server-sent events `progress`, and `finished` at its end.

use std::{convert::Infallible, sync::Arc, time::Duration};

use axum::{
    extract::{Path, State},
    response::sse::{Event, KeepAlive, Sse},
};
use futures_util::stream::{self, Stream};
use tokio::sync::watch;

use super::{
    super::{App, Error, error::ProblemDetails},
    view::SolveView,
};
use crate::jobs::{Snapshot, Solve};

/// Between two signs of life of a silent stream.
const SILENCE: Duration = Duration::from_secs(15);

/// How a solve goes.
///
/// `progress` events have the search's figures; a slow reader gets the latest. `finished` has the solve, whichever way
/// it ended, and is the last.
#[utoipa::path(
    get, path = "/v1/solves/{id}/events", operation_id = "watch_solve", tag = "solves", params(("id" = String, Path, description = "Id of the solve")),
    responses(
        (status = 200, description = "Events `progress` and `finished`", body = String, content_type = "text/event-stream"),
        (status = 404, description = "No such solve", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
pub(super) async fn get(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Error> {
    let solve = super::find(&app, &id)?;
    let mut changes = solve.watch();
    changes.mark_changed(); // the state at hand is the first that is told
    let begin = Telling { solve, changes, told: None, over: false };
    let events = stream::unfold(begin, |mut telling| async move {
        let event = telling.next().await?;
        Some((Ok(event), telling))
    });
    Ok(Sse::new(events).keep_alive(KeepAlive::new().interval(SILENCE)))
}

/// A stream's place.
struct Telling {
    solve: Arc<Solve>,
    changes: watch::Receiver<Snapshot>,
    /// Seconds and stage of the last progress told.
    told: Option<(f64, &'static str)>,
    over: bool,
}

impl Telling {
    async fn next(&mut self) -> Option<Event> {
        if self.over {
            return None;
        }
        loop {
            self.changes.changed().await.ok()?;
            let now = self.changes.borrow_and_update().clone();
            if now.state.ended() {
                self.over = true;
                return Event::default().event("finished").json_data(SolveView::of(&self.solve, &now)).ok();
            }
            let Some(progress) = now.progress else { continue };
            let told = Some((progress.seconds, progress.stage));
            if self.told != told {
                self.told = told;
                return Event::default().event("progress").json_data(&progress).ok();
            }
        }
    }
}
