//! What is known of the thing that is pointed at: beside it, never over it.

use leptos::prelude::*;
use scene::{Fact, Glyph, Inspection};

use super::{dynamic::each, mark::Mark};
use crate::{
    browser,
    language::{self, Label},
    view::{Place, View},
};

/// So wide it may be, and so much keeps it from its thing and from the window's edge, pixels.
const WIDTH: f64 = 560.0;
const GAP: f64 = 10.0;
/// No side is taken that has less room.
const ROOM_MIN: f64 = 300.0;

/// The inspector.
#[component]
pub fn Inspector(view: View) -> impl IntoView {
    let inset = move || {
        let (_, place) = view.inspected.get()?;
        Some(beside(place, browser::window_size()))
    };
    view! {
        <div
            id="inspector"
            class="inspector"
            style:inset=move || inset().map(|(inset, _)| inset)
            style:max-height=move || inset().map(|(_, height)| browser::px(height))
            hidden=move || view.inspection.with(Option::is_none)
        >
            {move || view.inspection.get().map(|found| told(view, found))}
        </div>
    }
}

fn told(view: View, found: Inspection) -> impl IntoView {
    let lang = view.lang.get_untracked();
    let fact = move |fact: Fact| {
        view! {
            <div>
                <dt>{fact.label}</dt>
                <dd>
                    {fact.value}
                    {fact.source.map(|source| view! { <Mark view source=Signal::stored(source)/> })}
                </dd>
            </div>
        }
    };
    let plain: String = found.text.iter().map(Glyph::shown).collect();
    let glyph = |glyph: &Glyph| {
        let class = match (glyph.is_piece(), glyph.cut_by.is_empty()) {
            (true, _) => "piece",
            (false, false) => "cut",
            _ => "",
        };
        view! {
            <span class=class>
                <b>{glyph.shown()}</b>
                <i>{glyph.hex()}</i>
            </span>
        }
    };
    let more = (found.more_bytes > 0).then(|| language::more_bytes(found.more_bytes, lang));
    let is_cut = found
        .text
        .iter()
        .any(|glyph| glyph.is_piece() || !glyph.cut_by.is_empty());
    view! {
        <h3>{found.title}</h3>
        <dl>{each(found.rows, fact)}</dl>
        <p class="unseen">{plain}</p>
        <p class="glyphs" aria-hidden="true">
            {each(&found.text, glyph)}
        </p>
        {is_cut.then(|| view! { <p class="m">{Label::CutMarked.text(lang)}</p> })}
        {more.map(|more| view! { <p class="m">{more}</p> })}
    }
}

/// Where there is most room beside a thing: CSS `inset`, and how high it may be.
fn beside((x, y, w, h): Place, (width, height): (f64, f64)) -> (String, f64) {
    let (left, right) = (x, width - x - w);
    let (above, below) = (y, height - y - h);
    let near = |edge: f64| edge.max(GAP).min(height / 2.0);
    if left.max(right) < ROOM_MIN + 2.0 * GAP {
        let start = browser::px(x.min(width - WIDTH - GAP).max(GAP));
        return if above > below {
            let bottom = browser::px(height - y + GAP);
            (
                format!("auto {} {bottom} {start}", browser::px(GAP)),
                above - 2.0 * GAP,
            )
        } else {
            let top = browser::px(y + h + GAP);
            (
                format!("{top} {} auto {start}", browser::px(GAP)),
                below - 2.0 * GAP,
            )
        };
    }
    let (side_left, side_right) = if right > left {
        (
            browser::px(x + w + GAP),
            browser::px((right - GAP - WIDTH).max(GAP)),
        )
    } else {
        (
            browser::px((left - GAP - WIDTH).max(GAP)),
            browser::px(width - x + GAP),
        )
    };
    if above < below {
        let top = near(y);
        let inset = format!("{} {side_right} auto {side_left}", browser::px(top));
        (inset, height - top - GAP)
    } else {
        let bottom = near(below);
        let inset = format!("auto {side_right} {} {side_left}", browser::px(bottom));
        (inset, height - bottom - GAP)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_lies_beside_the_thing_and_inside_the_window() {
        let wide = (1920.0, 1080.0);
        let check = |place, window, expect: &str| assert_eq!(beside(place, window).0, expect);
        // The buffer: more room at its right.
        check(
            (780.0, 300.0, 340.0, 300.0),
            wide,
            "300px 230px auto 1130px",
        );
        // The bag, at the right edge: to its left.
        check(
            (1640.0, 400.0, 240.0, 260.0),
            wide,
            "400px 290px auto 1070px",
        );
        // A ruler's piece, at the foot: up from its lower edge.
        check((100.0, 900.0, 150.0, 30.0), wide, "auto 1100px 150px 260px");
        // On a phone: above or below.
        let phone = (390.0, 844.0);
        check((20.0, 160.0, 200.0, 60.0), phone, "230px 10px auto 10px");
        check((160.0, 500.0, 210.0, 100.0), phone, "auto 10px 354px 10px");
    }
}
