//! A kubelet's own HTTP endpoints, as far as logs need them, with its quirks and faults; and the
//! logs of containers as containerd and the kubelet leave them on the node.

mod body;
mod faults;
mod files;
mod page;
pub mod pod_log;
mod range;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::body::Body;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::Response;

pub use faults::{KubeletFaults, Reach};

/// One node's kubelet. A cheap handle.
#[derive(Debug, Clone)]
pub struct Kubelet {
    logs: Arc<PathBuf>,
    faults: Arc<KubeletFaults>,
}

impl Kubelet {
    /// A kubelet whose `/var/log` is this folder.
    pub fn new(logs: &Path) -> Self {
        Self {
            logs: Arc::new(logs.to_owned()),
            faults: Arc::default(),
        }
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
            return not_found();
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
        files::serve(&self.logs, below, headers, &self.faults).await
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
