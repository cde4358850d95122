//! Who may ask, and what every answer says: the page drives the relay, so no other site's page may
//! read it or drive it, not even by a name that it has pointed at this machine.
//!
//! Headers in, a refusal or nothing out: knows nothing of what is asked for.

use std::{collections::HashSet, net::IpAddr, sync::Arc};

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
const FETCH_MODE: HeaderName = HeaderName::from_static("sec-fetch-mode");
const FETCH_DEST: HeaderName = HeaderName::from_static("sec-fetch-dest");

/// Said by every answer. Pictures may be made by the page itself (`data:`, `blob:`).
const SAID: [(HeaderName, &str); 5] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
         img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; base-uri 'none'; \
         form-action 'none'; frame-ancestors 'self'",
    ),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    ),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::VARY, "accept-encoding"),
];

/// The host names by which this relay may be asked.
#[derive(Debug)]
pub struct Guard {
    allowed: HashSet<String>,
}

/// Why a request is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
enum Refused {
    #[error("only GET and HEAD are answered here")]
    Method,
    #[error("exactly one Host header is needed")]
    NoHost,
    #[error(
        "this host name is not known here: use localhost, or start the relay with --allow-host NAME"
    )]
    Host,
    #[error("a page of another origin may not read or drive this relay")]
    Origin,
    #[error("another site may only link to the page itself")]
    Site,
}

impl Refused {
    fn status(self) -> StatusCode {
        match self {
            Refused::Method => StatusCode::METHOD_NOT_ALLOWED,
            Refused::NoHost => StatusCode::BAD_REQUEST,
            Refused::Host | Refused::Origin | Refused::Site => StatusCode::FORBIDDEN,
        }
    }
}

/// Lets a request through or refuses it, and adds what every answer says.
pub async fn guard(State(guard): State<Arc<Guard>>, request: Request, next: Next) -> Response {
    let mut response = match guard.check(request.method(), request.uri(), request.headers()) {
        Ok(()) => next.run(request).await,
        Err(refused) => {
            tracing::debug!(uri = %request.uri(), "refused: {refused}");
            (refused.status(), format!("{refused}\n")).into_response()
        }
    };
    let headers = response.headers_mut();
    for (name, value) in SAID {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-cache"));
    response
}

impl Guard {
    /// Loopback names are always allowed; `names` are, too.
    pub fn new(names: &[String]) -> Guard {
        let allowed = names.iter().map(|name| name.to_ascii_lowercase()).collect();
        Guard { allowed }
    }

    fn check(&self, method: &Method, uri: &Uri, headers: &HeaderMap) -> Result<(), Refused> {
        if method != Method::GET && method != Method::HEAD {
            return Err(Refused::Method);
        }
        let host = only(headers, &header::HOST).ok_or(Refused::NoHost)?;
        // A request line with a whole address in it says the host a second time.
        let hosts = uri
            .authority()
            .map(|a| a.as_str())
            .into_iter()
            .chain([host]);
        if !hosts.into_iter().all(|host| self.allows(host)) {
            return Err(Refused::Host);
        }
        if headers.contains_key(header::ORIGIN) {
            let own = format!("http://{host}");
            if !only(headers, &header::ORIGIN).is_some_and(|o| o.eq_ignore_ascii_case(&own)) {
                return Err(Refused::Origin);
            }
        }
        if headers.contains_key(FETCH_SITE) {
            let site = only(headers, &FETCH_SITE);
            let is_document = matches!(uri.path(), "/" | "/index.html")
                && only(headers, &FETCH_MODE) == Some("navigate")
                && only(headers, &FETCH_DEST) == Some("document");
            if !matches!(site, Some("same-origin" | "none")) && !is_document {
                return Err(Refused::Site);
            }
        }
        Ok(())
    }

    /// `host`: a name or an address, perhaps with a port, as in a Host header.
    fn allows(&self, host: &str) -> bool {
        let name = match host.strip_prefix('[') {
            Some(rest) => match rest.split_once(']') {
                Some((name, port)) if port.is_empty() || is_port(port) => name,
                _ => return false,
            },
            None => match host.split_once(':') {
                Some((name, _)) if is_port(&host[name.len()..]) => name,
                Some(_) => return false,
                None => host,
            },
        };
        let name = name.to_ascii_lowercase();
        name == "localhost"
            || name.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
            || self.allowed.contains(&name)
    }
}

fn is_port(text: &str) -> bool {
    text.strip_prefix(':')
        .is_some_and(|port| port.parse::<u16>().is_ok())
}

/// The header's value, if it is there exactly once and is text.
fn only<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (Some(value), None) => value.to_str().ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(target: &str, headers: &[(&str, &str)], expect: Result<(), Refused>) {
        let guard = Guard::new(&["Belt.Example".into()]);
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            let name: HeaderName = name.parse().unwrap();
            map.append(name, value.parse().unwrap());
        }
        let found = guard.check(&Method::GET, &target.parse().unwrap(), &map);
        assert_eq!(found, expect, "{target} {headers:?}");
    }

    #[test]
    fn the_host_must_be_known() {
        for host in [
            "localhost",
            "LOCALHOST:8567",
            "127.0.0.1:9",
            "127.1.2.3",
            "[::1]:8567",
            "[::1]",
            "belt.example:80",
        ] {
            check("/mirror", &[("host", host)], Ok(()));
        }
        for host in [
            "",
            "evil.example",
            "localhost.evil.example",
            "192.168.1.2:8567",
            "localhost:port",
            "localhost:",
            "localhost@evil.example",
            "[::1",
            "[::1]x",
            "user@localhost",
            "::1",
        ] {
            check("/", &[("host", host)], Err(Refused::Host));
        }
        check("/", &[], Err(Refused::NoHost));
        check(
            "/",
            &[("host", "localhost"), ("host", "evil")],
            Err(Refused::NoHost),
        );
        check(
            "http://evil.example/",
            &[("host", "localhost")],
            Err(Refused::Host),
        );
    }

    #[test]
    fn the_origin_must_be_the_pages_own() {
        let with = |origin| [("host", "localhost:8567"), ("origin", origin)];
        check("/mirror", &with("http://localhost:8567"), Ok(()));
        for origin in [
            "null",
            "",
            "http://localhost",
            "http://localhost:8568",
            "https://localhost:8567",
            "http://127.0.0.1:8567",
            "http://evil.example",
        ] {
            check("/mirror", &with(origin), Err(Refused::Origin));
        }
        let twice = ("origin", "http://localhost:8567");
        check(
            "/mirror",
            &[("host", "localhost:8567"), twice, twice],
            Err(Refused::Origin),
        );
    }

    #[test]
    fn another_site_may_only_link_to_the_document() {
        let from = |site, mode, dest| {
            [
                ("host", "localhost"),
                ("sec-fetch-site", site),
                ("sec-fetch-mode", mode),
                ("sec-fetch-dest", dest),
            ]
        };
        check("/app.js", &from("same-origin", "no-cors", "script"), Ok(()));
        check(
            "/events.ndjson",
            &from("none", "navigate", "document"),
            Ok(()),
        );
        check("/", &from("cross-site", "navigate", "document"), Ok(()));
        check(
            "/index.html?lang=zh",
            &from("same-site", "navigate", "document"),
            Ok(()),
        );
        for (target, mode, dest) in [
            ("/", "navigate", "iframe"),
            ("/", "no-cors", "image"),
            ("/", "cors", "empty"),
            ("/app.js", "no-cors", "script"),
            ("/events.ndjson", "navigate", "document"),
            ("/mirror", "websocket", "websocket"),
        ] {
            for site in ["cross-site", "same-site", "else"] {
                check(target, &from(site, mode, dest), Err(Refused::Site));
            }
        }
    }
}
