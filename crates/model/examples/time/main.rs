//! `cargo xtask bench time`, the native part: how the cost of a log grows with its length. With a
//! folder as its argument it writes the same logs there as recordings, for the browser's part.

mod echoes;
mod write;

use std::{env, hint::black_box, io, path::Path, time::Instant};

use echoes::Echoes;
use model::{Command, Playback, Show, Timeline};
use peak_alloc::PeakAlloc;
use protocol::Conn;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

const CONNS: u32 = 100;
const SEEKS: usize = 1_000;
const FRAMES: usize = 2_000;
const FRAME_NANOS: u64 = 16_666_667;

const COUNTS: [usize; 3] = [10_000, 100_000, 1_000_000];

fn main() -> io::Result<()> {
    if let Some(folder) = env::args_os().nth(1) {
        return write::recordings(Path::new(&folder), &COUNTS);
    }
    println!(
        "native, {CONNS} connections, a release build without debug checks; p50 / p99 in microseconds\n"
    );
    println!(
        "| records | load, s | bytes a record | snapshots, bytes a record | seek | frame, playing | frame, 100 times | focus, ms | density, 1,000 buckets |"
    );
    println!("|---|---|---|---|---|---|---|---|---|");
    for count in COUNTS {
        measure(count);
    }
    Ok(())
}

fn measure(count: usize) {
    let before = MEMORY.current_usage();
    let records: Vec<_> = Echoes::of(CONNS).take(count).collect();
    let shared = MEMORY.current_usage() - before - count * size_of::<protocol::Record>();

    let begun = Instant::now();
    let before = MEMORY.current_usage();
    let mut timeline = Timeline::new(Some(Conn(1)));
    for record in records {
        timeline.push(record);
    }
    let load = begun.elapsed().as_secs_f64();
    // The vector that they came in is gone by now; the previews that were in it are in the log.
    let held = MEMORY.current_usage() + count * size_of::<protocol::Record>() - before + shared;

    let mut random = 1u64;
    let mut anywhere = |timeline: &Timeline| {
        random = random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let (start, end) = (timeline.start().0, timeline.end().0);
        Show(start + (random >> 1) % (end - start))
    };
    let seeks = timed(SEEKS, || {
        let show = anywhere(&timeline);
        black_box(timeline.state_at(show));
    });
    let mut playback = Playback::default();
    let mut play = |timeline: &mut Timeline, mode| {
        playback.command(Command::Mode(mode), timeline);
        playback.command(Command::Seek(Show(timeline.end().0 / 2)), timeline);
        black_box(timeline.state_at(playback.head()));
        timed(FRAMES, || {
            playback.advance(FRAME_NANOS, timeline);
            black_box(timeline.state_at(playback.head()));
        })
    };
    let paced = play(&mut timeline, model::Mode::Paced);
    let fast = play(&mut timeline, model::Mode::Slow { divisor: 0.01 });
    let (from, to) = (timeline.start(), timeline.end());
    let density = timed(20, || {
        black_box(timeline.density(from, to, 1_000));
    });
    let begun = Instant::now();
    timeline.set_focus(Some(Conn(2)));
    let focus = begun.elapsed().as_secs_f64() * 1e3;
    println!(
        "| {count} | {load:.3} | {} | {} | {seeks} | {paced} | {fast} | {focus:.1} | {density} |",
        held / count,
        timeline.snapshot_bytes() / count,
    );
}

/// How long it takes, p50 / p99 / the longest, microseconds.
fn timed(times: usize, mut once: impl FnMut()) -> String {
    let mut micros: Vec<f64> = (0..times)
        .map(|_| {
            let begun = Instant::now();
            once();
            begun.elapsed().as_secs_f64() * 1e6
        })
        .collect();
    micros.sort_by(f64::total_cmp);
    let at = |part: f64| micros[((times - 1) as f64 * part) as usize];
    format!("{:.1} / {:.1} (≤ {:.0})", at(0.5), at(0.99), at(1.0))
}
