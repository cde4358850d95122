//! Statements over a recording, and what comes of them.
//!
//! Knows nothing of how a recording was made. Facts may be merged: then sums and counts are exact,
//! and what depends on the edges inside is *unknown* rather than guessed.

mod measured;
mod told;

use protocol::{Conn, End, Event, Record, Seq};
use serde::{Deserialize, Serialize};

pub use measured::Measured;

use crate::{
    Measure, Words,
    measure::{Memory, Scope, item},
};

/// What is said of a recording.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Statement {
    /// In words.
    #[serde(default)]
    pub says: Option<Words>,
    /// Of what.
    pub of: Measure,
    /// Of which client's connection. None: of all together.
    #[serde(default)]
    pub client: Option<u32>,
    /// Seen from which end. None: from either.
    #[serde(default)]
    pub end: Option<End>,
    /// Only in this step, from 1. None: in the whole recording.
    #[serde(default)]
    pub step: Option<u32>,
    /// What it is.
    pub is: Comparison,
}

/// A measure and where it is taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Series {
    /// Of what.
    pub of: Measure,
    /// Of which client's connection. None: of all together.
    #[serde(default)]
    pub client: Option<u32>,
    /// Seen from which end. None: from either.
    #[serde(default)]
    pub end: Option<End>,
    /// Only in this step, from 1. None: in the whole recording.
    #[serde(default)]
    pub step: Option<u32>,
}

/// What a series is. Of a series without items nothing is true but `none`, `count`, `at_most`, `sum`
/// and an empty list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Comparison {
    /// It has no items.
    None,
    /// It has some.
    Some,
    /// These items, in this order.
    List(Vec<u64>),
    /// So many items.
    Count(u64),
    /// So many items, or more.
    AtLeast(u64),
    /// So many items, or fewer.
    AtMost(u64),
    /// The sum of the items.
    Sum(u64),
    /// That sum, or more.
    SumAtLeast(u64),
    /// That sum, or less.
    SumAtMost(u64),
    /// The smallest item.
    Min(u64),
    /// The largest item.
    Max(u64),
    /// No item is smaller.
    EachAtLeast(u64),
    /// No item is larger.
    EachAtMost(u64),
    /// Some item is so large, or larger.
    SomeAtLeast(u64),
    /// Some item is so small, or smaller.
    SomeAtMost(u64),
    /// The last item.
    Last(u64),
    /// The same sum as another series.
    Equals(Box<Series>),
    /// As many items as another series.
    SameCount(Box<Series>),
    /// The same last item as another series.
    SameLast(Box<Series>),
}

/// What came of a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is true of the recording.
    Holds,
    /// It is not.
    Fails,
    /// Records were merged or lost, and what is left does not say.
    Unknown,
}

/// What came of a statement, and from what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// True?
    pub outcome: Outcome,
    /// The series.
    pub measured: Measured,
    /// The series that it was compared with.
    pub other: Option<Measured>,
    /// The records that it was measured from: the first and the last ones, in order.
    pub evidence: Vec<Seq>,
}

impl Verdict {
    /// The most records that are named.
    pub const EVIDENCE_MAX: usize = 20;

    /// Is it true?
    #[must_use]
    pub fn holds(&self) -> bool {
        self.outcome == Outcome::Holds
    }
}

impl Statement {
    /// What comes of it over these records, from the recording's first one on.
    pub fn check<'a>(&self, records: impl IntoIterator<Item = &'a Record>) -> Verdict {
        let mut check = Check::new(self);
        for record in records {
            check.apply(record);
        }
        check.verdict()
    }

    /// What it speaks of.
    #[must_use]
    pub fn series(&self) -> Series {
        Series {
            of: self.of.clone(),
            client: self.client,
            end: self.end,
            step: self.step,
        }
    }
}

impl Comparison {
    /// The other series, if there is one.
    #[must_use]
    pub fn other(&self) -> Option<&Series> {
        match self {
            Comparison::Equals(other)
            | Comparison::SameCount(other)
            | Comparison::SameLast(other) => Some(other),
            _ => None,
        }
    }
}

/// A statement while records come.
#[derive(Clone, Debug)]
pub struct Check {
    is: Comparison,
    tally: Tally,
    other: Option<Tally>,
}

impl Check {
    /// Before the first record.
    #[must_use]
    pub fn new(statement: &Statement) -> Check {
        Check {
            is: statement.is.clone(),
            tally: Tally::new(statement.series()),
            other: statement.is.other().cloned().map(Tally::new),
        }
    }

    /// Takes the next record. True: it belongs to what is measured.
    pub fn apply(&mut self, record: &Record) -> bool {
        let counted = self.tally.apply(record);
        let other = self.other.as_mut().is_some_and(|other| other.apply(record));
        counted || other
    }

    /// What came of it so far.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        let other = self.other.as_ref().map(|tally| &tally.measured);
        let mut evidence: Vec<Seq> = self.tally.evidence.all().collect();
        if let Some(other) = &self.other {
            evidence.extend(other.evidence.all());
            evidence.sort_unstable();
            evidence.dedup();
            evidence.truncate(Verdict::EVIDENCE_MAX);
        }
        Verdict {
            outcome: self.tally.measured.compared(&self.is, other),
            measured: self.tally.measured.clone(),
            other: other.cloned(),
            evidence,
        }
    }
}

/// One series while records come.
#[derive(Clone, Debug)]
struct Tally {
    series: Series,
    memory: Memory,
    /// The step that is being played, from 1; 0 is before the first.
    step: u32,
    measured: Measured,
    evidence: Evidence,
}

impl Tally {
    fn new(series: Series) -> Tally {
        Tally {
            series,
            memory: Memory::default(),
            step: 0,
            measured: Measured::default(),
            evidence: Evidence::default(),
        }
    }

    fn apply(&mut self, record: &Record) -> bool {
        match &record.event {
            Event::Step(step) => self.step = step.step.saturating_add(1),
            Event::Dropped(_) => self.measured.lose(),
            _ => {}
        }
        let scope = Scope {
            conn: self.series.client.map(Conn),
            end: self.series.end,
        };
        // Also outside the step: a level goes on from what was before.
        let item = item(&self.series.of, scope, &mut self.memory, record);
        let Some(item) = item.filter(|_| self.series.step.is_none_or(|step| step == self.step))
        else {
            return false;
        };
        self.measured.add(item, self.series.of.is_level());
        self.evidence.add(record.seq);
        true
    }
}

/// The first and the last records of many.
#[derive(Clone, Debug, Default)]
struct Evidence {
    first: Vec<Seq>,
    last: Vec<Seq>,
}

impl Evidence {
    fn add(&mut self, seq: Seq) {
        const HALF: usize = Verdict::EVIDENCE_MAX / 2;
        if self.first.len() < HALF {
            return self.first.push(seq);
        }
        if self.last.len() == HALF {
            self.last.remove(0);
        }
        self.last.push(seq);
    }

    fn all(&self) -> impl Iterator<Item = Seq> {
        self.first.iter().chain(&self.last).copied()
    }
}
