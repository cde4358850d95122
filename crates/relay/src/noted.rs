//! The calls by which a program of ours makes a socket, noted as they are made, to be told when it is
//! known whose socket it is.
//!
//! Knows nothing of journals.

use std::io;

use protocol::{Address, Called, End};
use socket2::SockRef;

/// The calls of one program that have returned, in order.
#[derive(Debug)]
pub struct Calls {
    end: End,
    made: Vec<Called>,
}

impl Calls {
    /// None yet.
    pub fn of(end: End) -> Calls {
        let made = Vec::new();
        Calls { end, made }
    }

    /// Notes a call: its name in Python, what it was given and what it returned.
    pub fn note(&mut self, method: &str, arguments: impl Into<String>, result: impl Into<String>) {
        self.made.push(Called {
            conn: None,
            end: self.end,
            method: method.to_owned(),
            arguments: arguments.into(),
            result: result.into(),
            errno: None,
        });
    }

    /// Notes socket(2) for a stream of that address's family.
    pub fn note_socket(&mut self, addr: &Address) {
        let family = addr.family().constant();
        self.note("socket", format!("{family}, SOCK_STREAM"), "");
    }

    /// Notes bind(2).
    pub fn note_bind(&mut self, addr: &Address) {
        let argument = match addr {
            Address::Inet(addr) => format!("(\"{}\", {})", addr.ip(), addr.port()),
            Address::Unix(name) => format!("\"{}\"", name.as_str()),
        };
        self.note("bind", argument, "");
    }

    /// Asks for sizes of the kernel's buffers, bytes, and looks what came of it: Linux doubles them.
    ///
    /// # Errors
    /// As setsockopt(2) and getsockopt(2).
    pub fn set_buffers(
        &mut self,
        socket: SockRef<'_>,
        receive: Option<u32>,
        send: Option<u32>,
    ) -> io::Result<()> {
        if let Some(asked) = receive {
            socket.set_recv_buffer_size(asked as usize)?;
            self.note_buffer("SO_RCVBUF", asked, socket.recv_buffer_size()?);
        }
        if let Some(asked) = send {
            socket.set_send_buffer_size(asked as usize)?;
            self.note_buffer("SO_SNDBUF", asked, socket.send_buffer_size()?);
        }
        Ok(())
    }

    fn note_buffer(&mut self, name: &str, asked: u32, effective: usize) {
        let which = format!("SOL_SOCKET, {name}");
        self.note("setsockopt", format!("{which}, {asked}"), "");
        self.note("getsockopt", which, effective.to_string());
    }

    /// What was noted.
    pub fn made(self) -> Vec<Called> {
        self.made
    }
}
