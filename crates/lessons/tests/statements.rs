//! Statements over records: what is exact stays exact when facts are merged, and what is not known
//! is never guessed.

#![allow(clippy::unwrap_used)] // helpers of tests fail by it, too

use lessons::{Comparison, Measure, Outcome, Statement};
use proptest::{collection::vec, prelude::*};
use protocol::{Arrived, Conn, Dropped, End, Event, Read, Record, Seq, Step};

fn statement(of: Measure, is: Comparison) -> Statement {
    Statement {
        says: None,
        of,
        client: Some(1),
        end: Some(End::Server),
        step: None,
        is,
    }
}

fn records(events: impl IntoIterator<Item = Event>) -> Vec<Record> {
    let numbered = (1..).zip(events);
    let record = |(seq, event)| Record {
        seq: Seq(seq),
        at_nanos: seq * 1_000_000,
        event,
    };
    numbered.map(record).collect()
}

fn arrived(conn: u32, offset: u64, bytes: u64, times: u32) -> Event {
    Event::Arrived(Arrived {
        conn: Conn(conn),
        end: End::Server,
        offset,
        bytes,
        segments: None,
        times,
        since_nanos: None,
        preview: None,
    })
}

fn read(offset: u64, returned: u64) -> Event {
    Event::Read(Read {
        conn: Conn(1),
        end: End::Server,
        offset,
        asked: 1024,
        returned,
        times: 1,
        since_nanos: None,
        preview: None,
    })
}

fn arrivals(sizes: &[u64]) -> Vec<Record> {
    let mut offset = 0;
    let events = sizes.iter().map(|&bytes| {
        offset += bytes;
        arrived(1, offset - bytes, bytes, 1)
    });
    records(events)
}

/// The same, with neighbours joined where `joins` says so.
fn merged(sizes: &[u64], joins: &[bool]) -> Vec<Record> {
    let mut facts: Vec<(u64, u32)> = Vec::new();
    for (at, &bytes) in sizes.iter().enumerate() {
        match facts.last_mut() {
            Some((sum, times)) if joins[at % joins.len()] => {
                *sum += bytes;
                *times += 1;
            }
            _ => facts.push((bytes, 1)),
        }
    }
    records(
        facts
            .into_iter()
            .map(|(bytes, times)| arrived(1, 0, bytes, times)),
    )
}

fn outcome(is: Comparison, records: &[Record]) -> Outcome {
    statement(Measure::Arrivals, is).check(records).outcome
}

#[test]
fn a_series_is_what_was_seen_at_that_end_of_that_client() {
    let mut seen = arrivals(&[20, 50, 30]);
    seen.extend(records([arrived(2, 0, 7, 1)]));
    use Comparison::*;
    for holds in [
        List(vec![20, 50, 30]),
        Count(3),
        AtLeast(2),
        AtMost(3),
        Sum(100),
        SumAtLeast(100),
        SumAtMost(100),
        Min(20),
        Max(50),
        EachAtLeast(20),
        EachAtMost(50),
        SomeAtLeast(50),
        SomeAtMost(20),
        Last(30),
        Some,
    ] {
        assert_eq!(outcome(holds.clone(), &seen), Outcome::Holds, "{holds:?}");
    }
    for fails in [
        List(vec![20, 50]),
        List(vec![50, 20, 30]),
        Count(4),
        AtLeast(4),
        AtMost(2),
        Sum(107),
        Min(7),
        Max(30),
        EachAtLeast(21),
        EachAtMost(49),
        SomeAtLeast(51),
        SomeAtMost(19),
        Last(7),
        None,
    ] {
        assert_eq!(outcome(fails.clone(), &seen), Outcome::Fails, "{fails:?}");
    }
}

#[test]
fn of_nothing_nothing_is_true_of_each() {
    use Comparison::*;
    for is in [
        EachAtMost(5),
        EachAtLeast(0),
        Max(0),
        Last(0),
        SomeAtMost(9),
    ] {
        assert_eq!(outcome(is.clone(), &[]), Outcome::Fails, "{is:?}");
    }
    assert_eq!(outcome(None, &[]), Outcome::Holds);
    assert_eq!(outcome(List(vec![]), &[]), Outcome::Holds);
}

#[test]
fn the_level_is_what_arrived_and_was_not_read() {
    let seen = records([
        arrived(1, 0, 20, 1),
        arrived(1, 20, 50, 1),
        read(0, 7),
        read(7, 63),
    ]);
    let level = |is| statement(Measure::Level, is).check(&seen);
    assert!(level(Comparison::List(vec![20, 70, 63, 0])).holds());
    assert!(level(Comparison::Max(70)).holds());
    assert!(level(Comparison::Last(0)).holds());
}

#[test]
fn a_step_has_its_own_records() {
    let step = |step| {
        Event::Step(Step {
            lesson: "belt".into(),
            step,
        })
    };
    let seen = records([
        step(0),
        arrived(1, 0, 20, 1),
        step(1),
        arrived(1, 20, 50, 1),
        step(2),
    ]);
    for (number, sum) in [(1, 20), (2, 50), (3, 0)] {
        let said = Statement {
            step: Some(number),
            ..statement(Measure::Arrivals, Comparison::Sum(sum))
        };
        assert!(said.check(&seen).holds(), "step {number}");
    }
}

#[test]
fn where_records_were_lost_nothing_is_known() {
    let mut seen = arrivals(&[20]);
    seen.extend(records([Event::Dropped(Dropped { records: 1 })]));
    assert_eq!(outcome(Comparison::Sum(20), &seen), Outcome::Unknown);
}

#[test]
fn what_fails_is_told_with_its_records() {
    let said = statement(Measure::Arrivals, Comparison::List(vec![20, 50, 30]));
    let seen = arrivals(&[70, 30]);
    let verdict = said.check(&seen);
    let told = said.told(&verdict, |seq| seen.iter().find(|record| record.seq == seq));
    let expected = r#"of        arrivals of client 1 at the server's end, one by one
expected  20, 50, 30
measured  70, 30
records   {"seq":1,"at_nanos":1000000,"event":"arrived","conn":1,"end":"server","offset":0,"bytes":70}
          {"seq":2,"at_nanos":2000000,"event":"arrived","conn":1,"end":"server","offset":70,"bytes":30}"#;
    assert_eq!(told, expected);
}

#[test]
fn the_evidence_is_bounded() {
    let seen = arrivals(&[1; 1000]);
    let verdict = statement(Measure::Arrivals, Comparison::Count(1)).check(&seen);
    assert_eq!(verdict.evidence.len(), 20);
    assert_eq!(
        (verdict.evidence[0], verdict.evidence[19]),
        (Seq(1), Seq(1000))
    );
}

fn any_comparison() -> impl Strategy<Value = Comparison> {
    use Comparison::*;
    let value = 0..40u64;
    prop_oneof![
        Just(None),
        Just(Some),
        vec(0..9u64, 0..5).prop_map(List),
        value.clone().prop_map(Count),
        value.clone().prop_map(AtLeast),
        value.clone().prop_map(AtMost),
        value.clone().prop_map(Sum),
        value.clone().prop_map(SumAtLeast),
        value.clone().prop_map(Min),
        value.clone().prop_map(Max),
        value.clone().prop_map(EachAtLeast),
        value.clone().prop_map(EachAtMost),
        value.clone().prop_map(SomeAtLeast),
        value.clone().prop_map(SomeAtMost),
        value.prop_map(Last),
    ]
}

proptest! {
    /// Merging may hide an answer, it never changes it.
    #[test]
    fn merging_never_lies(
        sizes in vec(1..9u64, 0..6),
        joins in vec(any::<bool>(), 1..6),
        is in any_comparison(),
    ) {
        let exact = outcome(is.clone(), &arrivals(&sizes));
        prop_assert_ne!(exact, Outcome::Unknown);
        let hidden = outcome(is, &merged(&sizes, &joins));
        prop_assert!(hidden == exact || hidden == Outcome::Unknown, "{:?} became {:?}", exact, hidden);
    }

    /// A list that was measured is the list that it is.
    #[test]
    fn a_list_is_itself(sizes in vec(1..9u64, 0..60)) {
        prop_assert_eq!(outcome(Comparison::List(sizes.clone()), &arrivals(&sizes)), Outcome::Holds);
    }
}
