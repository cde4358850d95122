//! The moment in plain words: two to four short lines for the white between the belts, and the
//! same as one sentence for whoever listens.

use super::{nc_line, number, say::Say, short_address};
use crate::{Frame, Lang, Link};

/// A piece of a caption's line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// The words, with the spaces between spans.
    pub text: String,
    /// Set in bold.
    pub bold: bool,
    /// What a program literally says.
    pub mono: bool,
}

/// How long a loss of records is what there is to say, milliseconds.
pub(crate) const LOSS_MS: f64 = 4000.0;

/// The moment in plain words, line by line.
#[must_use]
pub fn caption(frame: &Frame) -> Vec<Vec<Span>> {
    lines(frame).iter().map(|line| spans(line)).collect()
}

/// The moment in plain words, as one text.
#[must_use]
pub fn caption_text(frame: &Frame) -> String {
    let lines: Vec<String> = lines(frame)
        .iter()
        .map(|line| line.replace(['*', '`'], ""))
        .collect();
    match frame.lang {
        Lang::En => lines.join(" "),
        Lang::Zh => lines.concat(),
    }
}

/// `*bold*` and `` `literal` ``.
fn spans(line: &str) -> Vec<Span> {
    let (mut bold, mut mono) = (false, false);
    let mut spans = Vec::new();
    for piece in line.split_inclusive(['*', '`']) {
        let text = piece.trim_end_matches(['*', '`']);
        if !text.is_empty() {
            spans.push(Span {
                text: text.to_string(),
                bold: bold || mono,
                mono,
            });
        }
        if piece.ends_with('*') {
            bold = !bold;
        } else if piece.ends_with('`') {
            mono = !mono;
        }
    }
    spans
}

fn lines(frame: &Frame) -> Vec<String> {
    let pick = |en: &[&str], zh: &[&str]| -> Vec<String> {
        let lines = match frame.lang {
            Lang::En => en,
            Lang::Zh => zh,
        };
        lines.iter().map(ToString::to_string).collect()
    };
    match frame.link {
        Link::Connecting => {
            return pick(&["Connecting to the relay …"], &["正在连接中继……"]);
        }
        Link::Lost => {
            return pick(
                &["*The relay is silent.*", "What is shown may be old."],
                &["*中继没有声音了。*", "画面可能已经过时。"],
            );
        }
        Link::Live => {}
    }
    if let Some((records, moment)) = frame.state.lost
        && frame.now.millis_since(moment.shown) < LOSS_MS
    {
        let count = number(records);
        return match frame.lang {
            Lang::En => vec![
                if records == 1 {
                    "*1 record is missing.*".to_string()
                } else {
                    format!("*{count} records are missing.*")
                },
                "Counts are exact again".to_string(),
                "from here on.".to_string(),
            ],
            Lang::Zh => vec![
                format!("*缺 {count} 条记录。*"),
                "从这里起".to_string(),
                "数目又是准确的。".to_string(),
            ],
        };
    }
    match (frame.connection(), &frame.state.listener) {
        (Some(connection), _) => Say { frame, connection }.lines(),
        (None, Some(listener)) => {
            let addr = &listener.listening.addr;
            let line = format!("`{}`", nc_line(addr));
            let name = short_address(addr, frame.lang);
            match frame.lang {
                Lang::En => vec![
                    match addr.port() {
                        Some(port) => format!("The desk is open: port *{port}*."),
                        None => format!("The desk is open: *{name}*."),
                    },
                    "Connect from a terminal:".to_string(),
                    line,
                ],
                Lang::Zh => vec![
                    match addr.port() {
                        Some(port) => format!("*{port}* 端口已开门。"),
                        None => format!("*{name}* 已开门。"),
                    },
                    "在终端里连接：".to_string(),
                    line,
                ],
            }
        }
        (None, None) => pick(&["No server is listening yet."], &["还没有服务器在监听。"]),
    }
}
