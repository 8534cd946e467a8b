//! Ways round a kubelet that can't be reached: S3, and for what S3 does not bring sessions, or slices by SSM. Only what
//! the operator has allowed, as copies may stay elsewhere.

use heeler_core::capture::{Capture, Captured};
use heeler_core::event::NodeTarget;

use super::fetch::Coming;
use super::s3::{self, Borrowed, S3Place};
use super::sessions::Sessions;
use super::slices;
use crate::failure::Failure;
use crate::run::session::Session;

/// What the operator has allowed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Roundabout {
    /// Through S3, where it lies for a while.
    pub s3: Option<S3Place>,
    /// Through sessions of Session Manager, of which the account may keep transcripts.
    pub session: bool,
    /// Through SSM, which keeps a copy of it.
    pub ssm: bool,
}

/// What of it there is.
#[derive(Default)]
pub(super) struct Opened {
    s3: Option<S3Place>,
    sessions: Option<Sessions>,
    ssm: bool,
}

impl Roundabout {
    /// What of it there is, as far as that can be known before the node is asked for anything.
    ///
    /// # Errors
    /// There is nothing; an interruption.
    pub(super) async fn open(
        &self,
        session: &mut Session,
        target: &NodeTarget,
        (node, why): (&str, &str),
    ) -> Result<Opened, Failure> {
        let mut nor = String::new();
        let mut help = "ask for one of the rights, or wait for the API server; --through-s3 brings it by a bucket of \
            yours without it, --through-session streams it, and the account may keep a transcript; --through-ssm brings \
            up to 4 MiB, of which SSM and the node keep a copy for some time, secrets included"
            .to_owned();
        let mut sessions = None;
        if self.session {
            let way = Sessions {
                streams: session.aws.streams.clone(),
                instance: target.instance.clone(),
                reason: format!("heeler bundle {}", session.recorder.run()),
                cancel: session.cancel.clone(),
            };
            let cancel = session.cancel.clone();
            let probed = tokio::select! {
                probed = way.probe() => probed,
                () = cancel.cancelled() => {
                    let what = "interrupted before the node was asked for anything";
                    return Err(Failure::interrupted(what));
                }
            };
            match probed {
                Ok(()) => sessions = Some(way),
                Err(error) => {
                    nor += &format!("; nor through a session: {}", error.what());
                    help = error.help();
                }
            }
        }
        let mut is_open = self.ssm || sessions.is_some();
        if let Some(place) = self.s3.as_ref().filter(|_| !is_open) {
            match session.aws.s3.region(place.bucket()).await {
                Ok(_) => is_open = true,
                Err(error) => nor += &format!("; nor through S3: {}", error.what()),
            }
        }
        if !is_open {
            return Err(Failure::failed(
                "no-node-proxy",
                format!(
                    "there is no way to the node's files: {why}{nor}; nothing was asked of the node"
                ),
                node,
                help,
            ));
        }
        let text = format!("no way to the node's files: {why}{nor}");
        session.note("no-node-proxy", text).await?;
        Ok(Opened {
            s3: self.s3.clone(),
            sessions,
            ssm: self.ssm,
        })
    }
}

impl Opened {
    /// Whether sessions read files, which are not root's.
    pub(super) fn is_streamed(&self) -> bool {
        self.sessions.is_some()
    }

    /// Which ways there are.
    pub(super) fn what(&self) -> String {
        let after = match (self.is_streamed(), self.ssm) {
            (true, _) => Some("a Session Manager stream"),
            (false, true) => Some("SSM, in slices"),
            (false, false) => None,
        };
        let ways = self.s3.iter().map(|_| "S3").chain(after);
        ways.collect::<Vec<_>>().join(", and ")
    }

    /// Who has a copy, or has had one.
    pub(super) fn copies(&self, borrowed: &Borrowed, is_sliced: bool) -> Vec<String> {
        let lent = "what came through S3 could be read meanwhile, secrets included, by all who may read the bucket; what \
            it keeps of deleted objects, and its logs, are its own affair";
        let streamed = "what came through sessions is in their transcripts, secrets included, where the account's Session \
            Manager preferences keep any: heeler can't see whether they do";
        let sliced = "what came through SSM stays in its command history, and for 14 days on the node, secrets included";
        let copies = [
            (borrowed.was_asked_for(), lent),
            (self.is_streamed(), streamed),
            (is_sliced, sliced),
        ];
        let copies = copies.into_iter().filter(|(is_so, _)| *is_so);
        copies.map(|(_, text)| text.to_owned()).collect()
    }
}

/// The files of a capture without the kubelet. Whether anything came in slices.
///
/// # Errors
/// The journal's own failures.
pub(super) async fn files(
    session: &mut Session,
    target: &NodeTarget,
    (capture, captured): (&Capture, &Captured),
    (opened, borrowed): (&Opened, &mut Borrowed),
) -> Result<(Vec<Coming>, bool), Failure> {
    let (mut coming, missing) = match &opened.s3 {
        None => {
            let files = captured.files.iter().cloned();
            (Vec::new(), files.map(|file| (file, None)).collect())
        }
        Some(place) => {
            let what = (capture, captured);
            let (coming, missing) = s3::fetch(session, target, what, (place, borrowed)).await?;
            let missing = missing.into_iter().map(|(file, why)| (file, Some(why)));
            (coming, missing.collect::<Vec<_>>())
        }
    };
    for (file, why) in &missing {
        if let Some(why) = why {
            let text = format!("not through S3: {}: {why}", file.name);
            session.note("no-s3", text).await?;
        }
    }
    let is_sliced = opened.ssm && !opened.is_streamed() && !missing.is_empty();
    let files = missing.iter().map(|(file, _)| file.clone()).collect();
    if let Some(sessions) = &opened.sessions {
        coming.extend(sessions.files(capture, files));
    } else if is_sliced {
        coming.extend(slices::fetch(session, target, capture, files).await);
    } else {
        coming.extend(missing.into_iter().map(|(file, why)| Coming {
            file,
            from: "S3".to_owned(),
            content: Err(format!("not through S3: {}", why.unwrap_or_default())),
        }));
    }
    Ok((coming, is_sliced))
}
