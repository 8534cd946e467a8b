//! The static file server below `/logs/`: Go's `http.FileServer` over `/var/log`.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use axum::body::Body;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimePrinter;
use percent_encoding::percent_decode_str;

use super::range::{self, Part};
use super::{Kubelet, body, not_found, page, plain, redirect, set};

/// Serves the path below `/logs/`, still escaped.
pub(super) async fn serve(kubelet: &Kubelet, below: &str, headers: &HeaderMap) -> Response {
    let Some(path) = on_disk(&kubelet.logs, below) else {
        return not_found();
    };
    let Ok(metadata) = fs::metadata(&path) else {
        return not_found();
    };
    let asks_folder = below.is_empty() || below.ends_with('/');
    if metadata.is_dir() {
        if !asks_folder {
            let name = below.rsplit('/').next().unwrap_or_default();
            return redirect(StatusCode::MOVED_PERMANENTLY, &format!("{name}/"));
        }
        return match page::of(&path) {
            Ok(page) => {
                let mut response = Response::new(Body::from(page));
                set(&mut response, "content-type", "text/html; charset=utf-8");
                response
            }
            Err(error) => plain(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string()),
        };
    }
    if asks_folder {
        let name = below
            .trim_end_matches('/')
            .rsplit('/')
            .next()
            .unwrap_or_default();
        return redirect(StatusCode::MOVED_PERMANENTLY, &format!("../{name}"));
    }
    // The file that is open is the one that is sent, whatever is called so meanwhile.
    match File::open(&path) {
        Ok(file) => content(kubelet, (&path, file), headers),
        Err(_) => plain(StatusCode::FORBIDDEN, "403 Forbidden\n"),
    }
}

fn content(kubelet: &Kubelet, (path, file): (&Path, File), headers: &HeaderMap) -> Response {
    let (size, modified) = match file.metadata() {
        Ok(metadata) => (metadata.len(), metadata.modified().ok()),
        Err(_) => return not_found(),
    };
    let modified = modified
        .and_then(|at| Timestamp::try_from(at).ok())
        .and_then(|at| DateTimePrinter::new().timestamp_to_rfc9110_string(&at).ok())
        .unwrap_or_default();
    let part = range::asked(headers, size, &modified);
    let (status, from, length) = match part {
        Part::Whole => (StatusCode::OK, 0, size),
        Part::Of { from, length } => (StatusCode::PARTIAL_CONTENT, from, length),
        Part::Beyond => {
            let mut response = plain(
                StatusCode::RANGE_NOT_SATISFIABLE,
                "invalid range: failed to overlap\n",
            );
            set(&mut response, "content-range", &format!("bytes */{size}"));
            return response;
        }
    };
    let open = body::Open {
        file,
        path: path.to_owned(),
        bandwidth: kubelet.bandwidth.clone(),
    };
    let stop = kubelet.faults.next_break();
    let mut response = Response::new(body::of(open, (from, length), stop));
    *response.status_mut() = status;
    let kind = match path.extension().is_some_and(|end| end == "gz") {
        true => "application/gzip",
        false => "text/plain; charset=utf-8",
    };
    set(&mut response, "content-type", kind);
    set(&mut response, "accept-ranges", "bytes");
    set(&mut response, "last-modified", &modified);
    set(&mut response, "content-length", &length.to_string());
    if status == StatusCode::PARTIAL_CONTENT {
        let last = from + length - 1;
        set(
            &mut response,
            "content-range",
            &format!("bytes {from}-{last}/{size}"),
        );
    }
    response
}

/// Where the path leads; nowhere for one with `..` in it. Links are followed, as the kubelet does.
fn on_disk(logs: &Path, below: &str) -> Option<PathBuf> {
    let path = percent_decode_str(below).decode_utf8().ok()?;
    let mut on_disk = logs.to_owned();
    for part in path
        .split('/')
        .filter(|part| !part.is_empty() && *part != ".")
    {
        if part == ".." || part.contains('\0') {
            return None;
        }
        on_disk.push(part);
    }
    Some(on_disk)
}
