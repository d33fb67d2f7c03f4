//! Use by hour as a table that is its own picture: days beside hours, the darker the fuller.

use std::{collections::BTreeSet, fmt::Write};

use careweave_solver::scenario::Use;

/// The table of one kind of resource.
pub fn table(what: &str, used: &Use) -> String {
    let dates: BTreeSet<&str> = used.by_hour.iter().map(|h| &*h.date).collect();
    let hours: BTreeSet<i32> = used.by_hour.iter().map(|h| h.hour).collect();
    let caption =
        format!("{what}: {:.1} % of {} hours in use", used.share * 100.0, (used.open_minutes as f64 / 60.0).round());
    let mut page = format!(
        "<div class=\"wide\" tabindex=\"0\" role=\"group\" aria-label=\"{caption}\"><table class=\"heat\">\n\
         <caption>{caption}</caption>\n<thead><tr><th scope=\"col\">From</th>"
    );
    for date in &dates {
        let day = date.parse::<chrono::NaiveDate>().map_or((*date).to_owned(), |d| d.format("%a %-d").to_string());
        let _ = write!(page, "<th scope=\"col\">{day}</th>");
    }
    page.push_str("</tr></thead>\n<tbody>\n");
    for hour in hours {
        let _ = write!(page, "<tr><th scope=\"row\">{hour:02}:00</th>");
        for date in &dates {
            match used.by_hour.iter().find(|h| h.hour == hour && h.date == **date) {
                Some(h) => {
                    let (background, text) = colours(h.share);
                    let percent = (h.share * 100.0).round();
                    let _ = write!(page, "<td style=\"background:{background};color:{text}\">{percent} %</td>");
                }
                None => page.push_str("<td class=\"none\"><span aria-label=\"not open\">–</span></td>"),
            }
        }
        page.push_str("</tr>\n");
    }
    page.push_str("</tbody></table></div>\n");
    page
}

/// From white to dark blue, and a text that stands out on it.
fn colours(share: f64) -> (String, &'static str) {
    let share = share.clamp(0.0, 1.0);
    let mix = |white: f64, full: f64| (white + (full - white) * share).round() as u8;
    let background = format!("#{:02x}{:02x}{:02x}", mix(255.0, 8.0), mix(255.0, 48.0), mix(255.0, 107.0));
    (background, if share > 0.5 { "#fff" } else { "#1a1a1a" })
}
