//! What is not a fact of a stream as a sentence of the table: calls, lessons, datagrams.

use protocol::{Event, Limited, LimitedBy, LostBy};

use super::{
    bytes, duration, number, plural,
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
        Event::Limited(e) => limited(e, lang),
        Event::DatagramQueue(e) => say(
            format!("next datagram {}", bytes(e.next_bytes, lang)),
            format!("下一个数据报 {}", bytes(e.next_bytes, lang)),
        ),
        _ => String::new(),
    }
}

fn limited(e: &Limited, lang: Lang) -> String {
    let (most, count) = (number(e.most), number(u64::from(e.count)));
    let time = || duration(e.most.saturating_mul(1_000_000));
    match (lang, e.by) {
        (Lang::En, LimitedBy::Connections) => {
            format!("{most} connections are open: further ones wait")
        }
        (Lang::En, LimitedBy::ConnectionsPerAddress) => {
            format!("{count} reset: {most} connections from one address are open")
        }
        (Lang::En, LimitedBy::System) => "accept fails: the system gives no more".into(),
        (Lang::En, LimitedBy::EchoRate) => format!("read at {most} bytes a second"),
        (Lang::En, LimitedBy::Idle) => format!("nothing moved for {}: the server closes", time()),
        (Lang::En, LimitedBy::Defect) => "a defect of the relay ends this connection".into(),
        (Lang::Zh, LimitedBy::Connections) => format!("已打开 {most} 个连接：再来的要等"),
        (Lang::Zh, LimitedBy::ConnectionsPerAddress) => {
            format!("复位 {count} 个：同一地址已打开 {most} 个连接")
        }
        (Lang::Zh, LimitedBy::System) => "accept 失败：系统资源不足".into(),
        (Lang::Zh, LimitedBy::EchoRate) => format!("每秒只读 {most} 字节"),
        (Lang::Zh, LimitedBy::Idle) => format!("{} 没有动静：服务器关闭", time()),
        (Lang::Zh, LimitedBy::Defect) => "中继出错，这个连接到此为止".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::End;

    #[test]
    fn a_time_below_a_second_is_no_zero() {
        let idle = |most| {
            Event::Limited(Limited {
                conn: None,
                end: End::Server,
                by: LimitedBy::Idle,
                most,
                count: 1,
            })
        };
        for (millis, says) in [(200, "200 ms"), (1500, "1.5 s"), (30_000, "30 s")] {
            let [en, zh] = [Lang::En, Lang::Zh].map(|lang| row(&idle(millis), lang));
            let says = says.replace(' ', "\u{a0}");
            assert_eq!(en, format!("nothing moved for {says}: the server closes"));
            assert!(zh.starts_with(&says), "{zh}");
        }
    }
}
