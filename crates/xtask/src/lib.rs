//! What `start` and `xtask` are made of: finding the workspace, calling cargo, building the page,
//! trying it while it changes, and testing it all. Knows nothing of sockets, records or drawing: the others are packages to
//! build.

pub mod dev;
pub mod page;
pub mod prerequisites;
mod reload;
pub mod steps;
pub mod test;
pub mod workspace;
