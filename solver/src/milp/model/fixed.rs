//! What a sub-model leaves as it is: the incumbent's sessions that are not free, as busy times and used-up counts.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::Free;
use crate::{
    instance::{
        Booked, ClinicianIx, GroupIx, Instance, Owner, ParticipantIx, Previous, RoomIx, ServiceIx, SiteIx, Span,
    },
    problem::Modality,
};

/// A session that a participant keeps.
#[derive(Clone)]
pub struct FixedVisit {
    pub span: Span,
    pub modality: Modality,
    pub site: Option<SiteIx>,
    pub service: Option<ServiceIx>,
    pub owner: Owner,
    /// The participant's day.
    pub day: i32,
    /// A fact.
    pub frozen: bool,
    /// The participant did not come: the time is gone, but nothing was got.
    pub missed: bool,
    /// Minutes attended.
    pub came: i32,
    /// Who gives it.
    pub team: Vec<ClinicianIx>,
}

/// A session that a clinician keeps.
pub struct FixedDuty {
    /// With documentation.
    pub busy: Span,
    /// Without.
    pub minutes: i32,
    /// The clinician's day.
    pub day: i32,
    /// The shift in which it is worked at a site, and that site.
    pub at: Option<(usize, SiteIx)>,
    /// A fact.
    pub frozen: bool,
}

/// Everything that is fixed.
#[derive(Default)]
pub struct Fixed {
    /// For each session of the incumbent: whether time, clinicians and room are fixed.
    pub sessions: Vec<bool>,
    /// For each session of the incumbent: the participants whose attendance is fixed.
    pub attendees: Vec<Vec<ParticipantIx>>,
    /// By participant.
    pub visits: BTreeMap<ParticipantIx, Vec<FixedVisit>>,
    /// By clinician.
    pub duties: BTreeMap<ClinicianIx, Vec<FixedDuty>>,
    /// By room: from the start to the end of the turnover.
    pub stays: HashMap<RoomIx, Vec<Span>>,
    /// Kept sessions of `previous` by id.
    pub kept: HashMap<String, usize>,
    /// Pairs of participant and free group whose attendance is free, though the participant is not.
    pub members: BTreeSet<(ParticipantIx, GroupIx)>,
}

impl Fixed {
    /// What of `incumbent` is fixed when `free` is free.
    pub fn new(instance: &Instance, incumbent: &[Booked], free: &Free) -> Self {
        let mut fixed = Fixed::default();
        for (k, old) in instance.previous.iter().enumerate().filter(|p| p.1.kept()) {
            fixed.kept.insert(old.booked.id.clone(), k);
        }
        for &g in &free.groups {
            fixed.members.extend(instance.groups[g.i()].members.iter().map(|&p| (p, g)));
        }
        for session in incumbent {
            let Owner::Group(g) = session.owner else { continue };
            if free.has_group(g) && !fixed.kept.contains_key(&session.id) {
                fixed.members.extend(session.participants.iter().map(|&p| (p, g)));
            }
        }
        for session in incumbent {
            let kept = fixed.kept.get(&session.id).and_then(|&k| instance.previous.get(k));
            fixed.take(instance, session, kept, free);
        }
        fixed
    }

    /// Whether the attendance of a participant at a group's meetings is free.
    pub fn may_change(&self, free: &Free, p: ParticipantIx, g: GroupIx) -> bool {
        free.has_person(p) || self.members.contains(&(p, g))
    }

    fn take(&mut self, instance: &Instance, session: &Booked, kept: Option<&Previous>, free: &Free) {
        let frozen = kept.is_some_and(|k| k.frozen);
        let (is_fixed, attendees): (bool, Vec<ParticipantIx>) = match session.owner {
            Owner::Gone => (true, session.participants.clone()),
            Owner::Order(o) => {
                let fixed = kept.is_some() || !free.has_order(o);
                (fixed, if fixed { session.participants.clone() } else { Vec::new() })
            }
            Owner::Group(g) => {
                let stays = |p: &&ParticipantIx| match kept {
                    Some(old) => old.frozen || old.booked.participants.contains(p) || !free.has_person(**p),
                    None if free.has_group(g) => false,
                    None => instance.groups[g.i()].members.contains(p) || !free.has_person(**p),
                };
                (kept.is_some() || !free.has_group(g), session.participants.iter().filter(stays).copied().collect())
            }
        };
        for &p in &attendees {
            let old = kept.filter(|k| k.frozen);
            self.visits.entry(p).or_default().push(FixedVisit {
                span: session.span(),
                modality: session.modality,
                site: session.site,
                service: session.service,
                owner: session.owner,
                day: instance.participant_day(p, session.start),
                frozen,
                missed: old.is_some_and(|k| k.missed(p)),
                came: old.and_then(|k| k.minutes(p)).unwrap_or(session.end - session.start),
                team: session.clinicians.clone(),
            });
        }
        if is_fixed {
            let documentation = session.service.map_or(0, |s| instance.services[s.i()].documentation);
            let busy = Span::new(session.start, session.end + documentation);
            for &c in &session.clinicians {
                let in_person = session.modality == Modality::InPerson;
                let site = session.site.filter(|_| in_person);
                let shift = instance.clinicians[c.i()].shift_for(busy, site);
                self.duties.entry(c).or_default().push(FixedDuty {
                    busy,
                    minutes: session.end - session.start,
                    day: instance.clinician_day(c, session.start),
                    at: shift.zip(site),
                    frozen,
                });
            }
            if let Some(r) = session.room {
                let span = Span::new(session.start, session.end + instance.rooms[r.i()].turnover);
                self.stays.entry(r).or_default().push(span);
            }
        }
        self.sessions.push(is_fixed);
        self.attendees.push(attendees);
    }

    /// The fixed sessions of a participant.
    pub fn of_person(&self, p: ParticipantIx) -> &[FixedVisit] {
        self.visits.get(&p).map_or(&[], Vec::as_slice)
    }

    /// The fixed sessions of a clinician.
    pub fn of_clinician(&self, c: ClinicianIx) -> &[FixedDuty] {
        self.duties.get(&c).map_or(&[], Vec::as_slice)
    }

    /// Whether a participant can be in one more session: no overlap (H8), the commute, the site of the day (H10).
    pub fn person_can(
        &self,
        instance: &Instance,
        p: ParticipantIx,
        span: Span,
        modality: Modality,
        site: SiteIx,
    ) -> bool {
        let commute = instance.participants[p.i()].commute;
        let day = instance.participant_day(p, span.start);
        self.of_person(p).iter().all(|f| {
            let clear = if f.modality == modality { 0 } else { commute };
            let elsewhere = modality == Modality::InPerson
                && f.modality == Modality::InPerson
                && f.day == day
                && f.site != Some(site);
            !f.span.overlaps(span.widened(clear)) && !elsewhere
        })
    }

    /// Whether a clinician can give one more session: no overlap (H7), the site of the shift and the way there (H16).
    pub fn clinician_can(&self, instance: &Instance, c: ClinicianIx, busy: Span, site: Option<SiteIx>) -> bool {
        let data = &instance.clinicians[c.i()];
        let shift = data.shift_for(busy, site);
        self.of_clinician(c).iter().all(|f| {
            let clash = match (f.at, site.zip(shift)) {
                (Some((fixed_shift, fixed_site)), Some((site, shift))) if fixed_site != site => {
                    fixed_shift == shift || !way(instance, c, (fixed_shift, fixed_site), (shift, site))
                }
                _ => false,
            };
            !f.busy.overlaps(busy) && !clash
        })
    }
}

/// Whether a clinician can work two shifts at two sites: on different days, or with time for the way between them (H16).
pub fn way(instance: &Instance, c: ClinicianIx, a: (usize, SiteIx), b: (usize, SiteIx)) -> bool {
    let shifts = &instance.clinicians[c.i()].shifts;
    let ((i, from), (j, to)) = if a.0 < b.0 { (a, b) } else { (b, a) };
    let (Some(first), Some(second)) = (shifts.get(i), shifts.get(j)) else { return true };
    first.day != second.day || second.span.start - first.span.end >= instance.travel(from, to)
}
