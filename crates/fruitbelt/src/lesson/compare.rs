//! Compares, byte for byte, what a client has read with what it has sent.
//!
//! The reply has a stamp before each answer. A stamp is known by its form, which nothing has that is
//! sent here.

use protocol::{Compared, Conn, End, Event};

use super::play::{Play, Why};

pub async fn compare(play: &mut Play, conn: Conn) -> Result<(), Why> {
    let kept = play.stage.kept(conn).unwrap_or_default();
    let echoed = without_stamps(&kept);
    let sent = play.sent.get(&conn).map_or(&[][..], Vec::as_slice);
    let same = echoed.iter().zip(sent).take_while(|(a, b)| a == b).count();
    let compared = Compared {
        conn,
        end: End::Client,
        sent: sent.len() as u64,
        came_back: echoed.len() as u64,
        same: same as u64,
    };
    let event = Event::Compared(compared);
    play.stage.journal().record(event.clone());
    play.until("the comparison", |play| {
        play.records()
            .last()
            .is_some_and(|record| record.event == event)
    })
    .await
}

/// `[YYYY-MM-DD HH:MM:SS] `.
const STAMP: &[u8; 22] = b"[0000-00-00 00:00:00] ";

/// The echoed bytes alone.
fn without_stamps(reply: &[u8]) -> Vec<u8> {
    let is_stamp = |bytes: &[u8]| {
        let mut pairs = bytes.iter().zip(STAMP);
        bytes.len() == STAMP.len()
            && pairs.all(|(byte, form)| match form {
                b'0' => byte.is_ascii_digit(),
                form => byte == form,
            })
    };
    let mut echoed = Vec::with_capacity(reply.len());
    let mut at = 0;
    while let Some(&byte) = reply.get(at) {
        if byte == STAMP[0] && reply.get(at..at + STAMP.len()).is_some_and(is_stamp) {
            at += STAMP.len();
        } else {
            echoed.push(byte);
            at += 1;
        }
    }
    echoed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_stamps_are_left_out() {
        let reply = b"[2026-11-23 06:40:12] 012[2026-11-23 06:40:13] 345[x] [2026-11-23";
        assert_eq!(without_stamps(reply), b"012345[x] [2026-11-23");
        assert_eq!(without_stamps(b""), b"");
    }
}
