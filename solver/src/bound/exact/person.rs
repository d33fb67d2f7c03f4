//! A participant as the exact bound sees it: single sessions, each with its places by day, and what the plan asks for.

use crate::{
    instance::{ClinicianIx, Instance, MaskIx, Minute, OrderIx, ParticipantIx, Placements, RoomIx, SiteIx, Span},
    problem::Modality,
};

/// Days of the horizon.
pub const WEEK: usize = 7;

/// A place of a single session.
pub struct Place {
    /// When it begins.
    pub start: Minute,
    /// In person or by telehealth.
    pub in_person: bool,
    /// Where it is booked.
    pub site: SiteIx,
    /// What it costs without the clinician's part.
    pub cost: i64,
    /// The rooms that it could use, as a set; 0 by telehealth, or where there are too many rooms for a set.
    pub rooms: u64,
    /// Who may give it and what that costs; one entry without a clinician where clinicians are not looked at.
    pub by: Vec<(Option<ClinicianIx>, i64)>,
}

/// A single session.
pub struct Single {
    /// Its order.
    pub order: OrderIx,
    /// Its length.
    pub minutes: i32,
    /// How long its clinician is busy.
    pub busy: i32,
    /// Minutes that count towards the dose, at most.
    pub counted: i64,
    /// Cost where it is missing.
    pub unmet: i64,
    /// The sessions of the same order that can't be on its day, as a set.
    pub twins: usize,
    /// Places by day, by start.
    pub places: [Vec<Place>; WEEK],
}

/// A participant.
pub struct Person {
    /// Who.
    pub ix: ParticipantIx,
    /// Sites of in-person sessions; at least one.
    pub sites: Vec<SiteIx>,
    /// The single sessions.
    pub singles: Vec<Single>,
    /// By single session: the sets of others after which it may come on the same day (H20).
    pub after: Vec<Vec<u16>>,
    /// By the set of single sessions: minutes.
    pub minutes: Vec<i32>,
    /// By the set of single sessions: counted minutes, at most.
    pub counted: Vec<i64>,
    /// By the set of single sessions: what those cost that are not in it.
    pub unmet: Vec<i64>,
    /// What all orders cost, group sessions too, where nothing is met.
    pub all_unmet: i64,
    /// Most days.
    pub most_days: usize,
    /// Days asked for.
    pub least_days: usize,
    /// Most session minutes of a day.
    pub most_minutes: Option<i32>,
    /// Counted minutes asked for on an attended day.
    pub least_minutes: i64,
    /// Counted minutes asked for in the week.
    pub dose: i64,
    /// Between in-person and telehealth sessions.
    pub commute: i32,
    /// Weights: wait, attended day, short day, shortfall, missing day.
    pub prices: Prices,
}

/// What a participant's week is charged with.
pub struct Prices {
    /// Each minute of waiting.
    pub wait: i64,
    /// Each attended day.
    pub day: i64,
    /// Each counted minute that a day is short.
    pub short_day: i64,
    /// Each counted minute that the week is short.
    pub shortfall: i64,
    /// Each day that is missing.
    pub missing_day: i64,
    /// The dearest of: a minute of a soft commitment, another site, another clinician than preferred.
    pub other: i64,
}

impl Person {
    /// Whether all numbers are small enough for sums and products of them not to come near `NEVER`.
    pub fn is_modest(&self) -> bool {
        let prices = [
            self.prices.wait,
            self.prices.day,
            self.prices.short_day,
            self.prices.shortfall,
            self.prices.missing_day,
            self.prices.other,
        ];
        prices.iter().all(|p| *p <= 100_000)
            && self.all_unmet <= 100_000_000_000
            && self.dose.max(self.least_minutes) <= 100_000
            && self.least_days <= 1000
    }
}

/// Everybody.
pub fn people(instance: &Instance, placements: &Placements) -> Vec<Person> {
    ParticipantIx::all(instance.participants.len()).map(|p| person(instance, placements, p)).collect()
}

fn person(instance: &Instance, placements: &Placements, p: ParticipantIx) -> Person {
    let data = &instance.participants[p.i()];
    let weights = &instance.problem.weights;
    let mut singles: Vec<Single> = Vec::new();
    for &o in &data.orders {
        let order = &instance.orders[o.i()];
        let service = &instance.services[order.service.i()];
        if service.is_group {
            continue;
        }
        let first = singles.len();
        for k in 0..order.sessions.min(16) {
            let others = (0..order.sessions.min(16)).filter(|&j| j != k && order.one_per_day);
            let counts =
                [Modality::InPerson, Modality::Telehealth].iter().any(|&m| instance.counts(p, order.service, m));
            singles.push(Single {
                order: o,
                minutes: service.minutes,
                busy: service.minutes + service.documentation,
                counted: if counts { service.minutes.into() } else { 0 },
                unmet: order.unmet,
                twins: others.fold(0, |set, j| set | 1usize.checked_shl((first + j) as u32).unwrap_or(0)),
                places: places(instance, placements, o),
            });
        }
    }
    let few = singles.len().min(super::MOST_SINGLES + 1);
    let sums = |value: &dyn Fn(&Single) -> i64| -> Vec<i64> {
        (0..1usize << few)
            .map(|set| (0..few).filter(|i| set >> i & 1 == 1).map(|i| value(&singles[i])).fold(0, i64::saturating_add))
            .collect()
    };
    let all = singles.iter().fold(0, |sum: i64, s| sum.saturating_add(s.unmet));
    let charges = data.orders.iter().map(|o| &instance.orders[o.i()]);
    let all_unmet = charges.fold(0, |sum: i64, o| sum.saturating_add(o.unmet.saturating_mul(o.sessions as i64)));
    let most = data.plan.max_days.map_or(WEEK, |m| m.max(0) as usize).min(WEEK);
    let minutes: Vec<i32> = sums(&|s| s.minutes.into()).into_iter().map(|m| m as i32).collect();
    let longest = data.plan.max_day.unwrap_or(i32::MAX);
    let alone = |set: usize| (0..few).all(|i| set >> i & 1 == 0 || set & singles[i].twins == 0);
    let possible = |set: usize, i: usize| set >> i & 1 == 0 && minutes[set | 1 << i] <= longest && alone(set | 1 << i);
    let after = |i: usize| (0..minutes.len()).filter(|&set| possible(set, i)).map(|set| set as u16).collect();
    let after = (0..few).map(after).collect();
    Person {
        ix: p,
        sites: if data.sites.is_empty() { vec![data.home] } else { data.sites.clone() },
        minutes,
        after,
        counted: sums(&|s| s.counted),
        unmet: sums(&|s| s.unmet).into_iter().map(|met| all.saturating_sub(met)).collect(),
        singles,
        all_unmet,
        most_days: most,
        least_days: data.plan.min_days.max(0) as usize,
        most_minutes: data.plan.max_day,
        least_minutes: data.plan.min_day.into(),
        dose: data.plan.min_week.into(),
        commute: data.commute.max(0),
        prices: Prices {
            wait: weights.wait_minute.0.into(),
            day: weights.attended_day.0.into(),
            short_day: weights.short_day_minute.0.into(),
            shortfall: weights.shortfall_minute.0.into(),
            missing_day: weights.missing_day.0.into(),
            other: [&weights.soft_commitment_minute, &weights.away_site, &weights.not_preferred_clinician]
                .into_iter()
                .map(|w| i64::from(w.0))
                .max()
                .unwrap_or(0),
        },
    }
}

fn places(instance: &Instance, placements: &Placements, o: OrderIx) -> [Vec<Place>; WEEK] {
    let order = &instance.orders[o.i()];
    let p = order.participant;
    let service = &instance.services[order.service.i()];
    let weights = &instance.problem.weights;
    let mut days: [Vec<Place>; WEEK] = Default::default();
    for option in &placements.orders[o.i()] {
        let in_person = option.modality == Modality::InPerson;
        for k in option.starts.iter() {
            let start = placements.grids[option.grid].starts[k];
            let Some(day) = usize::try_from(instance.participant_day(p, start)).ok().filter(|&d| d < WEEK) else {
                continue;
            };
            let by = if service.clinicians == 1 {
                let able = option.clinicians.iter().filter(|c| placements.masks[c.1].has(k));
                let charge = |c: ClinicianIx| {
                    let liked = order.prefer.is_empty() || order.prefer.contains(&c);
                    if liked { 0 } else { weights.not_preferred_clinician.0.into() }
                };
                able.map(|c| (Some(c.0), charge(c.0))).collect()
            } else {
                vec![(None, 0)]
            };
            days[day].push(Place {
                start,
                in_person,
                site: option.site,
                rooms: rooms(instance, placements, &option.rooms, k),
                cost: attendance_cost(instance, p, start, service.minutes, option.modality, option.site),
                by,
            });
        }
    }
    days.iter_mut().for_each(|d| d.sort_by_key(|place| place.start));
    days
}

/// The rooms of a place that are open at the `k`-th start, as a set; 0 where there are too many for a set.
pub fn rooms(instance: &Instance, placements: &Placements, of: &[(RoomIx, MaskIx)], k: usize) -> u64 {
    if instance.rooms.len() > 64 {
        return 0;
    }
    of.iter().filter(|r| placements.masks[r.1].has(k)).fold(0, |set, r| set | 1 << r.0.i())
}

/// What attending a session costs wherever it stands in the day: soft commitments, another site than home.
pub fn attendance_cost(
    instance: &Instance,
    p: ParticipantIx,
    start: Minute,
    minutes: i32,
    modality: Modality,
    site: SiteIx,
) -> i64 {
    let data = &instance.participants[p.i()];
    let weights = &instance.problem.weights;
    let in_person = modality == Modality::InPerson;
    let soft = if in_person { &data.soft_in_person } else { &data.soft_telehealth };
    let away = if in_person && site != data.home { i64::from(weights.away_site.0) } else { 0 };
    away + i64::from(weights.soft_commitment_minute.0) * i64::from(soft.overlap(Span::new(start, start + minutes)))
}
