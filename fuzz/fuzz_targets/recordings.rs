//! See `targets/recordings.rs`.
#![no_main]

#[path = "../targets/recordings.rs"]
mod target;

libfuzzer_sys::fuzz_target!(|data: &[u8]| target::run(data));
