//! What of a clinician stands in the way of a place: qualification, shifts, sessions, limits.

use super::{code::Code, standing::Standing};
use crate::{
    instance::{ClinicianIx, Instance, OrderIx, ServiceIx, SiteIx, Span},
    problem::Modality,
    rules::{
        facts::over,
        h05_qualification::{has_credential, is_named, licensed_at, licensed_for, share_language},
        h07_one_at_a_time::{is_away, shift_of},
        h15_apart::kept_from,
        h16_travel::{first_site, too_far},
        h18_break::leaves_break,
        view::set,
    },
};

/// The clinicians with the credential of a service; if nobody has it, everybody. One place without any, where it takes none.
pub(super) fn able(instance: &Instance, service: ServiceIx) -> Vec<Option<ClinicianIx>> {
    if instance.services[service.i()].clinicians == 0 {
        return vec![None];
    }
    let all = ClinicianIx::all(instance.clinicians.len());
    let able: Vec<_> = all.clone().filter(|&c| has_credential(instance, c, service)).map(Some).collect();
    if able.is_empty() { all.map(Some).collect() } else { able }
}

/// Qualification: the same at every hour.
pub(super) fn qualification(
    instance: &Instance,
    order: OrderIx,
    c: ClinicianIx,
    modality: Modality,
    site: SiteIx,
) -> Option<Code> {
    let data = &instance.orders[order.i()];
    let licensed = match modality {
        Modality::InPerson => licensed_at(instance, c, site),
        Modality::Telehealth => licensed_for(instance, c, data.participant),
    };
    // One of a team may be another than the named one; the team is looked at as a whole.
    let alone = instance.services[data.service.i()].clinicians < 2;
    if !has_credential(instance, c, data.service) {
        Some(Code::NoCredential)
    } else if !licensed {
        Some(Code::NoLicence)
    } else if !share_language(instance, c, data.participant) {
        Some(Code::NoLanguage)
    } else if alone && !is_named(instance, c, order) {
        Some(Code::NamedClinician)
    } else if kept_from(instance, data.participant, c) {
        Some(Code::NotWith)
    } else {
        None
    }
}

/// What of the clinician's week stands in the way of a session at `span`, documentation included in `busy`.
pub(super) fn week(
    standing: &Standing,
    c: ClinicianIx,
    span: Span,
    busy: Span,
    modality: Modality,
    site: SiteIx,
) -> Option<Code> {
    let instance = standing.instance;
    let shift = shift_of(instance, c, busy, modality, Some(site)).filter(|_| !is_away(instance, c, busy));
    let Some(shift) = shift else { return Some(Code::OutOfHours) };
    if standing.staff[c.i()].busy.touches(busy) {
        return Some(Code::ClinicianBusy);
    }
    if modality == Modality::InPerson && elsewhere(standing, c, shift, site) {
        return Some(Code::ClinicianBusy);
    }
    exhausted(standing, c, span, busy).then_some(Code::ClinicianLimit)
}

/// Whether the clinician works this shift, or one too near to it, at another site.
fn elsewhere(standing: &Standing, c: ClinicianIx, shift: usize, site: SiteIx) -> bool {
    let instance = standing.instance;
    let worked = &standing.staff[c.i()].worked;
    let here = worked.iter().find(|w| w.shift == shift).map_or(&[][..], |w| &w.sites);
    let sites = set(here.iter().copied().chain([site]));
    let Some(own) = first_site(instance, &sites) else { return false };
    let apart = |w: &crate::rules::h16_travel::Worked| {
        let Some(other) = first_site(instance, &w.sites) else { return false };
        let (one, two) =
            if w.shift < shift { ((w.shift, other), (shift, own)) } else { ((shift, own), (w.shift, other)) };
        w.shift != shift && too_far(instance, c, one, two).is_some()
    };
    sites.len() > 1 || worked.iter().any(apart)
}

/// Whether the session would take more than the limits leave, or the break.
fn exhausted(standing: &Standing, c: ClinicianIx, span: Span, busy: Span) -> bool {
    let instance = standing.instance;
    let data = &instance.clinicians[c.i()];
    let staff = &standing.staff[c.i()];
    let length = i64::from(span.end) - i64::from(span.start);
    if data.max_day.is_some() {
        let day = staff.days.get(&instance.clinician_day(c, span.start)).copied().unwrap_or_default();
        if over(day.all + length, day.facts, data.max_day.map(i64::from)) {
            return true;
        }
    }
    if over(staff.week.all + length, staff.week.facts, data.max_week.map(i64::from)) {
        return true;
    }
    let sessions = &standing.view.clinicians[c.i()];
    data.breaks.iter().filter(|pause| pause.span.overlaps(busy)).any(|pause| {
        let there = sessions.iter().filter(|s| s.busy().overlaps(pause.span));
        let facts = there.clone().filter(|s| s.fact()).map(|s| s.busy());
        !leaves_break(pause, there.map(|s| s.busy()).chain([busy])) && leaves_break(pause, facts)
    })
}
