//! The tutorial's time stamp. Knows nothing of what is stamped.

use chrono::{DateTime, Local};

/// `[YYYY-MM-DD HH:MM:SS] `, local time; composed once a second.
#[derive(Debug, Default)]
pub struct Stamp {
    second: i64,
    text: String,
}

impl Stamp {
    /// Of now: 22 bytes.
    pub fn now(&mut self) -> &str {
        let now: DateTime<Local> = Local::now();
        if self.text.is_empty() || self.second != now.timestamp() {
            self.second = now.timestamp();
            self.text = now.format("[%Y-%m-%d %H:%M:%S] ").to_string();
        }
        &self.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stamp_is_the_tutorials() {
        let mut stamp = Stamp::default();
        let text = stamp.now();
        let shape: String = text
            .chars()
            .map(|c| if c.is_ascii_digit() { '0' } else { c })
            .collect();
        assert_eq!(shape, "[0000-00-00 00:00:00] ");
    }
}
