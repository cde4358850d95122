//! An address as a QR code: a picture for the wall, and characters for a terminal.
//!
//! Black on white wherever it stands, with the quiet zone of the standard (ISO/IEC 18004) around it:
//! not every phone reads a code that is inverted. Knows nothing of what the address leads to.

use qrcode::{Color, EcLevel, QrCode};

/// The modules of white around a code.
const QUIET: usize = 4;

/// A QR code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Code {
    /// Modules a side, without the quiet zone.
    side: usize,
    /// Row by row: is it dark?
    dark: Vec<bool>,
}

impl Code {
    /// The code of a text. It can be read when a seventh of it is covered. None: the text is longer
    /// than any code (about 2,300 bytes).
    #[must_use]
    pub fn of(text: &str) -> Option<Code> {
        let code = QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
        Some(Code {
            side: code.width(),
            dark: code
                .into_colors()
                .into_iter()
                .map(|color| color == Color::Dark)
                .collect(),
        })
    }

    /// Modules a side, with the quiet zone.
    fn side(&self) -> usize {
        self.side + 2 * QUIET
    }

    /// In the quiet zone and outside nothing is dark.
    fn is_dark(&self, x: usize, y: usize) -> bool {
        let inside = |at: usize| at.checked_sub(QUIET).filter(|at| *at < self.side);
        match (inside(x), inside(y)) {
            (Some(x), Some(y)) => self.dark.get(y * self.side + x).copied() == Some(true),
            _ => false,
        }
    }

    /// As a picture of any size: one unit a module, the quiet zone included.
    #[must_use]
    pub fn svg(&self) -> String {
        use std::fmt::Write;
        let side = self.side();
        let mut dark = String::new();
        for y in 0..side {
            let mut x = 0;
            while x < side {
                let run = (x..side).take_while(|&x| self.is_dark(x, y)).count();
                if run > 0 {
                    // Writing to a string does not fail.
                    let _ = write!(dark, "M{x} {y}h{run}v1h-{run}z");
                }
                x += run.max(1);
            }
        }
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {side} {side}\" \
             shape-rendering=\"crispEdges\"><path fill=\"#fff\" d=\"M0 0h{side}v{side}h-{side}z\"/>\
             <path d=\"{dark}\"/></svg>\n"
        )
    }

    /// As lines for a terminal, two rows of modules in each: half blocks with both of their colours
    /// said, since nobody knows which ones the terminal has.
    #[must_use]
    pub fn half_blocks(&self) -> String {
        // Black on white of the 256 fixed colours: the first sixteen are whatever a theme says.
        const ON: &str = "\x1b[38;5;16;48;5;231m";
        const OFF: &str = "\x1b[0m\n";
        let side = self.side();
        let mut lines = String::new();
        for y in (0..side).step_by(2) {
            lines.push_str(ON);
            for x in 0..side {
                lines.push(match (self.is_dark(x, y), self.is_dark(x, y + 1)) {
                    (false, false) => ' ',
                    (true, false) => '▀',
                    (false, true) => '▄',
                    (true, true) => '█',
                });
            }
            lines.push_str(OFF);
        }
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads a picture as a phone does: another program's decoder, eight pixels a module.
    fn read(side: usize, is_dark: impl Fn(usize, usize) -> bool) -> String {
        const PIXELS: usize = 8;
        let mut picture =
            rqrr::PreparedImage::prepare_from_greyscale(side * PIXELS, side * PIXELS, |x, y| {
                if is_dark(x / PIXELS, y / PIXELS) {
                    0
                } else {
                    255
                }
            });
        let grids = picture.detect_grids();
        assert_eq!(grids.len(), 1);
        grids[0].decode().unwrap().1
    }

    const ADDRESSES: [&str; 3] = [
        "http://192.168.1.7:8567/",
        "https://lecture.example/fruitbelt/a/long/way/down/",
        "http://[fd00:1234:5678:9abc:def0:1234:5678:9abc]:65535/",
    ];

    #[test]
    fn the_picture_is_read_again() {
        for address in ADDRESSES {
            let svg = Code::of(address).unwrap().svg();
            let number = |text: &str| text.parse::<usize>().unwrap();
            let (_, rest) = svg.split_once("viewBox=\"0 0 ").unwrap();
            let side = number(rest.split(' ').next().unwrap());
            let (_, path) = svg.split_once("<path d=\"").unwrap();
            let mut dark = vec![false; side * side];
            for run in path.split('"').next().unwrap().split_terminator('z') {
                let (x, rest) = run.strip_prefix('M').unwrap().split_once(' ').unwrap();
                let (y, rest) = rest.split_once('h').unwrap();
                let (length, _) = rest.split_once('v').unwrap();
                let begin = number(y) * side + number(x);
                dark[begin..begin + number(length)].fill(true);
            }
            assert_eq!(read(side, |x, y| dark[y * side + x]), address);
        }
    }

    #[test]
    fn the_terminal_is_read_again() {
        for address in ADDRESSES {
            let text = Code::of(address).unwrap().half_blocks();
            let rows: Vec<Vec<char>> = text
                .lines()
                .map(|line| {
                    let line = line.strip_prefix("\x1b[38;5;16;48;5;231m").unwrap();
                    line.strip_suffix("\x1b[0m").unwrap().chars().collect()
                })
                .collect();
            let side = rows[0].len();
            assert!(rows.iter().all(|row| row.len() == side));
            let is_dark = |x: usize, y: usize| {
                let block = rows.get(y / 2).map_or(' ', |row| row[x]);
                block == '█' || block == if y.is_multiple_of(2) { '▀' } else { '▄' }
            };
            assert_eq!(read(side, is_dark), address);
        }
    }

    #[test]
    fn what_no_code_can_hold_has_none() {
        assert_eq!(Code::of(&"x".repeat(3_000)), None);
    }
}
