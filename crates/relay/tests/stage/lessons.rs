//! The mirror of lessons: who gives them is not the relay's business, so somebody is made up here.

use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
};

use futures_util::{FutureExt, SinkExt, StreamExt, future::BoxFuture};
use protocol::{
    Conn, Event, Lecture, LectureState, LessonRequest, Refusal, Request, Spacing,
    wire::{self, FromPage, FromRelay},
};
use relay::{Access, Config, EchoConfig, HallConfig, Lessons, Listeners, Page, Stage};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    sync::{oneshot, watch},
    task::JoinHandle,
    time::timeout,
};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async, tungstenite::Message};

use super::PATIENCE;

/// Opens a stage for each lesson, and plays nothing on it.
#[derive(Default)]
struct Teacher(
    Arc<watch::Sender<Option<(Lecture, Stage)>>>,
    watch::Sender<Option<Lecture>>,
);

/// The same one for the relay and for the test.
struct Shared(Arc<Teacher>);

impl Lessons for Shared {
    fn take_up(&self, request: LessonRequest) -> BoxFuture<'static, Result<(), Refusal>> {
        let teacher = Arc::clone(&self.0);
        async move {
            let LessonRequest::Begin { lesson } = request else {
                return Err(Refusal::NoSuchLesson);
            };
            let stage = Stage::open(EchoConfig::default(), "test").await;
            let stage = stage.map_err(|_| Refusal::NoSuchLesson)?;
            let lecture = Lecture {
                lesson,
                run: stage.header().run,
                step: 0,
                revealed: false,
                choices: 0,
                asked_before: 0,
                state: LectureState::Running,
            };
            teacher.0.send_replace(Some((lecture.clone(), stage)));
            teacher.1.send_replace(Some(lecture));
            Ok(())
        }
        .boxed()
    }

    fn told(&self) -> watch::Receiver<Option<Lecture>> {
        self.0.1.subscribe()
    }

    fn stage(&self) -> Option<Stage> {
        self.0.0.borrow().as_ref().map(|(_, stage)| stage.clone())
    }
}

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// A viewer.
struct Viewer(Socket);

impl Viewer {
    async fn until<T>(&mut self, mut is: impl FnMut(FromRelay) -> Option<T>) -> T {
        loop {
            let message = timeout(PATIENCE, self.0.next()).await.unwrap();
            let Message::Binary(message) = message.unwrap().unwrap() else {
                continue;
            };
            if let Some(found) = is(wire::decode(&message).unwrap()) {
                return found;
            }
        }
    }

    async fn ask(&mut self, request: Request) -> Option<Refusal> {
        let asked = wire::encode(&FromPage { id: 7, request });
        self.0.send(Message::Binary(asked.into())).await.unwrap();
        self.until(|told| match told {
            FromRelay::Answer { id: 7, refusal } => Some(refusal),
            _ => None,
        })
        .await
    }

    async fn lecture(&mut self) -> Option<Lecture> {
        self.until(|told| match told {
            FromRelay::Lesson(lecture) => Some(lecture.map(|lecture| *lecture)),
            _ => None,
        })
        .await
    }

    /// Reads on to the close frame.
    async fn close_reason(&mut self) -> String {
        loop {
            let message = timeout(PATIENCE, self.0.next()).await.unwrap();
            if let Message::Close(Some(close)) = message.unwrap().unwrap() {
                return close.reason.to_string();
            }
        }
    }
}

struct Running {
    page: std::net::SocketAddr,
    end: oneshot::Sender<()>,
    relay: JoinHandle<()>,
}

impl Running {
    fn start(lessons: Option<Arc<dyn Lessons>>) -> Running {
        const FILES: &[(&str, &[u8])] = &[("index.html", b"<!doctype html>")];
        let any = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let echo = EchoConfig::default();
        let listeners = Listeners::bind(&any.into(), any, &echo, &HallConfig::default()).unwrap();
        let page = listeners.page_addr();
        let config = Config {
            echo,
            page: Page::Inside(FILES).with_file("lessons.bin", &b"made"[..]),
            access: Access::default(),
            record_dir: None,
            lessons,
            hall: relay::HallConfig::default(),
            limits: relay::Limits::default(),
            transport: relay::Transport::default(),
            program: "test".into(),
        };
        let (end, ending) = oneshot::channel();
        let relay = tokio::spawn(async move {
            let ending = async {
                let _ = ending.await;
            };
            relay::run(config, listeners, None, ending).await.unwrap();
        });
        Running { page, end, relay }
    }

    async fn viewer(&self, query: &str) -> Result<Viewer, String> {
        let url = format!("ws://{}/mirror{query}", self.page);
        match connect_async(url).await {
            Ok((socket, _)) => Ok(Viewer(socket)),
            Err(error) => Err(error.to_string()),
        }
    }

    async fn end(self) {
        self.end.send(()).unwrap();
        timeout(PATIENCE, self.relay).await.unwrap().unwrap();
    }
}

fn begin(lesson: &str) -> Request {
    let lesson = lesson.into();
    Request::Lesson(LessonRequest::Begin { lesson })
}

#[tokio::test(flavor = "multi_thread")]
async fn the_lesson_has_a_mirror_of_its_own() {
    let running = Running::start(Some(Arc::new(Shared(Arc::default()))));
    let mut viewer = running.viewer("").await.unwrap();
    assert_eq!(viewer.lecture().await, None);
    assert!(
        running
            .viewer("?lesson")
            .await
            .err()
            .unwrap()
            .contains("404")
    );
    let show = Request::Lesson(LessonRequest::Show {
        step: 1,
        revealed: false,
    });
    assert_eq!(viewer.ask(show).await, Some(Refusal::NoSuchLesson));
    assert_eq!(viewer.ask(begin("belt")).await, None);
    // The answer and the news are not in an order: another one who joins is told for certain.
    let mut second = running.viewer("").await.unwrap();
    let belt = second.lecture().await.unwrap();
    assert_eq!(belt.lesson, "belt");

    let mut pupil = running.viewer("?lesson").await.unwrap();
    let run = pupil
        .until(|told| match told {
            FromRelay::Header(header) => Some(header.run),
            _ => None,
        })
        .await;
    assert_eq!(run, belt.run);
    // A request there reaches the stage: the client is the first of that journal.
    let send = Request::Send {
        conn: None,
        batches: vec![20],
        spacing: Spacing::WhenRecorded,
    };
    assert_eq!(pupil.ask(send).await, None);
    let refused = pupil.ask(Request::Record { on: true }).await;
    assert_eq!(refused, Some(Refusal::NoRecordDir));
    let mut reader = running.viewer("?lesson&after=0").await.unwrap();
    reader
        .until(|told| match told {
            FromRelay::Records(records) => records
                .iter()
                .any(|record| matches!(&record.event, Event::Accepted(e) if e.conn == Conn(1)))
                .then_some(()),
            _ => None,
        })
        .await;

    // Another lesson: the mirror of the one before is closed, and the next is told to all.
    assert_eq!(second.ask(begin("pace")).await, None);
    assert_eq!(pupil.close_reason().await, "the lesson ends");
    let pace = running.viewer("?lesson").await.unwrap().lecture().await;
    assert_eq!(pace.unwrap().lesson, "pace");
    running.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_lessons_there_are_none_and_a_file_made_at_the_start_is_served() {
    let running = Running::start(None);
    let mut viewer = running.viewer("").await.unwrap();
    assert_eq!(viewer.ask(begin("belt")).await, Some(Refusal::NoLessons));
    assert!(
        running
            .viewer("?lesson")
            .await
            .err()
            .unwrap()
            .contains("404")
    );
    let mut asks = TcpStream::connect(running.page).await.unwrap();
    let request = format!(
        "GET /lessons.bin HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n",
        running.page
    );
    asks.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    timeout(PATIENCE, asks.read_to_string(&mut answer))
        .await
        .unwrap()
        .unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert!(answer.ends_with("\r\n\r\nmade"), "{answer}");
    drop(viewer);
    running.end().await;
}
