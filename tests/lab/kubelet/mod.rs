//! A kubelet's own HTTP endpoints, as far as logs and audits need them, with its quirks and faults;
//! and the logs of containers as containerd and the kubelet leave them on the node.

mod bandwidth;
mod body;
mod configuration;
mod exec;
mod faults;
mod files;
mod page;
pub mod pod_log;
pub(crate) mod range;
mod statistics;
#[cfg(test)]
mod tests;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::body::Body;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::Response;
use serde_json::{Value, json};

pub use bandwidth::Bandwidth;
pub(crate) use exec::{Running, Said};
pub use faults::{KubeletFaults, Reach, Rewrite};

/// One node's kubelet. A cheap handle.
#[derive(Debug, Clone)]
pub struct Kubelet {
    logs: Arc<PathBuf>,
    faults: Arc<KubeletFaults>,
    host: Arc<Host>,
    bandwidth: Option<Bandwidth>,
}

type Settings = dyn Fn() -> Value + Send + Sync;

/// What a kubelet knows of the node that it runs on.
pub struct Host {
    /// The node's name.
    pub node: String,
    /// How many CPUs it has.
    pub cpus: u32,
    /// Bottlerocket's settings at this moment, from which the kubelet's configuration is made.
    pub settings: Box<Settings>,
}

impl fmt::Debug for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Host")
            .field("node", &self.node)
            .finish_non_exhaustive()
    }
}

impl Kubelet {
    /// A kubelet whose `/var/log` is this folder.
    pub fn new(logs: &Path) -> Self {
        Self {
            logs: Arc::new(logs.to_owned()),
            faults: Arc::default(),
            host: Arc::new(Host {
                node: "node".to_owned(),
                cpus: 8,
                settings: Box::new(|| json!({})),
            }),
            bandwidth: None,
        }
    }

    /// On that node; without, it is one without a name and with no settings of its own.
    #[must_use]
    pub fn on(mut self, host: Host) -> Self {
        self.host = Arc::new(host);
        self
    }

    /// Behind a line that others may share; without, it sends as fast as it can.
    #[must_use]
    pub fn behind(mut self, bandwidth: &Bandwidth) -> Self {
        self.bandwidth = Some(bandwidth.clone());
        self
    }

    /// The folder that is its `/var/log`.
    pub fn logs(&self) -> &Path {
        &self.logs
    }

    /// What can go wrong on purpose.
    pub fn faults(&self) -> &KubeletFaults {
        &self.faults
    }

    /// Answers a request for a path such as `/logs/pods/`, still escaped.
    pub(crate) async fn answer(
        &self,
        method: &Method,
        path: &str,
        headers: &HeaderMap,
    ) -> Response {
        if path != "/logs" && !path.starts_with("/logs/") {
            return match self.told(path) {
                None => not_found(),
                Some(_) if *method != Method::GET => {
                    plain(StatusCode::METHOD_NOT_ALLOWED, "405: Method Not Allowed")
                }
                Some(response) => response,
            };
        }
        if let Some(reason) = self.faults.disabled() {
            return plain(StatusCode::METHOD_NOT_ALLOWED, reason);
        }
        if *method != Method::GET {
            return plain(StatusCode::METHOD_NOT_ALLOWED, "405: Method Not Allowed");
        }
        let Some(below) = path.strip_prefix("/logs/") else {
            return redirect(StatusCode::TEMPORARY_REDIRECT, "/logs/");
        };
        files::serve(self, below, headers).await
    }
}

impl Kubelet {
    /// What it tells of itself. With the debugging handlers its configuration goes, and nothing else
    /// (kubernetes 1.36, `pkg/kubelet/server/server.go`).
    fn told(&self, path: &str) -> Option<Response> {
        let (kind, text) = match path {
            "/configz" if self.faults.has_debugging_handlers() => (
                "application/json",
                configuration::effective(&self.host, &self.faults).to_string(),
            ),
            "/stats/summary" => (
                "application/json",
                statistics::summary(&self.host, &self.logs).to_string(),
            ),
            "/metrics" => (
                "text/plain; version=0.0.4; charset=utf-8",
                statistics::metrics(&self.host, &self.logs),
            ),
            "/healthz" => ("text/plain; charset=utf-8", "ok".to_owned()),
            _ => return None,
        };
        let mut response = Response::new(Body::from(text));
        set(&mut response, "content-type", kind);
        Some(response)
    }
}

/// Go's `http.NotFound`.
fn not_found() -> Response {
    plain(StatusCode::NOT_FOUND, "404 page not found\n")
}

fn plain(status: StatusCode, text: &str) -> Response {
    let mut response = Response::new(Body::from(text.to_owned()));
    *response.status_mut() = status;
    set(&mut response, "content-type", "text/plain; charset=utf-8");
    set(&mut response, "x-content-type-options", "nosniff");
    response
}

fn redirect(status: StatusCode, location: &str) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    set(&mut response, "location", location);
    response
}

/// Sets a header to a text without control characters.
fn set(response: &mut Response, name: &'static str, value: &str) {
    if let Ok(value) = value.parse() {
        response.headers_mut().insert(name, value);
    }
}
