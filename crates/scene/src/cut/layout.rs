//! Where the floors lie, and how large the words are: one table for each form, stretched to the
//! height there is.

use crate::{Form, Frame, Look, sketch::sane};

/// A horizontal stripe.
#[derive(Clone, Copy, Debug)]
pub(super) struct Band {
    pub top: f64,
    pub height: f64,
}

impl Band {
    pub fn bottom(self) -> f64 {
        self.top + self.height
    }

    pub fn middle(self) -> f64 {
        self.top + self.height / 2.0
    }
}

/// Type of one form and look.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sizes {
    pub sentence: f64,
    pub number: f64,
    pub label: f64,
    /// The number of a record, and the words behind it.
    pub count: f64,
    pub record: f64,
    pub small: f64,
    pub character: f64,
    /// What the program literally says.
    pub code: f64,
}

impl Sizes {
    fn times(self, by: f64) -> Sizes {
        Sizes {
            sentence: self.sentence * by,
            number: self.number * by,
            label: self.label * by,
            count: self.count * by,
            record: self.record * by,
            small: self.small * by,
            // One has to fit on each byte.
            character: self.character,
            code: self.code * by,
        }
    }
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Layout {
    pub form: Form,
    pub width: f64,
    pub height: f64,
    /// CSS pixels of one unit.
    pub scale: f64,
    /// The byte axis, and the client's wall.
    pub left: f64,
    pub right: f64,
    pub wall: f64,
    /// Where the numbers stand.
    pub gutter: f64,
    pub sentence: Band,
    pub stream: Band,
    pub sends: Band,
    pub wire: Band,
    pub kernel: Band,
    pub scoop: Band,
    pub bag: Band,
    pub back: Band,
    /// How high fruit may be heaped on a floor.
    pub pile: f64,
    pub belt: f64,
    /// Height of a record's capsule.
    pub capsule: f64,
    pub sizes: Sizes,
    /// Lines are so many times as wide as on a desk.
    pub heavy: f64,
    /// Small figures are so many times as large.
    pub unit: f64,
    /// So many fruit are in view at the most, and of a short stream.
    pub most: u64,
    pub short: u64,
}

impl Layout {
    pub fn new(frame: &Frame) -> Layout {
        let (width, height) = (sane(frame.width), sane(frame.height));
        let form = Form::of(width, height);
        let (across, down) = form.units();
        let scale = width / across;
        // Taller than wanted: the floors grow. Lower: the picture keeps its shape.
        let tallest = match form {
            Form::Wide => 1080.0,
            Form::Upright => 760.0,
        };
        let units = if scale > 0.0 { height / scale } else { down };
        let height = units.max(down).min(tallest);
        let layout = match form {
            Form::Wide => Layout::wide(height, frame.look),
            Form::Upright => Layout::upright(height, frame.look),
        };
        Layout { scale, ..layout }
    }

    fn wide(height: f64, look: Look) -> Layout {
        let wall = look == Look::Projector;
        let sizes = if wall {
            Sizes {
                sentence: 38.0,
                number: 58.0,
                label: 24.0,
                count: 29.0,
                record: 23.0,
                small: 22.0,
                character: 22.0,
                code: 29.0,
            }
        } else {
            Sizes {
                sentence: 33.0,
                number: 54.0,
                label: 21.0,
                count: 26.0,
                record: 20.0,
                small: 18.0,
                character: 22.0,
                code: 26.0,
            }
        };
        Layout::stacked(
            height,
            [50.0, 36.0, 38.0, 126.0, 120.0, 108.0, 112.0, 70.0],
            Layout {
                form: Form::Wide,
                width: 1920.0,
                left: 268.0,
                right: 1620.0,
                wall: 1772.0,
                gutter: 36.0,
                pile: 94.0,
                belt: 20.0,
                capsule: 34.0,
                heavy: if wall { 1.5 } else { 1.0 },
                most: 100,
                short: 28,
                ..Layout::empty(sizes)
            },
        )
    }

    fn upright(height: f64, look: Look) -> Layout {
        let bigger = if look == Look::Projector { 1.12 } else { 1.0 };
        let sizes = Sizes {
            sentence: 15.0 * bigger,
            number: 26.0 * bigger,
            label: 12.0 * bigger,
            count: 14.0 * bigger,
            record: 12.0 * bigger,
            small: 11.0 * bigger,
            character: 12.0,
            code: 14.0 * bigger,
        };
        Layout::stacked(
            height,
            [50.0, 22.0, 24.0, 84.0, 82.0, 84.0, 90.0, 69.0],
            Layout {
                form: Form::Upright,
                width: 390.0,
                left: 82.0,
                right: 322.0,
                wall: 368.0,
                gutter: 8.0,
                pile: 54.0,
                belt: 12.0,
                capsule: 20.0,
                heavy: 0.75 * bigger,
                unit: 0.55,
                most: 50,
                short: 16,
                ..Layout::empty(sizes)
            },
        )
    }

    /// Stacks the eight bands; of more height four fifths go to the four floors with fruit.
    fn stacked(height: f64, heights: [f64; 8], layout: Layout) -> Layout {
        let more = (height - heights.iter().sum::<f64>()).max(0.0);
        // Words and figures grow with the floors, a little less.
        let larger = 1.0 + more / height * 0.7;
        let mut top = 0.0;
        let bands = std::array::from_fn::<Band, 8, _>(|index| {
            let share = if (3..7).contains(&index) { 0.2 } else { 0.05 };
            let band = Band {
                top,
                height: heights[index] + more * share,
            };
            top = band.bottom();
            band
        });
        let [sentence, stream, sends, wire, kernel, scoop, bag, back] = bands;
        Layout {
            height: top,
            sentence,
            stream,
            sends,
            wire,
            kernel,
            scoop,
            bag,
            back,
            pile: layout.pile + more * 0.2,
            capsule: layout.capsule * larger,
            belt: layout.belt * larger,
            unit: layout.unit * larger,
            sizes: layout.sizes.times(larger),
            ..layout
        }
    }

    fn empty(sizes: Sizes) -> Layout {
        let none = Band {
            top: 0.0,
            height: 0.0,
        };
        Layout {
            form: Form::Wide,
            width: 0.0,
            height: 0.0,
            scale: 1.0,
            left: 0.0,
            right: 0.0,
            wall: 0.0,
            gutter: 0.0,
            sentence: none,
            stream: none,
            sends: none,
            wire: none,
            kernel: none,
            scoop: none,
            bag: none,
            back: none,
            pile: 0.0,
            belt: 0.0,
            capsule: 0.0,
            sizes,
            heavy: 1.0,
            unit: 1.0,
            most: 1,
            short: 1,
        }
    }

    pub fn is_upright(&self) -> bool {
        self.form == Form::Upright
    }

    /// Where the fruit of each floor stand.
    pub fn belt_top(&self) -> f64 {
        self.wire.bottom() - self.belt - self.capsule * 0.2
    }

    pub fn glass_floor(&self) -> f64 {
        self.kernel.bottom() - self.capsule * 0.36
    }

    pub fn scoop_floor(&self) -> f64 {
        self.scoop.bottom() - self.capsule * 0.2
    }

    pub fn bag_floor(&self) -> f64 {
        self.bag.bottom() - self.capsule * 0.3
    }
}
