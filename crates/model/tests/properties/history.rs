//! Random histories that a relay could have written: what a kernel would allow, in any order.

use proptest::prelude::*;
use protocol::*;

/// One thing that happens, with random sizes; what is not possible at the moment is left out.
#[derive(Clone, Copy, Debug)]
pub enum Step {
    Connect { ours: bool },
    Send { conn: usize, bytes: u64 },
    Arrive { conn: usize, bytes: u64, times: u32 },
    Read { conn: usize, asked: u64 },
    Answer { conn: usize },
    Write { conn: usize, bytes: u64 },
    Sample { conn: usize },
    Finish { conn: usize },
    Close { conn: usize },
    Reset { conn: usize },
    Policy { bufsize: u32 },
    Listen { backlog: u32 },
    Wait { nanos: u64 },
    Lose { records: u64 },
}

pub fn steps() -> impl Strategy<Value = Vec<Step>> {
    let conn = 0..4usize;
    let bytes = prop_oneof![1..100u64, 1..200_000u64];
    let step = prop_oneof![
        2 => any::<bool>().prop_map(|ours| Step::Connect { ours }),
        6 => (conn.clone(), bytes.clone()).prop_map(|(conn, bytes)| Step::Send { conn, bytes }),
        8 => (conn.clone(), bytes.clone(), prop_oneof![3 => Just(1), 1 => 2..50u32])
            .prop_map(|(conn, bytes, times)| Step::Arrive { conn, bytes, times }),
        8 => (conn.clone(), bytes.clone()).prop_map(|(conn, asked)| Step::Read { conn, asked }),
        6 => conn.clone().prop_map(|conn| Step::Answer { conn }),
        6 => (conn.clone(), bytes).prop_map(|(conn, bytes)| Step::Write { conn, bytes }),
        4 => conn.clone().prop_map(|conn| Step::Sample { conn }),
        1 => conn.clone().prop_map(|conn| Step::Finish { conn }),
        1 => conn.clone().prop_map(|conn| Step::Close { conn }),
        1 => conn.clone().prop_map(|conn| Step::Reset { conn }),
        1 => (1..65_537u32).prop_map(|bufsize| Step::Policy { bufsize }),
        1 => (0..65_536u32).prop_map(|backlog| Step::Listen { backlog }),
        6 => prop_oneof![0..50_000u64, 0..60_000_000_000u64]
            .prop_map(|nanos| Step::Wait { nanos }),
        1 => (1..500u64).prop_map(|records| Step::Lose { records }),
    ];
    proptest::collection::vec(step, 0..250)
}

#[derive(Clone, Copy, Default)]
struct Sim {
    conn: Conn,
    ours: bool,
    end: EndKeyframe,
    sent: Total,
    open: bool,
}

/// The records of a history. `lossy`: some are lost and told as such.
pub fn records(steps: &[Step], lossy: bool) -> Vec<Record> {
    let mut journal = Journal {
        seq: Seq(0),
        at_nanos: 0,
        records: vec![],
    };
    journal.stand_in(Event::Keyframe(Box::new(keyframe(
        &[],
        &Server::default(),
        0,
    ))));
    let mut server = Server::default();
    journal.add(Event::Listening(server.listening.clone()));
    let mut sims: Vec<Sim> = vec![];
    for step in steps {
        apply(step, &mut journal, &mut sims, &mut server, lossy);
    }
    journal.records
}

struct Journal {
    seq: Seq,
    at_nanos: u64,
    records: Vec<Record>,
}

impl Journal {
    fn add(&mut self, event: Event) {
        self.seq = self.seq.next();
        self.stand_in(event);
    }

    fn stand_in(&mut self, event: Event) {
        self.records.push(Record {
            seq: self.seq,
            at_nanos: self.at_nanos,
            event,
        });
    }
}

/// What is the server's, and no connection's.
struct Server {
    listening: Listening,
    policy: Policy,
}

impl Default for Server {
    fn default() -> Server {
        Server {
            listening: Listening {
                addr: ([127, 0, 0, 1], 21567).into(),
                backlog: 5,
                bufsize: 1024,
                sequential: false,
            },
            policy: Policy::default(),
        }
    }
}

fn keyframe(sims: &[Sim], server: &Server, accepted: u64) -> Keyframe {
    Keyframe {
        listening: Some(server.listening.clone()),
        waiting: None,
        policy: server.policy,
        accepted,
        conns: sims
            .iter()
            .filter(|sim| sim.open)
            .map(|sim| ConnKeyframe {
                conn: sim.conn,
                client: client(sim.conn),
                server: server.listening.addr.clone(),
                policy: server.policy,
                server_end: Some(sim.end),
                client_end: sim.ours.then(|| EndKeyframe {
                    wrote: sim.sent,
                    ..EndKeyframe::default()
                }),
            })
            .collect(),
        datagrams: Box::default(),
    }
}

fn client(conn: Conn) -> Address {
    ([127, 0, 0, 1], 40_000 + conn.0 as u16).into()
}

fn apply(
    step: &Step,
    journal: &mut Journal,
    sims: &mut Vec<Sim>,
    server: &mut Server,
    lossy: bool,
) {
    let count = sims.len();
    let pick = |index: usize| (count > 0).then(|| index % count);
    match *step {
        Step::Connect { ours } => {
            if sims.len() >= 40 {
                return;
            }
            let conn = Conn(sims.len() as u32 + 1);
            let (local, peer) = (client(conn), server.listening.addr.clone());
            if ours {
                journal.add(Event::Connected(Connected {
                    conn,
                    end: End::Client,
                    local: local.clone(),
                    peer: peer.clone(),
                }));
            }
            journal.add(Event::Accepted(Accepted {
                conn,
                end: End::Server,
                peer: local,
                local: peer,
            }));
            sims.push(Sim {
                conn,
                ours,
                open: true,
                ..Sim::default()
            });
        }
        Step::Wait { nanos } => journal.at_nanos += nanos,
        Step::Policy { bufsize } => {
            // The keyframes of this simulation know one policy only: the server's.
            let set = Policy {
                bufsize,
                ..Policy::default()
            };
            server.policy = set;
            journal.add(Event::Policy(PolicySet {
                conn: None,
                policy: set,
            }));
        }
        Step::Listen { backlog } => {
            server.listening.backlog = backlog;
            journal.add(Event::Listening(server.listening.clone()));
        }
        Step::Lose { records } => {
            if lossy {
                for sim in sims.iter_mut().filter(|sim| sim.open) {
                    sim.end.arrived.bytes += records;
                    sim.end.arrived.times += 1;
                    sim.sent.bytes += records;
                    sim.sent.times += 1;
                }
                journal.seq = Seq(journal.seq.0 + records);
                journal.stand_in(Event::Dropped(Dropped { records }));
                let frame = keyframe(sims, server, sims.len() as u64);
                journal.stand_in(Event::Keyframe(Box::new(frame)));
            }
        }
        Step::Send { conn, .. }
        | Step::Arrive { conn, .. }
        | Step::Read { conn, .. }
        | Step::Answer { conn }
        | Step::Write { conn, .. }
        | Step::Sample { conn }
        | Step::Finish { conn }
        | Step::Close { conn }
        | Step::Reset { conn } => {
            if let Some(index) = pick(conn)
                && sims[index].open
            {
                happen(step, journal, &mut sims[index]);
            }
        }
    }
}

fn happen(step: &Step, journal: &mut Journal, sim: &mut Sim) {
    let (conn, end) = (sim.conn, End::Server);
    let grow = |total: &mut Total, bytes: u64, times: u32| {
        let offset = total.bytes;
        total.bytes += bytes;
        total.times += u64::from(times);
        offset
    };
    match *step {
        Step::Send { bytes, .. } if sim.ours => {
            let offset = grow(&mut sim.sent, bytes, 1);
            journal.add(Event::Wrote(Wrote {
                conn,
                end: End::Client,
                offset,
                asked: bytes,
                accepted: bytes,
                times: 1,
                since_nanos: None,
                preview: Some(Preview(vec![b'0'; bytes.min(256) as usize].into())),
            }));
        }
        Step::Arrive { bytes, times, .. } if sim.end.shut_by_peer.eq(&false) => {
            let offset = grow(&mut sim.end.arrived, bytes, times);
            sim.end.segments += u64::from(times);
            journal.add(Event::Arrived(Arrived {
                conn,
                end,
                offset,
                bytes,
                segments: Some(times),
                times,
                since_nanos: (times > 1).then_some(journal.at_nanos),
                preview: None,
            }));
        }
        Step::Read { asked, .. } => {
            let returned = asked.min(sim.end.arrived.bytes - sim.end.read.bytes);
            if returned > 0 {
                let offset = grow(&mut sim.end.read, returned, 1);
                journal.add(Event::Read(Read {
                    conn,
                    end,
                    offset,
                    asked,
                    returned,
                    times: 1,
                    since_nanos: None,
                    preview: None,
                }));
            } else if sim.end.shut_by_peer && !sim.end.end_of_stream {
                sim.end.end_of_stream = true;
                journal.add(Event::EndOfStream(EndOfStream {
                    conn,
                    end,
                    offset: sim.end.read.bytes,
                }));
            }
        }
        Step::Answer { .. } => {
            let in_bytes = sim.end.read.bytes - sim.end.answered.bytes;
            if in_bytes > 0 {
                let out_offset = sim.end.answered.bytes + sim.end.stamp_bytes;
                let in_offset = grow(&mut sim.end.answered, in_bytes, 1);
                // Now and then the answer is to a message.
                if conn.0 % 2 == 0 && !in_bytes.is_multiple_of(3) {
                    sim.end.messages.bytes = in_offset;
                    grow(&mut sim.end.messages, in_bytes, 1);
                    journal.add(Event::Message(Message {
                        conn,
                        end,
                        offset: in_offset,
                        bytes: in_bytes,
                        framing_bytes: 1,
                        times: 1,
                        since_nanos: None,
                    }));
                }
                sim.end.stamp_bytes += 22;
                journal.add(Event::Answered(Answered {
                    conn,
                    end,
                    in_offset,
                    in_bytes,
                    out_offset,
                    stamp_bytes: 22,
                    times: 1,
                    since_nanos: None,
                }));
            }
        }
        Step::Write { bytes, .. } => {
            let composed = sim.end.answered.bytes + sim.end.stamp_bytes - sim.end.wrote.bytes;
            let accepted = bytes.min(composed);
            if accepted > 0 {
                let offset = grow(&mut sim.end.wrote, accepted, 1);
                journal.add(Event::Wrote(Wrote {
                    conn,
                    end,
                    offset,
                    asked: composed,
                    accepted,
                    times: 1,
                    since_nanos: None,
                    preview: None,
                }));
            }
        }
        Step::Sample { .. } => {
            let queues = Queues {
                conn,
                end,
                receive_queue: Some(sim.end.arrived.bytes - sim.end.read.bytes),
                receive_window: Some(65_536),
                kernel_memory: None,
                kernel_memory_limit: None,
                unsent: None,
                in_flight: None,
                rtt_nanos: Some(20_000),
                state: Some(TcpState::Established),
            };
            sim.end.queues = Some(queues);
            journal.add(Event::from(queues));
        }
        Step::Finish { .. } if !sim.end.shut_by_peer => {
            sim.end.shut_by_peer = true;
            journal.add(Event::HalfClosed(HalfClosed {
                conn,
                end,
                by: End::Client,
            }));
        }
        Step::Close { .. } | Step::Reset { .. } => {
            sim.open = false;
            if matches!(step, Step::Reset { .. }) {
                journal.add(Event::Reset(Reset {
                    conn,
                    end,
                    by: End::Client,
                }));
            }
            if sim.ours {
                journal.add(Event::Closed(Closed {
                    conn,
                    end: End::Client,
                    unread: 0,
                }));
            }
            journal.add(Event::Closed(Closed {
                conn,
                end,
                unread: sim.end.arrived.bytes - sim.end.read.bytes,
            }));
        }
        _ => {}
    }
}
