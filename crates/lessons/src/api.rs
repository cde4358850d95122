//! The tutorial's table of socket methods: what each does, the system call behind it, the lesson in
//! which it is seen, and by which record of the lesson `api` its example is told.
//!
//! Knows nothing of any run: call and result of an example are what a real recording says.

mod rows;

use protocol::{Event, Record};

pub use rows::ROWS;

/// The lesson whose run makes each call.
pub const LESSON: &str = "api";

/// One method, or one attribute.
#[derive(Debug, PartialEq, Eq)]
pub struct Row {
    /// Its name in Python.
    pub name: &'static str,
    /// How it is called: `s.recv(bufsize)`.
    pub form: &'static str,
    /// The part of the table in which the tutorial has it.
    pub group: Group,
    /// What it does. Where the tutorial slips, this puts it right.
    pub what: Text,
    /// The system call behind it, on Linux. Empty: none, Python knows it by itself.
    pub system_call: &'static str,
    /// The lesson in which it is seen, by its name.
    pub lesson: Option<&'static str>,
    /// What tells of its example.
    pub example: Example,
}

/// A text in both languages; `` `code` `` in it.
#[derive(Debug, PartialEq, Eq)]
pub struct Text {
    /// English.
    pub en: &'static str,
    /// Chinese.
    pub zh: &'static str,
}

/// A part of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// Of a server's socket.
    Server,
    /// Of a client's socket.
    Client,
    /// Of any socket.
    Common,
    /// About waiting.
    Blocking,
    /// About files.
    File,
    /// Attributes.
    Data,
}

impl Group {
    /// All of them, as the tutorial has them.
    pub const ALL: [Group; 6] = [
        Group::Server,
        Group::Client,
        Group::Common,
        Group::Blocking,
        Group::File,
        Group::Data,
    ];

    /// Its heading in the tutorial.
    #[must_use]
    pub fn heading(self) -> Text {
        let (en, zh) = match self {
            Group::Server => ("Server socket methods", "服务器套接字方法"),
            Group::Client => ("Client socket methods", "客户端套接字方法"),
            Group::Common => ("General socket methods", "普通的套接字方法"),
            Group::Blocking => ("Blocking-oriented methods", "面向阻塞的套接字方法"),
            Group::File => ("File-oriented methods", "面向文件的套接字方法"),
            Group::Data => ("Data attributes", "数据属性"),
        };
        Text { en, zh }
    }
}

/// Which kind of record tells of a row's example.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Example {
    /// `called`, with the row's name as its method.
    Called,
    /// `listening`.
    Listening,
    /// `accepted`.
    Accepted,
    /// `connected`.
    Connected,
    /// There is none: the method is there on Windows only.
    WindowsOnly,
}

impl Row {
    /// The row of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Row> {
        ROWS.iter().find(|row| row.name == name)
    }

    /// Whether a record tells of this row's example.
    #[must_use]
    pub fn is_told_by(&self, record: &Record) -> bool {
        match (self.example, &record.event) {
            (Example::Called, Event::Called(called)) => called.method == self.name,
            (Example::Listening, Event::Listening(_))
            | (Example::Accepted, Event::Accepted(_))
            | (Example::Connected, Event::Connected(_)) => true,
            _ => false,
        }
    }
}
