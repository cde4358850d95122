//! The fruit: which batch is which, and how each is drawn.

mod parts;

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
    /// The order of batches. Neighbours differ in shape, hue and lightness.
    pub const BATCHES: [Fruit; 10] = [
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
    ];

    /// All sprites, for an atlas.
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

    /// The fruit of a batch, counted from 0.
    #[must_use]
    pub fn of_batch(batch: u64) -> Fruit {
        Self::BATCHES[(batch % 10) as usize]
    }

    /// Its parts in painting order, in a box of 64 by 64. Leave the `detail` away under 40 device
    /// pixels where a character is drawn, always under 20.
    #[must_use]
    pub fn parts(self, detail: bool) -> &'static [FruitPart] {
        let (all, plain): (&'static [FruitPart], usize) = match self {
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
        if detail { all } else { &all[..plain] }
    }

    /// Font size of a character on it, in parts of the box.
    pub const CHARACTER_SIZE: f64 = 0.65;

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
    pub fn character_ink(self) -> crate::Ink {
        crate::Ink::Character(self)
    }

    pub(crate) fn character(self) -> &'static str {
        match self {
            Fruit::Orange => "#341A00",
            Fruit::Pear => "#262B05",
            Fruit::Banana => "#352800",
            Fruit::Pineapple => "#2A1B00",
            Fruit::Melon => "#3A0D06",
            Fruit::Crate | Fruit::Pallet => "#1E2A31",
            Fruit::Apple | Fruit::Grape | Fruit::Blueberry | Fruit::Strawberry | Fruit::Lime => {
                "#FFFFFF"
            }
        }
    }

    /// Fill and outline.
    pub(crate) fn colours(self) -> (&'static str, &'static str) {
        match self {
            Fruit::Apple => ("#CC4033", "#7A1B17"),
            Fruit::Orange => ("#F59A2E", "#8F4A00"),
            Fruit::Grape => ("#7A59AE", "#3F2669"),
            Fruit::Pear => ("#C2CE57", "#5F6A16"),
            Fruit::Blueberry => ("#3F70BC", "#1A386B"),
            Fruit::Banana => ("#F7D654", "#846400"),
            Fruit::Strawberry => ("#D94C77", "#861B3E"),
            Fruit::Lime => ("#3A8A58", "#174A2C"),
            Fruit::Pineapple => ("#DFA535", "#754D00"),
            Fruit::Melon => ("#F58573", "#1F5D38"),
            Fruit::Crate | Fruit::Pallet => ("#DDBB8B", "#1E2A31"),
        }
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
