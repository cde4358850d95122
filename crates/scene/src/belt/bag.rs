//! The bag: what the server's program has read and not yet answered. Without a bag, a table on
//! which each read is stamped at once.

use super::{Stage, size, worker};
use crate::{
    Ink, Target,
    heap::{Grain, Rack},
    motion::{cubic_in, lerp},
    sketch::{BOLD, THIN, WALL, area, line, run, runs, text},
    words::{self, Label},
};
use protocol::Source;

/// More crates than this do not go into a bag.
pub(super) const CRATES_MAX: u64 = 20;
/// Bags of up to this many bytes hold fruit.
pub(super) const FRUIT_MAX: u64 = 130;

/// Where the small bag stands when it is tied.
pub(super) const KNOT: (f64, f64) = (1754.0, 600.0);

const OUTLINE: &str = "M1648 330C1640 438.8 1644 553 1662 590Q1674 602 1700 602H1808Q1834 602 1846 590C1864 553 1868 438.8 1860 330";
/// A net at 45 degrees, cut to the outline.
const NET: &str = "M1829 330L1862 363M1801 330L1863 392M1772 330L1864 421M1744 330L1864 450M1716 330L1863 477M1688 330L1862 504M1660 330L1859 530M1647 346L1856 555M1646 373L1850 578M1645 401L1839 595M1644 428L1818 601M1644 457L1790 602M1646 486L1761 602M1648 516L1733 602M1651 548L1704 602M1660 585L1670 596M1646 361L1678 330M1645 391L1706 330M1644 420L1734 330M1644 448L1762 330M1645 476L1791 330M1646 503L1819 330M1648 529L1848 330M1652 554L1861 345M1658 577L1862 372M1668 594L1863 399M1690 601L1864 427M1717 602L1864 455M1746 602L1862 485M1774 602L1860 515M1802 602L1857 547M1835 597L1848 584";

/// The places in a bag of `capacity` bytes that begins at `first`.
pub(super) fn rack(stage: &Stage, first: u64, capacity: u64) -> Rack {
    match stage.grain(capacity, FRUIT_MAX) {
        Grain::Fruit => {
            let columns = 10;
            let rows = capacity.div_ceil(columns).max(1) as f64;
            let pitch = (250.0 / rows).clamp(18.0, 19.0);
            Rack {
                first,
                grain: Grain::Fruit,
                x: 1754.0 - 4.5 * pitch,
                y: 588.5,
                dx: pitch,
                dy: pitch,
                shift: 0.0,
                columns,
                size: pitch - 1.5,
            }
        }
        grain => Rack {
            first,
            grain,
            x: 1754.0 - 63.0,
            y: 578.0,
            dx: 42.0,
            dy: 31.0,
            shift: 0.0,
            columns: 4,
            size: 46.0,
        },
    }
}

pub(super) fn draw(stage: &mut Stage) {
    let policy = stage
        .connection
        .map_or(stage.frame.state.policy, |connection| connection.policy);
    match policy.bag {
        Some(capacity) => bag(stage, u64::from(capacity)),
        None => table(stage),
    }
}

fn bag(stage: &mut Stage, capacity: u64) {
    let sketch = &mut stage.sketch;
    sketch.path(
        "M1626 330V616M1882 330V616",
        None,
        Some(line(Ink::Post, 8.0)),
    );
    sketch.path(OUTLINE, Ink::Bag, None);
    sketch.path(NET, None, Some(line(Ink::Hair, 1.5)));
    let landed = contents(stage, capacity);
    let sketch = &mut stage.sketch;
    sketch.path(OUTLINE, None, BOLD);
    sketch.path("M1626 330H1882", None, Some(line(Ink::Ink, WALL)));
    let title = stage.label(Label::Bag);
    let of = stage.label(Label::Of);
    let sketch = &mut stage.sketch;
    sketch.text(
        text(title, (1754.0, 238.0), size::TITLE)
            .bold()
            .middle()
            .within(200.0),
    );
    sketch.mark(Source::Derived, (1754.0, 208.0), 6.0);
    sketch.line(
        runs(
            vec![
                run(words::number(landed), size::NUMBER).bold(),
                run(of, size::TITLE).quiet().after(10.0),
                run(words::number(capacity), size::NUMBER2)
                    .bold()
                    .after(10.0),
            ],
            (1754.0, 302.0),
            290.0,
        )
        .middle(),
    );
}

/// What lies in the bag; how many bytes have landed there.
fn contents(stage: &mut Stage, capacity: u64) -> u64 {
    let (Some(connection), Some(server)) = (stage.connection, stage.server()) else {
        return 0;
    };
    let first = server.answered.total.bytes;
    let read = server.read.total.bytes;
    let on_tray = worker::on_tray(stage).map_or(read, |(from, _)| from.max(first));
    let rack = rack(stage, first, capacity);
    for offset in rack.units(first, on_tray) {
        let spot = rack.spot(offset);
        stage.unit(rack.grain, offset, spot);
    }
    // What was answered a moment ago is drawn together to the knot.
    if let Some(answer) = server.answers.back()
        && !stage.motion.is_reduced()
    {
        let p = stage.motion.progress(answer.moment, 0.0, 200.0);
        if p < 1.0 {
            let before = self::rack(stage, answer.in_from, capacity);
            let p = cubic_in(p);
            for offset in before.units(answer.in_from, answer.in_to) {
                let mut spot = before.spot(offset);
                spot.x = lerp(spot.x, KNOT.0, p);
                spot.y = lerp(spot.y, KNOT.1 - 30.0, p);
                spot.size = lerp(spot.size, 6.0, p);
                stage.unit(before.grain, offset, spot);
            }
        }
    }
    stage.sketch.hit(
        area(1640.0, 330.0, 228.0, 272.0),
        Target::Bytes {
            conn: connection.conn,
            from: first,
            to: read,
        },
    );
    on_tray.saturating_sub(first)
}

/// No bag: a table with a stamp. Each recv is answered at once.
fn table(stage: &mut Stage) {
    let lines = [stage.label(Label::NoBag), stage.label(Label::NoBag2)];
    let sketch = &mut stage.sketch;
    sketch.path("M1640 520H1868V536H1640Z", Ink::Wood, THIN);
    sketch.path(
        "M1656 536H1670V616H1656ZM1838 536H1852V616H1838Z",
        Ink::Wood,
        THIN,
    );
    // The stamp with its date, and paper bags in a stack.
    sketch.path("M1676 508H1732V520H1676Z", Ink::Coat, THIN);
    sketch.path(
        "M1694 508V488Q1688 470 1704 470Q1720 470 1714 488V508Z",
        Ink::Wood,
        THIN,
    );
    sketch.path(
        "M1758 512H1850V520H1758ZM1762 504H1846V512H1762ZM1758 496H1850V504H1758Z",
        Ink::Bag,
        THIN,
    );
    for (index, words) in lines.into_iter().enumerate() {
        sketch.text(
            text(words, (1754.0, 402.0 + index as f64 * 30.0), size::TITLE)
                .quiet()
                .middle()
                .within(290.0),
        );
    }
}
