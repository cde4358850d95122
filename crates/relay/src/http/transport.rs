//! The way to the page: TLS, the path before it, and the proxies that are trusted.
//!
//! Knows nothing of what is asked for.

use std::{fmt::Display, net::IpAddr};

use ipnet::IpNet;

use super::{base_path::BasePath, tls::Tls};

/// How the page is reached.
#[derive(Clone, Debug, Default)]
pub struct Transport {
    /// Whoever connects must speak TLS. None: what is sent goes as it is.
    pub tls: Option<Tls>,
    /// Below which everything is.
    pub base_path: BasePath,
    /// Who is believed when it says who asked it. Nobody else is.
    pub proxies: Vec<IpNet>,
}

impl Transport {
    /// The page's address for whoever connects to this relay itself; `authority` is a host, perhaps
    /// with a port.
    #[must_use]
    pub fn url(&self, authority: impl Display) -> String {
        let scheme = scheme(self.tls.is_some());
        format!("{scheme}://{authority}{}", self.base_path.as_str())
    }

    /// Whether it is believed what this address says of its visitors; it is none itself.
    #[must_use]
    pub fn trusts(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.proxies.iter().any(|proxy| proxy.contains(&address))
    }
}

/// Of an address or an origin.
pub(super) fn scheme(is_secure: bool) -> &'static str {
    if is_secure { "https" } else { "http" }
}
