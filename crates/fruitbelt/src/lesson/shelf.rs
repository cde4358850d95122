//! All lessons that can be given: the built-in ones and those of a lecturer's own folder.

use std::{fs, path::Path, sync::Arc};

use anyhow::{anyhow, bail};
use lessons::{Lesson, built_in, read};
use relay::Page;

use crate::arguments::LessonsDir;

/// The lessons, in the order in which they are listed.
#[derive(Debug, Default)]
pub struct Shelf {
    lessons: Vec<Arc<Lesson>>,
}

impl Shelf {
    /// The built-in ones, and those in the files `*.toml` of a folder; one of the same name there
    /// takes the place of the built-in one.
    ///
    /// # Errors
    /// The folder cannot be read, or what is in it is no lesson: file, line and remedy.
    pub fn of(dir: &LessonsDir) -> anyhow::Result<Shelf> {
        let built_in = built_in().map_err(|wrongs| anyhow!("{}", lines(&wrongs)))?;
        let mut shelf = Shelf {
            lessons: built_in.into_iter().map(Arc::new).collect(),
        };
        for lesson in dir
            .lessons
            .as_deref()
            .map(own)
            .transpose()?
            .unwrap_or_default()
        {
            match shelf.lessons.iter_mut().find(|it| it.id == lesson.id) {
                Some(place) => *place = Arc::new(lesson),
                None => shelf.lessons.push(Arc::new(lesson)),
            }
        }
        Ok(shelf)
    }

    pub fn lessons(&self) -> &[Arc<Lesson>] {
        &self.lessons
    }

    pub fn find(&self, name: &str) -> Option<Arc<Lesson>> {
        self.lessons.iter().find(|it| it.id == name).cloned()
    }

    pub fn names(&self) -> Vec<&str> {
        self.lessons.iter().map(|it| it.id.as_str()).collect()
    }

    /// The page with these lessons beside it, as it reads them.
    pub fn beside(&self, page: Page) -> Page {
        let lessons: Vec<Lesson> = self.lessons.iter().map(|it| (**it).clone()).collect();
        page.with_file("lessons.bin", lessons::encode(&lessons))
    }
}

/// The lessons of a folder, by name.
fn own(folder: &Path) -> anyhow::Result<Vec<Lesson>> {
    let shown = folder.display();
    let listed = fs::read_dir(folder).map_err(|error| {
        anyhow!("--lessons {shown}: {error}; name a folder with files of lessons, NAME.toml")
    })?;
    let mut files = Vec::new();
    for entry in listed {
        let path = entry
            .map_err(|error| anyhow!("--lessons {shown}: {error}"))?
            .path();
        if path
            .extension()
            .is_some_and(|extension| extension == "toml")
        {
            files.push(path);
        }
    }
    if files.is_empty() {
        bail!("--lessons {shown}: there is no file *.toml; write one, see docs/lessons.md");
    }
    files.sort();
    let mut lessons = Vec::new();
    let mut told = Vec::new();
    for file in &files {
        match read_file(file) {
            Ok(lesson) => lessons.push(lesson),
            Err(wrongs) => told.extend(wrongs),
        }
    }
    if told.is_empty() {
        Ok(lessons)
    } else {
        bail!("{}", told.join("\n"))
    }
}

/// Reads one file.
///
/// # Errors
/// A line for each thing that is wrong: file, line, place and remedy.
pub fn read_file(path: &Path) -> Result<Lesson, Vec<String>> {
    let shown = path.display().to_string();
    let about = fs::metadata(path).map_err(|error| vec![format!("{shown}: {error}")])?;
    if about.len() > Lesson::FILE_BYTES_MAX as u64 {
        let most = Lesson::FILE_BYTES_MAX;
        return Err(vec![format!(
            "{shown}: a lesson's file has at most {most} bytes; is that one?"
        )]);
    }
    let text = fs::read_to_string(path).map_err(|error| vec![format!("{shown}: {error}")])?;
    read(&shown, &text).map_err(|wrongs| wrongs.iter().map(ToString::to_string).collect())
}

fn lines(wrongs: &[lessons::Wrong]) -> String {
    let lines: Vec<String> = wrongs.iter().map(ToString::to_string).collect();
    lines.join("\n")
}
