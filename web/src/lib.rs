//! The page: it paints what the model says and sends what the person asks. Stands empty for now.
use wasm_bindgen::prelude::wasm_bindgen;

/// Runs when the page has loaded the module.
#[wasm_bindgen(start)]
pub fn start() {}
