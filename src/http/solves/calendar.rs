//! `/v1/solves/{id}/calendar`: the best calendar so far, whole or a part, as JSON or iCalendar.

use std::sync::Arc;

use axum::{
    extract::{Path, State},
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use careweave_solver::{calendar::Calendar, problem::read_calendar};
use chrono::Utc;
use serde::Deserialize;
use utoipa::IntoParams;

use super::{
    super::{App, Error, caller::Caller, error::ProblemDetails, params::Params},
    request,
};
use crate::{
    calendars::{Format, Ics, Part, of_given},
    failure::{Document, Failure},
};

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Whose {
    /// Only this participant's sessions and unmet orders
    participant: Option<String>,
    /// Only this clinician's sessions
    clinician: Option<String>,
    /// Only sessions in this room
    room: Option<String>,
    /// Only meetings of this group
    group: Option<String>,
}

/// The best calendar so far.
///
/// A part has only its own sessions; the figures are those of the whole calendar.
#[utoipa::path(
    get, path = "/v1/solves/{id}/calendar", operation_id = "get_solve_calendar", tag = "solves",
    params(("id" = String, Path, description = "Id of the solve"), Whose),
    responses(
        (status = 200, description = "The calendar", content((Calendar = "application/json"), (String = "text/calendar"))),
        (status = 404, description = "No such solve, no calendar yet (`no-calendar-yet`), or no such id in its problem", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 422, description = "More than one of the parameters, or an unknown one", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
pub(super) async fn get(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
    Params(whose): Params<Whose>,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let part = Part::named(whose.participant, whose.clinician, whose.room, whose.group)
        .ok_or_else(|| Error::InvalidQuery("Ask for one participant, clinician, room or group at a time.".into()))?;
    let solve = super::find(&app, &caller, &id).await?;
    let calendar = app.jobs.answer(solve.id).await?;
    let ics = prefers_ics(&headers);
    if let (Part::Whole, false, Some(calendar)) = (&part, ics, &calendar) {
        return Ok(given("application/json", calendar.clone()));
    }
    let request = app.jobs.request(solve.id).await?.unwrap_or_default();
    app.cpu
        .run(move || {
            let instance = request::read(&request)?.instance;
            if let Some(sentence) = part.missing_in(&instance.problem) {
                return Ok(Err(Error::UnknownId(sentence)));
            }
            let Some(calendar) = calendar else { return Ok(Err(Error::NoCalendarYet)) };
            if !ics {
                return Ok(Ok(given("application/json", part.of_json(&calendar)?)));
            }
            let sessions = read_calendar(&calendar).map_err(|e| Failure::reading(Document::Calendar, e))?.sessions;
            let unknown = |_| Failure::Internal("The calendar is of another problem.".into());
            let mut appointments = of_given(&instance, &sessions).map_err(unknown)?;
            appointments.retain(|a| part.has(a));
            let format = Ics::default();
            let text = format.write(&instance.problem, &appointments, Utc::now());
            Ok(Ok(given(format.media_type(), text.into_bytes())))
        })
        .await?
}

fn given(media_type: &'static str, body: Vec<u8>) -> Response {
    ([(header::CONTENT_TYPE, media_type), (header::VARY, "accept")], body).into_response()
}

/// Whether `Accept` names iCalendar, and JSON no more eagerly.
fn prefers_ics(headers: &HeaderMap) -> bool {
    let (mut ics, mut json) = (0.0, 0.0);
    let accepted = headers.get_all(header::ACCEPT).iter().filter_map(|v| v.to_str().ok()).flat_map(|v| v.split(','));
    for range in accepted {
        let mut parts = range.split(';').map(str::trim);
        let name = parts.next().unwrap_or_default().to_ascii_lowercase();
        let quality = parts.find_map(|p| p.strip_prefix("q=")?.parse::<f32>().ok()).unwrap_or(1.0);
        match name.as_str() {
            "text/calendar" => ics = quality,
            "application/json" => json = quality,
            _ => {}
        }
    }
    ics > 0.0 && ics >= json
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn icalendar_is_given_to_who_asks_for_it_by_name() {
        for (accept, ics) in [
            ("text/calendar", true),
            ("text/calendar, */*;q=0.5", true),
            ("application/json, text/calendar;q=0.5", false),
            ("text/calendar; q=0", false),
            ("*/*", false),
            ("text/html,application/xhtml+xml,*/*;q=0.8", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT, accept.parse().unwrap());
            assert_eq!(prefers_ics(&headers), ics, "{accept}");
        }
    }
}
