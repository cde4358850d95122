//! A certificate made for a test, on disk as a lecturer has one, and clients that trust it alone.

use std::{fs, net::SocketAddr, path::PathBuf, sync::Arc};

use base64::{Engine, prelude::BASE64_STANDARD};
use futures_util::StreamExt;
use protocol::wire::{self, FromRelay};
use rcgen::{CertificateParams, KeyPair, PublicKeyData};
use tempfile::TempDir;
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};
use tokio_rustls::{
    TlsAcceptor, TlsConnector,
    client::TlsStream,
    rustls::{
        ClientConfig, RootCertStore, ServerConfig,
        crypto::ring,
        pki_types::{CertificateDer, PrivateKeyDer, ServerName, pem::PemObject},
    },
};
use tokio_tungstenite::{
    WebSocketStream, client_async,
    tungstenite::{self, Message, client::IntoClientRequest},
};

use crate::relay_process::PATIENCE;

/// With its key.
pub struct Certificate {
    dir: TempDir,
    der: CertificateDer<'static>,
    key: KeyPair,
}

impl Certificate {
    /// For these names and addresses, from long ago and for long.
    pub fn of(names: &[&str]) -> Certificate {
        Certificate::of_years(names, 2000, 4000)
    }

    /// The same, from the beginning of one year to that of another.
    pub fn of_years(names: &[&str], first: i32, last: i32) -> Certificate {
        let names: Vec<String> = names.iter().map(|&name| name.into()).collect();
        let mut params = CertificateParams::new(names).unwrap();
        params.not_before = rcgen::date_time_ymd(first, 1, 1);
        params.not_after = rcgen::date_time_ymd(last, 1, 1);
        let key = KeyPair::generate().unwrap();
        let made = params.self_signed(&key).unwrap();
        let certificate = Certificate {
            dir: tempfile::tempdir().unwrap(),
            der: made.der().clone(),
            key,
        };
        fs::write(certificate.file(), made.pem()).unwrap();
        fs::write(certificate.key_file(), certificate.key.serialize_pem()).unwrap();
        certificate
    }

    /// Where it is.
    pub fn file(&self) -> PathBuf {
        self.dir.path().join("cert.pem")
    }

    /// Where its key is.
    pub fn key_file(&self) -> PathBuf {
        self.dir.path().join("key.pem")
    }

    /// For the relay.
    pub fn options(&self) -> [String; 4] {
        let (file, key_file) = (self.file(), self.key_file());
        [
            "--tls-cert".into(),
            file.to_str().unwrap().into(),
            "--tls-key".into(),
            key_file.to_str().unwrap().into(),
        ]
    }

    /// For Chromium, which then trusts this key and no other.
    pub fn switch(&self) -> String {
        let key = self.key.subject_public_key_info();
        let hash = sha256_in_base64(&key);
        format!("ignore-certificate-errors-spki-list={hash}")
    }

    /// A server's side.
    pub fn acceptor(&self) -> TlsAcceptor {
        let key = PrivateKeyDer::from_pem_file(self.key_file()).unwrap();
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![self.der.clone()], key)
            .unwrap();
        TlsAcceptor::from(Arc::new(config))
    }

    /// Shakes hands as a client that asks for `name` and offers these protocols.
    pub async fn connect_offering(
        &self,
        to: SocketAddr,
        name: &str,
        protocols: &[&str],
    ) -> std::io::Result<TlsStream<TcpStream>> {
        let mut roots = RootCertStore::empty();
        roots.add(self.der.clone()).unwrap();
        let mut config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        config.alpn_protocols = protocols.iter().map(|it| it.as_bytes().into()).collect();
        let name = ServerName::try_from(name.to_owned()).unwrap();
        let stream = TcpStream::connect(to).await?;
        let connector = TlsConnector::from(Arc::new(config));
        let shaken = timeout(PATIENCE, connector.connect(name, stream)).await;
        shaken.expect("an end of the handshake")
    }

    /// The same, without offering any.
    pub async fn connect(&self, to: SocketAddr, name: &str) -> TlsStream<TcpStream> {
        let connected = self.connect_offering(to, name, &[]).await;
        connected.expect("it trusts the certificate")
    }

    /// Sends a request as it is, and returns all that comes back until the other side closes.
    pub async fn http(&self, to: SocketAddr, name: &str, request: &str) -> String {
        let mut stream = self.connect(to, name).await;
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        let read = timeout(PATIENCE, stream.read_to_end(&mut answer)).await;
        let _ = read.expect("an answer comes");
        String::from_utf8_lossy(&answer).into_owned()
    }
}

fn sha256_in_base64(bytes: &[u8]) -> String {
    BASE64_STANDARD.encode(::ring::digest::digest(&::ring::digest::SHA256, bytes))
}

/// A WebSocket over whatever connection, with these headers.
pub async fn web_socket<S>(
    stream: S,
    url: &str,
    headers: &[(&'static str, &str)],
) -> Result<WebSocketStream<S>, tungstenite::Error>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let mut request = url.into_client_request().unwrap();
    for &(name, value) in headers {
        request.headers_mut().append(name, value.parse().unwrap());
    }
    Ok(client_async(request, stream).await?.0)
}

/// The next message of a mirror; None at its end.
pub async fn next<S>(socket: &mut WebSocketStream<S>) -> Option<FromRelay>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    loop {
        let message = timeout(PATIENCE, socket.next()).await;
        match message.expect("a message comes")? {
            Ok(Message::Binary(message)) => return Some(wire::decode(&message).unwrap()),
            Ok(Message::Close(_)) | Err(_) => return None,
            Ok(_) => {}
        }
    }
}
