//! What the tables hold: a site, a room, a service, a clinician, a group, a participant, an order, each compiled.

use super::{ClinicianIx, GroupIx, OrderIx, ParticipantIx, ServiceIx, SiteIx, Span, Spans};
use crate::problem::Modality;

/// Position in the table of zones.
pub type ZoneIx = usize;

/// A site, compiled.
#[derive(Debug, Clone)]
pub struct SiteData {
    /// Its zone.
    pub zone: ZoneIx,
    /// When it is open.
    pub open: Spans,
}

/// A room, compiled.
#[derive(Debug, Clone)]
pub struct RoomData {
    /// Its site.
    pub site: SiteIx,
    /// When it and its site are open.
    pub open: Spans,
    /// Minutes it stays busy after a session.
    pub turnover: i32,
    /// How many people it holds.
    pub capacity: u32,
}

/// A service, compiled.
#[derive(Debug, Clone)]
pub struct ServiceData {
    /// Length of a session.
    pub minutes: i32,
    /// Minutes each clinician stays busy afterwards.
    pub documentation: i32,
    /// Starts are multiples of this past local midnight of the site.
    pub every: i32,
    /// Clinicians of a session.
    pub clinicians: usize,
    /// Whether it is a group service.
    pub is_group: bool,
}

/// One shift: one day of one line of a clinician's shifts.
#[derive(Debug, Clone)]
pub struct ShiftData {
    /// Day of the horizon on which it starts.
    pub day: i32,
    /// From when to when.
    pub span: Span,
    /// Sites at which it may be worked.
    pub sites: Vec<SiteIx>,
    /// Whether telehealth sessions fit into it.
    pub telehealth: bool,
}

/// The span of a break on one day on which the clinician gets one.
#[derive(Debug, Clone, Copy)]
pub struct BreakData {
    /// Where it must lie.
    pub span: Span,
    /// How long it is.
    pub minutes: i32,
}

/// A clinician, compiled.
#[derive(Debug, Clone)]
pub struct ClinicianData {
    /// Zone of shifts and days.
    pub zone: ZoneIx,
    /// Shifts by start.
    pub shifts: Vec<ShiftData>,
    /// Absences.
    pub away: Spans,
    /// Breaks, one for each day on which one shift covers the whole span.
    pub breaks: Vec<BreakData>,
    /// Most session minutes a day.
    pub max_day: Option<i32>,
    /// Most session minutes a week.
    pub max_week: Option<i32>,
}

/// A group, compiled.
#[derive(Debug, Clone)]
pub struct GroupData {
    /// Its service.
    pub service: ServiceIx,
    /// Its site.
    pub site: SiteIx,
    /// How it meets.
    pub modality: Modality,
    /// Meetings of the week.
    pub meetings: usize,
    /// When it may meet.
    pub hours: Spans,
    /// Whether its roster is closed.
    pub closed: bool,
    /// Fewest participants of a held meeting.
    pub min: usize,
    /// Most participants of a meeting: the group's `max`, and `participants_per_clinician` for each clinician.
    pub max: usize,
    /// Those who attend every held meeting.
    pub members: Vec<ParticipantIx>,
    /// Whether it has a frozen or pinned meeting.
    pub begun: bool,
    /// Who is in those meetings: all that a closed group may have from then on. Sorted.
    pub begun_roster: Vec<ParticipantIx>,
}

/// A commitment, compiled.
#[derive(Debug, Clone)]
pub struct CommitmentData {
    /// When.
    pub spans: Spans,
    /// The way to and from it, for in-person sessions.
    pub travel: i32,
    /// Whether it can give way.
    pub soft: bool,
}

/// The plan of care, compiled.
#[derive(Debug, Clone, Copy, Default)]
pub struct PlanData {
    /// Fewest counted minutes a week (0: none asked).
    pub min_week: i32,
    /// Most counted minutes a week.
    pub max_week: Option<i32>,
    /// Fewest days (0: none asked).
    pub min_days: i32,
    /// Most days.
    pub max_days: Option<i32>,
    /// Fewest counted minutes on an attended day (0: none asked).
    pub min_day: i32,
    /// Most session minutes a day.
    pub max_day: Option<i32>,
    /// Whether in-person minutes count.
    pub counts_in_person: bool,
    /// Whether telehealth minutes count.
    pub counts_telehealth: bool,
}

/// A participant, compiled.
#[derive(Debug, Clone)]
pub struct ParticipantData {
    /// Zone of days and windows.
    pub zone: ZoneIx,
    /// The home site.
    pub home: SiteIx,
    /// Sites attended in person.
    pub sites: Vec<SiteIx>,
    /// When available.
    pub available: Spans,
    /// Commitments.
    pub commitments: Vec<CommitmentData>,
    /// Soft commitments, merged; as in-person sessions see them (with travel).
    pub soft_in_person: Spans,
    /// Soft commitments, merged; as telehealth sessions see them.
    pub soft_telehealth: Spans,
    /// Minutes between an in-person and a telehealth session.
    pub commute: i32,
    /// Whether telehealth is possible.
    pub telehealth: bool,
    /// The plan of care.
    pub plan: PlanData,
    /// The orders.
    pub orders: Vec<OrderIx>,
    /// When each family member is available, in the problem's order.
    pub family: Vec<Spans>,
    /// Participants to be kept apart from, listed on either side.
    pub apart: Vec<ParticipantIx>,
    /// Clinicians to be kept from.
    pub not_with: Vec<ClinicianIx>,
}

/// An order, compiled.
#[derive(Debug, Clone)]
pub struct OrderData {
    /// Whose.
    pub participant: ParticipantIx,
    /// Position among the participant's orders.
    pub position: usize,
    /// The service.
    pub service: ServiceIx,
    /// Sessions ordered.
    pub sessions: usize,
    /// Frozen sessions that were missed (no show or cancelled).
    pub missed: usize,
    /// Cost of each missing session.
    pub unmet: i64,
    /// When it must lie.
    pub windows: Spans,
    /// Who must give it.
    pub clinician: Option<ClinicianIx>,
    /// Who should give it.
    pub prefer: Vec<ClinicianIx>,
    /// Groups that may serve it; empty: any of the service.
    pub groups: Vec<GroupIx>,
    /// How it must be held.
    pub modality: Option<Modality>,
    /// Family members who take part, as positions in the participant's family.
    pub family: Vec<usize>,
    /// At most one session a day.
    pub one_per_day: bool,
}

impl ClinicianData {
    /// The first shift that covers `span` (with documentation) at `site`, or that allows telehealth where it is none.
    pub fn shift_for(&self, span: Span, site: Option<SiteIx>) -> Option<usize> {
        self.shifts
            .iter()
            .position(|s| s.span.covers(span) && site.map_or(s.telehealth, |site| s.sites.contains(&site)))
    }
}

impl ParticipantData {
    /// Whether the participant is available throughout `span` and off every hard commitment (H8).
    pub fn free_of_commitments(&self, span: Span, modality: Modality) -> bool {
        self.available.contains(span)
            && self
                .commitments
                .iter()
                .filter(|c| !c.soft)
                .all(|c| !c.spans.touches(if modality == Modality::InPerson { span.widened(c.travel) } else { span }))
    }
}
