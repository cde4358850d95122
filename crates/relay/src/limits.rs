//! How much of each thing there may be: what a peer or a viewer can make grow has its limit here.
//!
//! Numbers only: each is kept where the thing is.

/// All limits of a relay.
#[derive(Clone, Debug, Default)]
pub struct Limits {}
