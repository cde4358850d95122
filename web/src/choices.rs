//! What a person chose for eyes and ears: language, look and picture. Applied at once, and
//! remembered by the browser for the next visit. Knows nothing of what is shown.

use scene::{Ink, Lang, Look, Picture};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use crate::browser;

const LANG_KEY: &str = "fruitbelt.lang";
const LOOK_KEY: &str = "fruitbelt.look";
const PICTURE_KEY: &str = "fruitbelt.picture";

/// The names of the looks, as `data-look` and boot.js have them.
const LOOKS: [(Look, &str); 3] = [
    (Look::Light, "light"),
    (Look::Dark, "dark"),
    (Look::Projector, "projector"),
];

/// The style sheet's names for the scene's colours. Set from here, so that a colour is written
/// down once, in the scene's palette.
const INKS: [(&str, Ink); 14] = [
    ("--paper", Ink::Paper),
    ("--ink", Ink::Ink),
    ("--ink2", Ink::Ink2),
    ("--kernel", Ink::Kernel),
    ("--hair", Ink::Hair),
    ("--track", Ink::Track),
    ("--well", Ink::Well),
    ("--focus", Ink::Focus),
    ("--hold", Ink::Hold),
    ("--hold-paper", Ink::HoldPaper),
    ("--bad", Ink::Bad),
    ("--live", Ink::Live),
    ("--wood", Ink::Wood),
    ("--straw", Ink::Straw),
];

/// The language chosen before, otherwise the first of the browser's that the page speaks.
pub fn first_lang() -> Lang {
    let of_tag = |tag: String| {
        let tag = tag.to_ascii_lowercase();
        if tag.starts_with("zh") {
            Some(Lang::Zh)
        } else {
            tag.starts_with("en").then_some(Lang::En)
        }
    };
    let remembered = browser::remembered(LANG_KEY).and_then(of_tag);
    let wished = || browser::languages().find_map(of_tag);
    remembered.or_else(wished).unwrap_or_default()
}

/// Says which language the document is in, to screen readers and fonts, and remembers the choice.
pub fn set_lang(lang: Lang, remember: bool) {
    let tag = match lang {
        Lang::En => "en",
        Lang::Zh => "zh-CN",
    };
    if let Some(root) = root() {
        let _ = root.set_attribute("lang", tag);
    }
    if remember {
        browser::remember(LANG_KEY, tag);
    }
}

/// The look that boot.js chose before anything was drawn: the one remembered, otherwise by what
/// the browser says of the person's wishes.
pub fn first_look() -> Look {
    let named = root().and_then(|root| root.get_attribute("data-look"));
    let look = LOOKS.iter().find(|look| Some(look.1) == named.as_deref());
    look.map_or(Look::Light, |look| look.0)
}

/// Gives the document the colours of a look, and remembers the choice.
pub fn set_look(look: Look, remember: bool) {
    let Some(root) = root() else {
        return;
    };
    for (name, ink) in INKS {
        let _ = root.style().set_property(name, ink.hex(look));
    }
    if let Some((_, name)) = LOOKS.iter().find(|it| it.0 == look) {
        let _ = root.set_attribute("data-look", name);
        if remember {
            browser::remember(LOOK_KEY, name);
        }
    }
}

/// The look after this one.
pub fn next_look(look: Look) -> Look {
    let place = Look::ALL.iter().position(|it| *it == look).unwrap_or(0);
    Look::ALL[(place + 1) % Look::ALL.len()]
}

/// The picture of one connection that was chosen before. Not where one looks: a link's `#` is
/// for moments.
pub fn first_picture() -> Picture {
    match browser::remembered(PICTURE_KEY).as_deref() {
        Some("cut") => Picture::Cut,
        _ => Picture::Belt,
    }
}

/// Remembers the picture of one connection. The picture of all is a glance around, not a habit.
pub fn remember_picture(picture: Picture) {
    match picture {
        Picture::Belt => browser::remember(PICTURE_KEY, "belt"),
        Picture::Cut => browser::remember(PICTURE_KEY, "cut"),
        Picture::All | Picture::Steps | Picture::Courier => {}
    }
}

fn root() -> Option<HtmlElement> {
    browser::document()?.document_element()?.dyn_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_moment_has_the_colours_of_the_palette() {
        // Before the program runs only the style sheet knows them.
        let css = include_str!("../style.css");
        for (look, name) in LOOKS {
            let rule = css.split_once(&format!(":root[data-look={name}] {{"));
            let rule = rule.and_then(|(_, rest)| rest.split_once('}'));
            let rule = rule.map_or("", |(rule, _)| rule);
            for (name, ink) in [INKS[0], INKS[1], INKS[2]] {
                let expect = format!("{name}: {};", ink.hex(look));
                assert!(rule.contains(&expect), "{look:?} lacks {expect}");
            }
        }
    }

    #[test]
    fn boot_knows_the_same_names() {
        let boot = include_str!("../boot.js");
        assert!(boot.contains(LOOK_KEY));
        for (_, name) in LOOKS {
            assert!(boot.contains(&format!("'{name}'")), "{name}");
        }
    }
}
