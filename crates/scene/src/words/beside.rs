//! What is not a fact of a stream as a sentence of the table: calls, lessons, datagrams.

use protocol::{Event, LostBy};

use super::{
    bytes, number, plural,
    rows::{name, whose},
};
use crate::Lang;

/// What happened, in a sentence without its full stop.
pub fn row(event: &Event, lang: Lang) -> String {
    let say = |en: String, zh: String| match lang {
        Lang::En => en,
        Lang::Zh => zh,
    };
    match event {
        Event::Step(e) => say(
            format!("lesson {}: step {}", e.lesson, e.step.saturating_add(1)),
            format!("课程 {}：第 {} 步", e.lesson, e.step.saturating_add(1)),
        ),
        Event::Called(e) => {
            let outcome = match (e.errno, e.result.as_str()) {
                (Some(errno), "") => say(
                    format!(" failed: error {errno}"),
                    format!(" 失败：错误 {errno}"),
                ),
                (Some(errno), result) => say(
                    format!(" failed: {result} ({errno})"),
                    format!(" 失败：{result}（{errno}）"),
                ),
                (None, "") => String::new(),
                (None, result) => say(format!(" returned {result}"), format!(" 返回 {result}")),
            };
            format!(
                "{}{}({}){outcome}",
                whose(e.end, lang),
                e.method,
                e.arguments
            )
        }
        Event::Connecting(e) => say(
            format!("client calls connect from {}", e.local),
            format!("客户端从 {} 调用 connect", e.local),
        ),
        Event::Compared(e) if e.same == e.sent && e.came_back == e.sent => say(
            format!("{} came back as sent, in order", bytes(e.same, lang)),
            format!("{}原样、按顺序回来", bytes(e.same, lang)),
        ),
        Event::Compared(e) => say(
            format!(
                "{} sent, {} came back, the first {} as sent",
                bytes(e.sent, lang),
                number(e.came_back),
                number(e.same)
            ),
            format!(
                "发出 {}，回来 {}，前 {} 个相同",
                bytes(e.sent, lang),
                number(e.came_back),
                number(e.same)
            ),
        ),
        Event::Unaccepted(e) => {
            let count = e.connections.len() as u64 + u64::from(e.more);
            let waiting = e.connections.iter().map(|it| it.receive_queue).sum();
            say(
                format!(
                    "{} not accepted, with {} waiting",
                    number(count),
                    bytes(waiting, lang)
                ),
                format!(
                    "{} 个尚未接受，其上已有 {}",
                    number(count),
                    bytes(waiting, lang)
                ),
            )
        }
        Event::DatagramBound(e) => say(
            format!("{}datagram socket {}", whose(e.end, lang), e.local),
            format!("{}数据报套接字 {}", whose(e.end, lang), e.local),
        ),
        Event::DatagramSent(e) => say(
            format!(
                "{}sendto: datagram {} of {}",
                whose(e.end, lang),
                number(e.number),
                bytes(e.bytes, lang)
            ),
            format!(
                "{}sendto：第 {} 个数据报，{}",
                whose(e.end, lang),
                number(e.number),
                bytes(e.bytes, lang)
            ),
        ),
        Event::DatagramReceived(e) => {
            let lost = e.bytes.saturating_sub(e.returned);
            let cut = match lost {
                0 => String::new(),
                lost => say(
                    format!(", {} cut off", bytes(lost, lang)),
                    format!("，截掉 {}", bytes(lost, lang)),
                ),
            };
            say(
                format!(
                    "{}recvfrom({}) returned {}{cut}",
                    whose(e.end, lang),
                    number(e.asked),
                    number(e.returned)
                ),
                format!(
                    "{}recvfrom({}) 返回 {}{cut}",
                    whose(e.end, lang),
                    number(e.asked),
                    number(e.returned)
                ),
            )
        }
        Event::DatagramLost(e) => {
            let (en, zh) = match e.by {
                LostBy::FullBuffer => ("receive buffer full", "接收缓冲区已满"),
                LostBy::BadRoad => ("on the bad road", "丢在坏路上"),
            };
            say(
                format!(
                    "{} lost before the {}: {en}",
                    plural(e.datagrams, "datagram", "datagrams"),
                    name(e.end, lang)
                ),
                format!(
                    "{} 个数据报没到{}：{zh}",
                    number(e.datagrams),
                    name(e.end, lang)
                ),
            )
        }
        Event::DatagramQueue(e) => say(
            format!("next datagram {}", bytes(e.next_bytes, lang)),
            format!("下一个数据报 {}", bytes(e.next_bytes, lang)),
        ),
        _ => String::new(),
    }
}
