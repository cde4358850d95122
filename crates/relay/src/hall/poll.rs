//! The answers to the question on the wall: everybody counts once, with the last choice.
//!
//! Knows nothing of who may answer, and nothing of when counts are told.

use std::{collections::BTreeMap, net::IpAddr};

use protocol::{Answers, Lecture, Refusal, Run};

/// The most that are counted.
pub const ANSWERS_MAX: u32 = 4096;
/// The most that are counted from one address, unless it is this machine's own (a class behind a
/// tunnel): who invents a new number for each answer gets no further than that.
pub const ANSWERS_OF_ADDRESS_MAX: u32 = 64;

/// Whom an answer counts for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Voter {
    /// Where they are.
    pub address: IpAddr,
    /// What their page calls itself.
    pub by: u64,
}

/// What was answered in the lesson that somebody has answered last.
#[derive(Debug, Default)]
pub struct Poll {
    run: Option<Run>,
    /// By step: as many at most as the lesson has, of `ANSWERS_MAX` each.
    votes: BTreeMap<u32, Vote>,
}

/// What was answered to a question the last time that it was asked: whoever steps back to it sees
/// that.
#[derive(Debug, Default)]
struct Vote {
    asked_before: u32,
    chosen: BTreeMap<Voter, u32>,
}

impl Poll {
    /// Counts an answer, if it is one of the question that is on the wall and not revealed.
    ///
    /// # Errors
    /// It is none, or too many have come.
    pub fn take(
        &mut self,
        lecture: Option<&Lecture>,
        voter: Voter,
        step: u32,
        answer: u32,
    ) -> Result<(), Refusal> {
        let asked = lecture.filter(|it| {
            let choices = it.choices.min(Answers::CHOICES_MAX);
            it.step == step && !it.revealed && answer < choices
        });
        let asked = asked.ok_or(Refusal::NoQuestion)?;
        if self.run != Some(asked.run) {
            self.run = Some(asked.run);
            self.votes.clear();
        }
        let vote = self.votes.entry(step).or_default();
        if vote.asked_before != asked.asked_before {
            vote.asked_before = asked.asked_before;
            vote.chosen.clear();
        }
        vote.take(voter, answer)
    }

    /// How many chose each answer of the question on the wall. None: there is no question.
    #[must_use]
    pub fn counts(&self, lecture: &Lecture) -> Option<Answers> {
        let choices = lecture.choices.min(Answers::CHOICES_MAX) as usize;
        if choices == 0 {
            return None;
        }
        let &Lecture {
            run,
            step,
            asked_before,
            ..
        } = lecture;
        let vote = self
            .votes
            .get(&step)
            .filter(|vote| self.run == Some(run) && vote.asked_before == asked_before);
        let mut chosen = vec![0; choices];
        for &answer in vote.iter().flat_map(|vote| vote.chosen.values()) {
            if let Some(count) = chosen.get_mut(answer as usize) {
                *count += 1;
            }
        }
        Some(Answers {
            run,
            step,
            asked_before,
            chosen,
        })
    }
}

impl Vote {
    fn take(&mut self, voter: Voter, answer: u32) -> Result<(), Refusal> {
        if !self.chosen.contains_key(&voter) {
            self.has_room(voter.address)?;
        }
        self.chosen.insert(voter, answer);
        Ok(())
    }

    fn has_room(&self, address: IpAddr) -> Result<(), Refusal> {
        let full = |limit| Err(Refusal::TooManyAnswers { limit });
        if self.chosen.len() >= ANSWERS_MAX as usize {
            return full(ANSWERS_MAX);
        }
        let of_address = Voter { address, by: 0 }..=Voter {
            address,
            by: u64::MAX,
        };
        let count = self.chosen.range(of_address).count();
        if count >= ANSWERS_OF_ADDRESS_MAX as usize && !address.is_loopback() {
            return full(ANSWERS_OF_ADDRESS_MAX);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;
    use protocol::LectureState;

    use super::*;

    fn lecture(run: u64, step: u32, revealed: bool, choices: u32) -> Lecture {
        Lecture {
            lesson: "belt".into(),
            run: Run(run),
            step,
            revealed,
            choices,
            asked_before: 0,
            state: LectureState::Waiting,
        }
    }

    fn voter(address: u8, by: u64) -> Voter {
        Voter {
            address: [192, 168, 0, address].into(),
            by,
        }
    }

    #[derive(Clone, Debug)]
    enum Act {
        Show(Lecture),
        Answer(Voter, u32, u32),
    }

    fn act() -> impl Strategy<Value = Act> {
        let show = (0..2u64, 0..3u32, any::<bool>(), 2..5u32, 0..2u32).prop_map(
            |(run, step, revealed, choices, asked_before)| {
                let choices = if step == 0 { 0 } else { choices };
                Act::Show(Lecture {
                    asked_before,
                    ..lecture(run, step, revealed, choices)
                })
            },
        );
        let answer = (0..3u8, 0..4u64, 0..3u32, 0..6u32)
            .prop_map(|(address, by, step, answer)| Act::Answer(voter(address, by), step, answer));
        prop_oneof![1 => show, 4 => answer]
    }

    proptest! {
        /// What is counted is the last accepted answer of each voter to the question as it is asked,
        /// since another run, or the question when it was asked at another time, was answered; and
        /// nothing is accepted that was not asked.
        #[test]
        fn everybody_counts_once_with_the_last_choice(acts in prop::collection::vec(act(), 0..80)) {
            let mut poll = Poll::default();
            let mut wall: Option<Lecture> = None;
            let mut accepted: Vec<(Lecture, Voter, u32)> = Vec::new();
            for act in acts {
                match act {
                    Act::Show(lecture) => wall = Some(lecture),
                    Act::Answer(voter, step, answer) => {
                        let taken = poll.take(wall.as_ref(), voter, step, answer);
                        let asked = wall.as_ref().filter(|it| {
                            it.step == step && !it.revealed && answer < it.choices
                        });
                        prop_assert_eq!(taken.is_ok(), asked.is_some());
                        accepted.extend(asked.map(|asked| (asked.clone(), voter, answer)));
                    }
                }
                let Some(wall) = &wall else { continue };
                let counts = poll.counts(wall);
                prop_assert_eq!(counts.is_some(), wall.choices > 0);
                let Some(counts) = counts else { continue };
                prop_assert_eq!(counts.chosen.len(), wall.choices as usize);
                // Backwards as far as it is the same vote.
                let mut last: BTreeMap<Voter, u32> = BTreeMap::new();
                let same = accepted.iter().rev().take_while(|(asked, ..)| asked.run == wall.run);
                let of_step = same.filter(|(asked, ..)| asked.step == wall.step);
                for &(ref asked, voter, answer) in of_step {
                    if asked.asked_before != wall.asked_before {
                        break;
                    }
                    last.entry(voter).or_insert(answer);
                }
                for (answer, &count) in (0..).zip(&counts.chosen) {
                    let expect = last.values().filter(|&&it| it == answer).count();
                    prop_assert_eq!(count as usize, expect);
                }
            }
        }
    }

    #[test]
    fn one_steps_back_to_what_was_chosen_and_asks_anew_from_nothing() {
        let mut poll = Poll::default();
        let [first, second] = [1, 2].map(|step| lecture(1, step, false, 2));
        assert_eq!(poll.take(Some(&first), voter(1, 1), 1, 1), Ok(()));
        assert_eq!(poll.take(Some(&second), voter(1, 1), 2, 0), Ok(()));
        let chosen = |poll: &Poll, lecture: &Lecture| poll.counts(lecture).unwrap().chosen;
        assert_eq!(chosen(&poll, &first), [0, 1]);
        let again = Lecture {
            asked_before: 1,
            ..first.clone()
        };
        assert_eq!(chosen(&poll, &again), [0, 0]);
        assert_eq!(poll.take(Some(&again), voter(1, 2), 1, 0), Ok(()));
        assert_eq!(chosen(&poll, &again), [1, 0]);
        assert_eq!(chosen(&poll, &second), [1, 0]);
        // The same lesson, begun anew.
        assert_eq!(chosen(&poll, &lecture(2, 1, false, 2)), [0, 0]);
    }

    #[test]
    fn one_address_does_not_answer_for_the_hall() {
        let mut poll = Poll::default();
        let wall = lecture(1, 1, false, 3);
        for by in 0..u64::from(ANSWERS_OF_ADDRESS_MAX) {
            assert_eq!(poll.take(Some(&wall), voter(1, by), 1, 0), Ok(()));
        }
        let limit = ANSWERS_OF_ADDRESS_MAX;
        let refused = Err(Refusal::TooManyAnswers { limit });
        assert_eq!(poll.take(Some(&wall), voter(1, 9_999), 1, 0), refused);
        // Who has answered may still choose anew, and so may others.
        assert_eq!(poll.take(Some(&wall), voter(1, 0), 1, 2), Ok(()));
        assert_eq!(poll.take(Some(&wall), voter(2, 9_999), 1, 1), Ok(()));
        let counts = poll.counts(&wall).unwrap();
        assert_eq!(counts.chosen, [limit - 1, 1, 1]);
    }

    #[test]
    fn the_hall_has_a_last_seat() {
        let mut poll = Poll::default();
        let wall = lecture(1, 1, false, 3);
        let here = |by| Voter {
            address: [127, 0, 0, 1].into(),
            by,
        };
        for by in 0..u64::from(ANSWERS_MAX) {
            assert_eq!(poll.take(Some(&wall), here(by), 1, 0), Ok(()));
        }
        let limit = ANSWERS_MAX;
        let refused = Err(Refusal::TooManyAnswers { limit });
        assert_eq!(poll.take(Some(&wall), here(u64::MAX), 1, 0), refused);
    }
}
