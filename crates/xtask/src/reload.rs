//! Makes a built page reload itself when another one takes its place: a script more, and a file
//! that names the version. Knows nothing of how a page is built; no released page has it.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

/// Adds it to the page in this folder. `version` differs when the page does.
pub fn add(site: &Path, version: &str) -> Result<()> {
    let index = site.join("index.html");
    let html = fs::read_to_string(&index)?;
    fs::write(&index, with_script(&html, version)?)?;
    fs::write(site.join("reload.js"), include_str!("reload.js"))?;
    fs::write(site.join("version.txt"), version)?;
    Ok(())
}

fn with_script(html: &str, version: &str) -> Result<String> {
    let (head, rest) = html
        .split_once("</head>")
        .context("index.html has no </head>")?;
    let script = format!(r#"<script type="module" src="./reload.js?{version}"></script>"#);
    Ok(format!("{head}{script}\n</head>{rest}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_script_is_the_heads_last() {
        let expect =
            "<head><script type=\"module\" src=\"./reload.js?7f\"></script>\n</head><body>";
        let found = with_script("<head></head><body>", "7f");
        assert_eq!(found.unwrap(), expect);
        assert!(with_script("<body>", "7f").is_err());
    }
}
