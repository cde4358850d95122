//! Splits the page's module where its sources say `#[wasm_split]`: into what it starts with, and
//! what it fetches later. Knows nothing of what the parts do.

use std::path::Path;

use anyhow::{Result, anyhow};
use wasm_split_cli_support::{Options, transform};

/// The script by which the first part fetches the others.
const FETCHING: &str = "./later.js";

/// Splits a linked module, which must hold its relocations. The part to start with goes to `start`
/// and is yet to be bound, as `name`; the others go to `folder`.
pub fn split(whole: &[u8], start: &Path, name: &str, folder: &Path) -> Result<()> {
    let main_module = format!("./{name}.js");
    let mut options = Options::new(whole);
    options.output_dir = folder;
    options.main_out_path = start;
    options.main_module = &main_module;
    options.link_name = FETCHING;
    transform(options)
        .map(drop)
        .map_err(|error| anyhow!("cannot split the module {name}: {error:#}"))
}
