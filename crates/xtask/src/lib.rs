//! What `start` and `xtask` share: finding the workspace, calling cargo, building the page.
//! Knows nothing of sockets, records or drawing: to it the others are packages to build.

pub mod page;
pub mod workspace;
