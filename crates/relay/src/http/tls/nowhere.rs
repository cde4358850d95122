//! No TLS: a type of which there is no value, so that whatever asks for it builds everywhere.

use std::{io, path::Path};

use tokio::net::TcpStream;

use super::{Opened, TlsError};

/// A certificate and its key, if they could be had.
#[derive(Clone, Debug)]
pub enum Tls {}

/// A connection that cannot be.
pub type Secured = TcpStream;

impl Tls {
    /// Refuses.
    ///
    /// # Errors
    /// Always [`TlsError::NotHere`].
    pub fn read(_certificate: &Path, _key: &Path) -> Result<Tls, TlsError> {
        Err(TlsError::NotHere)
    }

    /// Whether the certificate is for a host of that name or address.
    #[must_use]
    pub fn is_for(&self, _host: &str) -> bool {
        match *self {}
    }

    pub(in crate::http) async fn open(&self, _stream: TcpStream) -> io::Result<Opened> {
        match *self {}
    }
}
