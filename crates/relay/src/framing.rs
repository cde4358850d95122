//! Finding messages in the bytes that the reads returned, by tokio-util's codecs. In user space:
//! the kernel knows of no message.
//!
//! Bytes in, lengths out: knows nothing of sockets, and keeps no more than one message and what
//! was read beyond it.

use bytes::{Buf, Bytes, BytesMut};
use protocol::Framing;
use tokio_util::codec::{AnyDelimiterCodec, Decoder, LengthDelimitedCodec};

/// Finds the messages of one stream, from a place where one begins.
#[derive(Debug)]
pub struct Framer {
    codec: Codec,
    /// What was fed and not decoded. A codec may take a head before the rest has come.
    undecoded: BytesMut,
    /// Bytes fed since the last message ended.
    begun: usize,
    /// The head of the message begun, as far as it was fed, where the framing has one.
    head: Vec<u8>,
    head_bytes: usize,
}

/// A whole message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    /// What it takes of the stream.
    pub bytes: usize,
    /// How much of that is its head or its delimiter.
    pub framing_bytes: usize,
}

/// What begins here is longer than any message may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLong;

impl Framer {
    /// For a stream of which a message begins with the next byte.
    #[must_use]
    pub fn new(framing: Framing) -> Framer {
        let most = Framing::MESSAGE_BYTES_MAX as usize;
        let (codec, head_bytes) = match framing {
            Framing::Fixed(bytes) => (Codec::Fixed(bytes as usize), 0),
            // What would join chunks again is not used: the echo answers what came.
            Framing::Delimiter(byte) => {
                let codec = AnyDelimiterCodec::new_with_max_length(vec![byte], vec![byte], most);
                (Codec::Delimiter(codec), 0)
            }
            Framing::Length(bytes) => {
                let codec = LengthDelimitedCodec::builder()
                    .length_field_length(usize::from(bytes))
                    .max_frame_length(most)
                    .new_codec();
                (Codec::Length(codec), usize::from(bytes))
            }
        };
        Framer {
            codec,
            undecoded: BytesMut::new(),
            begun: 0,
            head: Vec::new(),
            head_bytes,
        }
    }

    /// Takes in what a read returned.
    pub fn feed(&mut self, bytes: &[u8]) {
        self.undecoded.extend_from_slice(bytes);
        self.begun += bytes.len();
        self.behead(bytes.len());
    }

    /// The next whole message; None: what is left is none yet.
    ///
    /// # Errors
    /// No more messages can be found.
    pub fn next(&mut self) -> Result<Option<Found>, TooLong> {
        let Some(payload) = self.codec.decode(&mut self.undecoded)? else {
            return Ok(None);
        };
        let bytes = self.begun - self.undecoded.len();
        self.begun = self.undecoded.len();
        self.head.clear();
        self.behead(self.begun);
        if self.begun == 0 {
            // A thousand connections must not keep what a thousand long messages once took.
            self.undecoded = BytesMut::new();
        }
        Ok(Some(Found {
            bytes,
            framing_bytes: bytes - payload,
        }))
    }

    /// How many bytes the message that has begun says that it has, without its head.
    #[must_use]
    pub fn claims(&self) -> Option<u64> {
        (self.head_bytes > 0 && self.head.len() == self.head_bytes).then(|| {
            self.head
                .iter()
                .fold(0, |sum, &byte| sum << 8 | u64::from(byte))
        })
    }

    /// Remembers the head of the message begun, which stands in the last `fresh` bytes fed.
    fn behead(&mut self, fresh: usize) {
        let lacks = (self.head_bytes - self.head.len()).min(fresh);
        let from = self.undecoded.len() - fresh;
        self.head
            .extend_from_slice(&self.undecoded[from..from + lacks]);
    }
}

#[derive(Debug)]
enum Codec {
    Fixed(usize),
    Delimiter(AnyDelimiterCodec),
    Length(LengthDelimitedCodec),
}

impl Codec {
    /// Takes a message off; how many bytes it has without its framing.
    fn decode(&mut self, bytes: &mut BytesMut) -> Result<Option<usize>, TooLong> {
        match self {
            Codec::Fixed(size) => Ok((bytes.len() >= *size).then(|| {
                bytes.advance(*size);
                *size
            })),
            Codec::Delimiter(codec) => codec
                .decode(bytes)
                .map(|message| message.as_ref().map(Bytes::len))
                .map_err(|_| TooLong),
            Codec::Length(codec) => codec
                .decode(bytes)
                .map(|message| message.as_ref().map(BytesMut::len))
                .map_err(|_| TooLong),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*};

    use super::*;

    /// What is found when the bytes come in pieces that end at the cuts.
    fn found(framing: Framing, bytes: &[u8], cuts: &[usize]) -> (Vec<(usize, usize)>, bool) {
        let mut framer = Framer::new(framing);
        let mut told = Vec::new();
        let mut edges: Vec<usize> = cuts.iter().map(|cut| cut % (bytes.len() + 1)).collect();
        edges.extend([0, bytes.len()]);
        edges.sort_unstable();
        for edge in edges.windows(2) {
            framer.feed(&bytes[edge[0]..edge[1]]);
            loop {
                match framer.next() {
                    Ok(Some(message)) => told.push((message.bytes, message.framing_bytes)),
                    Ok(None) => break,
                    Err(TooLong) => return (told, true),
                }
            }
        }
        (told, false)
    }

    fn messages(framing: &str, bytes: &[u8]) -> Vec<(usize, usize)> {
        found(framing.parse().unwrap(), bytes, &[]).0
    }

    #[test]
    fn the_same_bytes_under_three_framings() {
        let mut bytes = Vec::new();
        for size in [20_u8, 50, 30] {
            bytes.push(size - 1);
            bytes.extend(std::iter::repeat_n(b'x', usize::from(size) - 2));
            bytes.push(b'\n');
        }
        let sizes = [(20, 1), (50, 1), (30, 1)];
        assert_eq!(messages("length:1", &bytes), sizes);
        assert_eq!(messages("lines", &bytes), sizes);
        assert_eq!(messages("fixed:20", &bytes), [(20, 0); 5]);
    }

    #[test]
    fn an_empty_message_is_one() {
        assert_eq!(messages("lines", b"\n\na\n"), [(1, 1), (1, 1), (2, 1)]);
        assert_eq!(messages("length:2", b"\0\0\0\x01a\0"), [(2, 2), (3, 2)]);
    }

    #[test]
    fn what_is_too_long_ends_it_and_says_how_long_it_claims_to_be() {
        let mut framer = Framer::new(Framing::Length(4));
        framer.feed(b"\0\0\0\x01a\xff\xff");
        assert_eq!(
            framer.next(),
            Ok(Some(Found {
                bytes: 5,
                framing_bytes: 4
            }))
        );
        assert_eq!((framer.next(), framer.claims()), (Ok(None), None));
        framer.feed(b"\xff\xff");
        assert_eq!(framer.next(), Err(TooLong));
        assert_eq!(framer.claims(), Some(0xffff_ffff));

        let most = Framing::MESSAGE_BYTES_MAX as usize;
        let mut line = vec![b'x'; most];
        line.push(b'\n');
        assert_eq!(messages("lines", &line), [(most + 1, 1)]);
        line.insert(0, b'x');
        assert_eq!(found(Framing::LINES, &line, &[]), (vec![], true));
    }

    fn framing() -> impl Strategy<Value = Framing> {
        prop_oneof![
            (1..40_u32).prop_map(Framing::Fixed),
            Just(Framing::LINES),
            proptest::sample::select(vec![1_u8, 2, 4]).prop_map(Framing::Length),
        ]
    }

    proptest! {
        /// However the reads cut the bytes, the messages are the same.
        #[test]
        fn any_cut_gives_the_same_messages(
            framing in framing(),
            bytes in vec(prop_oneof![Just(0_u8), Just(3), Just(b'\n'), any::<u8>()], 0..400),
            cuts in vec(any::<usize>(), 0..50),
        ) {
            let whole = found(framing, &bytes, &[]);
            prop_assert_eq!(&found(framing, &bytes, &cuts), &whole);
            let one_by_one: Vec<usize> = (0..bytes.len()).collect();
            prop_assert_eq!(&found(framing, &bytes, &one_by_one), &whole);
            // They stand one behind the other, and never beyond what was read.
            let sum: usize = whole.0.iter().map(|message| message.0).sum();
            prop_assert!(sum <= bytes.len());
        }

        /// What a program frames, another finds.
        #[test]
        fn what_was_framed_is_found(sizes in vec(0..200_usize, 0..20), cuts in vec(any::<usize>(), 0..9)) {
            let (mut lines, mut prefixed) = (Vec::new(), Vec::new());
            for &size in &sizes {
                lines.extend(std::iter::repeat_n(b'x', size));
                lines.push(b'\n');
                prefixed.extend((size as u16).to_be_bytes());
                prefixed.extend(std::iter::repeat_n(b'x', size));
            }
            let expected = |framing_bytes| -> Vec<(usize, usize)> {
                sizes.iter().map(|size| (size + framing_bytes, framing_bytes)).collect()
            };
            prop_assert_eq!(found(Framing::LINES, &lines, &cuts).0, expected(1));
            prop_assert_eq!(found(Framing::Length(2), &prefixed, &cuts).0, expected(2));
        }
    }
}
