//! Measures of datagrams.

use protocol::{End, Event, LostBy};

use super::{Item, Measure, Scope};

pub(super) fn item(measure: &Measure, scope: Scope, event: &Event) -> Option<Item> {
    let several = |value, times| Some(Item { value, times });
    match (measure, event) {
        (Measure::DatagramsSent, Event::DatagramSent(e)) if scope.holds(e.conn, e.end) => {
            several(e.bytes, e.times)
        }
        (_, Event::DatagramReceived(e)) if scope.holds(e.conn, e.end) => match measure {
            Measure::DatagramsReceived => several(e.returned, e.times),
            Measure::DatagramsCut if e.truncated > 0 => {
                several(e.bytes.saturating_sub(e.returned), e.truncated)
            }
            Measure::DatagramNumbers => e.number.map(Item::one),
            Measure::DatagramsSettled if e.end == End::Server => several(0, e.times),
            _ => None,
        },
        (_, Event::DatagramLost(e)) => {
            let is_meant = scope.end.is_none_or(|end| end == e.end)
                && (e.conn.is_none() || scope.conn.is_none() || e.conn == scope.conn);
            let times = u32::try_from(e.datagrams).unwrap_or(u32::MAX);
            match (measure, e.by) {
                _ if !is_meant => None,
                (Measure::DatagramsLost, LostBy::FullBuffer)
                | (Measure::DatagramsLostOnRoad, LostBy::BadRoad) => several(0, times),
                (Measure::DatagramsSettled, _) if e.end == End::Server => several(0, times),
                _ => None,
            }
        }
        _ => None,
    }
}
