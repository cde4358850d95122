//! The words of the inspector.

use model::{Answer, Cut};
use protocol::{Conn, End, Seq, Total};

use super::{Label, bytes, number, plural};
use crate::{Glyph, Lang, Part, Row, Why};

/// A kind of piece that a stream is cut into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    Send,
    Arrival,
    Read,
    Bag,
    Answer,
    Message,
    Write,
}

impl Piece {
    pub(crate) fn of(row: Row, bag: bool) -> Piece {
        match row {
            Row::Sent => Piece::Send,
            Row::Arrived => Piece::Arrival,
            Row::Read => Piece::Read,
            Row::Packed if bag => Piece::Bag,
            Row::Packed => Piece::Answer,
            Row::Message => Piece::Message,
        }
    }

    fn name(self, lang: Lang) -> &'static str {
        match lang {
            Lang::En => match self {
                Piece::Send => "send",
                Piece::Arrival => "arrival",
                Piece::Read => "read",
                Piece::Bag => "bag",
                Piece::Answer => "answer",
                Piece::Message => "message",
                Piece::Write => "send",
            },
            Lang::Zh => match self {
                Piece::Send | Piece::Write => "发送",
                Piece::Arrival => "到达",
                Piece::Read => "读取",
                Piece::Bag => "装袋",
                Piece::Answer => "回答",
                Piece::Message => "消息",
            },
        }
    }

    /// "3 sends".
    fn count(self, count: u64, lang: Lang) -> String {
        let one = self.name(lang);
        match lang {
            Lang::En => plural(count, one, &format!("{one}s")),
            Lang::Zh => format!("{} 次{one}", number(count)),
        }
    }
}

/// The name of a row.
pub(crate) fn row_label(row: Row, bag: bool) -> Label {
    match row {
        Row::Sent => Label::SentRow,
        Row::Arrived => Label::ArrivedRow,
        Row::Read => Label::ReadRow,
        Row::Packed if bag => Label::BaggedRow,
        Row::Packed => Label::AnsweredRow,
        Row::Message => Label::MessageRow,
    }
}

/// One of two languages.
fn say(lang: Lang, en: String, zh: String) -> String {
    match lang {
        Lang::En => en,
        Lang::Zh => zh,
    }
}

/// "20–69": the first and the last.
fn span(from: u64, to: u64) -> String {
    match to.saturating_sub(1) {
        last if last > from => format!("{}–{}", number(from), number(last)),
        _ => number(from),
    }
}

/// "20–69, 50 bytes".
pub(crate) fn range((from, to): (u64, u64), lang: Lang) -> String {
    let count = bytes(to.saturating_sub(from), lang);
    match (to > from, lang) {
        (false, _) => count,
        (true, Lang::En) => format!("{}, {count}", span(from, to)),
        (true, Lang::Zh) => format!("{}，{count}", span(from, to)),
    }
}

/// The title of incoming bytes.
pub(crate) fn bytes_of(conn: Conn, at: (u64, u64), lang: Lang) -> String {
    let range = range(at, lang);
    say(
        lang,
        format!("{conn} incoming: {range}"),
        format!("{conn} 收到的：{range}"),
    )
}

/// The title of outgoing bytes.
pub(crate) fn answer_bytes_of(conn: Conn, at: (u64, u64), lang: Lang) -> String {
    let range = range(at, lang);
    say(
        lang,
        format!("{conn} outgoing: {range}"),
        format!("{conn} 发出的：{range}"),
    )
}

/// The title of an edge.
pub(crate) fn edge_of(conn: Conn, piece: Piece, offset: u64, lang: Lang) -> String {
    let (piece, offset) = (piece.name(lang), number(offset));
    say(
        lang,
        format!("{conn}: edge of {piece}s at byte {offset}"),
        format!("{conn}：{piece}的边界，字节 {offset}"),
    )
}

/// The title of a connection.
pub(crate) fn connection_of(conn: Conn, lang: Lang) -> String {
    say(lang, format!("Connection {conn}"), format!("连接 {conn}"))
}

/// The title of a record.
pub(crate) fn record_of(seq: Seq, lang: Lang) -> String {
    let seq = number(seq.0);
    say(lang, format!("Record {seq}"), format!("第 {seq} 条记录"))
}

/// "#1, server's end".
pub(crate) fn seen_at(conn: Conn, end: End, lang: Lang) -> String {
    let (en, zh) = match end {
        End::Server => ("the server's end", "服务器一端"),
        End::Client => ("the client's end", "客户端一端"),
    };
    say(lang, format!("{conn}, {en}"), format!("{conn}，{zh}"))
}

/// One piece: "read 1: 0–69".
pub(crate) fn piece(piece: Piece, cut: &Cut, lang: Lang) -> String {
    let (name, span) = (piece.name(lang), span(cut.from, cut.to));
    let first = cut.ordinal.saturating_add(1);
    match (cut.times, lang) {
        (0, Lang::En) => format!("{span} not seen"),
        (0, Lang::Zh) => format!("{span} 没看到"),
        (1, Lang::En) => {
            let segments = segments(piece, cut, lang);
            match piece {
                Piece::Read if cut.asked > cut.bytes() => {
                    let asked = number(cut.asked);
                    format!("read {} asked {asked}, took {span}", number(first))
                }
                Piece::Read => format!("read {} took {span}", number(first)),
                _ => format!("{name} {}: {span}{segments}", number(first)),
            }
        }
        (1, Lang::Zh) => {
            let segments = segments(piece, cut, lang);
            match piece {
                Piece::Read if cut.asked > cut.bytes() => {
                    let asked = number(cut.asked);
                    format!("第 {} 次读取要 {asked}，得 {span}", number(first))
                }
                _ => format!("第 {} 次{name}：{span}{segments}", number(first)),
            }
        }
        (times, _) => {
            let last = number(cut.ordinal.saturating_add(u64::from(times)));
            let first = number(first);
            say(
                lang,
                format!("{name}s {first}–{last}: {span}, edges inside unknown"),
                format!("第 {first}–{last} 次{name}：{span}，内部边界未知"),
            )
        }
    }
}

fn segments(piece: Piece, cut: &Cut, lang: Lang) -> String {
    match cut.segments {
        Some(count) if piece == Piece::Arrival && count > 0 => {
            let count = u64::from(count);
            say(
                lang,
                format!(" in {}", plural(count, "segment", "segments")),
                format!("，{} 段", number(count)),
            )
        }
        _ => String::new(),
    }
}

/// " and mixes 3 sends".
pub(crate) fn mixing(parts: u64, of: Piece, lang: Lang) -> String {
    let parts = of.count(parts, lang);
    say(
        lang,
        format!(" and mixes {parts}"),
        format!("，混了 {parts}"),
    )
}

/// "answer 3: stamp 22–43, then a copy of bytes 0–99".
pub(crate) fn answer(answer: &Answer, lang: Lang) -> String {
    let data = span(answer.in_from, answer.in_to);
    let stamp_to = answer.out_from.saturating_add(answer.stamp_bytes);
    let stamp = span(answer.out_from, stamp_to);
    if answer.times > 1 {
        let times = Piece::Answer.count(u64::from(answer.times), lang);
        return say(
            lang,
            format!("{times} to bytes {data}, edges inside unknown"),
            format!("{times}，对应字节 {data}，内部边界未知"),
        );
    }
    say(
        lang,
        format!("stamp {stamp}, then a copy of incoming {data}"),
        format!("时间戳 {stamp}，然后是收到的 {data}"),
    )
}

/// "20 bytes in 3 reads".
pub(crate) fn in_all(total: Total, piece: Piece, lang: Lang) -> String {
    let (bytes, times) = (bytes(total.bytes, lang), piece.count(total.times, lang));
    say(
        lang,
        format!("{bytes} in {times}"),
        format!("{bytes}，{times}"),
    )
}

/// "20 bytes; 30 in flight".
pub(crate) fn and_in_flight(unsent: &str, in_flight: u64, lang: Lang) -> String {
    let in_flight = number(in_flight);
    say(
        lang,
        format!("{unsent} not sent; {in_flight} in flight"),
        format!("{unsent}未发出；{in_flight} 在途"),
    )
}

/// "70 wait in the kernel; 30 on the way".
pub(crate) fn where_now([answered, read, waiting, coming]: [u64; 4], lang: Lang) -> String {
    let parts: Vec<String> = [
        (answered, "answered", "已回答"),
        (read, "read, not answered yet", "已读，还没有回答"),
        (waiting, "in the receive buffer", "在接收缓冲区"),
        (coming, "on the way", "在路上"),
    ]
    .into_iter()
    .filter(|&(count, ..)| count > 0)
    .map(|(count, en, zh)| {
        let count = number(count);
        say(lang, format!("{count} {en}"), format!("{count} {zh}"))
    })
    .collect();
    joined(&parts, lang)
}

/// "30 not yet".
pub(crate) fn not_yet(count: u64, lang: Lang) -> String {
    let count = number(count);
    say(lang, format!("{count} not yet"), format!("{count} 还没有"))
}

/// "30 forgotten".
pub(crate) fn forgotten(count: u64, lang: Lang) -> String {
    let count = number(count);
    say(
        lang,
        format!("{count} forgotten"),
        format!("{count} 已忘记"),
    )
}

/// "not there yet: 20 bytes so far".
pub(crate) fn not_so_far(total: u64, lang: Lang) -> String {
    let total = bytes(total, lang);
    say(
        lang,
        format!("not so far yet: {total}"),
        format!("还没到这里：{total}"),
    )
}

/// Of a row that cuts at an edge.
pub(crate) fn an_edge(before: Option<String>, lang: Lang) -> String {
    match (before, lang) {
        (Some(before), Lang::En) => format!("an edge: {before}"),
        (Some(before), Lang::Zh) => format!("有边界：{before}"),
        (None, Lang::En) => "an edge".to_string(),
        (None, Lang::Zh) => "有边界".to_string(),
    }
}

/// "no read ends here: read 1 took 0–99 and mixes 3 sends".
pub(crate) fn no_edge(piece: Piece, across: &str, lang: Lang) -> String {
    let name = piece.name(lang);
    say(
        lang,
        format!("no {name} ends here: {across}"),
        format!("这里不是{name}的边界：{across}"),
    )
}

/// Within what was merged or not seen.
pub(crate) fn edge_unknown(across: &str, lang: Lang) -> String {
    say(
        lang,
        format!("unknown: {across}"),
        format!("无法得知：{across}"),
    )
}

/// "“果” by Read".
pub(crate) fn cut_character(glyph: &Glyph, by: &[&str], lang: Lang) -> String {
    let what = glyph_words(glyph, lang);
    say(
        lang,
        format!("{what} ({})", by.join(", ")),
        format!("{what}（{}）", by.join("、")),
    )
}

/// "“果” after 1 of 3 bytes".
pub(crate) fn cut_here(before: &Glyph, lang: Lang) -> String {
    match before.character {
        Some(character) if before.part == Part::Head => {
            let (after, of) = (before.len, character.len_utf8());
            let shown = before.shown();
            say(
                lang,
                format!("“{shown}” is cut after {after} of its {of} bytes"),
                format!("“{shown}”的 {of} 个字节在第 {after} 个之后被切开"),
            )
        }
        _ => glyph_words(before, lang),
    }
}

/// What a glyph is, in words: "the first 2 of 3 bytes of “果”".
#[must_use]
pub fn glyph_words(glyph: &Glyph, lang: Lang) -> String {
    let len = glyph.len;
    let count = number(len);
    let shown = glyph.shown();
    let of = glyph.character.map(char::len_utf8);
    match (glyph.part, of) {
        (Part::Whole, _) => say(lang, format!("“{shown}”"), format!("“{shown}”")),
        (Part::Head, Some(of)) => say(
            lang,
            format!("the first {len} of the {of} bytes of “{shown}”"),
            format!("“{shown}”{of} 个字节中的前 {len} 个"),
        ),
        (Part::Middle, Some(of)) => say(
            lang,
            format!("{len} of the {of} bytes of “{shown}”, from its middle"),
            format!("“{shown}”{of} 个字节中间的 {len} 个"),
        ),
        (Part::Tail, Some(of)) => say(
            lang,
            format!("the last {len} of the {of} bytes of “{shown}”"),
            format!("“{shown}”{of} 个字节中的后 {len} 个"),
        ),
        (Part::Head, None) => say(
            lang,
            format!("{} that begin a character", bytes(len, lang)),
            format!("一个字符开头的 {count} 字节"),
        ),
        (Part::Middle | Part::Tail, None) => say(
            lang,
            format!("{} of a character begun before", bytes(len, lang)),
            format!("前面开始的字符的 {count} 字节"),
        ),
        (Part::Invalid, _) => say(
            lang,
            format!("{} that are not UTF-8", bytes(len, lang)),
            format!("{count} 字节不是 UTF-8"),
        ),
        (Part::Unknown(why), _) => unknown_bytes(why, len, lang),
    }
}

/// "20 forgotten".
pub(crate) fn unknown_bytes(why: Why, count: u64, lang: Lang) -> String {
    let count_words = number(count);
    match why {
        Why::Forgotten => forgotten(count, lang),
        Why::Unseen => super::not_seen(count, lang),
        Why::Merged => say(
            lang,
            format!("{count_words} in merged facts"),
            format!("{count_words} 在合并的记录里"),
        ),
        Why::NotMirrored => say(
            lang,
            format!("{count_words} not mirrored"),
            format!("{count_words} 没有被抄录"),
        ),
    }
}

/// One after another, the first `most` of them.
pub(crate) fn listed(parts: &[String], most: usize, lang: Lang) -> String {
    if parts.len() <= most {
        return joined(parts, lang);
    }
    let more = number((parts.len() - most) as u64);
    let mut shown = parts[..most].to_vec();
    shown.push(say(
        lang,
        format!("… and {more} more"),
        format!("……还有 {more} 个"),
    ));
    joined(&shown, lang)
}

fn joined(parts: &[String], lang: Lang) -> String {
    parts.join(match lang {
        Lang::En => "; ",
        Lang::Zh => "；",
    })
}
