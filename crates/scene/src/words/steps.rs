//! The words of the nine steps.

use model::{EndState, Seen, SocketCall, State};
use protocol::{Conn, End, ReadWhen};

use super::{bytes, number, plural, seconds, times, whole_address};
use crate::{Frame, Lang, Link};

fn pick(en: &'static str, zh: &'static str, lang: Lang) -> &'static str {
    match lang {
        Lang::En => en,
        Lang::Zh => zh,
    }
}

/// The name of a program's lane.
pub(crate) fn lane(end: End, lang: Lang) -> &'static str {
    match end {
        End::Client => pick("Client", "客户端", lang),
        End::Server => pick("Server", "服务器", lang),
    }
}

/// The ground between the lanes.
pub(crate) fn kernel(lang: Lang) -> &'static str {
    pick("Kernel", "内核", lang)
}

/// As a program writes it.
pub(crate) fn call(call: SocketCall) -> &'static str {
    match call {
        SocketCall::Socket | SocketCall::ClientSocket => "socket",
        SocketCall::Bind => "bind",
        SocketCall::Listen => "listen",
        SocketCall::Connect => "connect",
        SocketCall::Accept => "accept",
        SocketCall::ClientWrite | SocketCall::Write => "write",
        SocketCall::Read | SocketCall::ClientRead => "read",
        SocketCall::ClientClose | SocketCall::Close => "close",
    }
}

/// Whose calls the client's are.
pub(crate) fn who(state: &State, conn: Option<Conn>, foreign: bool, lang: Lang) -> Vec<String> {
    let addr = conn.and_then(|conn| match state.conn(conn) {
        Some(connection) => Some(&connection.client_addr),
        None => Some(&state.calls.connecting(conn)?.0.local),
    });
    let addr = match (conn, addr) {
        (Some(conn), Some(addr)) => format!("{conn}  {}", whole_address(addr, lang)),
        (Some(conn), None) => conn.to_string(),
        (None, _) => return vec![pick("nobody yet", "还没有人", lang).to_string()],
    };
    let (first, second) = if foreign {
        (
            pick("Somebody else's:", "别人的程序：", lang),
            pick("its calls cannot be seen,", "看不到它的调用，", lang),
        )
    } else {
        (
            pick("Our demonstration client.", "我们的演示客户端。", lang),
            "",
        )
    };
    let third = match foreign {
        true => pick("only our client's are.", "只看得到演示客户端的。", lang),
        false => "",
    };
    [addr.as_str(), first, second, third]
        .into_iter()
        .filter(|line| !line.is_empty())
        .map(ToString::to_string)
        .collect()
}

/// A line in two, where there is a space near its middle.
pub(crate) fn halves(line: &str) -> Vec<String> {
    if line.chars().count() < 23 {
        return vec![line.to_string()];
    }
    let middle = line.len() / 2;
    let near = |at: &usize| at.abs_diff(middle);
    let space = line.match_indices(' ').map(|(at, _)| at).min_by_key(near);
    match space {
        Some(at) => vec![line[..at].trim().to_string(), line[at..].trim().to_string()],
        None => vec![line.to_string()],
    }
}

/// Beside a call: what it was given or gave, and when; in place of that, why it is dark.
pub(crate) fn told(
    state: &State,
    conn: Option<Conn>,
    call: SocketCall,
    seen: Seen,
    lang: Lang,
) -> [String; 2] {
    let alone = |en, zh| [String::new(), pick(en, zh, lang).to_string()];
    match seen {
        Seen::NotYet if call == SocketCall::Accept => alone("has not returned", "还没有返回"),
        Seen::NotYet => alone("not called yet", "还没有调用"),
        Seen::Untold => alone("no record of it", "没有记录"),
        Seen::Unseen => alone("cannot be seen", "看不到"),
        Seen::Waits(_) => [pick("waits", "在等", lang).to_string(), when(seen, lang)],
        Seen::Failed(_) => [pick("failed", "失败", lang).to_string(), when(seen, lang)],
        Seen::Returned(_) => [detail(state, conn, call, lang), when(seen, lang)],
    }
}

fn when(seen: Seen, lang: Lang) -> String {
    let at = seen.moment().map_or(0, |moment| moment.at_nanos);
    match lang {
        Lang::En => format!("{} s", seconds(at)),
        Lang::Zh => format!("{} 秒", seconds(at)),
    }
}

fn detail(state: &State, conn: Option<Conn>, call: SocketCall, lang: Lang) -> String {
    let connection = conn.and_then(|conn| state.conn(conn));
    let end = connection.and_then(|it| it.end(call.end()));
    let given = |conn, end, method| {
        let call = state.calls.last(conn, end, method);
        call.map_or(String::new(), |it| it.called.arguments.clone())
    };
    let moved = |end: &EndState, is_write: bool| {
        let ruler = if is_write { &end.wrote } else { &end.read };
        let count = times(ruler.total.times);
        let sum = bytes(ruler.total.bytes, lang);
        match count.is_empty() {
            true => sum,
            false => format!("{count}  {sum}"),
        }
    };
    match call {
        SocketCall::Socket => given(None, End::Server, "socket"),
        SocketCall::ClientSocket => given(conn, End::Client, "socket"),
        SocketCall::Bind | SocketCall::Listen => {
            let listening = state.listener.as_ref().map(|it| &it.listening);
            match (call, listening) {
                (SocketCall::Listen, Some(it)) => {
                    format!("backlog {}", number(u64::from(it.backlog)))
                }
                (_, Some(it)) => whole_address(&it.addr, lang),
                (_, None) => given(None, End::Server, "bind"),
            }
        }
        SocketCall::Connect => {
            connection.map_or(String::new(), |it| whole_address(&it.server_addr, lang))
        }
        SocketCall::Accept => {
            connection.map_or(String::new(), |it| whole_address(&it.client_addr, lang))
        }
        SocketCall::ClientWrite | SocketCall::Write => {
            end.map_or(String::new(), |end| moved(end, true))
        }
        SocketCall::Read | SocketCall::ClientRead => match end {
            Some(end) if end.end_of_stream.is_some() => {
                pick("returned nothing: the end", "返回空：流已结束", lang).to_string()
            }
            Some(end) => moved(end, false),
            None => String::new(),
        },
        SocketCall::ClientClose | SocketCall::Close => {
            match end
                .and_then(|end| end.closed)
                .map_or(0, |(unread, _)| unread)
            {
                0 => String::new(),
                unread => match lang {
                    Lang::En => format!("{} unread", bytes(unread, lang)),
                    Lang::Zh => format!("{} 没有读", bytes(unread, lang)),
                },
            }
        }
    }
}

/// Whose socket a state is of; None: the listener's.
pub(crate) fn socket_of(end: Option<End>, lang: Lang) -> &'static str {
    match end {
        Some(End::Client) => pick("client's socket", "客户端套接字", lang),
        Some(End::Server) => pick("its connection", "这条连接", lang),
        None => pick("listening socket", "监听套接字", lang),
    }
}

/// Where there is no state to tell.
pub(crate) fn no_state(closed: bool, unseen: bool, lang: Lang) -> &'static str {
    match (closed, unseen) {
        (true, _) => pick("closed", "已关闭", lang),
        (_, true) => pick("not seen", "看不到", lang),
        _ => "–",
    }
}

/// The accept queue's name.
pub(crate) fn accept_queue(wide: bool, lang: Lang) -> &'static str {
    match wide {
        true => pick("accept queue", "全连接队列", lang),
        false => pick("queue", "全连接队列", lang),
    }
}

/// "1 of 6".
pub(crate) fn of_places(queued: u32, places: u32, lang: Lang) -> String {
    let [queued, places] = [queued, places].map(|it| number(u64::from(it)));
    super::of(&queued, &places, lang)
}

/// Bytes on connections that nobody has accepted.
pub(crate) fn waits_already(count: u64, wide: bool, lang: Lang) -> String {
    let count = bytes(count, lang);
    match (lang, wide) {
        (Lang::En, true) => format!("{count} wait there"),
        (Lang::En, false) => count,
        (Lang::Zh, _) => format!("已有 {count}"),
    }
}

/// Who does not fit.
pub(crate) fn outside(names: &str, lang: Lang) -> String {
    match lang {
        Lang::En => format!("outside: {names}"),
        Lang::Zh => format!("在外面等：{names}"),
    }
}

/// What the arrow of connect stands for: above it, below it.
pub(crate) fn syn(returned: bool, lang: Lang) -> [&'static str; 2] {
    match returned {
        false => [
            pick("connect is called", "已调用 connect", lang),
            pick("its SYN cannot be seen", "看不到它发出的 SYN", lang),
        ],
        true => [
            pick("handshake done", "握手完成", lang),
            pick("connect has returned", "connect 已返回", lang),
        ],
    }
}

/// The same for somebody else's client: that it is here says that the kernels have shaken hands.
pub(crate) fn syn_of_others(lang: Lang) -> [&'static str; 2] {
    [
        pick("handshake done", "握手完成", lang),
        pick("known from accept", "从 accept 得知", lang),
    ]
}

/// Over the arrow of the client's bytes.
pub(crate) fn arrived(here: u64, sent: u64, segments: u64, wide: bool, lang: Lang) -> String {
    if here == 0 {
        return match lang {
            Lang::En => format!("{} sent", bytes(sent, lang)),
            Lang::Zh => format!("已发出 {}", bytes(sent, lang)),
        };
    }
    let count = bytes(here, lang);
    match (lang, wide && segments > 0) {
        (Lang::En, true) => {
            let segments = plural(segments, "segment", "segments");
            format!("{count} arrived in {segments}")
        }
        (Lang::En, false) => format!("{count} arrived"),
        (Lang::Zh, true) => format!("到达 {count}，{} 个报文段", number(segments)),
        (Lang::Zh, false) => format!("到达 {count}"),
    }
}

/// Below it: what nobody has read.
pub(crate) fn still_waits(count: u64, lang: Lang) -> String {
    match (count, lang) {
        (0, _) => String::new(),
        (_, Lang::En) => format!("{} wait to be read", number(count)),
        (_, Lang::Zh) => format!("待读 {}", number(count)),
    }
}

/// Over and below the arrow of the answer.
pub(crate) fn answered(wrote: u64, got: Option<u64>, wide: bool, lang: Lang) -> [String; 2] {
    let wrote = bytes(wrote, lang);
    let above = match lang {
        Lang::En => format!("{wrote} back"),
        Lang::Zh => format!("回 {wrote}"),
    };
    let below = match (got, lang, wide) {
        (None, Lang::En, true) => "nobody tells what came".to_string(),
        (None, Lang::En, false) => "not seen to come".to_string(),
        (None, Lang::Zh, _) => "到没到看不到".to_string(),
        (Some(got), Lang::En, _) => format!("{} there", number(got)),
        (Some(got), Lang::Zh, _) => format!("已到 {}", number(got)),
    };
    [above, below]
}

/// Over the arrow of a reset.
pub(crate) fn reset(lang: Lang) -> &'static str {
    pick("RST: reset", "RST：复位", lang)
}

/// The moment in words: what has just happened, and what it means.
pub(crate) fn sentences(
    frame: &Frame,
    conn: Option<Conn>,
    latest: Option<SocketCall>,
) -> Vec<String> {
    if frame.link != Link::Live {
        return vec![super::caption_text(frame)];
    }
    let (state, lang) = (frame.state, frame.lang);
    let connection = conn.and_then(|conn| state.conn(conn));
    let say = |en: [&'static str; 2], zh: [&'static str; 2]| {
        let lines = match lang {
            Lang::En => en,
            Lang::Zh => zh,
        };
        lines.map(ToString::to_string).to_vec()
    };
    if connection.is_some_and(|it| it.reset().is_some()) {
        return say(
            [
                "The connection was reset.",
                "Nobody said goodbye: it is torn.",
            ],
            ["连接被复位。", "没有告别：它被扯断了。"],
        );
    }
    let accepted = connection.is_some_and(|it| it.server.is_some());
    let held = connection.is_some_and(|it| it.policy.read_when == ReadWhen::Held);
    let waits = |call: SocketCall| matches!(call.seen(state, conn), Seen::Waits(_));
    match latest {
        None => match state.listener {
            None => say(
                ["No server is listening yet.", ""],
                ["还没有服务器在监听。", ""],
            ),
            Some(_) => say(
                ["The server is listening.", "Nobody has connected."],
                ["服务器在监听。", "还没有人连接。"],
            ),
        },
        Some(SocketCall::Socket) => say(
            ["1: The server has a socket.", "Nobody can reach it yet."],
            ["第 1 步：服务器有了套接字。", "谁也还找不到它。"],
        ),
        Some(SocketCall::Bind) => say(
            [
                "2: Now it has an address and a port.",
                "It does not listen yet.",
            ],
            ["第 2 步：有了地址和端口。", "但还没有监听。"],
        ),
        Some(SocketCall::Listen) => say(
            [
                "3: It listens.",
                "From now on the kernel lets clients in by itself.",
            ],
            ["第 3 步：开始监听。", "从现在起内核自己接待客户。"],
        ),
        Some(SocketCall::ClientSocket) => say(
            ["4: The client has a socket, too.", "It leads nowhere yet."],
            ["第 4 步：客户端也有了套接字。", "还没有通向任何地方。"],
        ),
        Some(SocketCall::Connect) if waits(SocketCall::Connect) => say(
            [
                "5: connect is called and has not returned.",
                "A SYN cannot be seen here: the call stands for it.",
            ],
            [
                "第 5 步：已调用 connect，还没有返回。",
                "这里看不到 SYN：用这次调用代表它。",
            ],
        ),
        Some(SocketCall::Connect) if !accepted => say(
            [
                "5: connect has returned, and nobody has accepted:",
                "it waits in the accept queue.",
            ],
            [
                "第 5 步：connect 已返回，却没有人 accept：",
                "它在全连接队列里等。",
            ],
        ),
        Some(SocketCall::Connect) => say(
            ["5: connect has returned.", "The kernels have shaken hands."],
            ["第 5 步：connect 已返回。", "两边内核已经握手。"],
        ),
        Some(SocketCall::Accept) => say(
            [
                "6: accept has returned a new socket:",
                "for this client alone. The port is the same.",
            ],
            [
                "第 6 步：accept 返回了新的套接字：",
                "只给这个客户。端口没有变。",
            ],
        ),
        Some(SocketCall::ClientWrite) if !accepted => say(
            [
                "7: The client writes, and nobody has accepted.",
                "The kernel keeps the bytes.",
            ],
            [
                "第 7 步：客户端写了，却还没有人 accept。",
                "字节由内核保管。",
            ],
        ),
        Some(SocketCall::ClientWrite) if waits(SocketCall::ClientWrite) => say(
            [
                "7: write waits: there is no more room.",
                "Nobody reads at the other end.",
            ],
            ["第 7 步：write 在等：没有地方了。", "另一头没有人读。"],
        ),
        Some(SocketCall::ClientWrite) if held => say(
            [
                "7: write has returned. Nobody reads:",
                "the bytes wait in the kernel.",
            ],
            ["第 7 步：write 已返回，没有人读：", "字节在内核里等。"],
        ),
        Some(SocketCall::ClientWrite) => say(
            [
                "7: write has returned: the kernel has the bytes.",
                "That does not say that anybody has read them.",
            ],
            [
                "第 7 步：write 已返回：字节交给了内核。",
                "这不等于有人读了。",
            ],
        ),
        Some(SocketCall::Read) if connection.is_some_and(has_ended) => say(
            ["8: read has returned nothing:", "the client sends no more."],
            ["第 8 步：read 返回空：", "客户端不再发送。"],
        ),
        Some(SocketCall::Read) => say(
            [
                "8: read took what was there.",
                "Where the writes ended it cannot know.",
            ],
            [
                "第 8 步：read 拿走了已到的字节。",
                "它不知道 write 的分界。",
            ],
        ),
        Some(SocketCall::Write) => say(
            [
                "8: The server has written its answer:",
                "a stamp, then the same bytes.",
            ],
            ["第 8 步：服务器写出了回答：", "时间戳，然后是同样的字节。"],
        ),
        Some(SocketCall::ClientRead) => say(
            ["7: The client has read the answer.", ""],
            ["第 7 步：客户端读到了回答。", ""],
        ),
        Some(SocketCall::ClientClose | SocketCall::Close) => {
            let closed = |end| connection.and_then(|it| it.end(end)?.closed).is_some();
            if closed(End::Server)
                && (closed(End::Client) || connection.is_some_and(|it| it.client.is_none()))
            {
                say(
                    [
                        "9: Closed.",
                        "The port listens on: the next client may come.",
                    ],
                    ["第 9 步：已关闭。", "端口继续监听：下一个客户可以来。"],
                )
            } else if closed(End::Client) {
                say(
                    [
                        "9: The client has closed.",
                        "What it sent can still be read.",
                    ],
                    ["第 9 步：客户端关闭了。", "它发的字节还可以读。"],
                )
            } else {
                say(
                    [
                        "9: The server has closed this connection.",
                        "The client may not know yet.",
                    ],
                    ["第 9 步：服务器关闭了这条连接。", "客户端可能还不知道。"],
                )
            }
        }
    }
    .into_iter()
    .filter(|line| !line.is_empty())
    .collect()
}

fn has_ended(connection: &model::Connection) -> bool {
    let server = connection.server.as_ref();
    server.is_some_and(|end| end.end_of_stream.is_some())
}
