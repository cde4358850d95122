//! WebSocket frames as a server sends them (RFC 6455, section 5.2), cut out of a stream of bytes.
//!
//! Knows nothing of sockets. It trusts its server: no fragments, no masks, no extensions.

/// What kind of frame it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A message.
    Binary,
    /// To be answered.
    Ping,
    /// The server ends.
    Close,
    /// Anything else.
    Other,
}

/// A whole frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frame<'a> {
    /// What kind it is.
    pub kind: Kind,
    /// How long its payload is, bytes.
    pub bytes: usize,
    /// The payload's beginning.
    pub kept: &'a [u8],
}

/// Cuts frames out of what comes.
#[derive(Debug)]
pub struct Frames {
    /// So many bytes of each payload are kept.
    kept_max: usize,
    header: Vec<u8>,
    /// The frame being taken in, and its length; None: its header is.
    opened: Option<(Kind, usize)>,
    missing: usize,
    kept: Vec<u8>,
}

impl Frames {
    /// Keeps at most so many bytes of each payload, from its beginning.
    #[must_use]
    pub fn new(kept_max: usize) -> Frames {
        Frames {
            kept_max,
            header: Vec::with_capacity(10),
            opened: None,
            missing: 0,
            kept: Vec::new(),
        }
    }

    /// Takes bytes in, and tells each frame that they end.
    pub fn feed(&mut self, mut bytes: &[u8], mut told: impl FnMut(Frame<'_>)) {
        loop {
            let (kind, payload) = match self.opened {
                Some(opened) => opened,
                None => {
                    let Some((&byte, rest)) = bytes.split_first() else {
                        return;
                    };
                    bytes = rest;
                    self.header.push(byte);
                    let Some(opened) = opened(&self.header) else {
                        continue;
                    };
                    self.header.clear();
                    self.kept.clear();
                    self.missing = opened.1;
                    self.opened = Some(opened);
                    opened
                }
            };
            let (here, rest) = bytes.split_at(self.missing.min(bytes.len()));
            bytes = rest;
            self.missing -= here.len();
            let room = self.kept_max - self.kept.len();
            self.kept.extend_from_slice(&here[..here.len().min(room)]);
            if self.missing > 0 {
                return;
            }
            self.opened = None;
            told(Frame {
                kind,
                bytes: payload,
                kept: &self.kept,
            });
        }
    }
}

/// A whole header: the kind, and the payload's length, bytes.
fn opened(header: &[u8]) -> Option<(Kind, usize)> {
    let [first, second, rest @ ..] = header else {
        return None;
    };
    let payload = match (second & 0x7f, rest) {
        (126, &[a, b]) => usize::from(u16::from_be_bytes([a, b])),
        (127, &[a, b, c, d, e, f, g, h]) => {
            usize::try_from(u64::from_be_bytes([a, b, c, d, e, f, g, h])).unwrap_or(usize::MAX)
        }
        (126 | 127, _) => return None,
        (short, _) => usize::from(short),
    };
    let kind = match first & 0x0f {
        2 => Kind::Binary,
        8 => Kind::Close,
        9 => Kind::Ping,
        _ => Kind::Other,
    };
    Some((kind, payload))
}

/// A frame with a binary message, as a server sends it.
#[must_use]
pub fn binary(payload: &[u8]) -> Vec<u8> {
    let mut frame = vec![0x82];
    match (u8::try_from(payload.len()), u16::try_from(payload.len())) {
        (Ok(short), _) if short < 126 => frame.push(short),
        (_, Ok(medium)) => {
            frame.push(126);
            frame.extend(medium.to_be_bytes());
        }
        _ => {
            frame.push(127);
            frame.extend((payload.len() as u64).to_be_bytes());
        }
    }
    frame.extend_from_slice(payload);
    frame
}

/// The empty pong of a client, masked by zeros.
pub const PONG: [u8; 6] = [0x8a, 0x80, 0, 0, 0, 0];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_found_however_the_bytes_are_cut() {
        let sizes = [0, 1, 125, 126, 127, 65_535, 65_536];
        let mut stream = vec![0x89, 0];
        for size in sizes {
            stream.extend(binary(&vec![b'x'; size]));
        }
        for piece in [1, 2, 3, 7, 1_000, 1 << 20] {
            let mut frames = Frames::new(usize::MAX);
            let mut told = Vec::new();
            for bytes in stream.chunks(piece) {
                frames.feed(bytes, |frame| {
                    assert_eq!(frame.kept.len(), frame.bytes);
                    told.push((frame.kind, frame.bytes));
                });
            }
            assert_eq!(told[0], (Kind::Ping, 0));
            let found: Vec<_> = told[1..].iter().map(|&(_, len)| len).collect();
            assert_eq!(found, sizes);
        }
    }

    #[test]
    fn only_the_beginning_is_kept() {
        let mut frames = Frames::new(3);
        let mut told = Vec::new();
        let twice = [binary(b"apple"), binary(b"fig")].concat();
        frames.feed(&twice, |frame| {
            told.push((frame.kept.to_vec(), frame.bytes))
        });
        assert_eq!(told, [(b"app".to_vec(), 5), (b"fig".to_vec(), 3)]);
    }
}
