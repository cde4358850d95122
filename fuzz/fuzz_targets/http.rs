//! See `targets/http.rs`.
#![no_main]

#[path = "../targets/http.rs"]
mod target;

libfuzzer_sys::fuzz_target!(|data: &[u8]| target::run(data));
