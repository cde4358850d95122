//! The text of a lesson: paragraphs parted by empty lines, `**strong**` and `` `code` ``. Anything
//! else is text. Knows nothing of what it says.

use leptos::prelude::*;

use crate::panels::dynamic::each;

/// A run of text of one kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    Plain(&'a str),
    Strong(&'a str),
    Code(&'a str),
}

/// The paragraphs of a text.
pub fn paragraphs(text: &str) -> impl Iterator<Item = &str> {
    text.split("\n\n")
        .map(str::trim)
        .filter(|it| !it.is_empty())
}

/// The pieces of a paragraph. A mark that is not closed is text.
pub fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    let mut from = 0;
    while let Some(at) = rest[from..].find(['*', '`']).map(|at| at + from) {
        let mark = if rest[at..].starts_with("**") {
            "**"
        } else if rest[at..].starts_with('`') {
            "`"
        } else {
            from = at + 1;
            continue;
        };
        let inside = at + mark.len();
        let Some(end) = rest[inside..].find(mark).map(|end| end + inside) else {
            from = inside;
            continue;
        };
        if at > 0 {
            pieces.push(Piece::Plain(&rest[..at]));
        }
        let piece = &rest[inside..end];
        pieces.push(match mark {
            "`" => Piece::Code(piece),
            _ => Piece::Strong(piece),
        });
        rest = &rest[end + mark.len()..];
        from = 0;
    }
    if !rest.is_empty() {
        pieces.push(Piece::Plain(rest));
    }
    pieces
}

/// A text of one paragraph or several.
pub fn prose(text: &str) -> AnyView {
    each(paragraphs(text), |text| view! { <p>{line(text)}</p> }).into_any()
}

/// A text without paragraphs.
pub fn line(text: &str) -> AnyView {
    each(pieces(text), |piece| match piece {
        Piece::Plain(text) => text.to_owned().into_any(),
        Piece::Strong(text) => view! { <strong>{text.to_owned()}</strong> }.into_any(),
        Piece::Code(text) => view! { <code>{text.to_owned()}</code> }.into_any(),
    })
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::{Piece::*, *};

    #[test]
    fn strong_and_code_are_marked_and_all_else_is_text() {
        let check = |text, expect: &[Piece]| assert_eq!(pieces(text), expect, "{text}");
        check("", &[]);
        check("plain", &[Plain("plain")]);
        check(
            "a **b** `c`.",
            &[Plain("a "), Strong("b"), Plain(" "), Code("c"), Plain(".")],
        );
        check("`a * b` 2 * 3", &[Code("a * b"), Plain(" 2 * 3")]);
        check("**open `x`", &[Plain("**open "), Code("x")]);
        check("`", &[Plain("`")]);
        check("**水果**。", &[Strong("水果"), Plain("。")]);
    }

    #[test]
    fn empty_lines_part_paragraphs() {
        let text = "\none\nline\n\n\n two \n\n";
        assert_eq!(paragraphs(text).collect::<Vec<_>>(), ["one\nline", "two"]);
    }
}
