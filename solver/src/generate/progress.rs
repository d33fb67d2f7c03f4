//! A week in progress: its calendar as it stands on Wednesday, who came so far, and what has changed since.

use std::{collections::BTreeMap, str::FromStr, sync::Arc};

use chrono::Duration;
use chrono_tz::Tz;

use super::{Dice, id};
use crate::{
    instance::{Axis, Instance, Zone},
    problem::{Attendance, GivenSession, Id, Instant, Minutes, Problem, Stamp, Status, Window},
    search::contradictions,
};

/// The third day of the week `problem`, at noon of its first site, with `sessions` as its calendar: what has started is
/// frozen with its attendance, some of the rest is pinned, a clinician is ill from now on, somebody has left, somebody
/// is new, and last week's calendar was much like this one.
pub fn in_progress(problem: &Problem, sessions: &[GivenSession], seed: u64) -> Problem {
    let mut dice = Dice::new(seed, "progress");
    let mut week = problem.clone();
    let noon = noon(problem, 2);
    let now = Instant(noon);
    week.freeze_until = Some(now);

    // Whoever has the most to do after noon is the one whose illness is felt.
    let mut load: BTreeMap<&str, usize> = BTreeMap::new();
    for c in sessions.iter().filter(|s| s.start >= now).flat_map(|s| &s.clinicians) {
        *load.entry(c).or_default() += 1;
    }
    let ill = load.into_iter().max_by_key(|(_, n)| *n).map(|(c, _)| c);
    if let Some(c) = week.clinicians.iter_mut().find(|c| Some(&*c.id) == ill) {
        let end = noon + Duration::days(3);
        c.away.push(Window::dated(Stamp::Fixed(noon), Stamp::Fixed(end)));
    }

    week.previous = sessions
        .iter()
        .map(|session| {
            let frozen = session.start < now;
            let by_the_ill = session.clinicians.iter().any(|c| Some(c.as_str()) == ill);
            let attendance = frozen.then(|| attendance(session, &mut dice));
            GivenSession { attendance, pinned: !frozen && !by_the_ill && dice.percent(15), ..session.clone() }
        })
        .collect();
    week.reference = sessions.iter().filter_map(|session| a_week_earlier(session, &mut dice)).collect();
    come_and_go(&mut week, &mut dice);
    let_go(&mut week);
    week
}

/// Takes the pins off what can't stay as it was, now that the week has changed around it.
fn let_go(week: &mut Problem) {
    loop {
        let broken = contradictions(&Instance::new(Arc::new(week.clone())));
        let stuck = |session: &GivenSession| broken.iter().any(|v| v.sessions.contains(&session.id));
        let mut freed = false;
        for session in week.previous.iter_mut().filter(|s| s.pinned && stuck(s)) {
            session.pinned = false;
            freed = true;
        }
        if !freed {
            return;
        }
    }
}

/// Noon of a day of the horizon at the first site.
fn noon(problem: &Problem, day: i64) -> chrono::DateTime<chrono::FixedOffset> {
    let axis = Axis { first: problem.week_start.0 };
    let name = problem.sites.first().map_or("UTC", |s| s.time_zone.as_str());
    let zone = Zone::new(Tz::from_str(name).unwrap_or(Tz::UTC), axis);
    axis.instant(axis.local(&zone, day, 12 * 60), &zone).0
}

/// Most came; some late, some not.
fn attendance(session: &GivenSession, dice: &mut Dice) -> BTreeMap<Id, Attendance> {
    let minutes = session.end.map_or(0, |end| (end.0 - session.start.0).num_minutes().max(0)) as usize;
    let one = |dice: &mut Dice| match dice.below(100) {
        0..8 => Attendance { status: Status::NoShow, minutes: None },
        8..13 => Attendance { status: Status::Cancelled, minutes: None },
        13..20 => Attendance { status: Status::Late, minutes: Some(Minutes(dice.below(minutes + 1) as u32)) },
        _ => Attendance { status: Status::Attended, minutes: None },
    };
    session.participants.iter().filter_map(|p| Some((p.parse().ok()?, one(dice)))).collect()
}

/// The same a week ago; some of it half an hour later than now, some of it not there yet.
fn a_week_earlier(session: &GivenSession, dice: &mut Dice) -> Option<GivenSession> {
    let by = Duration::days(7) - Duration::minutes(if dice.percent(25) { 30 } else { 0 });
    let earlier = |at: Instant| Instant(at.0 - by);
    let start = earlier(session.start);
    dice.percent(85).then(|| GivenSession { start, end: session.end.map(earlier), pinned: false, ..session.clone() })
}

/// The last participant leaves; somebody like the first arrives.
fn come_and_go(week: &mut Problem, dice: &mut Dice) {
    let leaves = week.participants.len() > 3 && dice.percent(50);
    if let Some(gone) = leaves.then(|| week.participants.pop()).flatten() {
        for p in &mut week.participants {
            p.apart_from.retain(|other| *other != gone.id);
        }
        for g in &mut week.groups {
            g.members.retain(|m| *m != gone.id);
        }
    }
    if let (true, Some(first)) = (dice.percent(50), week.participants.first()) {
        let mut new = first.clone();
        new.id = id(format!("{}-new", first.id));
        for f in &mut new.family {
            f.id = id(format!("{}-new", f.id));
        }
        for o in &mut new.orders {
            o.id = id(format!("{}-new", o.id));
            o.family = o.family.iter().map(|f| id(format!("{f}-new"))).collect();
        }
        week.participants.push(new);
    }
}
