//! `pods/exec` over WebSocket: the subprotocols `v5.channel.k8s.io` and `v4.channel.k8s.io`, in which the
//! first byte of each message is the number of its stream. Source: apimachinery `util/remotecommand`,
//! kubelet `cri/streaming/remotecommand/websocket.go`.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::Query;
use axum::http::header::{
    CONNECTION, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_PROTOCOL, UPGRADE,
};
use axum::http::request::Parts;
use axum::http::{HeaderName, Response, StatusCode};
use futures::stream::SplitSink;
use futures::{SinkExt as _, StreamExt as _};
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Role};

use crate::kube::metadata::text;
use crate::kube::read::key_of;
use crate::kube::request::ObjectRequest;
use crate::kube::service::Api;
use crate::kube::status::{Answer, Refusal};
use crate::kubelet::{Running, Said};

/// The subprotocols, the best one first.
const PROTOCOLS: [&str; 2] = ["v5.channel.k8s.io", "v4.channel.k8s.io"];
const STDOUT: u8 = 1;
const STDERR: u8 = 2;
const STATUS: u8 = 3;

/// Answers a request for a command in a container.
pub(crate) async fn exec(
    api: &Arc<Api>,
    request: &ObjectRequest,
    parts: &Parts,
) -> Answer<Response<Body>> {
    let pod = api.store().get(&key_of(request)).cloned();
    let pod = pod.ok_or_else(|| Refusal::not_found(request.resource, &request.name))?;
    let phase = text(&pod["status"]["phase"]);
    if ["Succeeded", "Failed"].contains(&phase.as_str()) {
        let why =
            format!("cannot exec into a container in a completed pod; current phase is {phase}");
        return Err(Refusal::bad_request(why));
    }
    let Query(pairs) = Query::<Vec<(String, String)>>::try_from_uri(&parts.uri)
        .map_err(|error| Refusal::bad_request(error.to_string()))?;
    let command = pairs.into_iter().filter(|(key, _)| key == "command");
    let command: Vec<String> = command.map(|(_, word)| word).collect();
    let node = text(&pod["spec"]["nodeName"]);
    let kubelet = api.kubelets.of(&node);
    let Some(kubelet) =
        kubelet.filter(|kubelet| kubelet.faults().server_reach().failure().is_none())
    else {
        return Err(Refusal::internal(
            "error dialing backend: dial tcp 10.0.1.23:10250: connect: connection refused",
        ));
    };
    if phase != "Running" {
        let name = text(&pod["spec"]["containers"][0]["name"]);
        return Err(Refusal::internal(&format!(
            "unable to upgrade connection: container not found (\"{name}\")"
        )));
    }
    let (answer, upgrade) = switch(parts)?;
    tokio::spawn(async move {
        let Ok(upgraded) = upgrade.await else { return };
        let io = TokioIo::new(upgraded);
        let socket = WebSocketStream::from_raw_socket(io, Role::Server, None).await;
        serve(socket, kubelet.exec(&pod, command).await).await;
    });
    Ok(answer)
}

/// The answer that changes the protocol, and the connection as it is then.
fn switch(parts: &Parts) -> Answer<(Response<Body>, OnUpgrade)> {
    let header = |name: HeaderName| parts.headers.get(name)?.to_str().ok();
    let upgrade = parts.extensions.get::<OnUpgrade>().cloned();
    let is_websocket = header(UPGRADE).is_some_and(|to| to.eq_ignore_ascii_case("websocket"));
    let (Some(upgrade), Some(key), true) = (upgrade, header(SEC_WEBSOCKET_KEY), is_websocket)
    else {
        return Err(Refusal::bad_request("Upgrade request required"));
    };
    let offered = header(SEC_WEBSOCKET_PROTOCOL).unwrap_or_default();
    let offers = |protocol: &&&str| offered.split(',').any(|one| one.trim() == **protocol);
    let Some(protocol) = PROTOCOLS.iter().find(offers) else {
        return Err(Refusal::bad_request("Upgrade request required"));
    };
    let answer = Response::builder()
        .status(StatusCode::SWITCHING_PROTOCOLS)
        .header(CONNECTION, "Upgrade")
        .header(UPGRADE, "websocket")
        .header(SEC_WEBSOCKET_ACCEPT, derive_accept_key(key.as_bytes()))
        .header(SEC_WEBSOCKET_PROTOCOL, *protocol)
        .body(Body::empty());
    let answer = answer.map_err(|error| Refusal::bad_request(error.to_string()))?;
    Ok((answer, upgrade))
}

type Socket = WebSocketStream<TokioIo<hyper::upgrade::Upgraded>>;

/// Hands on what the process says until it ends, or the client goes.
async fn serve(socket: Socket, mut running: Running) {
    let (mut sender, mut receiver) = socket.split();
    // Says that the connection stands.
    if sender.send(message(STDOUT, &[])).await.is_err() {
        return;
    }
    let gone = async {
        while let Some(Ok(said)) = receiver.next().await {
            if said.is_close() {
                break;
            }
        }
    };
    tokio::pin!(gone);
    loop {
        let said = tokio::select! {
            said = running.next() => said,
            () = &mut gone => return,
        };
        let next = match said {
            Some(Said::Out(bytes)) => message(STDOUT, &bytes),
            Some(Said::Err(bytes)) => message(STDERR, &bytes),
            Some(Said::Stall) => return gone.await,
            Some(Said::Cut) | None => return,
            Some(Said::Ended(code)) => return end(sender, &ended(code)).await,
            Some(Said::Unstarted(why)) => return end(sender, &unstarted(&why)).await,
        };
        if sender.send(next).await.is_err() {
            return;
        }
    }
}

/// The status, and the normal end: kubectl takes any other one for an error.
async fn end(mut sender: SplitSink<Socket, Message>, status: &[u8]) {
    let normal = CloseFrame {
        code: CloseCode::Normal,
        reason: "".into(),
    };
    // Whoever has gone meanwhile does not need it.
    sender.send(message(STATUS, status)).await.ok();
    sender.send(Message::Close(Some(normal))).await.ok();
}

fn message(stream: u8, bytes: &[u8]) -> Message {
    Message::binary([&[stream], bytes].concat())
}

fn ended(code: i32) -> Vec<u8> {
    let status = match code {
        0 => json!({"metadata": {}, "status": "Success"}),
        code => json!({"metadata": {}, "status": "Failure", "reason": "NonZeroExitCode",
            "message": format!("command terminated with non-zero exit code: error executing command: exit status {code}"),
            "details": {"causes": [{"reason": "ExitCode", "message": code.to_string()}]}}),
    };
    status.to_string().into_bytes()
}

fn unstarted(why: &str) -> Vec<u8> {
    let status: Value = json!({"metadata": {}, "status": "Failure", "reason": "InternalError", "code": 500,
        "message": format!("Internal error occurred: error executing command in container: failed to exec in \
            container: failed to start exec: OCI runtime exec failed: exec failed: unable to start container process: {why}"),
        "details": {"causes": [{"message": why}]}});
    status.to_string().into_bytes()
}
