//! The architecture as a list that a test pins: who may depend on whom, and what the pure crates
//! must not know. Looks at manifests and at source text; knows nothing of what the code does.

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

/// Each package of the workspace, and the others that it may depend on in any way. (The tests of
/// lessons take its own feature `toml`.)
const ALLOWED: &str = "
    protocol
    model:      protocol
    scene:      protocol model
    lessons:    protocol model lessons
    reader:     protocol
    web:        protocol model scene lessons
    relay:      protocol
    fruitbelt:  protocol model lessons relay
    bench:      protocol relay
    xtask
    tests:      protocol model scene lessons reader relay fruitbelt
";

/// What runs in the page and in tests alike, so that it can be trusted in both: no clock, no I/O,
/// no browser, on whatever way it may come in.
const PURE: [&str; 4] = ["protocol", "model", "scene", "lessons"];

/// By their beginning. To know one of these is to know the outside world.
const WORLDLY: [&str; 18] = [
    "async-",
    "axum",
    "chrono",
    "getrandom",
    "gloo",
    "hyper",
    "js-sys",
    "leptos",
    "libc",
    "linux-raw-sys",
    "mio",
    "rustix",
    "socket2",
    "tokio",
    "tungstenite",
    "wasm-bindgen",
    "wasm_split",
    "web-",
];

/// By their beginning: the browser as seen from Rust. It is the page's alone.
const BROWSER: [&str; 6] = [
    "gloo",
    "js-sys",
    "leptos",
    "wasm-bindgen-futures",
    "wasm_split_helpers",
    "web-sys",
];

/// The only folder whose code may be unsafe: the calls into the kernel.
const UNSAFE_HOME: &str = "crates/relay/src/observe";

#[test]
fn crates_depend_only_downwards() -> Result<()> {
    let allowed = table(ALLOWED);
    let members = Packages::read(&["--no-deps"])?.members()?;
    let mut offences = Vec::new();
    for (package, dependencies) in &members {
        let Some(allowed) = allowed.get(package) else {
            offences.push(format!("{package} is not on the list"));
            continue;
        };
        let inside = dependencies
            .iter()
            .filter(|name| members.contains_key(*name));
        let forbidden = inside.filter(|name| !allowed.contains(*name));
        offences.extend(forbidden.map(|name| format!("{package} depends on {name}")));
    }
    none(
        offences,
        "the list is ALLOWED in tests/architecture.rs, from the design",
    )
}

#[test]
fn only_the_page_knows_the_browser() -> Result<()> {
    let members = Packages::read(&["--no-deps"])?.members()?;
    let mut offences = Vec::new();
    for (package, dependencies) in members.iter().filter(|(name, _)| *name != "web") {
        let browser = dependencies.iter().filter(|name| begins(name, &BROWSER));
        offences.extend(browser.map(|name| format!("{package} depends on {name}")));
    }
    none(
        offences,
        "what needs the browser belongs to the package web",
    )
}

#[test]
fn pure_crates_know_nothing_of_the_world() -> Result<()> {
    let packages = Packages::read(&["--filter-platform", "wasm32-unknown-unknown"])?;
    let mut offences = Vec::new();
    for package in PURE {
        for (name, path) in packages.needed_by(package)? {
            if begins(&name, &WORLDLY) {
                offences.push(format!("{package} needs {name}: {path}"));
            }
        }
    }
    none(
        offences,
        "these crates must stay free of clocks, I/O and the browser",
    )
}

#[test]
fn unsafe_lives_where_the_kernel_is_observed() -> Result<()> {
    let root = root()?;
    let mut offences = Vec::new();
    for folder in ["crates", "web", "tests"] {
        for file in rust_files(&root.join(folder))? {
            let name = file.strip_prefix(&root)?;
            if name.starts_with(UNSAFE_HOME) || name.starts_with(format!("{UNSAFE_HOME}.rs")) {
                continue;
            }
            let text = fs::read_to_string(&file)?;
            let lines = lines_that_are_unsafe(&text).into_iter();
            offences.extend(lines.map(|line| format!("{}:{line}", name.display())));
        }
    }
    none(
        offences,
        &format!("unsafe code is allowed in {UNSAFE_HOME} only"),
    )
}

#[test]
fn every_crate_takes_the_lints_of_the_workspace() -> Result<()> {
    let root = root()?;
    let mut offences = Vec::new();
    for package in Packages::read(&["--no-deps"])?.all()? {
        let manifest = PathBuf::from(text(package, "manifest_path")?);
        let lines = fs::read_to_string(&manifest)?;
        if !lines.contains("[lints]\nworkspace = true") {
            offences.push(manifest.strip_prefix(&root)?.display().to_string());
        }
    }
    none(
        offences,
        "write [lints] workspace = true: unsafe code is denied there",
    )
}

#[test]
fn words_in_comments_and_strings_are_not_code() {
    let check = |text: &str, expect: &[usize]| assert_eq!(lines_that_are_unsafe(text), expect);
    check("fn a() {}\nunsafe fn b() {}", &[2]);
    check("let c = unsafe { d() };", &[1]);
    check("#[allow(unsafe_code)]", &[1]);
    check("#[deny(unsafe_code)]", &[]);
    check("// unsafe is a word\n//! unsafe", &[]);
    check(r#"let url = "http://unsafe "; unsafe { e() }"#, &[1]);
}

/// What cargo says of the packages.
struct Packages(Value);

impl Packages {
    fn read(arguments: &[&str]) -> Result<Self> {
        let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut metadata = Command::new(cargo);
        metadata
            .args(["metadata", "--format-version=1", "--manifest-path"])
            .arg(root()?.join("Cargo.toml"))
            .args(arguments);
        let output = metadata.output().context("cannot run cargo metadata")?;
        let told = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "cargo metadata failed:\n{told}");
        Ok(Self(serde_json::from_slice(&output.stdout)?))
    }

    fn all(&self) -> Result<&Vec<Value>> {
        list(&self.0, "packages")
    }

    /// Each package of the workspace with all that it names as a dependency, of any kind.
    fn members(&self) -> Result<BTreeMap<String, BTreeSet<String>>> {
        let members = self.all()?.iter().map(|package| {
            let dependencies = list(package, "dependencies")?.iter();
            let names = dependencies.map(|dependency| text(dependency, "name"));
            Ok((text(package, "name")?, names.collect::<Result<_>>()?))
        });
        members.collect()
    }

    /// All that is linked with a package in the end, each with the way on which it comes in.
    fn needed_by(&self, package: &str) -> Result<BTreeMap<String, String>> {
        let mut names = BTreeMap::new();
        for package in self.all()? {
            names.insert(text(package, "id")?, text(package, "name")?);
        }
        let mut nodes = BTreeMap::new();
        for node in list(&self.0["resolve"], "nodes")? {
            nodes.insert(text(node, "id")?, list(node, "deps")?);
        }
        let mut needed = BTreeMap::new();
        let is_ours = |id: &&String| names[*id] == package && id.starts_with("path+");
        let start = names.keys().find(is_ours);
        // A package of the list that is not written yet needs nothing.
        let mut ways: Vec<_> = start
            .map(|id| (id.clone(), package.to_owned()))
            .into_iter()
            .collect();
        while let Some((id, way)) = ways.pop() {
            for dependency in nodes.get(&id).into_iter().copied().flatten() {
                let id = text(dependency, "pkg")?;
                let name = names.get(&id).context("a package without a name")?;
                if is_linked(dependency)? && !needed.contains_key(name) {
                    let way = format!("{way} -> {name}");
                    needed.insert(name.clone(), way.clone());
                    ways.push((id, way));
                }
            }
        }
        Ok(needed)
    }
}

/// Whether a dependency ends up in the program, rather than in its build or its tests.
fn is_linked(dependency: &Value) -> Result<bool> {
    let kinds = list(dependency, "dep_kinds")?;
    Ok(kinds.iter().any(|kind| kind["kind"].is_null()))
}

fn list<'a>(value: &'a Value, name: &str) -> Result<&'a Vec<Value>> {
    let list = value[name].as_array();
    list.with_context(|| format!("cargo metadata has no list of {name}"))
}

fn text(value: &Value, name: &str) -> Result<String> {
    let text = value[name].as_str().map(str::to_owned);
    text.with_context(|| format!("cargo metadata has no {name}"))
}

fn table(lines: &str) -> BTreeMap<String, BTreeSet<String>> {
    let rows = lines.split('\n').filter_map(|line| {
        let mut words = line
            .split_whitespace()
            .map(|word| word.trim_end_matches(':').to_owned());
        Some((words.next()?, words.collect()))
    });
    rows.collect()
}

fn begins(name: &str, beginnings: &[&str]) -> bool {
    beginnings
        .iter()
        .any(|beginning| name.starts_with(beginning))
}

/// The lines, from 1, with unsafe code or the permission for it. Comments and strings do not count.
fn lines_that_are_unsafe(text: &str) -> Vec<usize> {
    let lines = text.lines().enumerate().filter(|(_, line)| {
        let without_strings: String = line.split('"').step_by(2).collect();
        let code = without_strings.split("//").next().unwrap_or_default();
        code.contains("unsafe ") || code.contains("allow(unsafe_code")
    });
    lines.map(|(index, _)| index + 1).collect()
}

fn rust_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                files.push(path);
            }
        }
    }
    Ok(files)
}

/// The workspace's folder, one above this package's. Cargo says so when it runs the tests.
fn root() -> Result<PathBuf> {
    let package = env::var_os("CARGO_MANIFEST_DIR").context("run this by cargo test")?;
    let root = Path::new(&package).parent().context("no folder above")?;
    Ok(root.to_owned())
}

fn none(offences: Vec<String>, rule: &str) -> Result<()> {
    ensure!(offences.is_empty(), "{rule}\n  {}", offences.join("\n  "));
    Ok(())
}
