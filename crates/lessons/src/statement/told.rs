//! A statement and its verdict, as people read them at a terminal; and what was measured, in numbers
//! alone, as a page may show it in any language.

use std::fmt::Write;

use protocol::{End, Record, Seq, json};

use super::{Comparison, Measured, Outcome, Series, Statement, Verdict};

impl Comparison {
    /// What was measured, as far as this speaks of it: `20, 50, 30`; `3`; `?` where it is not known.
    #[must_use]
    pub fn shown(&self, measured: &Measured) -> String {
        use Comparison::*;
        let known =
            |value: Option<u64>| value.map_or_else(|| "?".into(), |value| value.to_string());
        match self {
            None | Some | Count(_) | AtLeast(_) | AtMost(_) | SameCount(_) => {
                measured.count.to_string()
            }
            Sum(_) | SumAtLeast(_) | SumAtMost(_) | Equals(_) => measured.sum.to_string(),
            List(_) => shown_list(measured),
            Min(_) | EachAtLeast(_) | SomeAtMost(_) => known(measured.min()),
            Max(_) | EachAtMost(_) | SomeAtLeast(_) => known(measured.max()),
            Last(_) | SameLast(_) => known(measured.last),
        }
    }

    /// What is expected, in numbers: `≥ 3`.
    #[must_use]
    pub fn expected(&self) -> String {
        use Comparison::*;
        match self {
            None => "0".into(),
            Some => "≥ 1".into(),
            List(list) => joined(list),
            Count(value) | Sum(value) | Min(value) | Max(value) | Last(value) => value.to_string(),
            AtLeast(value) | SumAtLeast(value) | EachAtLeast(value) | SomeAtLeast(value) => {
                ["≥ ", &value.to_string()].concat()
            }
            AtMost(value) | SumAtMost(value) | EachAtMost(value) | SomeAtMost(value) => {
                ["≤ ", &value.to_string()].concat()
            }
            Equals(_) | SameCount(_) | SameLast(_) => "=".into(),
        }
    }

    /// What of a series it is about.
    fn aspect(&self) -> &'static str {
        use Comparison::*;
        match self {
            None | Some | Count(_) | AtLeast(_) | AtMost(_) | SameCount(_) => "how many",
            Sum(_) | SumAtLeast(_) | SumAtMost(_) | Equals(_) => "the sum",
            List(_) => "one by one",
            Min(_) | SomeAtMost(_) => "the smallest",
            EachAtLeast(_) | EachAtMost(_) => "each",
            Max(_) | SomeAtLeast(_) => "the largest",
            Last(_) | SameLast(_) => "the last",
        }
    }
}

impl Statement {
    /// What it is about, expected and measured, and the records that it was measured from, as lines
    /// of text; `record` finds a record by its number.
    pub fn told<'a>(
        &self,
        verdict: &Verdict,
        mut record: impl FnMut(Seq) -> Option<&'a Record>,
    ) -> String {
        let mut lines = Vec::new();
        for &seq in &verdict.evidence {
            lines.extend(record(seq).map(json::record_line));
        }
        self.told_with(verdict, &lines)
    }

    fn told_with(&self, verdict: &Verdict, lines: &[String]) -> String {
        let mut expected = self.is.expected();
        if let (Some(other), Some(measured)) = (self.is.other(), &verdict.other) {
            let value = self.is.shown(measured);
            expected = format!("{value}, as {} of {}", self.is.aspect(), subject(other));
        }
        let mut measured = self.is.shown(&verdict.measured);
        if verdict.outcome == Outcome::Unknown {
            measured += if verdict.measured.lost {
                " (records were lost: that cannot be known)"
            } else {
                " (facts were merged: the edges inside are not known)"
            };
        }
        let mut text = format!(
            "of        {}, {}\nexpected  {expected}\nmeasured  {measured}\nrecords   ",
            subject(&self.series()),
            self.is.aspect(),
        );
        match lines {
            [] => text += "none",
            lines => text += &lines.join("\n          "),
        }
        let shown = lines.len() as u64;
        if verdict.evidence.len() == Verdict::EVIDENCE_MAX && verdict.measured.count > shown {
            let _ = write!(text, "\n          (the first and the last of them)");
        }
        text
    }

    /// What it says; without words, what it is about and what is expected.
    #[must_use]
    pub fn summary(&self) -> String {
        match &self.says {
            Some(says) => says.en.clone(),
            None => format!(
                "{}, {}: {}",
                subject(&self.series()),
                self.is.aspect(),
                self.is.expected()
            ),
        }
    }
}

/// `arrivals of client 1 at the server's end, in step 2`.
fn subject(series: &Series) -> String {
    let mut text = series.of.name();
    if let Some(client) = series.client {
        let _ = write!(text, " of client {client}");
    }
    match series.end {
        Some(End::Server) => text += " at the server's end",
        Some(End::Client) => text += " at the client's end",
        None => {}
    }
    if let Some(step) = series.step {
        let _ = write!(text, ", in step {step}");
    }
    text
}

fn shown_list(measured: &Measured) -> String {
    let mut text = joined(&measured.items);
    if measured.count > measured.items.len() as u64 {
        text += if measured.merged { ", ?" } else { ", …" };
    }
    if text.is_empty() {
        text.push('0');
    }
    text
}

fn joined(list: &[u64]) -> String {
    let items: Vec<String> = list.iter().map(ToString::to_string).collect();
    items.join(", ")
}
