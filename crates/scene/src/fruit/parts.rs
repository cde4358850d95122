//! The art's vector fruit: for each its parts in painting order, those that are no detail first,
//! and how many of them there are.

use Hue::{Body, Line, Own};

/// What colours a part: the fruit's own two differ by look, the rest does not.
#[derive(Clone, Copy)]
pub(super) enum Hue {
    /// The fruit's fill.
    Body,
    /// The fruit's outline.
    Line,
    /// Leaves, stems, light and shade.
    Own(&'static str),
}

/// A part, before a look is chosen.
pub(super) struct Part {
    pub d: &'static str,
    pub fill: Option<Hue>,
    pub stroke: Option<(Hue, f64)>,
    pub opacity: f64,
}

const fn part(
    d: &'static str,
    fill: Option<Hue>,
    stroke: Option<(Hue, f64)>,
    opacity: f64,
) -> Part {
    Part {
        d,
        fill,
        stroke,
        opacity,
    }
}

pub(super) static APPLE: ([Part; 5], usize) = (
    [
        part(
            "M32 19C31.5 14 33 9 36 5.5",
            None,
            Some((Own("#5A4022"), 3.6)),
            1.0,
        ),
        part(
            "M35 11.5C38 3.5 46.5 2 53.5 3.5C51.5 11.5 43 15.5 35 11.5Z",
            Some(Own("#4E8F3C")),
            Some((Own("#27561C"), 2.0)),
            1.0,
        ),
        part(
            "M32 19C27 13.5 17.5 12.5 11 18C2.5 25.5 4 42 12 52.5C17.5 59.5 25.5 61.5 32 57.5C38.5 61.5 46.5 59.5 52 52.5C60 42 61.5 25.5 53 18C46.5 12.5 37 13.5 32 19Z",
            Some(Body),
            Some((Line, 2.6)),
            1.0,
        ),
        part(
            "M53 18C61.5 25.5 60 42 52 52.5C46.5 59.5 38.5 61.5 32 57.5C44 57 53 44 50 17C51 17 52 17.5 53 18Z",
            Some(Own("#000000")),
            None,
            0.13,
        ),
        part(
            "M12.5 29C13 25 15 22 18 20.5",
            None,
            Some((Own("#FFFFFF"), 4.0)),
            0.55,
        ),
    ],
    3,
);

pub(super) static ORANGE: ([Part; 4], usize) = (
    [
        part(
            "M4 33A28 28 0 1 1 60 33A28 28 0 1 1 4 33Z",
            Some(Body),
            Some((Line, 2.6)),
            1.0,
        ),
        part(
            "M32 14.5L27.5 16L29 11.5L25.5 8.5L30.2 8.3L32 4L33.8 8.3L38.5 8.5L35 11.5L36.5 16Z",
            Some(Own("#4E8F3C")),
            Some((Own("#27561C"), 1.6)),
            1.0,
        ),
        part(
            "M54 17A28 28 0 0 1 16 56C40 57 56 41 54 17Z",
            Some(Own("#000000")),
            None,
            0.13,
        ),
        part(
            "M10.5 31C11.5 24.5 15 19.5 20 17",
            None,
            Some((Own("#FFFFFF"), 4.0)),
            0.55,
        ),
    ],
    2,
);

pub(super) static GRAPE: ([Part; 10], usize) = (
    [
        part("M32 12V4", None, Some((Own("#5A4022"), 3.6)), 1.0),
        part(
            "M32 9C36 2.5 45 2 51 5C47 11.5 39 13.5 32 9Z",
            Some(Own("#4E8F3C")),
            Some((Own("#27561C"), 2.0)),
            1.0,
        ),
        part(
            "M3.8 21A11.2 11.2 0 1 1 26.2 21A11.2 11.2 0 1 1 3.8 21Z",
            Some(Body),
            Some((Line, 2.6)),
            1.0,
        ),
        part(
            "M20.8 19A11.2 11.2 0 1 1 43.2 19A11.2 11.2 0 1 1 20.8 19Z",
            Some(Body),
            Some((Line, 2.6)),
            1.0,
        ),
        part(
            "M37.8 21A11.2 11.2 0 1 1 60.2 21A11.2 11.2 0 1 1 37.8 21Z",
            Some(Body),
            Some((Line, 2.6)),
            1.0,
        ),
        part(
            "M12.3 35A11.2 11.2 0 1 1 34.7 35A11.2 11.2 0 1 1 12.3 35Z",
            Some(Body),
            Some((Line, 2.6)),
            1.0,
        ),
        part(
            "M29.3 35A11.2 11.2 0 1 1 51.7 35A11.2 11.2 0 1 1 29.3 35Z",
            Some(Body),
            Some((Line, 2.6)),
            1.0,
        ),
        part(
            "M20.8 50A11.2 11.2 0 1 1 43.2 50A11.2 11.2 0 1 1 20.8 50Z",
            Some(Body),
            Some((Line, 2.6)),
            1.0,
        ),
        part("M17 20L47 20L40 37L32 52L24 37Z", Some(Body), None, 1.0),
        part(
            "M8.8 17A2.2 2.2 0 1 1 13.2 17A2.2 2.2 0 1 1 8.8 17ZM25.8 15A2.2 2.2 0 1 1 30.2 15A2.2 2.2 0 1 1 25.8 15ZM42.8 17A2.2 2.2 0 1 1 47.2 17A2.2 2.2 0 1 1 42.8 17ZM17.3 31A2.2 2.2 0 1 1 21.7 31A2.2 2.2 0 1 1 17.3 31ZM34.3 31A2.2 2.2 0 1 1 38.7 31A2.2 2.2 0 1 1 34.3 31ZM25.8 46A2.2 2.2 0 1 1 30.2 46A2.2 2.2 0 1 1 25.8 46Z",
            Some(Own("#FFFFFF")),
            None,
            0.5,
        ),
    ],
    9,
);

pub(super) static PEAR: ([Part; 4], usize) = (
    [
        part(
            "M32 9C32 6 34 3.5 37 2.5",
            None,
            Some((Own("#5A4022"), 3.6)),
            1.0,
        ),
        part(
            "M32 9C24.5 9 22 16 21.2 23C20 31.5 8.5 35 8.5 46.5C8.5 56 19 61 32 61C45 61 55.5 56 55.5 46.5C55.5 35 44 31.5 42.8 23C42 16 39.5 9 32 9Z",
            Some(Body),
            Some((Line, 2.6)),
            1.0,
        ),
        part(
            "M42.8 23C44 31.5 55.5 35 55.5 46.5C55.5 56 45 61 32 61C48 58 50 44 41 35C38.5 31 40 26 38 11C41 13.5 42.2 18 42.8 23Z",
            Some(Own("#000000")),
            None,
            0.13,
        ),
        part(
            "M14.5 46C14.5 42 17 39 20 36.5",
            None,
            Some((Own("#FFFFFF"), 4.0)),
            0.55,
        ),
    ],
    2,
);

pub(super) static BLUEBERRY: ([Part; 4], usize) = (
    [
        part(
            "M19 4L27 9.5L32 3L37 9.5L45 4L44 13.5C53 18 58.5 27 58.5 37C58.5 51 47 62 32 62C17 62 5.5 51 5.5 37C5.5 27 11 18 20 13.5Z",
            Some(Body),
            Some((Line, 2.6)),
            1.0,
        ),
        part(
            "M50 18C60 30 56 60 26 61.5C48 66 66 38 50 18Z",
            Some(Own("#000000")),
            None,
            0.13,
        ),
        part("M20 13.5C27 17 37 17 44 13.5", None, Some((Line, 2.4)), 1.0),
        part(
            "M11.5 38C12 32 14.5 27.5 18.5 24.5",
            None,
            Some((Own("#FFFFFF"), 4.0)),
            0.55,
        ),
    ],
    1,
);

pub(super) static BANANA: ([Part; 5], usize) = (
    [
        part(
            "M7 14C2.5 40 22 65 54 59.5C58.5 58.7 61 54 58.5 50C42 47.5 29 35 23.5 12.5C22.5 8.5 20 4 14.5 4.5C9.5 5 7.7 9.5 7 14Z",
            Some(Body),
            Some((Line, 2.6)),
            1.0,
        ),
        part(
            "M9 9C10 5.5 12 4.6 14.5 4.5C17.5 4.3 19.5 5.5 21 7.5L10 12Z",
            Some(Own("#6B5210")),
            None,
            1.0,
        ),
        part(
            "M54.5 52L59 51C60.5 54.5 58.5 58.2 55.5 59Z",
            Some(Own("#6B5210")),
            None,
            1.0,
        ),
        part(
            "M58.5 50C61 54 58.5 58.7 54 59.5C30 63 14 50 9 33C18 50 36 58 58.5 50Z",
            Some(Own("#000000")),
            None,
            0.13,
        ),
        part(
            "M15.5 17C17 29 23 38 31 44.5",
            None,
            Some((Own("#FFFFFF"), 3.0)),
            0.55,
        ),
    ],
    3,
);

pub(super) static STRAWBERRY: ([Part; 4], usize) = (
    [
        part(
            "M32 61C18 55 6 38.5 6.5 26.5C7 16.5 19 14 32 17.5C45 14 57 16.5 57.5 26.5C58 38.5 46 55 32 61Z",
            Some(Body),
            Some((Line, 2.6)),
            1.0,
        ),
        part(
            "M10.5 14.5L22 13.5L20 3.5L32 10L44 3.5L42 13.5L53.5 14.5L44 22.5L38 19L32 26L26 19L20 22.5Z",
            Some(Own("#4E8F3C")),
            Some((Own("#27561C"), 2.0)),
            1.0,
        ),
        part(
            "M57.5 26.5C58 38.5 46 55 32 61C44 48 52 34 50 17C54.5 19 57.3 22 57.5 26.5Z",
            Some(Own("#000000")),
            None,
            0.13,
        ),
        part(
            "M16.5 31A1.5 2.3 0 1 1 19.5 31A1.5 2.3 0 1 1 16.5 31ZM44.5 31A1.5 2.3 0 1 1 47.5 31A1.5 2.3 0 1 1 44.5 31ZM19.5 42A1.5 2.3 0 1 1 22.5 42A1.5 2.3 0 1 1 19.5 42ZM41.5 42A1.5 2.3 0 1 1 44.5 42A1.5 2.3 0 1 1 41.5 42ZM30.5 53A1.5 2.3 0 1 1 33.5 53A1.5 2.3 0 1 1 30.5 53ZM30.5 29A1.5 2.3 0 1 1 33.5 29A1.5 2.3 0 1 1 30.5 29Z",
            Some(Own("#FFFFFF")),
            None,
            0.7,
        ),
    ],
    2,
);

pub(super) static LIME: ([Part; 3], usize) = (
    [
        part(
            "M2.5 34.5C6.5 32.5 8 27 12.5 21.5C20.5 11.5 43.5 11.5 51.5 21.5C56 27 57.5 32.5 61.5 34.5C57.5 36.5 56 42 51.5 47.5C43.5 57.5 20.5 57.5 12.5 47.5C8 42 6.5 36.5 2.5 34.5Z",
            Some(Body),
            Some((Line, 2.6)),
            1.0,
        ),
        part(
            "M61.5 34.5C57.5 36.5 56 42 51.5 47.5C43.5 57.5 20.5 57.5 12.5 47.5C30 52 48 46 52 22C56 27.5 57.5 32.5 61.5 34.5Z",
            Some(Own("#000000")),
            None,
            0.13,
        ),
        part(
            "M14.5 31C16 26 19.5 22.5 24 21",
            None,
            Some((Own("#FFFFFF"), 4.0)),
            0.55,
        ),
    ],
    1,
);

pub(super) static PINEAPPLE: ([Part; 3], usize) = (
    [
        part(
            "M32 27C25 25 17 21 13 13C19 13 22.5 14.5 25 17C22.5 12 22 7 23.5 2.5C28 5.5 30.5 9 32 13C33.5 9 36 5.5 40.5 2.5C42 7 41.5 12 39 17C41.5 14.5 45 13 51 13C47 21 39 25 32 27Z",
            Some(Own("#4E8F3C")),
            Some((Own("#27561C"), 2.0)),
            1.0,
        ),
        part(
            "M32 22.5C44.5 22.5 51.5 31 51.5 42C51.5 54 44 62 32 62C20 62 12.5 54 12.5 42C12.5 31 19.5 22.5 32 22.5Z",
            Some(Body),
            Some((Line, 2.6)),
            1.0,
        ),
        part(
            "M15 35L38 60M24 25L49 51M15.5 51L41 25M26 60.5L50 35",
            None,
            Some((Line, 2.0)),
            0.45,
        ),
    ],
    2,
);

pub(super) static MELON: ([Part; 4], usize) = (
    [
        part(
            "M2.5 19H61.5C61.5 39 49 54.5 32 54.5C15 54.5 2.5 39 2.5 19Z",
            Some(Own("#3D9159")),
            Some((Line, 2.6)),
            1.0,
        ),
        part(
            "M7 20.3H57C56 36 46 48.5 32 48.5C18 48.5 8 36 7 20.3Z",
            Some(Own("#F3F0D8")),
            None,
            1.0,
        ),
        part(
            "M10 20.3H54C53 34 44.5 45 32 45C19.5 45 11 34 10 20.3Z",
            Some(Body),
            None,
            1.0,
        ),
        part(
            "M16.1 26A1.9 2.8 0 1 1 19.9 26A1.9 2.8 0 1 1 16.1 26ZM44.1 26A1.9 2.8 0 1 1 47.9 26A1.9 2.8 0 1 1 44.1 26ZM21.1 36A1.9 2.8 0 1 1 24.9 36A1.9 2.8 0 1 1 21.1 36ZM39.1 36A1.9 2.8 0 1 1 42.9 36A1.9 2.8 0 1 1 39.1 36Z",
            Some(Own("#3A0D06")),
            None,
            1.0,
        ),
    ],
    3,
);

pub(super) static CRATE: ([Part; 3], usize) = (
    [
        part("M4 14H60V56H4Z", Some(Body), Some((Line, 2.6)), 1.0),
        part("M4 28H60M4 42H60", None, Some((Line, 2.0)), 1.0),
        part("M11 14V56M53 14V56", None, Some((Line, 2.0)), 1.0),
    ],
    3,
);

pub(super) static PALLET: ([Part; 2], usize) = (
    [
        part(
            "M6 8H31V26H6ZM33 8H58V26H33ZM6 28H31V46H6ZM33 28H58V46H33Z",
            Some(Body),
            Some((Line, 2.2)),
            1.0,
        ),
        part(
            "M3 50H61V54H3ZM8 54V60M32 54V60M56 54V60",
            Some(Body),
            Some((Line, 2.6)),
            1.0,
        ),
    ],
    2,
);
