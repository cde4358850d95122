//! Numbers as people read them.

use crate::{Lang, heap::Grain};

/// Grouped in thousands by a thin space that no line breaks at: 65 536.
#[must_use]
pub fn number(value: u64) -> String {
    let digits = value.to_string();
    let mut out = String::with_capacity(digits.len() + 8);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push('\u{202f}');
        }
        out.push(digit);
    }
    out
}

/// "1 read", "2 reads".
pub(crate) fn plural(count: u64, one: &str, many: &str) -> String {
    format!("{} {}", number(count), if count == 1 { one } else { many })
}

/// "1 byte", "20 bytes", "20 字节".
pub(crate) fn bytes(count: u64, lang: Lang) -> String {
    match lang {
        Lang::En => plural(count, "byte", "bytes"),
        Lang::Zh => format!("{} 字节", number(count)),
    }
}

/// Small counts as words, at the start of an English sentence.
pub(crate) fn ordinal_word(count: u64) -> String {
    const WORDS: [&str; 11] = [
        "No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten",
    ];
    usize::try_from(count)
        .ok()
        .and_then(|index| WORDS.get(index))
        .map_or_else(|| number(count), |word| (*word).to_string())
}

/// As the program says it.
pub(crate) fn recv(bytes: u64) -> String {
    format!("recv({bytes})")
}

/// KiB with at most one decimal, as memory is counted.
pub(crate) fn kib(bytes: u64) -> String {
    // Rounded, so that part and whole agree where they are equal but for a few bytes.
    let tenths = (u128::from(bytes) * 10 + 512) / 1024;
    let whole = number(u64::try_from(tenths / 10).unwrap_or(u64::MAX));
    match tenths % 10 {
        0 => format!("{whole} KiB"),
        tenth => format!("{whole}.{tenth} KiB"),
    }
}

/// Nanoseconds as seconds with microseconds grouped: 12.004 118.
pub(crate) fn seconds(nanos: u64) -> String {
    let micros = nanos / 1000;
    format!(
        "{}.{:03}\u{202f}{:03}",
        number(micros / 1_000_000),
        micros / 1000 % 1000,
        micros % 1000
    )
}

/// "2.3 of 128 KiB".
pub(crate) fn of(part: &str, whole: &str, lang: Lang) -> String {
    match lang {
        Lang::En => format!("{part} of {whole}"),
        Lang::Zh => format!("{part} / {whole}"),
    }
}

/// "× 3", nothing for one.
pub(crate) fn times(count: u64) -> String {
    if count > 1 {
        format!("×{}", number(count))
    } else {
        String::new()
    }
}

/// "and 12 earlier".
pub(crate) fn and_earlier(count: u64, lang: Lang) -> String {
    match lang {
        Lang::En => format!("and {} earlier", number(count)),
        Lang::Zh => format!("更早还有 {} 次", number(count)),
    }
}

/// "50 not seen".
pub(crate) fn not_seen(count: u64, lang: Lang) -> String {
    match lang {
        Lang::En => format!("{} not seen", number(count)),
        Lang::Zh => format!("{} 个没看到", number(count)),
    }
}

/// "reads at 100".
pub(crate) fn reads_at(count: u64, lang: Lang) -> String {
    match lang {
        Lang::En => format!("reads at {}", number(count)),
        Lang::Zh => format!("满 {} 才读", number(count)),
    }
}

/// "sleeps 200 ms before each recv".
pub(crate) fn sleeps(millis: u32, lang: Lang) -> String {
    let millis = number(u64::from(millis));
    match lang {
        Lang::En => format!("sleeps {millis} ms before each recv"),
        Lang::Zh => format!("每次 recv 前睡 {millis} ms"),
    }
}

/// The tag of an answer whose stamp no preview shows.
pub(crate) fn stamps(stamp_bytes: u64, times: u32, lang: Lang) -> String {
    match (lang, times) {
        (Lang::En, 1) => format!("{} bytes of stamp", number(stamp_bytes)),
        (Lang::Zh, 1) => format!("时间戳 {} 字节", number(stamp_bytes)),
        (Lang::En, times) => format!("{} stamps", number(u64::from(times))),
        (Lang::Zh, times) => format!("{} 个时间戳", number(u64::from(times))),
    }
}

/// "1 crate = 4 096 bytes".
pub(crate) fn crate_is(grain: Grain, lang: Lang) -> String {
    let bytes = number(grain.bytes());
    match (lang, grain.is_pallet()) {
        (Lang::En, false) => format!("1 crate = {bytes} bytes"),
        (Lang::En, true) => format!("1 pallet = {bytes} bytes"),
        (Lang::Zh, false) => format!("1 箱 = {bytes} 字节"),
        (Lang::Zh, true) => format!("1 托盘 = {bytes} 字节"),
    }
}
