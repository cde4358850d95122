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
        4 => ("message", "messages", "条消息"),
        _ if has_bag => ("bag", "bags", "袋"),
        _ => ("answer", "answers", "个回答"),
    };
    match lang {
        Lang::En => format!("in {}", plural(count, one, many)),
        Lang::Zh => format!("{} {zh}", number(count)),
    }
}

/// How the reads brought a message: "2 reads, glued". Nothing if one read brought just it.
pub(crate) fn how_read(reads: Option<usize>, glued: Option<bool>, lang: Lang) -> String {
    let cut = reads.filter(|&reads| reads > 1).map(|reads| {
        let reads = reads as u64;
        match lang {
            Lang::En => format!("cut: {}", plural(reads, "read", "reads")),
            Lang::Zh => format!("拆在 {} 次读取里", number(reads)),
        }
    });
    let glued = glued.filter(|&glued| glued).map(|_| match lang {
        Lang::En => "glued",
        Lang::Zh => "粘前一条",
    });
    match (cut, glued, lang) {
        (Some(cut), Some(glued), Lang::En) => format!("{cut}, {glued}"),
        (Some(cut), Some(glued), Lang::Zh) => format!("{cut}，{glued}"),
        (Some(cut), None, _) => cut,
        (None, glued, _) => glued.unwrap_or_default().to_string(),
    }
}

/// "12: no whole message yet".
pub(crate) fn no_whole_message(count: u64, lang: Lang) -> String {
    let count = number(count);
    match lang {
        Lang::En => format!("{count}: no whole message yet"),
        Lang::Zh => format!("{count}：还不是完整的消息"),
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
