//! See `targets/lessons.rs`.
#![no_main]

#[path = "../targets/lessons.rs"]
mod target;

libfuzzer_sys::fuzz_target!(|data: &[u8]| target::run(data));
