//! The fruit: which batch is which, and how each is drawn.

mod parts;

use crate::{Ink, Look};
use parts::Hue;

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

/// One area or line of a fruit, in a box of 64 by 64.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FruitPart {
    /// The outline in SVG's notation.
    pub d: &'static str,
    /// Colour inside.
    pub fill: Option<&'static str>,
    /// Colour and width of the line; ends and joins are round.
    pub stroke: Option<(&'static str, f64)>,
    /// 1 is solid.
    pub opacity: f64,
}

impl Fruit {
    /// All sprites, for an atlas: the fruit in the order of batches, then what is no fruit.
    pub const ALL: [Fruit; 12] = [
        Fruit::Apple,
        Fruit::Orange,
        Fruit::Grape,
        Fruit::Pear,
        Fruit::Blueberry,
        Fruit::Banana,
        Fruit::Strawberry,
        Fruit::Lime,
        Fruit::Pineapple,
        Fruit::Melon,
        Fruit::Crate,
        Fruit::Pallet,
    ];

    /// So many of them are fruit; then the first comes again. Neighbours differ in shape, hue and
    /// lightness.
    const KINDS: u64 = 10;

    /// The fruit of a batch, counted from 0.
    #[must_use]
    pub fn of_batch(batch: u64) -> Fruit {
        Self::ALL[(batch % Self::KINDS) as usize]
    }

    /// Its parts in painting order, in a box of 64 by 64. Leave the `detail` away under 40 device
    /// pixels where a character is drawn, always under 20.
    pub fn parts(self, detail: bool, look: Look) -> impl Iterator<Item = FruitPart> {
        let (all, plain): (&'static [parts::Part], usize) = match self {
            Fruit::Apple => (&parts::APPLE.0, parts::APPLE.1),
            Fruit::Orange => (&parts::ORANGE.0, parts::ORANGE.1),
            Fruit::Grape => (&parts::GRAPE.0, parts::GRAPE.1),
            Fruit::Pear => (&parts::PEAR.0, parts::PEAR.1),
            Fruit::Blueberry => (&parts::BLUEBERRY.0, parts::BLUEBERRY.1),
            Fruit::Banana => (&parts::BANANA.0, parts::BANANA.1),
            Fruit::Strawberry => (&parts::STRAWBERRY.0, parts::STRAWBERRY.1),
            Fruit::Lime => (&parts::LIME.0, parts::LIME.1),
            Fruit::Pineapple => (&parts::PINEAPPLE.0, parts::PINEAPPLE.1),
            Fruit::Melon => (&parts::MELON.0, parts::MELON.1),
            Fruit::Crate => (&parts::CRATE.0, parts::CRATE.1),
            Fruit::Pallet => (&parts::PALLET.0, parts::PALLET.1),
        };
        let hex = move |hue: Hue| match hue {
            Hue::Body => Ink::Fill(self).hex(look),
            Hue::Line => Ink::Outline(self).hex(look),
            Hue::Own(hex) => hex,
        };
        let heavier = if look == Look::Projector { 1.5 } else { 1.0 };
        let count = if detail { all.len() } else { plain };
        all[..count].iter().map(move |part| FruitPart {
            d: part.d,
            fill: part.fill.map(hex),
            stroke: part.stroke.map(|(hue, width)| (hex(hue), width * heavier)),
            opacity: part.opacity,
        })
    }

    /// Font size of a character on it, in parts of the box.
    #[must_use]
    pub fn character_size(look: Look) -> f64 {
        match look {
            Look::Light | Look::Dark => 0.65,
            Look::Projector => 0.71,
        }
    }

    /// A character keeps a rim of the fruit's own colour, so wide in parts of its font's size: it
    /// can be read where the fruit is narrower than the character, on any ground.
    pub const CHARACTER_RIM: f64 = 0.2;

    /// How far below the middle of the box its body, and so a character on it, is centred; in
    /// parts of the box.
    #[must_use]
    pub fn character_drop(self) -> f64 {
        match self {
            Fruit::Apple => 0.07,
            Fruit::Orange => 0.03,
            Fruit::Grape => -0.02,
            Fruit::Pear => 0.18,
            Fruit::Blueberry | Fruit::Crate => 0.06,
            Fruit::Banana | Fruit::Strawberry | Fruit::Lime => 0.04,
            Fruit::Pineapple => 0.16,
            Fruit::Melon => 0.02,
            Fruit::Pallet => -0.08,
        }
    }

    /// Colour of a character on it.
    #[must_use]
    pub fn character_ink(self) -> Ink {
        Ink::Character(self)
    }

    /// Of a character: light, dark and projector. White stands on the dark fruit.
    pub(crate) fn characters(self) -> [&'static str; 3] {
        [match self {
            Fruit::Orange => "#341A00",
            Fruit::Pear => "#262B05",
            Fruit::Banana => "#352800",
            Fruit::Pineapple => "#2A1B00",
            Fruit::Melon => "#2C0803",
            Fruit::Crate | Fruit::Pallet => "#1E2A31",
            Fruit::Apple | Fruit::Grape | Fruit::Blueberry | Fruit::Strawberry | Fruit::Lime => {
                "#FFFFFF"
            }
        }; 3]
    }

    /// Light, dark and projector. On a wall the fruit that bear white characters are deeper.
    pub(crate) fn fills(self) -> [&'static str; 3] {
        match self {
            Fruit::Apple => ["#CC4033", "#CC4033", "#9E3228"],
            Fruit::Orange => ["#F59A2E"; 3],
            Fruit::Grape => ["#7A59AE", "#7A59AE", "#664995"],
            Fruit::Pear => ["#C2CE57"; 3],
            Fruit::Blueberry => ["#3F70BC", "#3F70BC", "#315894"],
            Fruit::Banana => ["#F7D654"; 3],
            Fruit::Strawberry => ["#D53968", "#D53968", "#A5234B"],
            Fruit::Lime => ["#388454", "#388454", "#2A633F"],
            Fruit::Pineapple => ["#DFA535"; 3],
            Fruit::Melon => ["#F58573"; 3],
            Fruit::Crate | Fruit::Pallet => ["#DDBB8B"; 3],
        }
    }

    /// The fruit's own hue, darkened.
    pub(crate) fn outlines(self) -> [&'static str; 3] {
        [match self {
            Fruit::Apple => "#7A1B17",
            Fruit::Orange => "#8F4A00",
            Fruit::Grape => "#3F2669",
            Fruit::Pear => "#5F6A16",
            Fruit::Blueberry => "#1A386B",
            Fruit::Banana => "#846400",
            Fruit::Strawberry => "#861B3E",
            Fruit::Lime => "#174A2C",
            Fruit::Pineapple => "#754D00",
            Fruit::Melon => "#1F5D38",
            Fruit::Crate | Fruit::Pallet => "#1E2A31",
        }; 3]
    }

    /// The colour of its bytes as an area, light, dark and projector. In the dark 42 % of the fill
    /// into the paper.
    pub(crate) fn tints(self) -> [&'static str; 3] {
        match self {
            Fruit::Apple => ["#F3C9C2", "#602927", "#F3C9C2"],
            Fruit::Orange => ["#FCDDB3", "#714F25", "#FCDDB3"],
            Fruit::Grape => ["#D9CDEC", "#3E345A", "#D9CDEC"],
            Fruit::Pear => ["#EAEFC0", "#5C6536", "#EAEFC0"],
            Fruit::Blueberry => ["#C5D6EF", "#253E60", "#C5D6EF"],
            Fruit::Banana => ["#FCEFB8", "#726835", "#FCEFB8"],
            Fruit::Strawberry => ["#F6CAD8", "#662E43", "#F6CAD8"],
            Fruit::Lime => ["#C3E0CE", "#234836", "#C3E0CE"],
            Fruit::Pineapple => ["#F3DFB2", "#685428", "#F3DFB2"],
            Fruit::Melon => ["#FBD2CA", "#714642", "#FBD2CA"],
            Fruit::Crate | Fruit::Pallet => ["#E9DCC6", "#675D4C", "#E9DCC6"],
        }
    }
}
