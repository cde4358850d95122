//! The words of the bar of time.

use model::{Mark, Marker, MarkerKind, State};
use protocol::Conn;

use super::{bytes, duration::tenths_of_seconds, rows::log_time};
use crate::Lang;

/// A moment in log time, with its unit: as exactly as moments `apart` nanoseconds from it ask for.
#[must_use]
pub fn moment(nanos: u64, apart: u64) -> String {
    let exact = log_time(nanos);
    match apart {
        // A tenth tells them apart.
        100_000_000.. => tenths_of_seconds(nanos) + "\u{a0}s",
        // Milliseconds do: without the last group.
        1_000_000.. => match exact.rsplit_once('\u{202f}') {
            Some((millis, _)) => format!("{millis}\u{a0}s"),
            None => exact,
        },
        _ => exact + "\u{a0}s",
    }
}

/// The moment that is shown, for those who listen: "12.3 s, receive queue 70 bytes".
#[must_use]
pub fn spoken_moment(
    nanos: u64,
    apart: u64,
    state: &State,
    focus: Option<Conn>,
    lang: Lang,
) -> String {
    let mut words = moment(nanos, apart);
    let server = focus
        .and_then(|conn| state.conn(conn)?.server.as_ref())
        .filter(|end| end.closed.is_none());
    if let Some(server) = server {
        words += match lang {
            Lang::En => ", receive queue ",
            Lang::Zh => "，接收队列 ",
        };
        words += &bytes(server.waiting_bytes(), lang);
    }
    words
}

/// What happened, in two or three words.
#[must_use]
pub fn mark_name(mark: Mark, lang: Lang) -> &'static str {
    let (en, zh) = match mark {
        Mark::ShortRead => ("short read", "短读"),
        Mark::MixedRead => ("mixed read", "混批读取"),
        Mark::WindowZero => ("window 0", "窗口 0"),
        Mark::Blocked => ("sender blocked", "发送受阻"),
        Mark::EndOfStream => ("end of stream", "流结束"),
        Mark::Reset => ("reset", "复位"),
        Mark::AcceptQueue => ("accept queue", "等待 accept"),
        Mark::Bagged => ("bag packed", "装好一袋"),
        Mark::CutMessage => ("message cut by reads", "消息被拆开"),
        Mark::GluedMessages => ("glued messages", "消息粘连"),
        Mark::HalfCharacter => ("half a character", "半个字符"),
        Mark::Dropped => ("records lost", "记录丢失"),
    };
    match lang {
        Lang::En => en,
        Lang::Zh => zh,
    }
}

/// The name of a marker.
#[must_use]
pub fn marker_name(marker: &Marker, lang: Lang) -> String {
    match (&marker.kind, lang) {
        (MarkerKind::Hand { name }, _) => name.clone(),
        (MarkerKind::Chapter { step }, Lang::En) => format!("step {}", step + 1),
        (MarkerKind::Chapter { step }, Lang::Zh) => format!("第 {} 步", step + 1),
        (MarkerKind::FirstConnection, Lang::En) => "first connection".into(),
        (MarkerKind::FirstConnection, Lang::Zh) => "首个连接".into(),
        (MarkerKind::Auto(mark), Lang::En) => format!("first {}", mark_name(*mark, lang)),
        (MarkerKind::Auto(mark), Lang::Zh) => format!("首次{}", mark_name(*mark, lang)),
    }
}
