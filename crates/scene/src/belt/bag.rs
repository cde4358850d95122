//! The bag: what the server's program has read and not yet answered. Without a bag, a table on
//! which each read is stamped at once.

use super::{Stage, racks, reading};
use crate::{
    Ink, Target,
    heap::hits,
    motion::{cubic_in, lerp},
    sketch::{BOLD, THIN, WALL, area, fitting, line, run, runs, text},
    words::{self, Label},
};
use protocol::Source;

const OUTLINE: &str = "M1648 330C1640 438.8 1644 553 1662 590Q1674 602 1700 602H1808Q1834 602 1846 590C1864 553 1868 438.8 1860 330";
/// A net at 45 degrees, cut to the outline.
const NET: &str = "M1829 330L1862 363M1801 330L1863 392M1772 330L1864 421M1744 330L1864 450M1716 330L1863 477M1688 330L1862 504M1660 330L1859 530M1647 346L1856 555M1646 373L1850 578M1645 401L1839 595M1644 428L1818 601M1644 457L1790 602M1646 486L1761 602M1648 516L1733 602M1651 548L1704 602M1660 585L1670 596M1646 361L1678 330M1645 391L1706 330M1644 420L1734 330M1644 448L1762 330M1645 476L1791 330M1646 503L1819 330M1648 529L1848 330M1652 554L1861 345M1658 577L1862 372M1668 594L1863 399M1690 601L1864 427M1717 602L1864 455M1746 602L1862 485M1774 602L1860 515M1802 602L1857 547M1835 597L1848 584";
/// The same under the tray of a phone.
const OUTLINE_UPRIGHT: &str =
    "M14 400C10 432 13 462 24 474Q30 480 42 480H94Q106 480 112 474C123 462 126 432 122 400";
const NET_UPRIGHT: &str = "M18 464L33 479M14 446L48 480M12 430L62 480M13 417L76 480M14 404L90 480M24 400L103 479M38 400L112 474M52 400L117 465M66 400L121 455M80 400L123 443M94 400L124 430M108 400L123 415M20 400L13 407M34 400L12 422M48 400L13 435M62 400L14 448M76 400L17 459M90 400L21 469M104 400L27 477M118 400L38 480M123 409L52 480M124 422L66 480M123 437L80 480M121 453L94 480";

pub(super) fn draw(stage: &mut Stage) {
    match stage.policy().bag {
        Some(capacity) => bag(stage, u64::from(capacity)),
        None => table(stage),
    }
}

fn bag(stage: &mut Stage, capacity: u64) {
    let wide = stage.plan.is_wide();
    let (outline, net, rim) = if wide {
        (OUTLINE, NET, "M1626 330H1882")
    } else {
        (OUTLINE_UPRIGHT, NET_UPRIGHT, "M8 400H128")
    };
    let sketch = &mut stage.sketch;
    if wide {
        let posts = "M1626 330V616M1882 330V616";
        sketch.path(posts, None, Some(line(Ink::Post, 8.0)));
    }
    sketch.path(outline, Ink::Bag, None);
    sketch.path(net, None, Some(line(Ink::Hair, 1.5)));
    let landed = contents(stage, capacity);
    let sketch = &mut stage.sketch;
    sketch.path(outline, None, BOLD);
    sketch.path(rim, None, Some(line(Ink::Ink, WALL)));
    level(stage, landed, capacity);
}

/// How many of how many.
fn level(stage: &mut Stage, landed: u64, capacity: u64) {
    let (title, of) = (stage.label(Label::Bag), stage.label(Label::Of));
    let size = stage.size;
    let (landed, capacity) = (words::number(landed), words::number(capacity));
    if stage.plan.is_wide() {
        let middle = 1754.0;
        let half = crate::sketch::guessed_width(title, size.title) / 2.0;
        stage.mark(
            Source::Derived,
            (middle - half - size.mark - 12.0, 196.0 - size.title * 0.34),
        );
        let title = text(title, (middle, 196.0), size.title);
        stage.sketch.text(title.bold().middle().within(200.0));
        let number = run(landed, size.number).bold();
        let of = run(of, size.title).quiet().after(10.0);
        let whole = run(capacity, size.number2).bold().after(10.0);
        let line = runs(vec![number, of, whole], (middle, 260.0), 290.0);
        stage.sketch.line(line.middle());
    } else {
        // A label on the rim: over the net the number would fight with the fruit.
        let sketch = &mut stage.sketch;
        sketch.rect(area(14.0, 369.0, 108.0, 27.0), 4.0, Ink::Bag, THIN);
        let all = format!("{landed} / {capacity}");
        let big = fitting(&all, size.number2 * 0.85, 84.0).max(size.least);
        stage.mark(Source::Derived, (23.0, 382.5));
        let words = text(all, (73.0, 382.5 + big * 0.36), big);
        stage.sketch.text(words.bold().middle().within(86.0));
    }
}

/// What lies in the bag; how many bytes have landed there.
fn contents(stage: &mut Stage, capacity: u64) -> u64 {
    let (Some(connection), Some(server)) = (stage.connection, stage.server()) else {
        return 0;
    };
    let first = server.answered.total.bytes;
    let read = server.read.total.bytes;
    let on_tray = reading::on_tray(stage).map_or(read, |(from, _)| from.max(first));
    let rack = racks::bag(stage, first, capacity);
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
            let before = racks::bag(stage, answer.in_from, capacity);
            let knot = stage.plan.knot;
            let p = cubic_in(p);
            for offset in before.units(answer.in_from, answer.in_to) {
                let mut spot = before.spot(offset);
                spot.x = lerp(spot.x, knot.0, p);
                spot.y = lerp(spot.y, knot.1 - 30.0 * stage.plan.sack, p);
                spot.size = lerp(spot.size, spot.size * 0.3, p);
                stage.unit(before.grain, offset, spot);
            }
        }
    }
    let whole = if stage.plan.is_wide() {
        area(1640.0, 150.0, 228.0, 452.0)
    } else {
        area(10.0, 366.0, 116.0, 114.0)
    };
    let target = Target::Bytes {
        conn: connection.conn,
        from: first,
        to: read,
    };
    if read > first {
        stage.sketch.hit(whole, target);
    }
    hits(&mut stage.sketch, connection, &rack, first, on_tray);
    on_tray.saturating_sub(first)
}

/// No bag: a table with a stamp. Each recv is answered at once.
fn table(stage: &mut Stage) {
    let labels = match stage.policy().framing {
        Some(_) => [Label::PerMessage, Label::PerMessage2],
        None => [Label::NoBag, Label::NoBag2],
    };
    let lines = labels.map(|label| stage.label(label));
    let (at, scale, size, first, room) = if stage.plan.is_wide() {
        let size = stage.size.title;
        ((1640.0, 616.0), 1.0, size, (1754.0, 402.0), 290.0)
    } else {
        let size = stage.size.small;
        ((12.0, 486.0), 0.5, size, (70.0, 384.0), 124.0)
    };
    if stage.plan.is_wide() {
        last_message(stage, (first.0, first.1 - 3.2 * size), size, room);
    }
    let sketch = &mut stage.sketch;
    for (d, ink) in [
        ("M0 -96H228V-80H0Z", Ink::Wood),
        ("M16 -80H30V0H16ZM198 -80H212V0H198Z", Ink::Wood),
        // The stamp with its date, and paper bags in a stack.
        ("M36 -108H92V-96H36Z", Ink::Coat),
        (
            "M54 -108V-128Q48 -146 64 -146Q80 -146 74 -128V-108Z",
            Ink::Wood,
        ),
        (
            "M118 -104H210V-96H118ZM122 -112H206V-104H122ZM118 -120H210V-112H118Z",
            Ink::Bag,
        ),
    ] {
        sketch.path_at(d, at, scale, ink, THIN);
    }
    if !stage.plan.is_wide() {
        // In front of the worker's legs.
        sketch.rect(area(4.0, 369.0, 132.0, 37.0), 4.0, Ink::Bag, THIN);
    }
    for (index, words) in lines.into_iter().enumerate() {
        let y = first.1 + index as f64 * size * 1.35;
        let size = fitting(words, size, room).max(stage.size.least);
        sketch.text(
            text(words, (first.0, y), size)
                .quiet()
                .middle()
                .within(room),
        );
    }
}

/// The message that the program found last, and how the reads had brought it.
fn last_message(stage: &mut Stage, (x, y): (f64, f64), size: f64, room: f64) {
    let (Some(connection), Some(server)) = (stage.connection, stage.server()) else {
        return;
    };
    let Some(cut) = server.messages.last().filter(|cut| !cut.is_unseen()) else {
        return;
    };
    let lang = stage.frame.lang;
    let is = words::message_is(cut.ordinal, cut.bytes(), cut.times, lang);
    let (reads, glued) = (connection.reads_of_message(cut), connection.is_glued(cut));
    let how = words::how_read(reads, glued, lang);
    for (words, y) in [(is, y), (how, y + size * 1.35)] {
        let size = fitting(&words, size, room).max(stage.size.least);
        let line = text(words, (x, y), size).middle().within(room);
        stage.sketch.text(line.bold());
    }
}
