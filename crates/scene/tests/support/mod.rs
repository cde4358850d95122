//! Records written by hand, as text: one line is one record, offsets are counted by themselves.
//!
//! ```text
//! policy held bag 100      sent 20        arrived 20       read 100 70
//! queues 70 window 65536   bagged 100     answered 100     wrote 122
//! ```
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, dead_code)]

pub mod charts;
pub mod crowd;
pub mod timelines;

use std::collections::HashMap;

use model::{Show, State, Timeline};
use protocol::*;
use scene::{Form, Frame, Lang, Link, Look, Scene};

pub const CONN: Conn = Conn(1);

/// A show of hand-written records.
pub struct Story {
    timeline: Timeline,
    seq: u64,
    at_nanos: u64,
    totals: HashMap<&'static str, u64>,
    foreign: bool,
}

impl Story {
    /// One line or one `;` for each record.
    pub fn new(script: &str) -> Story {
        let mut story = Story {
            timeline: Timeline::new(Some(CONN)),
            seq: 0,
            at_nanos: 0,
            totals: HashMap::new(),
            foreign: false,
        };
        for line in script.split(['\n', ';']) {
            let line = line.trim();
            if !line.is_empty() {
                story.line(line);
            }
        }
        story
    }

    fn total(&mut self, what: &'static str, add: u64) -> u64 {
        let total = self.totals.entry(what).or_default();
        let before = *total;
        *total += add;
        before
    }

    fn line(&mut self, line: &str) {
        let words: Vec<&str> = line.split_whitespace().collect();
        let number = |index: usize| -> u64 { words[index].parse().expect(line) };
        let named = |name: &str| -> Option<u64> {
            let index = words.iter().position(|word| *word == name)?;
            Some(words[index + 1].parse().expect(line))
        };
        let times = named("times").unwrap_or(1) as u32;
        let since_nanos = (times > 1).then_some(self.at_nanos);
        let conn = CONN;
        let server = End::Server;
        let digits = |from: u64, bytes: u64| {
            let preview = (from..from + bytes.min(256))
                .map(|offset| b'0' + (offset % 10) as u8)
                .collect();
            (times == 1).then_some(Preview(preview))
        };
        let client_addr = "127.0.0.1:48812".parse().unwrap();
        let server_addr = "127.0.0.1:21567".parse().unwrap();
        let event = match words[0] {
            "listening" => Event::Listening(Listening {
                addr: server_addr,
                backlog: 5,
                bufsize: 1024,
                sequential: words.contains(&"sequential"),
            }),
            "policy" => {
                let read_when = match words[1] {
                    "held" => ReadWhen::Held,
                    "arrival" => ReadWhen::Arrival,
                    _ => ReadWhen::Queued(number(2) as u32),
                };
                Event::Policy(PolicySet {
                    conn: None,
                    policy: Policy {
                        read_when,
                        bufsize: named("bufsize").unwrap_or(1024) as u32,
                        pause_millis: named("pause").unwrap_or(0) as u32,
                        bag: named("bag").map(|bag| bag as u32),
                        framing: words
                            .iter()
                            .position(|word| *word == "framing")
                            .map(|index| words[index + 1].parse().expect(line)),
                    },
                })
            }
            "connected" => Event::Connected(Connected {
                conn,
                end: End::Client,
                local: client_addr,
                peer: server_addr,
            }),
            "accepted" => Event::Accepted(Accepted {
                conn,
                end: server,
                peer: client_addr,
                local: server_addr,
            }),
            "call" => {
                let of_client = words[1] == "client";
                let method = words[if of_client { 2 } else { 1 }];
                Event::Called(Called {
                    conn: of_client.then_some(conn),
                    end: if of_client { End::Client } else { server },
                    method: method.to_string(),
                    arguments: match method {
                        "socket" => "AF_INET, SOCK_STREAM".to_string(),
                        _ => String::new(),
                    },
                    result: String::new(),
                    errno: named("errno").map(|errno| errno as i32),
                })
            }
            "connecting" => Event::Connecting(Connecting {
                conn: Conn(named("conn").unwrap_or(1) as u32),
                end: End::Client,
                local: client_addr,
                peer: server_addr,
            }),
            "unaccepted" => Event::Unaccepted(Unaccepted {
                connections: vec![UnacceptedConnection {
                    conn: Some(conn),
                    peer: client_addr,
                    receive_queue: number(1),
                    state: match words.contains(&"outside") {
                        true => TcpState::SynReceived,
                        false => TcpState::Established,
                    },
                }],
                more: 0,
            }),
            "tcp" => Event::from(Queues {
                conn,
                end: if words[1] == "client" {
                    End::Client
                } else {
                    server
                },
                receive_queue: Some(0),
                receive_window: Some(65_536),
                kernel_memory: None,
                kernel_memory_limit: None,
                unsent: None,
                in_flight: None,
                rtt_nanos: None,
                state: Some(match words[2] {
                    "fin_wait_2" => TcpState::FinWait2,
                    "close_wait" => TcpState::CloseWait,
                    _ => TcpState::Established,
                }),
            }),
            "client_end" => Event::EndOfStream(EndOfStream {
                conn,
                end: End::Client,
                offset: self.total("received", 0),
            }),
            "client_closed" => Event::Closed(Closed {
                conn,
                end: End::Client,
                unread: 0,
            }),
            "sent" => {
                let bytes = number(1);
                let offset = self.total("sent", bytes);
                Event::Wrote(Wrote {
                    conn,
                    end: End::Client,
                    offset,
                    asked: bytes,
                    accepted: bytes,
                    times,
                    since_nanos,
                    preview: digits(offset, bytes),
                })
            }
            "arrived" => {
                let bytes = number(1);
                let offset = self.total("arrived", bytes);
                Event::Arrived(Arrived {
                    conn,
                    end: server,
                    offset,
                    bytes,
                    segments: Some(named("segments").unwrap_or(1) as u32),
                    times,
                    since_nanos,
                    preview: digits(offset, bytes),
                })
            }
            "read" => {
                let bytes = number(2);
                let offset = self.total("read", bytes);
                Event::Read(Read {
                    conn,
                    end: server,
                    offset,
                    asked: number(1),
                    returned: bytes,
                    times,
                    since_nanos,
                    preview: digits(offset, bytes),
                })
            }
            "bagged" => {
                let bytes = number(1);
                let offset = self.total("bagged", bytes);
                Event::Bagged(Bagged {
                    conn,
                    end: server,
                    offset,
                    bytes,
                    times,
                    since_nanos,
                })
            }
            "answered" => {
                let in_bytes = number(1);
                let stamp_bytes = 22 * u64::from(times);
                Event::Answered(Answered {
                    conn,
                    end: server,
                    in_offset: self.total("answered", in_bytes),
                    in_bytes,
                    out_offset: self.total("composed", in_bytes + stamp_bytes),
                    stamp_bytes,
                    times,
                    since_nanos,
                })
            }
            "wrote" => {
                let bytes = number(1);
                let mut preview = b"[2026-11-22 18:50:07] ".to_vec();
                preview.extend((0..100).map(|offset| b'0' + offset % 10));
                Event::Wrote(Wrote {
                    conn,
                    end: server,
                    offset: self.total("wrote", bytes),
                    asked: named("of").unwrap_or(bytes),
                    accepted: bytes,
                    times,
                    since_nanos,
                    preview: (times == 1).then_some(Preview(preview.into())),
                })
            }
            "received" => {
                let bytes = number(1);
                Event::Read(Read {
                    conn,
                    end: End::Client,
                    offset: self.total("received", bytes),
                    asked: 65_536,
                    returned: bytes,
                    times,
                    since_nanos,
                    preview: None,
                })
            }
            "queues" => Event::from(Queues {
                conn,
                end: server,
                receive_queue: Some(number(1)),
                receive_window: named("window"),
                kernel_memory: named("memory"),
                kernel_memory_limit: named("memory").map(|_| 131_072),
                unsent: named("unsent"),
                in_flight: None,
                rtt_nanos: None,
                state: Some(TcpState::Established),
            }),
            "waiting" => Event::Waiting(Waiting {
                queued: number(1) as u32,
                limit: 5,
            }),
            "blocked" => Event::Blocked(Blocked {
                conn,
                end: if words[1] == "client" {
                    End::Client
                } else {
                    server
                },
                times: 1,
            }),
            "shutdown" => Event::HalfClosed(HalfClosed {
                conn,
                end: End::Client,
                by: End::Client,
            }),
            "fin" => Event::HalfClosed(HalfClosed {
                conn,
                end: server,
                by: End::Client,
            }),
            "end" => Event::EndOfStream(EndOfStream {
                conn,
                end: server,
                offset: self.total("read", 0),
            }),
            "reset" => Event::Reset(Reset {
                conn,
                end: server,
                by: if words[1] == "client" {
                    End::Client
                } else {
                    server
                },
            }),
            "closed" => Event::Closed(Closed {
                conn,
                end: server,
                unread: number(1),
            }),
            "dropped" => {
                // So many records are lost; meanwhile this much went on.
                let records = number(1);
                self.push(self.seq + records, Event::Dropped(Dropped { records }));
                let state = self.timeline.head().clone();
                let mut keyframe = state.keyframe();
                for conn in &mut keyframe.conns {
                    if let Some(end) = &mut conn.server_end {
                        end.arrived.bytes += named("arrived").unwrap_or(0);
                        end.arrived.times += 3;
                        end.read.bytes += named("read").unwrap_or(0);
                    }
                    if let Some(end) = &mut conn.client_end {
                        end.wrote.bytes += named("arrived").unwrap_or(0);
                        end.wrote.times += 2;
                    }
                }
                self.total("arrived", named("arrived").unwrap_or(0));
                self.total("sent", named("arrived").unwrap_or(0));
                self.total("read", named("read").unwrap_or(0));
                self.push(self.seq, Event::Keyframe(Box::new(keyframe)));
                return;
            }
            "idle" => {
                self.at_nanos += number(1) * 1_000_000;
                return;
            }
            other => panic!("no such record: {other}"),
        };
        self.push(self.seq + 1, event);
    }

    fn push(&mut self, seq: u64, event: Event) {
        self.seq = seq;
        self.at_nanos += 80_000;
        self.timeline.push(Record {
            seq: Seq(seq),
            at_nanos: self.at_nanos,
            event,
        });
    }

    /// The moment so many milliseconds after the last fact, and the state that is shown then.
    pub fn after(&mut self, millis: u64) -> (State, Show) {
        let fact = self
            .timeline
            .entries(0, self.timeline.len())
            .rev()
            .find(|entry| !matches!(entry.record.event, Event::Queues(_)))
            .map_or(Show(0), |entry| entry.shown);
        let show = fact + Show::from_millis(millis);
        (self.timeline.state_at(show).clone(), show)
    }

    /// The log.
    pub fn timeline(&self) -> &Timeline {
        &self.timeline
    }

    pub fn timeline_mut(&mut self) -> &mut Timeline {
        &mut self.timeline
    }

    /// The records, and the state after each.
    pub fn records(&mut self) -> Vec<(Record, State)> {
        let entries: Vec<_> = self
            .timeline
            .entries(0, self.timeline.len())
            .map(|entry| entry.record.clone())
            .collect();
        (1..)
            .zip(entries)
            .map(|(count, record)| (record, self.timeline.state_after(count).clone()))
            .collect()
    }

    /// All records with the state after each.
    pub fn rows(&mut self, lang: Lang) -> Vec<String> {
        let entries: Vec<_> = self
            .timeline
            .entries(0, self.timeline.len())
            .cloned()
            .collect();
        entries
            .iter()
            .enumerate()
            .map(|(index, entry)| {
                let state = self.timeline.state_after(index + 1);
                scene::words::row(&entry.record, state, lang)
            })
            .collect()
    }
}

/// How to look at a story.
#[derive(Clone, Copy)]
pub struct View {
    pub millis: u64,
    pub lang: Lang,
    pub link: Link,
    pub reduced_motion: bool,
    pub focus: Option<Conn>,
    pub look: Look,
    pub form: Form,
}

impl Default for View {
    fn default() -> View {
        View {
            millis: 5000,
            lang: Lang::En,
            link: Link::Live,
            reduced_motion: false,
            focus: Some(CONN),
            look: Look::Light,
            form: Form::Wide,
        }
    }
}

pub fn draw(story: &mut Story, view: View, picture: impl Fn(&Frame) -> Scene) -> Scene {
    let (state, now) = story.after(view.millis);
    picture(&Frame {
        state: &state,
        now,
        focus: view.focus,
        width: view.form.units().0,
        height: view.form.units().1,
        picture: scene::Picture::default(),
        look: view.look,
        lang: view.lang,
        reduced_motion: view.reduced_motion,
        link: view.link,
    })
}

/// The situations of the art, by name.
pub fn situations() -> Vec<(&'static str, Story, View)> {
    let view = View::default();
    let zh = View {
        lang: Lang::Zh,
        ..view
    };
    let open = "listening; policy arrival bag 100; connected; accepted; queues 0 window 65536 memory 0 unsent 0";
    let held = "listening; policy held bag 100; connected; accepted; queues 0 window 65536 memory 0 unsent 0";
    let art = format!(
        "{held}; sent 20; arrived 20; sent 50; arrived 50; queues 70 window 65536 memory 2304 unsent 0; sent 30"
    );
    let mixed = format!(
        "{art}; arrived 30; queues 100 window 65536 memory 3456 unsent 0; policy arrival bag 100; read 100 100; queues 0 window 65536 memory 0 unsent 0"
    );
    let seventy = format!(
        "{held}; sent 20; arrived 20; sent 50; arrived 50; queues 70 window 65536 memory 2304 unsent 0; policy arrival bag 100; read 100 70; queues 0 window 65536 memory 0 unsent 0"
    );
    let bagged = format!("{mixed}; bagged 100");
    let answered = format!("{bagged}; answered 100");
    let wrote = format!("{answered}; wrote 122; queues 0 window 65536 memory 0 unsent 0");
    vec![
        (
            "nobody",
            Story::new("listening; policy arrival bag 100"),
            View {
                focus: None,
                ..view
            },
        ),
        (
            "nothing_known",
            Story::new(""),
            View {
                focus: None,
                ..view
            },
        ),
        ("connected", Story::new(open), view),
        (
            "at_the_desk",
            Story::new("listening; policy arrival; connected; sent 20"),
            view,
        ),
        (
            "bytes_at_the_desk",
            Story::new(
                "listening; policy arrival; connected; waiting 1; sent 20; sent 50; unaccepted 70; sent 30",
            ),
            view,
        ),
        (
            "accepted_with_bytes",
            Story::new(
                "listening; policy arrival; connected; waiting 1; sent 20; sent 50; unaccepted 70; accepted",
            ),
            View {
                millis: 100,
                ..view
            },
        ),
        (
            "riding",
            Story::new(&art),
            View {
                millis: 450,
                ..view
            },
        ),
        ("seventy_and_thirty", Story::new(&art), view),
        ("seventy_and_thirty_zh", Story::new(&art), zh),
        (
            "falling",
            Story::new(&format!("{art}; arrived 30")),
            View {
                millis: 220,
                ..view
            },
        ),
        (
            "scoop",
            Story::new(&mixed),
            View {
                millis: 500,
                ..view
            },
        ),
        (
            "mixed_read",
            Story::new(&seventy),
            View {
                millis: 960,
                ..view
            },
        ),
        (
            "tip",
            Story::new(&mixed),
            View {
                millis: 1250,
                ..view
            },
        ),
        ("in_the_bag", Story::new(&seventy), view),
        (
            "bagged",
            Story::new(&bagged),
            View {
                millis: 800,
                ..view
            },
        ),
        (
            "tied",
            Story::new(&answered),
            View {
                millis: 280,
                ..view
            },
        ),
        (
            "answer_waits",
            Story::new(&answered),
            View {
                millis: 900,
                ..view
            },
        ),
        (
            "answer_on_its_way",
            Story::new(&wrote),
            View {
                millis: 1130,
                ..view
            },
        ),
        (
            "answer_in_tunnel_zh",
            Story::new(&wrote),
            View { millis: 560, ..zh },
        ),
        (
            "answer_there",
            Story::new(&format!("{wrote}; received 122")),
            view,
        ),
        (
            "window_zero",
            Story::new(&format!(
                "{held}; sent 122880 times 40; arrived 122880 times 30 segments 84; sent 30; queues 122880 window 0 memory 131072 unsent 0"
            )),
            view,
        ),
        (
            "pile",
            Story::new(&format!(
                "{held}; sent 20; arrived 20; sent 50; arrived 50; sent 80; arrived 80; queues 150 window 65386 memory 5000 unsent 0"
            )),
            view,
        ),
        (
            "reset",
            Story::new(&format!(
                "{art}; reset client; queues 70 window 65536 memory 2304 unsent 0"
            )),
            view,
        ),
        (
            "end_rides",
            Story::new(&format!("{art}; shutdown")),
            View {
                millis: 500,
                ..view
            },
        ),
        (
            "end_of_stream",
            Story::new(&format!(
                "{seventy}; sent 30; arrived 30; queues 30 window 65536 memory 1100 unsent 0; shutdown; fin"
            )),
            view,
        ),
        (
            "end_read",
            Story::new(&format!(
                "{seventy}; sent 30; arrived 30; shutdown; fin; read 30 30; bagged 100; answered 100; wrote 122; end; queues 0 window 65536 memory 0 unsent 0"
            )),
            view,
        ),
        (
            "closed",
            Story::new(&format!(
                "{seventy}; sent 30; arrived 30; shutdown; fin; read 30 30; bagged 100; answered 100; wrote 122; end; closed 0"
            )),
            view,
        ),
        (
            "gap",
            Story::new(&format!(
                "{held}; sent 20; arrived 20; dropped 1204 arrived 50; queues 70 window 65536 memory 2304 unsent 0; sent 30"
            )),
            View {
                millis: 1500,
                ..view
            },
        ),
        (
            "foreign",
            Story::new(
                "listening; policy queued 100 bag 100 pause 200; accepted; arrived 20; arrived 50 segments 2; queues 70 window 65536 memory 2304 unsent 0",
            ),
            view,
        ),
        (
            "no_bag",
            Story::new(
                "listening; policy arrival bufsize 64; connected; accepted; sent 20; arrived 20; queues 20 window 65536 memory 768 unsent 0; read 64 20",
            ),
            View {
                millis: 1500,
                ..view
            },
        ),
        (
            "no_bag_foreign_zh",
            Story::new(
                "listening; policy arrival bufsize 64 pause 1500; accepted; arrived 80; read 64 64; answered 64; wrote 86; read 64 16",
            ),
            View { millis: 1000, ..zh },
        ),
        (
            "portable",
            Story::new(&format!("{held}; sent 20; arrived 20; queues 20")),
            view,
        ),
        (
            "relay_lost",
            Story::new(&art),
            View {
                link: Link::Lost,
                ..view
            },
        ),
        (
            "relay_lost_zh",
            Story::new(&art),
            View {
                link: Link::Lost,
                ..zh
            },
        ),
        (
            "reduced_ride",
            Story::new(&format!("{art}; arrived 30")),
            View {
                millis: 300,
                reduced_motion: true,
                ..view
            },
        ),
        (
            "window_zero_zh",
            Story::new(&format!(
                "{held}; sent 122880 times 40; arrived 122880 times 30 segments 84; sent 3000 times 2; queues 122880 window 0 memory 131072 unsent 0; policy held bag 4096"
            )),
            zh,
        ),
        (
            "flood",
            Story::new(
                "listening; policy arrival; accepted; arrived 8000000 times 900 segments 4000; read 921600 6000000 times 6000; answered 6000000 times 6000; wrote 5000000 times 900; arrived 1000000 times 90 segments 400; read 92160 92160 times 90; queues 2907840 window 3145728 memory 5000000 unsent 700000",
            ),
            View {
                millis: 960,
                ..view
            },
        ),
        (
            "small_reads",
            Story::new(&format!(
                "{held}; sent 20; arrived 20; sent 50; arrived 50; sent 30; arrived 30; policy arrival bufsize 7 bag 100; read 7 7; read 7 7; read 7 7"
            )),
            View {
                millis: 420,
                ..view
            },
        ),
        (
            "server_blocked_zh",
            Story::new(
                "listening; policy arrival; accepted; arrived 40000 segments 30 times 5; read 40960 40000 times 40; answered 40000 times 40; wrote 30000 of 40880 times 20; blocked server; queues 0 window 65536 memory 0 unsent 24000",
            ),
            View { millis: 2000, ..zh },
        ),
        (
            "answer_at_the_stall",
            Story::new(&wrote),
            View {
                millis: 2000,
                ..view
            },
        ),
        (
            "answers_queue",
            Story::new(
                "listening; policy arrival; accepted; arrived 20; read 1024 20; answered 20; wrote 42; arrived 50; read 1024 50; answered 50; wrote 72; arrived 30; read 1024 30; answered 30",
            ),
            View {
                millis: 700,
                ..view
            },
        ),
        (
            "three_riding",
            Story::new(&format!("{held}; sent 20; sent 50; sent 30")),
            view,
        ),
        (
            "hundred_riding",
            Story::new(&format!("{held}; sent 100")),
            View {
                millis: 600,
                ..view
            },
        ),
    ]
}
