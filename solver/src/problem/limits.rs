//! How large a problem may be. What is larger is an error (`too-large`), told before it can fill the memory.

/// Bytes of a document.
pub const DOCUMENT_BYTES: usize = 64 << 20;
/// Values (texts, numbers, lists, objects) in a document.
pub const MOST_VALUES: usize = 8_000_000;
/// Entries of any list or object; most lists have a lower limit of their own.
pub const LONGEST_LIST: usize = 200_000;
/// Characters of a text.
pub const TEXT: usize = 1_000;
/// The largest integer that a document may hold.
pub const LARGEST: u64 = 1_000_000_000;
/// Faults that are told at once.
pub const FAULTS: usize = 1_000;

/// Sites.
pub const SITES: usize = 200;
/// Travel pairs: each pair of sites, either way.
pub const TRAVEL_PAIRS: usize = SITES * SITES;
/// Rooms.
pub const ROOMS: usize = 5_000;
/// Services.
pub const SERVICES: usize = 1_000;
/// Clinicians.
pub const CLINICIANS: usize = 5_000;
/// Groups.
pub const GROUPS: usize = 10_000;
/// Participants.
pub const PARTICIPANTS: usize = 20_000;
/// Orders of a participant.
pub const ORDERS: usize = 50;
/// Sessions of an order, and meetings of a group.
pub const SESSIONS: u32 = 50;
/// Clinicians of a session.
pub const CLINICIANS_OF_SESSION: u32 = 50;
/// Windows of one list.
pub const WINDOWS: usize = 1_000;
/// Lines of a clinician's shifts.
pub const SHIFTS: usize = 200;
/// Commitments of a participant.
pub const COMMITMENTS: usize = 200;
/// Family members of a participant.
pub const FAMILY: usize = 50;
/// Words of one list: credentials, features, languages, attributes, jurisdictions.
pub const WORDS: usize = 200;
/// Pairs of attributes that never meet.
pub const SEPARATE: usize = 1_000;
/// Sessions of `previous`, of `reference` or of a calendar.
pub const CALENDAR_SESSIONS: usize = LONGEST_LIST;
