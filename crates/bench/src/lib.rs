//! Measures a relay from outside: a load of real TCP clients and WebSocket viewers against the
//! program that everybody has, in a process of its own, so that what each side costs is told apart.
//!
//! ```text
//! rows -> { server: the relay, or what it is compared with (baseline, ready) }
//!      -> { load: TCP clients; viewers: many, counted; viewer: one, decoded }
//!      -> figures -> Markdown on standard output
//! ```
//!
//! Linux only: it reads `/proc`. Knows nothing of how the relay does its work.

pub mod baseline;
pub mod curves;
pub mod figures;
pub mod frames;
pub mod load;
pub mod machine;
pub mod ready;
pub mod rows;
pub mod server;
pub mod viewer;
pub mod viewers;
