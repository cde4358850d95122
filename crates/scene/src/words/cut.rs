//! The words of the cut view.

use super::number;
use crate::Lang;

/// "send 2", or how many there were.
pub(crate) fn send_is(ordinal: u64, times: u32, lang: Lang) -> String {
    match (times, lang) {
        (0 | 1, Lang::En) => format!("send {}", number(ordinal.saturating_add(1))),
        (0 | 1, Lang::Zh) => format!("第 {} 次发送", number(ordinal.saturating_add(1))),
        _ => super::in_times(0, false, u64::from(times), lang),
    }
}

/// "bag 1, answered".
pub(crate) fn answer_is(ordinal: u64, times: u32, has_bag: bool, lang: Lang) -> String {
    let first = number(ordinal.saturating_add(1));
    match (times, has_bag, lang) {
        (0 | 1, true, Lang::En) => "one bag, answered".to_string(),
        (0 | 1, false, Lang::En) => format!("answer {first}"),
        (0 | 1, true, Lang::Zh) => "一袋，已回答".to_string(),
        (0 | 1, false, Lang::Zh) => format!("第 {first} 个回答"),
        (times, _, _) => super::in_times(3, false, u64::from(times), lang),
    }
}

/// What the promise of a cut begins with.
pub(crate) fn cut_title(will_be_made: bool, lang: Lang) -> String {
    match (will_be_made, lang) {
        (true, Lang::En) => "next cut:",
        (true, Lang::Zh) => "下一刀：",
        (false, Lang::En) => "if it read now, it would cut",
        (false, Lang::Zh) => "如果现在读，会切在",
    }
    .to_string()
}

pub(crate) fn inside_send(send: u64, lang: Lang) -> String {
    match lang {
        Lang::En => format!("inside send {}", number(send)),
        Lang::Zh => format!("第 {} 次发送中间", number(send)),
    }
}

pub(crate) fn end_of_send(send: u64, lang: Lang) -> String {
    match lang {
        Lang::En => format!("where send {} ends", number(send)),
        Lang::Zh => format!("第 {} 次发送的末尾", number(send)),
    }
}

/// Where the sends are not known.
pub(crate) fn at_byte(at: u64, lang: Lang) -> String {
    match lang {
        Lang::En => format!("at byte {}", number(at)),
        Lang::Zh => format!("字节 {} 处", number(at)),
    }
}

/// "returned 40".
pub(crate) fn returned(bytes: u64, lang: Lang) -> String {
    match lang {
        Lang::En => format!("returned {}", number(bytes)),
        Lang::Zh => format!("返回 {}", number(bytes)),
    }
}

/// "of 100".
pub(crate) fn of_all(all: u64, lang: Lang) -> String {
    match lang {
        Lang::En => format!("of {}", number(all)),
        Lang::Zh => format!("/ {}", number(all)),
    }
}

/// What has left the view at its beginning.
pub(crate) fn before(bytes: u64, lang: Lang) -> String {
    match lang {
        Lang::En => format!("{} before", number(bytes)),
        Lang::Zh => format!("之前 {}", number(bytes)),
    }
}

pub(crate) fn window_is_zero(lang: Lang) -> String {
    match lang {
        Lang::En => "window 0",
        Lang::Zh => "窗口 0",
    }
    .to_string()
}

/// "= 22 stamp + 100 data".
pub(crate) fn stamp_and_data(stamp: u64, data: u64, lang: Lang) -> String {
    let (stamp, data) = (number(stamp), number(data));
    match lang {
        Lang::En => format!("= {stamp} stamp + {data} data"),
        Lang::Zh => format!("= 时间戳 {stamp} + 数据 {data}"),
    }
}

/// "message 2"; with its bytes where they are not told beside it.
pub(crate) fn message_is(ordinal: u64, bytes: u64, times: u32, lang: Lang) -> String {
    if times != 1 {
        return super::in_times(4, false, u64::from(times), lang);
    }
    let index = number(ordinal.saturating_add(1));
    let of = match bytes {
        0 => String::new(),
        bytes => [" · ", &number(bytes)].concat(),
    };
    match lang {
        Lang::En => format!("message {index}{of}"),
        Lang::Zh => format!("消息 {index}{of}"),
    }
}
