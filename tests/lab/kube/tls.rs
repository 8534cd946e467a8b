//! TLS with a certificate that is made at every start.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use axum::serve::Listener;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use tokio_rustls::server::TlsStream;

/// The names that the certificate is good for.
const NAMES: [&str; 2] = ["127.0.0.1", "localhost"];

/// How long a client may take for its handshake.
const HANDSHAKE: Duration = Duration::from_secs(10);

/// A self-signed certificate and its key, only in memory.
pub(crate) struct Identity {
    certificate_pem: String,
    acceptor: TlsAcceptor,
}

impl Identity {
    pub(crate) fn generate() -> anyhow::Result<Self> {
        let made = rcgen::generate_simple_self_signed(NAMES.map(str::to_owned))
            .context("make a certificate")?;
        let key = PrivatePkcs8KeyDer::from(made.signing_key.serialize_der());
        let chain: Vec<CertificateDer<'static>> = vec![made.cert.der().clone()];
        let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(chain, key.into())?;
        Ok(Self {
            certificate_pem: made.cert.pem(),
            acceptor: TlsAcceptor::from(Arc::new(config)),
        })
    }

    /// The certificate in PEM, which clients trust as their authority.
    pub(crate) fn certificate(&self) -> &str {
        &self.certificate_pem
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity").finish_non_exhaustive()
    }
}

/// Accepts connections and hands them on after their handshake; a slow one holds up nobody.
pub(crate) struct TlsListener {
    address: SocketAddr,
    ready: mpsc::Receiver<(TlsStream<TcpStream>, SocketAddr)>,
}

impl TlsListener {
    /// Must be called within a runtime, which accepts from then on.
    pub(crate) fn new(listener: TcpListener, identity: &Identity) -> io::Result<Self> {
        let address = listener.local_addr()?;
        let (done, ready) = mpsc::channel(16);
        let acceptor = identity.acceptor.clone();
        tokio::spawn(async move {
            while !done.is_closed() {
                let Ok((stream, peer)) = listener.accept().await else {
                    continue;
                };
                let (acceptor, done) = (acceptor.clone(), done.clone());
                tokio::spawn(async move {
                    // Only speed is lost without it.
                    let _ = stream.set_nodelay(true);
                    // A failed handshake is the client's affair: it sees the closed connection.
                    if let Ok(Ok(stream)) =
                        tokio::time::timeout(HANDSHAKE, acceptor.accept(stream)).await
                    {
                        let _ = done.send((stream, peer)).await;
                    }
                });
            }
        });
        Ok(Self { address, ready })
    }
}

impl Listener for TlsListener {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        match self.ready.recv().await {
            Some(connection) => connection,
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.address)
    }
}
