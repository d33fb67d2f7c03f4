//! `/v1/programs/{program}/fhir`: FHIR R4, read and searched; a base address per programme.

mod bundle;

use std::sync::Arc;

use axum::{
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use careweave_solver::problem::Date;
use chrono::{DateTime, Days, FixedOffset, Months, NaiveDate, NaiveDateTime, SecondsFormat, TimeZone, Utc};
use serde_json::json;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::super::{App, Error, caller::Caller, error::ProblemDetails, params::Params};
use crate::{
    calendars::fhir::{Bundle, Entry, Link, Resource},
    programs::{
        self,
        fhir::{self, TYPES},
        history::Span,
    },
};

/// The routes.
pub fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(metadata)).routes(routes!(search)).routes(routes!(read)).merge(bundle::router())
}

/// Its media type.
const MEDIA: &str = "application/fhir+json";
/// Entries of a page, where nothing is said, and at most.
const USUAL: usize = 100;
const MOST: usize = 1000;

fn answer(status: StatusCode, body: &impl serde::Serialize) -> Response {
    // Plain structs can't fail to be written.
    let text = serde_json::to_string(body).unwrap_or_default();
    (status, [(header::CONTENT_TYPE, MEDIA)], text).into_response()
}

/// An error as FHIR tells it.
fn outcome(status: StatusCode, code: &str, detail: &str) -> Response {
    let issue = json!({ "severity": "error", "code": code, "diagnostics": detail });
    answer(status, &json!({ "resourceType": "OperationOutcome", "issue": [issue] }))
}

/// Search parameters of a type.
fn parameters(kind: &str) -> &'static [(&'static str, &'static str)] {
    match kind {
        "Appointment" => &[
            ("_id", "token"),
            ("date", "date"),
            ("actor", "reference"),
            ("patient", "reference"),
            ("practitioner", "reference"),
            ("location", "reference"),
            ("status", "token"),
        ],
        "Schedule" => &[("_id", "token"), ("date", "date"), ("actor", "reference")],
        "Slot" => &[("_id", "token"), ("start", "date"), ("schedule", "reference"), ("status", "token")],
        "Location" => &[("_id", "token"), ("status", "token")],
        _ => &[("_id", "token")],
    }
}

/// What is given out here, as FHIR says it.
#[utoipa::path(
    get, path = "/v1/programs/{program}/fhir/metadata", operation_id = "fhir_metadata", tag = "fhir",
    params(("program" = String, Path, description = "Id of the programme")),
    responses(
        (status = 200, description = "A CapabilityStatement", content((Value = "application/fhir+json"))),
        (status = 404, description = "No such programme", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
async fn metadata(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(program): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Error> {
    programs::is_there(app.jobs.store(), &caller.tenant, &program).await?;
    let resource = |kind: &&str| {
        let known = parameters(kind).iter().map(|(name, of)| json!({ "name": name, "type": of }));
        json!({
            "type": kind,
            "interaction": [{ "code": "read" }, { "code": "search-type" }],
            "searchParam": known.collect::<Vec<_>>(),
        })
    };
    let statement = json!({
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": Utc::now().to_rfc3339_opts(SecondsFormat::Secs, true),
        "kind": "instance",
        "software": { "name": "Careweave", "version": env!("CARGO_PKG_VERSION") },
        "implementation": { "description": "Careweave", "url": base(&app, &headers, &program) },
        "fhirVersion": "4.0.1",
        "format": ["json"],
        "rest": [{ "mode": "server", "resource": TYPES.iter().map(resource).collect::<Vec<_>>() }],
    });
    Ok(answer(StatusCode::OK, &statement))
}

fn base(app: &App, headers: &HeaderMap, program: &str) -> String {
    format!("{}/v1/programs/{program}/fhir", app.seen_at(headers))
}

/// A resource, by its type and id.
#[utoipa::path(
    get, path = "/v1/programs/{program}/fhir/{resource}/{id}", operation_id = "fhir_read", tag = "fhir",
    params(
        ("program" = String, Path, description = "Id of the programme"),
        ("resource" = String, Path, description = "Its type, such as `Appointment`"), ("id" = String, Path, description = "Its id"),
    ),
    responses(
        (status = 200, description = "The resource", content((Value = "application/fhir+json"))),
        (status = 404, description = "No such resource", content((Value = "application/fhir+json"), (ProblemDetails = "application/problem+json"))),
    )
)]
async fn read(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((program, kind, id)): Path<(String, String, String)>,
) -> Result<Response, Error> {
    programs::is_there(app.jobs.store(), &caller.tenant, &program).await?;
    let Some(kind) = TYPES.into_iter().find(|known| *known == kind) else { return Ok(no_type()) };
    let all = fhir::resources(app.jobs.store(), (&caller.tenant, &program), kind, Some(EVER)).await?;
    Ok(match all.iter().find(|r| r.key().1 == id) {
        Some(resource) => answer(StatusCode::OK, resource),
        None => outcome(StatusCode::NOT_FOUND, "not-found", "There is no such resource."),
    })
}

fn no_type() -> Response {
    outcome(StatusCode::NOT_FOUND, "not-supported", &format!("There are {}.", TYPES.join(", ")))
}

/// All weeks.
const EVER: Span = Span { from: Date(NaiveDate::MIN), to: Date(NaiveDate::MAX) };

/// Resources of a type that a search finds, page by page.
///
/// Without `date`, those of the weeks published last.
#[utoipa::path(
    get, path = "/v1/programs/{program}/fhir/{resource}", operation_id = "fhir_search", tag = "fhir",
    params(
        ("program" = String, Path, description = "Id of the programme"), ("resource" = String, Path, description = "The type, such as `Appointment`"),
        ("search" = Option<BTreeMap<String, String>>, Query, style = Form, explode, description = "`date` (with `ge`, `le`, `gt`, `lt`), `actor`, `patient`, `practitioner`, `location`, `status`, `_id`, `_count`"),
    ),
    responses(
        (status = 200, description = "A Bundle of the type `searchset`", content((Value = "application/fhir+json"))),
        (status = 400, description = "An unknown parameter, or a value that makes no sense: an OperationOutcome", content((Value = "application/fhir+json"))),
        (status = 404, description = "No such type or programme", content((Value = "application/fhir+json"), (ProblemDetails = "application/problem+json"))),
        (status = 422, description = "The query string can't be read", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
async fn search(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((program, kind)): Path<(String, String)>,
    Params(query): Params<Vec<(String, String)>>,
    headers: HeaderMap,
) -> Result<Response, Error> {
    programs::is_there(app.jobs.store(), &caller.tenant, &program).await?;
    let Some(kind) = TYPES.into_iter().find(|known| *known == kind) else { return Ok(no_type()) };
    let search = match Search::read(kind, &query) {
        Ok(search) => search,
        Err(detail) => return Ok(outcome(StatusCode::BAD_REQUEST, "invalid", &detail)),
    };
    let span = search.span();
    let mut found = fhir::resources(app.jobs.store(), (&caller.tenant, &program), kind, span).await?;
    found.retain(|resource| search.finds(resource));
    let (total, base) = (found.len(), base(&app, &headers, &program));
    let link = |relation: &'static str, offset: usize| {
        let mut parts: Vec<String> = query
            .iter()
            .filter(|(name, _)| name != "_offset")
            .map(|(name, value)| format!("{}={}", escaped(name), escaped(value)))
            .collect();
        if offset > 0 {
            parts.push(format!("_offset={offset}"));
        }
        let query = if parts.is_empty() { String::new() } else { format!("?{}", parts.join("&")) };
        Link { relation, url: format!("{base}/{kind}{query}") }
    };
    let mut links = vec![link("self", search.offset)];
    if search.offset + search.count < total {
        links.push(link("next", search.offset + search.count));
    }
    if search.offset > 0 {
        links.push(link("previous", search.offset.saturating_sub(search.count)));
    }
    let entry = |resource: Resource| {
        let (kind, id) = resource.key();
        Entry { full_url: format!("{base}/{kind}/{id}"), search: Some(json!({ "mode": "match" })), resource }
    };
    let bundle = Bundle {
        resource_type: "Bundle",
        kind: "searchset",
        timestamp: Utc::now().to_rfc3339_opts(SecondsFormat::Secs, true),
        total: Some(total),
        link: links,
        entry: found.into_iter().skip(search.offset).take(search.count).map(entry).collect(),
    };
    Ok(answer(StatusCode::OK, &bundle))
}

/// A value of a query string, as it may stand in an address.
fn escaped(text: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._~:/,".contains(&b);
    text.bytes().map(|b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}

/// A moment as a search writes it: a day, month or year, or a time of its own offset.
#[derive(Debug, Clone, Copy)]
enum When {
    /// From one wall time up to another.
    Wall(NaiveDateTime, NaiveDateTime),
    Instant(DateTime<FixedOffset>),
}

/// How a date is compared.
struct Bound {
    how: String,
    when: When,
}

impl Bound {
    fn read(text: &str) -> Option<Self> {
        let prefixes = ["eq", "ne", "ge", "gt", "le", "lt", "sa", "eb", "ap"];
        let (how, rest) = match prefixes.iter().find(|p| text.starts_with(**p)) {
            Some(prefix) => (*prefix, text.strip_prefix(prefix)?),
            None => ("eq", text),
        };
        // A plus that was not escaped is a space.
        let rest = rest.replace(' ', "+");
        let midnight = |d: NaiveDate| d.and_time(chrono::NaiveTime::MIN);
        let day = |text: &str| text.parse::<Date>().ok().map(|d| d.0);
        let when = if let Ok(at) = DateTime::parse_from_rfc3339(&rest) {
            When::Instant(at)
        } else if let Some(d) = day(&rest) {
            When::Wall(midnight(d), midnight(d.checked_add_days(Days::new(1))?))
        } else if let Some(d) = day(&format!("{rest}-01")) {
            When::Wall(midnight(d), midnight(d.checked_add_months(Months::new(1))?))
        } else {
            let d = day(&format!("{rest}-01-01"))?;
            When::Wall(midnight(d), midnight(d.checked_add_months(Months::new(12))?))
        };
        Some(Bound { how: how.to_owned(), when })
    }

    /// From when up to when, as somebody at an offset understands it.
    fn span(&self, offset: FixedOffset) -> (DateTime<FixedOffset>, DateTime<FixedOffset>) {
        match self.when {
            When::Instant(at) => (at, at),
            When::Wall(from, to) => {
                let at = |wall: NaiveDateTime| offset.from_utc_datetime(&(wall - offset));
                (at(from), at(to))
            }
        }
    }

    fn holds(&self, start: DateTime<FixedOffset>) -> bool {
        let (from, to) = self.span(*start.offset());
        let within = start == from || (start >= from && start < to);
        match &*self.how {
            "ge" => start >= from,
            "gt" | "sa" => start >= to && start != from,
            "le" => start < to || start == from,
            "lt" | "eb" => start < from,
            "ne" => !within,
            _ => within,
        }
    }

    /// The first and the last day that it may mean.
    fn days(&self) -> (NaiveDate, NaiveDate) {
        let (from, to) = match self.when {
            When::Instant(at) => (at.date_naive(), at.date_naive()),
            When::Wall(from, to) => (from.date(), to.date()),
        };
        match &*self.how {
            "ge" | "gt" | "sa" => (from, NaiveDate::MAX),
            "le" | "lt" | "eb" => (NaiveDate::MIN, to),
            "ne" => (NaiveDate::MIN, NaiveDate::MAX),
            _ => (from, to),
        }
    }
}

/// What is searched.
struct Search {
    dates: Vec<Bound>,
    /// All of these hold; each is one of several.
    ids: Vec<Vec<String>>,
    statuses: Vec<Vec<String>>,
    actors: Vec<(Option<&'static str>, Vec<String>)>,
    count: usize,
    offset: usize,
}

impl Search {
    fn read(kind: &str, query: &[(String, String)]) -> Result<Self, String> {
        let mut search = Search {
            dates: Vec::new(),
            ids: Vec::new(),
            statuses: Vec::new(),
            actors: Vec::new(),
            count: USUAL,
            offset: 0,
        };
        let known = parameters(kind);
        for (name, value) in query {
            let list = || value.split(',').map(|v| v.rsplit('|').next().unwrap_or(v).to_owned()).collect::<Vec<_>>();
            let references = || value.split(',').map(str::to_owned).collect::<Vec<_>>();
            match name.as_str() {
                "_format" | "_pretty" => {}
                "_count" => {
                    let count = value.parse().map_err(|_| "`_count` is a whole number.".to_owned())?;
                    search.count = usize::clamp(count, 1, MOST);
                }
                "_offset" => {
                    search.offset = value.parse().map_err(|_| "`_offset` is one that a page gave.".to_owned())?
                }
                name if !known.iter().any(|(known, _)| *known == name) => {
                    let all: Vec<&str> = known.iter().map(|(name, _)| *name).collect();
                    return Err(format!("An unknown parameter; {kind} has {}, `_count`.", all.join(", ")));
                }
                "date" | "start" => search
                    .dates
                    .push(Bound::read(value).ok_or_else(|| format!("`{name}` is a date such as ge2026-11-30."))?),
                "_id" => search.ids.push(list()),
                "status" => search.statuses.push(list()),
                "patient" => search.actors.push((Some("Patient"), references())),
                "practitioner" => search.actors.push((Some("Practitioner"), references())),
                "location" => search.actors.push((Some("Location"), references())),
                _ => search.actors.push((None, references())),
            }
        }
        Ok(search)
    }

    /// The weeks that may have what is searched; none where no date is named.
    fn span(&self) -> Option<Span> {
        if self.dates.is_empty() {
            return if self.ids.is_empty() { None } else { Some(EVER) };
        }
        let from = self.dates.iter().map(|b| b.days().0).max()?;
        let to = self.dates.iter().map(|b| b.days().1).min()?;
        // A session belongs to the week that began up to a week before it, and may be past its last midnight.
        let from = from.checked_sub_days(Days::new(8)).unwrap_or(NaiveDate::MIN);
        Some(Span { from: Date(from), to: Date(to.checked_add_days(Days::new(1)).unwrap_or(NaiveDate::MAX)) })
    }

    fn finds(&self, resource: &Resource) -> bool {
        let start = resource.times().and_then(|(start, end)| match DateTime::parse_from_rfc3339(start) {
            Ok(at) => Some(vec![at]),
            // A horizon of whole days: each of them counts.
            Err(_) => {
                let (from, to) = (start.parse::<Date>().ok()?.0, end.parse::<Date>().ok()?.0);
                let noon = |d: NaiveDate| Some(Utc.from_utc_datetime(&d.and_hms_opt(12, 0, 0)?).fixed_offset());
                Some(from.iter_days().take_while(|d| *d <= to).filter_map(noon).collect())
            }
        });
        let start = start.unwrap_or_default();
        let (_, id) = resource.key();
        let actors: Vec<&str> = match resource {
            Resource::Slot(slot) => vec![&slot.schedule.reference],
            other => other.actors(),
        };
        let is = |(of, ids): &(Option<&'static str>, Vec<String>)| {
            let same = |actor: &&str, wanted: &String| {
                let (kind, bare) = actor.split_once('/').unwrap_or_default();
                let meant = wanted.rsplit('/').next().unwrap_or_default();
                let named = wanted.rsplit('/').nth(1);
                bare == meant && of.is_none_or(|of| of == kind) && named.is_none_or(|named| named == kind)
            };
            ids.iter().any(|wanted| actors.iter().any(|actor| same(actor, wanted)))
        };
        self.dates.iter().all(|bound| start.iter().any(|at| bound.holds(*at)))
            && self.ids.iter().all(|ids| ids.iter().any(|wanted| wanted == id))
            && self.statuses.iter().all(|all| resource.status().is_some_and(|s| all.iter().any(|wanted| wanted == s)))
            && self.actors.iter().all(is)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_date_is_compared_as_fhir_says() {
        let at = DateTime::parse_from_rfc3339("2026-11-30T23:30:00-05:00").unwrap();
        for (text, holds) in [
            ("2026-11-30", true),
            ("2026-12-01", false),
            ("2026-11", true),
            ("2026", true),
            ("ge2026-11-30", true),
            ("ge2026-12-01", false),
            ("gt2026-11-30", false),
            ("gt2026-11-29", true),
            ("le2026-11-30", true),
            ("lt2026-11-30", false),
            ("lt2026-12-01", true),
            ("ne2026-11-30", false),
            ("2026-12-01T04:30:00Z", true),
            ("ge2026-12-01T04:31:00Z", false),
            ("le2026-11-30T23:30:00-05:00", true),
        ] {
            assert_eq!(Bound::read(text).unwrap().holds(at), holds, "{text}");
        }
        assert!(Bound::read("tomorrow").is_none());
    }

    proptest! {
        #[test]
        fn any_date_is_understood_or_refused_and_compared_without_harm(
            text in prop_oneof![
                any::<String>(),
                "(eq|ne|ge|gt|le|lt|sa|eb|ap)?[0-9]{4}(-[0-9]{2}(-[0-9]{2}(T[0-9]{2}:[0-9]{2}:[0-9]{2}(Z|[ +-][0-9]{2}:[0-9]{2}))?)?)?",
            ],
            offset in -14i32..=14,
            at in -62_000_000_000i64..250_000_000_000,
        ) {
            let Some(bound) = Bound::read(&text) else { return Ok(()) };
            let offset = FixedOffset::east_opt(offset * 3600).unwrap();
            let start = DateTime::from_timestamp(at, 0).unwrap().with_timezone(&offset);
            let (from, to) = bound.span(offset);
            prop_assert!(from <= to);
            let (first, last) = bound.days();
            prop_assert!(first <= last);
            if bound.holds(start) {
                // Nothing is missed in the days that are looked through, but for the difference of two clocks.
                let day = start.date_naive();
                let near = |d: NaiveDate, k: i64| d.checked_add_signed(chrono::Duration::days(k)).unwrap_or(d);
                prop_assert!(near(first, -2) <= day && day <= near(last, 2), "{text}: {first} {last} {day}");
            }
        }

        #[test]
        fn any_query_is_understood_or_refused(pairs in prop::collection::vec(
            ("(_count|_offset|_id|date|start|status|patient|actor|_format|[a-z_]{1,6})", prop_oneof![any::<String>(), "[0-9a-z,|/-]{0,12}"]),
            0..4,
        )) {
            for kind in ["Appointment", "Schedule", "Slot", "Patient", "Nothing"] {
                if let Ok(search) = Search::read(kind, &pairs) {
                    prop_assert!((1..=MOST).contains(&search.count));
                    search.span();
                }
            }
        }

        #[test]
        fn what_is_escaped_has_nothing_that_ends_a_value(text in any::<String>()) {
            let escaped = escaped(&text);
            prop_assert!(escaped.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~:/,%".contains(&b)), "{escaped}");
        }
    }
}
