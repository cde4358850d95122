//! A file that is made anew and only grows, by whole lines.
//!
//! Knows nothing of records: text in.

use std::{
    fs::{File, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
};

use crate::StartError;

/// A file that was not there before.
#[derive(Debug)]
pub struct NewFile {
    file: File,
    path: PathBuf,
    /// How long it is.
    bytes: u64,
}

impl NewFile {
    /// Makes it.
    ///
    /// # Errors
    /// [`StartError::Record`]: it is there already, or the system refuses.
    pub fn create(path: &Path) -> Result<NewFile, StartError> {
        NewFile::make(path).map_err(|source| StartError::Record {
            path: path.to_owned(),
            source,
        })
    }

    pub(super) fn make(path: &Path) -> io::Result<NewFile> {
        let mut options = OpenOptions::new();
        let file = options.append(true).create_new(true).open(path)?;
        Ok(NewFile {
            file,
            path: path.to_owned(),
            bytes: 0,
        })
    }

    /// Its name without the folder.
    pub fn name(&self) -> String {
        let name = self.path.file_name().unwrap_or_default();
        name.to_string_lossy().into_owned()
    }

    /// Where it is: for the log, not for viewers.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// How long it is, bytes.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Adds whole lines, in one write(2) if the system takes it so: what it has taken survives the
    /// end of this program.
    ///
    /// # Errors
    /// The system takes no more. The file then ends with the last line that it took whole.
    pub fn append(&mut self, lines: &str) -> io::Result<()> {
        let mut left = lines.as_bytes();
        while !left.is_empty() {
            let refused = match self.file.write(left) {
                Ok(0) => io::ErrorKind::WriteZero.into(),
                Ok(taken) => {
                    left = left.get(taken..).unwrap_or_default();
                    continue;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => error,
            };
            let taken = lines.len() - left.len();
            let whole = lines
                .as_bytes()
                .iter()
                .take(taken)
                .rposition(|&byte| byte == b'\n');
            self.bytes += whole.map_or(0, |at| at as u64 + 1);
            // If even that is refused, a last line cut short is what readers put up with.
            let _ = self.file.set_len(self.bytes);
            return Err(refused);
        }
        self.bytes += lines.len() as u64;
        Ok(())
    }

    /// Has all of it on the disk itself.
    ///
    /// # Errors
    /// As fsync(2).
    pub fn sync(&self) -> io::Result<()> {
        self.file.sync_all()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_made_once_and_grows() {
        let path = std::env::temp_dir().join(format!("fruitbelt-file-{}", std::process::id()));
        let mut file = NewFile::create(&path).unwrap();
        file.append("one\ntwo\n").unwrap();
        file.append("three\n").unwrap();
        assert_eq!(file.bytes(), 14);
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "one\ntwo\nthree\n");
        let again = NewFile::make(&path).map(|_| ()).map_err(|e| e.kind());
        assert_eq!(again, Err(io::ErrorKind::AlreadyExists));
        std::fs::remove_file(&path).unwrap();
    }
}
