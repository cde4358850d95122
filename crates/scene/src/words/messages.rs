//! Messages and halves of characters as sentences of the table: what the program found in the
//! bytes, and how the reads had cut it.

use model::{Connection, HalfCharacter};
use protocol::{Framing, Message, Read, Record, Unframed, UnframedWhy};

use super::{bytes, number};
use crate::Lang;

/// A whole message, and how many reads brought it.
pub(super) fn message(
    e: &Message,
    record: &Record,
    connection: Option<&Connection>,
    lang: Lang,
) -> String {
    let count = number(e.bytes);
    if e.times > 1 {
        let times = number(u64::from(e.times));
        let rest = super::rows::merged(e.since_nanos, record, lang);
        return match lang {
            Lang::En => format!("{times} messages, {count} in all{rest}"),
            Lang::Zh => format!("{times} 条消息，共 {count}{rest}"),
        };
    }
    let mut text = match lang {
        Lang::En => format!("message of {count}"),
        Lang::Zh => format!("消息 {count}"),
    };
    if e.framing_bytes > 0 {
        let framing = number(e.framing_bytes);
        text += &match lang {
            Lang::En => format!(", {framing} of framing"),
            Lang::Zh => format!("，其中拆包用 {framing}"),
        };
    }
    let cut = connection.and_then(|connection| {
        let cut = connection.server.as_ref()?.messages.cut_at(e.offset)?;
        Some((connection, cut))
    });
    if let Some((connection, cut)) = cut {
        if let Some(reads) = connection.reads_of_message(cut).filter(|&reads| reads > 1) {
            text += &match lang {
                Lang::En => format!("; cut: {reads} reads brought it"),
                Lang::Zh => format!("；被拆开：{reads} 次读取才到齐"),
            };
        }
        if connection.is_glued(cut) == Some(true) {
            text += match lang {
                Lang::En => "; glued to the one before in one read",
                Lang::Zh => "；和前一条粘在同一次读取里",
            };
        }
    }
    text
}

/// No message.
pub(super) fn unframed(e: &Unframed, lang: Lang) -> String {
    let most = number(u64::from(Framing::MESSAGE_BYTES_MAX));
    let read = bytes(e.bytes, lang);
    let claims = e.claims.map(number);
    match (lang, e.why, claims) {
        (Lang::En, UnframedWhy::TooLong, Some(claims)) => format!(
            "message too long: its length says {claims}, at most {most}; no framing any more"
        ),
        (Lang::En, UnframedWhy::TooLong, None) => {
            format!("message too long: no end within {most} bytes; no framing any more")
        }
        (Lang::En, UnframedWhy::EndOfStream, Some(claims)) => {
            format!("the stream ended within a message: {read} came, its length says {claims}")
        }
        (Lang::En, UnframedWhy::EndOfStream, None) => {
            format!("the stream ended within a message: {read} came")
        }
        (Lang::Zh, UnframedWhy::TooLong, Some(claims)) => {
            format!("消息过长：长度字段说 {claims}，最多 {most}；不再拆包")
        }
        (Lang::Zh, UnframedWhy::TooLong, None) => {
            format!("消息过长：{most} 字节内没有结束；不再拆包")
        }
        (Lang::Zh, UnframedWhy::EndOfStream, Some(claims)) => {
            format!("流在消息中间结束：只到了 {read}，长度字段说 {claims}")
        }
        (Lang::Zh, UnframedWhy::EndOfStream, None) => {
            format!("流在消息中间结束：只到了 {read}")
        }
    }
}

/// How messages are found.
pub(super) fn framing(framing: Framing, lang: Lang) -> String {
    match (lang, framing) {
        (Lang::En, Framing::Fixed(bytes)) => format!("messages of {}", number(bytes.into())),
        (Lang::En, Framing::LINES) => "a message a line".to_string(),
        (Lang::En, Framing::Delimiter(_)) => format!("messages by {framing}"),
        (Lang::En, Framing::Length(bytes)) => format!("length of {bytes} before each message"),
        (Lang::Zh, Framing::Fixed(bytes)) => format!("每条消息 {}", number(bytes.into())),
        (Lang::Zh, Framing::LINES) => "每行一条消息".to_string(),
        (Lang::Zh, Framing::Delimiter(_)) => format!("按 {framing} 分消息"),
        (Lang::Zh, Framing::Length(bytes)) => format!("每条消息前有 {bytes} 字节长度"),
    }
}

/// With which halves of characters a read begins and ends.
pub(super) fn half_characters(connection: &Connection, e: &Read, lang: Lang) -> String {
    let mut text = String::new();
    if let Some(half) = connection.half_character(e.offset) {
        let which = which(&half);
        let (rest, of) = (half.of - half.before, half.of);
        text += &match lang {
            Lang::En => {
                format!("; begins with the last {rest} of {of} bytes of a character{which}")
            }
            Lang::Zh => format!("；开头是一个字符{which}的后 {rest} 字节（共 {of}）"),
        };
    }
    if let Some(half) = connection.half_character(e.offset.saturating_add(e.returned)) {
        let which = which(&half);
        let (before, of) = (half.before, half.of);
        text += &match lang {
            Lang::En => format!("; ends with {before} of {of} bytes of a character{which}"),
            Lang::Zh => format!("；结尾是半个字符{which}：{of} 字节中的 {before} 个"),
        };
    }
    text
}

/// Which character, where its other half is known too.
fn which(half: &HalfCharacter) -> String {
    half.character
        .filter(|character| !character.is_control())
        .map_or_else(String::new, |character| format!(" “{character}”"))
}
