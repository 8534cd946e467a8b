//! A file of a capture that the node itself hands over, by a request that was signed elsewhere. It needs no
//! admin container.
//!
//! The request travels as the command's secret: a line for each of curl's settings, with the number of the file
//! before it.

use std::time::Duration;

use super::{Capture, CapturedFile};
use crate::action::{Rung, shell_quote};
use crate::frame::{Place, Reply, seconds, without_comments};

/// What making connections and waiting between tries may take.
const BESIDE: Duration = Duration::from_secs(60);
/// So many bytes a second are worth waiting for.
const SLOWEST: u64 = 1 << 20;
/// The node gives its folder up after an hour.
const LONGEST: Duration = Duration::from_secs(2_400);
/// Bytes of what is said of an upload.
const MOST_BYTES: usize = 200;
/// What ending uploads may take.
const ENDING: Duration = Duration::from_secs(15);
/// What one request can bring: `PutObject`'s limit.
pub const MOST_AT_ONCE: u64 = 5 << 30;

/// What a file is uploaded with. It is a secret, and not to be printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Request<'a> {
    /// The URL, signed.
    pub url: &'a str,
    /// The headers that were signed along.
    pub headers: &'a [(String, String)],
}

impl Request<'_> {
    /// The lines of the secret for the file with this number; `None`: it holds what no such request has.
    pub fn lines(&self, at: usize) -> Option<String> {
        let is_plain = |text: &str| {
            text.bytes()
                .all(|byte| matches!(byte, b' '..=b'~') && !b"\"\\".contains(&byte))
        };
        let mut lines = vec![format!("url = \"{}\"", self.url)];
        for (name, value) in self.headers {
            // curl knows the length of what it sends, and where it sends it.
            if !["content-length", "host"].contains(&name.to_ascii_lowercase().as_str()) {
                lines.push(format!("header = \"{name}: {value}\""));
            }
        }
        let own = [self.url].into_iter();
        let texts = self
            .headers
            .iter()
            .flat_map(|(name, value)| [name.as_str(), value]);
        let is_plain = own.chain(texts).all(is_plain);
        let lines = lines.iter().map(|line| format!("{at} {line}\n"));
        is_plain.then(|| lines.collect())
    }

    /// The protocol that it is sent by: the URL's.
    fn protocol(&self) -> &'static str {
        match self.url.starts_with("http://") {
            true => "http",
            false => "https",
        }
    }
}

/// How long an upload of so many bytes may take.
pub fn patience(size: u64) -> Duration {
    (BESIDE + Duration::from_secs(size / SLOWEST)).min(LONGEST)
}

impl Capture {
    /// What uploads a file, whose lines of the secret have this number.
    pub fn upload(&self, file: &CapturedFile, at: usize, request: &Request<'_>) -> Rung {
        let limit = patience(file.size);
        let opening = format!(
            "id={} name={} at={at} proto={} most={}\n",
            self.id,
            shell_quote(&file.name),
            request.protocol(),
            seconds(limit),
        );
        Rung {
            place: Place::Control,
            only_where: None,
            needs: "",
            script: opening + &without_comments(include_str!("upload.sh")),
            limit,
            most_bytes: MOST_BYTES,
        }
    }

    /// What ends all uploads, those too that have not begun. It may be sent again.
    pub fn no_uploads(&self) -> Rung {
        let opening = format!("id={}\n", self.id);
        Rung {
            place: Place::Control,
            only_where: None,
            needs: "",
            script: opening + &without_comments(include_str!("no_uploads.sh")),
            limit: ENDING,
            most_bytes: MOST_BYTES,
        }
    }
}

/// Reads what the node says of an upload.
///
/// # Errors
/// In words, why it was not made.
pub fn read(reply: &Reply) -> Result<(), String> {
    let text = String::from_utf8_lossy(&reply.stdout);
    let mut words = text.split_whitespace();
    let mut number = || words.next().and_then(|word| word.parse::<u32>().ok());
    let (Some(http), Some(curl)) = (number(), number()) else {
        return Err(match reply.exit {
            124 | 137 => "the upload did not end in time".to_owned(),
            127 => "the node has no curl".to_owned(),
            code => {
                format!("the node's answer to the upload makes no sense (it ended with {code})")
            }
        });
    };
    let code = words.next().filter(|code| *code != "-");
    match (http, curl, code) {
        (200, 0, None) => Ok(()),
        (_, 0, Some(code)) => Err(format!("S3 refused the upload: {code} (HTTP {http})")),
        (_, 0, None) => Err(format!("S3 refused the upload: HTTP {http}")),
        (_, curl, _) => Err(failed(curl)),
    }
}

/// What curl's exit codes mean here.
fn failed(code: u32) -> String {
    let why = match code {
        5 | 6 => "the node does not find S3 by its name",
        7 => "the node can't reach S3",
        26 => "the node's file can't be read",
        28 => "it took too long",
        35 | 53 | 54 | 58 | 59 | 60 | 77 | 80 | 83 | 91 => {
            "the node can't make a trusted connection to S3"
        }
        42 => "it was given up before it began",
        52 | 55 | 56 | 92 => "the connection from the node to S3 broke",
        _ => "curl failed",
    };
    format!("{why} (curl ended with {code})")
}
