//! Where everything stands, in each form: two lanes of programs and the kernel between them, in
//! rows by the order of the steps.

use model::SocketCall;
use protocol::End;

use crate::{
    Form, Look,
    sketch::{Area, area},
};

/// Font sizes, in units of the form.
#[derive(Clone, Copy)]
pub(super) struct Sizes {
    /// Names of lanes.
    pub title: f64,
    /// What is called.
    pub call: f64,
    /// TCP states.
    pub lamp: f64,
    pub small: f64,
    pub caption: f64,
    /// The radius of a mark that says how a value is known.
    pub mark: f64,
    /// The radius of a step's number.
    pub number: f64,
    /// Nothing is smaller.
    pub least: f64,
}

/// Places and measures.
pub(super) struct Layout {
    pub form: Form,
    pub width: f64,
    pub height: f64,
    pub sizes: Sizes,
    /// The client's lane and the server's: left edges.
    lanes: (f64, f64),
    /// How wide a lane is.
    lane: f64,
    /// The first row's top, from row to row, and how high a box is.
    rows: (f64, f64, f64),
    /// The kernel between the lanes.
    pub kernel: Area,
    /// Baseline of the lanes' names.
    pub title_y: f64,
    /// Baseline of the moment in words, and from line to line.
    pub caption: (f64, f64),
}

impl Layout {
    pub fn new(form: Form, look: Look) -> Layout {
        let sizes = match (form, look) {
            (Form::Wide, Look::Projector) => Sizes {
                title: 30.0,
                call: 33.0,
                lamp: 29.0,
                small: 22.5,
                caption: 33.0,
                mark: 7.0,
                number: 21.0,
                least: 22.0,
            },
            (Form::Wide, _) => Sizes {
                title: 25.0,
                call: 30.0,
                lamp: 26.0,
                small: 19.0,
                caption: 28.0,
                mark: 5.5,
                number: 20.0,
                least: 16.0,
            },
            (Form::Upright, _) => Sizes {
                title: 14.0,
                call: 13.5,
                lamp: 12.5,
                small: 12.0,
                caption: 13.5,
                mark: 3.4,
                number: 9.0,
                least: 12.0,
            },
        };
        let (width, height) = form.units();
        match form {
            Form::Wide => Layout {
                form,
                width,
                height,
                sizes,
                lanes: (24.0, 1356.0),
                lane: 540.0,
                rows: (66.0, 66.0, 58.0),
                kernel: area(596.0, 14.0, 728.0, 584.0),
                title_y: 46.0,
                caption: (640.0, 0.0),
            },
            Form::Upright => Layout {
                form,
                width,
                height,
                sizes,
                lanes: (4.0, 268.0),
                lane: 118.0,
                rows: (28.0, 55.0, 48.0),
                kernel: area(128.0, 4.0, 134.0, 461.0),
                title_y: 20.0,
                caption: (482.0, 16.0),
            },
        }
    }

    pub fn is_wide(&self) -> bool {
        self.form == Form::Wide
    }

    /// The whole lane of a program, from the first row to the last.
    pub fn lane(&self, end: End) -> Area {
        let x = match end {
            End::Client => self.lanes.0,
            End::Server => self.lanes.1,
        };
        let (top, pitch, high) = self.rows;
        area(x, top, self.lane, pitch * 7.0 + high)
    }

    /// The box of a call. Those of one moment of the sequence stand beside one another.
    pub fn call(&self, call: SocketCall) -> Area {
        let row = match call {
            SocketCall::Socket => 0,
            SocketCall::Bind => 1,
            SocketCall::Listen | SocketCall::ClientSocket => 2,
            SocketCall::Connect => 3,
            SocketCall::Accept => 4,
            SocketCall::ClientWrite | SocketCall::Read => 5,
            SocketCall::Write | SocketCall::ClientRead => 6,
            SocketCall::ClientClose | SocketCall::Close => 7,
        };
        let lane = self.lane(call.end());
        let high = self.rows.2;
        area(lane.x, self.top(row), lane.w, high)
    }

    /// The top of a row, from 0.
    pub fn top(&self, row: u32) -> f64 {
        self.rows.0 + self.rows.1 * f64::from(row)
    }

    /// The middle of a row.
    pub fn middle(&self, row: u32) -> f64 {
        self.top(row) + self.rows.2 / 2.0
    }
}
