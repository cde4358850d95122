//! Which connections are shown where not all have room.

use model::{Connection, State};
use protocol::Conn;

/// At most `room` connections, by number: the one in focus, then open ones, then closed ones, the
/// newest of each first.
#[must_use]
pub fn chosen(state: &State, focus: Option<Conn>, room: usize) -> Vec<&Connection> {
    let rank = |it: &Connection| match (focus == Some(it.conn), it.is_open()) {
        (true, _) => 0,
        (false, true) => 1,
        (false, false) => 2,
    };
    // How many of each rank have room: they are counted, not sorted, because the state keeps them
    // by number and a sort of its own weighs more than all of this.
    let mut counts = [0_usize; 3];
    for connection in state.conns.values() {
        counts[rank(connection)] += 1;
    }
    let mut room = room;
    for count in &mut counts {
        *count = room.min(*count);
        room -= *count;
    }
    let mut shown: Vec<&Connection> = state
        .conns
        .values()
        .rev()
        .map(AsRef::as_ref)
        .filter(|it| {
            let left = &mut counts[rank(it)];
            let has_room = *left > 0;
            *left = left.saturating_sub(1);
            has_room
        })
        .collect();
    shown.reverse();
    shown
}
