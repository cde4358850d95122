//! The words of the level chart.

use super::{number, plural};
use crate::Lang;

/// "+20", "−64", or both.
pub(crate) fn change(came: u64, taken: u64) -> String {
    match (came, taken) {
        (came, 0) => format!("+{}", number(came)),
        (0, taken) => format!("−{}", number(taken)),
        (came, taken) => format!("+{} −{}", number(came), number(taken)),
    }
}

/// On two lines.
pub(crate) fn receive_buffer(lang: Lang) -> [&'static str; 2] {
    match lang {
        Lang::En => ["receive", "buffer"],
        Lang::Zh => ["接收", "缓冲区"],
    }
}

/// "1 204 records lost".
pub(crate) fn lost(records: u64, lang: Lang) -> String {
    match lang {
        Lang::En => format!("{} lost", plural(records, "record", "records")),
        Lang::Zh => format!("丢了 {} 条", number(records)),
    }
}
