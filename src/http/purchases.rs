//! `/v1/purchases`: the cheapest things that serve a demand, found beside the service.

use careweave_solver::{
    calendar::Calendar,
    problem::Problem,
    scenario::{self, Bought, Prices, Reached, ServiceLevel, Shop, Step, TriedSet, WhatIf, edits::Edit},
    search::Stop,
};
use utoipa::ToSchema;

use super::{
    json::{Findings, Reading},
    polled::polled,
    runs::{self, Kind},
    solves::view::SolveView,
    whatifs::{Told, WhatIfOptions, options},
};
use crate::{
    failure::Failure,
    jobs::{Answer, Audience, Report, Work},
};

/// What the queue knows a purchase by.
pub const KIND: &str = "purchase";
const PURCHASES: Kind = Kind { name: KIND, path: "/v1/purchases", check: |body| read(body).map(drop) };

/// A problem, and what can be had.
#[derive(ToSchema)]
#[allow(dead_code, reason = "describes a body that is read member by member")]
struct PurchaseRequest {
    /// The problem.
    problem: Problem,
    /// What can be had, for how much, and what it shall serve: `{demand?, service_level?, prices: [{id, name?, cost, most?, edits}]}`.
    #[schema(value_type = serde_json::Value)]
    prices: Prices,
    /// How to solve each set of them.
    options: Option<WhatIfOptions>,
}

/// How far a purchase is, as a solve; at its end what it has found.
#[derive(ToSchema)]
#[allow(dead_code, reason = "describes an answer that is put together member by member")]
struct PurchaseView {
    #[serde(flatten)]
    solve: SolveView,
    /// While it runs: every set that was tried.
    #[schema(nullable = false)]
    steps: Option<Vec<Step>>,
    /// Whether the level holds with it, in a calendar.
    #[schema(nullable = false)]
    served: Option<bool>,
    /// What it costs.
    #[schema(nullable = false)]
    cost: Option<u64>,
    /// What any set that serves the demand costs at least; null where nothing on the list can serve it.
    lower_bound: Option<u64>,
    /// What to buy.
    #[schema(nullable = false)]
    items: Option<Vec<Bought>>,
    /// The demand and what is bought, as edits.
    #[schema(nullable = false)]
    edits: Option<Vec<Edit>>,
    /// What must hold.
    #[schema(nullable = false)]
    service_level: Option<ServiceLevel>,
    /// What is reached with it.
    #[schema(nullable = false)]
    reached: Option<Reached>,
    /// The calendar of the week with it.
    #[schema(nullable = false)]
    calendar: Option<Calendar>,
    /// Every set that was solved, in turn.
    #[schema(nullable = false)]
    tried: Option<Vec<TriedSet>>,
}

polled! {
    /// The cheapest things from a price list with which a demand is served, each set proved by solving its week.
    ///
    /// Queued, polled and stopped like a solve. While it runs `GET` gives `steps`, every set that was tried; at its end what
    /// `careweave buy` prints.
    kind: PURCHASES, body: PurchaseRequest, answer: PurchaseView, tag: "whatifs",
    paths: "/v1/purchases", "/v1/purchases/{id}", "/v1/purchases/{id}/events",
    names: "submit_purchase", "get_purchase", "watch_purchase", "stop_purchase",
}

/// Reads the request; everything that is wrong with it is told at once.
fn read(body: &[u8]) -> Result<(Prices, Shop, WhatIf), Failure> {
    let mut reading = Reading::body(body, &["problem", "prices", "options"])?;
    let mut findings = Findings::default();
    let problem = reading.required("problem").map(|p| findings.problem(p)).transpose()?.flatten();
    let given = reading.required("prices");
    let prices =
        given.map(|p| findings.other("/prices", scenario::read_prices(p.get().as_bytes()))).transpose()?.flatten();
    let options = reading.optional("options").map(|o| options(o, &mut findings));
    findings.request(reading.faults());
    let shop = match (&problem, &prices) {
        (Some(problem), Some(prices)) => {
            Shop::open(problem, prices).map_err(|faults| findings.request(faults.inside("/prices").0)).ok()
        }
        _ => None,
    };
    match (problem, prices, shop, findings.failure()) {
        (Some(problem), Some(prices), Some(shop), None) => {
            runs::without_contradictions(problem)?;
            Ok((prices, shop, options.unwrap_or_default()))
        }
        (.., failure) => Err(failure.unwrap_or(Failure::Internal("Nothing was read.".into()))),
    }
}

/// What a worker does with a purchase.
pub fn run(work: &Work, audience: &dyn Audience, stop: &Stop) -> Result<Answer, Failure> {
    let (prices, shop, options) = read(&work.body)?;
    let purchase = scenario::buy(&shop, &prices, &options, &Told::new(audience), stop)?;
    let json = serde_json::to_vec(&purchase).map_err(|e| Failure::Internal(format!("No JSON: {e}.")))?;
    Ok(Answer::Report(Report { json, objective: Some(purchase.calendar.objective) }))
}
