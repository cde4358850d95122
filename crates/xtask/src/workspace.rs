//! Where the workspace is, and cargo called in it. Knows nothing of what is built or why.

use std::env;
use std::ffi::OsString;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

/// The workspace as cargo sees it now: no path is compiled in, so that a moved clone still works.
pub struct Workspace {
    /// The folder of the top `Cargo.toml`.
    pub root: PathBuf,
    /// The build output. Cargo itself says where, so `CARGO_TARGET_DIR` and its kin are respected.
    pub target: PathBuf,
}

impl Workspace {
    /// Asks cargo: from the package that `cargo run` names, else upwards from the current folder.
    pub fn find() -> Result<Self> {
        let mut metadata = Command::new(cargo());
        metadata.args(["metadata", "--no-deps", "--format-version", "1"]);
        if let Some(package) = env::var_os("CARGO_MANIFEST_DIR") {
            let manifest = Path::new(&package).join("Cargo.toml");
            metadata.arg("--manifest-path").arg(manifest);
        }
        let output = metadata
            .stdin(Stdio::null())
            .stderr(Stdio::inherit())
            .output()
            .context("cannot run cargo: install it from https://rustup.rs")?;
        ensure!(
            output.status.success(),
            "cargo knows no workspace here: call this inside the repository"
        );
        let answer: Value = serde_json::from_slice(&output.stdout)
            .context("cargo metadata answered something other than JSON")?;
        let folder = |name: &str| {
            let path = answer.get(name).and_then(Value::as_str);
            path.map(PathBuf::from)
                .with_context(|| format!("cargo metadata names no {name}"))
        };
        Ok(Self {
            root: folder("workspace_root")?,
            target: folder("target_directory")?,
        })
    }

    /// A call of cargo at the root, with nothing to read from standard input.
    pub fn cargo<'a>(&self, arguments: impl IntoIterator<Item = &'a str>) -> Command {
        let mut command = Command::new(cargo());
        command
            .args(arguments)
            .current_dir(&self.root)
            .env("CARGO_TARGET_DIR", &self.target)
            .stdin(Stdio::null());
        // What `cargo run` tells us about this package would look like a changed environment to
        // build scripts, and the same crates would be built again by a plain `cargo build`.
        for (name, _) in env::vars_os() {
            if is_about_this_package(&name) {
                command.env_remove(name);
            }
        }
        command
    }

    /// Runs `cargo build` with these arguments and returns the program or wasm module that it
    /// made. Progress and compiler errors go to standard error as usual.
    pub fn build<const N: usize>(&self, arguments: [&str; N]) -> Result<PathBuf> {
        self.product_of(self.builder(arguments))
    }

    /// The call of `cargo build` that [`Workspace::product_of`] or [`Workspace::products_of`] runs.
    pub fn builder<const N: usize>(&self, arguments: [&str; N]) -> Command {
        let mut cargo = self.cargo(["build", "--message-format=json-render-diagnostics"]);
        cargo.args(arguments);
        cargo
    }

    /// Runs a call of `cargo build` and returns the one program or module that it made.
    pub fn product_of(&self, cargo: Command) -> Result<PathBuf> {
        let called = called(&cargo);
        let product = self.products_of(cargo)?.pop();
        product.with_context(|| format!("{called} made nothing"))
    }

    /// Runs a call of `cargo build` and returns all programs and modules that it made.
    pub fn products_of(&self, mut cargo: Command) -> Result<Vec<PathBuf>> {
        let mut child = cargo
            .stdout(Stdio::piped())
            .spawn()
            .context("cannot run cargo")?;
        let mut products = Vec::new();
        if let Some(messages) = child.stdout.take() {
            for line in BufReader::new(messages).lines() {
                products.extend(made_by(&line?));
            }
        }
        let status = child.wait()?;
        ensure!(status.success(), "{} failed", called(&cargo));
        Ok(products)
    }
}

fn called(cargo: &Command) -> String {
    let arguments: Vec<_> = cargo.get_args().map(|it| it.to_string_lossy()).collect();
    format!("cargo {}", arguments.join(" "))
}

fn cargo() -> OsString {
    env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

fn is_about_this_package(name: &OsString) -> bool {
    let name = name.to_string_lossy();
    [
        "CARGO_PKG_",
        "CARGO_MANIFEST_",
        "CARGO_BIN_",
        "CARGO_CRATE_",
    ]
    .iter()
    .any(|prefix| name.starts_with(prefix))
}

/// The program or the wasm module that a line of cargo's JSON reports, if it reports one.
fn made_by(line: &str) -> Option<PathBuf> {
    let message: Value = serde_json::from_str(line).ok()?;
    if message.get("reason")? != "compiler-artifact" {
        return None;
    }
    let program = message.get("executable").and_then(Value::as_str);
    let module = || {
        let files = message.get("filenames")?.as_array()?;
        let mut files = files.iter().filter_map(Value::as_str);
        files.find(|file| file.ends_with(".wasm"))
    };
    program.or_else(module).map(PathBuf::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_and_modules_are_found_among_cargos_messages() {
        let check = |line, expect: Option<&str>| assert_eq!(made_by(line), expect.map(Into::into));
        check(
            r#"{"reason":"compiler-artifact","executable":"/t/x","filenames":["/t/x"]}"#,
            Some("/t/x"),
        );
        check(
            r#"{"reason":"compiler-artifact","executable":null,"filenames":["/t/w.wasm"]}"#,
            Some("/t/w.wasm"),
        );
        check(
            r#"{"reason":"compiler-artifact","executable":null,"filenames":["/t/a.rlib"]}"#,
            None,
        );
        check(r#"{"reason":"build-finished","success":true}"#, None);
        check("warning: not JSON", None);
    }
}
