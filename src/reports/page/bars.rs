//! Bars side by side, with a name each, as a drawing inside the page; its numbers stand in a table of the page.

use std::fmt::Display;

use plotters::prelude::*;

use super::escaped;
use crate::failure::Failure;

const WIDTH: u32 = 900;
/// Height of a bar with its gap.
const BAR: u32 = 34;
/// Letters of a name that fit beside a bar.
const LETTERS: usize = 34;

/// A bar from one value to another, with a name.
pub struct Bar {
    pub name: String,
    pub from: f64,
    pub to: f64,
}

/// How bars are coloured.
#[derive(Debug, Clone, Copy)]
pub enum Colour {
    /// For amounts.
    Dark,
    /// For intervals.
    Pale,
}

impl Colour {
    fn rgb(self) -> RGBColor {
        match self {
            Colour::Dark => RGBColor(8, 48, 107),
            Colour::Pale => RGBColor(158, 188, 218),
        }
    }
}

/// A bar in words.
fn words(bar: &Bar) -> String {
    if bar.from == 0.0 { format!("{:.0}", bar.to) } else { format!("{:.0} to {:.0}", bar.from, bar.to) }
}

/// A figure of bars on one scale from 0 to `most`, told in words to who cannot see it.
pub fn figure(title: &str, bars: &[Bar], most: f64, colour: Colour) -> Result<String, Failure> {
    let drawing = draw(bars, most.max(1e-9), colour.rgb()).map_err(|e| Failure::Internal(format!("No chart: {e}.")))?;
    let told: Vec<String> = bars.iter().map(|b| format!("{}: {}", escaped(&b.name), words(b))).collect();
    let drawing =
        drawing.replacen("<svg ", &format!("<svg role=\"img\" aria-label=\"{title}. {}\" ", told.join("; ")), 1);
    Ok(format!(
        "<section>\n<h2>{title}</h2>\n<figure>\n{drawing}\n<figcaption>The numbers stand in a table of this page.</figcaption>\n</figure>\n</section>\n"
    ))
}

fn draw(bars: &[Bar], most: f64, colour: RGBColor) -> Result<String, impl Display + use<>> {
    let mut drawing = String::new();
    let drawn = draw_into(&mut drawing, bars, most, colour).map_err(|e| e.to_string());
    drawn.map(|()| drawing)
}

fn draw_into(
    drawing: &mut String,
    bars: &[Bar],
    most: f64,
    colour: RGBColor,
) -> Result<(), Box<dyn std::error::Error>> {
    let height = BAR * bars.len() as u32 + 50;
    let area = SVGBackend::with_string(drawing, (WIDTH, height)).into_drawing_area();
    area.fill(&WHITE)?;
    let rows = bars.len() as f64;
    let mut chart = ChartBuilder::on(&area)
        .margin(8)
        .margin_right(40)
        .set_label_area_size(LabelAreaPosition::Left, 270)
        .set_label_area_size(LabelAreaPosition::Bottom, 30)
        .build_cartesian_2d(0.0..most, rows..0.0)?;
    chart
        .configure_mesh()
        .disable_y_mesh()
        .disable_y_axis()
        .light_line_style(WHITE)
        .x_label_formatter(&|x| format!("{x:.0}"))
        .label_style(("sans-serif", 14))
        .draw()?;
    for (k, bar) in bars.iter().enumerate() {
        let (top, bottom) = (k as f64 + 0.2, k as f64 + 0.8);
        chart.draw_series(std::iter::once(Rectangle::new([(bar.from, top), (bar.to, bottom)], colour.filled())))?;
    }
    // Names are written where the axis has its labels, at the middle of their bars.
    let bottom = (height - 38 - 8) as f64;
    for (k, bar) in bars.iter().enumerate() {
        let y = 8.0 + (k as f64 + 0.5) * (bottom - 8.0) / rows - 8.0;
        let name: String = match bar.name.char_indices().nth(LETTERS) {
            Some((end, _)) => format!("{}…", &bar.name[..end]),
            None => bar.name.clone(),
        };
        area.draw(&Text::new(name, (10, y as i32), ("sans-serif", 14).into_font()))?;
    }
    area.present()?;
    Ok(())
}
