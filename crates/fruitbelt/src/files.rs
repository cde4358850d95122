//! Recordings that are named on the command line: is each one, and what is it called in the page.
//!
//! Looks at the header line only: a file may be of any size and may be damaged behind it. Knows
//! nothing of who shows it.

use std::{
    collections::HashSet,
    fs::File,
    io::{self, BufRead, BufReader},
    path::{Path, PathBuf},
};

use anyhow::{Context, bail};
use flate2::read::MultiGzDecoder;
use protocol::{
    json::{self, Line},
    wire,
};
use relay::{Listed, Replayed};

/// The longest header line, bytes.
const HEADER_BYTES_MAX: u64 = 64 << 10;
/// How a gzip'ed file begins.
const GZIP: [u8; 2] = [0x1f, 0x8b];
/// The longest name of a recording, characters.
const NAME_CHARS_MAX: usize = 80;

/// Checks each file, and gives it a name that no other one has and that tells no path.
///
/// # Errors
/// One line that names the file.
pub fn recordings(files: &[PathBuf]) -> anyhow::Result<Vec<Replayed>> {
    let mut taken = HashSet::new();
    let named = files.iter().map(|path| {
        let bytes = check(path).with_context(|| format!("{} is no recording", path.display()))?;
        let (name, file) = names(path, &mut taken);
        Ok(Replayed {
            listed: Listed { name, file, bytes },
            path: path.clone(),
        })
    });
    named.collect()
}

/// Returns how long it is, bytes.
fn check(path: &Path) -> anyhow::Result<u64> {
    let file = File::open(path)?;
    let found = file.metadata()?;
    if !found.is_file() {
        bail!("not a file");
    }
    let mut text = String::new();
    let mut start = BufReader::new(file);
    let is_gzip = start.fill_buf()?.starts_with(&GZIP);
    let read = if is_gzip {
        first_line(BufReader::new(MultiGzDecoder::new(start)), &mut text)
    } else {
        first_line(start, &mut text)
    };
    read.context("its first line cannot be read")?;
    match json::parse_line(&text) {
        Ok(Line::Header(header)) if header.format == wire::VERSION => Ok(found.len()),
        Ok(Line::Header(header)) => bail!(
            "it is of version {} of the format; this program reads {}",
            header.format,
            wire::VERSION
        ),
        _ => bail!("its first line is no header; give a file made by --record or /events.ndjson"),
    }
}

fn first_line(from: impl BufRead, text: &mut String) -> io::Result<usize> {
    from.take(HEADER_BYTES_MAX).read_line(text)
}

/// What it is called for people, and as a file beside the page.
fn names(path: &Path, taken: &mut HashSet<String>) -> (String, String) {
    let whole = path.file_name().unwrap_or_default().to_string_lossy();
    let (stem, gz) = match whole.strip_suffix(".gz") {
        Some(stem) => (stem, ".gz"),
        None => (&*whole, ""),
    };
    let stem = stem.strip_suffix(".ndjson").unwrap_or(stem);
    let clean = |is_kept: fn(char) -> bool| {
        let kept = stem.chars().take(NAME_CHARS_MAX);
        let kept: String = kept.map(|c| if is_kept(c) { c } else { '-' }).collect();
        kept.trim_matches(['.', ' ']).to_owned()
    };
    let name = clean(|c| !c.is_control() && !matches!(c, '/' | '\\' | '&' | '#' | '%'));
    let file = clean(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'));
    let or_plain = |text: String| match text.as_str() {
        "" => "recording".to_owned(),
        _ => text,
    };
    let (name, file) = (or_plain(name), or_plain(file));
    // Where the disk does not tell capitals from small letters, two files may be one.
    let mut again = 1;
    loop {
        let suffix = if again == 1 {
            String::new()
        } else {
            format!("-{again}")
        };
        let (name, file) = (format!("{name}{suffix}"), format!("{file}{suffix}"));
        let keys = [
            format!("name {name}"),
            format!("file {}", file.to_lowercase()),
        ];
        if !keys.iter().any(|key| taken.contains(key)) {
            taken.extend(keys);
            return (name, format!("recordings/{file}.ndjson{gz}"));
        }
        again += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_tell_no_path() {
        let mut taken = HashSet::new();
        for (path, name, file) in [
            (
                "/home/somebody/belt.ndjson",
                "belt",
                "recordings/belt.ndjson",
            ),
            ("belt.ndjson", "belt-2", "recordings/belt-2.ndjson"),
            (
                "other/Belt.ndjson.gz",
                "Belt-3",
                "recordings/Belt-3.ndjson.gz",
            ),
            ("水果.ndjson", "水果", "recordings/--.ndjson"),
            (
                "a b#c&d.txt",
                "a b-c-d.txt",
                "recordings/a-b-c-d.txt.ndjson",
            ),
            (".ndjson", "recording", "recordings/recording.ndjson"),
            ("..", "recording-2", "recordings/recording-2.ndjson"),
        ] {
            let found = names(Path::new(path), &mut taken);
            assert_eq!(found, (name.to_owned(), file.to_owned()), "{path}");
        }
    }
}
