//! `fruitbelt export`: a folder with the page and recordings, for any web server and any sub-folder.
//!
//! Knows nothing of what is in a recording, nor of who will serve it.

use std::{fs, io, path::Path, process::ExitCode};

use anyhow::{Context, anyhow, bail};
use relay::{List, Page};

use crate::{arguments::Export, files::recordings, lesson::Shelf, page::found};

/// Writes the folder.
///
/// # Errors
/// One line that names the file or the directory, and the remedy.
pub fn export(arguments: &Export) -> anyhow::Result<ExitCode> {
    let dir = &arguments.dir;
    let page = Shelf::of(&arguments.lessons)?.beside(found(&arguments.page_dir)?);
    let recordings = recordings(&arguments.files)?;
    make(dir)?;
    let failed = || {
        format!(
            "{} cannot be written; make room or name another directory",
            dir.display()
        )
    };
    copy_page(&page, dir).with_context(failed)?;
    fs::create_dir_all(dir.join("recordings")).with_context(failed)?;
    let mut list = List::default();
    for recording in recordings {
        let mut listed = recording.listed;
        // The file may have grown since it was looked at.
        listed.bytes = fs::copy(&recording.path, dir.join(&listed.file))
            .with_context(|| format!("{} cannot be copied", recording.path.display()))?;
        list.recordings.push(listed);
    }
    fs::write(dir.join("recordings.json"), list.to_json()).with_context(failed)?;
    Ok(ExitCode::SUCCESS)
}

/// Nothing that is there already is touched.
fn make(dir: &Path) -> anyhow::Result<()> {
    let listed = match fs::read_dir(dir) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return fs::create_dir(dir).with_context(|| {
                format!(
                    "{} cannot be made; name a directory in one that is there",
                    dir.display()
                )
            });
        }
        listed => listed,
    };
    let mut listed = listed
        .map_err(|error| anyhow!("{}: {error}; name a new or empty directory", dir.display()))?;
    if listed.next().is_some() {
        bail!(
            "{} is not empty; name a new or empty directory",
            dir.display()
        );
    }
    Ok(())
}

/// All but the page's own recordings and their list.
fn copy_page(page: &Page, dir: &Path) -> io::Result<()> {
    for name in page.names()? {
        if name.starts_with("recordings/") || name.starts_with("recordings.json") {
            continue;
        }
        let to = dir.join(&name);
        if let Some(folder) = to.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(to, page.read(&name)?)?;
    }
    Ok(())
}
