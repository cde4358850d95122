//! Where in the text of a file something of a lesson stands.

use std::{borrow::Cow, fmt, ops::Range};

use toml::{
    Spanned,
    de::{DeTable, DeValue, Error},
};

/// The way to a value: `step`, 1, `do`, 2.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Path(Vec<Part>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Key(Cow<'static, str>),
    Index(usize),
}

impl Path {
    pub fn key(&self, key: &'static str) -> Path {
        self.and(Part::Key(Cow::Borrowed(key)))
    }

    /// From 0.
    pub fn index(&self, index: usize) -> Path {
        self.and(Part::Index(index))
    }

    fn and(&self, part: Part) -> Path {
        let mut parts = self.0.clone();
        parts.push(part);
        Path(parts)
    }
}

/// `step 2, do 3, send`: counted from 1, as people do.
impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, part) in self.0.iter().enumerate() {
            match part {
                Part::Key(key) if at == 0 => f.write_str(key)?,
                Part::Key(key) => write!(f, ", {key}")?,
                Part::Index(index) => write!(f, " {}", index + 1)?,
            }
        }
        Ok(())
    }
}

/// The values of a file, with their spans.
pub struct Places<'t> {
    text: &'t str,
    root: Spanned<DeTable<'t>>,
}

impl<'t> Places<'t> {
    pub fn of(text: &'t str) -> Result<Places<'t>, Error> {
        let root = DeTable::parse(text)?;
        Ok(Places { text, root })
    }

    /// The line, from 1, of the last value on the way that is there.
    pub fn line(&self, path: &Path) -> usize {
        let mut at = 0;
        let mut value: Option<&DeValue> = None;
        for part in &path.0 {
            let next = match (part, value) {
                (Part::Key(key), None) => entry(self.root.get_ref(), key),
                (Part::Key(key), Some(DeValue::Table(table))) => entry(table, key),
                (Part::Index(index), Some(DeValue::Array(array))) => array
                    .get(*index)
                    .map(|value| (value.span(), value.get_ref())),
                _ => None,
            };
            let Some((span, next)) = next else { break };
            at = span.start;
            value = Some(next);
        }
        line(self.text, at)
    }

    /// The way to the innermost value that holds a byte of the text, as people read it.
    pub fn around(&self, at: usize) -> String {
        let mut path = Path::default();
        let mut table = Some(self.root.get_ref());
        let mut array = None;
        loop {
            let next = match (table, array) {
                (Some(inside), _) => in_table(inside, at),
                (None, Some(inside)) => in_array(inside, at),
                (None, None) => None,
            };
            let Some((part, value)) = next else { break };
            path = path.and(part);
            table = value.as_table();
            array = value.as_array().map(|array| &**array);
        }
        path.to_string()
    }
}

fn entry<'a, 't>(table: &'a DeTable<'t>, key: &str) -> Option<(Range<usize>, &'a DeValue<'t>)> {
    let (name, value) = table.iter().find(|(name, _)| name.get_ref() == key)?;
    Some((name.span(), value.get_ref()))
}

fn in_table<'a, 't>(table: &'a DeTable<'t>, at: usize) -> Option<(Part, &'a DeValue<'t>)> {
    let found = table.iter().find(|(name, value)| {
        name.span().contains(&at) || holds(value.span(), value.get_ref(), at)
    });
    found.map(|(name, value)| {
        (
            Part::Key(name.get_ref().to_string().into()),
            value.get_ref(),
        )
    })
}

fn in_array<'a, 't>(
    array: &'a [Spanned<DeValue<'t>>],
    at: usize,
) -> Option<(Part, &'a DeValue<'t>)> {
    let index = array
        .iter()
        .position(|value| holds(value.span(), value.get_ref(), at))?;
    Some((Part::Index(index), array[index].get_ref()))
}

/// A table that is written as `[name]` spans no more than its head, and one of many, `[[name]]`,
/// neither: what is inside has to be looked at.
fn holds(span: Range<usize>, value: &DeValue, at: usize) -> bool {
    span.contains(&at)
        || value
            .as_table()
            .is_some_and(|table| in_table(table, at).is_some())
        || value
            .as_array()
            .is_some_and(|array| in_array(array, at).is_some())
}

/// The line, from 1, of a byte of the text.
pub fn line(text: &str, at: usize) -> usize {
    let before = text.as_bytes().get(..at).unwrap_or_default();
    before.iter().filter(|byte| **byte == b'\n').count() + 1
}
