//! Where everything stands, in each form.

use crate::{
    Form, Frame, Look,
    sketch::{Area, area},
};

/// Places and measures of a form, in its units.
pub(super) struct Plan {
    pub width: f64,
    pub height: f64,
    /// Where the kernel's ground begins and ends, and how far up it reaches.
    pub kernel: Area,
    /// The road to the server: its surface, and where parcels are loaded and handed in.
    pub road: f64,
    pub way: (f64, f64),
    /// The road back.
    pub back: f64,
    pub way_back: (f64, f64),
    /// How large a motorcycle and its parcel are.
    pub size: f64,
    /// The receive buffer, a letter box.
    pub letter_box: Area,
    /// How many parcels stand beside each other in it.
    pub columns: u64,
    /// Where the server's program reads: the middle of the tray.
    pub desk: (f64, f64),
    /// Where what is lost lies.
    pub ground: f64,
    /// The table of the same sends.
    pub table: Area,
    /// Sizes of words: names of places, numbers, small ones.
    pub words: (f64, f64, f64),
    /// The picture in one sentence.
    pub caption: (f64, f64),
    /// The client's stall.
    pub stall: Area,
}

impl Plan {
    pub fn of(frame: &Frame) -> Plan {
        let form = Form::of(frame.width, frame.height);
        let (width, height) = form.units();
        let larger = match frame.look {
            Look::Projector => 1.18,
            Look::Light | Look::Dark => 1.0,
        };
        let words =
            |name: f64, number: f64, small: f64| (name * larger, number * larger, small * larger);
        match form {
            Form::Wide => Plan {
                width,
                height,
                kernel: area(820.0, 0.0, 480.0, height),
                road: 218.0,
                way: (215.0, 800.0),
                back: 618.0,
                way_back: (1560.0, 190.0),
                size: 1.0,
                letter_box: area(872.0, 176.0, 376.0, 236.0),
                columns: 4,
                desk: (1560.0, 372.0),
                ground: 560.0,
                table: area(236.0, 268.0, 566.0, 252.0),
                words: words(23.0, 26.0, 19.0),
                caption: (34.0, 86.0),
                stall: area(34.0, 122.0, 150.0, 496.0),
            },
            Form::Upright => Plan {
                width,
                height,
                kernel: area(212.0, 52.0, 178.0, 228.0),
                road: 124.0,
                way: (36.0, 206.0),
                back: 486.0,
                way_back: (310.0, 46.0),
                size: 0.44,
                letter_box: area(222.0, 92.0, 158.0, 112.0),
                columns: 3,
                desk: (300.0, 372.0),
                ground: 274.0,
                table: area(10.0, 156.0, 194.0, 260.0),
                words: words(12.0, 13.0, 11.0),
                caption: (10.0, 42.0),
                stall: area(6.0, 84.0, 30.0, 402.0),
            },
        }
    }

    pub fn is_wide(&self) -> bool {
        self.width > self.height
    }

    /// How wide a parcel of so many bytes is: by its length while one can see it, then slower.
    pub fn parcel(&self, bytes: u64) -> f64 {
        let bytes = bytes as f64;
        let wide = if bytes <= 100.0 {
            26.0 + bytes * 0.62
        } else {
            88.0 + (bytes / 100.0).log2() * 6.0
        };
        wide * self.size
    }

    /// How high every parcel is.
    pub fn high(&self) -> f64 {
        46.0 * self.size
    }
}
