//! What an attendance costs whatever else is attended: soft commitments, the site, the usual hour.

use super::tables::Tables;
use crate::{
    instance::{Instance, Minute, Owner, ParticipantIx, SiteIx, Span, Spans},
    problem::Modality,
};

/// What an attendance costs by itself (soft commitments, the site, the usual hour), for one way to attend.
pub struct OwnCost<'a> {
    soft: Option<&'a Spans>,
    soft_weight: i64,
    fixed: i64,
    usual: Option<Usual<'a>>,
}

/// The usual hours (weekday from Monday and time of day at the site), and what another one costs.
struct Usual<'a> {
    hours: &'a [(i32, Minute)],
    instance: &'a Instance,
    site: SiteIx,
    weight: i64,
}

impl<'a> OwnCost<'a> {
    /// For a participant in sessions of an owner, held so.
    pub fn new(t: &Tables<'a>, p: ParticipantIx, owner: Owner, modality: Modality, site: SiteIx) -> Self {
        let instance: &'a Instance = t.instance;
        let data = &instance.participants[p.i()];
        let in_person = modality == Modality::InPerson;
        let soft = if in_person { &data.soft_in_person } else { &data.soft_telehealth };
        let usual = if instance.usual.is_empty() { None } else { instance.usual.get(&(p, owner)) };
        OwnCost {
            soft: (!soft.is_empty()).then_some(soft),
            soft_weight: t.costs.soft,
            fixed: if in_person && site != data.home { t.costs.away_site } else { 0 },
            usual: usual.map(|hours| Usual { hours, instance, site, weight: t.costs.shifted }),
        }
    }

    /// From `start` to `end`.
    pub fn at(&self, start: Minute, end: Minute) -> i64 {
        let span = Span::new(start, end);
        let mut cost = self.fixed + self.soft.map_or(0, |s| self.soft_weight * i64::from(s.overlap(span)));
        if let Some(Usual { hours, instance, site, weight }) = &self.usual {
            let zone = instance.site_zone(*site);
            let first = chrono::Datelike::weekday(&instance.axis.first).num_days_from_monday() as i32;
            let at = ((first + zone.day(start)).rem_euclid(7), zone.clock(start));
            if !hours.contains(&at) {
                cost += weight;
            }
        }
        cost
    }
}
