//! `/v1/purchases`: the cheapest things that serve a demand, found beside the service.

use careweave_solver::{
    problem::Problem,
    scenario::{self, Prices, Shop, WhatIf},
    search::Stop,
};
use utoipa::ToSchema;

use super::{
    json::{Findings, Reading},
    polled::polled,
    runs::{self, Kind},
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

polled! {
    /// The cheapest things from a price list with which a demand is served, each set proved by solving its week.
    ///
    /// Queued, polled and stopped like a solve. While it runs `GET` gives `steps`, every set that was tried; at its end what
    /// `careweave buy` prints.
    kind: PURCHASES, body: PurchaseRequest, tag: "whatifs",
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
