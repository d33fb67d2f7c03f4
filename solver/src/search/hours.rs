//! The hours in which groups may meet, and which groups of a site share some.

use std::collections::BTreeMap;

use crate::instance::{GroupIx, Instance, Placements, SiteIx, Span};

/// For each group, on each of its site's days, from the first start to the end of the last, documentation included.
pub fn of_groups(instance: &Instance, places: &Placements) -> Vec<Vec<Span>> {
    let hours = |g: GroupIx| {
        let group = &instance.groups[g.i()];
        let service = &instance.services[group.service.i()];
        let grid = &places.grids[places.groups[g.i()].grid].starts;
        let mut days: BTreeMap<i32, Span> = BTreeMap::new();
        for k in places.groups[g.i()].starts.iter() {
            let span = Span::new(grid[k], grid[k] + service.minutes + service.documentation);
            let day = days.entry(instance.site_day(group.site, grid[k])).or_insert(span);
            *day = Span::new(day.start.min(span.start), day.end.max(span.end));
        }
        days.into_values().collect()
    };
    GroupIx::all(instance.groups.len()).map(hours).collect()
}

/// For each group, the groups of its site that have hours in common with it, itself among them.
pub fn blocks(instance: &Instance, hours: &[Vec<Span>], site_groups: &[Vec<GroupIx>]) -> Vec<Vec<GroupIx>> {
    let shared = |a: GroupIx, b: GroupIx| hours[a.i()].iter().any(|x| hours[b.i()].iter().any(|y| x.overlaps(*y)));
    let of_site = |site: SiteIx| site_groups[site.i()].iter().copied();
    let block = |g: GroupIx| of_site(instance.groups[g.i()].site).filter(|x| shared(g, *x)).collect();
    GroupIx::all(instance.groups.len()).map(block).collect()
}
