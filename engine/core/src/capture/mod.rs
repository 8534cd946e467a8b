//! What a node is asked about itself for a bundle: logdog's tarball, and what logdog lacks.
//!
//! A capture is *borrowed*: it leaves one folder on the node, `/var/log/support/heeler/ID`, which the kubelet
//! serves below `/logs/`. Before anything is in it the host has a timer that removes it, so that it goes
//! whatever becomes of whoever asked. logdog itself would write to a file system in memory and over its own
//! file; here both are on the disk and have names of their own. Source: `sources/logdog/src/main.rs` of
//! Bottlerocket's core kit.

#[cfg(test)]
mod tests;
pub mod upload;

use std::fmt;
use std::time::Duration;

use crate::action::{Rung, shell_quote};
use crate::frame::{LockId, Place, Reply, seconds, without_comments};

/// What logdog may take: it reads the whole journal.
const LOGDOG: Duration = Duration::from_secs(300);
/// Everything beside it, each within its own time.
const BESIDE: Duration = Duration::from_secs(120);
/// What the script may take for setting the timer, and for taking all of it back.
const ENDING: Duration = Duration::from_secs(30);
/// Bytes of the list of files.
const MOST_BYTES: usize = 20_000;
/// Bytes that one command brings: the SSM agent hands on 24,000, and they come in base64.
pub const PIECE: usize = 16_000;
/// What printing a part may take.
const PRINTING: Duration = Duration::from_secs(20);
/// The file that logdog makes.
pub const TARBALL: &str = "logdog.tar.gz";

/// A capture, by whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Capture {
    id: LockId,
    is_open: bool,
}

/// A file of a capture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CapturedFile {
    /// What it is called in the capture's folder.
    pub name: String,
    /// Its bytes.
    pub size: u64,
    /// Their SHA-256, in hexadecimal digits.
    pub sha256: String,
}

/// What a node has put together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Captured {
    /// The files, by their names.
    pub files: Vec<CapturedFile>,
    /// Why logdog did not end well, where it did not.
    pub logdog: Option<String>,
    /// Which files lack something, and why.
    pub lacks: Vec<(String, String)>,
}

/// Why there is no capture. What was begun of it was given back, where that could be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoCapture {
    /// Somebody else is at it; who, and for how long at most.
    Busy(String),
    /// There is no room on the node's disk.
    NoRoom(String),
    /// It could not begin.
    Refused(String),
    /// What the node said makes no sense.
    Unreadable(String),
}

impl fmt::Display for NoCapture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NoCapture::Busy(who) => write!(f, "logs are being put together there already: {who}"),
            NoCapture::NoRoom(why) | NoCapture::Refused(why) => f.write_str(why),
            NoCapture::Unreadable(said) => write!(f, "the node's answer makes no sense: {said}"),
        }
    }
}

impl Capture {
    /// After so long the node takes the folder back by itself.
    pub const LEASE: Duration = Duration::from_secs(3_600);
    /// Where the folders of captures are on the host.
    pub const FOLDER: &'static str = "/var/log/support/heeler";

    /// The capture of a run.
    pub fn new(id: LockId) -> Self {
        Capture { id, is_open: false }
    }

    /// The same, with files that everybody may read who may read the folder of supports: sessions are not root's.
    pub fn open(self) -> Self {
        Capture {
            is_open: true,
            ..self
        }
    }

    /// The name of its folder below `/var/log/support/heeler`.
    pub fn folder(&self) -> String {
        self.id.to_string()
    }

    /// After so long the node takes it back by itself.
    pub fn lease(&self) -> Duration {
        Self::LEASE
    }

    /// What puts it together.
    pub fn begin(&self) -> Rung {
        let (limit, lease) = (seconds(LOGDOG), seconds(Self::LEASE));
        let open = if self.is_open { "1" } else { "''" };
        let opening = format!("id={} limit={limit} lease={lease} open={open}\n", self.id);
        rung(
            opening + &without_comments(include_str!("begin.sh")),
            LOGDOG + BESIDE,
        )
    }

    /// What takes it back. It may be sent again.
    pub fn end(&self) -> Rung {
        let opening = format!("id={}\n", self.id);
        rung(opening + &without_comments(include_str!("end.sh")), ENDING)
    }

    /// What prints a part of one of its files, from this byte on: at most [`PIECE`] bytes, as many as one
    /// command can bring. It needs no admin container.
    pub fn piece(&self, name: &str, from: u64) -> Rung {
        let path = self.seen(name);
        let first = from.saturating_add(1);
        Rung {
            place: Place::Control,
            only_where: None,
            needs: "",
            script: format!("tail -c +{first} {path} | head -c {PIECE}\n"),
            limit: PRINTING,
            most_bytes: PIECE,
        }
    }

    /// A script that prints so many bytes of one of its files, from this byte on, for whoever reads it as a stream.
    /// It is for the control container, and anybody may run it there.
    pub fn stretch(&self, name: &str, from: u64, most: u64) -> String {
        let path = self.seen(name);
        let first = from.saturating_add(1);
        // What can't be read is said, and ends with something else than 0.
        format!("true <{path} || exit 66\ntail -c +{first} {path} | head -c {most}\n")
    }

    /// Where host containers see one of its files, as a word of a shell.
    fn seen(&self, name: &str) -> String {
        shell_quote(&format!("/.bottlerocket/support/heeler/{}/{name}", self.id))
    }

    /// Reads what the node has said of its beginning.
    ///
    /// # Errors
    /// Why there is none.
    pub fn read(reply: &Reply) -> Result<Captured, NoCapture> {
        let text = String::from_utf8_lossy(&reply.stdout);
        let last = text.lines().last().unwrap_or_default().to_owned();
        match reply.exit {
            0 if !reply.cut => read(&text),
            71 | 72 => Err(NoCapture::Busy(last)),
            74 => Err(NoCapture::Refused(last)),
            73 => Err(NoCapture::NoRoom(last)),
            68 => Err(NoCapture::Refused(last)),
            _ => {
                let stderr = String::from_utf8_lossy(&reply.stderr);
                Err(NoCapture::Unreadable(
                    format!("{last} {stderr}").trim().to_owned(),
                ))
            }
        }
    }
}

fn rung(script: String, limit: Duration) -> Rung {
    Rung {
        place: Place::Admin,
        only_where: None,
        needs: "",
        script,
        limit,
        most_bytes: MOST_BYTES,
    }
}

fn read(text: &str) -> Result<Captured, NoCapture> {
    let odd = |line: &str| NoCapture::Unreadable(line.to_owned());
    let mut captured = Captured {
        files: Vec::new(),
        logdog: Some("it was not asked".to_owned()),
        lacks: Vec::new(),
    };
    for line in text.lines() {
        if let Some((name, why)) = line
            .strip_prefix("lacks ")
            .and_then(|rest| rest.split_once(' '))
        {
            let why = match why {
                "more" => "there is more of it".to_owned(),
                "124" | "137" => "it did not end in time".to_owned(),
                code => format!("it ended with {code}"),
            };
            captured.lacks.push((name.to_owned(), why));
            continue;
        }
        let mut words = line.splitn(3, ' ');
        let mut word = || words.next().ok_or_else(|| odd(line));
        let (name, number, rest) = (word()?, word()?, word()?);
        if name == "logdog" {
            captured.logdog = match number {
                "0" => None,
                "124" | "137" => Some(format!("logdog did not end within {} s", LOGDOG.as_secs())),
                code => Some(format!("logdog ended with {code}: {rest}")),
            };
            continue;
        }
        let is_digest = rest.len() == 64 && rest.bytes().all(|byte| byte.is_ascii_hexdigit());
        captured.files.push(CapturedFile {
            name: name.to_owned(),
            size: number.parse().map_err(|_| odd(line))?,
            sha256: is_digest
                .then(|| rest.to_owned())
                .ok_or_else(|| odd(line))?,
        });
    }
    let has_tarball = captured.files.iter().any(|file| file.name == TARBALL);
    if !has_tarball && captured.logdog.is_none() {
        captured.logdog = Some("logdog ended well, and its tarball is empty".to_owned());
    }
    Ok(captured)
}
