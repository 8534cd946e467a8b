//! What both sides say of themselves before the first output.

use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use super::ChannelFault;

/// The version of the official client whose behaviour this has: the oldest that is supported, as it signs.
pub const CLIENT_VERSION: &str = "1.2.764.0";
/// The kind of session that is asked for.
const SESSION_TYPE: &str = "NonInteractiveCommands";
/// How an action of the handshake ended: done.
const DONE: u8 = 1;
/// How an action of the handshake ended: the client does not do it.
const UNSUPPORTED: u8 = 3;

/// The first frame, the only one of text. It holds the token: it is for the socket alone.
pub fn opening(token: &str, request: Uuid, client: Uuid) -> String {
    json!({
        "MessageSchemaVersion": "1.0",
        "RequestId": request.to_string(),
        "TokenValue": token,
        "ClientId": client.to_string(),
        "ClientVersion": CLIENT_VERSION,
    })
    .to_string()
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Request {
    #[serde(default)]
    requested_client_actions: Option<Vec<Action>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Action {
    action_type: String,
    #[serde(default)]
    action_parameters: serde_json::Value,
}

/// The client's answer to what the agent asks of it, and why it can't go on after that.
pub(super) fn answer(request: &[u8]) -> Result<(Vec<u8>, Option<ChannelFault>), ChannelFault> {
    let request: Request = serde_json::from_slice(request)
        .map_err(|error| ChannelFault::Damaged(format!("its handshake: {error}")))?;
    let (mut processed, mut fault) = (Vec::new(), None);
    for action in request.requested_client_actions.unwrap_or_default() {
        let trouble = trouble(&action);
        let status = if trouble.is_none() { DONE } else { UNSUPPORTED };
        let error = trouble.as_ref().map(ToString::to_string);
        processed.push(json!({
            "ActionType": action.action_type,
            "ActionStatus": status,
            "ActionResult": null,
            "Error": error.unwrap_or_default(),
        }));
        fault = fault.or(trouble);
    }
    let response = json!({
        "ClientVersion": CLIENT_VERSION,
        "ProcessedClientActions": processed,
        "Errors": null,
    });
    Ok((response.to_string().into_bytes(), fault))
}

fn trouble(action: &Action) -> Option<ChannelFault> {
    match action.action_type.as_str() {
        "SessionType" => {
            let asked = action.action_parameters.get("SessionType");
            let asked = asked.and_then(|asked| asked.as_str()).unwrap_or_default();
            (asked != SESSION_TYPE)
                .then(|| ChannelFault::Unsupported(format!("a session of the type {asked:?}")))
        }
        "KMSEncryption" => Some(ChannelFault::Encrypted),
        other => Some(ChannelFault::Unsupported(other.to_owned())),
    }
}
