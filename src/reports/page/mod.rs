//! What the pages of reports are made of: nothing is loaded, every chart has its table, and they print.

mod bars;
mod points;

use std::fmt::Write;

pub use self::{
    bars::{Bar, Colour, figure as bars},
    points::{Axes, Point, figure as points},
};

const STYLE: &str = include_str!("style.css");

/// The beginning of a page, up to its heading.
pub fn head(title: &str) -> String {
    let title = escaped(title);
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n"
    )
}

/// The end of a page.
pub const FOOT: &str = "</main>\n</body>\n</html>\n";

/// A table whose first column heads its rows.
pub fn table(page: &mut String, caption: &str, heading: &[&str], rows: impl Iterator<Item = Vec<String>>) {
    let _ = writeln!(page, "<div class=\"wide\" tabindex=\"0\" role=\"group\" aria-label=\"{caption}\"><table>");
    let _ = writeln!(page, "<caption>{caption}</caption>\n<thead><tr>");
    for name in heading {
        let _ = write!(page, "<th scope=\"col\">{name}</th>");
    }
    page.push_str("</tr></thead>\n<tbody>\n");
    for row in rows {
        page.push_str("<tr>");
        for (k, cell) in row.iter().enumerate() {
            let cell = escaped(cell);
            let _ = match k {
                0 => write!(page, "<th scope=\"row\">{cell}</th>"),
                _ => write!(page, "<td>{cell}</td>"),
            };
        }
        page.push_str("</tr>\n");
    }
    page.push_str("</tbody></table></div>\n");
}

/// A text as the page may hold it.
pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
