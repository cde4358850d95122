//! Builds the page: wasm, its JavaScript glue, the files of `web/`, each with compressed siblings.
//! Knows nothing of who serves it, nor of what the page shows.

use std::fs::{self, File};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use wasm_bindgen_cli_support::Bindgen;

use crate::lessons;
use crate::lighten::lighten;
use crate::nameless::without_paths;
use crate::reload;
use crate::split::{PART, split};
use crate::workspace::Workspace;

const WASM: &str = "wasm32-unknown-unknown";
/// What is text, or compresses like it. Anything else (fonts, pictures) is compressed already.
const COMPRESSIBLE: [&str; 7] = ["html", "css", "js", "wasm", "svg", "json", "txt"];
/// What a browser needs to run and to lay out a page.
const WEIGHED: [&str; 4] = ["wasm", "js", "css", "html"];
/// The wasm modules, by the names of their packages. The page starts with the first.
const MODULES: [&str; 2] = ["web", "reader"];
/// The module that is split: the page starts with one part of it.
const SPLIT: &str = "web";
/// What is downloaded only when a recording is opened.
const READING: [&str; 3] = ["reader.js", "reader_bg.wasm", "reading.js"];

/// What the page loads by itself while it starts, and does not wait for.
const EXTRAS: [&str; 4] = ["extras.js", "lesson.js", "lesson.css", "hall.css"];

/// For whom a page is built.
#[derive(Clone, Copy)]
pub enum Build {
    /// For everybody: small.
    Release,
    /// For whoever works at it: soon, and open pages reload themselves.
    Dev,
}

impl Build {
    fn profile(self) -> &'static str {
        match self {
            Build::Release => "page",
            Build::Dev => "page-dev",
        }
    }

    fn site(self) -> &'static str {
        match self {
            Build::Release => "site",
            Build::Dev => "dev-site",
        }
    }
}

/// Builds what is not built yet and returns the folder to serve.
///
/// The folder is put in place by renaming, when it is complete: a running relay never serves
/// half of a page.
pub fn build(workspace: &Workspace, build: Build) -> Result<PathBuf> {
    // A target folder of its own: the page's flags would evict the artefacts of the others.
    let target = workspace.target.join("page");
    let beside = |suffix: &str| target.join(format!("{}{suffix}", build.site()));
    let (site, stamp_file) = (beside(""), beside(".stamp"));
    same_bindgen(&fs::read_to_string(workspace.root.join("Cargo.lock"))?)?;

    let mut cargo = workspace.builder([
        "--package=web",
        "--package=reader",
        "--lib",
        "--target",
        WASM,
        "--profile",
        build.profile(),
        "--target-dir",
        target.to_str().context("the target folder is not UTF-8")?,
    ]);
    // Beside those of `.cargo/config.toml`, which an environment variable would replace.
    let flags = serde_json::to_string(&without_paths(workspace)?)?;
    cargo.arg(format!("--config=target.{WASM}.rustflags={flags}"));
    let modules = workspace.products_of(cargo)?;
    let mut sources = sources(&workspace.root.join("web"))?;
    sources.push(PageFile {
        path: lessons::write(workspace, &target)?,
        name: "lessons.bin".into(),
    });

    // Two builds at once would pack into the same folder; the lock is freed when the file closes.
    let lock = File::create(beside(".lock"))?;
    lock.lock()?;
    let stamp = stamp(&modules, &sources)?;
    if site.is_dir() && fs::read_to_string(&stamp_file).is_ok_and(|last| last == stamp) {
        return Ok(site);
    }
    let fresh = beside(".new");
    remove(&fresh)?;
    fs::create_dir_all(&fresh)?;
    for name in MODULES {
        let is_it = |module: &&PathBuf| module.file_stem().is_some_and(|stem| stem == name);
        let module = modules.iter().find(is_it);
        let module = module.with_context(|| format!("cargo built no {name}.wasm"))?;
        if name == SPLIT {
            let whole = fs::read(module)?;
            let start = beside(".start.wasm");
            split(&whole, &start, name, &fresh)?;
            bind(&start, name, &fresh)?;
        } else {
            bind(module, name, &fresh)?;
        }
    }
    for source in &sources {
        let copy = fresh.join(&source.name);
        if let Some(folder) = copy.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::copy(&source.path, copy).with_context(|| format!("cannot copy {}", source.name))?;
    }
    match build {
        Build::Release => {
            let files = files_under(&fresh)?;
            for file in files.iter().filter(|file| is_of_page(&file.name)) {
                fs::write(&file.path, lighten(&fs::read(&file.path)?)?)?;
            }
            compress(&fresh)?;
        }
        Build::Dev => reload::add(&fresh, &stamp)?,
    }

    let stale = beside(".old");
    remove(&stale)?;
    if site.exists() {
        fs::rename(&site, &stale)?;
    }
    fs::rename(&fresh, &site)?;
    fs::write(&stamp_file, stamp)?;
    remove(&stale)?;
    Ok(site)
}

/// How much a file of a built page is.
pub struct Weight {
    /// The file's name in the page.
    pub name: String,
    /// As it is.
    pub plain_bytes: u64,
    /// As a browser gets it.
    pub brotli_bytes: u64,
    /// When a browser downloads it.
    pub when: When,
}

/// When a file is downloaded.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// Before the page can start.
    Before,
    /// Once, as soon as the page runs.
    Running,
    /// When a recording is opened.
    Reading,
}

impl When {
    fn of(name: &str) -> Self {
        match name {
            _ if READING.contains(&name) => Self::Reading,
            _ if EXTRAS.contains(&name) || name.starts_with(PART) => Self::Running,
            _ => Self::Before,
        }
    }
}

/// Weighs the wasm, JavaScript, CSS and HTML of a built page.
pub fn weigh(site: &Path) -> Result<Vec<Weight>> {
    let files = files_under(site)?;
    let weighed = files.iter().filter(|file| has(&file.path, &WEIGHED));
    weighed
        .map(|file| {
            Ok(Weight {
                name: file.name.clone(),
                when: When::of(&file.name),
                plain_bytes: fs::metadata(&file.path)?.len(),
                brotli_bytes: fs::metadata(sibling(&file.path, "br"))?.len(),
            })
        })
        .collect()
}

/// A file of the page: where it is, and its name as seen from the page's root.
pub(crate) struct PageFile {
    pub(crate) path: PathBuf,
    name: String,
}

/// The files of `web/` that a browser gets as they are: those beside `index.html`, and all of
/// `web/assets` and `web/recordings`.
fn sources(web: &Path) -> Result<Vec<PageFile>> {
    let is_page_file = |file: &PageFile| {
        let in_root =
            !file.name.contains('/') && !["Cargo.toml", "build.rs"].contains(&&*file.name);
        in_root || file.name.starts_with("assets/") || file.name.starts_with("recordings/")
    };
    let files: Vec<_> = files_under(web)?.into_iter().filter(is_page_file).collect();
    ensure!(
        files.iter().any(|file| file.name == "index.html"),
        "{} holds no index.html: the page has no beginning",
        web.display()
    );
    Ok(files)
}

/// All files below a folder, by name.
pub(crate) fn files_under(root: &Path) -> Result<Vec<PageFile>> {
    let mut files = Vec::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries = fs::read_dir(&folder);
        for entry in entries.with_context(|| format!("cannot list {}", folder.display()))? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let parts = path.strip_prefix(root)?.iter();
                let parts: Vec<_> = parts.map(|part| part.to_string_lossy()).collect();
                let name = parts.join("/");
                files.push(PageFile { path, name });
            }
        }
    }
    files.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(files)
}

/// Names everything that the packed page depends on, the code that packs it included.
fn stamp(modules: &[PathBuf], sources: &[PageFile]) -> Result<String> {
    let mut hasher = DefaultHasher::new();
    include_str!("page.rs").hash(&mut hasher);
    include_str!("lighten.rs").hash(&mut hasher);
    include_str!("split.rs").hash(&mut hasher);
    include_str!("reload.rs").hash(&mut hasher);
    include_str!("reload.js").hash(&mut hasher);
    for module in modules {
        fs::read(module)?.hash(&mut hasher);
    }
    for source in sources {
        source.name.hash(&mut hasher);
        fs::read(&source.path)?.hash(&mut hasher);
    }
    Ok(format!("{:016x}", hasher.finish()))
}

/// Writes, for `web`, `web.js` and `web_bg.wasm`. The names are stable: the page's files say them.
fn bind(module: &Path, name: &str, folder: &Path) -> Result<()> {
    Bindgen::new()
        .input_path(module)
        .out_name(name)
        .web(true)?
        .typescript(false)
        .omit_default_module_path(false)
        .remove_name_section(true)
        .remove_producers_section(true)
        .keep_lld_exports(name == SPLIT)
        .generate(folder)
        .with_context(|| format!("wasm-bindgen cannot bind the module {name}"))
}

/// The wasm that every visitor downloads.
fn is_of_page(name: &str) -> bool {
    name == "web_bg.wasm" || name.starts_with(PART)
}

/// Gives each file that it helps a `.br` and a `.gz` sibling, so that no server compresses while
/// it serves.
fn compress(site: &Path) -> Result<()> {
    eprintln!("     Packing the page (brotli, gzip)");
    let files = files_under(site)?;
    let mut compressible = files.iter().filter(|file| has(&file.path, &COMPRESSIBLE));
    compressible.try_for_each(|file| compress_file(&file.path))
}

fn compress_file(file: &Path) -> Result<()> {
    let plain = fs::read(file)?;
    let best = brotli::enc::BrotliEncoderParams {
        quality: 11,
        size_hint: plain.len(),
        ..Default::default()
    };
    let mut brotli = File::create(sibling(file, "br"))?;
    brotli::BrotliCompress(&mut plain.as_slice(), &mut brotli, &best)?;
    let gzip = File::create(sibling(file, "gz"))?;
    let mut gzip = flate2::write::GzEncoder::new(gzip, flate2::Compression::best());
    std::io::Write::write_all(&mut gzip, &plain)?;
    gzip.finish()?;
    Ok(())
}

fn has(file: &Path, extensions: &[&str]) -> bool {
    let extension = file.extension().and_then(|extension| extension.to_str());
    extension.is_some_and(|extension| extensions.contains(&extension))
}

fn sibling(file: &Path, extension: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".");
    name.push(extension);
    name.into()
}

fn remove(folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder)
            .with_context(|| format!("cannot remove {}", folder.display()))?;
    }
    Ok(())
}

/// The module's half and the binding's half of wasm-bindgen must be of one version: they speak a
/// private format.
fn same_bindgen(lock: &str) -> Result<()> {
    let locked = |name: &str| {
        let version = locked_version(lock, name);
        version.with_context(|| format!("Cargo.lock has no {name}"))
    };
    let module = locked("wasm-bindgen")?;
    let binding = locked("wasm-bindgen-cli-support")?;
    ensure!(
        module == binding,
        "Cargo.lock has wasm-bindgen {module} but wasm-bindgen-cli-support {binding}: \
         write one version for both in the top Cargo.toml"
    );
    Ok(())
}

fn locked_version<'a>(lock: &'a str, package: &str) -> Option<&'a str> {
    let name = format!("name = \"{package}\"");
    let mut lines = lock.lines().skip_while(|line| *line != name);
    let version = lines.nth(1)?.strip_prefix("version = \"")?;
    version.strip_suffix('"')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bindgen_versions_must_agree() {
        let check = |module: &str, binding: &str, expect: bool| {
            let lock = format!(
                "[[package]]\nname = \"wasm-bindgen\"\nversion = \"{module}\"\n\n\
                 [[package]]\nname = \"wasm-bindgen-cli-support\"\nversion = \"{binding}\"\n"
            );
            assert_eq!(same_bindgen(&lock).is_ok(), expect);
        };
        check("0.2.130", "0.2.130", true);
        check("0.2.131", "0.2.130", false);
        assert!(same_bindgen("").is_err());
    }
}
