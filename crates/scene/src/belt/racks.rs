//! Where bytes stand: on the belt, in the receive buffer, on the tray, in the bag. What moves does
//! so from a place in one of these to a place in the next.

use super::Stage;
use crate::heap::{Grain, Rack};

/// More crates than this do not stand in one place: on the belt, in the buffer, on the tray, in a
/// bag.
pub(super) const BELT_CRATES: u64 = 12;
pub(super) const BUFFER_CRATES: u64 = 35;
pub(super) const TRAY_CRATES: u64 = 12;
pub(super) const BAG_CRATES: u64 = 20;

/// Up to so many bytes are fruit: on the belt and the tray, and in a bag.
pub(super) const BELT_FRUIT: u64 = 100;
const TRAY_FRUIT: u64 = 100;
pub(super) const BAG_FRUIT: u64 = 130;
/// In the buffer so many are a square of ten by ten, and so many a pile of smaller fruit.
pub(super) const SQUARE: u64 = 100;
pub(super) const PILE: u64 = 200;

/// A fruit leaves so much of its pitch free.
const FREE: f64 = 0.044;

/// Places for the bytes `first..to` in front of the inlet, the earliest nearest to it.
pub(super) fn belt(stage: &Stage, first: u64, to: u64, room: f64) -> Rack {
    let plan = stage.plan;
    let bytes = to.saturating_sub(first);
    match stage.grain(bytes, BELT_FRUIT) {
        Grain::Fruit => {
            let rows = bytes.div_ceil(10).max(1) as f64;
            let pitch = (plan.heap_height / rows)
                .min(room / 10.0)
                .max(4.0)
                .min(plan.pitch);
            Rack {
                first,
                grain: Grain::Fruit,
                x: plan.front - pitch / 2.0,
                y: plan.in_y - pitch / 2.0,
                dx: -pitch,
                dy: pitch,
                shift: 0.0,
                columns: 10,
                size: pitch * (1.0 - FREE),
            }
        }
        grain => Rack {
            first,
            grain,
            x: plan.front - plan.pitch * 0.85,
            y: plan.in_y - plan.pitch * 0.6,
            dx: plan.pitch * -1.765,
            dy: plan.pitch * 1.32,
            shift: 0.0,
            columns: plan.crate_columns,
            size: plan.pitch * 1.94,
        },
    }
}

/// Places for the bytes `from..to` in the receive buffer. Rows keep their tens while they are read
/// in part, so that no fruit changes its column.
pub(super) fn buffer(stage: &Stage, from: u64, to: u64) -> Rack {
    let vessel = stage.plan.vessel;
    let (left, floor, side) = (vessel.x, vessel.y + vessel.h, vessel.w);
    let tens = from / 10 * 10;
    let places = to.saturating_sub(tens);
    if places <= SQUARE {
        let pitch = side / 10.0;
        return Rack {
            first: tens,
            grain: Grain::Fruit,
            x: left + pitch / 2.0,
            y: floor - pitch / 2.0,
            dx: pitch,
            dy: pitch,
            shift: 0.0,
            columns: 10,
            size: pitch * (1.0 - FREE),
        };
    }
    match stage.grain(places, PILE) {
        Grain::Fruit => {
            let pitch = side / 10.5;
            Rack {
                first: tens,
                grain: Grain::Fruit,
                x: left + pitch * 0.463,
                y: floor - pitch * 0.432,
                dx: pitch,
                dy: pitch * 0.512,
                shift: pitch / 2.0,
                columns: 10,
                size: pitch * 0.772,
            }
        }
        grain => {
            let columns = 5;
            let pitch = side / columns as f64;
            let (dy, lift) = if grain.is_pallet() {
                (pitch * 0.882, pitch * 0.43)
            } else {
                // A crate fills 56 by 42 of its box of 64, three units below the middle.
                (side / 7.0, pitch * 0.375)
            };
            Rack {
                first: from,
                grain,
                x: left + pitch / 2.0,
                y: floor - lift,
                dx: pitch,
                dy,
                shift: 0.0,
                columns,
                size: pitch * 0.94,
            }
        }
    }
}

/// How many bytes a full vessel holds at this scale.
pub(super) fn capacity(stage: &Stage, rack: &Rack) -> u64 {
    match rack.grain {
        Grain::Fruit if rack.shift == 0.0 => SQUARE,
        Grain::Fruit => PILE,
        grain => grain
            .bytes()
            .saturating_mul((stage.plan.vessel.h / rack.dy + 1e-6).floor() as u64 * rack.columns),
    }
}

/// Places for the bytes `from..to` on the tray, whose middle is at `x`.
pub(super) fn tray(stage: &Stage, from: u64, to: u64, x: f64) -> Rack {
    let plan = stage.plan;
    let bytes = to.saturating_sub(from);
    let width = plan.tray_width(stage.bufsize());
    let inner = width - plan.tray_height * 0.6;
    match stage.grain(bytes, TRAY_FRUIT) {
        Grain::Fruit => {
            let columns = bytes.clamp(1, 10);
            let rows = bytes.div_ceil(10).max(1) as f64;
            let pitch = (inner / columns as f64)
                .min(plan.tray_heap / rows)
                .min(plan.tray_pitch);
            Rack {
                first: from,
                grain: Grain::Fruit,
                x: x - (columns - 1) as f64 / 2.0 * pitch,
                y: plan.tray_y - pitch / 2.0,
                dx: pitch,
                dy: pitch,
                shift: 0.0,
                columns,
                size: pitch * (1.0 - FREE),
            }
        }
        grain => {
            let pitch = (inner / 4.0).min(plan.tray_pitch * 1.9);
            Rack {
                first: from,
                grain,
                x: x - 1.5 * pitch,
                y: plan.tray_y - pitch * 0.4,
                dx: pitch,
                dy: pitch * 0.74,
                shift: 0.0,
                columns: 4,
                size: pitch * 1.1,
            }
        }
    }
}

/// The places in a bag of `capacity` bytes that begins at `first`.
pub(super) fn bag(stage: &Stage, first: u64, capacity: u64) -> Rack {
    let plan = stage.plan;
    let (middle, floor) = plan.bag;
    match stage.grain(capacity, BAG_FRUIT) {
        Grain::Fruit => {
            let rows = capacity.div_ceil(10).max(1) as f64;
            let pitch = (plan.bag_heap / rows).min(plan.bag_pitch);
            Rack {
                first,
                grain: Grain::Fruit,
                x: middle - 4.5 * pitch,
                y: floor - pitch / 2.0,
                dx: pitch,
                dy: pitch,
                shift: 0.0,
                columns: 10,
                size: pitch * (1.0 - FREE),
            }
        }
        grain => {
            let (columns, pitch) = plan.bag_crates;
            Rack {
                first,
                grain,
                x: middle - (columns - 1) as f64 / 2.0 * pitch,
                y: floor - pitch * 0.48,
                dx: pitch,
                dy: pitch * 0.74,
                shift: 0.0,
                columns,
                size: pitch * 1.1,
            }
        }
    }
}
