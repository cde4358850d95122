//! Reads the file of a lesson. What is wrong is told with file, line, place and remedy.
//!
//! Knows nothing of files on a disk: text comes in, with the name that errors call it by.

mod check;
mod place;

use std::fmt;

use crate::Lesson;
use place::{Path, Places};

/// One thing that is wrong with a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// The file, as it was named.
    pub file: String,
    /// Its line, from 1.
    pub line: usize,
    /// Where that is in the lesson: `step 2, do 3`; may be empty.
    pub place: String,
    /// What is wrong, and the remedy.
    pub what: String,
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: ", self.file, self.line)?;
        if !self.place.is_empty() {
            write!(f, "{}: ", self.place)?;
        }
        f.write_str(&self.what)
    }
}

/// Reads the text of `file`, whose stem is the lesson's name.
///
/// # Errors
/// All that is wrong, in the order of the lines; at least one thing.
pub fn read(file: &str, text: &str) -> Result<Lesson, Vec<Wrong>> {
    let name = file.rsplit(['/', '\\']).next().unwrap_or(file);
    let id = name.strip_suffix(".toml").unwrap_or(name);
    let wrong = |line, place, what| Wrong {
        file: file.to_owned(),
        line,
        place,
        what,
    };
    if text.len() > Lesson::FILE_BYTES_MAX {
        let most = Lesson::FILE_BYTES_MAX;
        let what = format!("a lesson's file has at most {most} bytes; make two lessons of it");
        return Err(vec![wrong(1, String::new(), what)]);
    }
    let unreadable = |error: &toml::de::Error, places: Option<&Places>| {
        let at = error.span().map_or(0, |span| span.start);
        let place = places.map_or_else(String::new, |places| places.around(at));
        let what = error.message().trim_end().replace('\n', "; ");
        vec![wrong(place::line(text, at), place, what)]
    };
    let places = Places::of(text).map_err(|error| unreadable(&error, None))?;
    let mut lesson: Lesson =
        toml::from_str(text).map_err(|error| unreadable(&error, Some(&places)))?;
    let mut wrongs = Vec::new();
    check::check(&lesson, id, &mut |path: &Path, what| {
        wrongs.push(wrong(places.line(path), path.to_string(), what));
    });
    if wrongs.is_empty() {
        id.clone_into(&mut lesson.id);
        return Ok(lesson);
    }
    wrongs.sort_by_key(|wrong| wrong.line);
    Err(wrongs)
}
