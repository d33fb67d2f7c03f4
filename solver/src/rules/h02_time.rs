//! H2, time: a session lasts what its service lasts, on the grid, inside the week.

use super::{Rule, verdict::Verdict, view::View};
use crate::instance::{Instance, Minute, ServiceIx, SiteIx};

pub(super) const RULE: Rule = Rule {
    name: "H2",
    title: "time",
    sentence: "It lasts its service's minutes, starts inside the horizon, at a local time of its site that is a multiple \
               of start_every past midnight.",
    check,
};

fn check(view: &View, verdict: &mut Verdict) {
    for s in &view.far {
        verdict.breaks("H2", &[*s], format!("{} is far from the week.", s.id));
    }
    let instance = view.instance;
    for s in view.fresh() {
        let Some(service) = s.service else { continue };
        let minutes = i64::from(instance.services[service.i()].minutes);
        if s.minutes() != minutes {
            verdict.breaks("H2", &[*s], format!("{} lasts {} minutes, not {minutes}.", s.id, s.minutes()));
        }
        let Some(site) = s.site else { continue };
        if !on_grid(instance, service, site, s.start) {
            let at = instance.axis.instant(s.start, instance.site_zone(site));
            let every = instance.services[service.i()].every;
            verdict.breaks("H2", &[*s], format!("{} starts at {at}, off its grid of {every} minutes.", s.id));
        }
        if !in_week(instance, site, s.start) {
            verdict.breaks("H2", &[*s], format!("{} starts outside the week.", s.id));
        }
    }
}

/// Whether a session of this service may start at this minute, as the site's clock shows it.
pub(crate) fn on_grid(instance: &Instance, service: ServiceIx, site: SiteIx, start: Minute) -> bool {
    instance.site_zone(site).clock(start) % instance.services[service.i()].every == 0
}

/// Whether this minute is on one of the seven local days of the site.
pub(crate) fn in_week(instance: &Instance, site: SiteIx, start: Minute) -> bool {
    (0..7).contains(&instance.site_day(site, start))
}
