//! Where the records come from: the relay, or a recording that is read by a worker. Knows nothing
//! of what the records mean, nor how they are read.

use protocol::{
    Record,
    wire::{self, FromRelay, WireError},
};
use scene::Lang;

use crate::browser;

/// A recording that the page's server has.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Listed {
    /// Its name in links and for people.
    pub name: String,
    /// Where it is, seen from the page.
    pub file: String,
    /// How long it is, bytes.
    pub bytes: u64,
}

impl Listed {
    /// A line of the list: name, file and bytes between tabs.
    pub fn parse(line: &str) -> Option<Listed> {
        let mut parts = line.split('\t');
        Some(Listed {
            name: parts.next()?.to_owned(),
            file: parts.next()?.to_owned(),
            bytes: parts.next()?.parse().ok()?,
        })
    }
}

/// Where the records come from.
#[derive(Debug)]
pub enum Source {
    /// The list of recordings is on its way: nobody knows yet.
    Unknown,
    /// The relay.
    Relay,
    /// A recording.
    Recording(Reading),
}

/// A recording that is being read, or was.
#[derive(Debug)]
pub struct Reading {
    /// Its name.
    pub name: String,
    /// Tells the recordings apart that were opened one after the other.
    pub number: u32,
    /// Nothing more will come.
    pub is_read: bool,
    /// How much of it is read, hundredths; None: not known.
    pub percent: Option<u8>,
    /// Why it could be read no further.
    pub fault: Option<Fault>,
    /// What is left of the batch that is being taken.
    batch: std::vec::IntoIter<Record>,
}

/// Why a recording can be read no further.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault {
    /// What is wrong.
    pub why: Why,
    /// In which line; 0: in none.
    pub line: u32,
}

macro_rules! whys {
    ($($name:ident: $code:literal, $en:literal, $zh:literal;)*) => {
        /// What is wrong with a recording: the reader's codes.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Why {
            $(#[doc = $code] $name,)*
            /// Anything else.
            Other,
        }

        impl Why {
            fn of(code: &str) -> Why {
                match code {
                    $($code => Why::$name,)*
                    _ => Why::Other,
                }
            }

            /// A sentence for whoever opened the recording.
            pub fn text(self, lang: Lang) -> &'static str {
                match (self, lang) {
                    $((Why::$name, Lang::En) => $en, (Why::$name, Lang::Zh) => $zh,)*
                    (Why::Other, Lang::En) => "The recording cannot be read.",
                    (Why::Other, Lang::Zh) => "无法读取这份记录。",
                }
            }
        }
    };
}

whys! {
    Fetch: "fetch", "The recording cannot be fetched.", "取不到这份记录。";
    Read: "read", "The file cannot be read.", "读不了这个文件。";
    Gzip: "gzip", "The packing (gzip) is damaged.", "压缩数据（gzip）已损坏。";
    Empty: "empty", "the file is empty; a recording begins with a header.", "文件是空的；记录应以文件头开始。";
    Binary: "binary", "binary data; a recording is lines of JSON.", "是二进制数据；记录应是一行行 JSON。";
    Utf16: "utf16", "text in UTF-16; save it as UTF-8.", "是 UTF-16 文本，请存为 UTF-8。";
    TooLong: "too_long", "too long for a line of a recording.", "太长，不像记录的一行。";
    Line: "line", "not a record.", "不是一条记录。";
    NoHeader: "no_header", "no header; a recording begins with one.", "没有文件头；记录应以文件头开始。";
    Format: "format", "another version of the format.", "是另一版格式。";
    SecondHeader: "second_header", "a second header: another recording begins here.", "又一个文件头：另一份记录从这里开始。";
    NoKeyframe: "no_keyframe", "records were lost and no keyframe follows.", "有记录丢失，后面却没有关键帧。";
    Hole: "hole", "records before it are missing.", "前面缺了记录。";
    TimeWentBack: "time_went_back", "its time is before that of the record before it.", "时间早于前一条记录。";
}

impl Fault {
    /// From a code of the reader.
    pub fn of(code: &str, line: u32) -> Fault {
        Fault {
            why: Why::of(code),
            line,
        }
    }
}

impl Reading {
    /// Records are taken for so long at a time: a frame has to fit beside them.
    const SLICE_MILLIS: f64 = 5.0;
    /// The clock is asked once for so many records.
    const RECORDS_AT_ONCE: usize = 64;

    /// Nothing is read yet.
    pub fn new(name: String, number: u32) -> Reading {
        Reading {
            name,
            number,
            is_read: false,
            percent: None,
            fault: None,
            batch: Vec::new().into_iter(),
        }
    }

    /// Takes a message of the reader: records wait for [`Reading::slice`], anything else is
    /// returned.
    ///
    /// # Errors
    /// See [`WireError`].
    pub fn take(&mut self, bytes: &[u8]) -> Result<Option<FromRelay>, WireError> {
        match wire::decode::<FromRelay>(bytes)? {
            FromRelay::Records(records) => {
                self.batch = records.into_iter();
                Ok(None)
            }
            other => Ok(Some(other)),
        }
    }

    /// Gives away what waits, for a short time. True if there is more.
    pub fn slice(&mut self, mut push: impl FnMut(Record)) -> bool {
        let until = browser::now_millis() + Self::SLICE_MILLIS;
        while self.batch.len() > 0 && browser::now_millis() < until {
            self.batch
                .by_ref()
                .take(Self::RECORDS_AT_ONCE)
                .for_each(&mut push);
        }
        self.batch.len() > 0
    }
}
