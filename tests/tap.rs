//! A tap on the way to a page's port: all bytes that pass, each way, connection by connection. Knows
//! nothing of what they mean.

use std::{
    io,
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{
        TcpListener, TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    task::JoinHandle,
};

/// What one end of one connection has said so far.
type Said = Arc<Mutex<Vec<u8>>>;

/// Gone when dropped, but for the connections that are open.
pub struct Tap {
    /// Where it listens.
    pub addr: SocketAddr,
    passed: Arc<Mutex<Vec<Conversation>>>,
    accepting: JoinHandle<()>,
}

#[derive(Default)]
struct Conversation {
    asked: Said,
    answered: Said,
}

impl Tap {
    /// Leads all to that port.
    pub async fn before(far: SocketAddr) -> Tap {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let addr = listener.local_addr().unwrap();
        let passed = Arc::<Mutex<Vec<Conversation>>>::default();
        let conversations = Arc::clone(&passed);
        let accepting = tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                let (asked, answered) = (Said::default(), Said::default());
                conversations.lock().unwrap().push(Conversation {
                    asked: Arc::clone(&asked),
                    answered: Arc::clone(&answered),
                });
                tokio::spawn(async move {
                    let (from_near, to_near) = near.into_split();
                    let (from_far, to_far) = TcpStream::connect(far).await?.into_split();
                    // Each way by itself: one may end long before the other.
                    tokio::spawn(pass(from_near, to_far, asked));
                    pass(from_far, to_near, answered).await
                });
            }
        });
        Tap {
            addr,
            passed,
            accepting,
        }
    }

    /// What those behind the tap have sent: a text of bytes for each connection.
    pub fn asked(&self) -> Vec<Vec<u8>> {
        self.of(|it| &it.asked)
    }

    /// What was sent to them.
    pub fn answered(&self) -> Vec<Vec<u8>> {
        self.of(|it| &it.answered)
    }

    fn of(&self, way: impl Fn(&Conversation) -> &Said) -> Vec<Vec<u8>> {
        let passed = self.passed.lock().unwrap();
        let said = passed.iter().map(way);
        said.map(|said| said.lock().unwrap().clone()).collect()
    }
}

impl Drop for Tap {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

/// Nothing reaches the other side that is not kept here.
async fn pass(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, said: Said) -> io::Result<()> {
    let mut chunk = vec![0; 64 << 10];
    loop {
        let count = from.read(&mut chunk).await?;
        if count == 0 {
            return to.shutdown().await;
        }
        said.lock().unwrap().extend_from_slice(&chunk[..count]);
        to.write_all(&chunk[..count]).await?;
    }
}
