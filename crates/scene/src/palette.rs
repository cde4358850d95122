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
    /// A little red in a face.
    Cheek,
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
    /// The ground of the server program's territory, where that is tinted.
    Floor,
    /// The wall of the kernel's glass.
    Glass,
}

impl Ink {
    /// The colour as `#RRGGBB`.
    #[must_use]
    pub fn hex(self, look: Look) -> &'static str {
        let [light, dark, projector] = match self {
            Ink::Paper => ["#FBF8F1", "#12191E", "#FFFFFF"],
            Ink::Kernel => ["#E7EDEF", "#1C272E", "#DDE7EC"],
            Ink::Ink => ["#1E2A31", "#EFEBE1", "#000000"],
            Ink::Ink2 => ["#515E66", "#A9B4B9", "#2E383D"],
            Ink::Focus => ["#14588F", "#7DBBEE", "#003E7E"],
            Ink::Hold => ["#9A4A00", "#FFC069", "#7A3300"],
            Ink::HoldPaper => ["#FFE7C2", "#4A3210", "#FFDFA6"],
            Ink::Bad => ["#A8201A", "#FF8E83", "#980000"],
            Ink::Live => ["#1D6B58", "#74CDB4", "#00513E"],
            Ink::Hair => ["#CDD2D1", "#35424A", "#9AA3A6"],
            Ink::Track => ["#F1EDE2", "#1A232A", "#F0F0EC"],
            Ink::Belt => ["#6C767B", "#59666D", "#4D575C"],
            Ink::Roller => ["#B3B7B4", "#9AA5AA", "#C3C8C8"],
            Ink::Wood => ["#DDBB8B", "#80602F", "#DDBB8B"],
            Ink::Straw => ["#EBCB7E", "#C9A554", "#EBCB7E"],
            Ink::Skin => ["#E9BE9B", "#D9A883", "#E9BE9B"],
            Ink::Cheek => ["#E3A588", "#C98F70", "#E3A588"],
            Ink::Coat => ["#3F6384", "#33597D", "#3F6384"],
            Ink::Apron => ["#F3ECDD", "#3B474E", "#F3ECDD"],
            Ink::Well => ["#FDFCF8", "#0C1216", "#FFFFFF"],
            Ink::Bag => ["#FFFDF6", "#232D34", "#FFFFFF"],
            Ink::Post => ["#C3C6C2", "#4C5A62", "#9AA3A6"],
            Ink::Eye => ["#1E2A31", "#12191E", "#000000"],
            Ink::Brown => ["#6B4A2E", "#6B4A2E", "#6B4A2E"],
            Ink::Tint(fruit) => fruit.tints(),
            Ink::Fill(fruit) => fruit.fills(),
            Ink::Outline(fruit) => fruit.outlines(),
            Ink::Character(fruit) => fruit.characters(),
            Ink::Floor => ["#F5EAD6", "#2B2418", "#FFE6B8"],
            Ink::Glass => ["#2B7896", "#74CBE6", "#00506E"],
        };
        match look {
            Look::Light => light,
            Look::Dark => dark,
            Look::Projector => projector,
        }
    }
}
