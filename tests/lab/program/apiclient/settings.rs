//! The subcommands that are HTTP requests: `raw`, `get`, `set` and `reboot`.

use std::path::Path;

use anyhow::{Context, Result, anyhow};
use rand::RngExt;
use serde_json::{Map, Value, json};

use crate::node::api::http;

const TRANSACTION_LETTERS: usize = 16;

/// Makes one request and prints the body.
pub(super) fn raw(socket: &Path, method: &str, uri: &str, data: &str) -> Result<i32> {
    let body = request(socket, method, uri, data.as_bytes())?;
    if !body.is_empty() {
        println!("{body}");
    }
    Ok(0)
}

/// Prints what the prefixes select, pretty; `{}` when that is nothing.
pub(super) fn get(socket: &Path, prefixes: Vec<String>) -> Result<i32> {
    if let [uri] = prefixes.as_slice()
        && uri.starts_with('/')
    {
        let body = request(socket, "GET", uri, b"")
            .map_err(|error| anyhow!("Failed to get settings: {error}"))?;
        return print_pretty(&serde_json::from_str(&body)?);
    }
    let prefixes = if prefixes.is_empty() {
        vec!["os".to_owned(), "settings".to_owned()]
    } else {
        prefixes
    };
    let mut selected = Value::Object(Map::new());
    for prefix in prefixes {
        let body = request(socket, "GET", &format!("/?prefix={prefix}"), b"")
            .map_err(|error| anyhow!("Failed to get settings: {error}"))?;
        merge(&mut selected, serde_json::from_str(&body)?);
    }
    print_pretty(&selected)
}

fn print_pretty(value: &Value) -> Result<i32> {
    println!("{}", serde_json::to_string_pretty(value)?);
    Ok(0)
}

fn merge(into: &mut Value, from: Value) {
    match (into, from) {
        (Value::Object(into), Value::Object(from)) => {
            for (key, value) in from {
                merge(into.entry(key).or_insert(Value::Null), value);
            }
        }
        (into, from) => *into = from,
    }
}

/// Sets `key=value` pairs; the server guesses the types.
pub(super) fn set_pairs(socket: &Path, pairs: Vec<String>) -> Result<i32> {
    set(
        socket,
        "/settings/keypair",
        &json!({"request_payload": pairs}),
    )
}

/// Sets a JSON document, with or without `settings` round it.
pub(super) fn set_json(socket: &Path, json: &str) -> Result<i32> {
    let given: Value = serde_json::from_str(json)?;
    set(socket, "/settings", given.get("settings").unwrap_or(&given))
}

/// Changes settings in a transaction of its own, and returns before anything is applied.
fn set(socket: &Path, path: &str, body: &Value) -> Result<i32> {
    let transaction = format!("apiclient-set-{}", random_letters());
    let change = || -> Result<()> {
        request(
            socket,
            "PATCH",
            &format!("{path}?tx={transaction}"),
            body.to_string().as_bytes(),
        )?;
        request(
            socket,
            "POST",
            &format!("/tx/commit_and_apply?tx={transaction}"),
            b"",
        )?;
        Ok(())
    };
    change().map_err(|error| anyhow!("Failed to change settings: {error}"))?;
    Ok(0)
}

/// Asks for a reboot, which comes a moment after the answer.
pub(super) fn reboot(socket: &Path) -> Result<i32> {
    request(socket, "POST", "/actions/reboot", b"")
        .map_err(|error| anyhow!("Failed to reboot: {error}"))?;
    eprintln!("[INFO] Rebooting, goodbye...");
    Ok(0)
}

fn random_letters() -> String {
    rand::rng()
        .sample_iter(rand::distr::Alphanumeric)
        .take(TRANSACTION_LETTERS)
        .map(char::from)
        .collect()
}

fn request(socket: &Path, method: &str, uri: &str, body: &[u8]) -> Result<String> {
    let failed = |cause: String| anyhow!("Failed {method} request to '{uri}': {cause}");
    let stream = http::connect(socket).map_err(|error| {
        failed(format!(
            "Failed to send request: error trying to connect: {error}"
        ))
    })?;
    let answer = http::call(&stream, method, uri, body)
        .context("Failed to send request")
        .map_err(|error| failed(format!("{error:#}")))?;
    if (200..300).contains(&answer.status) {
        return Ok(answer.body);
    }
    Err(failed(format!(
        "Status {} when {} {uri}: {}",
        answer.status,
        doing(method),
        answer.body
    )))
}

fn doing(method: &str) -> String {
    let method = method.to_ascii_uppercase();
    match method.as_str() {
        "GET" => "GETting".to_owned(),
        "POST" => "POSTing".to_owned(),
        "PATCH" => "PATCHing".to_owned(),
        "DELETE" => "DELETEing".to_owned(),
        other => format!("{other}ing"),
    }
}
