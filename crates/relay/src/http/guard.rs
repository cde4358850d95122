//! Who may ask, and what every answer says: the page drives the relay, so no other site's page may
//! read it or drive it, not even by a name that it has pointed at this machine.
//!
//! Headers in, a refusal or nothing out: knows nothing of what is asked for.

use std::{collections::HashSet, net::IpAddr, sync::Arc};

use axum::{
    Extension,
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use super::{
    forwarded::{Asked, Malformed, asked},
    transport::{Transport, scheme},
    visitor::{Caller, Visitor},
};
use crate::hall::Gate;

const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
const FETCH_MODE: HeaderName = HeaderName::from_static("sec-fetch-mode");
const FETCH_DEST: HeaderName = HeaderName::from_static("sec-fetch-dest");

/// What the page may do; who may frame it is added. Pictures may be made by the page itself
/// (`data:`, `blob:`).
const CONTENT_POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; \
     style-src 'self'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; \
     base-uri 'none'; form-action 'none'; frame-ancestors 'self'";

/// Said by every answer, beside the content policy.
const SAID: [(HeaderName, &str); 4] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    ),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::VARY, "accept-encoding"),
];

/// Who may ask, beside this machine's own names and pages.
#[derive(Clone, Debug, Default)]
pub struct Access {
    /// Host names by which the page may be asked for.
    pub hosts: Vec<String>,
    /// Whose pages may show this one in a frame.
    pub frames: Vec<Origin>,
}

/// The origin of a web page: scheme, host and, if it is not the scheme's own, port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin(String);

/// What is no origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "give scheme, host and port of the page that may, for example https://slides.example or http://localhost:8000"
)]
pub struct OriginError;

impl std::str::FromStr for Origin {
    type Err = OriginError;

    /// Takes nothing that could mean more in a content policy than one origin.
    fn from_str(text: &str) -> Result<Origin, OriginError> {
        let text = text.to_ascii_lowercase();
        let (scheme, rest) = text.split_once("://").ok_or(OriginError)?;
        let own_port: u16 = match scheme {
            "http" => 80,
            "https" => 443,
            _ => return Err(OriginError),
        };
        let (host, port) = match rest.split_once(':') {
            Some((host, port)) => (host, Some(port.parse::<u16>().map_err(|_| OriginError)?)),
            None => (rest, None),
        };
        let is_name = |label: &str| {
            !label.is_empty() && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
        };
        if !host.split('.').all(is_name) {
            return Err(OriginError);
        }
        Ok(Origin(match port {
            Some(port) if port != own_port => format!("{scheme}://{host}:{port}"),
            _ => format!("{scheme}://{host}"),
        }))
    }
}

/// Decides who may ask.
#[derive(Debug)]
pub struct Guard {
    allowed: HashSet<String>,
    frames: Vec<Origin>,
    content_policy: HeaderValue,
    gate: Arc<Gate>,
    transport: Transport,
}

/// Why a request is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
enum Refused {
    #[error("only GET and HEAD are answered here")]
    Method,
    #[error("exactly one Host header is needed")]
    NoHost,
    #[error(
        "this host name is not known here: use the address that the relay printed, or start it with --allow-host NAME"
    )]
    Host,
    #[error("{0}; see docs/reverse-proxy.md")]
    Proxy(#[from] Malformed),
    #[error("a page of another origin may not read or drive this relay")]
    Origin,
    #[error("another site may only link to the page itself")]
    Site,
    #[error(
        "another site may show this page in a frame only if it is started with --allow-frame ORIGIN"
    )]
    Frame,
}

impl Refused {
    fn status(self) -> StatusCode {
        match self {
            Refused::Method => StatusCode::METHOD_NOT_ALLOWED,
            Refused::NoHost | Refused::Proxy(_) => StatusCode::BAD_REQUEST,
            Refused::Host | Refused::Origin | Refused::Site | Refused::Frame => {
                StatusCode::FORBIDDEN
            }
        }
    }
}

/// Lets a request through or refuses it, and adds what every answer says.
pub async fn guard(
    State(guard): State<Arc<Guard>>,
    Extension(caller): Extension<Caller>,
    mut request: Request,
    next: Next,
) -> Response {
    let headers = request.headers();
    let checked = asked(&guard.transport, &caller, headers)
        .map_err(Refused::from)
        .and_then(|asked| {
            guard.check(request.method(), request.uri(), headers, &asked, &caller)?;
            let cookies = headers.get_all(header::COOKIE);
            Ok(Visitor {
                right: guard.gate.right(cookies.iter().map(HeaderValue::as_bytes)),
                address: asked.address,
                is_secure: asked.is_secure,
            })
        });
    let mut response = match checked {
        Ok(visitor) => {
            request.extensions_mut().insert(visitor);
            next.run(request).await
        }
        Err(refused) => {
            // Never what is asked for: a link that was garbled on its way is a secret still.
            tracing::debug!(peer = %caller.peer, "refused: {refused}");
            (refused.status(), format!("{refused}\n")).into_response()
        }
    };
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        guard.content_policy.clone(),
    );
    for (name, value) in SAID {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-cache"));
    response
}

impl Guard {
    /// Loopback names are always allowed; those of `access` and of the certificate are, too. The
    /// gate says who of those who may ask is the lecturer.
    pub fn new(access: &Access, gate: Arc<Gate>, transport: &Transport) -> Guard {
        let mut content_policy = CONTENT_POLICY.to_owned();
        for Origin(origin) in &access.frames {
            content_policy.push(' ');
            content_policy.push_str(origin);
        }
        let names = access.hosts.iter();
        Guard {
            allowed: names.map(|name| name.to_ascii_lowercase()).collect(),
            frames: access.frames.clone(),
            // An origin is made of letters, digits and a few signs, all of which a header may hold.
            content_policy: HeaderValue::try_from(content_policy)
                .unwrap_or(HeaderValue::from_static(CONTENT_POLICY)),
            gate,
            transport: transport.clone(),
        }
    }

    fn check(
        &self,
        method: &Method,
        uri: &Uri,
        headers: &HeaderMap,
        asked: &Asked<'_>,
        caller: &Caller,
    ) -> Result<(), Refused> {
        if method != Method::GET && method != Method::HEAD {
            return Err(Refused::Method);
        }
        let host = only(headers, &header::HOST).ok_or(Refused::NoHost)?;
        let host = asked.host.unwrap_or(host);
        // A request line with a whole address in it says the host a second time.
        let hosts = uri
            .authority()
            .map(|a| a.as_str())
            .into_iter()
            .chain([host]);
        if !hosts
            .into_iter()
            .all(|host| self.allows(host, caller.local.ip()))
        {
            return Err(Refused::Host);
        }
        if headers.contains_key(header::ORIGIN) {
            let own = format!("{}://{host}", scheme(asked.is_secure));
            if !only(headers, &header::ORIGIN).is_some_and(|o| o.eq_ignore_ascii_case(&own)) {
                return Err(Refused::Origin);
            }
        }
        if headers.contains_key(FETCH_SITE) {
            let is_own = matches!(only(headers, &FETCH_SITE), Some("same-origin" | "none"));
            let path = self.transport.base_path.inside(uri.path());
            let is_document = matches!(path, Some("" | "/" | "/index.html" | "/enter"))
                && only(headers, &FETCH_MODE) == Some("navigate");
            match only(headers, &FETCH_DEST) {
                _ if is_own => {}
                Some("document") if is_document => {}
                Some("iframe") if is_document => {
                    if !self.may_frame(headers) {
                        return Err(Refused::Frame);
                    }
                }
                _ => return Err(Refused::Site),
            }
        }
        Ok(())
    }

    /// The browser itself lets only the origins of the content policy show the document. It may be
    /// told not to say who asks; but if it says, this is refused before.
    fn may_frame(&self, headers: &HeaderMap) -> bool {
        if !headers.contains_key(header::REFERER) {
            return !self.frames.is_empty();
        }
        let referrer = only(headers, &header::REFERER).map(origin_of);
        self.frames
            .iter()
            .any(|Origin(origin)| referrer.as_ref() == Some(origin))
    }

    /// `host`: a name or an address, perhaps with a port, as in a Host header. `local`: this end of
    /// the connection.
    ///
    /// What must not pass is a name that another site has pointed at this machine (DNS rebinding).
    /// An address is none, if it is the one by which we were reached. Neither is a name for
    /// loopback, even if the request came by another address: browsers resolve `localhost` by
    /// themselves, so no site can own it, and who comes through a tunnel has nothing else to say.
    fn allows(&self, host: &str, local: IpAddr) -> bool {
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
            || name.parse::<IpAddr>().is_ok_and(|ip| {
                let ip = ip.to_canonical();
                ip.is_loopback() || ip == local.to_canonical()
            })
            || self.allowed.contains(&name)
            || (self.transport.tls.as_ref()).is_some_and(|tls| tls.is_for(&name))
    }
}

/// An address without its path, as browsers write it.
fn origin_of(address: &str) -> String {
    let host_at = address.find("://").map_or(0, |at| at + "://".len());
    let (_, rest) = address.split_at(host_at);
    let path_at = rest.find('/').map_or(address.len(), |at| host_at + at);
    address.split_at(path_at).0.to_ascii_lowercase()
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
        check_with(&[], target, headers, expect);
    }

    fn check_with(
        frames: &[&str],
        target: &str,
        headers: &[(&str, &str)],
        expect: Result<(), Refused>,
    ) {
        let access = Access {
            hosts: vec!["Belt.Example".into()],
            frames: frames
                .iter()
                .map(|origin| origin.parse().unwrap())
                .collect(),
        };
        let guard = Guard::new(&access, Arc::new(Gate::open()), &Transport::default());
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            let name: HeaderName = name.parse().unwrap();
            map.append(name, value.parse().unwrap());
        }
        let caller = Caller {
            peer: "192.0.2.9:50000".parse().unwrap(),
            local: "192.0.2.1:8567".parse().unwrap(),
            is_tls: false,
        };
        let asked = Asked {
            address: IpAddr::from([127, 0, 0, 1]),
            is_secure: false,
            host: None,
        };
        let target = target.parse().unwrap();
        let found = guard.check(&Method::GET, &target, &map, &asked, &caller);
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
            "192.0.2.1:8567",
            "192.0.2.1",
            "[::ffff:192.0.2.1]:8567",
        ] {
            check("/mirror", &[("host", host)], Ok(()));
        }
        for host in [
            "",
            "evil.example",
            "localhost.evil.example",
            // Another machine's, and the visitor's own.
            "192.168.1.2:8567",
            "192.0.2.9:8567",
            "192.0.2.1.evil.example",
            "0.0.0.0:8567",
            "[::]:8567",
            "3221225985",
            "0xc0.0.2.1",
            "192.0.2.01",
            "localhost.",
            "192.0.2.1@evil.example",
            "192.0.2.1, evil.example",
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
            ("/", "no-cors", "image"),
            ("/app.js", "navigate", "iframe"),
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

    #[test]
    fn only_a_named_origin_may_frame_the_document() {
        let asks = |site, referrer: Option<&'static str>| {
            let mut headers = vec![
                ("host", "localhost:8567"),
                ("sec-fetch-site", site),
                ("sec-fetch-mode", "navigate"),
                ("sec-fetch-dest", "iframe"),
            ];
            headers.extend(referrer.map(|referrer| ("referer", referrer)));
            headers
        };
        let named = ["https://Slides.example", "http://localhost:8000"];
        for (frames, target, site, referrer, expect) in [
            (
                &named[..],
                "/",
                "cross-site",
                Some("https://slides.example/"),
                Ok(()),
            ),
            (
                &named,
                "/",
                "cross-site",
                Some("https://slides.example"),
                Ok(()),
            ),
            (
                &named,
                "/index.html?embed",
                "same-site",
                Some("http://localhost:8000/a/b"),
                Ok(()),
            ),
            // Who does not say who asks is left to the browser, which was told.
            (&named, "/", "cross-site", None, Ok(())),
            (
                &named,
                "/",
                "cross-site",
                Some("https://evil.example/"),
                Err(Refused::Frame),
            ),
            (
                &named,
                "/",
                "cross-site",
                Some("https://slides.example.evil.example/"),
                Err(Refused::Frame),
            ),
            (
                &named,
                "/",
                "cross-site",
                Some("http://slides.example/"),
                Err(Refused::Frame),
            ),
            (&named, "/", "cross-site", Some(""), Err(Refused::Frame)),
            (
                &named,
                "/events.ndjson",
                "cross-site",
                Some("https://slides.example/"),
                Err(Refused::Site),
            ),
            (&[], "/", "cross-site", None, Err(Refused::Frame)),
            (
                &[],
                "/",
                "cross-site",
                Some("https://slides.example/"),
                Err(Refused::Frame),
            ),
        ] {
            check_with(frames, target, &asks(site, referrer), expect);
        }
    }

    #[test]
    fn an_origin_is_one_origin() {
        for (text, expect) in [
            ("https://slides.example", "https://slides.example"),
            ("HTTPS://Slides.Example:443", "https://slides.example"),
            ("http://localhost:8000", "http://localhost:8000"),
            ("http://192.168.1.7:80", "http://192.168.1.7"),
        ] {
            assert_eq!(text.parse(), Ok(Origin(expect.into())), "{text}");
        }
        for wrong in [
            "",
            "*",
            "https://*",
            "https://*.example",
            "slides.example",
            "https://",
            "https://a/b",
            "https://a/",
            "https://a b",
            "https://a;script-src",
            "https://a:x",
            "https://a:99999",
            "ftp://a",
            "file://",
            "null",
            "https://u@a",
            "https://[::1]:80",
            "https://a..b",
        ] {
            assert_eq!(wrong.parse::<Origin>(), Err(OriginError), "{wrong}");
        }
    }
}
