//! A chart is lines and points over two axes; several of them make one SVG picture.

mod scale;

use std::error::Error;

use crosspike::units;
use plotters::prelude::*;

use crate::exit::{Code, Failure};
use scale::Scale;

/// Width and height of one chart, in pixels.
const SIZE: (u32, u32) = (520, 360);
const FONT: &str = "DejaVu Sans";

/// Colours that are told apart without red and green (M. Okabe, K. Ito, "Color universal design", 2008).
const COLOURS: [RGBColor; 7] = [
    RGBColor(0, 114, 178),
    RGBColor(213, 94, 0),
    RGBColor(0, 158, 115),
    RGBColor(204, 121, 167),
    RGBColor(230, 159, 0),
    RGBColor(86, 180, 233),
    RGBColor(60, 60, 60),
];

/// What is drawn along one side.
#[derive(Clone, Debug)]
pub(crate) struct Axis {
    pub(crate) name: String,
    /// The SI unit, "1" for plain numbers.
    pub(crate) unit: &'static str,
    /// Whether equal lengths are equal ratios; what is not positive is left out then.
    pub(crate) is_log: bool,
    /// Upwards only: names at the places 0, 1, .. from the top, in the place of numbers. Bars then lie along the other axis.
    pub(crate) rows: Vec<String>,
}

impl Axis {
    pub(crate) fn new(name: impl Into<String>, unit: &'static str) -> Axis {
        Axis { name: name.into(), unit, is_log: false, rows: Vec::new() }
    }

    pub(crate) fn log(self) -> Axis {
        Axis { is_log: true, ..self }
    }

    pub(crate) fn rows(names: Vec<String>) -> Axis {
        Axis { rows: names, ..Axis::new("", "1") }
    }
}

/// Points that belong together.
#[derive(Clone, Debug)]
pub(crate) struct Series {
    pub(crate) name: String,
    pub(crate) points: Vec<(f64, f64)>,
    /// How far a bar reaches to both sides of each point; empty without bars.
    pub(crate) bars: Vec<f64>,
    /// Dots, not joined by a line.
    pub(crate) is_dots: bool,
}

impl Series {
    pub(crate) fn line(name: impl Into<String>, points: Vec<(f64, f64)>) -> Series {
        Series { name: name.into(), points, bars: Vec::new(), is_dots: false }
    }

    pub(crate) fn dots(name: impl Into<String>, points: Vec<(f64, f64)>) -> Series {
        Series { name: name.into(), points, bars: Vec::new(), is_dots: true }
    }
}

/// One chart.
#[derive(Clone, Debug)]
pub(crate) struct Chart {
    pub(crate) title: String,
    pub(crate) x: Axis,
    pub(crate) y: Axis,
    pub(crate) series: Vec<Series>,
}

/// The charts row by row in a picture, under a title.
pub(crate) fn draw(title: &str, charts: &[Chart], columns: usize) -> Result<String, Failure> {
    let failed = |error: Box<dyn Error>| Failure::new(Code::Unexpected, format!("cannot draw: {error}"));
    draw_svg(title, charts, columns).map_err(failed)
}

fn draw_svg(title: &str, charts: &[Chart], columns: usize) -> Result<String, Box<dyn Error>> {
    let rows = charts.len().div_ceil(columns);
    let lines = wrapped(title, 58 * columns);
    let head_height = 18 + 22 * lines.len() as u32;
    let size = (SIZE.0 * columns as u32, SIZE.1 * rows as u32 + head_height);
    let mut svg = String::new();
    {
        let root = SVGBackend::with_string(&mut svg, size).into_drawing_area();
        root.fill(&WHITE)?;
        let (head, body) = root.split_vertically(head_height);
        for (number, line) in (0..).zip(lines) {
            head.draw(&Text::new(line, (16, 12 + 22 * number), (FONT, 16).into_font()))?;
        }
        for (area, chart) in body.split_evenly((rows, columns)).iter().zip(charts) {
            draw_chart(area, chart)?;
        }
        root.present()?;
    }
    Ok(svg.replace("font-family=\"DejaVu Sans\"", "font-family=\"DejaVu Sans, sans-serif\""))
}

/// A text in lines of at most so many characters, broken between words.
fn wrapped(text: &str, most: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + word.chars().count() < most => *line += &format!(" {word}"),
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

fn draw_chart(
    area: &DrawingArea<SVGBackend<'_>, plotters::coord::Shift>,
    chart: &Chart,
) -> Result<(), Box<dyn Error>> {
    let rows = &chart.y.rows;
    let ends = |&(x, y): &(f64, f64), bar: f64| {
        if rows.is_empty() { [(x, y - bar), (x, y + bar)] } else { [(x - bar, y), (x + bar, y)] }
    };
    let (x, y) = (
        Scale::new(&chart.x, chart, |point, bar| ends(point, bar).map(|end| end.0)),
        Scale::new(&chart.y, chart, |point, bar| ends(point, bar).map(|end| end.1)),
    );
    let longest = rows.iter().map(|name| name.chars().count() as u32).max();
    let mut context = ChartBuilder::on(area)
        .caption(&chart.title, (FONT, 15))
        .margin(12)
        .margin_right(20)
        .x_label_area_size(42)
        .y_label_area_size(longest.map_or(72, |longest| 20 + 7 * longest))
        .build_cartesian_2d(x.places(), y.places())?;
    context
        .configure_mesh()
        .x_desc(x.description(&chart.x))
        .y_desc(y.description(&chart.y))
        .x_labels(7)
        .y_labels(7)
        .x_label_formatter(&|value| x.label(*value))
        .y_label_formatter(&|value| match rows.get((-value).round() as usize) {
            Some(name) => name.clone(),
            None => y.label(*value),
        })
        .label_style((FONT, 12))
        .axis_desc_style((FONT, 13))
        .bold_line_style(BLACK.mix(0.12))
        .light_line_style(TRANSPARENT)
        .draw()?;
    for (number, series) in chart.series.iter().enumerate() {
        let colour = COLOURS[number % COLOURS.len()];
        let points = series.points.iter().filter_map(|point| Some((x.place(point.0)?, y.place(point.1)?)));
        let is_dots = series.is_dots;
        let drawn = if is_dots {
            context.draw_series(points.map(|point| Circle::new(point, 3, colour.filled())))?
        } else {
            context.draw_series(LineSeries::new(points, colour.stroke_width(2)))?
        };
        if !series.name.is_empty() {
            drawn.label(&series.name).legend(move |(x, y)| {
                if is_dots {
                    Circle::new((x + 8, y), 3, colour.filled()).into_dyn()
                } else {
                    PathElement::new(vec![(x, y), (x + 16, y)], colour.stroke_width(2)).into_dyn()
                }
            });
        }
        let place = |(across, up): (f64, f64)| Some((x.place(across)?, y.place(up)?));
        let lying = series.points.iter().zip(&series.bars).filter(|(_, bar)| **bar > 0.0);
        let bars = lying.filter_map(|(point, bar)| {
            let [from, to] = ends(point, *bar);
            Some(vec![place(from)?, place(to)?])
        });
        // Dots have been drawn.
        let marked = series.points.iter().take(if is_dots { 0 } else { series.bars.len() });
        let marks = marked.filter_map(|point| Some(Circle::new(place(*point)?, 3, colour.filled())));
        context.draw_series(marks)?;
        context.draw_series(bars.map(|bar| PathElement::new(bar, colour.mix(0.6).stroke_width(1))))?;
    }
    if chart.series.iter().any(|series| !series.name.is_empty()) {
        let place = emptiest_place(chart, &x, &y, context.plotting_area().dim_in_pixel());
        context
            .configure_series_labels()
            .position(place)
            .margin(6)
            .background_style(WHITE.mix(0.85))
            .border_style(BLACK.mix(0.2))
            .label_font((FONT, 12))
            .draw()?;
    }
    Ok(())
}

/// Where the names of the series hide the fewest points and lines; a corner if one is as good as any other place.
fn emptiest_place(chart: &Chart, x: &Scale, y: &Scale, plot: (u32, u32)) -> SeriesLabelPosition {
    use SeriesLabelPosition::*;
    let longest = chart.series.iter().map(|series| series.name.chars().count()).max().unwrap_or(0);
    let named = chart.series.iter().filter(|series| !series.name.is_empty()).count();
    // The box and its margin, in parts of the plot, by the size of the letters.
    let width = (48 + 7 * longest) as f64 / f64::from(plot.0);
    let height = (19 + 15 * named) as f64 / f64::from(plot.1);
    let mut drawn: Vec<(f64, f64)> = Vec::new();
    for series in &chart.series {
        let place = |point: &(f64, f64)| Some((x.part(point.0)?, y.part(point.1)?));
        let points: Vec<_> = series.points.iter().filter_map(place).collect();
        let joined = if series.is_dots { &[] } else { &points[..] };
        for pair in joined.windows(2) {
            let (from, to) = (pair[0], pair[1]);
            let between = |part: f64| (from.0 + part * (to.0 - from.0), from.1 + part * (to.1 - from.1));
            drawn.extend((1..8).map(|eighth| between(f64::from(eighth) / 8.0)));
        }
        drawn.extend(points);
    }
    let hides = |across: f64, up: f64| {
        let (left, low) = (across * (1.0 - width), up * (1.0 - height));
        let is_hidden = |place: &&(f64, f64)| {
            (left..=left + width).contains(&place.0) && (low..=low + height).contains(&place.1)
        };
        drawn.iter().filter(is_hidden).count()
    };
    let places = [
        (UpperLeft, 0.0, 1.0),
        (UpperRight, 1.0, 1.0),
        (LowerRight, 1.0, 0.0),
        (LowerLeft, 0.0, 0.0),
        (UpperMiddle, 0.5, 1.0),
        (LowerMiddle, 0.5, 0.0),
        (MiddleLeft, 0.0, 0.5),
        (MiddleRight, 1.0, 0.5),
        (MiddleMiddle, 0.5, 0.5),
    ];
    let emptiest = places.into_iter().min_by_key(|&(_, across, up)| hides(across, up));
    emptiest.map_or(UpperLeft, |(place, ..)| place)
}

/// The numbers of the charts as CSV: a line for each point.
pub(crate) fn csv(charts: &[Chart]) -> String {
    let mut text = "chart,series,x,x_unit,y,y_unit\n".to_owned();
    let quoted = |name: &str| format!("\"{}\"", name.replace('"', "\"\""));
    for chart in charts {
        for series in &chart.series {
            for (x, y) in &series.points {
                let (title, name) = (quoted(&chart.title), quoted(&series.name));
                text += &format!("{title},{name},{x:e},{},{y:e},{}\n", chart.x.unit, chart.y.unit);
            }
        }
    }
    text
}

/// A quantity with three digits.
pub(crate) fn brief(value: f64, unit: &str) -> String {
    let rounded = format!("{value:.2e}").parse().unwrap_or(value);
    units::format(rounded, unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chart() -> Chart {
        Chart {
            title: "a \"b\"".into(),
            x: Axis::new("time", "s").log(),
            y: Axis::new("conductance", "S"),
            series: vec![
                Series::line("first", vec![(1e-3, 2e-6), (1.0, 5e-6), (0.0, 7e-6)]),
                Series::dots("", vec![(10.0, 8e-6)]),
            ],
        }
    }

    #[test]
    fn a_picture_names_its_axes_with_their_units_and_its_series() {
        let svg = draw("all", &[chart(), chart()], 2).unwrap();
        for word in ["all", "time, s", "conductance, uS", "first"] {
            assert!(svg.contains(word), "{word}: {svg}");
        }
        // The dot of each chart.
        assert_eq!(svg.matches("<circle").count(), 2);
        assert!(svg.contains("width=\"1040\" height=\"400\""));
    }

    #[test]
    fn every_point_is_a_line_of_csv() {
        let text = csv(&[chart()]);
        assert_eq!(text.lines().count(), 5);
        assert!(text.contains("\"a \"\"b\"\"\",\"first\",1e-3,s,2e-6,S\n"), "{text}");
    }

    #[test]
    fn rows_have_names_and_bars_that_lie() {
        let bars = vec![0.1, 0.2];
        let series = vec![Series { bars, ..Series::dots("", vec![(0.5, 0.0), (0.7, 1.0)]) }];
        let y = Axis::rows(vec!["upper".into(), "lower".into()]);
        let svg = draw("", &[Chart { x: Axis::new("accuracy", "1"), y, series, ..chart() }], 1).unwrap();
        let circle = |place: &str| {
            svg.match_indices(place)
                .map(|(at, _)| svg[at + place.len()..].split('"').next().unwrap().parse().unwrap())
                .collect::<Vec<f64>>()
        };
        let (across, down) = (circle("<circle cx=\""), circle("\" cy=\""));
        assert!(across[0] < across[1] && down[0] < down[1], "{svg}");
        assert!(svg.find("upper").unwrap() > 0 && svg.contains("lower"), "{svg}");
        for height in &down {
            let lying = format!(",{height} ");
            assert!(
                svg.split("<polyline").any(|line| line.matches(&lying).count() == 2),
                "a bar at {height}: {svg}"
            );
        }
    }

    /// The left and the upper end of the box of names, whose ground alone is nearly opaque.
    fn box_of_names(svg: &str) -> (f64, f64) {
        let tag = svg.split("<rect").find(|tag| tag.contains("opacity=\"0.85\"")).unwrap();
        let number = |name: &str| tag.split_once(name).unwrap().1.split('"').next().unwrap().parse().unwrap();
        (number(" x=\""), number(" y=\""))
    }

    #[test]
    fn the_names_of_the_series_lie_where_they_hide_nothing() {
        // Points in all corners, and none between them at the top.
        let corners = [(0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (1.0, 1.0), (0.5, 0.0)];
        let series = vec![Series::dots("name", corners.to_vec())];
        let at = |series| {
            let (x, y) = (Axis::new("x", "1"), Axis::new("y", "1"));
            box_of_names(&draw("", &[Chart { title: String::new(), x, y, series }], 1).unwrap())
        };
        let (left, top) = at(series);
        assert!((200.0..320.0).contains(&left) && top < 100.0, "{left}, {top}");
        let (left, top) = at(vec![Series::dots("name", corners[1..].to_vec())]);
        assert!(left < 150.0 && top > 150.0, "{left}, {top}");
        // A line along the left, the top and the right.
        let gate = vec![(0.0, 0.0), (0.0, 1.0), (1.0, 1.0), (1.0, 0.0)];
        let (left, top) = at(vec![Series::line("name", gate)]);
        assert!((200.0..320.0).contains(&left) && top > 150.0, "{left}, {top}");
    }

    #[test]
    fn nothing_without_length_is_drawn() {
        let series = vec![Series { bars: vec![0.0], ..Series::dots("name", vec![(0.5, 0.5)]) }];
        let (x, y) = (Axis::new("x", "1"), Axis::new("y", "1"));
        let svg = draw("", &[Chart { title: String::new(), x, y, series }], 1).unwrap();
        for line in svg.split("points=\"").skip(1) {
            let places: Vec<&str> = line.split('"').next().unwrap().split_whitespace().collect();
            assert!(places.len() > 1 && places.iter().any(|place| *place != places[0]), "{places:?}");
        }
    }

    #[test]
    fn an_empty_chart_is_drawn_too() {
        let empty = Chart { series: Vec::new(), ..chart() };
        assert!(draw("", &[empty], 1).unwrap().contains("time"));
    }
}
