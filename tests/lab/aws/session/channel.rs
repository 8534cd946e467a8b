//! The listener of data channels: TLS, a signed upgrade, the token in a first frame of text, and then frames.

use std::sync::Arc;

use axum::http::{HeaderMap, Response, StatusCode, Uri};
use axum::serve::Listener as _;
use futures::{SinkExt as _, StreamExt as _};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::mpsc::unbounded_channel;
use tokio_tungstenite::accept_hdr_async;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::server::{
    ErrorResponse, Request, Response as Upgrade,
};

use super::super::authentication::authenticate;
use super::super::authorization;
use super::super::call::{Call, Service};
use super::super::cloud::Cloud;
use super::super::error::ApiError;
use super::super::query;
use super::super::signature::Received;
use super::{Heard, Session};
use crate::fault::Fault;
use crate::kube::tls::TlsListener;

const PATH: &str = "/v1/data-channel/";
const ACTION: &str = "ssmmessages:OpenDataChannel";
/// The oldest client that is supported: the first that signs.
const OLDEST: [u32; 3] = [1, 2, 764];

/// The first frame.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Opening {
    message_schema_version: Value,
    request_id: String,
    token_value: String,
    client_id: String,
    client_version: String,
}

/// Serves data channels until the task is aborted.
pub(in crate::aws) async fn serve(mut listener: TlsListener, cloud: Arc<Cloud>) {
    loop {
        let (stream, _) = listener.accept().await;
        tokio::spawn(receive(stream, Arc::clone(&cloud)));
    }
}

async fn receive<S: AsyncRead + AsyncWrite + Unpin>(stream: S, cloud: Arc<Cloud>) {
    match cloud.faults.next("ssmmessages", "OpenDataChannel") {
        Some(Fault::Hold(_, gate)) => gate.pass().await,
        Some(_) => return,
        None => {}
    }
    let mut session = None;
    #[expect(
        clippy::result_large_err,
        reason = "what refuses an upgrade is the library's own"
    )]
    let upgrade = |request: &Request, response: Upgrade| match admit(&cloud, request) {
        Ok(found) => {
            session = Some(found);
            Ok(response)
        }
        Err(error) => Err(refusal(&error)),
    };
    let Ok(mut socket) = accept_hdr_async(stream, upgrade).await else {
        return;
    };
    let Some(session) = session else { return };
    let opening = match socket.next().await {
        Some(Ok(Message::Text(text))) => serde_json::from_str::<Opening>(&text).ok(),
        _ => None,
    };
    // Whoever does not open with the token is left without a word.
    if !opening.is_some_and(|opening| opening.is_good(&session)) {
        return;
    }
    let (sender, mut outgoing) = unbounded_channel();
    let number = session.record.with(|record| {
        record.sockets += 1;
        record.sockets
    });
    // The socket of before, if there is one, is let go of.
    session.client.with(|client| client.replace(sender));
    let _ = session.agent.send(Heard::Joined);
    loop {
        tokio::select! {
            message = outgoing.recv() => match message {
                Some(message) => {
                    if socket.send(message).await.is_err() {
                        break;
                    }
                }
                // The session has let go of it: no word of an end.
                None => break,
            },
            frame = socket.next() => match frame {
                Some(Ok(Message::Binary(frame))) => {
                    let _ = session.agent.send(Heard::Frame(frame.to_vec()));
                }
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                _ => break,
            },
        }
    }
    let is_last = session.record.with(|record| record.sockets == number);
    if is_last && session.client.with(|client| client.take()).is_some() {
        let _ = session.agent.send(Heard::Left);
    }
}

impl Opening {
    fn is_good(&self, session: &Session) -> bool {
        let version: Vec<u32> = self
            .client_version
            .split('.')
            .filter_map(|part| part.parse().ok())
            .collect();
        let is_uuid = |text: &str| uuid::Uuid::parse_str(text).is_ok();
        // The official client says "1.0", pyssm-client 1.
        (self.message_schema_version == "1.0" || self.message_schema_version == 1)
            && is_uuid(&self.request_id)
            && is_uuid(&self.client_id)
            && self.token_value == session.token()
            && version.as_slice() >= OLDEST.as_slice()
    }
}

/// The session that an upgrade asks for.
fn admit(cloud: &Cloud, request: &Request) -> Result<Arc<Session>, ApiError> {
    let uri: &Uri = request.uri();
    let headers: &HeaderMap = request.headers();
    cloud.calls.with(|calls| {
        calls.push(Call {
            service: Service::SsmMessages,
            operation: "OpenDataChannel".to_owned(),
            at: Timestamp::now(),
            body: String::new(),
            user_agent: String::new(),
        });
    });
    let query = query::pairs(uri).unwrap_or_default();
    let received = Received {
        method: request.method().as_str(),
        path: uri.path(),
        query: &query,
        headers,
        body: "",
    };
    let caller = authenticate(cloud, Service::SsmMessages, &received)?;
    let id = uri.path().strip_prefix(PATH).unwrap_or_default();
    if cloud.denials.with(|denials| denials.denies(ACTION)) {
        let (region, account) = (&caller.region, &caller.account);
        let resource = format!("arn:aws:ssm:{region}:{account}:session/{id}");
        return Err(authorization::denied(
            Service::SsmMessages,
            &caller,
            ACTION,
            &resource,
        ));
    }
    let session = cloud.sessions.find(id).filter(|session| session.is_open());
    session.ok_or_else(|| {
        ApiError::with_status(
            StatusCode::BAD_REQUEST,
            "BadRequest",
            "there is no such session",
        )
    })
}

fn refusal(error: &ApiError) -> ErrorResponse {
    let mut response = Response::new(Some(error.message.clone()));
    *response.status_mut() = error.status;
    response
}

#[cfg(test)]
#[path = "channel_tests.rs"]
mod tests;
