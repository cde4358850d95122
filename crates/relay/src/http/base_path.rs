//! The path below which everything is, as `/belt/` when a proxy gives the relay only a part of a
//! site. What answers sees the rest of the path alone, and never learns where it is.
//!
//! Paths are compared as they were sent: who writes `/b%65lt/` asks for something else.

use std::str::FromStr;

use axum::{
    Router,
    extract::Request,
    http::{StatusCode, Uri, header, uri::PathAndQuery},
    response::{IntoResponse, Response},
};
use tower::ServiceExt;

/// Begins and ends with a slash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BasePath(String);

/// What is no base path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "give the path before the page, for example /belt: up to {} letters, digits and the signs - . _ ~ between slashes",
    BasePath::BYTES_MAX
)]
pub struct BasePathError;

impl Default for BasePath {
    fn default() -> BasePath {
        BasePath("/".into())
    }
}

impl FromStr for BasePath {
    type Err = BasePathError;

    /// With or without a slash at its end. Takes nothing that has to be escaped in a link, a header
    /// or a cookie.
    fn from_str(text: &str) -> Result<BasePath, BasePathError> {
        let is_segment = |segment: &str| {
            let plain = |c: char| c.is_ascii_alphanumeric() || "-._~".contains(c);
            !matches!(segment, "" | "." | "..") && segment.chars().all(plain)
        };
        if text == "/" {
            return Ok(BasePath::default());
        }
        let path = text.strip_prefix('/').ok_or(BasePathError)?;
        let path = path.strip_suffix('/').unwrap_or(path);
        if text.len() > BasePath::BYTES_MAX || !path.split('/').all(is_segment) {
            return Err(BasePathError);
        }
        Ok(BasePath(format!("/{path}/")))
    }
}

impl BasePath {
    /// The longest, bytes.
    pub const BYTES_MAX: usize = 200;

    /// `/`, or as in `/belt/`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The rest of a path below this one, as in `/mirror`; empty: it is this one without the last
    /// slash. None: it is elsewhere.
    #[must_use]
    pub fn inside<'a>(&self, path: &'a str) -> Option<&'a str> {
        let rest = path.strip_prefix(self.0.strip_suffix('/')?)?;
        (rest.is_empty() || rest.starts_with('/')).then_some(rest)
    }

    /// The same routes below this path.
    pub(super) fn before(&self, inside: Router) -> Router {
        if *self == BasePath::default() {
            return inside;
        }
        let base = self.clone();
        Router::new().fallback(move |request: Request| base.clone().answer(inside.clone(), request))
    }

    async fn answer(self, inside: Router, mut request: Request) -> Response {
        match self.rest(request.uri()) {
            Some(Rest::Inside(uri)) => {
                *request.uri_mut() = uri;
                inside.oneshot(request).await.into_response()
            }
            // Relative addresses in the page start from its last slash.
            Some(Rest::WithoutSlash { location }) => (
                StatusCode::TEMPORARY_REDIRECT,
                [(header::LOCATION, location)],
            )
                .into_response(),
            None => {
                let where_it_is = format!("the page is below {}\n", self.0);
                (StatusCode::NOT_FOUND, where_it_is).into_response()
            }
        }
    }

    fn rest(&self, uri: &Uri) -> Option<Rest> {
        let path = self.inside(uri.path())?;
        let query = uri.query().map(|query| format!("?{query}"));
        let query = query.unwrap_or_default();
        if path.is_empty() {
            let location = format!("{}{query}", self.0);
            return Some(Rest::WithoutSlash { location });
        }
        let mut parts = uri.clone().into_parts();
        parts.path_and_query = Some(PathAndQuery::try_from(format!("{path}{query}")).ok()?);
        Uri::from_parts(parts).ok().map(Rest::Inside)
    }
}

/// What a request below a base path asks for.
enum Rest {
    Inside(Uri),
    WithoutSlash { location: String },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_base_path_is_plain() {
        for (text, expect) in [
            ("/", "/"),
            ("/belt", "/belt/"),
            ("/belt/", "/belt/"),
            ("/a/b.c~d_e-f/", "/a/b.c~d_e-f/"),
        ] {
            assert_eq!(text.parse(), Ok(BasePath(expect.into())), "{text}");
        }
        let long = format!("/{}", "a".repeat(BasePath::BYTES_MAX));
        for wrong in [
            "", "belt", "//", "/a//b", "/..", "/a/./b", "/a b", "/a?b", "/a;b", "/%61", "/é", &long,
        ] {
            assert_eq!(wrong.parse::<BasePath>(), Err(BasePathError), "{wrong}");
        }
    }

    #[test]
    fn what_is_inside_loses_the_base_path_only() {
        let base: BasePath = "/belt".parse().unwrap();
        for (path, expect) in [
            ("/belt", Some("")),
            ("/belt/", Some("/")),
            ("/belt/belt/x", Some("/belt/x")),
            ("/belt//x", Some("//x")),
            ("/belts/", None),
            ("/", None),
            ("/Belt/", None),
            ("//belt/", None),
        ] {
            assert_eq!(base.inside(path), expect, "{path}");
        }
        assert_eq!(BasePath::default().inside("/mirror"), Some("/mirror"));
    }

    #[test]
    fn the_query_stays() {
        let base: BasePath = "/belt".parse().unwrap();
        let rest = |uri: &str| base.rest(&uri.parse().unwrap());
        let inside = |uri: &str| match rest(uri) {
            Some(Rest::Inside(uri)) => uri.to_string(),
            _ => panic!("{uri}"),
        };
        assert_eq!(inside("/belt/mirror?a=%20&b"), "/mirror?a=%20&b");
        assert_eq!(inside("/belt/?"), "/?");
        assert_eq!(inside("http://h:1/belt/x"), "http://h:1/x");
        let Some(Rest::WithoutSlash { location }) = rest("/belt?lang=zh") else {
            panic!("it leads to the page");
        };
        assert_eq!(location, "/belt/?lang=zh");
        assert!(rest("/other").is_none());
    }
}
