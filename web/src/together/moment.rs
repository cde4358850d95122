//! Where this page is, as the hall is told; and to where another page is. Knows nothing of who tells.

use model::{Command, Mode, Place, Show};
use protocol::{At, Moment, Pace};

use crate::{app::App, view::View};

/// Less behind than this is live, nanoseconds.
const LIVE_NANOS: u64 = 1_000_000_000;
/// Two shows that play are together if they are not farther apart.
const APART_MAX: Show = Show::from_millis(700);

/// Where this page is, which calls itself `by`. None: there is nothing to be together at.
pub fn here(app: &mut App, view: View, by: u64) -> Option<Moment> {
    if app.recorded().is_some() || app.is_joining() {
        return None;
    }
    let run = app.header()?.run;
    let (head, is_paused) = (app.playback().head(), app.playback().is_paused());
    let is_live = !is_paused && app.behind_nanos().is_none_or(|nanos| nanos < LIVE_NANOS);
    let place = app.timeline().place_at(head);
    Some(Moment {
        by,
        run,
        at: (!is_live).then_some(At {
            seq: place.seq,
            millis_after: place.millis_after,
        }),
        is_paused,
        pace: pace(app.playback().mode()),
        picture: view.picture(),
        focus: app.focus(),
    })
}

/// Goes to where another page was `passed_millis` ago. False: it is not here yet, and is to be tried
/// again. `is_new`: since then nothing was done about it; afterwards only what stands is held.
pub fn go(app: &mut App, moment: &Moment, is_new: bool, passed_millis: f64) -> bool {
    let is_of_this = app.header().is_some_and(|header| header.run == moment.run);
    if !is_of_this || app.is_joining() || app.recorded().is_some() {
        return false;
    }
    let head_seq = app.timeline().head_seq();
    if moment.at.is_some_and(|at| at.seq > head_seq) {
        return false;
    }
    // First, since each focus has a pace of its own.
    if let Some(conn) = moment.focus
        && app.focus() != moment.focus
    {
        let is_known =
            app.live().conn(conn).is_some() || app.live().datagrams.client(conn).is_some();
        if is_known {
            app.pick(conn);
        }
    }
    let mode = mode(moment.pace);
    if app.playback().mode() != mode {
        app.command(Command::Mode(mode));
    }
    let is_paused = app.playback().is_paused();
    let Some(at) = moment.at else {
        if is_paused
            || is_new
                && app
                    .behind_nanos()
                    .is_some_and(|nanos| nanos > 2 * LIVE_NANOS)
        {
            app.go_live();
        }
        return true;
    };
    let place = Place {
        seq: at.seq,
        millis_after: at.millis_after,
    };
    let there = app.timeline().show_of(place);
    let head = app.playback().head();
    if moment.is_paused {
        if !is_paused {
            app.command(Command::Pause);
        }
        if apart(head, there) > Show::from_millis(1) {
            app.command(Command::Seek(there));
        }
        return true;
    }
    if is_new {
        // As far as it has played since.
        let mut other = app.playback().clone();
        let timeline = app.timeline();
        other.stops = model::Stops::default();
        other.command(Command::Seek(there), timeline);
        other.command(Command::Play, timeline);
        other.advance((passed_millis.max(0.0) * 1e6) as u64, timeline);
        if apart(head, other.head()) > apart_max(mode) {
            app.command(Command::Seek(other.head()));
        }
    }
    if is_paused {
        app.command(Command::Play);
    }
    true
}

fn pace(mode: Mode) -> Pace {
    match mode {
        Mode::Paced => Pace::Paced,
        Mode::Following => Pace::Following,
        Mode::Slow { divisor } => Pace::Slow {
            thousandths: (divisor * 1_000.0).round().max(1.0) as u32,
        },
    }
}

fn mode(pace: Pace) -> Mode {
    match pace {
        Pace::Paced => Mode::Paced,
        Pace::Following => Mode::Following,
        Pace::Slow { thousandths } => Mode::Slow {
            divisor: (f64::from(thousandths) / 1_000.0).clamp(Mode::DIVISOR_MIN, Mode::DIVISOR_MAX),
        },
    }
}

fn apart(a: Show, b: Show) -> Show {
    Show(a.0.abs_diff(b.0))
}

/// What plays faster is farther apart for as little of the viewer's time.
fn apart_max(mode: Mode) -> Show {
    match mode {
        Mode::Slow { divisor } if divisor < 1.0 => Show((APART_MAX.0 as f64 / divisor) as u64),
        _ => APART_MAX,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_to_play_is_told_and_understood() {
        for &rung in Mode::LADDER.iter().chain([&Mode::Following]) {
            assert_eq!(mode(pace(rung)), rung);
        }
    }
}
