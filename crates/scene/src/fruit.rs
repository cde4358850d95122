//! The fruit: which batch is which, and how each is drawn.

/// A kind of sprite.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Fruit {
    Apple,
    Orange,
    Grape,
    Pear,
    Blueberry,
    Banana,
    Strawberry,
    Lime,
    Pineapple,
    Melon,
    /// A blank crate: bytes whose batch is forgotten or unknown, or more than are drawn singly.
    Crate,
    Pallet,
}
