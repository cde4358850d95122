//! A motorcycle with its courier: what carries one parcel.

use crate::{
    Ink,
    sketch::{DRAWING, Sketch, THIN, line, trace},
};

/// Draws one whose wheels stand at `at`, its middle; `ahead` is 1 to the right, -1 to the left.
/// Where its rack is: the middle of the parcel's lower edge.
pub(super) fn rider(sketch: &mut Sketch, at: (f64, f64), ahead: f64, size: f64) -> (f64, f64) {
    let x = |across: f64| at.0 + across * ahead * size;
    let y = |up: f64| at.1 - up * size;
    let path = |template: &str, points: &[(f64, f64)]| {
        let values: Vec<f64> = points
            .iter()
            .flat_map(|&(across, up)| [x(across), y(up)])
            .collect();
        trace(template, &values)
    };
    let thick = |width: f64| line(Ink::Ink, width * size);
    for across in [-38.0, 38.0] {
        let hub = (x(across), y(17.0));
        sketch.circle(hub, 17.0 * size, Ink::Belt, Some(thick(3.0)));
        sketch.circle(hub, 6.0 * size, Ink::Roller, None);
    }
    // The fork, the frame and the seat.
    let fork = path("M# #L# #L# #", &[(38.0, 17.0), (27.0, 52.0), (18.0, 54.0)]);
    sketch.path(fork, None, Some(thick(5.0)));
    let frame = path(
        "M# #L# #L# #L# #L# #Z",
        &[
            (-40.0, 30.0),
            (-34.0, 40.0),
            (4.0, 38.0),
            (28.0, 44.0),
            (14.0, 16.0),
        ],
    );
    sketch.path(frame, Ink::Bad, THIN);
    let rack = path("M# #L# #", &[(-66.0, 42.0), (-8.0, 42.0)]);
    sketch.path(rack, None, Some(thick(4.0)));
    // The courier: leg, body, arm, head and helmet.
    let leg = path("M# #L# #L# #", &[(-2.0, 44.0), (14.0, 34.0), (8.0, 14.0)]);
    sketch.limb(leg, 9.0 * size, Ink::Coat);
    let body = path("M# #L# #", &[(-2.0, 46.0), (6.0, 72.0)]);
    sketch.limb(body, 15.0 * size, Ink::Coat);
    let arm = path("M# #L# #L# #", &[(6.0, 70.0), (14.0, 56.0), (24.0, 56.0)]);
    sketch.limb(arm, 6.0 * size, Ink::Coat);
    let head = (x(9.0), y(90.0));
    sketch.circle(head, 11.0 * size, Ink::Skin, THIN);
    let helmet = path(
        "M# #C# # # # # #C# # # # # #Z",
        &[
            (-4.0, 90.0),
            (-4.0, 110.0),
            (22.0, 110.0),
            (22.0, 94.0),
            (16.0, 96.0),
            (4.0, 96.0),
            (-4.0, 90.0),
        ],
    );
    sketch.path(helmet, Ink::Straw, Some(line(Ink::Ink, DRAWING)));
    (x(-37.0), y(44.0))
}
