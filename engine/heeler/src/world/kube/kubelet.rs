//! What a kubelet serves, by whatever way it is reached. A redirect is never followed, and no path but
//! `/configz`, `/stats/summary` and those below `/logs/` is asked for: the right that this needs is close to root on the
//! node by one of the ways.

use std::net::SocketAddr;
use std::time::Duration;

use futures::{StreamExt as _, TryStreamExt as _};
use heeler_core::logs::{LogPath, listing};
use http::header::{ACCEPT_ENCODING, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, RANGE};
use http::{HeaderName, Request, Response, StatusCode};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use kube::Client;
use kube::client::Body;
use kube::core::Status;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;
use tokio::time::timeout;

use super::client::malformed;
use super::failure;
use crate::world::error::{CallError, Cause};
use crate::world::port::{KubeletPage, OpenFile, Part};

/// The API server itself waits up to 30 s for a kubelet. Measured on kubernetes 1.36.
const HEADERS: Duration = Duration::from_secs(40);
/// A folder's page, once it has begun.
const PAGE: Duration = Duration::from_secs(15);
/// Most bytes of a folder's page, or of a message.
const MOST: usize = 8 << 20;
/// What a part of a path may hold as it is.
const PLAIN: AsciiSet = NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

/// A kubelet, as it is reached.
pub(super) struct Kubelet {
    /// By whom it is asked.
    pub(super) client: Client,
    /// What comes before its own paths.
    pub(super) base: String,
    /// Where it is asked, where that is not the API server.
    pub(super) address: Option<SocketAddr>,
}

impl Kubelet {
    async fn fetch(&self, path: &LogPath, part: &Part) -> Result<Option<Response<Body>>, Cause> {
        // Places in a file are places in what is on the disk.
        let mut request = Request::get(self.url(path)).header(ACCEPT_ENCODING, "identity");
        match part {
            Part::Whole => {}
            Part::From(byte) => {
                request = request.header(RANGE, format!("bytes={byte}-"));
            }
            Part::First(bytes) => {
                let last = bytes.saturating_sub(1);
                request = request.header(RANGE, format!("bytes=0-{last}"));
            }
        }
        self.sent(request, matches!(part, Part::First(_))).await
    }

    /// Sends a request to a kubelet; `None`: there is no such thing.
    async fn sent(
        &self,
        request: http::request::Builder,
        may_be_empty: bool,
    ) -> Result<Option<Response<Body>>, Cause> {
        let request = request.body(Body::empty()).map_err(malformed)?;
        let answer = match timeout(HEADERS, self.client.send(request)).await {
            Ok(answer) => answer.map_err(|error| self.at(failure::cause(&error)))?,
            Err(_) => {
                let limit = HEADERS.as_secs();
                let silent = Cause::TimedOut(format!("no answer within {limit} s"));
                return Err(self.at(silent));
            }
        };
        match answer.status() {
            StatusCode::OK | StatusCode::PARTIAL_CONTENT => Ok(Some(answer)),
            // Nothing is in the file yet, not even its first byte.
            StatusCode::RANGE_NOT_SATISFIABLE if may_be_empty => {
                Ok(Some(Response::new(Body::empty())))
            }
            StatusCode::RANGE_NOT_SATISFIABLE => Ok(None),
            status => refused(status, &message(answer).await?),
        }
    }

    /// What it says of itself.
    pub(super) async fn document(&self, page: KubeletPage) -> Result<Option<Value>, Cause> {
        let request = Request::get(format!("{}{}", self.base, page.path()));
        let Some(answer) = self.sent(request, false).await? else {
            return Ok(None);
        };
        let said = message(answer).await?;
        let read = serde_json::from_str(&said);
        read.map(Some)
            .map_err(|error| Cause::Unreadable(error.to_string()))
    }

    /// The names in a folder.
    pub(super) async fn names(&self, folder: &LogPath) -> Result<Option<Vec<String>>, Cause> {
        let Some(answer) = self.fetch(folder, &Part::Whole).await? else {
            return Ok(None);
        };
        let kind = header(&answer, CONTENT_TYPE).unwrap_or_default().to_owned();
        let page = message(answer).await?;
        let names = listing(&page).filter(|_| kind.starts_with("text/html"));
        let unreadable = || {
            Cause::Unreadable(format!(
                "{folder} was answered by {kind:?}, and not by a listing"
            ))
        };
        names.map(Some).ok_or_else(unreadable)
    }

    /// Opens a file. What fails of it later is told by `failed`.
    pub(super) async fn file(
        &self,
        file: &LogPath,
        part: Part,
        failed: impl Fn(Cause) -> CallError + Send + 'static,
    ) -> Result<Option<OpenFile>, Cause> {
        let Some(answer) = self.fetch(file, &part).await? else {
            return Ok(None);
        };
        let number = |text: &str| text.parse().ok();
        let from = match answer.status() {
            StatusCode::PARTIAL_CONTENT => {
                // `bytes 10-19/4711`
                let range =
                    header(&answer, CONTENT_RANGE).and_then(|range| range.strip_prefix("bytes "));
                let from = range
                    .and_then(|range| range.split('-').next())
                    .and_then(number);
                from.ok_or_else(|| Cause::Unreadable("a part of a file without its place".into()))?
            }
            _ => 0,
        };
        let fail = move |error| failed(failure::cause(&error));
        Ok(Some(OpenFile {
            from,
            length: header(&answer, CONTENT_LENGTH).and_then(number),
            bytes: answer.into_body().into_data_stream().map_err(fail).boxed(),
        }))
    }

    /// Says where nobody has answered.
    fn at(&self, cause: Cause) -> Cause {
        match self.address {
            Some(address) => cause.reworded(|said| format!("{said} ({address})")),
            None => cause,
        }
    }

    fn url(&self, path: &LogPath) -> String {
        let mut url = format!("{}/logs", self.base);
        for part in path.parts() {
            url.push('/');
            url.extend(utf8_percent_encode(part, &PLAIN));
        }
        if path.is_folder() {
            url.push('/');
        }
        url
    }
}

/// What an answer without the file means: a `Status` comes from the API server, plain text from the
/// kubelet.
fn refused(status: StatusCode, text: &str) -> Result<Option<Response<Body>>, Cause> {
    let by_server: Option<Status> = serde_json::from_str(text).ok();
    match (by_server, status) {
        (Some(said), _) => Err(failure::cause(&kube::Error::Api(Box::new(said)))),
        (None, StatusCode::NOT_FOUND) => Ok(None),
        (None, StatusCode::UNAUTHORIZED) => Err(Cause::ForeignCredentials(format!(
            "the kubelet: {}",
            text.trim()
        ))),
        (None, status) => {
            let said = match text.trim() {
                "" => "the kubelet does not say why".to_owned(),
                said => said.chars().take(200).collect(),
            };
            let said = Status::failure(&said, "").with_code(status.as_u16());
            Err(failure::cause(&kube::Error::Api(said.boxed())))
        }
    }
}

fn header<T>(answer: &Response<T>, name: HeaderName) -> Option<&str> {
    answer.headers().get(name)?.to_str().ok()
}

/// A short answer as text.
async fn message(answer: Response<Body>) -> Result<String, Cause> {
    let limited = Limited::new(answer.into_body(), MOST);
    match timeout(PAGE, limited.collect()).await {
        Ok(Ok(whole)) => Ok(String::from_utf8_lossy(&whole.to_bytes()).into_owned()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(Cause::Unreadable(format!(
            "its answer is longer than {MOST} bytes"
        ))),
        Ok(Err(error)) => Err(Cause::TimedOut(format!("its answer broke off: {error}"))),
        Err(_) => {
            let limit = PAGE.as_secs();
            Err(Cause::TimedOut(format!(
                "its answer did not end within {limit} s"
            )))
        }
    }
}
