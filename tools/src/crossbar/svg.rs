//! A heat map is a matrix of colours with axes, a colour bar and a title, written as SVG.

use std::fmt::{self, Write};

/// Viridis, by S. van der Walt and N. Smith (CC0), at 17 equal steps: as light rises for every kind of sight, so does
/// the value. Between them colours are mixed linearly, which differs from the original by at most 2 % of a channel.
const PALETTE: [[u8; 3]; 17] = [
    [0x44, 0x01, 0x54],
    [0x48, 0x18, 0x6a],
    [0x47, 0x2d, 0x7b],
    [0x42, 0x40, 0x86],
    [0x3b, 0x52, 0x8b],
    [0x33, 0x63, 0x8d],
    [0x2c, 0x72, 0x8e],
    [0x26, 0x82, 0x8e],
    [0x21, 0x91, 0x8c],
    [0x1f, 0xa0, 0x88],
    [0x28, 0xae, 0x80],
    [0x3f, 0xbc, 0x73],
    [0x5e, 0xc9, 0x62],
    [0x84, 0xd4, 0x4b],
    [0xad, 0xdc, 0x30],
    [0xd8, 0xe2, 0x19],
    [0xfd, 0xe7, 0x25],
];

/// Colours that are told apart.
const SHADES: usize = 256;

/// Longest sides of the map, and of what one line takes there, in pixels.
const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 560.0;
const LARGEST_LINE: f64 = 56.0;
/// Room for a colour bar with its numbers beside a small array.
const LEAST: f64 = 180.0;

/// The width of letters, generously.
const LETTER: f64 = 7.4;
const BOLD_LETTER: f64 = 8.3;

const LEFT: f64 = 72.0;
const BAR_GAP: f64 = 28.0;
const BAR_WIDTH: f64 = 16.0;
const RIGHT: f64 = 100.0;
const TITLE_LINE: f64 = 19.0;
const BOTTOM: f64 = 52.0;

/// Values of a matrix and what is written around them.
#[derive(Debug)]
pub(super) struct HeatMap {
    /// The first line is the heading.
    pub(super) title: Vec<String>,
    /// The size of the matrix.
    pub(super) rows: usize,
    pub(super) columns: usize,
    /// How many rows, and columns, of the matrix share a value.
    pub(super) block: [usize; 2],
    /// The values, one per block, row by row; NaN is grey.
    pub(super) values: Vec<f64>,
    /// The values at the ends of the colours.
    pub(super) range: [f64; 2],
    /// Whether values lie below, or above, the range.
    pub(super) is_open: [bool; 2],
    /// Names of the rows, the columns and the values.
    pub(super) labels: [String; 3],
}

/// Where things lie.
struct Frame {
    left: f64,
    top: f64,
    width: f64,
    height: f64,
    whole: [f64; 2],
}

impl HeatMap {
    fn frame(&self) -> Frame {
        let (rows, columns) = (self.rows as f64, self.columns as f64);
        let line = LARGEST_LINE.min(WIDTH / columns).min(HEIGHT / rows);
        let (width, height) = ((line * columns).max(LEAST), (line * rows).max(LEAST));
        let top = 20.0 + TITLE_LINE * self.title.len() as f64;
        let length = |(number, line): (usize, &String)| {
            line.chars().count() as f64 * if number == 0 { BOLD_LETTER } else { LETTER }
        };
        let longest = self.title.iter().enumerate().map(length).fold(0.0, f64::max);
        let whole = (LEFT + width + BAR_GAP + BAR_WIDTH + RIGHT).max(LEFT + longest);
        Frame { left: LEFT, top, width, height, whole: [whole.ceil(), (top + height + BOTTOM).ceil()] }
    }

    /// The shade of a value.
    fn shade(&self, value: f64) -> usize {
        let [low, high] = self.range;
        let part = ((value - low) / (high - low)).clamp(0.0, 1.0);
        (part * (SHADES - 1) as f64).round() as usize
    }

    /// One path per shade: runs of blocks in one row that have it. Lengths are in lines of the matrix.
    fn paths(&self) -> Vec<String> {
        let [height, width] = self.block;
        let columns = self.columns.div_ceil(width);
        let mut paths = vec![String::new(); SHADES];
        for (row, values) in self.values.chunks_exact(columns).enumerate() {
            let (y, height) = (row * height, height.min(self.rows - row * height));
            let mut first = 0;
            let is_run = |a: &f64, b: &f64| {
                a.is_nan() == b.is_nan() && (a.is_nan() || self.shade(*a) == self.shade(*b))
            };
            for run in values.chunk_by(is_run) {
                let (x, end) = (first * width, ((first + run.len()) * width).min(self.columns));
                first += run.len();
                if !run[0].is_nan() {
                    // Writing into a string cannot fail.
                    let _ = write!(paths[self.shade(run[0])], "M{x} {y}H{end}v{height}H{x}z");
                }
            }
        }
        paths
    }

    fn cells(&self, out: &mut fmt::Formatter<'_>, frame: &Frame) -> fmt::Result {
        let &Frame { left, top, width, height, .. } = frame;
        writeln!(
            out,
            r##"<rect x="{left}" y="{top}" width="{width}" height="{height}" fill="#c8c8c8" stroke="#404040"/>"##
        )?;
        let (x, y) = (width / self.columns as f64, height / self.rows as f64);
        let place = format!("translate({left} {top}) scale({x} {y})");
        writeln!(out, r#"<g transform="{place}" shape-rendering="crispEdges">"#)?;
        for (shade, path) in self.paths().iter().enumerate().filter(|(_, path)| !path.is_empty()) {
            writeln!(out, r#"<path fill="{}" d="{path}"/>"#, colour(shade as f64 / (SHADES - 1) as f64))?;
        }
        writeln!(out, "</g>")
    }

    fn axes(&self, out: &mut fmt::Formatter<'_>, frame: &Frame) -> fmt::Result {
        let &Frame { left, top, width, height, .. } = frame;
        let [rows, columns, _] = &self.labels;
        let (bottom, middle) = (top + height, top + height / 2.0);
        for line in ticks(self.columns) {
            let x = left + (line as f64 + 0.5) * width / self.columns as f64;
            let (end, text) = (bottom + 5.0, bottom + 18.0);
            writeln!(out, r##"<path d="M{x:.2} {bottom}V{end}" stroke="#404040"/>"##)?;
            writeln!(out, r#"<text x="{x:.2}" y="{text}" text-anchor="middle">{line}</text>"#)?;
        }
        for line in ticks(self.rows) {
            let y = top + (line as f64 + 0.5) * height / self.rows as f64;
            let (start, text, base) = (left - 5.0, left - 8.0, y + 4.0);
            writeln!(out, r##"<path d="M{start} {y:.2}H{left}" stroke="#404040"/>"##)?;
            writeln!(out, r#"<text x="{text}" y="{base:.2}" text-anchor="end">{line}</text>"#)?;
        }
        let (x, y) = (left + width / 2.0, bottom + 40.0);
        writeln!(out, r#"<text x="{x}" y="{y}" text-anchor="middle">{}</text>"#, escaped(columns))?;
        let turned = format!("translate({} {middle}) rotate(-90)", left - 48.0);
        writeln!(out, r#"<text transform="{turned}" text-anchor="middle">{}</text>"#, escaped(rows))
    }

    fn bar(&self, out: &mut fmt::Formatter<'_>, frame: &Frame) -> fmt::Result {
        let &Frame { left, top, width, height, .. } = frame;
        let (x, middle) = (left + width + BAR_GAP, top + height / 2.0);
        writeln!(out, r#"<linearGradient id="colours" x1="0" y1="1" x2="0" y2="0">"#)?;
        for step in 0..PALETTE.len() {
            let part = step as f64 / (PALETTE.len() - 1) as f64;
            writeln!(out, r#"<stop offset="{part}" stop-color="{}"/>"#, colour(part))?;
        }
        writeln!(out, "</linearGradient>")?;
        writeln!(
            out,
            r##"<rect x="{x}" y="{top}" width="{BAR_WIDTH}" height="{height}" fill="url(#colours)" stroke="#404040"/>"##
        )?;
        let [low, high] = self.range;
        let end = x + BAR_WIDTH;
        let mut longest = 0;
        for (value, text) in marks(self.range) {
            let y = top + height * (high - value) / (high - low);
            let open = match self.is_open {
                [true, _] if value == low => "\u{2264} ",
                [_, true] if value == high => "\u{2265} ",
                _ => "",
            };
            let (stop, start, base) = (end + 5.0, end + 8.0, y + 4.0);
            longest = longest.max(open.chars().count() + text.len());
            writeln!(out, r##"<path d="M{end} {y:.2}H{stop}" stroke="#404040"/>"##)?;
            writeln!(out, r#"<text x="{start}" y="{base:.2}">{open}{text}</text>"#)?;
        }
        let label = end + 32.0 + LETTER * longest as f64;
        let turned = format!("translate({label} {middle}) rotate(-90)");
        writeln!(
            out,
            r#"<text transform="{turned}" text-anchor="middle">{}</text>"#,
            escaped(&self.labels[2])
        )
    }
}

impl fmt::Display for HeatMap {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let frame = self.frame();
        let [width, height] = frame.whole;
        writeln!(
            out,
            r##"<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" font-family="DejaVu Sans, Verdana, Helvetica, sans-serif" font-size="13" fill="#202020">"##
        )?;
        let heading = self.title.first().map_or("", String::as_str);
        writeln!(out, "<title>{}</title>", escaped(heading))?;
        writeln!(out, r#"<rect width="{width}" height="{height}" fill="white"/>"#)?;
        for (number, line) in self.title.iter().enumerate() {
            let y = 24.0 + TITLE_LINE * number as f64;
            let weight = if number == 0 { r#" font-weight="bold""# } else { "" };
            writeln!(out, r#"<text x="{LEFT}" y="{y}"{weight}>{}</text>"#, escaped(line))?;
        }
        self.cells(out, &frame)?;
        self.axes(out, &frame)?;
        self.bar(out, &frame)?;
        writeln!(out, "</svg>")
    }
}

/// The colour at a part of the way through the palette.
fn colour(part: f64) -> String {
    let place = part * (PALETTE.len() - 1) as f64;
    let below = (place as usize).min(PALETTE.len() - 2);
    let mixed: [u8; 3] = std::array::from_fn(|channel| {
        let [a, b] = [below, below + 1].map(|step| f64::from(PALETTE[step][channel]));
        (a + (b - a) * (place - below as f64)).round() as u8
    });
    let [red, green, blue] = mixed;
    format!("#{red:02x}{green:02x}{blue:02x}")
}

/// The smallest of 1, 2, 5, 10, 20 ... that is at least `least`, with its power of ten.
fn round_step(least: f64) -> (f64, i32) {
    let power = least.log10().floor() as i32;
    let unit = 10f64.powi(power);
    // A step that is 1e-9 too small is the step itself, rounded.
    let factors = [1.0, 2.0, 5.0].into_iter();
    match factors.map(|factor| factor * unit).find(|step| *step >= least * (1.0 - 1e-9)) {
        Some(step) => (step, power),
        None => (10.0 * unit, power + 1),
    }
}

/// The lines of an axis that have a number: about eight.
fn ticks(count: usize) -> impl Iterator<Item = usize> {
    let (step, _) = round_step((count as f64 / 8.0).max(1.0));
    (0..count).step_by(step as usize)
}

/// The values of the colour bar that have a number, with their texts.
fn marks([low, high]: [f64; 2]) -> Vec<(f64, String)> {
    let (step, power) = round_step((high - low) / 7.0);
    let decimals = (-power).max(0) as usize;
    let (first, last) = ((low / step - 1e-9).ceil() as i64, (high / step + 1e-9).floor() as i64);
    let mark = |number: i64| {
        let value = number as f64 * step;
        (value.clamp(low, high), format!("{value:.decimals$}"))
    };
    (first..=last).map(mark).collect()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_round_numbers_in_the_range() {
        let texts = |range| marks(range).into_iter().map(|(_, text)| text).collect::<Vec<_>>().join(" ");
        assert_eq!(texts([0.0, 100.0]), "0 20 40 60 80 100");
        assert_eq!(texts([-0.31, 0.42]), "-0.2 0.0 0.2 0.4");
        assert_eq!(texts([97.42, 97.58]), "97.45 97.50 97.55");
        assert_eq!(ticks(50).collect::<Vec<_>>(), [0, 10, 20, 30, 40]);
        assert_eq!(ticks(3).collect::<Vec<_>>(), [0, 1, 2]);
    }

    #[test]
    fn colours_run_from_end_to_end_of_the_palette() {
        assert_eq!([0.0, 0.5, 1.0].map(colour), ["#440154", "#21918c", "#fde725"]);
    }

    #[test]
    fn blocks_of_one_shade_are_one_run() {
        let map = HeatMap {
            title: vec!["a < b".into()],
            rows: 3,
            columns: 3,
            block: [2, 2],
            values: vec![0.0, 0.0, f64::NAN, 1.0],
            range: [0.0, 1.0],
            is_open: [false, true],
            labels: ["word line", "bit line", "V"].map(str::to_owned),
        };
        let paths = map.paths();
        assert_eq!((paths[0].as_str(), paths[255].as_str()), ("M0 0H3v2H0z", "M2 2H3v1H2z"));
        let text = map.to_string();
        assert!(text.contains("<title>a &lt; b</title>") && text.contains(">\u{2265} 1.0</text>"), "{text}");
    }
}
