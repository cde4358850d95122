//! Colours by role. Beside ink, a colour says one of three things: which batch (fruit and tints),
//! what a person stopped (hold), what went wrong (bad).

use crate::{Fruit, Look};

/// What a colour is for; [`Look`] decides which it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Ink {
    /// The ground of everything.
    Paper,
    /// The ground of the kernel's territory: the part nobody ever sees.
    Kernel,
    /// Lines and words.
    Ink,
    /// Quiet words.
    Ink2,
    /// What has the keyboard's focus; the playhead.
    Focus,
    /// What a person stopped.
    Hold,
    /// The ground of what a person stopped.
    HoldPaper,
    /// A lost edge, a reset, a closed window.
    Bad,
    /// Live.
    Live,
    /// Hairlines.
    Hair,
    /// The empty track of a ruler.
    Track,
    /// Rubber and iron.
    Belt,
    /// A belt's rollers.
    Roller,
    /// Trays, crates, stalls.
    Wood,
    /// The worker's hat, strings.
    Straw,
    /// Faces and hands.
    Skin,
    /// The worker's coat, the awning.
    Coat,
    /// The worker's apron, the awning's other stripe.
    Apron,
    /// The inside of the receive buffer.
    Well,
    /// Paper bags, slips, tags.
    Bag,
    /// Iron posts, and people of whom little is known.
    Post,
    /// Eyes: dark in every look.
    Eye,
    /// Hair of the person at the stall.
    Brown,
    /// A batch's tint: the same bytes wherever they are drawn as an area.
    Tint(Fruit),
    /// A batch's colour, for areas too small for a fruit.
    Fill(Fruit),
    /// A batch's outline.
    Outline(Fruit),
    /// The character on a fruit.
    Character(Fruit),
}

impl Ink {
    /// The colour as `#RRGGBB`.
    #[must_use]
    pub fn hex(self, look: Look) -> &'static str {
        let Look::Light = look;
        match self {
            Ink::Paper => "#FBF8F1",
            Ink::Kernel => "#E7EDEF",
            Ink::Ink => "#1E2A31",
            Ink::Ink2 => "#515E66",
            Ink::Focus => "#14588F",
            Ink::Hold => "#9A4A00",
            Ink::HoldPaper => "#FFE7C2",
            Ink::Bad => "#A8201A",
            Ink::Live => "#1D6B58",
            Ink::Hair => "#CDD2D1",
            Ink::Track => "#F1EDE2",
            Ink::Belt => "#6C767B",
            Ink::Roller => "#B3B7B4",
            Ink::Wood => "#DDBB8B",
            Ink::Straw => "#EBCB7E",
            Ink::Skin => "#E9BE9B",
            Ink::Coat => "#3F6384",
            Ink::Apron => "#F3ECDD",
            Ink::Well => "#FDFCF8",
            Ink::Bag => "#FFFDF6",
            Ink::Post => "#C3C6C2",
            Ink::Eye => "#1E2A31",
            Ink::Brown => "#6B4A2E",
            Ink::Tint(fruit) => fruit.tint(),
            Ink::Fill(fruit) => fruit.colours().0,
            Ink::Outline(fruit) => fruit.colours().1,
            Ink::Character(fruit) => fruit.character(),
        }
    }
}
