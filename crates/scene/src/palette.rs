//! Colours by role.

/// What a colour is for; [`Look`](crate::Look) decides which it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Ink {
    Paper,
    Kernel,
    Ink,
    Ink2,
}
