//! Makes a bundle of one node.

use std::path::PathBuf;
use std::sync::Arc;

use heeler_core::capture::{Capture, Captured};
use heeler_core::event::{Event, NodeTarget};
use heeler_core::logs::LogPath;
use heeler_core::redact::RedactionKey;
use jiff::Timestamp;
use tokio::task::spawn_blocking;

use super::archive::{About, ArchiveFault, Bundled};
use super::capture::{self, Begun};
use super::facts::facts;
use super::fetch::Way;
use super::left::{Left, Unmade};
use super::looks::{self, Book};
use super::maker::Maker;
use super::roundabout::{self, Opened, Roundabout};
use super::s3::Borrowed;
use crate::failure::Failure;
use crate::run::session::Session;
use crate::world::port::NodeLogs as _;

/// What is wanted.
pub struct Wanted {
    /// Where the bundle is to lie.
    pub path: PathBuf,
    /// How it may come where there is no node proxy.
    pub roundabout: Roundabout,
    /// Whether the logs of the node's pods are wanted.
    pub pod_logs: bool,
    /// The key of the tokens that stand for secrets.
    pub key: RedactionKey,
    /// The runbooks whose looks are asked.
    pub books: Arc<[Book]>,
}

/// A bundle that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// The file.
    pub bundled: Bundled,
    /// Why something is missing, in words.
    pub missing: Vec<String>,
    /// What is left elsewhere.
    pub left: Left,
}

impl Made {
    /// All of it came, and nothing is left anywhere.
    pub fn is_clean(&self) -> bool {
        self.missing.is_empty() && self.left.is_nothing()
    }
}

/// Captures, fetches, gives back and writes. What can't be had is said in the bundle, and in the answer.
///
/// # Errors
/// The journal's own failures; a bundle that can't be written. What is left elsewhere is told all the same.
pub async fn make(
    session: &mut Session,
    target: &NodeTarget,
    wanted: Wanted,
) -> Result<Made, Unmade> {
    let mut left = Left::default();
    let made = carry_out(session, target, wanted, &mut left).await;
    // Whatever became of it: nobody waits for a session any more.
    left.sessions = session.aws.streams.settled().await;
    if !left.sessions.is_empty() {
        let text = left.sessions.join("\n");
        session
            .recorder
            .record_anyway(noted("sessions-left", text))
            .await;
    }
    let (bundled, missing) = match made {
        Ok(made) => made,
        Err(failure) => return Err(Unmade { failure, left }),
    };
    let text = format!(
        "{} ({} bytes, sha256 {})",
        bundled.path.display(),
        bundled.size,
        bundled.sha256
    );
    session
        .recorder
        .record_anyway(noted("bundle-made", text))
        .await;
    Ok(Made {
        bundled,
        missing,
        left,
    })
}

/// The same, without what is told in any case: the bundle, and what is missing.
async fn carry_out(
    session: &mut Session,
    target: &NodeTarget,
    wanted: Wanted,
    left: &mut Left,
) -> Result<(Bundled, Vec<String>), Failure> {
    let capture = Capture::new(session.recorder.run().lock());
    let node = target
        .node
        .clone()
        .unwrap_or_else(|| target.instance.to_string());
    let proxy = by_kubelet(session, target).await;
    let round = match &proxy {
        Ok(_) => Opened::default(),
        Err(why) => {
            let asked = &wanted.roundabout;
            asked.open(session, target, (&node, why)).await?
        }
    };
    let about = About {
        node,
        at: Timestamp::now(),
        facts: facts(session, target, proxy.as_ref().map(|(_, way)| way), &round),
    };
    let capture = match round.is_streamed() {
        true => capture.open(),
        false => capture,
    };
    // What is in the way of writing is known before the node does anything.
    let (books, key) = (Arc::clone(&wanted.books), wanted.key.clone());
    let maker = Maker::new(wanted, about)?;
    // First of all: nothing that comes later has an influence on it then, and a bundle that is cut has it.
    let looked = looks::record(session, target, &books, &key).await?;
    let (mut maker, ()) = blocking(maker, move |maker| maker.looked(looked)).await?;
    // Up to here a journal that can't be written ends it, and nothing is lent. From here on what is on the node is given
    // back whether that can be written down or not.
    session.recorder.go_on_anyway();
    let begun = match session.cancel.is_cancelled() {
        false => capture::begin(session, target, &capture).await?,
        true => Begun::not("interrupted"),
    };
    let mut borrowed = Borrowed::new(session.aws.s3.clone());
    // What was fetched, or why nothing can be written: the node takes its folder back in any case.
    let fetched = match begun.captured {
        Err(why) => {
            maker.miss(&format!("what logdog and the host say: {why}"));
            Ok((maker, Fetched::default()))
        }
        Ok(captured) => {
            let ways = (proxy.as_ref().ok(), &round, &mut borrowed);
            fetch(session, target, (maker, &capture, captured), ways).await
        }
    };
    let is_sliced = fetched.as_ref().is_ok_and(|(_, fetched)| fetched.is_sliced);
    left.copies = round.copies(&borrowed, is_sliced);
    let left_in_s3 = borrowed.give_back(session).await;
    if begun.may_be_there {
        left.on_node = give_back(session, target, &capture).await?;
    }
    left.in_s3 = left_in_s3?;
    let (maker, fetched) = fetched?;
    let (mut maker, ()) = match proxy {
        Ok((way, _)) => {
            let has_logdog = fetched.has_logdog;
            blocking(maker, move |maker| maker.beside(&way, has_logdog)).await?
        }
        Err(why) => {
            let mut maker = maker;
            maker.miss(&format!(
                "what the kubelet serves, and the logs of pods: {why}; those of a pod: heeler logs POD --instance {} \
                 --region {} --through-session",
                target.instance, session.place.region
            ));
            (maker, ())
        }
    };
    if session.cancel.is_cancelled() {
        maker.writer.interrupted("it was interrupted");
        maker
            .broken
            .push("what comes later: it was interrupted".to_owned());
    }
    let mut missing = maker.writer.lacks();
    missing.extend(maker.broken);
    let finished = spawn_blocking(move || maker.writer.finish()).await;
    let bundled = finished
        .map_err(|error| lost(&error))?
        .map_err(|fault| failure(&fault))?;
    Ok((bundled, missing))
}

/// What came of the files of a capture.
#[derive(Default)]
struct Fetched {
    /// logdog's tarball came whole.
    has_logdog: bool,
    /// Some came in slices.
    is_sliced: bool,
}

/// Fetches the files of a capture, and writes them.
///
/// # Errors
/// The journal's own failures; a bundle that can't be written.
async fn fetch(
    session: &mut Session,
    target: &NodeTarget,
    (maker, capture, captured): (Maker, &Capture, Captured),
    (by_kubelet, round, borrowed): (Option<&(Way, String)>, &Opened, &mut Borrowed),
) -> Result<(Maker, Fetched), Failure> {
    let (files, is_sliced) = match by_kubelet {
        Some((way, _)) => (way.files(capture, &captured), false),
        None => {
            let what = (capture, &captured);
            roundabout::files(session, target, what, (round, borrowed)).await?
        }
    };
    let (maker, has_logdog) = blocking(maker, move |maker| {
        for (name, why) in &captured.lacks {
            maker.miss(&format!("some of node/{name}: {why}"));
        }
        maker.captured(captured.logdog, files)
    })
    .await?;
    let fetched = Fetched {
        has_logdog,
        is_sliced,
    };
    Ok((maker, fetched))
}

/// Gives back what lies on the node. Why something is left, where it is.
async fn give_back(
    session: &mut Session,
    target: &NodeTarget,
    capture: &Capture,
) -> Result<Option<String>, Failure> {
    let Err(why) = capture::end(session, target, capture).await? else {
        return Ok(None);
    };
    let minutes = capture.lease().as_secs() / 60;
    let text = format!(
        "/var/log/support/heeler/{} could not be taken back: {why}; the node removes it by itself within {minutes} min, unless it restarts: then its next bundle does",
        capture.folder()
    );
    session.note("bundle-left", text.clone()).await?;
    Ok(Some(text))
}

/// Does what blocks in a thread of its own.
async fn blocking<T: Send + 'static>(
    mut maker: Maker,
    work: impl FnOnce(&mut Maker) -> Result<T, ArchiveFault> + Send + 'static,
) -> Result<(Maker, T), Failure> {
    let worked = spawn_blocking(move || {
        let done = work(&mut maker)?;
        Ok((maker, done))
    });
    let worked: Result<(Maker, T), ArchiveFault> = worked.await.map_err(|error| lost(&error))?;
    worked.map_err(|fault| failure(&fault))
}

/// The way by the kubelet and what it is called, or why there is none. The right is asked for before the node is
/// asked for anything.
async fn by_kubelet(session: &Session, target: &NodeTarget) -> Result<(Way, String), String> {
    let cluster = session
        .cluster
        .clone()
        .ok_or("no context leads to its cluster")?;
    let node = target
        .node
        .clone()
        .ok_or("the node's name in Kubernetes is not known")?;
    let ways = cluster
        .node_logs()
        .ok_or("this cluster gives no logs of nodes")?;
    let root = LogPath::root();
    ways.may_reach(&node).await.map_err(|error| error.what())?;
    ways.list(&node, &root)
        .await
        .map_err(|error| error.what())?;
    let taken = ways
        .taken(&node)
        .map_or(String::new(), |taken| taken.words());
    let way = Way {
        cluster,
        node,
        cancel: session.cancel.clone(),
    };
    Ok((way, taken))
}

fn noted(code: &str, text: String) -> Event {
    Event::Noted {
        code: code.to_owned(),
        text,
    }
}

fn lost(error: &tokio::task::JoinError) -> Failure {
    Failure::failed(
        "bundle-failed",
        error.to_string(),
        "this machine",
        "try again",
    )
}

/// A local archive that can't be read or written, as a failure of the command.
pub(crate) fn failure(fault: &ArchiveFault) -> Failure {
    Failure::failed(
        "bundle-failed",
        fault.to_string(),
        "the bundle",
        fault.help(),
    )
}
