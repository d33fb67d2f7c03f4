//! The places of an individual order: every start on the grid, modality, site and clinician.

use super::{
    Asked, clinician,
    code::Code,
    participant::{self, Plan, Visit},
    room,
    standing::Standing,
    tally::{Place, Tally},
};
use crate::{
    instance::{ClinicianIx, Instance, OrderIx, Owner, ParticipantIx, RoomIx, SiteIx, Span},
    problem::Modality,
    rules::{h03_modality::offers, h06_place::family, h07_one_at_a_time::serves, h10_whereabouts::attends},
};

/// Counts the places of an individual order, each under the first code that forbids it.
pub(super) fn count(standing: &Standing, order: OrderIx, asked: Asked, tally: &mut Tally) {
    let instance = standing.instance;
    let data = &instance.orders[order.i()];
    // Who works in teams is looked at among the others; alone, whoever is asked about, able or not.
    let alone = instance.services[data.service.i()].clinicians == 1;
    let clinicians = match asked.clinician.filter(|_| alone) {
        Some(only) => vec![Some(only)],
        None => clinician::able(instance, data.service),
    };
    let plan = Plan::new(instance, &standing.view.weeks[data.participant.i()], order);
    let modalities = match data.modality {
        Some(one) => vec![one],
        None => instance.problem.services[data.service.i()].modalities.clone(),
    };
    for modality in modalities {
        for site in sites(instance, data.participant, modality) {
            Ground::new(standing, order, modality, site, &clinicians).count(&plan, &clinicians, asked, tally);
        }
    }
}

/// Where a session of this modality could be booked; the home site where it could be nowhere.
fn sites(instance: &Instance, p: ParticipantIx, modality: Modality) -> Vec<SiteIx> {
    let participant = &instance.participants[p.i()];
    match modality {
        Modality::InPerson if !participant.sites.is_empty() => participant.sites.clone(),
        _ => vec![participant.home],
    }
}

/// One modality and site: what is the same for all starts.
struct Ground<'s, 'a> {
    standing: &'s Standing<'a>,
    order: OrderIx,
    modality: Modality,
    site: SiteIx,
    /// Forbids all of it, the time of the participant aside.
    barred: Option<Code>,
    rooms: Vec<RoomIx>,
    qualifications: Vec<Option<Code>>,
    /// Clinicians for whom one code holds at every hour: the code, how many, one of them. None where they work in teams,
    /// which are looked at as a whole.
    settled: Vec<(Code, u64, Option<ClinicianIx>)>,
    /// Positions of the others.
    open: Vec<usize>,
}

impl<'s, 'a> Ground<'s, 'a> {
    fn new(
        standing: &'s Standing<'a>,
        order: OrderIx,
        modality: Modality,
        site: SiteIx,
        clinicians: &[Option<ClinicianIx>],
    ) -> Self {
        let instance = standing.instance;
        let data = &instance.orders[order.i()];
        let eligible = offers(instance, data.service, modality) && attends(instance, data.participant, modality, site);
        let rooms = match modality {
            Modality::InPerson => {
                room::fitting(instance, site, data.service, 1 + family(instance, Owner::Order(order)))
            }
            Modality::Telehealth => Ok(Vec::new()),
        };
        let qualified =
            |c: &Option<ClinicianIx>| c.and_then(|c| clinician::qualification(instance, order, c, modality, site));
        let qualifications: Vec<Option<Code>> = clinicians.iter().map(qualified).collect();
        let alone = instance.services[data.service.i()].clinicians < 2;
        let never = |c: ClinicianIx| !instance.clinicians[c.i()].shifts.iter().any(|s| serves(s, modality, site));
        let mut settled: Vec<(Code, u64, Option<ClinicianIx>)> = Vec::new();
        let mut open = Vec::new();
        for (k, &c) in clinicians.iter().enumerate() {
            let code = qualifications[k].or(c.is_some_and(never).then_some(Code::OutOfHours));
            match (code.filter(|_| alone), settled.iter_mut().find(|s| Some(s.0) == code)) {
                (None, _) => open.push(k),
                (Some(_), Some(known)) => known.1 += 1,
                (Some(code), None) => settled.push((code, 1, c)),
            }
        }
        Ground {
            standing,
            order,
            modality,
            site,
            settled,
            open,
            barred: if eligible { rooms.as_ref().err().copied() } else { Some(Code::NotEligible) },
            rooms: rooms.unwrap_or_default(),
            qualifications,
        }
    }

    fn count(&self, plan: &Plan, clinicians: &[Option<ClinicianIx>], asked: Asked, tally: &mut Tally) {
        let instance = self.standing.instance;
        let service = instance.orders[self.order.i()].service;
        let kind = &instance.services[service.i()];
        let hours = |&k: &usize| {
            let c = clinicians[k].filter(|_| self.qualifications[k].is_none())?;
            Some(self.standing.hours(service, self.modality, self.site, c))
        };
        // Of those that are open, in their order.
        let weeks: Vec<_> = self.open.iter().map(hours).collect();
        let mut codes: Vec<Code> = Vec::with_capacity(clinicians.len());
        for (at, &start) in self.standing.starts(service, self.site).iter().enumerate() {
            if !asked.starts(start) {
                continue;
            }
            let span = Span::new(start, start.saturating_add(kind.minutes));
            let place = |clinician| Place { span, modality: self.modality, site: self.site, clinician };
            let other = self.without_clinician(plan, span);
            if let Some(code) = other.filter(|&code| code < Code::NoCredential) {
                // Each clinician is a place; of one who is asked about there is one.
                let places = if asked.clinician.is_some() { 1 } else { clinicians.len() as u64 };
                tally.add(code, places, place(asked.clinician));
                continue;
            }
            let with = |own: Code| other.map_or(own, |other| own.min(other));
            for &(code, count, c) in &self.settled {
                tally.add(with(code), count, place(c));
            }
            codes.clear();
            codes.extend(self.open.iter().zip(&weeks).map(|(&k, week)| {
                let busy = || week.as_ref().and_then(|hours| hours[at]);
                self.qualifications[k].or_else(busy).unwrap_or(Code::TradeOff)
            }));
            for (j, &k) in self.open.iter().enumerate() {
                if asked.clinician.is_some_and(|c| clinicians[k] != Some(c)) {
                    continue;
                }
                // In teams all are open, so that `codes` has them all in their order.
                let own =
                    if kind.clinicians < 2 { codes[j] } else { self.team(clinicians, &codes, k, kind.clinicians) };
                tally.add(with(own), 1, place(clinicians[k]));
            }
        }
    }

    /// What forbids the hour whoever gives the session.
    fn without_clinician(&self, plan: &Plan, span: Span) -> Option<Code> {
        let instance = self.standing.instance;
        let service = instance.orders[self.order.i()].service;
        let visit = Visit { span, modality: self.modality, site: self.site, service };
        let in_person = self.modality == Modality::InPerson;
        let closed = || (in_person && room::closed(instance, self.site, span)).then_some(Code::SiteClosed);
        let full = || (in_person && room::free(self.standing, &self.rooms, span).is_none()).then_some(Code::RoomBusy);
        participant::time(instance, self.order, span, self.modality)
            .or_else(|| self.barred.filter(|&code| code == Code::NotEligible))
            .or_else(closed)
            .or(self.barred)
            .or_else(|| plan.hinders(visit))
            .or_else(full)
    }

    /// What forbids the `k`-th clinician in a team of `size`: its own code, or that of the best colleagues there are.
    fn team(&self, clinicians: &[Option<ClinicianIx>], codes: &[Code], k: usize, size: usize) -> Code {
        let instance = self.standing.instance;
        let mut own = codes[k];
        let mut seats = size - 1;
        let mut taken = vec![k];
        if instance.order_wire(self.order).clinician.is_some() {
            let named = instance.orders[self.order.i()].clinician;
            match clinicians.iter().position(|c| named.is_some() && *c == named) {
                Some(named) if named == k => {}
                Some(named) => {
                    own = own.min(codes[named]);
                    taken.push(named);
                    seats -= 1;
                }
                None => own = own.min(Code::NamedClinician),
            }
        }
        let mut others: Vec<Code> = (0..codes.len()).filter(|j| !taken.contains(j)).map(|j| codes[j]).collect();
        others.sort_unstable_by(|a, b| b.cmp(a));
        match seats.checked_sub(1) {
            None => own,
            Some(last) => own.min(others.get(last).copied().unwrap_or(Code::NoCredential)),
        }
    }
}
