//! Chains of groups with fixed rosters: what they leave breaks no rule and costs what it says, and they fill a timetable in
//! which no room may be empty in any hour.

use super::*;
use crate::{
    generate::{Draw, generate},
    instance::{Instance, Placements},
    problem::{Faults, Problem, Roster},
    search::{
        Stop, Unwatched,
        groups::Starts,
        individuals::Taste,
        solve,
        tables::Tables,
        tests::{by_rounds, instance, judged},
    },
};

/// A drawn week whose closed groups have members, each of whom belongs to at most two.
fn with_rosters(seed: u64) -> Problem {
    let mut problem = generate(&Draw::small(seed));
    let drawn = instance(problem.clone());
    let places = Placements::new(&drawn);
    let mut belongs = vec![Vec::new(); drawn.participants.len()];
    for (k, group) in problem.groups.iter_mut().enumerate().filter(|(_, g)| g.roster == Roster::Closed) {
        let data = &drawn.groups[k];
        let may = places.groups[k].eligible.iter().map(|e| e.participant);
        let mut free = may.filter(|p| belongs[p.i()].len() < 2 && !belongs[p.i()].contains(&data.service));
        let roster: Vec<_> = free.by_ref().take(data.min.max(1)).collect();
        if roster.len() == data.min.max(1) {
            roster.iter().for_each(|p| belongs[p.i()].push(data.service));
            group.members = roster.iter().map(|p| drawn.problem.participants[p.i()].id.clone()).collect();
        }
    }
    problem
}

#[test]
fn chains_break_no_rule_and_cost_what_they_say_beside_single_sessions_and_open_groups() {
    let (mut chains, mut fuller) = (0, 0);
    for seed in 0..10 {
        let instance = instance(with_rosters(seed));
        let (places, stop) = (Placements::new(&instance), Stop::default());
        let tables = Tables::new(&instance, &places, &stop);
        let rosters: Vec<GroupIx> =
            GroupIx::all(instance.groups.len()).filter(|g| tables.rosters[g.i()].is_some()).collect();
        let mut chance = Chance::new(seed, 0);
        let mut state = State::new(&tables);
        state.construct(&mut chance, &|| false);
        for k in 0..20 {
            for _ in 0..2 {
                chance.pick(&rosters).iter().for_each(|g| state.close_group(**g));
            }
            // The hours that the closed ones had are given away, so that something is in the way.
            state.fill_up(&mut chance);
            state.commit();
            let before = state.cost;
            let Some(rebuild) = Displace.ruin(&mut state, &mut chance) else { continue };
            chains += 1;
            judged(&state, &format!("seed {seed}, chain {k}, before it is built again"));
            state.rebuild(rebuild, Starts::Grid, 2, Taste::EXACT, &mut chance);
            assert_eq!(state.cost, judged(&state, "built again"), "seed {seed}, chain {k}");
            fuller += usize::from(state.cost < before);
            if k % 2 == 0 {
                state.rollback();
                assert_eq!(state.cost, before, "undone: seed {seed}, chain {k}");
            }
            state.commit();
        }
    }
    assert!(chains > 60 && fuller > 10, "{chains} chains, {fuller} of them brought something");
}

/// As many events as rooms have hours, each with a fixed roster; students' weeks drawn so that all of it fits.
fn timetable(seed: u64, hours: usize, rooms: usize) -> Problem {
    let mut chance = Chance::new(seed, 9);
    let (events, students) = (hours * rooms, 40);
    let mut hour_of: Vec<usize> = (0..events).map(|e| e / rooms).collect();
    chance.shuffle(&mut hour_of);
    let attends: Vec<Vec<usize>> = (0..students)
        .map(|_| {
            let of_hour = |h: usize| (0..events).filter(|e| hour_of[*e] == h).collect::<Vec<_>>();
            (0..hours).filter(|_| chance.chance(0.6)).map(of_hour).collect::<Vec<_>>()
        })
        .map(|hours| hours.iter().enumerate().map(|(k, of)| of[(seed as usize + k * 7 + of[0]) % of.len()]).collect())
        .collect();
    let members = |e: usize| (0..students).filter(|s| attends[*s].contains(&e)).map(|s| format!("s{s}")).collect();
    let members: Vec<Vec<String>> = (0..events).map(members).collect();
    let used: Vec<usize> = (0..events).filter(|e| !members[*e].is_empty()).collect();
    let week = serde_json::json!([{"days": ["mon"], "start": "08:00", "end": format!("{:02}:00", 8 + hours)}]);
    let json = serde_json::json!({
        "version": 1, "week_start": "2026-11-30", "grid_minutes": 60,
        "sites": [{"id": "campus", "name": "Campus", "time_zone": "UTC", "jurisdiction": "XX", "hours": week}],
        "travel": {"default_minutes": 0, "pairs": []},
        "rooms": (0..rooms).map(|r| serde_json::json!({"id": format!("r{r}"), "site": "campus", "capacity": 50})).collect::<Vec<_>>(),
        "services": used.iter().map(|e| serde_json::json!({
            "id": format!("v{e}"), "name": format!("Event {e}"), "kind": "group_therapy", "minutes": 60,
            "documentation_minutes": 0, "start_every": 60, "clinicians": 1, "modalities": ["in_person"],
            "group": {"min": members[*e].len(), "max": members[*e].len(), "participants_per_clinician": 50},
        })).collect::<Vec<_>>(),
        "clinicians": (0..rooms).map(|c| serde_json::json!({
            "id": format!("c{c}"), "name": format!("Clinician {c}"), "home_site": "campus", "licensed_in": ["XX"],
            "languages": ["en"], "shifts": [{"days": ["mon"], "start": "08:00", "end": format!("{:02}:00", 8 + hours), "sites": ["campus"], "telehealth": false}],
        })).collect::<Vec<_>>(),
        "groups": used.iter().map(|e| serde_json::json!({
            "id": format!("e{e}"), "name": format!("Event {e}"), "service": format!("v{e}"), "site": "campus",
            "modality": "in_person", "meetings": 1, "roster": "closed", "members": members[*e],
        })).collect::<Vec<_>>(),
        "participants": (0..students).map(|s| serde_json::json!({
            "id": format!("s{s}"), "home_site": "campus", "plan": {"level_of_care": "1"},
            "orders": attends[s].iter().map(|e| serde_json::json!({"id": format!("s{s}.{e}"), "service": format!("v{e}"), "sessions": 1})).collect::<Vec<_>>(),
        })).collect::<Vec<_>>(),
        "weights": {"unmet_minute": 1, "wait_minute": 0, "attended_day": 0, "held_meeting": 0},
    });
    deserr::deserialize::<Problem, _, Faults>(json).expect("a timetable")
}

#[test]
fn a_timetable_without_an_empty_room_is_filled() {
    for seed in 0..4 {
        let instance: std::sync::Arc<Instance> = instance(timetable(seed, 10, 4));
        let calendar = solve(&instance, &by_rounds(10), &Unwatched, &Stop::default()).unwrap();
        assert_eq!(calendar.objective, 0, "seed {seed}: {} sessions", calendar.sessions.len());
    }
}
