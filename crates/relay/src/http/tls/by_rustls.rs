//! TLS 1.2 and 1.3 by rustls, with what a server in a hall needs: HTTP/1.1 only, and files that may
//! be renewed while it runs.

use std::{
    fs::{self, File},
    io::{self, Read},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, SystemTime},
};

use rustls::{
    InconsistentKeys, ServerConfig,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime, pem::PemObject},
};
use tokio::net::TcpStream;
use tokio_rustls::{TlsAcceptor, server::TlsStream};
use webpki::{EndEntityCert, KeyUsage};

use super::{Opened, TlsError};

/// So much of a file is read, bytes: chains of certificates have some thousand.
const FILE_BYTES_MAX: u64 = 1 << 20;
/// The most that is encrypted ahead for a peer that does not read, bytes.
const AHEAD_BYTES_MAX: usize = 16 << 10;
/// The first byte of whoever speaks TLS: a record with a handshake in it.
const HANDSHAKE: u8 = 22;

/// A connection by TLS.
pub type Secured = TlsStream<TcpStream>;

/// A certificate and its key.
#[derive(Clone, Debug)]
pub struct Tls(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    files: Files,
    loaded: Mutex<Loaded>,
}

/// Where they are.
#[derive(Debug)]
struct Files {
    certificate: PathBuf,
    key: PathBuf,
}

/// What was in the files.
#[derive(Debug)]
struct Loaded {
    config: Arc<ServerConfig>,
    /// The server's own, the first of the chain.
    certificate: CertificateDer<'static>,
    /// When the files were written that were last tried.
    tried: Written,
}

/// When certificate and key were written; None: the system does not say.
type Written = [Option<SystemTime>; 2];

impl Tls {
    /// Reads both files, and says so if the certificate's time is not now.
    ///
    /// # Errors
    /// One of them cannot be read or used, or they do not belong together.
    pub fn read(certificate: &Path, key: &Path) -> Result<Tls, TlsError> {
        let files = Files {
            certificate: certificate.to_owned(),
            key: key.to_owned(),
        };
        let loaded = Mutex::new(files.load()?);
        Ok(Tls(Arc::new(Shared { files, loaded })))
    }

    /// Whether the certificate is for a host of that name or address.
    #[must_use]
    pub fn is_for(&self, host: &str) -> bool {
        let loaded = self.0.loaded.lock();
        let loaded = loaded.unwrap_or_else(PoisonError::into_inner);
        let certificate = EndEntityCert::try_from(&loaded.certificate);
        let name = ServerName::try_from(host);
        match (certificate, name) {
            (Ok(certificate), Ok(name)) => {
                certificate.verify_is_valid_for_subject_name(&name).is_ok()
            }
            _ => false,
        }
    }

    /// Shakes hands with whoever speaks TLS. The caller limits the time.
    pub(in crate::http) async fn open(&self, stream: TcpStream) -> io::Result<Opened> {
        let mut first = [HANDSHAKE];
        stream.peek(&mut first).await?;
        if first != [HANDSHAKE] {
            return Ok(Opened::Plain(stream));
        }
        let acceptor = TlsAcceptor::from(self.config());
        let accept = acceptor.accept_with(stream, |session| {
            session.set_buffer_limit(Some(AHEAD_BYTES_MAX));
        });
        Ok(Opened::Secured(Box::new(accept.await?)))
    }

    /// What the files say now. A pair that cannot be used, as while it is being renewed, changes
    /// nothing, and is told once.
    fn config(&self) -> Arc<ServerConfig> {
        let written = self.0.files.written();
        let loaded = self.0.loaded.lock();
        let mut loaded = loaded.unwrap_or_else(PoisonError::into_inner);
        if loaded.tried != written {
            loaded.tried = written;
            match self.0.files.load() {
                Ok(renewed) => {
                    tracing::info!("the certificate has been renewed");
                    *loaded = renewed;
                }
                Err(error) => {
                    tracing::warn!("the certificate stays as it was: {error}");
                }
            }
        }
        Arc::clone(&loaded.config)
    }
}

impl Files {
    fn written(&self) -> Written {
        [&self.certificate, &self.key].map(|path| fs::metadata(path).ok()?.modified().ok())
    }

    fn load(&self) -> Result<Loaded, TlsError> {
        // First: what is written while the files are read is read again.
        let tried = self.written();
        let path = self.certificate.clone();
        let chain = CertificateDer::pem_slice_iter(&read(&path)?).collect::<Result<Vec<_>, _>>();
        let chain = chain.unwrap_or_default();
        let Some(certificate) = chain.first().cloned() else {
            return Err(TlsError::NoCertificate { path });
        };
        let path = self.key.clone();
        let Ok(key) = PrivateKeyDer::from_pem_slice(&read(&path)?) else {
            return Err(TlsError::NoKey { path });
        };
        let unusable = |error: rustls::Error| match error {
            rustls::Error::InconsistentKeys(InconsistentKeys::KeyMismatch) => TlsError::Mismatch,
            other => TlsError::Unusable(other.to_string()),
        };
        let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(unusable)?
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .map_err(unusable)?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        if let Some(wrong) = wrong_time(&certificate) {
            tracing::warn!(
                "{}: {wrong}; browsers refuse it",
                self.certificate.display()
            );
        }
        Ok(Loaded {
            config: Arc::new(config),
            certificate,
            tried,
        })
    }
}

fn read(path: &Path) -> Result<Vec<u8>, TlsError> {
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|file| file.take(FILE_BYTES_MAX).read_to_end(&mut bytes));
    match read {
        Ok(_) => Ok(bytes),
        Err(source) => Err(TlsError::Read {
            path: path.to_owned(),
            source,
        }),
    }
}

/// What is wrong with the certificate now, that was or will be right at another time.
fn wrong_time(certificate: &CertificateDer<'_>) -> Option<String> {
    let certificate = EndEntityCert::try_from(certificate).ok()?;
    // Who signed it is the visitors' matter: with nobody to trust, only what is wrong with the
    // certificate itself is found before that.
    let now = UnixTime::now();
    let usage = KeyUsage::server_auth();
    let verified = certificate.verify_for_usage(&[], &[], &[], now, usage, None, None);
    let days = |from: UnixTime, to: UnixTime| {
        let seconds = to.as_secs().saturating_sub(from.as_secs());
        seconds / Duration::from_hours(24).as_secs()
    };
    match verified.err()? {
        webpki::Error::CertExpired { not_after, .. } => Some(format!(
            "the certificate expired {} days ago",
            days(not_after, now)
        )),
        webpki::Error::CertNotValidYet { not_before, .. } => Some(format!(
            "the certificate is valid in {} days only",
            days(now, not_before)
        )),
        _ => None,
    }
}
