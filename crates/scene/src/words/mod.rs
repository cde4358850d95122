//! The words, in English and Chinese: the moment's caption, a sentence for each event, the labels
//! of the stage, refusals. What the drawing tells is told here too.
//!
//! Chinese has full-width punctuation; there are no italics. Numbers are grouped by a thin space,
//! but for what a program literally says.

mod address;
mod all;
mod beside;
mod caption;
mod chart;
pub(crate) mod courier;
mod cut;
mod duration;
mod inspect;
mod label;
mod messages;
mod number;
mod rows;
mod ruler;
mod say;
pub(crate) mod steps;
mod timeline;

pub use address::nc_line;
pub(crate) use address::{address_lines, short_address, whole_address};
pub(crate) use all::{Doing, and_more, arrows, at_the_desk, connections, doing, read_next, short};
pub(crate) use caption::LOSS_MS;
pub use caption::{Span, caption, caption_text};
pub(crate) use cut::{
    answer_is, at_byte, before, cut_title, end_of_send, inside_send, of_all, returned, send_is,
    stamp_and_data, window_is_zero,
};
pub use duration::{duration, tenths_of_seconds};
pub use inspect::glyph_words;
pub use label::{Label, source_name};
pub use number::number;
pub use rows::{kind_name, log_time, refusal, row};
pub use timeline::{mark_name, marker_name, moment, spoken_moment};

pub(crate) use chart::{change, lost, receive_buffer};
pub(crate) use inspect::{
    Piece, an_edge, and_in_flight, answer, answer_bytes_of, bytes_of, connection_of, cut_character,
    cut_here, edge_of, edge_unknown, forgotten, in_all, listed, mixing, no_edge, not_so_far,
    not_yet, piece, range, record_of, row_label, seen_at, unknown_bytes, where_now,
};
pub(crate) use number::{
    and_earlier, bytes, crate_is, kib, not_seen, of, ordinal_word, plural, reads_at, recv, seconds,
    sleeps, stamps, times,
};
pub(crate) use rows::state_name;
pub(crate) use ruler::{in_segments, in_times, not_bagged, not_read, to_come, unknown_row};
