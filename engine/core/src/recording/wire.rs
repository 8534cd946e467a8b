//! How a recording is written: JSON, a line for whose it is, one for each answer, and one for the end, so
//! that of a file that is cut every whole line counts.
//!
//! ```text
//! {"heeler-looks": 1, "at": …, "heeler": …, "place": {…}, "node": {…}, "ident": {…}, "names": {…}}
//! {"asked": DIGEST, "looks": […], "reply": {…}, "trace": […], "redacted": {…}}
//! {"asked": DIGEST, "looks": […], "object": {…}, …}        null: the API said that there is none
//! {"asked": DIGEST, "looks": […], "unseen": WHY, …}
//! {"end": 12}
//! ```
//!
//! What a node printed is text, or `{"base64": …}` where it is no UTF-8.

use std::collections::BTreeMap;
use std::fmt;
use std::net::IpAddr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::{About, Outcome, QuestionId, Recorded, Recording};
use crate::event::{NodeTarget, Where};
use crate::frame::{Ident, LookTrace, Place, Reply};
use crate::value::Why;

/// The format's version.
pub const VERSION: u64 = 1;

/// Why a recording can't be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unreadable {
    /// It is of a version that is not known.
    Newer(u64),
    /// It is none, or was tampered with.
    Damaged(String),
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unreadable::Newer(version) => write!(
                f,
                "its answers have version {version} of their format, and this program knows {VERSION}"
            ),
            Unreadable::Damaged(why) => f.write_str(why),
        }
    }
}

#[derive(Deserialize)]
struct Version {
    #[serde(rename = "heeler-looks")]
    version: u64,
}

#[derive(Serialize, Deserialize)]
struct Head {
    #[serde(rename = "heeler-looks")]
    version: u64,
    at: Timestamp,
    heeler: String,
    place: Where,
    node: NodeTarget,
    ident: Option<WireIdent>,
    #[serde(default)]
    names: BTreeMap<IpAddr, String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    unnamed: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct WireIdent {
    boot_id: String,
    cluster: Option<String>,
    os_version: String,
    cpus: u32,
    uptime_s: u64,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Line {
    Answer(Answer),
    End(End),
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct End {
    end: usize,
}

#[derive(Serialize, Deserialize)]
struct Answer {
    asked: QuestionId,
    #[serde(default)]
    looks: Vec<String>,
    #[serde(flatten)]
    outcome: WireOutcome,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    trace: Vec<LookTrace>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    redacted: BTreeMap<String, u64>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum WireOutcome {
    Reply(WireReply),
    Object(Option<Json>),
    Unseen(Why),
}

#[derive(Serialize, Deserialize)]
struct WireReply {
    place: Place,
    rung: usize,
    exit: i32,
    stdout: Bytes,
    #[serde(default)]
    stderr: Bytes,
    #[serde(default)]
    cut: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    before: Option<Why>,
}

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Bytes {
    Text(String),
    Base64 { base64: String },
}

impl Default for Bytes {
    fn default() -> Self {
        Bytes::Text(String::new())
    }
}

impl Bytes {
    fn of(bytes: Vec<u8>) -> Self {
        String::from_utf8(bytes).map_or_else(
            |error| Bytes::Base64 {
                base64: STANDARD.encode(error.as_bytes()),
            },
            Bytes::Text,
        )
    }

    fn into_bytes(self) -> Result<Vec<u8>, String> {
        match self {
            Bytes::Text(text) => Ok(text.into_bytes()),
            Bytes::Base64 { base64 } => STANDARD
                .decode(base64)
                .map_err(|error| format!("it is no base64: {error}")),
        }
    }
}

impl Recording {
    /// The recording as it is stored.
    pub fn write(&self) -> Vec<u8> {
        let ident = self.ident.clone().map(|ident| WireIdent {
            boot_id: ident.boot_id,
            cluster: ident.cluster,
            os_version: ident.os_version,
            cpus: ident.cpus,
            uptime_s: ident.uptime_s,
        });
        let mut out = Vec::new();
        add(
            &mut out,
            &Head {
                version: VERSION,
                at: self.about.at,
                heeler: self.about.heeler.clone(),
                place: self.about.place.clone(),
                node: self.about.target.clone(),
                ident,
                names: self.names.clone(),
                unnamed: self.unnamed.clone(),
            },
        );
        for (asked, recorded) in &self.answers {
            let outcome = match recorded.outcome.clone() {
                Outcome::Object(object) => WireOutcome::Object(object),
                Outcome::Unseen(why) => WireOutcome::Unseen(why),
                Outcome::Reply(reply) => WireOutcome::Reply(WireReply {
                    place: reply.place,
                    rung: reply.rung,
                    exit: reply.exit,
                    stdout: Bytes::of(reply.stdout),
                    stderr: Bytes::of(reply.stderr),
                    cut: reply.cut,
                    before: reply.before,
                }),
            };
            add(
                &mut out,
                &Line::Answer(Answer {
                    asked: asked.clone(),
                    looks: recorded.looks.clone(),
                    outcome,
                    trace: recorded.trace.clone(),
                    redacted: recorded.redacted.clone(),
                }),
            );
        }
        add(
            &mut out,
            &Line::End(End {
                end: self.answers.len(),
            }),
        );
        out
    }

    /// Reads a recording. Where its end is missing, what came before it is taken, and it is said to be cut.
    ///
    /// # Errors
    /// A version that is not known, and everything that no recording has: what is wrong in one line makes
    /// the others worthless, too.
    pub fn read(bytes: &[u8]) -> Result<Self, Unreadable> {
        let mut lines = bytes.split_inclusive(|byte| *byte == b'\n').enumerate();
        let damaged = |number: usize, why: String| {
            Unreadable::Damaged(format!("line {} of its answers: {why}", number + 1))
        };
        let head = lines.next().map_or(&[][..], |(_, head)| head);
        let version: Version =
            serde_json::from_slice(head).map_err(|error| damaged(0, error.to_string()))?;
        if version.version != VERSION {
            return Err(Unreadable::Newer(version.version));
        }
        let head: Head =
            serde_json::from_slice(head).map_err(|error| damaged(0, error.to_string()))?;
        let mut recording = Recording {
            cut: true,
            ..head.into_recording()
        };
        for (number, line) in lines {
            if !recording.cut {
                return Err(damaged(number, "something comes behind the end".to_owned()));
            }
            let Some(line) = line.strip_suffix(b"\n") else {
                break;
            };
            let line = read_line(line).map_err(|why| damaged(number, why))?;
            recording.take(line).map_err(|why| damaged(number, why))?;
        }
        Ok(recording)
    }

    fn take(&mut self, line: Line) -> Result<(), String> {
        match line {
            Line::End(End { end }) if end == self.answers.len() => self.cut = false,
            Line::End(End { end }) => {
                return Err(format!(
                    "it says {end} answers, and there are {}",
                    self.answers.len()
                ));
            }
            Line::Answer(answer) => {
                let asked = answer.asked.clone();
                let recorded = answer.into_recorded()?;
                if self.answers.insert(asked, recorded).is_some() {
                    return Err("the same question was answered before".to_owned());
                }
            }
        }
        Ok(())
    }
}

/// A line that is neither says little of why; one that was meant for an answer says more.
fn read_line(line: &[u8]) -> Result<Line, String> {
    if let Ok(end) = serde_json::from_slice::<End>(line) {
        return Ok(Line::End(end));
    }
    let answer = serde_json::from_slice::<Answer>(line);
    answer.map(Line::Answer).map_err(|error| error.to_string())
}

impl Head {
    fn into_recording(self) -> Recording {
        let ident = self.ident.map(|ident| Ident {
            boot_id: ident.boot_id,
            cluster: ident.cluster,
            os_version: ident.os_version,
            cpus: ident.cpus,
            uptime_s: ident.uptime_s,
        });
        Recording {
            ident,
            names: self.names,
            unnamed: self.unnamed,
            ..Recording::new(About {
                at: self.at,
                heeler: self.heeler,
                place: self.place,
                target: self.node,
            })
        }
    }
}

impl Answer {
    fn into_recorded(self) -> Result<Recorded, String> {
        let outcome = match self.outcome {
            WireOutcome::Object(object) => Outcome::Object(object),
            WireOutcome::Unseen(why) => Outcome::Unseen(why),
            WireOutcome::Reply(reply) => Outcome::Reply(Reply {
                // It is given the name of whoever asks for it.
                look: String::new(),
                rung: reply.rung,
                place: reply.place,
                before: reply.before,
                exit: reply.exit,
                stdout: reply.stdout.into_bytes()?,
                stderr: reply.stderr.into_bytes()?,
                cut: reply.cut,
            }),
        };
        Ok(Recorded {
            looks: self.looks,
            outcome,
            trace: self.trace,
            redacted: self.redacted,
        })
    }
}

fn add(out: &mut Vec<u8>, line: &impl Serialize) {
    // Its keys are text, and nothing in it refuses.
    if let Ok(text) = serde_json::to_string(line) {
        out.extend_from_slice(text.as_bytes());
        out.push(b'\n');
    }
}
