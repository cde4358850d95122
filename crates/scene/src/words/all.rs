//! The words of all connections at once.

use super::{bytes, number, plural};
use crate::Lang;

/// What a connection does, as far as records tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Doing {
    /// With so many bytes.
    AtTheDesk(u64),
    Idle,
    Waiting(u64),
    Held(u64),
    Reading,
    Blocked,
    Ended,
    Closed,
    /// Whether by the client.
    Reset(bool),
}

/// In a word or two.
pub(crate) fn doing(doing: Doing, lang: Lang) -> String {
    let (en, zh) = match doing {
        Doing::AtTheDesk(0) => ("not accepted", "等 accept"),
        Doing::AtTheDesk(waiting) => {
            let waiting = short(waiting);
            return match lang {
                Lang::En => format!("{waiting}, not accepted"),
                Lang::Zh => format!("{waiting}，等 accept"),
            };
        }
        Doing::Idle => ("idle", "空闲"),
        Doing::Reading => ("reading", "在读"),
        Doing::Blocked => ("send blocked", "发送受阻"),
        Doing::Ended => ("stream ended", "流已结束"),
        Doing::Closed => ("closed", "已关闭"),
        Doing::Reset(true) => ("client reset", "客户端复位"),
        Doing::Reset(false) => ("server reset", "服务器复位"),
        Doing::Held(0) => ("on hold", "暂停读"),
        Doing::Held(waiting) => {
            let waiting = short(waiting);
            return match lang {
                Lang::En => format!("{waiting} on hold"),
                Lang::Zh => format!("暂停，{waiting}"),
            };
        }
        Doing::Waiting(waiting) => {
            let waiting = short(waiting);
            return match lang {
                Lang::En => format!("{waiting} waiting"),
                Lang::Zh => format!("待读 {waiting}"),
            };
        }
    };
    match lang {
        Lang::En => en,
        Lang::Zh => zh,
    }
    .to_string()
}

/// A number where there is little room: 9 999, 12k, 3.4M.
pub(crate) fn short(value: u64) -> String {
    const UNITS: [(u64, &str); 5] = [
        (1_000, "k"),
        (1_000_000, "M"),
        (1_000_000_000, "G"),
        (1_000_000_000_000, "T"),
        (1_000_000_000_000_000, "P"),
    ];
    if value < 10_000 {
        return number(value);
    }
    // Cut off, not rounded: it never says more than there is.
    let (size, unit) = UNITS
        .into_iter()
        .rev()
        .find(|&(size, _)| value >= size)
        .unwrap_or((1, ""));
    let tenths = value / (size / 10);
    match tenths {
        0..100 if !tenths.is_multiple_of(10) => format!("{}.{}{unit}", tenths / 10, tenths % 10),
        _ => format!("{}{unit}", number(tenths / 10)),
    }
}

/// "12 connections".
pub(crate) fn connections(count: u64, lang: Lang) -> String {
    match lang {
        Lang::En => plural(count, "connection", "connections"),
        Lang::Zh => format!("{} 个连接", number(count)),
    }
}

/// "+ 12 more".
pub(crate) fn and_more(count: u64, lang: Lang) -> String {
    match lang {
        Lang::En => format!("+ {} more", number(count)),
        Lang::Zh => format!("还有 {} 个", number(count)),
    }
}

/// "2 at the desk, 70 bytes, 1 outside".
pub(crate) fn at_the_desk(count: u64, waiting: u64, outside: u64, lang: Lang) -> String {
    let mut words = match lang {
        Lang::En => format!("{} at the desk", number(count)),
        Lang::Zh => format!("前台 {} 个在等", number(count)),
    };
    if waiting > 0 {
        words += match lang {
            Lang::En => ", ",
            Lang::Zh => "，",
        };
        words += &bytes(waiting, lang);
    }
    if outside > 0 {
        words += &match lang {
            Lang::En => format!(", {} outside", number(outside)),
            Lang::Zh => format!("，外面 {} 个", number(outside)),
        };
    }
    words
}

/// What the arrows mean.
pub(crate) fn arrows(lang: Lang) -> &'static str {
    match lang {
        Lang::En => "↓ bytes in   ↑ bytes out",
        Lang::Zh => "↓ 收到字节　↑ 发出字节",
    }
}

/// Before the bytes that are read next.
pub(crate) fn read_next(lang: Lang) -> &'static str {
    match lang {
        Lang::En => "read next:",
        Lang::Zh => "接着读：",
    }
}

#[cfg(test)]
mod tests {
    use super::short;

    #[test]
    fn short_numbers_fit_and_do_not_exaggerate() {
        let check = |value, expect: &str| assert_eq!(short(value), expect);
        check(0, "0");
        check(9_999, "9\u{202f}999");
        check(10_000, "10k");
        check(131_072, "131k");
        check(999_999, "999k");
        check(3_456_789, "3.4M");
        check(8_000_000, "8M");
        check(u64::MAX, "18\u{202f}446P");
    }
}
