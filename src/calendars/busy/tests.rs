//! What calendars of several programs say, and what means no good.

use proptest::prelude::*;

use super::*;

fn about(zone: &str, from: &str, to: &str) -> About {
    let at = |date: &str| format!("{date}T00:00:00Z").parse().unwrap();
    About { zone: zone.parse().unwrap(), from: at(from), to: at(to), ours: BTreeSet::new() }
}

fn new_york() -> About {
    about("America/New_York", "2026-10-26", "2026-12-07")
}

fn calendar(lines: &str) -> String {
    let lines: String = lines.lines().map(|line| format!("{}\r\n", line.trim())).collect();
    format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{lines}END:VCALENDAR\r\n")
}

fn event(lines: &str) -> String {
    calendar(&format!("BEGIN:VEVENT\nUID:1\n{lines}\nEND:VEVENT\n"))
}

/// The times as they are read, in UTC.
fn times(text: &str, about: &About) -> Vec<String> {
    let busy = read(text.as_bytes(), about).unwrap();
    assert_eq!(busy.not_understood, [], "{text}");
    shown(&busy)
}

fn shown(busy: &Busy) -> Vec<String> {
    let at = |t: i64| DateTime::from_timestamp(t, 0).unwrap().format("%m-%dT%H:%M").to_string();
    busy.spans.iter().map(|(from, to)| format!("{} {}", at(*from), at(*to))).collect()
}

fn doubts(text: &str) -> Vec<String> {
    let busy = read(text.as_bytes(), &new_york()).unwrap();
    assert_eq!(busy.spans, [], "{text}");
    busy.not_understood.into_iter().map(|doubt| doubt.code).collect()
}

fn refused(bytes: &[u8]) -> &'static str {
    read(bytes, &new_york()).unwrap_err().code
}

#[test]
fn a_weekly_event_keeps_its_wall_time_when_the_clock_changes() {
    let text = event(
        "DTSTART;TZID=America/New_York:20261026T090000\nDTEND;TZID=America/New_York:20261026T100000\n\
         RRULE:FREQ=WEEKLY;BYDAY=MO,WE;COUNT=4",
    );
    let told =
        ["10-26T13:00 10-26T14:00", "10-28T13:00 10-28T14:00", "11-02T14:00 11-02T15:00", "11-04T14:00 11-04T15:00"];
    assert_eq!(times(&text, &new_york()), told);
}

/// An UNTIL in UTC is an instant; as wall time east of Greenwich it would take the last one away.
#[test]
fn the_last_time_up_to_an_until_in_utc_counts() {
    let text =
        event("DTSTART;TZID=Europe/Berlin:20261117T090000\nDURATION:PT30M\nRRULE:FREQ=DAILY;UNTIL=20261119T080000Z");
    let told = ["11-17T08:00 11-17T08:30", "11-18T08:00 11-18T08:30", "11-19T08:00 11-19T08:30"];
    assert_eq!(times(&text, &new_york()), told);
    let dated = text.replace("20261119T080000Z", "20261118");
    assert_eq!(times(&dated, &new_york()), told[..2]);
}

#[test]
fn times_left_out_added_and_changed_are_told_as_they_then_are() {
    let text = calendar(
        "BEGIN:VEVENT\nUID:a\nSEQUENCE:0\nDTSTART;TZID=America/New_York:20261116T090000\n\
         DTEND;TZID=America/New_York:20261116T100000\nRRULE:FREQ=DAILY;COUNT=5\n\
         EXDATE;TZID=America/New_York:20261117T090000\nRDATE;TZID=America/New_York:20261124T120000\n\
         RDATE;VALUE=PERIOD:20261125T150000Z/PT2H\nEND:VEVENT\n\
         BEGIN:VEVENT\nUID:a\nSEQUENCE:3\nRECURRENCE-ID;TZID=America/New_York:20261118T090000\n\
         DTSTART;TZID=America/New_York:20261118T150000\nDTEND;TZID=America/New_York:20261118T153000\nEND:VEVENT\n\
         BEGIN:VEVENT\nUID:a\nSEQUENCE:1\nRECURRENCE-ID:20261119T140000Z\nSTATUS:CANCELLED\n\
         DTSTART:20261119T140000Z\nDTEND:20261119T150000Z\nEND:VEVENT\n\
         BEGIN:VEVENT\nUID:b\nSEQUENCE:3\nDTSTART;TZID=America/New_York:20261118T090000\n\
         DURATION:PT15M\nRRULE:FREQ=DAILY;COUNT=1\nEND:VEVENT\n",
    );
    let told = [
        "11-16T14:00 11-16T15:00",
        "11-18T14:00 11-18T14:15",
        "11-18T20:00 11-18T20:30",
        "11-20T14:00 11-20T15:00",
        "11-24T17:00 11-24T18:00",
        "11-25T15:00 11-25T17:00",
    ];
    assert_eq!(times(&text, &new_york()), told);
}

#[test]
fn a_change_of_this_and_all_later_times_moves_them_all() {
    let text = calendar(
        "BEGIN:VEVENT\nUID:a\nDTSTART:20261116T090000Z\nDTEND:20261116T100000Z\nRRULE:FREQ=DAILY;COUNT=4\nEND:VEVENT\n\
         BEGIN:VEVENT\nUID:a\nRECURRENCE-ID;RANGE=THISANDFUTURE:20261118T090000Z\nDTSTART:20261118T100000Z\n\
         DTEND:20261118T103000Z\nEND:VEVENT\n",
    );
    let told =
        ["11-16T09:00 11-16T10:00", "11-17T09:00 11-17T10:00", "11-18T10:00 11-18T10:30", "11-19T10:00 11-19T10:30"];
    assert_eq!(times(&text, &new_york()), told);
}

#[test]
fn whole_days_and_floating_times_are_of_the_owners_zone() {
    let day = event("DTSTART;VALUE=DATE:20261101\nDTEND;VALUE=DATE:20261102");
    // 25 hours long.
    assert_eq!(times(&day, &new_york()), ["11-01T04:00 11-02T05:00"]);
    assert_eq!(times(&day, &about("Asia/Kathmandu", "2026-10-26", "2026-12-07")), ["10-31T18:15 11-01T18:15"]);
    assert_eq!(times(&event("DTSTART;VALUE=DATE:20261130"), &new_york()), ["11-30T05:00 12-01T05:00"]);
    let floating = event("DTSTART:20261130T090000\nDTEND:20261130T100000");
    assert_eq!(times(&floating, &new_york()), ["11-30T14:00 11-30T15:00"]);
    let weekly =
        event("DTSTART;VALUE=DATE:20261026\nDURATION:P2D\nRRULE:FREQ=WEEKLY;COUNT=2\nEXDATE;VALUE=DATE:20261026");
    assert_eq!(times(&weekly, &new_york()), ["11-02T05:00 11-04T05:00"]);
}

#[test]
fn what_takes_no_time_is_not_busy() {
    let at = "DTSTART:20261130T090000Z\nDTEND:20261130T100000Z\n";
    for free in ["TRANSP:TRANSPARENT", "STATUS:CANCELLED", "X-MICROSOFT-CDO-BUSYSTATUS:FREE"] {
        assert!(times(&event(&format!("{at}{free}")), &new_york()).is_empty(), "{free}");
    }
    for busy in ["TRANSP:OPAQUE", "STATUS:TENTATIVE", "X-MICROSOFT-CDO-BUSYSTATUS:OOF"] {
        assert_eq!(times(&event(&format!("{at}{busy}")), &new_york()).len(), 1, "{busy}");
    }
    assert!(times(&event("DTSTART:20261130T090000Z"), &new_york()).is_empty());
    let called_off = event(at).replace("VERSION:2.0", "VERSION:2.0\r\nMETHOD:CANCEL");
    assert!(times(&called_off, &new_york()).is_empty());
    let mut ours = new_york();
    ours.ours.insert("1".into());
    assert!(times(&event(at), &ours).is_empty());
    assert!(
        times(&calendar("BEGIN:VTODO\nUID:t\nDTSTART:20261130T090000Z\nDUE:20261130T100000Z\nEND:VTODO"), &new_york())
            .is_empty()
    );
}

#[test]
fn published_busy_times_count_but_not_free_ones() {
    let text = calendar(
        "BEGIN:VFREEBUSY\nUID:f\nFREEBUSY;FBTYPE=BUSY:20261130T090000Z/20261130T100000Z,20261130T100000Z/PT1H\n\
         FREEBUSY;FBTYPE=FREE:20261130T120000Z/PT1H\nFREEBUSY:20261130T150000Z/PT30M\nEND:VFREEBUSY",
    );
    assert_eq!(times(&text, &new_york()), ["11-30T09:00 11-30T11:00", "11-30T15:00 11-30T15:30"]);
}

/// Names of Windows, of old programs, and zones that only the file knows.
#[test]
fn zones_go_by_any_of_their_names_or_as_the_file_says() {
    let at = |zone: &str| event(&format!("DTSTART;TZID={zone}:20261130T090000\nDURATION:PT1H"));
    for zone in [
        "America/New_York",
        "Eastern Standard Time",
        "/mozilla.org/20050126_1/America/New_York",
        "\"(UTC-05:00) Eastern Time (US & Canada)\"",
    ] {
        assert_eq!(times(&at(zone), &new_york()), ["11-30T14:00 11-30T15:00"], "{zone}");
    }
    let own = "BEGIN:VTIMEZONE\nTZID:Customized Time Zone\n\
         BEGIN:STANDARD\nDTSTART:16010101T020000\nTZOFFSETFROM:-0400\nTZOFFSETTO:-0500\n\
         RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU\nEND:STANDARD\n\
         BEGIN:DAYLIGHT\nDTSTART:16010101T020000\nTZOFFSETFROM:-0500\nTZOFFSETTO:-0400\n\
         RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU\nEND:DAYLIGHT\nEND:VTIMEZONE\n";
    let text = calendar(&format!(
        "{own}BEGIN:VEVENT\nUID:1\nDTSTART;TZID=Customized Time Zone:20261030T090000\nDURATION:PT1H\n\
         RRULE:FREQ=DAILY;COUNT=4\nEND:VEVENT\n"
    ));
    let told =
        ["10-30T13:00 10-30T14:00", "10-31T13:00 10-31T14:00", "11-01T14:00 11-01T15:00", "11-02T14:00 11-02T15:00"];
    assert_eq!(times(&text, &new_york()), told);
    assert_eq!(doubts(&at("Mars/Olympus Mons")), ["unknown-time-zone"]);
}

#[test]
fn a_time_that_the_clock_skips_or_shows_twice_is_as_the_standard_says() {
    let zone = about("America/New_York", "2026-03-01", "2026-12-07");
    let at = |wall: &str| event(&format!("DTSTART;TZID=America/New_York:{wall}\nDURATION:PT30M"));
    assert_eq!(times(&at("20260308T023000"), &zone), ["03-08T07:30 03-08T08:00"]);
    assert_eq!(times(&at("20261101T013000"), &zone), ["11-01T05:30 11-01T06:00"]);
}

#[test]
fn what_can_not_be_read_with_certainty_is_left_out_and_told() {
    for (lines, code) in [
        ("DTEND:20261130T100000Z", "no-start"),
        ("DTSTART:tomorrow\nDURATION:PT1H", "invalid-time"),
        ("DTSTART:20261131T090000Z\nDURATION:PT1H", "invalid-time"),
        ("DTSTART:20261130T090000Z\nDTEND:20261130T080000Z", "invalid-time"),
        ("DTSTART:20261130T090000Z\nDURATION:-PT1H", "invalid-time"),
        ("DTSTART:20261130T090000Z\nDURATION:PT1H\nRRULE:FREQ=SECONDLY", "invalid-recurrence"),
        ("DTSTART:20261130T090000Z\nDURATION:PT1H\nRRULE:FREQ=SOMETIMES", "invalid-recurrence"),
        ("DTSTART:20261130T090000Z\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;BYMONTHDAY=99", "invalid-recurrence"),
        ("DTSTART:19000101T090000Z\nDURATION:PT1H\nRRULE:FREQ=HOURLY", "invalid-recurrence"),
    ] {
        assert_eq!(doubts(&event(lines)), [code], "{lines}");
    }
    let minutes = (0..60).map(|m| m.to_string()).collect::<Vec<_>>().join(",");
    let dense = format!("DTSTART:20261130T090000Z\nDURATION:PT1S\nRRULE:FREQ=YEARLY;BYHOUR=1,2,3;BYMINUTE={minutes}");
    assert_eq!(doubts(&event(&dense)), ["invalid-recurrence"]);
}

#[test]
fn what_is_no_calendar_or_not_all_of_one_is_refused() {
    let good = event("DTSTART:20261130T090000Z\nDURATION:PT1H");
    for (bytes, code) in [
        (b"".to_vec(), "no-calendar"),
        (b"<html>Sign in</html>".to_vec(), "no-calendar"),
        (b"BEGIN:VCARD\r\nEND:VCARD\r\n".to_vec(), "no-calendar"),
        (good.as_bytes()[..good.len() - 20].to_vec(), "cut-off"),
        (good.replace("UID:1", "SUMMARY:caf\u{e9}").chars().map(|c| c as u8).collect(), "wrong-encoding"),
        (good.encode_utf16().flat_map(u16::to_le_bytes).collect(), "no-calendar"),
        (vec![b'x'; BYTES + 1], "too-large"),
    ] {
        assert_eq!(refused(&bytes), code);
    }
    // A mark of the byte order, and lines that end as on Unix.
    let unix = format!("\u{feff}{}", good.replace("\r\n", "\n"));
    assert_eq!(times(&unix, &new_york()).len(), 1);
    assert_eq!(times(&calendar(""), &new_york()), [""; 0]);
}

#[test]
fn floods_end_soon_with_an_error() {
    let dates: String = (0..250_000)
        .map(|k| format!(",20{:02}{:02}{:02}T{:02}0000Z", 20 + k / 300_000, 1 + k % 12, 1 + k % 28, k % 24))
        .collect();
    let flood = event(&format!("DTSTART:20261130T090000Z\nDURATION:PT1H\nRDATE:20261130T090000Z{dates}"));
    // Many of them are the same times.
    let distinct = read(flood.as_bytes(), &new_york()).map_or_else(|e| e.code, |_| "read");
    assert!(["read", "too-many-times"].contains(&distinct), "{distinct}");
    let daily = "BEGIN:VEVENT\nUID:1\nDTSTART:19700101T000000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY\nEND:VEVENT\n";
    assert_eq!(refused(calendar(&daily.repeat(20)).as_bytes()), "too-many-times");
    let many = "BEGIN:VALARM\nEND:VALARM\n".repeat(COMPONENTS + 1);
    assert_eq!(refused(calendar(&many).as_bytes()), "too-many-events");
    // Nested as deep as it goes.
    let deep = format!("{}{}", "BEGIN:VEVENT\n".repeat(50_000), "END:VEVENT\n".repeat(50_000));
    assert!(read(calendar(&deep).as_bytes(), &new_york()).is_ok());
    // One line of a megabyte, folded and not.
    let long = event(&format!("DTSTART:20261130T090000Z\nDURATION:PT1H\nDESCRIPTION:{}", "x".repeat(1 << 20)));
    assert_eq!(times(&long, &new_york()).len(), 1);
}

#[test]
fn spans_that_touch_are_one_and_none_is_outside_of_the_window() {
    assert_eq!(merged(vec![(5, 9), (1, 3), (3, 4), (8, 20), (30, 40), (7, 7)], (2, 15)), [(2, 4), (5, 15)]);
}

/// Any single date and time in any zone, against what `chrono-tz` says.
fn moment() -> impl Strategy<Value = (i64, usize)> {
    (0..600_000i64, 0..4usize)
}

const ZONES: [&str; 4] = ["America/New_York", "Europe/London", "Australia/Lord_Howe", "Asia/Kathmandu"];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_single_event_is_at_the_instant_that_its_zone_says((minutes, zone) in moment(), length in 1..3000i64) {
        let tz: Tz = ZONES[zone].parse().unwrap();
        let start = DateTime::from_timestamp(1_767_225_600 + minutes * 60, 0).unwrap();
        let wall = |at: DateTime<Utc>| at.with_timezone(&tz).naive_local();
        let text = event(&format!(
            "DTSTART;TZID={}:{}\nDURATION:PT{length}M", ZONES[zone], wall(start).format("%Y%m%dT%H%M%S")
        ));
        let window = about("UTC", "2025-12-01", "2027-12-01");
        let busy = read(text.as_bytes(), &window).unwrap();
        let first = chrono::TimeZone::from_local_datetime(&tz, &wall(start)).earliest().unwrap().timestamp();
        prop_assert_eq!(busy.spans, vec![(first, first + length * 60)]);
    }

    /// Whatever the bytes: an answer, in time.
    #[test]
    fn mangled_calendars_are_read_or_refused(at in proptest::collection::vec((0..4000usize, any::<u8>(), 0..4u8), 1..8)) {
        let mut bytes = include_bytes!("../../../fixtures/calendars/outlook.ics").to_vec();
        for (at, byte, what) in at {
            let at = at % bytes.len();
            match what {
                0 => bytes[at] = byte,
                1 => drop(bytes.remove(at)),
                2 => bytes.insert(at, b";:,=\"\r\nT0"[usize::from(byte) % 9]),
                _ => { let piece = bytes[at..(at + 40).min(bytes.len())].to_vec(); bytes.splice(at..at, piece); }
            }
        }
        match read(&bytes, &new_york()) {
            Ok(busy) => prop_assert!(busy.spans.windows(2).all(|w| w[0].1 < w[1].0)),
            Err(unreadable) => prop_assert!(!unreadable.detail.is_empty()),
        }
    }
}
