//! Splits the page's module where its sources say `#[wasm_split]`: into what it starts with, and
//! what it fetches later. Knows nothing of what the parts do.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;

use anyhow::{Result, anyhow};
use wasm_split_cli_support::{Options, transform};

/// The script by which the first part fetches the others.
const FETCHING: &str = "./later.js";

/// The files of the other parts begin so.
pub const PART: &str = "split_";

/// Splits a linked module, which must hold its relocations. The part to start with goes to `start`
/// and is yet to be bound, as `name`; the others go to `folder`.
pub fn split(whole: &[u8], start: &Path, name: &str, folder: &Path) -> Result<()> {
    let main_module = format!("./{name}.js");
    let mut options = Options::new(whole);
    options.output_dir = folder;
    options.main_out_path = start;
    options.main_module = &main_module;
    options.link_name = FETCHING;
    let parts = transform(options)
        .map_err(|error| anyhow!("cannot split the module {name}: {error:#}"))?
        .split_modules;

    // A part fits only the start it was split from: told by its name, another build's part is
    // missing instead of wrong.
    let mut hasher = DefaultHasher::new();
    whole.hash(&mut hasher);
    let build = hasher.finish();
    let script = folder.join(FETCHING);
    let mut fetching = fs::read_to_string(&script)?;
    for part in parts {
        let stem = part.file_stem().unwrap_or_default().to_string_lossy();
        let named = format!("{stem}-{build:016x}.wasm");
        fetching = fetching.replace(&format!("./{stem}.wasm"), &format!("./{named}"));
        fs::rename(&part, folder.join(named))?;
    }
    Ok(fs::write(script, fetching)?)
}
