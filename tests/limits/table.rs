//! The table of limits says what the program does: its defaults and its words.

use std::{collections::BTreeMap, fs, path::Path, process::Command};

use protocol::Refusal;

use crate::relay_process::binary;

fn table() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/limits.md");
    fs::read_to_string(path).unwrap()
}

/// Each option of a row that has one, with the row's default.
fn documented(text: &str) -> BTreeMap<String, String> {
    let rows = text.lines().filter(|line| line.starts_with("| "));
    let rows = rows.map(|row| row.split(" | ").collect::<Vec<_>>());
    let rows = rows.filter(|cells| cells.len() == 4);
    let named = rows.filter_map(|cells| {
        let option = cells[2].strip_prefix("`--")?.strip_suffix('`')?;
        Some((option.to_owned(), cells[1].to_owned()))
    });
    named.collect()
}

/// Each option below the heading of limits, with what it says of its default.
fn helped(text: &str) -> BTreeMap<String, String> {
    let (_, limits) = text.split_once("\nLimits:\n").unwrap();
    let limits = limits.split("\n\n").next().unwrap();
    let mut all = BTreeMap::new();
    for option in limits
        .split("\n      --")
        .flat_map(|it| it.split("      --"))
    {
        let Some((name, _)) = option.split_once(' ') else {
            continue;
        };
        let (_, default) = option.split_once("[default: ").unwrap();
        let (default, _) = default.split_once(']').unwrap();
        all.insert(name.to_owned(), default.to_owned());
    }
    all
}

#[test]
fn each_default_in_the_table_is_the_programs() {
    let help = Command::new(binary())
        .args(["serve", "-h"])
        .env("COLUMNS", "1000")
        .output()
        .unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    let told = documented(&table());
    assert!(told.len() > 8, "{told:?}");
    // A unit stands where it is read: in the table in its cell, in the help in the option's name.
    let bare = |text: &String| text.replace(" MiB", "").replace(' ', "");
    let bare = |all: BTreeMap<String, String>| -> Vec<String> {
        let lines = all.iter();
        lines
            .map(|(name, value)| format!("--{name}: {}", bare(value)))
            .collect()
    };
    assert_eq!(bare(told), bare(helped(&help)));
}

#[test]
fn the_words_of_a_refusal_are_in_the_table() {
    let table = table();
    for refusal in [
        Refusal::TooOften { a_second: 100 },
        Refusal::TooManyClients { limit: 16 },
        Refusal::TooManyRecordings { limit: 100 },
    ] {
        assert!(table.contains(&format!("*{refusal}*")), "{refusal}");
    }
}
