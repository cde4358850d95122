//! The signs of what happened: told apart by shape, then by colour. The list of stops shows the
//! same ones, with their names.

use model::Mark;

use crate::Ink;

/// A sign in a box from -5 to 5.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sign {
    /// The outline, as SVG's `d`.
    pub d: &'static str,
    /// Its colour.
    pub ink: Ink,
    /// Filled, or drawn as a line of 2.
    pub filled: bool,
}

/// The sign of a mark.
#[must_use]
pub fn sign(mark: Mark) -> Sign {
    let (d, ink, filled) = match mark {
        // Two arrivals in one.
        Mark::MixedRead => (
            "M-5 0A5 5 0 0 1 5 0ZM-5 2H5A5 5 0 0 1 -5 2Z",
            Ink::Bad,
            true,
        ),
        // Half of what was asked.
        Mark::ShortRead => ("M-4 0A4 4 0 0 1 4 0Z", Ink::Ink, false),
        // The shutter.
        Mark::WindowZero => ("M-5 -5H5V-2H-5ZM-5 -1H5V2H-5ZM-5 3H5V5H-5Z", Ink::Bad, true),
        Mark::Blocked => ("M-4 -4H4V4H-4Z", Ink::Bad, false),
        Mark::EndOfStream => ("M-4 -5V5M-1 -5V5M3 -5V5", Ink::Ink, false),
        Mark::Reset => ("M-4 -4L4 4M4 -4L-4 4", Ink::Bad, false),
        Mark::AcceptQueue => ("M-5 -4H5L0 5Z", Ink::Ink, false),
        Mark::Bagged => ("M-3 -5H3L1 -2C7 6 4 5 0 5C-4 5 -7 6 -1 -2Z", Ink::Ink, true),
        // A message with a gap in it.
        Mark::CutMessage => ("M-5 -3H-1V3H-5ZM5 -3H1V3H5ZM0 -5V5", Ink::Ink, false),
        // Two messages that touch.
        Mark::GluedMessages => ("M-5 -3H0V3H-5ZM0 -3H5V3H0ZM-2 0H2", Ink::Ink, false),
        // A square whose right half is missing.
        Mark::HalfCharacter => ("M0 -5H-5V5H0ZM2 -5V-2M2 0V2M2 4V5", Ink::Bad, false),
        Mark::Dropped => ("M-5 4L-3 -4L0 4L3 -4L5 4", Ink::Bad, false),
    };
    Sign { d, ink, filled }
}
