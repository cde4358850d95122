//! Each event as a sentence of the table, and refusals. Totals come from the state after it.

use model::{Connection, State};
use protocol::{
    Answered, Arrived, Bagged, Conn, End, Event, Keyframe, Limit, Policy, PolicySet, Queues, Read,
    ReadWhen, Record, Refusal, Right, TcpState, Wrote,
};

use super::{bytes, duration::tenths_of_millis, kib, number, plural, seconds, whole_address};
use crate::Lang;

/// What kind of event it is, in a word or two: for a filter.
#[must_use]
pub fn kind_name(event: &Event, lang: Lang) -> &'static str {
    let (en, zh) = match event {
        Event::Listening(_) => ("listening", "监听"),
        Event::Waiting(_) => ("accept queue", "全连接队列"),
        Event::Connected(_) => ("connected", "已连接"),
        Event::Accepted(_) => ("accepted", "已接受"),
        Event::Arrived(_) => ("arrived", "到达"),
        Event::Read(_) => ("read", "读取"),
        Event::Wrote(e) if e.end == End::Client => ("sent", "发送"),
        Event::Wrote(_) => ("answer sent", "发出回答"),
        Event::Bagged(_) => ("bagged", "装袋"),
        Event::Answered(_) => ("answered", "回答"),
        Event::Blocked(_) => ("blocked", "受阻"),
        Event::Unblocked(_) => ("unblocked", "恢复"),
        Event::HalfClosed(_) => ("half-close", "半关闭"),
        Event::EndOfStream(_) => ("end of stream", "流结束"),
        Event::Reset(_) => ("reset", "复位"),
        Event::Closed(_) => ("closed", "关闭"),
        Event::Policy(_) => ("policy", "读取策略"),
        Event::Queues(_) => ("sample", "采样"),
        Event::Dropped(_) => ("lost", "丢失"),
        Event::Keyframe(_) => ("keyframe", "关键帧"),
        Event::Step(_) => ("lesson's step", "课程步骤"),
        Event::Called(_) => ("call", "调用"),
        Event::Connecting(_) => ("connecting", "正在连接"),
        Event::Unaccepted(_) => ("not accepted", "尚未接受"),
        Event::Message(_) => ("message", "消息"),
        Event::Compared(_) => ("compared", "比较"),
        Event::Limited(_) => ("limit", "限制"),
        Event::DatagramBound(_) => ("datagram socket", "数据报套接字"),
        Event::DatagramSent(_) => ("datagram sent", "发出数据报"),
        Event::DatagramReceived(_) => ("datagram received", "收到数据报"),
        Event::DatagramLost(_) => ("datagram lost", "丢失数据报"),
        Event::DatagramQueue(_) => ("datagram queue", "数据报队列"),
        Event::Unframed(_) => ("no message", "不成消息"),
        Event::Unknown(_) => ("unknown", "未知"),
    };
    match lang {
        Lang::En => en,
        Lang::Zh => zh,
    }
}

/// What happened, in a sentence without its full stop. `after` is the state after the record.
#[must_use]
pub fn row(record: &Record, after: &State, lang: Lang) -> String {
    let say = |en: String, zh: String| match lang {
        Lang::En => en,
        Lang::Zh => zh,
    };
    let connection = record.event.conn().and_then(|conn: Conn| after.conn(conn));
    match &record.event {
        Event::Listening(e) => {
            let (en, zh) = if e.sequential {
                (", one client at a time", "，一次只服务一个客户端")
            } else {
                ("", "")
            };
            say(
                format!(
                    "the server listens on {}, backlog {}, BUFSIZE {}{en}",
                    e.addr, e.backlog, e.bufsize
                ),
                format!(
                    "服务器监听 {}，backlog {}，BUFSIZE {}{zh}",
                    e.addr, e.backlog, e.bufsize
                ),
            )
        }
        Event::Waiting(e) => say(
            format!("{} in the accept queue (backlog {})", e.queued, e.limit),
            format!("全连接队列里有 {} 个（backlog {}）", e.queued, e.limit),
        ),
        Event::Connected(e) => say(
            format!("client connected from {}", whole_address(&e.local, lang)),
            format!("客户端从 {} 连上", whole_address(&e.local, lang)),
        ),
        Event::Accepted(e) => say(
            format!("accept returned {}", whole_address(&e.peer, lang)),
            format!("accept 返回 {}", whole_address(&e.peer, lang)),
        ),
        Event::Arrived(e) => arrived(e, record, connection, lang),
        Event::Read(e) => read(e, record, connection, lang),
        Event::Wrote(e) => wrote(e, record, lang),
        Event::Bagged(e) => bagged(e, record, lang),
        Event::Answered(e) => answered(e, record, lang),
        Event::Blocked(e) => {
            let times = match e.times {
                0 | 1 => String::new(),
                times => say(format!(" ({times} times)"), format!("（{times} 次）")),
            };
            say(
                format!("{}send waits for room{times}", whose(e.end, lang)),
                format!("{}send 在等空位{times}", whose(e.end, lang)),
            )
        }
        Event::Unblocked(e) => say(
            format!("{}send has room again", whose(e.end, lang)),
            format!("{}send 又有空位了", whose(e.end, lang)),
        ),
        Event::HalfClosed(e) => match (e.end == e.by, e.by) {
            (true, by) => say(
                format!("{} sends no more (shutdown)", name(by, lang)),
                format!("{}不再发送（shutdown）", name(by, lang)),
            ),
            (false, by) => say(
                format!("FIN came: {} sends no more", name(by, lang)),
                format!("收到 FIN：{}不再发送", name(by, lang)),
            ),
        },
        Event::EndOfStream(e) => say(
            format!(
                "{}recv returned 0: end of stream after {}",
                whose(e.end, lang),
                bytes(e.offset, lang)
            ),
            format!(
                "{}recv 返回 0：{}之后字节流结束",
                whose(e.end, lang),
                bytes(e.offset, lang)
            ),
        ),
        Event::Reset(e) => {
            let waiting = connection
                .and_then(|connection| connection.end(e.end))
                .map_or(0, model::EndState::waiting_bytes);
            let left = if waiting > 0 {
                say(
                    format!("; {} unread", number(waiting)),
                    format!("；{} 未读", number(waiting)),
                )
            } else {
                String::new()
            };
            say(
                format!("reset by {}{left}", name(e.by, lang)),
                format!("{}复位了连接{left}", name(e.by, lang)),
            )
        }
        Event::Closed(e) => {
            let unread = if e.unread > 0 {
                say(
                    format!(" with {} unread: the kernel resets", number(e.unread)),
                    format!("，还有 {} 未读：内核发出复位", number(e.unread)),
                )
            } else {
                String::new()
            };
            say(
                format!("{} closed{unread}", name(e.end, lang)),
                format!("{}关闭{unread}", name(e.end, lang)),
            )
        }
        Event::Policy(e) => policy(e, lang),
        Event::Queues(e) => queues(e, lang),
        Event::Dropped(e) => say(
            format!("{} lost", plural(e.records, "record", "records")),
            format!("丢失 {} 条记录", number(e.records)),
        ),
        Event::Keyframe(e) => keyframe(e, lang),
        Event::Message(e) => super::messages::message(e, record, connection, lang),
        Event::Unframed(e) => super::messages::unframed(e, lang),
        Event::Step(_)
        | Event::Called(_)
        | Event::Connecting(_)
        | Event::Unaccepted(_)
        | Event::DatagramBound(_)
        | Event::DatagramSent(_)
        | Event::DatagramReceived(_)
        | Event::DatagramLost(_)
        | Event::DatagramQueue(_)
        | Event::Compared(_)
        | Event::Limited(_) => super::beside::row(&record.event, lang),
        Event::Unknown(e) => say(
            format!("an event of a newer version: {}", e.name),
            format!("较新版本的事件：{}", e.name),
        ),
    }
}

pub(super) fn name(end: End, lang: Lang) -> &'static str {
    match (end, lang) {
        (End::Server, Lang::En) => "server",
        (End::Client, Lang::En) => "client",
        (End::Server, Lang::Zh) => "服务器",
        (End::Client, Lang::Zh) => "客户端",
    }
}

/// Before a call: nothing for the server, whose calls the table is about.
pub(super) fn whose(end: End, lang: Lang) -> &'static str {
    match (end, lang) {
        (End::Server, _) => "",
        (End::Client, Lang::En) => "client's ",
        (End::Client, Lang::Zh) => "客户端 ",
    }
}

/// What is said of a merged fact: how long it was gathered, and what is not known any more.
pub(super) fn merged(since_nanos: Option<u64>, record: &Record, lang: Lang) -> String {
    let span = since_nanos
        .map(|since| record.at_nanos.saturating_sub(since))
        .filter(|&nanos| nanos > 0)
        .map(|nanos| {
            let millis = tenths_of_millis(nanos);
            match lang {
                Lang::En => format!(" within {millis} ms"),
                Lang::Zh => format!("（{millis} ms 内）"),
            }
        })
        .unwrap_or_default();
    match lang {
        Lang::En => format!("{span}; edges inside unknown"),
        Lang::Zh => format!("{span}；内部边界未知"),
    }
}

fn arrived(e: &Arrived, record: &Record, connection: Option<&Connection>, lang: Lang) -> String {
    let segments = e.segments.map(|count| u64::from(count).max(1));
    if e.bytes == 0 {
        let count = segments.unwrap_or(1);
        return match lang {
            Lang::En => format!("{} came twice", plural(count, "segment", "segments")),
            Lang::Zh => format!("{} 段重复到达", number(count)),
        };
    }
    let count = number(e.bytes);
    let mut text = match (lang, segments) {
        (Lang::En, Some(segments)) => {
            format!(
                "{count} arrived in {}",
                plural(segments, "segment", "segments")
            )
        }
        (Lang::En, None) => format!("{count} arrived"),
        (Lang::Zh, Some(segments)) => format!("到达 {count}（{} 段）", number(segments)),
        (Lang::Zh, None) => format!("到达 {count}"),
    };
    if e.end == End::Client {
        text = match lang {
            Lang::En => format!("answer: {text} at the client"),
            Lang::Zh => format!("客户端：回答{text}"),
        };
    } else if let Some(server) = connection.and_then(|connection| connection.server.as_ref()) {
        let waiting = number(server.waiting_bytes());
        text += &match lang {
            Lang::En => format!("; {waiting} waiting"),
            Lang::Zh => format!("，待读 {waiting}"),
        };
    }
    if e.times > 1 {
        text += &match lang {
            Lang::En => format!("; {} looks", number(u64::from(e.times))),
            Lang::Zh => format!("；{} 次观察", number(u64::from(e.times))),
        };
        text += &merged(e.since_nanos, record, lang);
    }
    text
}

fn read(e: &Read, record: &Record, connection: Option<&Connection>, lang: Lang) -> String {
    let (asked, got) = (e.asked, number(e.returned));
    if e.times > 1 {
        let times = number(u64::from(e.times));
        let rest = merged(e.since_nanos, record, lang);
        return match lang {
            Lang::En => format!("{}{times} recv got {got}{rest}", whose(e.end, lang)),
            Lang::Zh => format!("{}{times} 次 recv 共得 {got}{rest}", whose(e.end, lang)),
        };
    }
    let mut text = match lang {
        Lang::En => format!("{}recv asked {asked}, got {got}", whose(e.end, lang)),
        Lang::Zh => format!("{}recv 要 {asked}，得 {got}", whose(e.end, lang)),
    };
    let mixed = connection
        .filter(|_| e.end == End::Server)
        .and_then(|connection| connection.server.as_ref())
        .and_then(|server| {
            let cut = server.read.cut_at(e.offset)?;
            Connection::mixes(&server.arrived, cut)
        });
    if let Some(parts) = mixed.filter(|&parts| parts > 1) {
        text += &match lang {
            Lang::En => format!("; mixes {parts} arrivals"),
            Lang::Zh => format!("；混了 {parts} 次到达"),
        };
    }
    if let Some(connection) = connection.filter(|_| e.end == End::Server) {
        text += &super::messages::half_characters(connection, e, lang);
    }
    text
}

fn wrote(e: &Wrote, record: &Record, lang: Lang) -> String {
    let taken = number(e.accepted);
    if e.times > 1 {
        let times = number(u64::from(e.times));
        let rest = merged(e.since_nanos, record, lang);
        return match lang {
            Lang::En => format!("{} sent {taken} in {times} sends{rest}", name(e.end, lang)),
            Lang::Zh => format!("{}分 {times} 次发送 {taken}{rest}", name(e.end, lang)),
        };
    }
    let short = e.accepted < e.asked;
    let asked = number(e.asked);
    match (lang, short) {
        (Lang::En, false) => format!("{} sent {taken}", name(e.end, lang)),
        (Lang::En, true) => format!("{} sent {taken} of {asked}: no room", name(e.end, lang)),
        (Lang::Zh, false) => format!("{}发送 {taken}", name(e.end, lang)),
        (Lang::Zh, true) => format!("{}发送 {asked} 中的 {taken}：没有空位", name(e.end, lang)),
    }
}

fn bagged(e: &Bagged, record: &Record, lang: Lang) -> String {
    let count = number(e.bytes);
    if e.times > 1 {
        let times = number(u64::from(e.times));
        let rest = merged(e.since_nanos, record, lang);
        return match lang {
            Lang::En => format!("{times} bags packed, {count} in all{rest}"),
            Lang::Zh => format!("装了 {times} 袋，共 {count}{rest}"),
        };
    }
    match lang {
        Lang::En => format!("bag of {count} packed"),
        Lang::Zh => format!("装好一袋 {count}"),
    }
}

fn answered(e: &Answered, record: &Record, lang: Lang) -> String {
    let (stamp, data) = (number(e.stamp_bytes), number(e.in_bytes));
    if e.times > 1 {
        let times = number(u64::from(e.times));
        let rest = merged(e.since_nanos, record, lang);
        return match lang {
            Lang::En => format!("{times} answers: {stamp} bytes of stamps + {data}{rest}"),
            Lang::Zh => format!("{times} 个回答：时间戳 {stamp} 字节 + {data}{rest}"),
        };
    }
    match lang {
        Lang::En => format!("answer: {stamp} bytes of stamp + {data}"),
        Lang::Zh => format!("回答：时间戳 {stamp} 字节 + {data}"),
    }
}

fn policy(e: &PolicySet, lang: Lang) -> String {
    let Policy {
        read_when,
        bufsize,
        pause_millis,
        bag,
        framing,
    } = e.policy;
    let pause = number(u64::from(pause_millis));
    let when = match (lang, read_when) {
        (Lang::En, ReadWhen::Arrival) => "reads on arrival".to_string(),
        (Lang::En, ReadWhen::Queued(n)) => format!("reads when {} wait", number(u64::from(n))),
        (Lang::En, ReadWhen::Held) => "reading on hold".to_string(),
        (Lang::Zh, ReadWhen::Arrival) => "到达就读".to_string(),
        (Lang::Zh, ReadWhen::Queued(n)) => format!("攒够 {} 才读", number(u64::from(n))),
        (Lang::Zh, ReadWhen::Held) => "暂停读取".to_string(),
    };
    let mut parts = vec![when, format!("BUFSIZE {bufsize}")];
    if pause_millis > 0 {
        parts.push(match lang {
            Lang::En => format!("pause {pause} ms"),
            Lang::Zh => format!("间隔 {pause} ms"),
        });
    }
    if let Some(framing) = framing {
        parts.push(super::messages::framing(framing, lang));
    } else {
        parts.push(match (lang, bag) {
            (Lang::En, Some(bag)) => format!("bag of {}", number(u64::from(bag))),
            (Lang::En, None) => "no bag".to_string(),
            (Lang::Zh, Some(bag)) => format!("每袋 {}", number(u64::from(bag))),
            (Lang::Zh, None) => "不装袋".to_string(),
        });
    }
    let separator = match lang {
        Lang::En => "; ",
        Lang::Zh => "；",
    };
    parts.join(separator)
}

fn queues(e: &Queues, lang: Lang) -> String {
    let mut parts = Vec::new();
    let mut part = |en: &str, zh: &str, value: Option<String>| {
        if let Some(value) = value {
            parts.push(match lang {
                Lang::En => format!("{en} {value}"),
                Lang::Zh => format!("{zh} {value}"),
            });
        }
    };
    part("queued", "待读", e.receive_queue.map(number));
    part("window", "窗口", e.receive_window.map(number));
    part(
        "kernel memory",
        "内核内存",
        e.kernel_memory.map(|used| match e.kernel_memory_limit {
            Some(limit) => super::of(&kib(used), &kib(limit), lang),
            None => kib(used),
        }),
    );
    part("unsent", "未发出", e.unsent.map(number));
    part("in flight", "在途", e.in_flight.map(number));
    part(
        "round trip",
        "往返",
        e.rtt_nanos
            .map(|nanos| format!("{} µs", number(nanos / 1000))),
    );
    part(
        "state",
        "状态",
        e.state.map(|state| state_name(state).to_string()),
    );
    let separator = match lang {
        Lang::En => ", ",
        Lang::Zh => "，",
    };
    format!("{}{}", whose(e.end, lang), parts.join(separator))
}

/// As the RFC and `ss` write it.
pub(crate) fn state_name(state: TcpState) -> &'static str {
    match state {
        TcpState::Established => "ESTABLISHED",
        TcpState::SynSent => "SYN-SENT",
        TcpState::SynReceived => "SYN-RECEIVED",
        TcpState::FinWait1 => "FIN-WAIT-1",
        TcpState::FinWait2 => "FIN-WAIT-2",
        TcpState::TimeWait => "TIME-WAIT",
        TcpState::Close => "CLOSED",
        TcpState::CloseWait => "CLOSE-WAIT",
        TcpState::LastAck => "LAST-ACK",
        TcpState::Listen => "LISTEN",
        TcpState::Closing => "CLOSING",
    }
}

fn keyframe(e: &Keyframe, lang: Lang) -> String {
    let open = e.conns.len() as u64;
    match lang {
        Lang::En => format!(
            "goes on from here: {} open, {} accepted so far",
            plural(open, "connection", "connections"),
            number(e.accepted)
        ),
        Lang::Zh => format!(
            "从这里继续：{} 个连接打开，已接受 {} 个",
            number(open),
            number(e.accepted)
        ),
    }
}

/// Why the relay did not do what was asked.
#[must_use]
pub fn refusal(refusal: &Refusal, lang: Lang) -> String {
    if lang == Lang::En {
        let mut text = refusal.to_string();
        // A sentence of its own on the page.
        if let Some(first) = text.get(..1).map(str::to_ascii_uppercase) {
            text.replace_range(..1, &first);
        }
        return text + ".";
    }
    match *refusal {
        Refusal::Malformed => "看不懂这个请求。".to_string(),
        Refusal::OutOfRange { what, min, max } => format!(
            "{}必须在 {} 到 {} 之间。",
            limit_zh(what),
            number(u64::from(min)),
            number(u64::from(max))
        ),
        Refusal::BagAndFraming => "装袋和拆包不能同时用：请去掉一个。".to_string(),
        Refusal::NotOpen { conn } => format!("连接 {conn} 没有打开。"),
        Refusal::NotAccepted { conn } => format!("服务器还没有接受连接 {conn}。"),
        Refusal::NotOurs { conn } => format!("连接 {conn} 的客户端不是演示客户端。"),
        Refusal::StillSending { conn } => format!("连接 {conn} 还在发送。"),
        Refusal::Shut { conn } => format!("连接 {conn} 的这一端已经关闭发送。"),
        Refusal::TooManyReads { conn, limit } => {
            format!("连接 {conn} 已经有 {limit} 次读取在等待，有字节到达才会执行。")
        }
        Refusal::TooManyClients { limit } => {
            format!("已经有 {limit} 个演示客户端，请先关闭一个。")
        }
        Refusal::System { errno } => format!("演示客户端没能连上：系统错误 {errno}。"),
        Refusal::NoRecordDir => "中继启动时没有给 --record-dir，没有存放录制的文件夹。".to_string(),
        Refusal::AlreadyRecording => "已经在录制。".to_string(),
        Refusal::NotRecording => "没有从这里开始的录制在进行。".to_string(),
        Refusal::NoDatagrams => "这里没有数据报回显：端口已被别的程序占用。".to_string(),
        Refusal::NoLessons => "这个中继不讲课。".to_string(),
        Refusal::NoSuchLesson => "没有这一课，或没有这一步。".to_string(),
        Refusal::NotAllowed { needs } => match needs {
            Right::Lecturer => "只有讲师可以这样做：需要中继打印出来的链接。",
            Right::Viewer | Right::Participant => "来宾在这里只能观看。",
        }
        .to_string(),
        Refusal::TooOften { a_second } => {
            format!("每秒请求超过 {a_second} 次，请稍后再试。")
        }
        Refusal::TooManyRecordings { limit } => format!("已经录制了 {limit} 次，不再录制。"),
        Refusal::NoQuestion => "这个问题现在不在屏幕上。".to_string(),
        Refusal::TooManyAnswers { limit } => {
            format!("从那里已经来了 {limit} 个回答，不再计入更多。")
        }
    }
}

fn limit_zh(limit: Limit) -> &'static str {
    match limit {
        Limit::Bufsize => "BUFSIZE ",
        Limit::Pause => "间隔（毫秒）",
        Limit::Bag => "每袋的字节数",
        Limit::Queued => "攒够的字节数",
        Limit::Backlog => "backlog ",
        Limit::Batches => "批数",
        Limit::BatchBytes => "每批的字节数",
        Limit::Gap => "间隙（毫秒）",
        Limit::Message => "消息的字节数",
        Limit::LengthBytes => "长度字段的字节数（1、2 或 4）",
        Limit::OptionValue => "选项的值",
        Limit::Timeout => "超时（毫秒）",
        Limit::DatagramBytes => "数据报的字节数",
        Limit::Percent => "百分比",
        Limit::ReceiveBuffer => "接收缓冲区",
        Limit::Answer => "答案",
    }
}

/// A log time for the table: seconds, with microseconds.
#[must_use]
pub fn log_time(at_nanos: u64) -> String {
    seconds(at_nanos)
}
