//! The way to the page: TLS, the path before it, and the proxy that is trusted.
//!
//! Knows nothing of what is asked for.

/// How the page is reached.
#[derive(Clone, Debug, Default)]
pub struct Transport {}
