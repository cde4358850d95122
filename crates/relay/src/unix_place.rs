//! Where a Unix-domain socket of ours has its name: a path in a folder of its own that nobody else
//! may enter, or one that a person has chosen. Removed when it is dropped; what a killed program
//! left behind is removed by the next one.
//!
//! Knows nothing of what is served there. Never removes a socket at which somebody listens.

use std::{
    fs, io,
    os::unix::{
        fs::{DirBuilderExt, FileTypeExt, MetadataExt},
        net::UnixStream,
    },
    path::{Path, PathBuf},
    time::Duration,
};

use protocol::UnixName;
use socket2::{Domain, SockAddr, Socket, Type};

/// The longest path of a socket, bytes: `sun_path` of `unix(7)` has room for one more, a NUL.
pub const PATH_BYTES_MAX: usize = 107;
/// The folders of ours, before a random number.
const FOLDER: &str = "fruitbelt-";
/// The socket in such a folder.
const FILE: &str = "echo";
/// A folder younger than that may belong to a program that binds just now.
const LEFT_BEHIND: Duration = Duration::from_secs(60);

/// A name in the file system that is ours, with its folder if that is ours too.
#[derive(Debug)]
pub struct Place {
    path: PathBuf,
    folder: Option<Folder>,
    /// Which socket is ours: what stands there later may be another one.
    is: Option<Identity>,
}

/// A folder of ours.
#[derive(Debug)]
struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        // Whoever put a file there keeps it.
        let _ = fs::remove_dir(&self.0);
    }
}

impl Place {
    /// A new path that nobody else can reach: its folder has mode 0700.
    ///
    /// # Errors
    /// The folder cannot be made, or the path would be too long.
    pub fn private() -> io::Result<Place> {
        let parent = std::env::temp_dir();
        sweep(&parent);
        let number = getrandom::u64().map_err(io::Error::other)?;
        let folder = parent.join(format!("{FOLDER}{number:016x}"));
        let path = folder.join(FILE);
        check(&path, "set TMPDIR to a shorter one")?;
        fs::DirBuilder::new().mode(0o700).create(&folder)?;
        Ok(Place {
            path,
            folder: Some(Folder(folder)),
            is: None,
        })
    }

    /// A path that a person has chosen. A socket there at which nobody listens any more is removed.
    ///
    /// # Errors
    /// It is too long, or something else stands there, as a socket at which somebody listens.
    pub fn chosen(path: &Path) -> io::Result<Place> {
        check(path, "choose a shorter one")?;
        if let Ok(found) = fs::symlink_metadata(path) {
            let in_use = |what: &str| io::Error::new(io::ErrorKind::AddrInUse, what.to_owned());
            if !found.file_type().is_socket() {
                return Err(in_use(
                    "a file that is no socket is there: choose another path",
                ));
            }
            if !is_deserted(path) {
                return Err(in_use("another program listens there: choose another path"));
            }
            fs::remove_file(path)?;
        }
        Ok(Place {
            path: path.to_owned(),
            folder: None,
            is: None,
        })
    }

    /// Makes a socket of that type and binds it there.
    ///
    /// # Errors
    /// As socket(2) and bind(2).
    pub fn bind(&mut self, kind: Type) -> io::Result<Socket> {
        let socket = Socket::new(Domain::UNIX, kind, None)?;
        socket.set_nonblocking(true)?;
        socket.bind(&SockAddr::unix(&self.path)?)?;
        self.is = identity(&self.path);
        Ok(socket)
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> UnixName {
        UnixName::path(&self.path.to_string_lossy())
    }

    #[cfg(test)]
    fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if self.is.is_some() && identity(&self.path) == self.is {
            let _ = fs::remove_file(&self.path);
        }
        // Before the folder is given back, which must then be empty.
        drop(self.folder.take());
    }
}

/// Removes what programs like this one left behind when they were killed.
fn sweep(parent: &Path) {
    let Ok(entries) = fs::read_dir(parent) else {
        return;
    };
    for entry in entries.flatten() {
        let name = entry.file_name();
        if !name.to_string_lossy().starts_with(FOLDER) {
            continue;
        }
        let Ok(found) = entry.metadata() else {
            continue;
        };
        let age = found.modified().ok().and_then(|at| at.elapsed().ok());
        let is_old = age.is_some_and(|age| age > LEFT_BEHIND);
        let socket = entry.path().join(FILE);
        if found.is_dir() && is_old && is_deserted(&socket) && fs::remove_file(&socket).is_ok() {
            let _ = fs::remove_dir(entry.path());
        }
    }
}

/// A socket is there, and nobody listens at it.
fn is_deserted(path: &Path) -> bool {
    let is_socket = fs::symlink_metadata(path).is_ok_and(|it| it.file_type().is_socket());
    is_socket
        && UnixStream::connect(path)
            .is_err_and(|error| error.kind() == io::ErrorKind::ConnectionRefused)
}

/// Device, inode, and since when, because inodes are given out again: seconds, nanoseconds.
type Identity = (u64, u64, i64, i64);

fn identity(path: &Path) -> Option<Identity> {
    let found = fs::symlink_metadata(path).ok()?;
    let (second, nano) = (found.mtime(), found.mtime_nsec());
    Some((found.dev(), found.ino(), second, nano))
}

fn check(path: &Path, remedy: &str) -> io::Result<()> {
    let bytes = path.as_os_str().len();
    if bytes <= PATH_BYTES_MAX {
        return Ok(());
    }
    Err(io::Error::new(
        io::ErrorKind::InvalidInput,
        format!(
            "the path has {bytes} bytes and a Unix-domain socket's at most {PATH_BYTES_MAX}: {remedy}"
        ),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_private_place_is_gone_when_dropped() {
        let mut place = Place::private().unwrap();
        let folder = place.path().parent().unwrap().to_owned();
        let socket = place.bind(Type::STREAM).unwrap();
        assert_eq!(fs::metadata(&folder).unwrap().mode() & 0o777, 0o700);
        assert!(place.path().exists());
        drop(socket);
        drop(place);
        assert!(!folder.exists());
    }

    #[test]
    fn a_live_socket_is_never_removed_and_a_deserted_one_is() {
        let home = Place::private().unwrap();
        let path = home.path();
        let mut first = Place::chosen(path).unwrap();
        let socket = first.bind(Type::STREAM).unwrap();
        socket.listen(1).unwrap();
        let refused = Place::chosen(path).unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::AddrInUse);
        assert!(path.exists());
        // As a killed program leaves it: the socket closed, the name still there.
        drop(socket);
        let mut second = Place::chosen(path).unwrap();
        let socket = second.bind(Type::STREAM).unwrap();
        socket.listen(1).unwrap();
        // The first must not take away what is the second's now.
        drop(first);
        assert!(path.exists());
        drop(second);
        assert!(!path.exists());
    }

    #[test]
    fn what_is_no_socket_stays_and_what_is_too_long_is_said() {
        let home = Place::private().unwrap();
        fs::write(home.path(), "a letter").unwrap();
        let refused = Place::chosen(home.path()).unwrap_err();
        assert!(refused.to_string().contains("no socket"), "{refused}");
        assert!(home.path().exists());
        fs::remove_file(home.path()).unwrap();
        let long = Path::new("/tmp").join("x".repeat(PATH_BYTES_MAX));
        let refused = Place::chosen(&long).unwrap_err();
        assert!(refused.to_string().contains("at most 107"), "{refused}");
    }
}
