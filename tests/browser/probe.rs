//! What a measurement of the page needs: a probe in the page that times its frames, figures of many
//! values, and what machine they were taken on. Knows nothing of what is measured.

use std::fs;
use std::thread;

use anyhow::Result;
use serde::Deserialize;

/// Times each frame's callbacks and counts what they paint: `frame` is the last one, and `record`
/// gives those of a span. Sprites are the calls of drawImage: a fruit, its character, a crate is one
/// each. What stands still is not painted again, and not counted.
pub const PROBE: &str = "{
    globalThis.frame = { at: 0, work: 0, sprites: 0 };
    let heard = () => {};
    const ask = requestAnimationFrame.bind(window);
    window.requestAnimationFrame = callback => ask(at => {
        if (frame.at != at) {
            heard(frame);
            frame = { at, work: 0, sprites: 0 };
        }
        const begin = performance.now();
        callback(at);
        frame.work += performance.now() - begin;
    });
    const paint = CanvasRenderingContext2D.prototype.drawImage;
    CanvasRenderingContext2D.prototype.drawImage = function (...all) {
        frame.sprites += 1;
        return paint.apply(this, all);
    };
    globalThis.record = span => new Promise(resolve => {
        const frames = [];
        heard = frame => {
            frames.push(frame);
            if (frame.at - frames[0].at < span) return;
            heard = () => {};
            resolve(frames);
        };
    });
}; true";

/// One frame of the page, milliseconds.
#[derive(Deserialize)]
pub struct Frame {
    pub at: f64,
    /// In the page's own code. What the browser makes of it comes on top.
    pub work: f64,
    pub sprites: f64,
}

/// In the middle, at 95 and at 99 hundredths.
pub fn row(values: impl Iterator<Item = f64> + Clone) -> String {
    let quantiles = [0.5, 0.95, 0.99].map(|part| quantile(values.clone(), part));
    quantiles.map(|value| format!("{value:.1}")).join("  ")
}

/// The smallest value that is not below this part of them all.
pub fn quantile(values: impl Iterator<Item = f64>, part: f64) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    let rank = (values.len() as f64 * part).ceil() as usize;
    values[rank.saturating_sub(1)]
}

/// How many others want the machine's cores: with more than it has, the figures are theirs too.
pub fn load() -> Result<String> {
    let told = fs::read_to_string("/proc/loadavg")?;
    Ok(told.split(' ').take(1).collect())
}

/// What it was measured on.
pub fn machine() -> Result<String> {
    let cores = thread::available_parallelism()?;
    let told = fs::read_to_string("/proc/cpuinfo")?;
    let model = told
        .lines()
        .find_map(|line| line.strip_prefix("model name"));
    let model = model.map(|model| model.trim_start_matches([' ', '\t', ':']));
    Ok(format!(
        "{cores} cores of {}",
        model.unwrap_or("an unnamed kind")
    ))
}
