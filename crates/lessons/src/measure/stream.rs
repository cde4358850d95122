//! Measures of the two byte streams of a connection, and of their ends.

use protocol::Event;

use super::{Item, Measure, Memory, Scope};

pub(super) fn item(
    measure: &Measure,
    scope: Scope,
    memory: &mut Memory,
    event: &Event,
) -> Option<Item> {
    let (conn, end) = event.place()?;
    if !scope.holds(conn, end) {
        return None;
    }
    let merged = |value, times| Some(Item { value, times });
    match (measure, event) {
        // A segment that came twice brings nothing.
        (Measure::Arrivals, Event::Arrived(e)) if e.bytes > 0 => merged(e.bytes, e.times),
        (Measure::Reads, Event::Read(e)) => merged(e.returned, e.times),
        (Measure::Asked, Event::Read(e)) => merged(e.asked, e.times),
        (Measure::Sends, Event::Wrote(e)) => merged(e.accepted, e.times),
        (Measure::Bags, Event::Bagged(e)) => merged(e.bytes, e.times),
        (Measure::Answers, Event::Answered(e)) => merged(e.in_bytes, e.times),
        (Measure::Stamps, Event::Answered(e)) => merged(e.stamp_bytes, e.times),
        (Measure::Level, Event::Arrived(e)) if e.bytes > 0 => {
            memory.arrived = memory.arrived.saturating_add(e.bytes);
            merged(memory.level(), e.times)
        }
        (Measure::Level, Event::Read(e)) => {
            memory.read = memory.read.saturating_add(e.returned);
            merged(memory.level(), e.times)
        }
        (Measure::ReceiveQueue, Event::Queues(e)) => e.receive_queue.map(Item::one),
        (Measure::Window, Event::Queues(e)) => e.receive_window.map(Item::one),
        (Measure::ReceiveMemory, Event::Queues(e)) => e.kernel_memory_limit.map(Item::one),
        (Measure::Unsent, Event::Queues(e)) => e.unsent.map(Item::one),
        (Measure::InFlight, Event::Queues(e)) => e.in_flight.map(Item::one),
        (Measure::Blocked, Event::Blocked(e)) | (Measure::Unblocked, Event::Unblocked(e)) => {
            merged(0, e.times)
        }
        (Measure::EndsOfStream, Event::EndOfStream(e)) => merged(e.offset, 1),
        (Measure::HalfCloses, Event::HalfClosed(_)) | (Measure::Resets, Event::Reset(_)) => {
            merged(0, 1)
        }
        (Measure::Compared, Event::Compared(e)) => merged(e.same, 1),
        (Measure::Unread, Event::Closed(e)) => merged(e.unread, 1),
        _ => None,
    }
}

impl Memory {
    fn level(&self) -> u64 {
        self.arrived.saturating_sub(self.read)
    }
}
