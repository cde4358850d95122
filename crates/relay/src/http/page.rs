//! The built page's files: in a folder, or inside the program.
//!
//! Both are served alike: by name, with a type, in the smallest form that the browser takes. Knows
//! nothing of what the page shows.

use std::{borrow::Cow, fs, io, path::PathBuf};

use axum::{
    Router,
    body::Body,
    http::{HeaderMap, StatusCode, Uri, header},
    middleware,
    response::{IntoResponse, Response},
    routing::get,
};
use bytes::Bytes;
use tower_http::services::ServeDir;

use super::{list::List, no_such_file};
use crate::StartError;

/// The compressed siblings of a file, the smallest first: name in HTTP, suffix.
const ENCODINGS: [(&str, &str); 2] = [("br", ".br"), ("gzip", ".gz")];

/// Where the page's files are.
#[derive(Clone, Debug)]
pub enum Page {
    /// In a folder.
    Folder(PathBuf),
    /// In the program: by name, with `/` between folders, sorted by name.
    Inside(&'static [(&'static str, &'static [u8])]),
    /// As another one, with one more file that was made when the program started.
    With {
        /// The other one.
        page: Box<Page>,
        /// Its name, with `/` between folders.
        name: &'static str,
        /// What is in it.
        content: Bytes,
    },
}

impl Page {
    /// The same page with one more file, in place of one of that name.
    #[must_use]
    pub fn with_file(self, name: &'static str, content: impl Into<Bytes>) -> Page {
        Page::With {
            page: Box::new(self),
            name,
            content: content.into(),
        }
    }

    /// Is there a page to serve?
    ///
    /// # Errors
    /// [`StartError::NoPage`].
    pub fn check(&self) -> Result<(), StartError> {
        match self {
            Page::Folder(dir) if !dir.join("index.html").is_file() => {
                Err(StartError::NoPage { dir: dir.clone() })
            }
            Page::With { page, .. } => page.check(),
            _ => Ok(()),
        }
    }

    /// The names of all files, with `/` between folders.
    ///
    /// # Errors
    /// The folder cannot be listed.
    pub fn names(&self) -> io::Result<Vec<String>> {
        let root = match self {
            Page::Inside(files) => return Ok(files.iter().map(|&(name, _)| name.into()).collect()),
            Page::Folder(root) => root,
            Page::With { page, name, .. } => {
                let mut names = page.names()?;
                names.retain(|other| !is_form_of(other, name));
                names.push((*name).to_owned());
                names.sort();
                return Ok(names);
            }
        };
        let mut names = Vec::new();
        let mut folders = vec![String::new()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(root.join(&folder))? {
                let entry = entry?;
                let name = format!("{folder}{}", entry.file_name().to_string_lossy());
                if entry.file_type()?.is_dir() {
                    folders.push(name + "/");
                } else {
                    names.push(name);
                }
            }
        }
        names.sort();
        Ok(names)
    }

    /// A file's content.
    ///
    /// # Errors
    /// There is none of that name, or it cannot be read.
    pub fn read(&self, name: &str) -> io::Result<Cow<'static, [u8]>> {
        match self {
            Page::Folder(root) => fs::read(root.join(name)).map(Cow::Owned),
            Page::Inside(files) => inside(files, name)
                .map(Cow::Borrowed)
                .ok_or_else(|| io::ErrorKind::NotFound.into()),
            Page::With {
                name: it, content, ..
            } if *it == name => Ok(Cow::Owned(content.to_vec())),
            Page::With { page, .. } => page.read(name),
        }
    }

    /// The list of recordings that lie beside the page; an empty one if there is none.
    #[must_use]
    pub fn list(&self) -> List {
        let list = self.read("recordings.json");
        list.ok()
            .and_then(|list| serde_json::from_slice(&list).ok())
            .unwrap_or_default()
    }

    /// Answers with the files.
    pub(super) fn files(&self) -> Router {
        match self {
            Page::Folder(dir) => Router::new()
                .fallback_service(ServeDir::new(dir).precompressed_br().precompressed_gzip())
                .layer(middleware::map_response(only_found_or_not)),
            Page::Inside(files) => {
                let files = *files;
                Router::new().fallback(move |uri: Uri, headers: HeaderMap| async move {
                    serve_inside(files, &uri, &headers)
                })
            }
            Page::With {
                page,
                name,
                content,
            } => {
                let kind = mime_guess::from_path(name).first_raw();
                let kind = kind.unwrap_or("application/octet-stream");
                let said = [(header::CONTENT_TYPE, kind)];
                let content = content.clone();
                page.files().route(
                    &format!("/{name}"),
                    get(move || async move { (said, content) }),
                )
            }
        }
    }
}

/// Is it that file, or a compressed form of it?
fn is_form_of(other: &str, name: &str) -> bool {
    let rest = other.strip_prefix(name);
    rest.is_some_and(|rest| rest.is_empty() || ENCODINGS.iter().any(|&(_, suffix)| rest == suffix))
}

/// A name that the file system cannot even look up (too long, say) is a file that is not there.
async fn only_found_or_not(response: Response) -> Response {
    let status = response.status();
    if status == StatusCode::NOT_FOUND || status.is_server_error() {
        return no_such_file();
    }
    response
}

fn inside(files: &'static [(&'static str, &'static [u8])], name: &str) -> Option<&'static [u8]> {
    let at = files.binary_search_by_key(&name, |&(name, _)| name).ok()?;
    files.get(at).map(|&(_, content)| content)
}

fn serve_inside(
    files: &'static [(&'static str, &'static [u8])],
    uri: &Uri,
    headers: &HeaderMap,
) -> Response {
    let name = match uri.path().trim_start_matches('/') {
        "" => "index.html",
        name => name,
    };
    let Some(plain) = inside(files, name) else {
        return no_such_file();
    };
    let kind = mime_guess::from_path(name).first_raw();
    let kind = (
        header::CONTENT_TYPE,
        kind.unwrap_or("application/octet-stream"),
    );
    let smaller = ENCODINGS.iter().find_map(|&(encoding, suffix)| {
        let sibling = inside(files, &format!("{name}{suffix}"));
        sibling
            .filter(|_| accepts(headers, encoding))
            .map(|content| (encoding, content))
    });
    match smaller {
        Some((encoding, content)) => {
            let encoding = (header::CONTENT_ENCODING, encoding);
            ([kind, encoding], Body::from(content)).into_response()
        }
        None => ([kind], Body::from(plain)).into_response(),
    }
}

/// Is that encoding named, and not with a weight of nothing?
fn accepts(headers: &HeaderMap, encoding: &str) -> bool {
    let named = headers.get_all(header::ACCEPT_ENCODING).into_iter();
    named
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|item| {
            let mut parts = item.split(';').map(str::trim);
            let is_named = parts
                .next()
                .is_some_and(|name| name.eq_ignore_ascii_case(encoding));
            let refused = parts
                .filter_map(|part| part.strip_prefix("q="))
                .any(|weight| weight.parse() == Ok(0.0));
            is_named && !refused
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILES: &[(&str, &[u8])] = &[
        ("app.js", b"plain"),
        ("app.js.br", b"brotli"),
        ("app.js.gz", b"gzip"),
        ("index.html", b"<!doctype html>"),
        (
            "recordings.json",
            br#"{"live":false,"recordings":[{"name":"a","file":"recordings/a.ndjson","bytes":3}]}"#,
        ),
    ];

    #[test]
    fn a_file_inside_is_served_as_from_a_folder() {
        let check =
            |path: &str, accepts: &str, status: u16, kind: Option<&str>, encoding: Option<&str>| {
                let mut headers = HeaderMap::new();
                headers.insert(header::ACCEPT_ENCODING, accepts.parse().unwrap());
                let response = serve_inside(FILES, &path.parse().unwrap(), &headers);
                let said = |name| response.headers().get(name).and_then(|v| v.to_str().ok());
                assert_eq!(response.status().as_u16(), status, "{path}");
                if status == 200 {
                    assert_eq!(said(header::CONTENT_TYPE), kind, "{path}");
                }
                assert_eq!(said(header::CONTENT_ENCODING), encoding, "{path} {accepts}");
            };
        check("/", "br", 200, Some("text/html"), None);
        check(
            "/app.js",
            "gzip, br",
            200,
            Some("text/javascript"),
            Some("br"),
        );
        check(
            "/app.js",
            "br;q=0, GZIP",
            200,
            Some("text/javascript"),
            Some("gzip"),
        );
        check("/app.js", "", 200, Some("text/javascript"), None);
        check(
            "/app.js?x=1",
            "identity",
            200,
            Some("text/javascript"),
            None,
        );
        check("/../app.js", "", 404, None, None);
        check("/missing", "br", 404, None, None);
    }

    #[test]
    fn a_file_made_at_the_start_is_one_of_the_page() {
        let page = Page::Inside(FILES).with_file("lessons.bin", &b"made"[..]);
        assert_eq!(page.read("lessons.bin").unwrap(), &b"made"[..]);
        assert_eq!(page.read("app.js").unwrap(), &b"plain"[..]);
        assert!(page.read("missing").is_err());
        assert_eq!(page.names().unwrap().len(), FILES.len() + 1);
        let instead = page.with_file("app.js", &b"other"[..]);
        assert_eq!(instead.read("app.js").unwrap(), &b"other"[..]);
        // What is compressed is of the file that is gone.
        assert_eq!(instead.names().unwrap().len(), FILES.len() + 1 - 2);
    }

    #[test]
    fn the_list_beside_the_page_is_read() {
        assert_eq!(Page::Inside(FILES).list().recordings[0].name, "a");
        assert_eq!(Page::Inside(&[]).list(), List::default());
    }
}
