//! The WebSocket to the relay: opened, judged, and opened again. Knows nothing of what the
//! messages mean.
//!
//! Page scripts cannot see WebSocket pings, and a socket whose network is gone stalls without a
//! close event: silence is judged by the relay's beat, which comes each second. A hidden page is
//! never cut for silence, since its timers are throttled.

use js_sys::{ArrayBuffer, Uint8Array};
use protocol::Cursor;
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{BinaryType, CloseEvent, MessageEvent, WebSocket};

use crate::browser;

/// What a socket says.
pub enum Heard {
    /// A binary message.
    Message(Vec<u8>),
    /// It is closed, or never opened.
    Closed,
}

/// The link, with at most one socket.
pub struct Link {
    /// Told of all that the current socket says; the number tells sockets apart.
    on_heard: fn(u32, Heard),
    /// To the lesson that the relay gives, not to its own server.
    to_lesson: bool,
    socket: Option<Socket>,
    /// How many sockets were opened.
    opened: u32,
    /// How many attempts failed since the relay was last heard.
    failed: u32,
    /// When to try again, while there is no socket.
    retry_at_millis: f64,
    /// When the relay was last heard, or began to be judged.
    heard_millis: f64,
    heard_ever: bool,
    /// Given up, because another version speaks.
    ended: bool,
}

struct Socket {
    socket: WebSocket,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_close: Closure<dyn FnMut(CloseEvent)>,
}

impl Link {
    /// Longer than this without a beat is silence.
    const SILENCE_MAX_MILLIS: f64 = 3_000.0;
    /// The first pause before another attempt; it doubles up to the longest.
    const RETRY_MIN_MILLIS: f64 = 250.0;
    const RETRY_MAX_MILLIS: f64 = 4_000.0;

    /// A link that opens its first socket with the first [`Link::tend`].
    pub fn new(on_heard: fn(u32, Heard), to_lesson: bool) -> Link {
        Link {
            on_heard,
            to_lesson,
            socket: None,
            opened: 0,
            failed: 0,
            retry_at_millis: 0.0,
            heard_millis: 0.0,
            heard_ever: false,
            ended: false,
        }
    }

    /// How the link stands, for the picture.
    pub fn state(&self) -> scene::Link {
        if self.ended {
            return scene::Link::Lost;
        }
        match (self.heard_ever, self.socket.is_some() && self.failed == 0) {
            (false, _) => scene::Link::Connecting,
            (true, true) => scene::Link::Live,
            (true, false) => scene::Link::Lost,
        }
    }

    /// Whether what is said comes from the socket that is in use.
    pub fn is_current(&self, socket: u32) -> bool {
        self.socket.is_some() && socket == self.opened
    }

    /// The relay has said something that makes sense: it is there.
    pub fn heard(&mut self, now_millis: f64) {
        self.heard_millis = now_millis;
        self.heard_ever = true;
        self.failed = 0;
    }

    /// Whether it leads to the lesson that the relay gives.
    pub fn is_to_lesson(&self) -> bool {
        self.to_lesson
    }

    /// The page can be seen again: silence counts from now.
    pub fn judge_from(&mut self, now_millis: f64) {
        self.heard_millis = now_millis;
    }

    /// The socket is closed or of no use; another attempt follows.
    pub fn lost(&mut self, now_millis: f64) {
        self.socket = None;
        let pause = Self::RETRY_MIN_MILLIS * 2f64.powi(self.failed.min(8) as i32);
        self.failed += 1;
        self.retry_at_millis = now_millis + pause.min(Self::RETRY_MAX_MILLIS);
    }

    /// No further attempts: another version speaks.
    pub fn end(&mut self) {
        self.socket = None;
        self.ended = true;
    }

    /// To be called a few times each second: gives up a silent socket, opens one if there is none.
    pub fn tend(&mut self, now_millis: f64, cursor: Option<Cursor>) {
        if self.ended {
            return;
        }
        if self.socket.is_none() {
            if now_millis >= self.retry_at_millis {
                self.open(now_millis, cursor);
            }
        } else if browser::is_visible() && now_millis - self.heard_millis > Self::SILENCE_MAX_MILLIS
        {
            self.lost(now_millis);
        }
    }

    /// Sends a message, if there is an open socket to send it on.
    #[must_use]
    pub fn send(&self, message: &[u8]) -> bool {
        self.state() == scene::Link::Live
            && self.socket.as_ref().is_some_and(|it| {
                it.socket.ready_state() == WebSocket::OPEN
                    && it.socket.send_with_u8_array(message).is_ok()
            })
    }

    fn open(&mut self, now_millis: f64, cursor: Option<Cursor>) {
        let Some(relay) = browser::relay() else {
            return;
        };
        let which = if self.to_lesson { "lesson" } else { "" };
        let resume = cursor.map_or(String::new(), |cursor| {
            format!("&run={}&after={}", cursor.run, cursor.seq)
        });
        self.opened += 1;
        self.heard_millis = now_millis;
        match Socket::open(
            &format!("{relay}mirror?{which}{resume}"),
            self.opened,
            self.on_heard,
        ) {
            Some(socket) => self.socket = Some(socket),
            None => self.lost(now_millis),
        }
    }
}

impl Socket {
    fn open(url: &str, number: u32, on_heard: fn(u32, Heard)) -> Option<Socket> {
        let socket = WebSocket::new(url).ok()?;
        socket.set_binary_type(BinaryType::Arraybuffer);
        let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            // The relay speaks binary only; a text would be decoded as an empty message.
            let data = event.data().dyn_into::<ArrayBuffer>();
            let bytes = data.map_or(Vec::new(), |data| Uint8Array::new(&data).to_vec());
            on_heard(number, Heard::Message(bytes));
        });
        let on_close = Closure::<dyn FnMut(CloseEvent)>::new(move |_| {
            on_heard(number, Heard::Closed);
        });
        socket.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        socket.set_onclose(Some(on_close.as_ref().unchecked_ref()));
        Some(Socket {
            socket,
            _on_message: on_message,
            _on_close: on_close,
        })
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.socket.set_onmessage(None);
        self.socket.set_onclose(None);
        // An error here would mean that it is closed already.
        let _ = self.socket.close();
    }
}
