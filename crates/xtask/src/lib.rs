//! What `start` and `xtask` are made of: finding the workspace, calling cargo, building the page,
//! trying it while it changes, testing it all, and measuring it. Knows nothing of sockets, records or
//! drawing: the others are packages to build.

mod axe;
pub mod bench;
pub mod dev;
pub mod dist;
pub mod elsewhere;
mod lessons;
mod lighten;
mod nameless;
pub mod page;
pub mod prerequisites;
mod reload;
pub mod soak;
mod split;
pub mod steps;
pub mod test;
pub mod workspace;
