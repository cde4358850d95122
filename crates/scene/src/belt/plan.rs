//! Where everything stands, in each form. The parts are drawn by the same code in both; what moves
//! does so between the same places.

use crate::{
    Form,
    motion::lerp,
    sketch::{Area, area},
};

/// Places and measures of a form, in its units.
pub(super) struct Plan {
    pub form: Form,
    pub width: f64,
    pub height: f64,

    /// The upper belt: its surface, its ends, its chevrons' spacing.
    pub in_y: f64,
    pub in_ends: (f64, f64),
    pub in_chevrons: f64,
    /// The lower belt.
    pub out_y: f64,
    pub out_ends: (f64, f64),
    pub out_chevrons: f64,
    pub belt_height: f64,

    /// From fruit to fruit where there is room, on the belt and in the buffer.
    pub pitch: f64,
    /// The front of what stands at the inlet, and where fruit come into sight.
    pub front: f64,
    pub hand: f64,
    /// Room for heaps on the belt.
    pub room: f64,
    pub heap_height: f64,
    /// Crates on the belt stand in so many columns.
    pub crate_columns: u64,
    /// Where a fruit that has left the belt falls; it passes under this height.
    pub drop: (f64, f64),

    /// The inside of the receive buffer: a square.
    pub vessel: Area,
    /// The gate: in which of its walls, and the point through which reads go.
    pub gate: (f64, f64),

    /// The worker, at rest, at the lip and at the bag; where the feet are, and how large.
    pub home: f64,
    pub lip: f64,
    pub bagside: f64,
    pub feet: f64,
    pub figure: f64,
    /// The tray's upper edge and height.
    pub tray_y: f64,
    pub tray_height: f64,
    /// Fruit on the tray stand at most so far apart, and so high together.
    pub tray_pitch: f64,
    pub tray_heap: f64,
    /// Fruit fly into the bag over this height.
    pub rim: f64,

    /// The bag's middle and the floor of what lies in it; widest pitch and height of its heap.
    pub bag: (f64, f64),
    pub bag_pitch: f64,
    pub bag_heap: f64,
    /// A bag's crates: columns and pitch.
    pub bag_crates: (u64, f64),
    /// Where the small bag is tied, with a bag and on the table.
    pub knot: (f64, f64),
    pub table_knot: (f64, f64),
    /// The size of the small bag, 1 in the wide form.
    pub sack: f64,

    /// The answer's way: where it waits for send, where it lies in the tunnel, where it ends.
    pub start: f64,
    pub tunnel_x: f64,
    pub foot: f64,
    /// Its tag folds up before this x, over so long a way.
    pub fold: (f64, f64),
}

impl Plan {
    pub fn of(form: Form) -> &'static Plan {
        match form {
            Form::Wide => &WIDE,
            Form::Upright => &UPRIGHT,
        }
    }

    pub fn is_wide(&self) -> bool {
        self.form == Form::Wide
    }

    pub fn floor(&self) -> f64 {
        self.vessel.y + self.vessel.h
    }

    /// How wide a tray for so many bytes is; by the logarithm, or no lecture would see one byte.
    pub fn tray_width(&self, bufsize: u32) -> f64 {
        let (one, to_1024, to_65536) = match self.form {
            Form::Wide => (120.0, 124.0, 56.0),
            Form::Upright => (80.0, 42.0, 12.0),
        };
        let log = f64::from(bufsize.max(1)).log2();
        one + to_1024 * log.min(10.0) / 10.0 + to_65536 * (log - 10.0).clamp(0.0, 6.0) / 6.0
    }

    /// How far on its way an answer in the tunnel is, and one before the stall.
    pub fn in_tunnel(&self) -> f64 {
        match self.form {
            Form::Wide => (self.start - self.tunnel_x) / (self.start - self.foot),
            Form::Upright => 0.35,
        }
    }

    pub const AT_STALL: f64 = 0.87;

    /// Where an answer is, so far on its way. The wide form's lower belt begins beside the
    /// program; in the upright one the program hands it into the tunnel first.
    pub fn way(&self, along: f64) -> (f64, f64) {
        match self.form {
            Form::Wide => (lerp(self.start, self.foot, along), self.out_y),
            Form::Upright => {
                let tunnel = self.in_tunnel();
                if along < tunnel {
                    let p = along / tunnel;
                    let lift = 12.0 * 4.0 * p * (1.0 - p);
                    (lerp(self.start, self.tunnel_x, p), self.out_y - lift)
                } else {
                    let p = (along - tunnel) / (1.0 - tunnel);
                    (lerp(self.tunnel_x, self.foot, p), self.out_y)
                }
            }
        }
    }

    /// How far the lower belt has moved for it.
    pub fn out_travel(&self, along: f64) -> f64 {
        match self.form {
            Form::Wide => self.start - self.way(along).0,
            Form::Upright if along < self.in_tunnel() => 0.0,
            Form::Upright => self.tunnel_x - self.way(along).0,
        }
    }
}

static WIDE: Plan = Plan {
    form: Form::Wide,
    width: 1920.0,
    height: 660.0,
    in_y: 212.0,
    in_ends: (150.0, 788.0),
    in_chevrons: 178.0,
    out_y: 616.0,
    out_ends: (150.0, 1884.0),
    // Divides the way.
    out_chevrons: (1650.0 - 132.0) / 7.0,
    belt_height: 26.0,
    pitch: 34.0,
    front: 716.0,
    hand: 166.0,
    room: 540.0,
    heap_height: 170.0,
    crate_columns: 4,
    drop: (810.0, 138.0),
    vessel: area(790.0, 172.0, 340.0, 340.0),
    gate: (1150.0, 494.0),
    home: 1462.0,
    lip: 1400.0,
    bagside: 1496.0,
    feet: 615.0,
    figure: 1.2,
    tray_y: 498.0,
    tray_height: 50.0,
    tray_pitch: 24.0,
    tray_heap: 150.0,
    rim: 304.0,
    bag: (1754.0, 598.0),
    bag_pitch: 19.0,
    bag_heap: 250.0,
    bag_crates: (4, 42.0),
    knot: (1754.0, 600.0),
    table_knot: (1804.0, 519.0),
    sack: 1.0,
    start: 1650.0,
    tunnel_x: 960.0,
    foot: 132.0,
    fold: (330.0, 140.0),
};

static UPRIGHT: Plan = Plan {
    form: Form::Upright,
    width: 390.0,
    height: 505.0,
    in_y: 120.0,
    in_ends: (-14.0, 250.0),
    in_chevrons: 88.0,
    out_y: 486.0,
    out_ends: (-14.0, 404.0),
    out_chevrons: 92.5,
    belt_height: 18.0,
    pitch: 21.0,
    front: 240.0,
    hand: -16.0,
    room: 226.0,
    heap_height: 66.0,
    crate_columns: 6,
    drop: (262.0, 40.0),
    vessel: area(165.0, 147.0, 210.0, 210.0),
    gate: (152.0, 348.0),
    home: 68.0,
    lip: 76.0,
    bagside: 68.0,
    feet: 408.0,
    figure: 0.52,
    tray_y: 338.0,
    tray_height: 27.0,
    tray_pitch: 11.0,
    tray_heap: 52.0,
    rim: 322.0,
    bag: (68.0, 479.0),
    bag_pitch: 9.6,
    bag_heap: 72.0,
    bag_crates: (5, 20.0),
    knot: (68.0, 478.0),
    table_knot: (92.0, 406.0),
    sack: 0.5,
    start: 68.0,
    tunnel_x: 322.0,
    foot: -48.0,
    fold: (216.0, 60.0),
};
