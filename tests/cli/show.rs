//! `show`: the week as a table.

use super::{Desk, careweave, text};

#[test]
fn the_week_is_a_table_of_at_most_100_columns_without_colours() {
    let desk = Desk::new();
    let shown = careweave(["show", &desk.calendar]).assert().success();
    let page = text(&shown.get_output().stdout);
    for word in
        ["Mon 30 Nov", "circle", "hall", "ana", "p1", "Not fully met: 1 order, 2 sessions missing", "Objective "]
    {
        assert!(page.contains(word), "{word} is not in\n{page}");
    }
    assert!(page.lines().all(|l| l.chars().count() <= 100), "{page}");
    assert!(!page.contains('\u{1b}'));
}

#[test]
fn a_part_has_only_its_own_sessions() {
    let desk = Desk::new();
    for (flag, id, absent) in
        [("--room", "office", "circle"), ("--participant", "p3", "circle"), ("--site", "oak", "Mon")]
    {
        let shown = careweave(["show", &desk.calendar, flag, id]).assert().success();
        let page = text(&shown.get_output().stdout);
        assert!(!page.contains(absent), "{page}");
    }
}

#[test]
fn what_could_steer_the_terminal_is_not_passed_on() {
    let desk = Desk::new();
    let mut calendar = desk.calendar();
    calendar["sessions"][0]["participants"][0] = "\u{1b}[2J".into();
    let shown = careweave(["show", &desk.put("odd.json", &calendar)]).assert().success();
    assert!(!text(&shown.get_output().stdout).contains('\u{1b}'));
}
