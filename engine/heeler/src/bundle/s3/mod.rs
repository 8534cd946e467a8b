//! The files of a capture through S3, for when there is no node proxy: the node uploads each of them by a
//! request that is signed here for that one content and some minutes, and they are fetched from there.
//!
//! The requests are secrets: they go to SSM with the command, and into nothing else. What lies in S3 meanwhile
//! is *borrowed*: written down before it is asked for, and deleted in any case (`borrowed`).

mod borrowed;
mod place;

use std::time::Duration;

use heeler_core::capture::upload::{self, MOST_AT_ONCE, Request};
use heeler_core::capture::{Capture, Captured, CapturedFile};
use heeler_core::event::NodeTarget;
use jiff::Timestamp;

pub(super) use borrowed::Borrowed;
use borrowed::{Lent, remove, url};
pub use place::S3Place;

use super::capture::settle;
use super::fetch::{Coming, Content, Origin};
use crate::failure::Failure;
use crate::run::ask::{Question, Silence, ask_groups, nonce};
use crate::run::session::Session;
use crate::world::port::{Object, Presigned, Ran, Upload};
use crate::world::script::Secret;

const PURPOSE: &str = "bundle-upload";
const END: &str = "bundle-no-uploads";
/// An upload has to begin within this; what has begun may end later.
const LIFE: Duration = Duration::from_secs(600);
/// Bytes of the requests of one command, and files: in base64 they fit a document.
const MOST_SECRET: usize = 15_000;
const MOST_FILES: usize = 8;

/// A file that did not come, and why.
pub(super) type Missing = (CapturedFile, String);

/// One file of a command.
struct Part {
    file: CapturedFile,
    object: Object,
    signed: Presigned,
    lines: String,
}

/// Has the node upload the files. Those that can be fetched, and those that can't.
///
/// # Errors
/// The journal's own failures. What is borrowed has to be given back then, too.
pub(super) async fn fetch(
    session: &mut Session,
    target: &NodeTarget,
    (capture, captured): (&Capture, &Captured),
    (place, borrowed): (&S3Place, &mut Borrowed),
) -> Result<(Vec<Coming>, Vec<Missing>), Failure> {
    let mut files = captured.files.clone();
    files.sort_by_key(|file| file.size);
    let region = match borrowed.s3.region(place.bucket()).await {
        Ok(region) => region,
        Err(error) => {
            let why = error.what();
            let missing = files.into_iter().map(|file| (file, why.clone()));
            return Ok((Vec::new(), missing.collect()));
        }
    };
    // Nobody guesses it: of two nonces 90 bits are random at least.
    let folder = format!("heeler-{}-{}{}", session.recorder.run(), nonce(), nonce());
    let (mut coming, mut missing) = (Vec::new(), Vec::new());
    let mut files = files.into_iter().peekable();
    while files.peek().is_some() {
        let (mut parts, mut size) = (Vec::new(), 0);
        for file in files.by_ref() {
            if session.cancel.is_cancelled() {
                missing.push((file, "interrupted".to_owned()));
                continue;
            }
            let object = Object {
                region: region.clone(),
                bucket: place.bucket().to_owned(),
                owner: session.place.account.clone(),
                key: place.key(&format!("{folder}/{}", file.name)),
            };
            match sign(borrowed, &file, object, parts.len()).await {
                Ok(part) => {
                    size += part.lines.len();
                    parts.push(part);
                }
                Err(why) => missing.push((file, why)),
            }
            if size > MOST_SECRET / 2 || parts.len() == MOST_FILES {
                break;
            }
        }
        if parts.is_empty() {
            continue;
        }
        let came = upload(session, target, capture, (parts, borrowed)).await?;
        for (file, object, came) in came {
            match came {
                Ok(()) => coming.push(Coming {
                    from: "S3, uploaded by the node".to_owned(),
                    content: Ok(Content::There(
                        Origin::Stored(borrowed.s3.clone(), object),
                        session.cancel.clone(),
                    )),
                    file,
                }),
                Err(why) => missing.push((file, why)),
            }
        }
    }
    Ok((coming, missing))
}

/// The request for one file.
async fn sign(
    borrowed: &Borrowed,
    file: &CapturedFile,
    object: Object,
    at: usize,
) -> Result<Part, String> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    if file.name.starts_with('.') || !file.name.chars().all(is_plain) {
        return Err("it has no name that an object could have".to_owned());
    }
    if file.size > MOST_AT_ONCE {
        return Err(format!(
            "it has {} bytes, and one upload takes {MOST_AT_ONCE}",
            file.size
        ));
    }
    let wanted = Upload {
        object: object.clone(),
        size: file.size,
        sha256: digest(&file.sha256).ok_or("its digest is none")?,
        life: LIFE,
    };
    let signed = borrowed.s3.presign(&wanted).await;
    let signed = signed.map_err(|error| error.what())?;
    let request = Request {
        url: signed.url.reveal(),
        headers: &signed.headers,
    };
    let lines = request
        .lines(at)
        .filter(|lines| lines.len() < MOST_SECRET / 2);
    let lines = lines.ok_or("its upload can't be written down for curl")?;
    Ok(Part {
        file: file.clone(),
        object,
        signed,
        lines,
    })
}

/// Sends one command with some uploads, and says what came of each.
async fn upload(
    session: &mut Session,
    target: &NodeTarget,
    capture: &Capture,
    (parts, borrowed): (Vec<Part>, &mut Borrowed),
) -> Result<Vec<(CapturedFile, Object, Result<(), String>)>, Failure> {
    let until = Timestamp::now() + LIFE;
    let name = |at: usize| format!("upload_{at}");
    let looks = parts.iter().enumerate().map(|(at, part)| {
        let request = Request {
            url: part.signed.url.reveal(),
            headers: &part.signed.headers,
        };
        let rung = capture.upload(&part.file, at, &request);
        (name(at), vec![rung])
    });
    let looks = looks.collect();
    let secret: String = parts.iter().map(|part| part.lines.as_str()).collect();
    let wanted: Vec<String> = parts.iter().map(|part| remove(&part.object)).collect();
    let text = format!(
        "until they are deleted, objects lie in S3; should this run not end: {}",
        wanted.join("; ")
    );
    session.note("s3-borrowed", text).await?;
    // Nobody would know of it if this were killed.
    if let Some(failure) = session.recorder.broken() {
        let why = format!(
            "it can't be written down that it would lie there: {}",
            failure.what
        );
        let parts = parts.into_iter();
        let kept = parts.map(|part| (part.file, part.object, Err(why.clone())));
        return Ok(kept.collect());
    }
    let lent = parts.iter().map(|part| Lent {
        object: part.object.clone(),
        seen: None,
    });
    let first = borrowed.lent.len();
    borrowed.lent.extend(lent);
    let question = Question {
        looks,
        targets: vec![target.clone()],
        again: false,
        secret: Some(Secret::new(secret)),
    };
    let mut asked = ask_groups(session, PURPOSE, vec![question], None).await?;
    let answer = asked.answers.remove(&target.instance).unwrap_or_else(|| {
        let why = asked.trouble.map(|trouble| trouble.to_string());
        Err(Silence {
            text: why.unwrap_or_else(|| "nothing was sent".to_owned()),
            ran: Ran::Unknown,
            passing: false,
        })
    });
    if let Err(silence) = &answer
        && silence.ran != Ran::No
        && let Err(why) = settle(session, target, (END, capture.no_uploads())).await?
    {
        session.note("s3-uploads", why).await?;
        borrowed.until = Some(until);
    }
    let mut came = Vec::new();
    for (at, part) in parts.into_iter().enumerate() {
        let told = match &answer {
            Err(silence) => Err(silence.text.clone()),
            Ok(answer) => match answer.reply(&name(at)) {
                Ok(reply) => upload::read(reply),
                Err(why) => Err(why.to_string()),
            },
        };
        let told = match told {
            Ok(()) => check(borrowed, first + at, &part).await,
            Err(why) => Err(why),
        };
        came.push((part.file, part.object, told));
    }
    Ok(came)
}

/// Looks for what was uploaded, and keeps what S3 says of it.
async fn check(borrowed: &mut Borrowed, at: usize, part: &Part) -> Result<(), String> {
    let stored = borrowed.s3.head(&part.object).await;
    let stored = stored.map_err(|error| error.what())?;
    let stored = stored.ok_or_else(|| format!("{} is not there", url(&part.object)))?;
    if let Some(lent) = borrowed.lent.get_mut(at) {
        lent.seen = Some(stored.clone());
    }
    match stored.size == part.file.size {
        true => Ok(()),
        false => Err(format!(
            "S3 has {} bytes of it, and the node {}",
            stored.size, part.file.size
        )),
    }
}

/// The bytes of a SHA-256 in hexadecimal digits.
fn digest(text: &str) -> Option<[u8; 32]> {
    let pairs = text.as_bytes().chunks(2).map(|pair| {
        let pair = std::str::from_utf8(pair).ok()?;
        u8::from_str_radix(pair, 16).ok()
    });
    pairs.collect::<Option<Vec<u8>>>()?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use heeler_core::frame::Nonce;
    use heeler_core::plan;

    use super::*;
    use crate::world::script::wrap_with;

    #[test]
    fn the_most_files_fit_one_command() {
        let run = heeler_core::event::RunId::new(uuid::Uuid::now_v7());
        let capture = Capture::new(run.lock());
        let file = CapturedFile {
            name: "conntrack-counters".to_owned(),
            size: MOST_AT_ONCE,
            sha256: "ab".repeat(32),
        };
        let request = Request {
            url: "https://example.com",
            headers: &[],
        };
        let looks: Vec<_> = (0..MOST_FILES)
            .map(|at| {
                (
                    format!("upload_{at}"),
                    vec![capture.upload(&file, at, &request)],
                )
            })
            .collect();
        let script = plan::fuse(&looks, &Nonce::new([0; 8])).expect("a script");
        let secret = Secret::new("x".repeat(MOST_SECRET));
        wrap_with(&script, Some(&secret)).expect("it fits");
    }

    #[test]
    fn digests_are_read() {
        assert_eq!(digest(&"0a".repeat(32)), Some([10; 32]));
        for odd in [
            "",
            "0a",
            &"0g".repeat(32),
            &"0a".repeat(33),
            &"ä".repeat(32),
        ] {
            assert_eq!(digest(odd), None, "{odd}");
        }
    }
}
