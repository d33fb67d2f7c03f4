//! `careweave buy`: the cheapest things that serve a demand.

use std::path::PathBuf;

use careweave_solver::{
    scenario::{self, Purchase, Shop},
    search::Stop,
};
use clap::Args;

use super::{
    Outcome,
    budget::Budget,
    input,
    output::{Output, for_a_person},
    progress::Style,
    solve::stop_at_signals,
    steps::Steps,
};
use crate::failure::{Document, Failure};

/// Find the cheapest things from a price list with which a demand is served
///
/// An integer program chooses what has minutes enough over the week; the week with it is solved. What does not serve is cut
/// off, and the next cheapest is tried. The first choice of the program is a lower bound of the cost.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  careweave buy week.json prices.json --seconds 10
  careweave buy week.json prices.json --total-seconds 300 --text
  careweave schema prices")]
pub struct Buy {
    /// The problem; `-` reads standard input
    problem: PathBuf,
    /// The prices; `-` reads standard input
    prices: PathBuf,
    #[command(flatten)]
    budget: Budget,
    /// Where the answer goes, written whole or not at all [default: standard output]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Sentences instead of JSON, as on a terminal
    #[arg(long)]
    text: bool,
    /// How progress is told on standard error
    #[arg(long, value_enum, default_value = "auto", value_name = "STYLE")]
    progress: Style,
}

impl Buy {
    pub fn run(self) -> Result<Outcome, Failure> {
        let (problem, prices) = input::pair(&self.problem, &self.prices)?;
        let problem = input::problem(&problem)?;
        let prices = scenario::read_prices(&prices).map_err(|e| Failure::reading(Document::Prices, e))?;
        let invalid = |faults: careweave_solver::problem::Faults| Failure::Invalid {
            document: Document::Prices,
            faults: faults.0,
        };
        let shop = Shop::open(&problem, &prices).map_err(invalid)?;
        let out = Output::open(self.out.as_deref())?;
        let stop = Stop::default();
        stop_at_signals(stop.clone())?;
        let steps = Steps::new(self.progress, 0);
        let purchase = scenario::buy(&shop, &prices, &self.budget.options(), &steps, &stop);
        steps.finish();
        let purchase = purchase?;
        out.tell(&purchase, self.text || (self.out.is_none() && for_a_person(false)), sentences)?;
        Ok(Outcome::Done)
    }
}

fn sentences(purchase: &Purchase) -> String {
    let reached = |r: &scenario::Reached| {
        format!(
            "{:.1} % of the ordered minutes, {} of {} weekly minima",
            r.minutes.share * 100.0,
            r.minimum.met,
            r.minimum.of
        )
    };
    let basket = |items: &[scenario::Bought]| match items {
        [] => "nothing".to_owned(),
        items => items.iter().map(|i| format!("{} × {}", i.count, i.id)).collect::<Vec<_>>().join(", "),
    };
    let mut text = match purchase.served {
        true => format!("For {} the demand is served: buy {}.\n", purchase.cost, basket(&purchase.items)),
        false => format!(
            "No set that was tried serves the demand; for {} most is served: {}.\n",
            purchase.cost,
            basket(&purchase.items)
        ),
    };
    text += &format!("Served: {}.\n", reached(&purchase.reached));
    text += &match purchase.lower_bound {
        Some(bound) => format!("Nothing that serves it costs less than {bound}.\n"),
        None => "Even with everything on the list there are not minutes enough over the week.\n".to_owned(),
    };
    text += "Tried:\n";
    for set in &purchase.tried {
        text += &format!("  {:>10}  {:<40} {}\n", set.cost, basket(&set.items), reached(&set.reached));
    }
    text
}
