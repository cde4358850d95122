//! Many connections at once, each in a state that follows from its number.

use model::{Show, Timeline};
use protocol::*;
use scene::{Frame, Lang, Link, Look, Picture, Scene};

/// A crowd and how to look at it.
#[derive(Clone, Copy, Debug)]
pub struct View {
    pub count: u32,
    pub look: Look,
    pub lang: Lang,
    pub link: Link,
    pub size: (f64, f64),
    /// So long after the last record.
    pub millis: u64,
}

impl Default for View {
    fn default() -> View {
        View {
            count: 3,
            look: Look::Light,
            lang: Lang::En,
            link: Link::Live,
            size: (1920.0, 660.0),
            millis: 2_000,
        }
    }
}

pub fn draw(view: View) -> Scene {
    let mut timeline = timeline(view.count);
    let now = timeline.last_shown() + Show::from_millis(view.millis);
    scene::stage(&Frame {
        state: timeline.state_at(now),
        now,
        focus: Some(Conn(2)).filter(|_| view.count > 0),
        width: view.size.0,
        height: view.size.1,
        picture: Picture::All,
        look: view.look,
        lang: view.lang,
        reduced_motion: false,
        link: view.link,
    })
}

pub fn timeline(count: u32) -> Timeline {
    let mut timeline = Timeline::new(Some(Conn(2)));
    let server: Address = "127.0.0.1:21567".parse().unwrap();
    let mut seq = 0;
    let mut push = |event: Event| {
        seq += 1;
        timeline.push(Record {
            seq: Seq(seq),
            at_nanos: seq * 80_000,
            event,
        });
    };
    push(Event::Listening(Listening {
        addr: server.clone(),
        backlog: 5,
        bufsize: 1024,
        sequential: false,
    }));
    push(Event::Waiting(Waiting {
        queued: if count > 0 { 2 } else { 0 },
        limit: 5,
    }));
    let policy = Policy {
        read_when: ReadWhen::Queued(100),
        bag: Some(100),
        ..Policy::default()
    };
    push(Event::Policy(PolicySet { conn: None, policy }));
    for number in 1..=count {
        let conn = Conn(number);
        let peer = Address::from(([192, 168, 7, 20], 40_000 + number as u16));
        let ours = number % 3 == 1;
        if ours {
            push(Event::Connected(Connected {
                conn,
                end: End::Client,
                local: peer.clone(),
                peer: server.clone(),
            }));
        }
        if number % 19 == 18 {
            // Nobody has accepted it.
            continue;
        }
        push(Event::Accepted(Accepted {
            conn,
            end: End::Server,
            peer,
            local: server.clone(),
        }));
        for event in life(number, ours) {
            push(event);
        }
    }
    timeline
}

/// What happens to a connection: sends of 20, 50 and 30, or a flood, and how it ends.
fn life(number: u32, ours: bool) -> Vec<Event> {
    let conn = Conn(number);
    let end = End::Server;
    let digits = |from: u64, bytes: u64| {
        let digit = |offset: u64| b'0' + (offset % 10) as u8;
        Some(Preview((from..from + bytes.min(256)).map(digit).collect()))
    };
    let flood = number % 11 == 5;
    let (times, segments) = if flood { (40, Some(90)) } else { (1, Some(1)) };
    let mut events = vec![];
    let mut offset = 0;
    let sizes: &[u64] = match number % 5 {
        0 => &[],
        1 => &[20, 50],
        2 => &[20, 50, 30],
        3 => &[7],
        _ => &[5, 12, 44, 9],
    };
    for &size in sizes {
        let bytes = if flood { size * 4_096 } else { size };
        let preview = if flood { None } else { digits(offset, bytes) };
        if ours {
            events.push(Event::Wrote(Wrote {
                conn,
                end: End::Client,
                offset,
                asked: bytes,
                accepted: bytes,
                times,
                since_nanos: None,
                preview: preview.clone(),
            }));
        }
        events.push(Event::Arrived(Arrived {
            conn,
            end,
            offset,
            bytes,
            segments,
            times,
            since_nanos: None,
            preview,
        }));
        offset += bytes;
    }
    if ours {
        events.push(Event::Wrote(Wrote {
            conn,
            end: End::Client,
            offset,
            asked: 30,
            accepted: 30,
            times: 1,
            since_nanos: None,
            preview: digits(offset, 30),
        }));
    }
    if number % 5 == 2 {
        events.push(Event::Read(Read {
            conn,
            end,
            offset: 0,
            asked: 1024,
            returned: offset,
            times: 1,
            since_nanos: None,
            preview: digits(0, offset),
        }));
        events.push(Event::Answered(Answered {
            conn,
            end,
            in_offset: 0,
            in_bytes: offset,
            out_offset: 0,
            stamp_bytes: 22,
            times: 1,
            since_nanos: None,
        }));
        events.push(Event::Wrote(Wrote {
            conn,
            end,
            offset: 0,
            asked: offset + 22,
            accepted: offset + 22,
            times: 1,
            since_nanos: None,
            preview: None,
        }));
        offset = 0;
    }
    match number % 7 {
        3 => events.push(Event::Policy(PolicySet {
            conn: Some(conn),
            policy: Policy {
                read_when: ReadWhen::Held,
                ..Policy::default()
            },
        })),
        4 if number.is_multiple_of(2) => events.push(Event::Reset(Reset {
            conn,
            end,
            by: End::Client,
        })),
        5 if number % 4 == 1 => {
            for end in [End::Server, End::Client]
                .into_iter()
                .take(1 + usize::from(ours))
            {
                let unread = if end == End::Server { offset } else { 0 };
                events.push(Event::Closed(Closed { conn, end, unread }));
            }
        }
        _ => {}
    }
    events
}
