//! Measures of the calls that move no bytes.

use protocol::Event;

use super::{Item, Measure, Scope};

pub(super) fn item(measure: &Measure, scope: Scope, event: &Event) -> Option<Item> {
    let (Measure::Calls { method, about }, Event::Called(called)) = (measure, event) else {
        return None;
    };
    let is_meant = called.method == *method
        && called.arguments.contains(about.as_str())
        && scope.end.is_none_or(|end| end == called.end)
        && (scope.conn.is_none() || scope.conn == called.conn);
    is_meant.then(|| Item::one(number(&called.result)))
}

/// The first number in what was returned: `8192`, `0`, `(8192, asked 4096)`. None: 0.
fn number(text: &str) -> u64 {
    let digits = |c: char| c.is_ascii_digit();
    let from = text.find(digits).unwrap_or(text.len());
    let number = &text[from..];
    let to = number.find(|c| !digits(c)).unwrap_or(number.len());
    number[..to].parse().unwrap_or(0)
}
