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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::rules::testing::*;

    #[test]
    fn a_session_lasts_what_its_service_lasts() {
        Case::new().breaks("H2", &[but(session("p1-talk/1", TUE), json!({ "end": "2026-12-01T10:45:00-05:00" }))]);
    }

    #[test]
    fn a_session_starts_on_the_grid_of_its_service() {
        let off = session("p1-talk/1", "2026-12-01T10:10:00-05:00");
        Case::new().breaks("H2", std::slice::from_ref(&off));
        Case::new().having("services", "talk", json!({ "start_every": 10 })).keeps(&[off]);
    }

    #[test]
    fn a_start_within_a_minute_is_off_the_grid() {
        let report = Case::new().report(&[session("p1-talk/1", "2026-12-01T09:59:30-05:00")]);
        assert_eq!(report.violations.iter().map(|v| v.rule).collect::<Vec<_>>(), ["H2"]);
    }

    #[test]
    fn a_session_starts_inside_the_week() {
        let case = Case::new().having("services", "talk", json!({ "clinicians": 0 }));
        let on = |start| [but(tele("p1-talk/1", start), json!({ "clinicians": [] }))];
        case.keeps(&on("2026-11-30T10:00:00-05:00"));
        case.breaks("H2", &on("2026-11-29T10:00:00-05:00"));
        case.breaks("H2", &on("2026-12-07T10:00:00-05:00"));
        case.breaks("H2", &on("2030-01-01T10:00:00-05:00"));
    }

    #[test]
    fn a_time_zone_that_is_given_is_that_of_the_site() {
        let zoned = |zone| [but(session("p1-talk/1", TUE), json!({ "time_zone": zone }))];
        Case::new().keeps(&zoned("America/New_York")).breaks("H2", &zoned("America/Chicago"));
    }
}
