//! The words of the courier's picture.

use protocol::{Address, Conn, Policy, ReadWhen};

use super::{number, plural};
use crate::Lang;

pub(crate) fn pick(en: &'static str, zh: &'static str, lang: Lang) -> &'static str {
    match lang {
        Lang::En => en,
        Lang::Zh => zh,
    }
}

/// Whose stall it is.
pub(crate) fn client(conn: Conn, addr: Option<&Address>, lang: Lang) -> String {
    let name = pick("Client", "客户端", lang);
    match addr {
        Some(addr) => [name, " ", &conn.to_string(), "  ", &addr.to_string()].concat(),
        None => [
            pick("All further clients", "其余所有客户端", lang),
            " ",
            &conn.to_string(),
        ]
        .concat(),
    }
}

/// What the picture is of, while nobody is there.
pub(crate) fn nobody(is_bound: bool, lang: Lang) -> &'static str {
    if is_bound {
        pick(
            "Datagrams: nobody has sent one yet",
            "数据报：还没有人发送",
            lang,
        )
    } else {
        pick(
            "No datagram socket: nothing was recorded of one",
            "没有数据报套接字：没有它的记录",
            lang,
        )
    }
}

/// The road between.
pub(crate) fn road(is_bad: bool, lang: Lang) -> &'static str {
    if is_bad {
        pick(
            "Bad road (made by this program)",
            "坏路（由本程序制造）",
            lang,
        )
    } else {
        pick("Network", "网络", lang)
    }
}

/// The receive buffer of the server's socket.
pub(crate) fn letter_box(lang: Lang) -> &'static str {
    pick("Receive buffer", "接收缓冲区", lang)
}

pub(crate) fn kernel(lang: Lang) -> &'static str {
    pick("Kernel", "内核", lang)
}

pub(crate) fn program(lang: Lang) -> &'static str {
    pick("Server program", "服务器程序", lang)
}

/// The kernel memory behind the queue.
pub(crate) fn memory(used: u64, limit: u64, lang: Lang) -> String {
    let (used, limit) = (number(used), number(limit));
    match lang {
        Lang::En => ["kernel memory ", &used, " of ", &limit].concat(),
        Lang::Zh => ["内核内存 ", &used, " / ", &limit].concat(),
    }
}

/// How many of ours wait there or are on their way.
pub(crate) fn waiting(count: u64, lang: Lang) -> String {
    let count = number(count);
    match lang {
        Lang::En => [&count, " not read yet"].concat(),
        Lang::Zh => [&count, " 个尚未读取"].concat(),
    }
}

/// What a full buffer lost.
pub(crate) fn lost(count: u64, lang: Lang) -> String {
    match lang {
        Lang::En => [&number(count), " lost: no room"].concat(),
        Lang::Zh => ["丢失 ", &number(count), "：放不下"].concat(),
    }
}

/// What the bad road lost.
pub(crate) fn lost_on_road(count: u64, lang: Lang) -> String {
    match lang {
        Lang::En => [&number(count), " lost on the road"].concat(),
        Lang::Zh => ["路上丢失 ", &number(count)].concat(),
    }
}

/// What the server does.
pub(crate) fn recvfrom(policy: Policy) -> String {
    ["recvfrom(", &policy.bufsize.to_string(), ")"].concat()
}

/// The sign of a reader that is held.
pub(crate) fn held(policy: Policy, lang: Lang) -> Option<&'static str> {
    (policy.read_when == ReadWhen::Held).then_some(pick("on hold", "暂停读取", lang))
}

/// The part of a datagram that was not asked for.
pub(crate) fn cut_off(count: u64, lang: Lang) -> String {
    match lang {
        Lang::En => [&number(count), " cut off"].concat(),
        Lang::Zh => ["截掉 ", &number(count)].concat(),
    }
}

/// The picture in one sentence: sent, received, lost.
pub(crate) fn caption(sent: Option<u64>, received: u64, lost: u64, cut: u64, lang: Lang) -> String {
    let mut words = String::new();
    match lang {
        Lang::En => {
            if let Some(sent) = sent {
                words += &[&plural(sent, "datagram", "datagrams"), " sent, "].concat();
            }
            words += &[&number(received), " received"].concat();
            if cut > 0 {
                words += &[", ", &number(cut), " cut short"].concat();
            }
            if lost > 0 {
                words += &[", ", &number(lost), " lost"].concat();
            }
        }
        Lang::Zh => {
            if let Some(sent) = sent {
                words += &["发送 ", &number(sent), " 个数据报，"].concat();
            }
            words += &["收到 ", &number(received), " 个"].concat();
            if cut > 0 {
                words += &["，", &number(cut), " 个被截断"].concat();
            }
            if lost > 0 {
                words += &["，丢失 ", &number(lost), " 个"].concat();
            }
        }
    }
    words
}

/// The names of the table's rows.
pub(crate) fn row(index: usize, lang: Lang) -> &'static str {
    match index {
        0 => pick("Datagrams sent", "数据报 发送", lang),
        1 => pick("each recvfrom", "每次 recvfrom", lang),
        2 => pick("Stream sent", "字节流 发送", lang),
        _ => pick("each recv", "每次 recv", lang),
    }
}

/// Their table.
pub(crate) fn table(lang: Lang) -> &'static str {
    pick(
        "The same sends, two sockets",
        "同样的发送，两种套接字",
        lang,
    )
}

/// Foreign clients' sends are not seen.
pub(crate) fn unseen(lang: Lang) -> &'static str {
    pick("not our program: unseen", "不是我们的程序：看不到", lang)
}

/// Nothing was received by a stream.
pub(crate) fn nothing(lang: Lang) -> &'static str {
    pick("nothing yet", "还没有", lang)
}

/// Answers that came back.
pub(crate) fn answers(count: u64, lang: Lang) -> String {
    match lang {
        Lang::En => plural(count, "answer", "answers"),
        Lang::Zh => [&number(count), " 个回答"].concat(),
    }
}
