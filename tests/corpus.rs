//! The hostile inputs that fuzzing found, in `fuzz/corpus`: each is run again through the same code as
//! there, on stable. A name that begins with `crash` was a defect once.

use std::{
    fs,
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
};

#[path = "../fuzz/targets/mod.rs"]
mod targets;

fn replay(target: &str, run: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus");
    let mut files: Vec<_> = fs::read_dir(folder.join(target))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    assert!(!files.is_empty());
    let fails = |file: &&std::path::PathBuf| {
        let bytes = fs::read(file).unwrap();
        catch_unwind(AssertUnwindSafe(|| run(&bytes))).is_err()
    };
    let failed: Vec<_> = files.iter().filter(fails).collect();
    assert!(failed.is_empty(), "{failed:#?}");
}

#[test]
fn requests() {
    replay("requests", targets::requests::run);
}

#[test]
fn recordings() {
    replay("recordings", targets::recordings::run);
}

#[test]
fn http() {
    replay("http", targets::http::run);
}

#[test]
fn lessons() {
    replay("lessons", targets::lessons::run);
}
