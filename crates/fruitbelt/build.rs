//! With the feature `embed`: writes a table of the page's files, from the folder that the
//! environment names as FRUITBELT_PAGE. Knows nothing of what they are.

use std::{
    env, fmt,
    fmt::Write,
    fs, io,
    path::{Path, PathBuf},
};

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=FRUITBELT_PAGE");
    if env::var_os("CARGO_FEATURE_EMBED").is_none() {
        return Ok(());
    }
    let missing = || io::Error::other("FRUITBELT_PAGE names no built page: use `cargo xtask dist`");
    let page: PathBuf = env::var_os("FRUITBELT_PAGE").ok_or_else(missing)?.into();
    if !page.join("index.html").is_file() {
        return Err(missing());
    }
    println!("cargo::rerun-if-changed={}", page.display());
    let out: PathBuf = env::var_os("OUT_DIR").ok_or_else(missing)?.into();
    let table = table(&page)?;
    fs::write(out.join("page.rs"), table)
}

/// `FILES`, sorted by name.
fn table(page: &Path) -> io::Result<String> {
    let mut files = Vec::new();
    let mut folders = vec![String::new()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(page.join(&folder))? {
            let entry = entry?;
            let name = format!("{folder}{}", entry.file_name().to_string_lossy());
            if entry.file_type()?.is_dir() {
                folders.push(name + "/");
            } else {
                files.push((name, entry.path()));
            }
        }
    }
    files.sort();
    let write = || -> Result<String, fmt::Error> {
        let mut table = String::new();
        writeln!(table, "pub static FILES: &[(&str, &[u8])] = &[")?;
        for (name, path) in &files {
            writeln!(table, "    ({name:?}, include_bytes!({path:?})),")?;
        }
        writeln!(table, "];")?;
        Ok(table)
    };
    write().map_err(io::Error::other)
}
