//! What a trusted proxy says about who asks: the headers X-Forwarded-For, -Proto and -Host.
//!
//! Only these. Who reads RFC 7239's `Forwarded` as well lets a visitor say by one of them what the
//! proxy overwrites in the other. From whoever is not trusted none of it is read.
//!
//! Headers in, who asks out: knows nothing of what is asked for.

use std::net::{IpAddr, SocketAddr};

use axum::http::{HeaderMap, HeaderName};

use super::{transport::Transport, visitor::Caller};

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
    transport: &Transport,
    caller: &Caller,
    headers: &'a HeaderMap,
) -> Result<Asked<'a>, Malformed> {
    let peer = caller.peer.ip().to_canonical();
    let direct = Asked {
        address: peer,
        is_secure: caller.is_tls,
        host: None,
    };
    if !transport.trusts(peer) {
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
        address: first_outside(transport, headers)?.unwrap_or(peer),
        is_secure,
        host,
    })
}

/// The right-most address that is no trusted proxy's: each proxy appends whom it was asked by, and
/// what stands left of the first stranger is the stranger's own writing. If all are trusted, the
/// left-most, which asked first.
fn first_outside(transport: &Transport, headers: &HeaderMap) -> Result<Option<IpAddr>, Malformed> {
    let mut found = None;
    for line in headers.get_all(FOR).iter().rev() {
        // One header in several lines is one list (RFC 9110, 5.3).
        let mut rest = Some(line.as_bytes());
        while let Some(left) = rest {
            let comma = left.iter().rposition(|&byte| byte == b',');
            let item = comma.map_or(left, |at| &left[at + 1..]);
            let address = address(item).ok_or(Malformed::For)?;
            found = Some(address);
            if !transport.trusts(address) {
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

/// The header's text; an error if it is there twice or is no text.
fn once<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Result<Option<&'a str>, ()> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (None, _) => Ok(None),
        (Some(value), None) => value.to_str().map(Some).map_err(|_| ()),
        _ => Err(()),
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use axum::http::HeaderValue;
    use proptest::{collection::vec, prelude::*};

    use super::*;

    const PROXY: &str = "10.1.0.1:40000";

    fn asked_from<'a>(peer: &str, headers: &'a HeaderMap) -> Result<Asked<'a>, Malformed> {
        let proxies = ["10.1.0.0/16", "::1/128"].map(|it| it.parse().unwrap());
        let transport = Transport {
            proxies: proxies.into(),
            ..Transport::default()
        };
        let caller = Caller {
            peer: peer.parse().unwrap(),
            local: "10.1.0.2:8567".parse().unwrap(),
            is_tls: false,
        };
        asked(&transport, &caller, headers)
    }

    fn headers(said: &[(&str, &str)]) -> HeaderMap {
        let mut map = HeaderMap::new();
        for (name, value) in said {
            let name: HeaderName = name.parse().unwrap();
            map.append(name, value.parse().unwrap());
        }
        map
    }

    fn check(said: &[(&str, &str)], expect: Result<(&str, bool, Option<&str>), Malformed>) {
        let headers = headers(said);
        let expect = expect.map(|(address, is_secure, host)| Asked {
            address: address.parse().unwrap(),
            is_secure,
            host,
        });
        assert_eq!(asked_from(PROXY, &headers), expect, "{said:?}");
    }

    #[test]
    fn a_trusted_proxy_says_who_asks() {
        const FOR: &str = "x-forwarded-for";
        for (list, expect) in [
            ("192.0.2.7", Ok("192.0.2.7")),
            (" 192.0.2.7\t", Ok("192.0.2.7")),
            ("192.0.2.7:4711", Ok("192.0.2.7")),
            ("[2001:db8::7]:4711", Ok("2001:db8::7")),
            ("[2001:db8::7]", Ok("2001:db8::7")),
            ("2001:db8::7", Ok("2001:db8::7")),
            ("::ffff:192.0.2.7", Ok("192.0.2.7")),
            // What a stranger has written stands left of the stranger.
            ("127.0.0.1, 192.0.2.7", Ok("192.0.2.7")),
            ("<script>,,, 192.0.2.7", Ok("192.0.2.7")),
            // Proxies behind one another.
            ("192.0.2.7, 10.1.9.9,::1", Ok("192.0.2.7")),
            ("10.1.2.3, 10.1.9.9", Ok("10.1.2.3")),
            ("", Err(Malformed::For)),
            ("192.0.2.7,", Err(Malformed::For)),
            ("192.0.2.7, unknown", Err(Malformed::For)),
            ("[192.0.2.7]", Err(Malformed::For)),
            ("fe80::1%eth0", Err(Malformed::For)),
            ("192.0.2.7:99999", Err(Malformed::For)),
            ("unix:", Err(Malformed::For)),
        ] {
            check(&[(FOR, list)], expect.map(|address| (address, false, None)));
        }
        // Two lines are one list.
        let twice = [(FOR, "192.0.2.7"), (FOR, "192.0.2.8, 10.1.0.9")];
        check(&twice, Ok(("192.0.2.8", false, None)));
        check(&[], Ok(("10.1.0.1", false, None)));
    }

    #[test]
    fn a_trusted_proxy_says_how_and_by_which_name() {
        let (proto, host) = ("x-forwarded-proto", "x-forwarded-host");
        let ok = |is_secure, host| Ok(("10.1.0.1", is_secure, host));
        check(&[(proto, "https")], ok(true, None));
        check(&[(proto, "HTTPS")], ok(true, None));
        check(&[(proto, "http")], ok(false, None));
        check(&[(host, "belt.example")], ok(false, Some("belt.example")));
        for wrong in ["", "wss", "https,http", "on"] {
            check(&[(proto, wrong)], Err(Malformed::Proto));
        }
        check(&[(proto, "https"), (proto, "https")], Err(Malformed::Proto));
        for wrong in ["", "a, b", "a b"] {
            check(&[(host, wrong)], Err(Malformed::Host));
        }
        check(&[(host, "a"), (host, "a")], Err(Malformed::Host));
        check(
            &[("forwarded", "for=192.0.2.7;proto=https;host=a")],
            ok(false, None),
        );
    }

    #[test]
    fn a_proxy_is_trusted_by_its_plain_address() {
        let headers = headers(&[("x-forwarded-for", "192.0.2.7")]);
        let asked = asked_from("[::ffff:10.1.0.1]:40000", &headers).unwrap();
        assert_eq!(asked.address, IpAddr::from([192, 0, 2, 7]));
    }

    fn name() -> impl Strategy<Value = HeaderName> {
        prop::sample::select(vec![FOR, PROTO, HOST, HeaderName::from_static("forwarded")])
    }

    /// What a header may hold: neither controls nor the end of a line.
    fn value() -> impl Strategy<Value = HeaderValue> {
        let byte = prop_oneof![4 => 0x20..0x7f_u8, 1 => 0x80..=0xff_u8, 2 => Just(b',')];
        vec(byte, 0..60).prop_map(|bytes| HeaderValue::from_bytes(&bytes).unwrap())
    }

    proptest! {
        #[test]
        fn a_stranger_says_nothing(said in vec((name(), value()), 0..6)) {
            let headers: HeaderMap = said.into_iter().collect();
            let asked = asked_from("192.0.2.7:40000", &headers).unwrap();
            let address = IpAddr::from([192, 0, 2, 7]);
            prop_assert_eq!(asked, Asked { address, is_secure: false, host: None });
        }

        /// Whatever a visitor sends, the proxy appends whom it was asked by.
        #[test]
        fn nobody_gives_themselves_another_address(
            own in vec(value(), 0..4),
            visitor: Ipv4Addr,
            hops in vec(any::<u16>(), 0..4),
        ) {
            prop_assume!(!visitor.octets().starts_with(&[10, 1]));
            let mut headers = HeaderMap::new();
            for value in own {
                headers.append(FOR, value);
            }
            let mut told = visitor.to_string();
            for hop in hops {
                let [high, low] = hop.to_be_bytes();
                told += &format!(", 10.1.{high}.{low}");
            }
            headers.append(FOR, told.parse().unwrap());
            let asked = asked_from(PROXY, &headers).unwrap();
            prop_assert_eq!(asked.address, IpAddr::from(visitor));
        }

        #[test]
        fn no_header_ends_in_a_panic(said in vec((name(), value()), 0..6)) {
            let mut headers = HeaderMap::new();
            for (name, value) in said {
                headers.append(name, value);
            }
            let _ = asked_from(PROXY, &headers);
        }
    }
}
