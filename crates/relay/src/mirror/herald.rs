//! The herald: brings each frame to all viewers that are up to date, one after the other, as the bytes
//! that go out. None of their tasks is woken for it, which would cost more than to write.
//!
//! He waits for nobody: who is not at the frame before, or whose socket is full, gets on by itself. So
//! there is still no queue for a viewer. Knows nothing of what records mean.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use bytes::Bytes;
use protocol::Seq;

use super::outlet::{Brought, Lent, Outlet, head};
use crate::{
    Journal, Reader,
    journal::{Frame, Place},
};

/// So many are written to before others get the thread.
const AT_A_TIME: usize = 128;
/// So many more than there are may wait to be heard of, before those are looked for that have left.
const LEFT_MAX: usize = 64;

/// Who is to be told of a viewer that is up to date.
#[derive(Debug, Default)]
pub struct Herald {
    unheard: Mutex<Unheard>,
}

/// Those that he has not heard of yet, because nothing has come since.
#[derive(Debug, Default)]
struct Unheard {
    viewers: Vec<Viewer>,
    /// How many were still there when that was looked at last.
    stayed: usize,
}

impl Unheard {
    /// Many may come and go while nothing comes.
    fn push(&mut self, viewer: Viewer) {
        if self.viewers.len() >= 2 * self.stayed + LEFT_MAX {
            self.viewers
                .retain(|viewer| viewer.outlet.strong_count() > 0);
            self.stayed = self.viewers.len();
        }
        self.viewers.push(viewer);
    }
}

/// Whom he brings it to.
#[derive(Debug)]
struct Viewer {
    /// Its task has it: it ends when that does.
    outlet: Weak<Outlet>,
    place: Arc<Place>,
    without_bytes: bool,
}

impl Herald {
    /// Brings what comes in that journal, until dropped.
    pub async fn bring(&self, journal: &Journal) {
        let mut viewers = Vec::new();
        let mut after = Seq(0);
        loop {
            let announced = journal.announce().await;
            viewers.append(&mut self.unheard().viewers);
            if viewers.is_empty() {
                after = announced;
            }
            // And no further: who has just been lent knows what was announced, but not what comes.
            while after < announced {
                let Some(frame) = journal.next_frame(after) else {
                    // Each goes on from a keyframe, and is told so.
                    after = announced;
                    let outlets = viewers.iter().filter_map(|it| it.outlet.upgrade());
                    outlets.for_each(|outlet| outlet.give_back());
                    break;
                };
                after = frame.last;
                bring(&frame, &mut viewers).await;
            }
        }
    }

    /// He brings what comes to that reader's viewer, if its task owes it nothing. False: it does.
    pub fn brings_to(&self, reader: &Reader, outlet: &Arc<Outlet>, after: Seq) -> bool {
        match outlet.lend(after) {
            Lent::Not => return false,
            Lent::Known => {}
            Lent::Unheard => self.unheard().push(Viewer {
                outlet: Arc::downgrade(outlet),
                place: reader.place(),
                without_bytes: reader.is_without_bytes(),
            }),
        }
        true
    }

    fn unheard(&self) -> MutexGuard<'_, Unheard> {
        // Nothing in there can panic half-way through a change.
        self.unheard.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Brings one frame to all, and forgets those that get on by themselves.
async fn bring(frame: &Frame, viewers: &mut Vec<Viewer>) {
    let told = |without_bytes| framed(frame.clone().told(without_bytes));
    let (mut full, mut bare) = (None, None);
    let mut at = 0;
    while let Some(viewer) = viewers.get(at) {
        let (bytes, framed) = match viewer.without_bytes {
            true => bare.get_or_insert_with(|| told(true)),
            false => full.get_or_insert_with(|| told(false)),
        };
        let count = || viewer.place.took(Some(frame.last), *bytes);
        let brought = match viewer.outlet.upgrade() {
            Some(outlet) => outlet.bring(frame.first, frame.last, framed, count),
            None => Brought::Forgotten,
        };
        match brought {
            Brought::Whole | Brought::Returned => at += 1,
            Brought::Forgotten => drop(viewers.swap_remove(at)),
        }
        if at.is_multiple_of(AT_A_TIME) {
            tokio::task::yield_now().await;
        }
    }
}

/// How long the message is, and the frame that it is sent as, in one piece for all.
fn framed(message: Bytes) -> (usize, Bytes) {
    (message.len(), [head(&message), message].concat().into())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use futures_util::{SinkExt, StreamExt};
    use protocol::{
        Conn, End, Event, Preview, Run, Wrote,
        wire::{self, FromRelay},
    };
    use socket2::SockRef;
    use tokio::{
        net::{TcpListener, TcpSocket, TcpStream},
        sync::watch,
        time::{sleep, timeout},
    };
    use tokio_tungstenite::{
        WebSocketStream,
        tungstenite::{Message, protocol::Role},
    };

    use super::*;
    use crate::mirror::{
        following::{Due, Following},
        outlet::Plug,
    };

    const VIEWERS: u64 = 6;
    /// Of these each frame goes on from the last, whether or not all have got that.
    const FLOOD: u64 = 20_000;
    /// Of these each is the last for a while.
    const DROPS: u64 = 1_500;

    /// Looks random; the same in each run.
    struct Dice(u64);

    impl Dice {
        fn below(&mut self, bound: u64) -> u64 {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005);
            self.0 = self.0.wrapping_add(1_442_695_040_888_963_407);
            (self.0 >> 33) % bound
        }
    }

    /// Two ends of a connection that holds little.
    async fn pair() -> (TcpStream, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let peer = TcpSocket::new_v4().unwrap();
        peer.set_recv_buffer_size(4096).unwrap();
        let peer = peer.connect(listener.local_addr().unwrap());
        let (peer, accepted) = tokio::join!(peer, listener.accept());
        let socket = accepted.unwrap().0;
        SockRef::from(&socket).set_send_buffer_size(4096).unwrap();
        (socket, peer.unwrap())
    }

    fn wrote(at: u64) -> Event {
        Event::Wrote(Wrote {
            conn: Conn(1),
            end: End::Server,
            offset: at,
            asked: 64,
            accepted: 64,
            times: 1,
            since_nanos: None,
            preview: Some(Preview([b'x'; 64].as_slice().into())),
        })
    }

    /// The viewer's task: as the mirror's, and it says something of its own now and then.
    async fn serve(journal: Arc<Journal>, herald: Arc<Herald>, socket: TcpStream, mut dice: Dice) {
        let outlet = Outlet::new(socket);
        let plug = Plug(Arc::clone(&outlet));
        let mut viewer = WebSocketStream::from_raw_socket(plug, Role::Server, None).await;
        let mut following = Following::new(journal.read_from(None), &herald, Some(&outlet));
        loop {
            let own = Duration::from_micros(dice.below(3_000));
            tokio::select! {
                due = following.next() => match due {
                    Due::Send(message) => {
                        viewer.send(Message::Binary(message)).await.unwrap();
                    }
                    Due::Flush => viewer.flush().await.unwrap(),
                },
                heard = viewer.next() => match heard {
                    Some(Ok(Message::Ping(_))) => {}
                    _ => return,
                },
                () = sleep(own) => {
                    let at_nanos = 7;
                    let beat = wire::encode(&FromRelay::Beat { at_nanos });
                    viewer.send(Message::Binary(beat.into())).await.unwrap();
                }
            }
        }
    }

    /// The other end, which reads when it likes and asks for pongs, and says how far it is.
    async fn look_on(peer: TcpStream, mut dice: Dice, is_at: watch::Sender<u64>) {
        let mut viewer = WebSocketStream::from_raw_socket(peer, Role::Client, None).await;
        let mut at = 0;
        while at < FLOOD + DROPS {
            if at < FLOOD {
                match dice.below(100) {
                    0 => sleep(Duration::from_millis(dice.below(40))).await,
                    1 => viewer
                        .send(Message::Ping(vec![7; 100].into()))
                        .await
                        .unwrap(),
                    _ => {}
                }
            }
            let Message::Binary(message) = viewer.next().await.unwrap().unwrap() else {
                continue;
            };
            let FromRelay::Records(records) = wire::decode(&message).unwrap() else {
                continue;
            };
            for record in records {
                if !matches!(record.event, Event::Keyframe(_)) {
                    at += 1;
                }
                assert_eq!(record.seq, Seq(at), "none is missing, none comes twice");
            }
            is_at.send_replace(at);
        }
    }

    #[tokio::test]
    async fn who_comes_and_goes_while_nothing_happens_leaves_nothing() {
        let journal = Arc::new(Journal::new(Run(1)));
        let herald = Herald::default();
        let mut stay = Vec::new();
        for who in 0..1_000 {
            let (socket, _peer) = pair().await;
            let outlet = Outlet::new(socket);
            let reader = journal.read_from(None);
            assert!(herald.brings_to(&reader, &outlet, Seq(0)));
            if who % 100 == 0 {
                stay.push(outlet);
            }
        }
        let unheard = herald.unheard();
        let stayed = unheard.viewers.iter().filter_map(|it| it.outlet.upgrade());
        assert_eq!(stayed.count(), stay.len());
        assert!(unheard.viewers.len() <= 2 * stay.len() + LEFT_MAX);
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn each_viewer_gets_each_record_once_whoever_brings_it() {
        let journal = Arc::new(Journal::new(Run(1)));
        let herald = Arc::new(Herald::default());
        let mut viewers = Vec::new();
        for who in 0..VIEWERS {
            let (socket, peer) = pair().await;
            let (journal, herald) = (Arc::clone(&journal), Arc::clone(&herald));
            tokio::spawn(serve(journal, herald, socket, Dice(who)));
            let (is_at, at) = watch::channel(0);
            tokio::spawn(look_on(peer, Dice(who + VIEWERS), is_at));
            viewers.push(at);
        }
        let brings = tokio::spawn({
            let (journal, herald) = (Arc::clone(&journal), Arc::clone(&herald));
            async move { herald.bring(&journal).await }
        });
        let all_are_at = async |viewers: &mut [watch::Receiver<u64>], head: u64| {
            for viewer in viewers {
                let comes = timeout(Duration::from_secs(30), viewer.wait_for(|at| *at >= head));
                comes.await.expect("it comes").expect("it lives");
            }
        };
        let mut dice = Dice(99);
        for at in 1..=FLOOD {
            journal.record(wrote(at));
            if dice.below(40) == 0 {
                journal.seal();
                sleep(Duration::from_micros(dice.below(800))).await;
            }
        }
        journal.seal();
        all_are_at(&mut viewers, FLOOD).await;
        for at in FLOOD + 1..=FLOOD + DROPS {
            journal.record(wrote(at));
            journal.seal();
            all_are_at(&mut viewers, at).await;
        }
        brings.abort();
    }
}
