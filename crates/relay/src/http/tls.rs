//! The page by https: a certificate and its key, read from files, and a word for whoever asks by
//! plain http.
//!
//! On Linux, by rustls; elsewhere, or without the feature `tls`, there is no [`Tls`] to be had. No
//! Strict-Transport-Security is said: it would bind a host's name, on all its ports and beyond this
//! run, to what one relay in one lecture does. Knows nothing of what is asked for.

use std::{io, path::PathBuf};

use axum::{
    Router,
    http::{HeaderMap, StatusCode, Uri, header, uri::Authority},
    response::{IntoResponse, Response},
};
use tokio::net::TcpStream;

#[cfg(all(feature = "tls", target_os = "linux"))]
mod by_rustls;
#[cfg(not(all(feature = "tls", target_os = "linux")))]
mod nowhere;

#[cfg(all(feature = "tls", target_os = "linux"))]
pub use by_rustls::{Secured, Tls};
#[cfg(not(all(feature = "tls", target_os = "linux")))]
pub use nowhere::{Secured, Tls};

/// Why there is no https.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file cannot be read.
    #[error("{}: {source}", path.display())]
    Read {
        /// Which one.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// No PEM block of a certificate, or one that cannot be decoded.
    #[error("{}: no certificate is in it", path.display())]
    NoCertificate {
        /// The file.
        path: PathBuf,
    },
    /// No PEM block of an unencrypted private key, or one that cannot be decoded.
    #[error("{}: no private key is in it", path.display())]
    NoKey {
        /// The file.
        path: PathBuf,
    },
    /// The key is of another certificate.
    #[error("the key is not the certificate's")]
    Mismatch,
    /// Something else is wrong with them.
    #[error("{0}")]
    Unusable(String),
    /// This program was built without TLS.
    #[error("this program was built without TLS")]
    NotHere,
}

/// What a connection to a port with TLS turned out to be.
#[cfg_attr(
    not(all(feature = "tls", target_os = "linux")),
    expect(
        dead_code,
        reason = "there is no TLS by which it could turn out to be anything"
    )
)]
pub enum Opened {
    /// As it should be.
    Secured(Box<Secured>),
    /// The other end began with something else; nothing of it has been read.
    Plain(TcpStream),
}

/// Answers whoever asks by plain http, and leads them on.
pub fn lead_to_https() -> Router {
    Router::new().fallback(|uri: Uri, headers: HeaderMap| async move { to_https(&uri, &headers) })
}

fn to_https(uri: &Uri, headers: &HeaderMap) -> Response {
    let mut hosts = headers.get_all(header::HOST).iter();
    let host = match (hosts.next(), hosts.next()) {
        (Some(host), None) => host.to_str().ok().and_then(|h| h.parse::<Authority>().ok()),
        _ => None,
    };
    let nosniff = (header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    let Some(host) = host else {
        let said = "this is https: ask for https://HOST:PORT/\n";
        return (StatusCode::BAD_REQUEST, [nosniff], said).into_response();
    };
    let path = uri.path_and_query().map_or("/", |it| it.as_str());
    let location = format!("https://{host}{path}");
    // Without the path, which may hold what nobody should read over a shoulder.
    let said = format!("this is https: ask for https://{host}/\n");
    let headers = [(header::LOCATION, location)];
    // Not for ever: the next relay on this port may be without.
    (StatusCode::TEMPORARY_REDIRECT, [nosniff], headers, said).into_response()
}
