//! From what a person typed to a wish that the relay can be asked. Knows nothing of fields or
//! panels; what is out of range is refused in the same words as by the relay.

use protocol::{Policy, ReadWhen, Refusal, Request};

/// Why a text is no wish.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Complaint {
    /// It is no whole number.
    NotANumber,
    /// The relay would refuse it, or did.
    Refused(Refusal),
    /// The relay is not heard: nothing was asked.
    NotHeard,
}

impl From<Refusal> for Complaint {
    fn from(refusal: Refusal) -> Self {
        Complaint::Refused(refusal)
    }
}

/// One thing of a policy that a person may change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// When a read may be made.
    ReadWhen(ReadWhen),
    /// BUFSIZE.
    Bufsize(u32),
    /// The pause before each recv, milliseconds.
    PauseMillis(u32),
    /// The bag; None: no bag.
    Bag(Option<u32>),
    /// All of it.
    All(Policy),
}

/// The policy after a change, if it is one.
pub fn changed(policy: Policy, change: Change) -> Result<Policy, Complaint> {
    let policy = match change {
        Change::ReadWhen(read_when) => Policy {
            read_when,
            ..policy
        },
        Change::Bufsize(bufsize) => Policy { bufsize, ..policy },
        Change::PauseMillis(pause_millis) => Policy {
            pause_millis,
            ..policy
        },
        Change::Bag(bag) => Policy { bag, ..policy },
        Change::All(policy) => policy,
    };
    policy.check()?;
    Ok(policy)
}

/// A whole number. Groups may be parted by spaces or commas, as numbers are shown.
pub fn number(text: &str) -> Result<u32, Complaint> {
    let digits: String = text
        .chars()
        .filter(|c| !c.is_whitespace() && *c != ',')
        .collect();
    digits.parse().map_err(|_| Complaint::NotANumber)
}

/// A number, or nothing at all.
pub fn optional_number(text: &str) -> Result<Option<u32>, Complaint> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    number(text).map(Some)
}

/// Batches: numbers parted by pluses, commas or spaces.
pub fn batches(text: &str) -> Result<Vec<u32>, Complaint> {
    text.split(|c: char| c.is_whitespace() || "+,;，、；＋".contains(c))
        .filter(|part| !part.is_empty())
        .map(|part| part.parse().map_err(|_| Complaint::NotANumber))
        .collect()
}

/// The wish, if the relay would take it up.
pub fn checked(request: Request) -> Result<Request, Complaint> {
    request.check()?;
    Ok(request)
}

/// How the first demonstration is read: three arrivals, one read, one bag.
pub fn belt_policy(bufsize: u32) -> Policy {
    Policy {
        read_when: ReadWhen::Queued(100),
        // A smaller BUFSIZE would need more than one read for the bag.
        bufsize: bufsize.max(100),
        pause_millis: 0,
        bag: Some(100),
        framing: None,
    }
}

/// The sends of the first demonstration.
pub const BELT_BATCHES: [u32; 3] = [20, 50, 30];

#[cfg(test)]
mod tests {
    use protocol::Limit;

    use super::*;

    #[test]
    fn batches_are_parted_by_whatever_people_write() {
        let check = |text, expect: &[u32]| assert_eq!(batches(text).as_deref(), Ok(expect));
        check("20 + 50 + 30", &[20, 50, 30]);
        check("20,50，30", &[20, 50, 30]);
        check(" 7 ", &[7]);
        check("", &[]);
        assert_eq!(batches("20 + x"), Err(Complaint::NotANumber));
        assert_eq!(batches("-1"), Err(Complaint::NotANumber));
        assert_eq!(batches("99999999999"), Err(Complaint::NotANumber));
    }

    #[test]
    fn numbers_may_be_grouped_as_they_are_shown() {
        assert_eq!(number("65\u{202f}536"), Ok(65_536));
        assert_eq!(number("1,024"), Ok(1024));
        assert_eq!(number(""), Err(Complaint::NotANumber));
        assert_eq!(optional_number("  "), Ok(None));
        assert_eq!(optional_number("100"), Ok(Some(100)));
    }

    #[test]
    fn what_is_out_of_range_is_refused_before_it_is_asked() {
        let refused = changed(Policy::default(), Change::Bufsize(0));
        assert!(matches!(
            refused,
            Err(Complaint::Refused(Refusal::OutOfRange {
                what: Limit::Bufsize,
                ..
            }))
        ));
        assert!(changed(Policy::default(), Change::All(belt_policy(1))).is_ok());
    }
}
