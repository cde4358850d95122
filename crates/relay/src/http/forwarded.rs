//! What a trusted proxy says about who asks: the headers X-Forwarded-For, -Proto and -Host.
//!
//! Only these. Who reads RFC 7239's `Forwarded` as well lets a visitor say by one of them what the
//! proxy overwrites in the other. From whoever is not trusted none of it is read.
//!
//! Headers in, who asks out: knows nothing of what is asked for.

use std::net::{IpAddr, SocketAddr};

use axum::http::{HeaderMap, HeaderName};
use ipnet::IpNet;

use super::visitor::Caller;

const FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
const HOST: HeaderName = HeaderName::from_static("x-forwarded-host");

/// Who asks, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked<'a> {
    /// Where they are.
    pub address: IpAddr,
    /// Their browser speaks TLS, with the relay or with the proxy.
    pub is_secure: bool,
    /// By which name, if a proxy says it; otherwise the header Host tells.
    pub host: Option<&'a str>,
}

/// A trusted proxy says something that cannot be. A visitor cannot be the cause if it overwrites
/// what it is sent, as it should.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    #[error("the proxy's X-Forwarded-For must end with the address of who asked it")]
    For,
    #[error("the proxy must say X-Forwarded-Proto once, and https or http in it")]
    Proto,
    #[error("the proxy must say X-Forwarded-Host once, and one host in it")]
    Host,
}

/// From whom and how a request comes.
///
/// # Errors
/// The caller is trusted and one of its headers is malformed. A header that is missing is not: the
/// connection itself tells.
pub fn asked<'a>(
    proxies: &[IpNet],
    caller: &Caller,
    headers: &'a HeaderMap,
) -> Result<Asked<'a>, Malformed> {
    let peer = caller.peer.ip().to_canonical();
    let direct = Asked {
        address: peer,
        is_secure: caller.is_tls,
        host: None,
    };
    if !is_trusted(proxies, peer) {
        return Ok(direct);
    }
    let is_secure = match once(headers, &PROTO).map_err(|()| Malformed::Proto)? {
        None => direct.is_secure,
        Some(proto) if proto.eq_ignore_ascii_case("https") => true,
        Some(proto) if proto.eq_ignore_ascii_case("http") => false,
        Some(_) => return Err(Malformed::Proto),
    };
    let host = once(headers, &HOST).map_err(|()| Malformed::Host)?;
    if host.is_some_and(|host| host.is_empty() || host.contains([',', ' '])) {
        return Err(Malformed::Host);
    }
    Ok(Asked {
        address: first_outside(proxies, headers)?.unwrap_or(peer),
        is_secure,
        host,
    })
}

/// The right-most address that is no trusted proxy's: each proxy appends whom it was asked by, and
/// what stands left of the first stranger is the stranger's own writing. If all are trusted, the
/// left-most, which asked first.
fn first_outside(proxies: &[IpNet], headers: &HeaderMap) -> Result<Option<IpAddr>, Malformed> {
    let mut found = None;
    for line in headers.get_all(FOR).iter().rev() {
        // One header in several lines is one list (RFC 9110, 5.3).
        let mut rest = Some(line.as_bytes());
        while let Some(left) = rest {
            let comma = left.iter().rposition(|&byte| byte == b',');
            let item = comma.map_or(left, |at| &left[at + 1..]);
            let address = address(item).ok_or(Malformed::For)?;
            found = Some(address);
            if !is_trusted(proxies, address) {
                return Ok(found);
            }
            rest = comma.map(|at| &left[..at]);
        }
    }
    Ok(found)
}

/// An address, perhaps with a port behind it or brackets around it.
fn address(item: &[u8]) -> Option<IpAddr> {
    let item = std::str::from_utf8(item).ok()?.trim_matches([' ', '\t']);
    let bare = item
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    let address = match bare {
        Some(bare) => IpAddr::V6(bare.parse().ok()?),
        None => item
            .parse()
            .or_else(|_| item.parse().map(|addr: SocketAddr| addr.ip()))
            .ok()?,
    };
    Some(address.to_canonical())
}

fn is_trusted(proxies: &[IpNet], address: IpAddr) -> bool {
    proxies.iter().any(|proxy| proxy.contains(&address))
}

/// The header's text; an error if it is there twice or is no text.
fn once<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Result<Option<&'a str>, ()> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (None, _) => Ok(None),
        (Some(value), None) => value.to_str().map(Some).map_err(|_| ()),
        _ => Err(()),
    }
}
