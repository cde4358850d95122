//! Calls of the socket interface that a person lets a demonstration client make, one by one, on its
//! own socket. Each is a real call; what came of it is recorded as Python would write it.
//!
//! Knows nothing of who asks. What needs no connection is `apart`.

mod apart;
mod python;

use std::{collections::VecDeque, io};

use protocol::{Call, Called, Conn, End, Event, SocketOption};
use socket2::SockRef;

pub use apart::make as make_apart;

use crate::socket::Socket;
use python::{bytes, failure, name};

/// The most bytes that readline() asks for at once, as Python's buffered reader.
const FILE_BUFFER_BYTES: usize = 8192;
/// A longer line than this is given up.
const LINE_BYTES_MAX: usize = 64 << 10;

/// The program that a person writes call by call, where it stands.
#[derive(Debug)]
pub struct Program {
    asked: VecDeque<Call>,
    /// How long a call waits, nanoseconds; 0: not at all. None: for ever.
    timeout_nanos: Option<u64>,
    under_way: Option<UnderWay>,
    /// The socket's object has given its descriptor away.
    is_detached: bool,
}

/// A call that has not returned.
#[derive(Debug)]
struct UnderWay {
    call: Call,
    /// It gives up then.
    until_nanos: Option<u64>,
    /// What it has read or sent so far.
    line: Vec<u8>,
    sent: usize,
}

/// What became of a step.
#[derive(Debug)]
pub enum Progress {
    /// No call is asked for.
    Idle,
    /// A call, or a part of it, is made.
    Made,
    /// A call waits, until then at the most.
    Waits { until_nanos: Option<u64> },
    /// close(2) is to be called.
    Close,
}

/// What a call returned, as one would write it; or its error.
type Returned = io::Result<String>;

impl Default for Program {
    /// Calls wait for ever, as in Python.
    fn default() -> Program {
        Program {
            asked: VecDeque::new(),
            timeout_nanos: None,
            under_way: None,
            is_detached: false,
        }
    }
}

impl Program {
    /// Calls to be made when those before have returned.
    pub fn ask(&mut self, calls: impl IntoIterator<Item = Call>) {
        self.asked.extend(calls);
    }

    /// Makes a call, or goes on with it. Never waits.
    pub fn step(&mut self, socket: &mut Socket, now_nanos: u64) -> Progress {
        if self.under_way.is_none() {
            let Some(call) = self.asked.pop_front() else {
                return Progress::Idle;
            };
            self.under_way = Some(UnderWay {
                call,
                until_nanos: self.timeout_nanos.map(|nanos| now_nanos + nanos),
                line: Vec::new(),
                sent: 0,
            });
        }
        let Some(mut under_way) = self.under_way.take() else {
            return Progress::Idle;
        };
        if self.is_detached && !matches!(under_way.call, Call::Close | Call::Fileno) {
            tracing::debug!(call = under_way.call.method(), "the socket is detached");
            return Progress::Made;
        }
        match under_way.call.clone() {
            Call::Recv { bytes: asked } => self.recv(socket, under_way, asked, now_nanos),
            Call::RecvInto { bytes: asked } => self.recv(socket, under_way, asked, now_nanos),
            Call::Makefile => self.readline(socket, under_way, now_nanos),
            Call::Send { bytes: all } | Call::Sendall { bytes: all } => {
                let sent = socket.write(&all[under_way.sent..]);
                under_way.sent += sent;
                let is_once = matches!(under_way.call, Call::Send { .. });
                if sent == 0 {
                    self.wait(socket, under_way, bytes(&all), now_nanos)
                } else if is_once {
                    told(socket, "send", bytes(&all), Ok(sent.to_string()))
                } else if under_way.sent == all.len() {
                    told(socket, "sendall", bytes(&all), Ok(String::new()))
                } else {
                    self.under_way = Some(under_way);
                    Progress::Made
                }
            }
            Call::Shutdown => {
                socket.shut();
                let returned = match socket.is_gone() {
                    true => Err(io::ErrorKind::NotConnected.into()),
                    false => Ok(String::new()),
                };
                told(socket, "shutdown", "SHUT_WR".to_owned(), returned)
            }
            Call::Close if self.is_detached => {
                let descriptor = descriptor(&socket.sock());
                told(socket, "os.close", descriptor, Ok(String::new()));
                Progress::Close
            }
            Call::Close => {
                told(socket, "close", String::new(), Ok(String::new()));
                Progress::Close
            }
            Call::Detach => {
                self.is_detached = true;
                let descriptor = descriptor(&socket.sock());
                told(socket, "detach", String::new(), Ok(descriptor))
            }
            Call::Fileno if self.is_detached => {
                told(socket, "fileno", String::new(), Ok("-1".to_owned()))
            }
            Call::Setblocking { flag } => {
                self.timeout_nanos = (!flag).then_some(0);
                let argument = if flag { "True" } else { "False" };
                let returned = set_blocking(&socket.sock(), flag);
                told(socket, "setblocking", argument.to_owned(), returned)
            }
            Call::Settimeout { millis } => {
                self.timeout_nanos = millis.map(|millis| u64::from(millis) * 1_000_000);
                let argument = python::seconds(self.timeout_nanos);
                // With a timeout, too: Python waits by itself, with poll(2), and never in recv.
                let returned = set_blocking(&socket.sock(), millis.is_none());
                told(socket, "settimeout", argument, returned)
            }
            Call::Gettimeout => {
                let returned = Ok(python::seconds(self.timeout_nanos));
                told(socket, "gettimeout", String::new(), returned)
            }
            call => {
                let (arguments, returned) = ask_kernel(&socket.sock(), &call);
                told(socket, call.method(), arguments, returned)
            }
        }
    }

    fn recv(
        &mut self,
        socket: &mut Socket,
        under_way: UnderWay,
        asked: u32,
        now_nanos: u64,
    ) -> Progress {
        let mut buffer = vec![0; asked as usize];
        let arguments = match under_way.call {
            Call::RecvInto { .. } => format!("bytearray({asked})"),
            _ => asked.to_string(),
        };
        match socket.read(&mut buffer) {
            Some(returned) => {
                let result = match under_way.call {
                    Call::RecvInto { .. } => returned.to_string(),
                    _ => bytes(&buffer[..returned]),
                };
                told(socket, under_way.call.method(), arguments, Ok(result))
            }
            None => self.wait(socket, under_way, arguments, now_nanos),
        }
    }

    /// makefile('rb') and readline(): the file reads by recv until it has a whole line.
    fn readline(
        &mut self,
        socket: &mut Socket,
        mut under_way: UnderWay,
        now_nanos: u64,
    ) -> Progress {
        if under_way.sent == 0 {
            // The file is made once.
            under_way.sent = 1;
            let file = "<_io.BufferedReader>".to_owned();
            told(socket, "makefile", "'rb'".to_owned(), Ok(file));
        }
        let mut buffer = vec![0; FILE_BUFFER_BYTES];
        match socket.read(&mut buffer) {
            Some(returned) => {
                under_way.line.extend_from_slice(&buffer[..returned]);
                let end = under_way.line.iter().position(|&byte| byte == b'\n');
                let is_done = returned == 0 || under_way.line.len() > LINE_BYTES_MAX;
                match end.map(|end| end + 1) {
                    Some(to) => {
                        let line = bytes(&under_way.line[..to]);
                        told(socket, "readline", String::new(), Ok(line))
                    }
                    None if is_done => {
                        let line = bytes(&under_way.line);
                        told(socket, "readline", String::new(), Ok(line))
                    }
                    None => {
                        self.under_way = Some(under_way);
                        Progress::Made
                    }
                }
            }
            None => self.wait(socket, under_way, String::new(), now_nanos),
        }
    }

    /// The kernel has nothing, or no room: waits as long as the timeout allows.
    fn wait(
        &mut self,
        socket: &mut Socket,
        under_way: UnderWay,
        arguments: String,
        now_nanos: u64,
    ) -> Progress {
        let method = match under_way.call {
            Call::Makefile => "readline",
            ref call => call.method(),
        };
        if socket.is_gone() {
            let error = io::ErrorKind::ConnectionReset.into();
            return told(socket, method, arguments, Err(error));
        }
        match under_way.until_nanos {
            Some(until) if until <= now_nanos && self.timeout_nanos == Some(0) => {
                let error = io::ErrorKind::WouldBlock.into();
                told(socket, method, arguments, Err(error))
            }
            Some(until) if until <= now_nanos => {
                let error = io::ErrorKind::TimedOut.into();
                told(socket, method, arguments, Err(error))
            }
            until_nanos => {
                self.under_way = Some(under_way);
                Progress::Waits { until_nanos }
            }
        }
    }
}

/// Records a call that has returned.
fn told(socket: &mut Socket, method: &str, arguments: String, returned: Returned) -> Progress {
    let (conn, end) = socket.place();
    socket.flush();
    let called = called(Some(conn), end, method, arguments, returned);
    socket.tell(Event::Called(called));
    Progress::Made
}

fn called(
    conn: Option<Conn>,
    end: End,
    method: &str,
    arguments: String,
    returned: Returned,
) -> Called {
    let (result, errno) = match returned {
        Ok(result) => (result, None),
        Err(error) => failure(&error),
    };
    Called {
        conn,
        end,
        method: method.to_owned(),
        arguments: python::short(arguments),
        result: python::short(result),
        errno,
    }
}

/// What the kernel knows of a socket; and what may be set of it.
fn ask_kernel(sock: &SockRef<'_>, call: &Call) -> (String, Returned) {
    match *call {
        Call::Getsockname => (String::new(), sock.local_addr().map(|addr| name(&addr))),
        Call::Getpeername => (String::new(), sock.peer_addr().map(|addr| name(&addr))),
        Call::Fileno => (String::new(), Ok(descriptor(sock))),
        Call::Family => {
            let family = sock.local_addr().map(|addr| python::family(&addr));
            (String::new(), family)
        }
        Call::Type => (String::new(), sock.r#type().map(python::kind)),
        Call::Proto => (String::new(), protocol_number(sock)),
        Call::Getsockopt { option } => (which(option), get(sock, option)),
        Call::Setsockopt { option, value } => {
            let arguments = format!("{}, {value}", which(option));
            (arguments, set(sock, option, value))
        }
        // The others are made where their socket is.
        _ => (String::new(), Err(io::ErrorKind::Unsupported.into())),
    }
}

fn which(option: SocketOption) -> String {
    format!("{}, {}", option.level(), option.name())
}

fn get(sock: &SockRef<'_>, option: SocketOption) -> Returned {
    let switch = |is: io::Result<bool>| is.map(|is| u32::from(is).to_string());
    match option {
        SocketOption::ReceiveBuffer => sock.recv_buffer_size().map(|bytes| bytes.to_string()),
        SocketOption::SendBuffer => sock.send_buffer_size().map(|bytes| bytes.to_string()),
        SocketOption::NoDelay => switch(sock.tcp_nodelay()),
        SocketOption::KeepAlive => switch(sock.keepalive()),
        SocketOption::ReuseAddress => switch(sock.reuse_address()),
    }
}

fn set(sock: &SockRef<'_>, option: SocketOption, value: u32) -> Returned {
    let (bytes, is_on) = (value as usize, value != 0);
    match option {
        SocketOption::ReceiveBuffer => sock.set_recv_buffer_size(bytes),
        SocketOption::SendBuffer => sock.set_send_buffer_size(bytes),
        SocketOption::NoDelay => sock.set_tcp_nodelay(is_on),
        SocketOption::KeepAlive => sock.set_keepalive(is_on),
        SocketOption::ReuseAddress => sock.set_reuse_address(is_on),
    }
    .map(|()| String::new())
}

/// Sets or clears O_NONBLOCK. Our own calls never wait either way (MSG_DONTWAIT).
#[cfg(unix)]
fn set_blocking(sock: &SockRef<'_>, is: bool) -> Returned {
    sock.set_nonblocking(!is).map(|()| String::new())
}

/// Without MSG_DONTWAIT a blocking socket would stop the whole program.
#[cfg(not(unix))]
fn set_blocking(_sock: &SockRef<'_>, is: bool) -> Returned {
    match is {
        true => Err(io::ErrorKind::Unsupported.into()),
        false => Ok(String::new()),
    }
}

#[cfg(unix)]
fn descriptor(sock: &SockRef<'_>) -> String {
    use std::os::fd::AsRawFd;
    sock.as_raw_fd().to_string()
}

#[cfg(windows)]
fn descriptor(sock: &SockRef<'_>) -> String {
    use std::os::windows::io::AsRawSocket;
    sock.as_raw_socket().to_string()
}

/// SO_PROTOCOL.
#[cfg(target_os = "linux")]
fn protocol_number(sock: &SockRef<'_>) -> Returned {
    let protocol = sock.protocol()?;
    Ok(protocol.map_or(0, i32::from).to_string())
}

#[cfg(not(target_os = "linux"))]
fn protocol_number(_sock: &SockRef<'_>) -> Returned {
    Err(io::ErrorKind::Unsupported.into())
}
