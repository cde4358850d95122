//! Small pictures of measured points, as SVG: panels below each other over one axis, both axes
//! logarithmic. Readable on light and dark paper, and without colours: series differ by the shapes of
//! their marks and lines first.
//!
//! Knows nothing of what was measured.

use std::fmt::Write;

/// Of the picture, pixels.
const WIDTH: f64 = 760.0;
/// Of a panel's field.
const HEIGHT: f64 = 150.0;
const LEFT: f64 = 76.0;
const RIGHT: f64 = 24.0;
/// Above the first panel's title.
const TOP: f64 = 44.0;
/// Above each field: its title.
const TITLE: f64 = 28.0;
/// Below the last field: the axis' numbers and what they are.
const BOTTOM: f64 = 52.0;

const STYLE: &str = "svg{--paper:#fff;--ink:#1c2430;--soft:#5a6675;--grid:#dde2e8;--a:#0a62ad;--b:#b0430a}\
    @media (prefers-color-scheme:dark){svg{--paper:#12161c;--ink:#e8ecf1;--soft:#a3afbd;--grid:#333c47;--a:#6fb8ff;--b:#ffa765}}\
    text{font:12px system-ui,sans-serif;fill:var(--soft)}.t{fill:var(--ink);font-weight:600}.h{font-size:16px}\
    .p{fill:var(--paper)}.g{stroke:var(--grid)}.s0,.s1{fill:none;stroke:var(--a);stroke-width:2}\
    .s1{stroke:var(--b);stroke-dasharray:6 4}.m0{fill:var(--a)}.m1{fill:var(--paper);stroke:var(--b);stroke-width:2}\
    .k0{fill:var(--a)}.k1{fill:var(--b)}.e{text-anchor:end}.c{text-anchor:middle}";

/// One field with its points.
#[derive(Debug)]
pub struct Panel<'a> {
    /// What the vertical axis is, with its unit.
    pub title: &'a str,
    /// At most two: the first has discs on a line, the second squares on dashes.
    pub series: Vec<Series<'a>>,
}

/// Points that belong together, in the order of their first number.
#[derive(Debug)]
pub struct Series<'a> {
    /// Empty: there is only one.
    pub name: &'a str,
    /// Of what grows, and of what it costs; what is not above 0 has no place on such an axis.
    pub points: Vec<(f64, f64)>,
}

/// A logarithmic axis of whole decades.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Axis {
    from: i32,
    to: i32,
}

impl Axis {
    fn of(values: impl Iterator<Item = f64>) -> Axis {
        let logs = values.filter(|value| *value > 0.0).map(f64::log10);
        let (least, most) = logs.fold((f64::MAX, f64::MIN), |(least, most), log| {
            (least.min(log), most.max(log))
        });
        if least > most {
            return Axis { from: 0, to: 1 };
        }
        let from = least.floor() as i32;
        Axis {
            from,
            to: (most.ceil() as i32).max(from + 1),
        }
    }

    /// From 0 to 1.
    fn place(self, value: f64) -> f64 {
        (value.log10() - f64::from(self.from)) / f64::from(self.to - self.from)
    }

    fn ticks(self) -> impl Iterator<Item = (f64, String)> {
        (self.from..=self.to).map(|power| {
            let value = 10_f64.powi(power);
            (value, number(power))
        })
    }
}

/// A power of ten in words: 0.1, 1, 1,000.
fn number(power: i32) -> String {
    match power {
        ..0 => format!("{:.*}", power.unsigned_abs() as usize, 10_f64.powi(power)),
        0..9 => {
            let lead = "1".to_owned() + &"0".repeat(power as usize % 3);
            lead + &",000".repeat(power as usize / 3)
        }
        _ => format!("1e{power}"),
    }
}

/// The picture.
#[must_use]
pub fn svg(title: &str, x_label: &str, panels: &[Panel<'_>]) -> String {
    let height = TOP + panels.len() as f64 * (TITLE + HEIGHT) + BOTTOM;
    let all = || panels.iter().flat_map(|panel| &panel.series);
    let x_axis = Axis::of(all().flat_map(|series| series.points.iter().map(|point| point.0)));
    let x = |value: f64| LEFT + x_axis.place(value) * (WIDTH - LEFT - RIGHT);
    let mut out = String::new();
    // Writing to a string does not fail.
    let _ = writeln!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" width=\"{WIDTH}\" \
         height=\"{height}\" role=\"img\" aria-label=\"{title}\"><style>{STYLE}</style>\
         <rect class=\"p\" width=\"{WIDTH}\" height=\"{height}\"/>\
         <text class=\"t h\" x=\"{LEFT}\" y=\"26\">{title}</text>"
    );
    for (index, panel) in panels.iter().enumerate() {
        let top = TOP + index as f64 * (TITLE + HEIGHT) + TITLE;
        draw(&mut out, panel, top, x_axis, &x);
    }
    let bottom = height - BOTTOM;
    for (value, told) in x_axis.ticks() {
        let _ = write!(
            out,
            "<text class=\"c\" x=\"{:.1}\" y=\"{}\">{told}</text>",
            x(value),
            bottom + 18.0
        );
    }
    let _ = write!(
        out,
        "\n<text class=\"c\" x=\"{}\" y=\"{}\">{x_label}</text></svg>\n",
        f64::midpoint(LEFT, WIDTH - RIGHT),
        bottom + 40.0
    );
    out
}

fn draw(out: &mut String, panel: &Panel<'_>, top: f64, x_axis: Axis, x: &dyn Fn(f64) -> f64) {
    let y_axis = Axis::of(
        panel
            .series
            .iter()
            .flat_map(|series| series.points.iter().map(|point| point.1)),
    );
    let y = |value: f64| top + (1.0 - y_axis.place(value)) * HEIGHT;
    let _ = write!(
        out,
        "<text class=\"t\" x=\"{LEFT}\" y=\"{}\">{}</text>",
        top - 9.0,
        panel.title
    );
    for (value, _) in x_axis.ticks() {
        let at = x(value);
        let _ = write!(
            out,
            "<path class=\"g\" d=\"M{at:.1} {top}V{}\"/>",
            top + HEIGHT
        );
    }
    for (value, told) in y_axis.ticks() {
        let at = y(value);
        let _ = write!(
            out,
            "<path class=\"g\" d=\"M{LEFT} {at:.1}H{}\"/><text class=\"e\" x=\"{}\" y=\"{:.1}\">{told}</text>",
            WIDTH - RIGHT,
            LEFT - 8.0,
            at + 4.0
        );
    }
    let mut key = WIDTH - RIGHT;
    for (index, series) in panel.series.iter().enumerate() {
        let places = series.points.iter().filter(|point| point.1 > 0.0);
        let places: Vec<_> = places.map(|point| (x(point.0), y(point.1))).collect();
        let line: Vec<_> = places
            .iter()
            .map(|(x, y)| format!("{x:.1} {y:.1}"))
            .collect();
        if let [_, _, ..] = line.as_slice() {
            let line = line.join("L");
            let _ = write!(out, "<path class=\"s{index}\" d=\"M{line}\"/>");
        }
        for (x, y) in places {
            mark(out, index, x, y);
        }
        if !series.name.is_empty() {
            let _ = write!(
                out,
                "<text class=\"e k{index}\" x=\"{key}\" y=\"{}\">{}</text>",
                top - 9.0,
                series.name
            );
            // As wide as its words, about.
            key -= 16.0 + 6.6 * series.name.len() as f64;
            mark(out, index, key + 6.0, top - 13.0);
            key -= 18.0;
        }
    }
    out.push('\n');
}

fn mark(out: &mut String, index: usize, x: f64, y: f64) {
    let _ = match index {
        0 => write!(
            out,
            "<circle class=\"m0\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"4\"/>"
        ),
        _ => write!(
            out,
            "<rect class=\"m1\" x=\"{:.1}\" y=\"{:.1}\" width=\"8\" height=\"8\"/>",
            x - 4.0,
            y - 4.0
        ),
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes_hold_their_values() {
        let axis = |values: &[f64]| Axis::of(values.iter().copied());
        assert_eq!(axis(&[1.0, 5_000.0]), Axis { from: 0, to: 4 });
        assert_eq!(axis(&[0.0, 0.3, 0.4]), Axis { from: -1, to: 0 });
        assert_eq!(axis(&[10.0]), Axis { from: 1, to: 2 });
        assert_eq!(axis(&[]), Axis { from: 0, to: 1 });
        for value in [0.3, 1.0, 7.0, 99.0] {
            assert!((0.0..=1.0).contains(&axis(&[0.3, 99.0]).place(value)));
        }
    }

    #[test]
    fn powers_of_ten_are_told_in_words() {
        let told = [-2, -1, 0, 1, 2, 3, 4, 6].map(number);
        let expect = [
            "0.01",
            "0.1",
            "1",
            "10",
            "100",
            "1,000",
            "10,000",
            "1,000,000",
        ];
        assert_eq!(told, expect);
    }

    #[test]
    fn a_picture_without_points_is_one_all_the_same() {
        let series = Series {
            name: "p50",
            points: vec![(1.0, 0.0)],
        };
        let panel = Panel {
            title: "CPU",
            series: vec![series],
        };
        let picture = svg("Cost", "viewers", &[panel]);
        assert!(picture.starts_with("<svg ") && picture.ends_with("</svg>\n"));
        assert!(!picture.contains("NaN") && !picture.contains("inf"));
    }
}
