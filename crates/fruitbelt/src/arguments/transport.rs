//! Options of the way to the page: TLS, and a reverse proxy before it.

use std::{
    net::IpAddr,
    path::{Path, PathBuf},
};

use anyhow::anyhow;
use clap::Args;
use ipnet::IpNet;
use relay::{BasePath, Tls, TlsError, Transport};

#[derive(Debug, Args)]
// They follow the limits and are none.
#[command(next_help_heading = None::<&'static str>)]
pub struct TransportOptions {
    /// The page by https: a file with its certificate, PEM, and those that lead to its issuer
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    pub tls_cert: Option<PathBuf>,
    /// The certificate's private key, PEM
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    pub tls_key: Option<PathBuf>,
    /// The page and all beside it below a path, as in /belt
    #[arg(
        long,
        value_name = "PATH",
        default_value = "/",
        hide_default_value = true
    )]
    pub base_path: BasePath,
    /// A reverse proxy whose X-Forwarded-For, -Proto and -Host are believed; may be repeated
    #[arg(long, value_name = "ADDR[/BITS]", value_parser = network)]
    pub trusted_proxy: Vec<IpNet>,
}

impl TransportOptions {
    /// As the relay takes them.
    ///
    /// # Errors
    /// One line that names the option and the remedy.
    pub fn transport(&self) -> anyhow::Result<Transport> {
        let tls = match (&self.tls_cert, &self.tls_key) {
            (Some(certificate), Some(key)) => {
                let read = Tls::read(certificate, key);
                Some(read.map_err(|error| explain(&error, certificate, key))?)
            }
            _ => None,
        };
        Ok(Transport {
            tls,
            base_path: self.base_path.clone(),
            proxies: self.trusted_proxy.clone(),
        })
    }
}

/// An address is the network of itself.
fn network(text: &str) -> Result<IpNet, String> {
    let address = text.parse::<IpAddr>().map(IpNet::from);
    address.or_else(|_| text.parse()).map_err(|_| {
        "give the proxy's address or network, for example 127.0.0.1 or 10.1.0.0/16".into()
    })
}

fn explain(error: &TlsError, certificate: &Path, key: &Path) -> anyhow::Error {
    let (cert_at, key_at) = (certificate.display(), key.display());
    match error {
        TlsError::Read { path, source } => {
            let option = if path == key {
                "--tls-key"
            } else {
                "--tls-cert"
            };
            let at = path.display();
            anyhow!("{option} {at}: {source}; name a file that this user can read")
        }
        TlsError::NoCertificate { .. } => anyhow!(
            "--tls-cert {cert_at}: no certificate is in it; name a PEM file, with the line -----BEGIN CERTIFICATE-----"
        ),
        TlsError::NoKey { .. } => anyhow!(
            "--tls-key {key_at}: no private key is in it that can be read; name a PEM file without a password, with the line -----BEGIN PRIVATE KEY-----"
        ),
        TlsError::Mismatch => anyhow!(
            "--tls-key {key_at} does not fit --tls-cert {cert_at}: name the key that this certificate was made for, the server's own standing first in its file"
        ),
        TlsError::Unusable(why) => {
            anyhow!("--tls-cert {cert_at}, --tls-key {key_at}: {why}; have a new pair made")
        }
        TlsError::NotHere => anyhow!(
            "--tls-cert: this program has no TLS, which it has on Linux and built with the feature tls; let a reverse proxy speak it, and name it with --trusted-proxy"
        ),
    }
}
