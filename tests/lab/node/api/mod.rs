//! The node's API server on `/run/api.sock`: settings, transactions, exec. It runs inside the node
//! and starts the host containers. It knows nothing of the command line that talks to it.

use std::io::BufReader;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use anyhow::{Context, Result};
use serde_json::{Value, json};

mod apply;
mod document;
pub(crate) mod exec;
pub(crate) mod frame;
pub(crate) mod http;
mod model;
mod store;

use self::http::{Request, Response};
use self::store::Store;
use super::config::{NodeConfig, NodePlan};
use super::container::Container;
use super::state::{LAB, State};

/// Where the server listens.
pub(crate) const SOCKET: &str = "/run/api.sock";
/// The group that may, `api`: users of sessions are in it.
const GROUP: u32 = 274;
/// Written to the node's state when the socket answers and the containers run.
pub(crate) const READY: &str = "ready";

struct Server {
    store: Store,
    config: NodeConfig,
    state: State,
}

/// Serves until the node ends.
pub(crate) fn serve() -> Result<()> {
    nix::sys::prctl::set_name(c"apiserver").ok();
    let state = State::of_this_node()?;
    let config = NodePlan::read(&Path::new(LAB).join("state").join(NodePlan::FILE))?.config;
    let store = Store::open(state.clone(), &config)?;
    let server = Arc::new(Server {
        store,
        config,
        state,
    });
    let listener = UnixListener::bind(SOCKET).with_context(|| format!("listening on {SOCKET}"))?;
    std::os::unix::fs::chown(SOCKET, None, Some(GROUP))?;
    std::fs::set_permissions(SOCKET, std::fs::Permissions::from_mode(0o660))?;
    apply::at_boot(&server.store.live(), &server.config)?;
    server.start_containers()?;
    server.state.write(READY, "")?;
    for connection in listener.incoming() {
        let server = Arc::clone(&server);
        let connection = connection.context("accepting a connection")?;
        std::thread::spawn(move || {
            if let Err(error) = server.answer(&connection) {
                eprintln!("apiserver: {error:#}");
            }
        });
    }
    Ok(())
}

impl Server {
    fn start_containers(&self) -> Result<()> {
        let live = self.store.live();
        for container in [Container::Control, Container::Admin] {
            if apply::is_enabled(container, &live) {
                apply::start(container)?;
            }
        }
        Ok(())
    }

    fn answer(self: &Arc<Self>, connection: &UnixStream) -> Result<()> {
        let Some(request) = Request::read(&mut BufReader::with_capacity(1, connection))? else {
            return Ok(());
        };
        if request.path == "/exec" {
            return exec::serve(connection);
        }
        self.respond(&request).write(&mut &*connection)
    }

    fn respond(self: &Arc<Self>, request: &Request) -> Response {
        let tx = request.query("tx").unwrap_or("default");
        match (request.method.as_str(), request.path.as_str()) {
            ("GET", "/") => self.get_all(request),
            ("GET", "/settings") => self.get_settings(request),
            ("GET", "/os") => Response::new(200, self.os().to_string()),
            ("GET", "/metadata/affected-services") => affected_services(request),
            ("PATCH", "/settings") => self.patch_settings(tx, &request.body),
            ("PATCH", "/settings/keypair") => self.patch_pairs(tx, &request.body),
            ("POST", "/tx/commit_and_apply") => self.commit(tx),
            ("POST", "/actions/reboot") => reboot(),
            _ => Response::new(404, ""),
        }
    }

    fn get_all(&self, request: &Request) -> Response {
        let prefix = request.query("prefix").unwrap_or_default();
        let everything = json!({"settings": self.store.live(), "os": self.os()});
        Response::new(
            200,
            document::select(&everything, |key| key.starts_with(prefix)).to_string(),
        )
    }

    fn get_settings(&self, request: &Request) -> Response {
        let live = self.store.live();
        let keys: Option<Vec<&str>> = request
            .query("keys")
            .map(|keys| keys.split(',').map(without_settings).collect());
        let prefix = without_settings(request.query("prefix").unwrap_or_default());
        let selected = document::select(&live, |key| match &keys {
            Some(keys) => keys.contains(&key),
            None => key.starts_with(prefix),
        });
        Response::new(200, selected.to_string())
    }

    fn os(&self) -> Value {
        let version = &self.config.os_version;
        json!({
            "arch": std::env::consts::ARCH,
            "build_id": "9b7f37d4",
            "pretty_name": format!("Bottlerocket OS {version} (aws-k8s-1.33)"),
            "variant_id": "aws-k8s-1.33",
            "version_id": version
        })
    }

    fn patch_settings(&self, tx: &str, body: &[u8]) -> Response {
        let text = String::from_utf8_lossy(body);
        if let Err(error) = serde_json::from_str::<model::Settings>(&text) {
            return Response::new(400, format!("Json deserialize error: {error}"));
        }
        match serde_json::from_str(&text) {
            Ok(change) => self.stage(tx, &change),
            Err(error) => Response::new(400, format!("Json deserialize error: {error}")),
        }
    }

    fn patch_pairs(&self, tx: &str, body: &[u8]) -> Response {
        match parse_pairs(body) {
            Ok(change) => match serde_json::from_str::<model::Settings>(&change.to_string()) {
                Ok(_) => self.stage(tx, &change),
                Err(error) => Response::new(
                    400,
                    no_match(&format!("Error during deserialization: {error}")),
                ),
            },
            Err(error) => Response::new(400, no_match(&format!("{error:#}"))),
        }
    }

    fn stage(&self, tx: &str, change: &Value) -> Response {
        match self.store.stage(tx, change) {
            Ok(()) => Response::new(204, ""),
            Err(error) => Response::new(500, format!("{error:#}")),
        }
    }

    fn commit(self: &Arc<Self>, tx: &str) -> Response {
        match self.store.commit(tx) {
            Ok(keys) if keys.is_empty() => {
                Response::new(422, "Tried to commit with no pending changes")
            }
            Ok(keys) => {
                let (server, body) = (Arc::clone(self), json!(keys).to_string());
                std::thread::spawn(move || {
                    apply::apply(&keys, &server.store.live(), &server.config, &server.state)
                });
                Response::new(200, body)
            }
            Err(error) => Response::new(500, format!("{error:#}")),
        }
    }
}

/// As the real server does: by `systemctl`.
fn reboot() -> Response {
    let systemctl = Command::new("/usr/bin/systemctl")
        .args(["reboot", "--check-inhibitors=yes"])
        .output();
    match systemctl {
        Ok(output) if output.status.success() => Response::new(204, ""),
        Ok(output) => {
            let code = output.status.code().unwrap_or(1);
            let stderr = String::from_utf8_lossy(&output.stderr);
            Response::new(
                500,
                format!("Failed to reboot, exit code: {code}, stderr: {stderr}"),
            )
        }
        Err(error) => Response::new(500, format!("Unable to start reboot: {error}")),
    }
}

fn without_settings(key: &str) -> &str {
    key.strip_prefix("settings.")
        .unwrap_or(if key == "settings" { "" } else { key })
}

fn affected_services(request: &Request) -> Response {
    let keys: Vec<String> = request
        .query("keys")
        .unwrap_or_default()
        .split(',')
        .map(str::to_owned)
        .collect();
    Response::new(200, json!(apply::affected_services(&keys)).to_string())
}

/// `{"request_payload": ["key=value", …]}` as one document; each value is tried as bool, u64, f64,
/// else it is a string.
fn parse_pairs(body: &[u8]) -> Result<Value> {
    #[derive(serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Pairs {
        request_payload: Vec<String>,
    }
    let pairs: Pairs = serde_json::from_slice(body)?;
    let mut change = json!({});
    for pair in pairs.request_payload {
        let (key, value) = pair
            .split_once('=')
            .with_context(|| format!("Input '{pair}' is not in key=value form"))?;
        document::put(
            &mut change,
            &document::key_parts(without_settings(key))?,
            guess(value),
        );
    }
    Ok(change)
}

fn guess(value: &str) -> Value {
    if let Ok(boolean) = value.parse::<bool>() {
        return boolean.into();
    }
    if let Ok(number) = value.parse::<u64>() {
        return number.into();
    }
    value
        .parse::<f64>()
        .ok()
        .and_then(serde_json::Number::from_f64)
        .map_or_else(|| value.into(), Value::Number)
}

fn no_match(cause: &str) -> String {
    format!(
        "Unable to match your input to the data model.  We may not have enough type information.  \
         Please try the --json input form.  Cause: {cause}"
    )
}
