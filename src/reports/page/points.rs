//! Points in a plane, some of them joined by a line, as a drawing inside the page; each has a number that stands in its table.

use plotters::prelude::*;

use super::escaped;
use crate::failure::Failure;

const SIZE: (u32, u32) = (900, 420);
const LINE: RGBColor = RGBColor(8, 48, 107);
const OTHER: RGBColor = RGBColor(140, 80, 0);

/// A point.
pub struct Point {
    /// What it is, for who cannot see it.
    pub name: String,
    pub x: f64,
    pub y: f64,
    /// Whether the line goes through it.
    pub on_line: bool,
}

/// What the axes are.
pub struct Axes {
    pub x: &'static str,
    pub y: &'static str,
}

/// A figure of points, numbered from 1, told in words to who cannot see it.
pub fn figure(title: &str, axes: &Axes, points: &[Point]) -> Result<String, Failure> {
    let mut drawing = String::new();
    draw(&mut drawing, axes, points).map_err(|e| Failure::Internal(format!("No chart: {e}.")))?;
    let told: Vec<String> = points
        .iter()
        .enumerate()
        .map(|(k, p)| format!("{}. {}: {:.0}, {:.1}", k + 1, escaped(&p.name), p.x, p.y))
        .collect();
    let label = format!("{title}. {} and {}. {}", axes.x, axes.y, told.join("; "));
    let drawing = drawing.replacen("<svg ", &format!("<svg role=\"img\" aria-label=\"{label}\" "), 1);
    Ok(format!(
        "<figure>\n{drawing}\n<figcaption>The numbers of the points stand in the table.</figcaption>\n</figure>\n"
    ))
}

/// From the least to the greatest, with a margin.
fn range(values: impl Iterator<Item = f64> + Clone) -> std::ops::Range<f64> {
    let (least, most) = (values.clone().fold(f64::MAX, f64::min), values.fold(f64::MIN, f64::max));
    let margin = ((most - least) * 0.1).max(most.abs() * 0.01).max(0.5);
    least - margin..most + margin
}

fn draw(drawing: &mut String, axes: &Axes, points: &[Point]) -> Result<(), Box<dyn std::error::Error>> {
    let area = SVGBackend::with_string(drawing, SIZE).into_drawing_area();
    area.fill(&WHITE)?;
    let mut chart = ChartBuilder::on(&area)
        .margin(12)
        .set_label_area_size(LabelAreaPosition::Left, 64)
        .set_label_area_size(LabelAreaPosition::Bottom, 48)
        .build_cartesian_2d(range(points.iter().map(|p| p.x)), range(points.iter().map(|p| p.y)))?;
    chart
        .configure_mesh()
        .light_line_style(WHITE)
        .x_desc(axes.x)
        .y_desc(axes.y)
        .x_label_formatter(&|x| format!("{x:.0}"))
        .y_label_formatter(&|y| format!("{y:.0}"))
        .label_style(("sans-serif", 14))
        .draw()?;
    let mut line: Vec<(f64, f64)> = points.iter().filter(|p| p.on_line).map(|p| (p.x, p.y)).collect();
    line.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
    chart.draw_series(LineSeries::new(line, LINE.stroke_width(2)))?;
    for (k, point) in points.iter().enumerate() {
        let colour = if point.on_line { LINE } else { OTHER };
        chart.draw_series(std::iter::once(Circle::new((point.x, point.y), 5, colour.filled())))?;
        let at = chart.backend_coord(&(point.x, point.y));
        area.draw(&Text::new((k + 1).to_string(), (at.0 + 8, at.1 - 16), ("sans-serif", 14).into_font()))?;
    }
    area.present()?;
    Ok(())
}
