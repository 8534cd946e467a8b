//! The way to a data channel: TLS, and an upgrade that is signed with the caller's credentials.
//!
//! Since 2025 the service wants the upgrade signed, for `ssmmessages:OpenDataChannel`. Source:
//! `src/communicator/websocketchannel.go` of session-manager-plugin 1.2.764.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use aws_sdk_ssm::config::{Credentials, ProvideCredentials as _, SharedCredentialsProvider};
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4::SigningParams;
use futures::SinkExt as _;
use heeler_core::channel::opening;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::handshake::client::Request;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{WebSocketStream, client_async_with_config};
use uuid::Uuid;

use super::super::failure::{unreadable, without_credentials};
use super::super::presign::Unsigned;
use crate::world::error::{CallError, Cause, Chain, Service};

const ACTION: &str = "ssmmessages:OpenDataChannel";
const SERVICE: &str = "ssmmessages";
/// What opening may take in all.
const PATIENCE: Duration = Duration::from_secs(20);
/// The longest frame that is taken: the longest message, and its header.
const MOST_FRAME: usize = heeler_core::channel::MOST_PAYLOAD + 1_024;

/// A data channel's socket.
pub(super) type Socket = WebSocketStream<TlsStream<TcpStream>>;

/// Where a session is, and what opens it: secrets.
pub(super) struct Address {
    pub(super) url: String,
    pub(super) token: String,
}

/// Who opens data channels.
#[derive(Clone)]
pub(super) struct Door {
    pub(super) region: String,
    pub(super) credentials: Option<SharedCredentialsProvider>,
}

impl Door {
    /// Opens a data channel, and says whose it is.
    ///
    /// # Errors
    /// [`Cause::Forbidden`] where the caller may not; silence where nobody answers.
    pub(super) async fn enter(&self, address: &Address) -> Result<Socket, CallError> {
        let credentials = self.credentials().await?;
        let entering = timeout(PATIENCE, self.knock(address, credentials));
        let late = |_| {
            self.error(Cause::TimedOut(format!(
                "not within {} s",
                PATIENCE.as_secs()
            )))
        };
        entering.await.map_err(late)?
    }

    async fn credentials(&self) -> Result<Credentials, CallError> {
        let missing = || self.error(Cause::NoCredentials("none are configured".into()));
        let provider = self.credentials.as_ref().ok_or_else(missing)?;
        let given = provider.provide_credentials().await;
        given.map_err(|error| without_credentials(ACTION, &self.region, &error))
    }

    async fn knock(
        &self,
        address: &Address,
        credentials: Credentials,
    ) -> Result<Socket, CallError> {
        // The address is not for people: it is not in what is said of it.
        let odd = |what: &str| unreadable(ACTION, &self.region, what);
        let mut request = address
            .url
            .as_str()
            .into_client_request()
            .map_err(|_| odd("the session's address is none"))?;
        let uri = request.uri().clone();
        // The token opens the session for whoever has it: it never goes out unencrypted.
        if uri.scheme_str() != Some("wss") {
            return Err(odd("the session's address is not one of wss"));
        }
        let host = uri.host().unwrap_or_default().to_owned();
        signed(&mut request, &self.region, credentials, SystemTime::now())
            .map_err(|error| odd(&format!("it could not be signed: {error}")))?;
        let unreachable = |error: std::io::Error| self.error(Cause::Unreachable(error.to_string()));
        let port = uri.port_u16().unwrap_or(443);
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        let stream = TcpStream::connect((bare, port))
            .await
            .map_err(unreachable)?;
        // Acknowledgements are small, and wanted soon; only speed is lost without it.
        let _ = stream.set_nodelay(true);
        let name = ServerName::try_from(bare.to_owned())
            .map_err(|_| odd("the session's host has no name"))?;
        let stream = connector()
            .map_err(|error| self.error(Cause::Tls(error)))?
            .connect(name, stream)
            .await
            .map_err(|error| self.error(Cause::Tls(error.to_string())))?;
        let config = WebSocketConfig::default()
            .max_message_size(Some(MOST_FRAME))
            .max_frame_size(Some(MOST_FRAME));
        let entered = client_async_with_config(request, stream, Some(config)).await;
        let (mut socket, _) = entered.map_err(|error| self.error(refused(error)))?;
        let opening = opening(&address.token, Uuid::now_v7(), Uuid::now_v7());
        let sent = socket.send(Message::text(opening)).await;
        sent.map_err(|error| self.error(Cause::TimedOut(Chain::of(&error).root())))?;
        Ok(socket)
    }

    /// A failed call of opening or holding a data channel.
    pub(super) fn error(&self, cause: Cause) -> CallError {
        CallError::new(Service::Aws, ACTION, &self.region, cause)
    }
}

/// Why no data channel was opened. Only what the service says is told, never what it was asked.
fn refused(error: Error) -> Cause {
    match error {
        Error::Http(response) => {
            let status = response.status().as_u16();
            let body = response.body().as_deref().unwrap_or_default();
            let words: String = String::from_utf8_lossy(body).chars().take(500).collect();
            let words = words.trim().to_owned();
            match status {
                401 | 403 => Cause::Forbidden(words),
                429 => Cause::Throttled(words),
                500.. => Cause::Unavailable(format!("HTTP {status} {words}")),
                _ => Cause::Refused {
                    code: format!("HTTP {status}"),
                    detail: words,
                },
            }
        }
        error => Cause::TimedOut(Chain::of(&error).root()),
    }
}

/// Signs an upgrade as the official client does: the host, the time and the session's token of the credentials.
pub(super) fn signed(
    request: &mut Request,
    region: &str,
    credentials: Credentials,
    now: SystemTime,
) -> Result<(), Unsigned> {
    let identity = credentials.into();
    let params = SigningParams::builder()
        .identity(&identity)
        .region(region)
        .name(SERVICE)
        .time(now)
        .settings(SigningSettings::default())
        .build()?
        .into();
    let url = request.uri().to_string();
    let host = request.headers().get("host").ok_or("it has no host")?;
    let host = host.to_str()?.to_owned();
    let headers = std::iter::once(("host", host.as_str()));
    let asked = SignableRequest::new("GET", url.as_str(), headers, SignableBody::Bytes(&[]))?;
    let (instructions, _) = sign(asked, &params)?.into_parts();
    instructions.apply_to_request_http1x(request);
    Ok(())
}

/// TLS with the certificate authorities that this machine trusts, as the SDK's.
fn connector() -> Result<TlsConnector, String> {
    let mut roots = RootCertStore::empty();
    let found = rustls_native_certs::load_native_certs();
    roots.add_parsable_certificates(found.certs);
    if roots.is_empty() {
        return Err("this machine trusts no certificate authority".to_owned());
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}
