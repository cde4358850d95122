//! The words in the rulers.

use super::{number, plural};
use crate::Lang;

/// "in 2 segments".
pub(crate) fn in_segments(count: u64, lang: Lang) -> String {
    match lang {
        Lang::En => format!("in {}", plural(count, "segment", "segments")),
        Lang::Zh => format!("分 {} 段", number(count)),
    }
}

/// "in 40 sends", by the row.
pub(crate) fn in_times(row: usize, has_bag: bool, count: u64, lang: Lang) -> String {
    let (one, many, zh) = match row {
        0 => ("send", "sends", "次发送"),
        1 => ("look", "looks", "次观察"),
        2 => ("read", "reads", "次读取"),
        _ if has_bag => ("bag", "bags", "袋"),
        _ => ("answer", "answers", "个回答"),
    };
    match lang {
        Lang::En => format!("in {}", plural(count, one, many)),
        Lang::Zh => format!("{} {zh}", number(count)),
    }
}

/// Of a row that nobody tells of.
pub(crate) fn unknown_row(row: usize, lang: Lang) -> &'static str {
    match (row, lang) {
        (0, Lang::En) => "somebody else's program: its sends are unknown",
        (0, Lang::Zh) => "别人的程序：发送情况未知",
        (_, Lang::En) => "not accepted yet",
        (_, Lang::Zh) => "还没有 accept",
    }
}

/// "30 to come".
pub(crate) fn to_come(count: u64, never: bool, lang: Lang) -> String {
    let count = number(count);
    match (lang, never) {
        (Lang::En, false) => format!("{count} to come"),
        (Lang::En, true) => format!("{count} never arrived"),
        (Lang::Zh, false) => format!("{count} 在路上"),
        (Lang::Zh, true) => format!("{count} 没有到"),
    }
}

/// "nothing read yet: on hold".
pub(crate) fn not_read(read: u64, held: bool, missing: u64, lang: Lang) -> String {
    let missing = number(missing);
    match (lang, read, held) {
        (Lang::En, 0, true) => "nothing read yet: on hold".to_string(),
        (Lang::En, 0, false) => "nothing read yet".to_string(),
        (Lang::En, _, true) => format!("{missing} not read: on hold"),
        (Lang::En, _, false) => format!("{missing} not read"),
        (Lang::Zh, 0, true) => "还没有读：暂停".to_string(),
        (Lang::Zh, 0, false) => "还没有读".to_string(),
        (Lang::Zh, _, true) => format!("{missing} 未读：暂停"),
        (Lang::Zh, _, false) => format!("{missing} 未读"),
    }
}

/// "70 of 100".
pub(crate) fn not_bagged(level: u64, bag: Option<u64>, lang: Lang) -> String {
    match bag {
        Some(bag) => super::of(&number(level), &number(bag), lang),
        None => match lang {
            Lang::En => "not answered yet".to_string(),
            Lang::Zh => "还没有回答".to_string(),
        },
    }
}
