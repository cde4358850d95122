//! A moment as a link names it: `t=12.5&at=120.30&conn=1&speed=1/1000&rec=belt&run=0123456789abcdef`.
//! Text in, text out; knows no browser and no timeline.

use model::{Mode, Place};
use protocol::{Conn, Run, Seq};

/// What a link names. All of it may be missing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Moment {
    /// `t`: log time, nanoseconds; written in seconds.
    pub log_nanos: Option<u64>,
    /// `at`: the record that is shown last, and the milliseconds of show after it.
    pub at: Option<Place>,
    /// `conn`: the connection in focus.
    pub conn: Option<Conn>,
    /// `speed`.
    pub mode: Option<Mode>,
    /// `rec`: the name of a recording.
    pub rec: Option<String>,
    /// `run`: which run it is a moment of.
    pub run: Option<Run>,
}

impl Moment {
    /// From the parts of a link, one a line. False as well: some of it made no sense and was left
    /// out. What has an unknown name, or none, is somebody else's.
    pub fn parse(parts: &str) -> (Moment, bool) {
        let mut moment = Moment::default();
        let mut sound = true;
        for part in parts.lines() {
            let Some((name, value)) = part.split_once('=') else {
                continue;
            };
            let taken = match name {
                "t" => put(&mut moment.log_nanos, seconds(value)),
                "at" => put(&mut moment.at, place(value)),
                "conn" => put(&mut moment.conn, value.parse().ok().map(Conn)),
                "speed" => put(&mut moment.mode, speed(value)),
                "rec" => put(&mut moment.rec, Some(value.to_owned())),
                "run" => put(&mut moment.run, value.parse().ok()),
                _ => true,
            };
            sound &= taken;
        }
        (moment, sound)
    }

    /// As it stands in a link; `escape` makes any text fit there.
    pub fn text(&self, escape: impl Fn(&str) -> String) -> String {
        let mut text = String::new();
        let mut add = |name: &str, value: Option<String>| {
            if let Some(value) = value {
                let ampersand = if text.is_empty() { "" } else { "&" };
                text.push_str(ampersand);
                text.push_str(name);
                text.push('=');
                text.push_str(&value);
            }
        };
        add("t", self.log_nanos.map(seconds_text));
        add("at", self.at.map(place_text));
        add("conn", self.conn.map(|conn| conn.0.to_string()));
        add("speed", self.mode.map(speed_text));
        add("rec", self.rec.as_deref().map(escape));
        add("run", self.run.map(|run| run.to_string()));
        text
    }
}

/// Whether there was a value to put.
fn put<T>(slot: &mut Option<T>, value: Option<T>) -> bool {
    let is_some = value.is_some();
    *slot = value;
    is_some
}

/// Seconds with up to nine decimals as nanoseconds. By hand: the tables that read any number
/// would weigh more than all the rest here.
fn seconds(text: &str) -> Option<u64> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(part) || whole.is_empty() {
        return None;
    }
    let part = &part[..part.len().min(9)];
    let mut nanos = 0;
    for digit in part.bytes().chain(std::iter::repeat(b'0')).take(9) {
        nanos = nanos * 10 + u64::from(digit - b'0');
    }
    let whole: u64 = whole.parse().ok()?;
    whole.checked_mul(1_000_000_000)?.checked_add(nanos)
}

/// Nanoseconds as seconds with nine decimals.
pub fn seconds_text(nanos: u64) -> String {
    format!("{}.{:09}", nanos / 1_000_000_000, nanos % 1_000_000_000)
}

fn place(text: &str) -> Option<Place> {
    let (seq, millis) = text.split_once('.').unwrap_or((text, "0"));
    Some(Place {
        seq: Seq(seq.parse().ok()?),
        millis_after: millis.parse().ok()?,
    })
}

fn place_text(place: Place) -> String {
    format!("{}.{}", place.seq, place.millis_after)
}

fn speed(text: &str) -> Option<Mode> {
    let times = |text: &str| {
        let times: u32 = text.parse().ok()?;
        (times > 0).then(|| f64::from(times))
    };
    Some(match text {
        "paced" => Mode::Paced,
        "following" => Mode::Following,
        _ => Mode::Slow {
            divisor: match text.strip_prefix("1/") {
                Some(slower) => times(slower)?,
                None => 1.0 / times(text)?,
            },
        },
    })
}

fn speed_text(mode: Mode) -> String {
    match mode {
        Mode::Paced => "paced".to_owned(),
        Mode::Following => "following".to_owned(),
        Mode::Slow { divisor } if divisor > 1.0 => format!("1/{}", divisor.round() as u32),
        Mode::Slow { divisor } => ((1.0 / divisor).round() as u32).to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_link_says_is_what_it_was_made_of() {
        let check = |text: &str| {
            let (moment, sound) = Moment::parse(&text.replace('&', "\n"));
            assert!(sound, "{text}");
            assert_eq!(moment.text(str::to_owned), text);
        };
        check("");
        check("t=12.500000000&at=120.30&conn=1&speed=1/1000&rec=belt&run=0123456789abcdef");
        check("t=0.000000001&speed=paced");
        check("speed=following");
        check("speed=1");
        check("speed=100");
    }

    #[test]
    fn seconds_are_written_as_people_write_them() {
        assert_eq!(seconds("12"), Some(12_000_000_000));
        assert_eq!(seconds("12."), Some(12_000_000_000));
        assert_eq!(seconds("0.25"), Some(250_000_000));
        assert_eq!(seconds("0.12345678999"), Some(123_456_789));
    }

    #[test]
    fn what_makes_no_sense_is_left_out_and_the_rest_stays() {
        let whole = "t=1\nat=5.250\nconn=2\nspeed=1/10\nrun=ff";
        for (bad, count) in [
            ("t=x", 1),
            ("t=", 1),
            ("t=-1", 1),
            ("t=1e9", 1),
            ("t=99999999999999999999999", 1),
            ("at=-3", 1),
            ("at=1.2.3", 1),
            ("conn=99999999999", 1),
            ("speed=0", 1),
            ("speed=1/0", 1),
            ("speed=NaN", 1),
            ("run=zz", 1),
        ] {
            let (moment, sound) = Moment::parse(bad);
            assert_eq!((moment, sound), (Moment::default(), false), "{bad}");
            let name = bad.split('=').next().unwrap_or_default();
            let others: Vec<_> = whole
                .lines()
                .filter(|line| !line.starts_with(&format!("{name}=")))
                .collect();
            assert_eq!(others.len(), 5 - count);
            let mixed = format!("{bad}\n{}", others.join("\n"));
            assert_eq!(
                Moment::parse(&mixed),
                (Moment::parse(&others.join("\n")).0, false)
            );
        }
        // The link that skips to the events, and names that somebody else uses.
        assert_eq!(Moment::parse("events\nx=1"), (Moment::default(), true));
    }
}
