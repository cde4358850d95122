//! Measures of the calls that move no bytes.

use protocol::Event;

use super::{Item, Measure, Scope};

pub(super) fn item(measure: &Measure, scope: Scope, event: &Event) -> Option<Item> {
    let Event::Called(called) = event else {
        return None;
    };
    let (method, about, value) = match measure {
        Measure::Calls { method, about } => (method, about.as_str(), number(&called.result)),
        Measure::Failures { method } => (method, "", u64::try_from(called.errno?).ok()?),
        _ => return None,
    };
    let is_meant = called.method == *method
        && called.arguments.contains(about)
        && scope.end.is_none_or(|end| end == called.end)
        && (scope.conn.is_none() || scope.conn == called.conn);
    is_meant.then(|| Item::one(value))
}

/// The first number in what was returned: `8192`, `0`, `(8192, asked 4096)`. None: 0.
fn number(text: &str) -> u64 {
    let digits = |c: char| c.is_ascii_digit();
    let from = text.find(digits).unwrap_or(text.len());
    let number = &text[from..];
    let to = number.find(|c| !digits(c)).unwrap_or(number.len());
    number[..to].parse().unwrap_or(0)
}
