//! What is done with a hostile input, written once: the fuzzer finds inputs by it, and the tests run
//! it over those that were kept.
//!
//! A target takes any bytes. It panics when something is not as it must be; otherwise it has nothing
//! to say.

pub mod http;
pub mod lessons;
pub mod recordings;
pub mod requests;
