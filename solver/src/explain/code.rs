//! The codes of the contract that say why a place is not possible, in the order in which they are asked.

/// Why a place is not possible. The order is that of the contract: a place counts under the first that forbids it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Code {
    /// The participant is not available.
    NotAvailable,
    /// A hard commitment, or the way to or from it.
    Committed,
    /// Outside the windows of the order, or begun before `freeze_until`.
    OutsideWindow,
    /// A family member is not free.
    FamilyNotAvailable,
    /// The clinician lacks the credential.
    NoCredential,
    /// The clinician lacks the licence.
    NoLicence,
    /// No language in common.
    NoLanguage,
    /// The order names another clinician.
    NamedClinician,
    /// The participant is kept from the clinician.
    NotWith,
    /// The participant may not have it so, or not join the group.
    NotEligible,
    /// Somebody there from whom the participant is kept.
    Apart,
    /// The site is closed.
    SiteClosed,
    /// Outside the clinician's shifts.
    OutOfHours,
    /// No room of the site has what the service needs.
    NoRoomFeature,
    /// No such room is large enough.
    RoomTooSmall,
    /// The meeting is not held.
    GroupNotHeld,
    /// The meeting would still be below its minimum.
    GroupBelowMinimum,
    /// The meeting is full.
    GroupFull,
    /// The participant is in another session.
    ParticipantBusy,
    /// The participant is at another site on that day.
    SiteOfDay,
    /// No time for the way between in-person and telehealth.
    Commute,
    /// The order is met on that day.
    OnePerDay,
    /// One day too many.
    DayLimit,
    /// Too many minutes on that day.
    MinutesLimit,
    /// Too many minutes, or sessions, in the week.
    WeekLimit,
    /// The clinician is in another session, or at another site.
    ClinicianBusy,
    /// The clinician's limits or break.
    ClinicianLimit,
    /// No fitting room is open and free.
    RoomBusy,
    /// Nothing forbids it.
    TradeOff,
}

/// How many there are.
pub(crate) const CODES: usize = 29;

/// All of them, in order.
pub(crate) const ALL: [Code; CODES] = [
    Code::NotAvailable,
    Code::Committed,
    Code::OutsideWindow,
    Code::FamilyNotAvailable,
    Code::NoCredential,
    Code::NoLicence,
    Code::NoLanguage,
    Code::NamedClinician,
    Code::NotWith,
    Code::NotEligible,
    Code::Apart,
    Code::SiteClosed,
    Code::OutOfHours,
    Code::NoRoomFeature,
    Code::RoomTooSmall,
    Code::GroupNotHeld,
    Code::GroupBelowMinimum,
    Code::GroupFull,
    Code::ParticipantBusy,
    Code::SiteOfDay,
    Code::Commute,
    Code::OnePerDay,
    Code::DayLimit,
    Code::MinutesLimit,
    Code::WeekLimit,
    Code::ClinicianBusy,
    Code::ClinicianLimit,
    Code::RoomBusy,
    Code::TradeOff,
];

impl Code {
    /// As the contract writes it.
    pub fn text(self) -> &'static str {
        match self {
            Code::NotAvailable => "NOT_AVAILABLE",
            Code::Committed => "COMMITTED",
            Code::OutsideWindow => "OUTSIDE_WINDOW",
            Code::FamilyNotAvailable => "FAMILY_NOT_AVAILABLE",
            Code::NoCredential => "NO_CREDENTIAL",
            Code::NoLicence => "NO_LICENCE",
            Code::NoLanguage => "NO_LANGUAGE",
            Code::NamedClinician => "NAMED_CLINICIAN",
            Code::NotWith => "NOT_WITH",
            Code::NotEligible => "NOT_ELIGIBLE",
            Code::Apart => "APART",
            Code::SiteClosed => "SITE_CLOSED",
            Code::OutOfHours => "OUT_OF_HOURS",
            Code::NoRoomFeature => "NO_ROOM_FEATURE",
            Code::RoomTooSmall => "ROOM_TOO_SMALL",
            Code::GroupNotHeld => "GROUP_NOT_HELD",
            Code::GroupBelowMinimum => "GROUP_BELOW_MINIMUM",
            Code::GroupFull => "GROUP_FULL",
            Code::ParticipantBusy => "PARTICIPANT_BUSY",
            Code::SiteOfDay => "SITE_OF_DAY",
            Code::Commute => "COMMUTE",
            Code::OnePerDay => "ONE_PER_DAY",
            Code::DayLimit => "DAY_LIMIT",
            Code::MinutesLimit => "MINUTES_LIMIT",
            Code::WeekLimit => "WEEK_LIMIT",
            Code::ClinicianBusy => "CLINICIAN_BUSY",
            Code::ClinicianLimit => "CLINICIAN_LIMIT",
            Code::RoomBusy => "ROOM_BUSY",
            Code::TradeOff => "TRADE_OFF",
        }
    }
}
