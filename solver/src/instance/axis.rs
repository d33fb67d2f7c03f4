//! The UTC minute axis of a week, and how wall-clock time of a zone lies on it.

use chrono::{DateTime, Days, Duration, LocalResult, NaiveDate, NaiveDateTime, Offset, TimeZone, Timelike, Utc};
use chrono_tz::Tz;

use super::spans::{FAR, Minute, Span, Spans};
use crate::problem::{Clock, Instant, Stamp, Weekday, Window};

/// Minutes of a day of the axis.
pub const DAY: Minute = 1440;

/// How far around the week offsets are tabulated: sessions brought in may lie up to 60 days away.
const REACH: Minute = 75 * DAY;

/// The axis: minute 0 is `week_start` 00:00 UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Axis {
    /// First local day of the horizon.
    pub first: NaiveDate,
}

impl Axis {
    fn origin(self) -> NaiveDateTime {
        self.first.and_time(chrono::NaiveTime::MIN)
    }

    /// Which day of the horizon, 0 to 6, bears this weekday.
    pub fn day_named(self, name: Weekday) -> i32 {
        use chrono::Datelike;
        (name as i32 - self.first.weekday().num_days_from_monday() as i32).rem_euclid(7)
    }

    /// The minute of an instant, rounded down; clamped to [`FAR`].
    pub fn floor(self, at: Instant) -> Minute {
        let seconds = (at.0.with_timezone(&Utc).naive_utc() - self.origin()).num_seconds();
        seconds.div_euclid(60).clamp(-i64::from(FAR), i64::from(FAR)) as Minute
    }

    /// The first minute not before an instant; clamped to [`FAR`].
    pub fn ceil(self, at: Instant) -> Minute {
        let seconds = (at.0.with_timezone(&Utc).naive_utc() - self.origin()).num_milliseconds();
        (-(-seconds).div_euclid(60_000)).clamp(-i64::from(FAR), i64::from(FAR)) as Minute
    }

    /// The minute of the local wall time `clock` minutes past midnight of horizon day `day`. A wall time skipped by
    /// DST is the first instant after the gap, an ambiguous one the earlier.
    pub fn local(self, zone: &Zone, day: i64, clock: i64) -> Minute {
        let Some(wall) = self.origin().checked_add_signed(Duration::minutes(day * i64::from(DAY) + clock)) else {
            return if day < 0 { -FAR } else { FAR };
        };
        let utc = match zone.tz.from_local_datetime(&wall) {
            LocalResult::Single(t) | LocalResult::Ambiguous(t, _) => t.naive_utc(),
            LocalResult::None => after_gap(zone.tz, wall),
        };
        ((utc - self.origin()).num_minutes()).clamp(-i64::from(FAR), i64::from(FAR)) as Minute
    }

    /// The intervals of `windows`, read in `zone`.
    pub fn windows(self, windows: &[Window], zone: &Zone) -> Spans {
        let mut spans = Vec::new();
        for w in windows {
            if let (Some(days), Some(start), Some(end)) = (&w.days, w.start, w.end) {
                spans.extend(days.iter().map(|&d| self.weekly(zone, d, start, end)));
            } else if let (Some(from), Some(to)) = (w.from, w.to) {
                spans.push(Span::new(self.stamp(from, zone), self.stamp(to, zone)));
            }
        }
        Spans::merged(spans)
    }

    /// The interval between two times of the day that bears a weekday.
    pub fn weekly(self, zone: &Zone, day: Weekday, start: Clock, end: Clock) -> Span {
        let day = i64::from(self.day_named(day));
        Span::new(self.local(zone, day, start.0.into()), self.local(zone, day, end.0.into()))
    }

    /// The minute of a time as it is written: with an offset, or wall time of `zone`.
    pub fn stamp(self, stamp: Stamp, zone: &Zone) -> Minute {
        match stamp {
            Stamp::Fixed(t) => self.floor(Instant(t)),
            Stamp::Local(t) => {
                let day = (t.date() - self.first).num_days();
                self.local(zone, day, i64::from(t.hour() * 60 + t.minute()))
            }
        }
    }

    /// The instant of a minute, as wall time of `zone` with its offset.
    pub fn instant(self, minute: Minute, zone: &Zone) -> Instant {
        let utc = self.origin() + Duration::minutes(minute.into());
        let local: DateTime<Tz> = zone.tz.from_utc_datetime(&utc);
        Instant(local.fixed_offset())
    }

    /// The date of a day of the horizon.
    pub fn date(self, day: i32) -> NaiveDate {
        if day >= 0 {
            self.first + Days::new(day as u64)
        } else {
            self.first - Days::new(u64::from(day.unsigned_abs()))
        }
    }
}

/// The first instant whose wall time is not before `wall`, which lies in a gap.
fn after_gap(tz: Tz, wall: NaiveDateTime) -> NaiveDateTime {
    let offset = |t: NaiveDateTime| i64::from(tz.offset_from_utc_datetime(&t).fix().local_minus_utc());
    let before = offset(wall - Duration::seconds(offset(wall)) - Duration::hours(26));
    let inside = wall - Duration::seconds(before); // read with the old offset: after the change
    let after = offset(inside);
    let (mut low, mut high) = (inside - Duration::hours(26), inside);
    while high - low > Duration::minutes(1) {
        let half = (high - low).num_minutes() / 2;
        let middle = low + Duration::minutes(half);
        if offset(middle) == after { high = middle } else { low = middle }
    }
    high
}

/// A time zone with its offsets around the week in a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zone {
    /// The zone.
    pub tz: Tz,
    /// From which minute on which offset holds, in order.
    steps: Vec<(Minute, Minute)>,
}

impl Zone {
    /// The zone `tz` around the week of `axis`.
    pub fn new(tz: Tz, axis: Axis) -> Self {
        let offset = |minute: Minute| {
            let t = axis.origin() + Duration::minutes(minute.into());
            tz.offset_from_utc_datetime(&t).fix().local_minus_utc().div_euclid(60)
        };
        let mut steps = vec![(-REACH, offset(-REACH))];
        for hour in (-REACH..REACH).step_by(60) {
            if offset(hour) != offset(hour + 60) {
                let change = (hour + 1..=hour + 60).find(|&m| offset(m) != offset(hour)).unwrap_or(hour + 60);
                steps.push((change, offset(change)));
            }
        }
        Zone { tz, steps }
    }

    /// Wall time of a minute, in minutes since local midnight of `week_start`.
    pub fn wall(&self, minute: Minute) -> Minute {
        let k = self.steps.iter().rposition(|s| s.0 <= minute).unwrap_or(0);
        minute + self.steps[k].1
    }

    /// Local date of a minute as a day of the horizon (0 = `week_start`).
    pub fn day(&self, minute: Minute) -> i32 {
        self.wall(minute).div_euclid(DAY)
    }

    /// Local time of day of a minute, 0 to 1439.
    pub fn clock(&self, minute: Minute) -> Minute {
        self.wall(minute).rem_euclid(DAY)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn axis(date: &str) -> Axis {
        Axis { first: date.parse().unwrap() }
    }

    #[test]
    fn a_wall_time_skipped_by_dst_is_the_first_instant_after_the_gap() {
        for (tz, date, day, clock, utc) in [
            ("America/New_York", "2026-03-02", 6, 150, 6 * DAY + 7 * 60),
            ("Europe/London", "2026-03-23", 6, 90, 6 * DAY + 60),
            ("Australia/Sydney", "2026-09-28", 6, 150, 5 * DAY + 16 * 60),
            ("Australia/Lord_Howe", "2026-09-28", 6, 135, 5 * DAY + 15 * 60 + 30),
        ] {
            let axis = axis(date);
            let zone = Zone::new(tz.parse().unwrap(), axis);
            assert_eq!(axis.local(&zone, day, clock), utc, "{tz}");
        }
    }

    #[test]
    fn an_ambiguous_wall_time_is_the_earlier() {
        let axis = axis("2026-10-26");
        let zone = Zone::new("America/New_York".parse().unwrap(), axis);
        assert_eq!(axis.local(&zone, 6, 90), 6 * DAY + 90 + 4 * 60);
        assert_eq!(zone.clock(axis.local(&zone, 6, 90)), 90);
    }

    #[test]
    fn kathmandu_is_five_hours_and_three_quarters_ahead() {
        let axis = axis("2026-11-30");
        let zone = Zone::new("Asia/Kathmandu".parse().unwrap(), axis);
        assert_eq!(axis.local(&zone, 0, 9 * 60), 9 * 60 - 345);
        assert_eq!(axis.instant(9 * 60 - 345, &zone).to_string(), "2026-11-30T09:00:00+05:45");
    }

    #[test]
    fn weekdays_name_dates_of_the_horizon() {
        let axis = axis("2026-12-02"); // a Wednesday
        assert_eq!(axis.day_named(Weekday::Wed), 0);
        assert_eq!(axis.day_named(Weekday::Mon), 5);
    }
}
