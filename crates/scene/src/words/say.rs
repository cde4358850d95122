//! What there is to say of a connection: about the fact that was recorded last. Lines are short;
//! `*bold*` and `` `literal` `` are marked.

use model::{Connection, Cut, EndState, Moment, Ruler};
use protocol::{End, ReadWhen};

use super::{number, ordinal_word, plural};
use crate::{Frame, Lang};

/// What happened last to a connection: that is what the caption speaks of.
#[derive(Clone, Copy)]
enum Last<'a> {
    Opened,
    Sent,
    Arrived(&'a Cut),
    Read(&'a Cut),
    Bagged(&'a Cut),
    Answered,
    Answering(&'a Cut),
    Received,
    ClientShut,
    ServerShut,
    Ended,
    Blocked(End),
}

/// A caption about one connection.
pub(super) struct Say<'a> {
    pub(super) frame: &'a Frame<'a>,
    pub(super) connection: &'a Connection,
}

impl Say<'_> {
    fn is_zh(&self) -> bool {
        self.frame.lang == Lang::Zh
    }

    /// One of two languages.
    fn say(&self, en: String, zh: String) -> String {
        if self.is_zh() { zh } else { en }
    }

    pub(super) fn lines(&self) -> Vec<String> {
        let server = self.connection.server.as_ref();
        if let Some((by, _)) = self.connection.reset() {
            return self.reset(by);
        }
        if let Some((unread, _)) = server.and_then(|end| end.closed) {
            return vec![
                self.say("The connection is closed.".into(), "连接已关闭。".into()),
                if unread > 0 {
                    let unread = number(unread);
                    self.say(
                        format!("*{unread}* were never read."),
                        format!("*{unread}* 个没有被读。"),
                    )
                } else {
                    self.say("All that came was read.".into(), "到的都读完了。".into())
                },
            ];
        }
        let shut = server.is_some_and(|end| {
            end.waiting_bytes() > 0
                && end
                    .queues
                    .is_some_and(|(queues, _)| queues.receive_window == Some(0))
        });
        let last = last(self.connection);
        match last {
            _ if shut && !matches!(last, Some(Last::Read(_))) => self.window_zero(),
            None | Some(Last::Opened) => self.opened(),
            Some(Last::Sent) => self.sent(None),
            Some(Last::Arrived(cut)) => self.sent(Some(cut)),
            Some(Last::Read(cut)) => self.read(cut),
            Some(Last::Bagged(cut)) => self.bagged(cut),
            Some(Last::Answered) => self.answered(),
            Some(Last::Answering(cut)) => self.answering(cut),
            Some(Last::Received) => self.received(),
            Some(Last::ClientShut) => self.client_shut(),
            Some(Last::ServerShut) => vec![
                self.say(
                    "The server sends no more.".into(),
                    "服务器不再发送。".into(),
                ),
                self.say(
                    "It can still read.".into(),
                    "它还可以接着读（半关闭）。".into(),
                ),
            ],
            Some(Last::Ended) => self.ended(),
            Some(Last::Blocked(End::Server)) => vec![
                self.say("The send buffer is full.".into(), "发送缓冲区满了。".into()),
                self.say("*The server must wait*".into(), "*服务器只能等*".into()),
                self.say("until the client reads.".into(), "客户端来读。".into()),
            ],
            Some(Last::Blocked(End::Client)) => vec![
                self.say(
                    "The client's send waits:".into(),
                    "客户端的 send 在等：".into(),
                ),
                self.say(
                    "*both buffers are full.*".into(),
                    "*两边缓冲区都满了。*".into(),
                ),
            ],
        }
    }

    fn waiting(&self) -> u64 {
        self.connection.waiting_bytes()
    }

    /// Why the waiting bytes are not read, if that is so by somebody's wish.
    fn policy(&self) -> Option<String> {
        let waiting = self.waiting();
        match self.connection.policy.read_when {
            ReadWhen::Held => Some(self.say(
                "The server is not reading.".into(),
                "服务程序暂停读取。".into(),
            )),
            ReadWhen::Queued(bytes) if waiting < u64::from(bytes) => {
                let bytes = number(u64::from(bytes));
                Some(self.say(
                    format!("It reads when *{bytes}* are there."),
                    format!("攒够 *{bytes}* 个才读。"),
                ))
            }
            _ => None,
        }
    }

    fn reset(&self, by: End) -> Vec<String> {
        let waiting = self.waiting();
        let lost = self.connection.on_the_way().unwrap_or(0);
        let mut lines = vec![match by {
            End::Client => self.say("*The client reset.*".into(), "*客户端复位了连接。*".into()),
            End::Server => self.say("*The server reset.*".into(), "*服务器复位了连接。*".into()),
        }];
        let closed = self
            .connection
            .server
            .as_ref()
            .is_some_and(|end| end.closed.is_some());
        if waiting > 0 {
            let waiting = number(waiting);
            lines.push(if closed {
                self.say(
                    format!("*{waiting}* were never read."),
                    format!("*{waiting}* 个没有被读。"),
                )
            } else {
                self.say(
                    format!("*{waiting}* are left in the kernel."),
                    format!("内核里还剩 *{waiting}* 个。"),
                )
            });
        }
        if lost > 0 {
            let lost = number(lost);
            lines.push(self.say(
                format!("The *{lost}* never arrived."),
                format!("那 *{lost}* 个没有到。"),
            ));
        }
        lines
    }

    fn window_zero(&self) -> Vec<String> {
        vec![
            self.say(
                "The buffer takes no more.".into(),
                "缓冲区不再接收。".into(),
            ),
            self.say("*The sender must wait*".into(), "*发送方只能等*".into()),
            self.say("until enough is read.".into(), "到读走足够多。".into()),
        ]
    }

    fn opened(&self) -> Vec<String> {
        if self.connection.server.is_none() {
            return vec![
                self.say("The client is connected.".into(), "客户端已连接。".into()),
                self.say(
                    "*Nobody has accepted it:*".into(),
                    "*还没有人 accept：*".into(),
                ),
                self.say("it waits at the desk.".into(), "它在队列里等着。".into()),
            ];
        }
        let asks = self.connection.policy.asks_bytes(0);
        let mut lines = vec![self.say("A client is accepted.".into(), "已 accept 客户端。".into())];
        match self.policy() {
            Some(policy) => lines.push(policy),
            None if self.waiting() > 0 => {
                let waiting = number(self.waiting());
                lines.push(self.say(
                    format!("*{waiting}* are here already."),
                    format!("已经有 *{waiting}* 个在这里。"),
                ));
            }
            None => {
                lines.push(self.say(
                    format!("`recv({asks})` waits"),
                    format!("`recv({asks})` 在等"),
                ));
                lines.push(self.say("for the first byte.".into(), "第一个字节。".into()));
            }
        }
        lines
    }

    /// After a send or an arrival: where all the bytes are.
    fn sent(&self, arrived: Option<&Cut>) -> Vec<String> {
        let mut lines = Vec::new();
        let on_the_way = self.connection.on_the_way().unwrap_or(0);
        match (arrived, &self.connection.client) {
            (Some(cut), _) => lines.push(self.arrival(cut)),
            (None, Some(client)) => lines.push(self.sends(client)),
            (None, None) => {}
        }
        let waiting = self.waiting();
        if waiting > 0 {
            let waiting = number(waiting);
            let stop = if on_the_way > 0 {
                (",", "，")
            } else {
                (".", "。")
            };
            lines.push(self.say(
                format!("*{waiting}* wait in the kernel{}", stop.0),
                format!("*{waiting}* 个在内核里等着{}", stop.1),
            ));
        }
        if on_the_way > 0 {
            let on_the_way = number(on_the_way);
            lines.push(self.say(
                format!("*{on_the_way}* are still on the way."),
                format!("*{on_the_way}* 个还在路上。"),
            ));
        }
        if self.connection.server.is_none() {
            lines.push(self.say(
                "*Nobody has accepted it yet.*".into(),
                "*还没有人 accept。*".into(),
            ));
        } else {
            lines.extend(self.policy());
        }
        lines
    }

    fn sends(&self, client: &EndState) -> String {
        let total = &client.wrote.total;
        let cuts: Vec<&Cut> = client.wrote.cuts().collect();
        let listed = total.times <= 4
            && cuts.len() as u64 == total.times
            && cuts.iter().all(|cut| !cut.is_blurred());
        if listed {
            let sum = cuts
                .iter()
                .map(|cut| number(cut.bytes()))
                .collect::<Vec<_>>()
                .join(" + ");
            let verb = if total.bytes == 1 { "was" } else { "were" };
            self.say(
                format!("*{sum}* {verb} sent."),
                format!("发出了 *{sum}* 个。"),
            )
        } else {
            let bytes = number(total.bytes);
            let times = number(total.times);
            self.say(
                format!("*{bytes}* in {times} sends."),
                format!("*{bytes}* 个，分 {times} 次发出。"),
            )
        }
    }

    fn arrival(&self, cut: &Cut) -> String {
        let bytes = number(cut.bytes());
        if cut.is_unseen() {
            return self.say(
                format!("*{bytes}* came unseen."),
                format!("*{bytes}* 个没看到就到了。"),
            );
        }
        match cut.segments {
            Some(segments) if segments > 0 => {
                let in_segments = plural(u64::from(segments), "segment", "segments");
                self.say(
                    format!("*{bytes}* arrived in {in_segments}."),
                    format!("到达 *{bytes}* 个，分 {} 段。", number(u64::from(segments))),
                )
            }
            _ => self.say(
                format!("*{bytes}* arrived."),
                format!("到达 *{bytes}* 个。"),
            ),
        }
    }

    fn read(&self, cut: &Cut) -> Vec<String> {
        let got = number(cut.bytes());
        if cut.is_blurred() {
            let times = number(u64::from(cut.times));
            return vec![
                self.say(
                    format!("*{got} in {times} reads.*"),
                    format!("*{times} 次读取，共 {got}。*"),
                ),
                self.say("The edges inside".into(), "里面的边界".into()),
                self.say("are unknown.".into(), "无从得知。".into()),
            ];
        }
        let asked = cut.asked;
        let mut lines = vec![self.say(
            format!("*recv asked {asked}, got {got}.*"),
            format!("*recv 要 {asked}，得 {got}。*"),
        )];
        let Some(server) = &self.connection.server else {
            return lines;
        };
        match Connection::mixes(&server.arrived, cut) {
            Some(parts) if parts > 1 => {
                let count = ordinal_word(parts as u64).to_ascii_lowercase();
                lines.push(self.say(
                    format!("One read, {count} arrivals:"),
                    format!("一次读取，{parts} 次到达："),
                ));
                lines.push(self.gone(&server.arrived, cut));
            }
            Some(_) => {
                let whole = server
                    .arrived
                    .cut_at(cut.from)
                    .is_some_and(|arrival| (arrival.from, arrival.to) == (cut.from, cut.to));
                if whole {
                    lines.push(self.say(
                        "One read, one arrival:".into(),
                        "一次读取，一次到达：".into(),
                    ));
                    lines.push(self.say("this time they agree.".into(), "这次正好对上。".into()));
                } else {
                    lines.push(self.say(
                        "A part of one arrival.".into(),
                        "只是一次到达的一部分。".into(),
                    ));
                }
            }
            None => {}
        }
        let left = server.arrived.total.bytes.saturating_sub(cut.to);
        if left > 0 {
            let left = number(left);
            lines.push(self.say(
                format!("*{left}* are left in the kernel."),
                format!("内核里还剩 *{left}* 个。"),
            ));
        }
        lines
    }

    /// Which edges of the arrivals a read has swallowed.
    fn gone(&self, arrivals: &Ruler, cut: &Cut) -> String {
        let edges: Vec<String> = arrivals
            .cuts_within(cut.from, cut.to)
            .map(|arrival| arrival.to)
            .filter(|&edge| edge < cut.to)
            .map(number)
            .collect();
        match edges.as_slice() {
            [one] => self.say(
                format!("the edge at {one} is gone."),
                format!("{one} 处的边界没有了。"),
            ),
            [one, two] => self.say(
                format!("the edges at {one} and {two} are gone."),
                format!("{one}、{two} 处的边界没有了。"),
            ),
            many => {
                let count = many.len();
                self.say(
                    format!("{count} edges are gone."),
                    format!("{count} 处边界没有了。"),
                )
            }
        }
    }

    fn bagged(&self, cut: &Cut) -> Vec<String> {
        let bytes = number(cut.bytes());
        if cut.is_blurred() {
            let times = number(u64::from(cut.times));
            return vec![self.say(
                format!("*{bytes} in {times} bags.*"),
                format!("*{times} 袋，共 {bytes} 个。*"),
            )];
        }
        let full = self
            .connection
            .policy
            .bag
            .is_some_and(|bag| cut.bytes() >= u64::from(bag));
        let mut lines = vec![if full {
            self.say(
                format!("*The bag of {bytes} is full.*"),
                format!("*{bytes} 个，袋子满了。*"),
            )
        } else {
            self.say(
                format!("*The last bag holds {bytes}.*"),
                format!("*最后一袋有 {bytes} 个。*"),
            )
        }];
        lines.extend(self.what_is_in(cut.from, cut.to));
        lines
    }

    /// "Three sends, one read," for the bytes of a bag.
    fn what_is_in(&self, from: u64, to: u64) -> Option<String> {
        let server = self.connection.server.as_ref()?;
        let whole = Cut {
            from,
            to,
            moment: Moment::default(),
            ordinal: 0,
            times: 1,
            asked: to.saturating_sub(from),
            segments: None,
            preview: None,
        };
        let batches = self.connection.batches()?;
        let parts = Connection::mixes(batches, &whole)? as u64;
        let reads = Connection::mixes(&server.read, &whole)? as u64;
        let ours = self.connection.client.is_some();
        let (one, many, zh) = if ours {
            ("send", "sends", "次发送")
        } else {
            ("arrival", "arrivals", "次到达")
        };
        let batch_word = if parts == 1 { one } else { many };
        let read_word = if reads == 1 { "read" } else { "reads" };
        Some(self.say(
            format!(
                "{} {batch_word}, {} {read_word}.",
                ordinal_word(parts),
                ordinal_word(reads).to_ascii_lowercase()
            ),
            format!("{parts} {zh}、{reads} 次读取。"),
        ))
    }

    fn answered(&self) -> Vec<String> {
        let Some(answer) = self
            .connection
            .server
            .as_ref()
            .and_then(|end| end.answers.back())
        else {
            return Vec::new();
        };
        let bytes = answer.in_to.saturating_sub(answer.in_from);
        let (stamp, bytes_) = (number(answer.stamp_bytes), number(bytes));
        if answer.times > 1 {
            let times = number(u64::from(answer.times));
            return vec![
                self.say(format!("*{times} answers:*"), format!("*{times} 个回答：*")),
                self.say(
                    format!("{stamp} bytes of stamp,"),
                    format!("时间戳 {stamp} 字节，"),
                ),
                self.say(
                    format!("{bytes_} bytes as they came."),
                    format!("原样 {bytes_} 字节。"),
                ),
            ];
        }
        let mut lines: Vec<String> = self
            .what_is_in(answer.in_from, answer.in_to)
            .into_iter()
            .collect();
        lines.push(if self.connection.policy.bag.is_some() {
            self.say(
                format!("*One bag of {bytes_}.*"),
                format!("*一袋 {bytes_} 个。*"),
            )
        } else if self.connection.policy.framing.is_some() {
            self.say(
                "*Each message is answered.*".into(),
                "*每条消息都回答。*".into(),
            )
        } else {
            self.say(
                "*Each recv is answered.*".into(),
                "*每次 recv 都回答。*".into(),
            )
        });
        lines.push(self.say(
            format!("Answer: {stamp} + {bytes_} bytes."),
            format!("回答：{stamp} + {bytes_} 字节。"),
        ));
        lines
    }

    fn answering(&self, cut: &Cut) -> Vec<String> {
        let taken = number(cut.bytes());
        let composed = self
            .connection
            .server
            .as_ref()
            .map_or(0, EndState::composed_bytes);
        // Nothing unsent and nothing unacknowledged, by a sample younger than the write: whatever
        // the client's program does, its kernel has the answer.
        let is_there = self.connection.server.as_ref().is_some_and(|end| {
            end.queues.is_some_and(|(queues, sampled)| {
                sampled.seq > cut.moment.seq
                    && queues.unsent == Some(0)
                    && queues.in_flight == Some(0)
            })
        });
        let mut lines = vec![if is_there {
            self.say(
                "*The client's kernel has the answer:*".into(),
                "*客户端内核已收到回答：*".into(),
            )
        } else {
            self.say(
                "*The answer is on its way:*".into(),
                "*回答上路了：*".into(),
            )
        }];
        let answer = self
            .connection
            .server
            .as_ref()
            .and_then(|end| end.answers.back())
            .filter(|answer| {
                answer.times == 1 && answer.out_from == cut.from && answer.out_to() == cut.to
            });
        match answer {
            Some(answer) => {
                let stamp = number(answer.stamp_bytes);
                let bytes = number(answer.in_to.saturating_sub(answer.in_from));
                lines.push(self.say(
                    format!("{stamp} bytes of stamp,"),
                    format!("时间戳 {stamp} 字节，"),
                ));
                lines.push(self.say(
                    format!("{bytes} bytes as they came."),
                    format!("原样 {bytes} 字节。"),
                ));
            }
            None => lines.push(self.say(
                format!("send took {taken}."),
                format!("send 收下 {taken}。"),
            )),
        }
        if composed > 0 {
            let composed = number(composed);
            lines.push(self.say(
                format!("*{composed}* wait for room."),
                format!("*{composed}* 个在等空位。"),
            ));
        }
        lines
    }

    fn received(&self) -> Vec<String> {
        let bytes = self
            .connection
            .client
            .as_ref()
            .map_or(0, |end| end.read.total.bytes);
        let bytes = number(bytes);
        vec![
            self.say(
                "The client has its answer:".into(),
                "客户端收到了回答：".into(),
            ),
            self.say(format!("*{bytes}* bytes."), format!("*{bytes}* 字节。")),
        ]
    }

    fn client_shut(&self) -> Vec<String> {
        let waiting = self.waiting();
        let mut lines = vec![self.say(
            "The client sends no more.".into(),
            "客户端不再发送。".into(),
        )];
        if waiting > 0 {
            let waiting = number(waiting);
            lines.push(self.say(
                format!("*{waiting}* are still to be read,"),
                format!("还有 *{waiting}* 个要读，"),
            ));
            lines.push(self.say(
                "then *recv* returns 0.".into(),
                "然后 *recv* 返回 0。".into(),
            ));
        } else {
            lines.push(self.say(
                "The next *recv* returns 0.".into(),
                "下一次 *recv* 返回 0。".into(),
            ));
        }
        lines
    }

    fn ended(&self) -> Vec<String> {
        let bytes = self
            .connection
            .server
            .as_ref()
            .map_or(0, |end| end.read.total.bytes);
        let bytes = number(bytes);
        vec![
            self.say("*recv returned 0:*".into(), "*recv 返回 0：*".into()),
            self.say("the stream has ended.".into(), "字节流结束了。".into()),
            self.say(
                format!("All {bytes} bytes were read."),
                format!("{bytes} 字节全部读完。"),
            ),
        ]
    }
}

/// What happened last, by the number of the record that told it.
fn last(connection: &Connection) -> Option<Last<'_>> {
    let cut = |ruler: &Ruler| ruler.last().map(|cut| cut.moment);
    let mut facts = Vec::with_capacity(16);
    if let Some(client) = &connection.client {
        facts.extend([
            (client.opened, Last::Opened),
            (cut(&client.wrote), Last::Sent),
            (cut(&client.read), Last::Received),
            (client.blocked, Last::Blocked(End::Client)),
            (client.shut_by_self, Last::ClientShut),
        ]);
    }
    if let Some(server) = &connection.server {
        let answered = server.answers.back().map(|answer| answer.moment);
        facts.extend([
            (server.opened, Last::Opened),
            (answered, Last::Answered),
            (server.blocked, Last::Blocked(End::Server)),
            (server.shut_by_peer, Last::ClientShut),
            (server.shut_by_self, Last::ServerShut),
            (server.end_of_stream, Last::Ended),
        ]);
        facts.extend(
            server
                .arrived
                .last()
                .map(|cut| (Some(cut.moment), Last::Arrived(cut))),
        );
        facts.extend(
            server
                .read
                .last()
                .map(|cut| (Some(cut.moment), Last::Read(cut))),
        );
        facts.extend(
            server
                .bagged
                .last()
                .map(|cut| (Some(cut.moment), Last::Bagged(cut))),
        );
        facts.extend(
            server
                .wrote
                .last()
                .map(|cut| (Some(cut.moment), Last::Answering(cut))),
        );
    }
    facts
        .into_iter()
        .filter_map(|(moment, what)| Some((moment?.seq, what)))
        .max_by_key(|&(seq, _)| seq)
        .map(|(_, what)| what)
}
