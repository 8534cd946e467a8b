//! One question to some nodes: a fused script, sent with as few commands as possible, its answers
//! read as they come. What concerns one node never costs the answers of another.

mod arrive;
mod collect;
mod send;

use std::collections::BTreeMap;
use std::time::Duration;

use heeler_core::action::Rung;
use heeler_core::event::{CommandId, InstanceId, NodeTarget};
use heeler_core::frame::{Answer, Nonce};
use heeler_core::plan::{self, PlanFault};
use tokio_util::sync::CancellationToken;

use super::session::Session;
use crate::failure::Failure;
use crate::world::WorldError;
use crate::world::port::{MOST_INSTANCES, Ran};
use crate::world::script::Secret;

/// How long SSM may take to hand a command to a node.
const DELIVERY: Duration = Duration::from_secs(30);
/// A change that reaches its node later than this after it was sent must not be carried out:
/// by then this side has given it up.
pub const EXPIRY: Duration = Duration::from_secs(60);

/// The same looks for some nodes.
#[derive(Debug)]
pub struct Question {
    /// Names and rungs.
    pub looks: Vec<(String, Vec<Rung>)>,
    /// The nodes.
    pub targets: Vec<NodeTarget>,
    /// Whether all of it is asked once more where the way to a node fails: then that is no failure
    /// yet.
    pub again: bool,
    /// What the scripts find in [`crate::world::script::SECRET`]; it is not written down.
    pub secret: Option<Secret>,
}

/// Why a node gave no usable answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Silence {
    /// For people.
    pub text: String,
    /// Whether the script ran there.
    pub ran: Ran,
    /// Whether asking again may help: the way to the node failed, and not for good.
    pub passing: bool,
}

/// What became of the nodes that were asked.
pub type Answers = BTreeMap<InstanceId, Result<Answer, Silence>>;

/// What came back, and what went wrong beyond single nodes.
#[derive(Debug, Default)]
pub struct Asked {
    /// Answers and silences.
    pub answers: Answers,
    /// The first failure that concerns the whole run: credentials, rights, an interruption. What
    /// arrived in spite of it is in the answers.
    pub trouble: Option<Failure>,
}

/// A command that is to be sent.
struct Dispatch<'a> {
    purpose: &'a str,
    script: String,
    nonce: Nonce,
    patience: Duration,
    /// The longest wait in all, where there is a deadline.
    most: Option<Duration>,
    again: bool,
    secret: Option<Secret>,
}

/// A command that was sent.
struct Sent {
    step: u32,
    command: CommandId,
    nonce: Nonce,
    instances: Vec<InstanceId>,
    patience: Duration,
    again: bool,
}

/// Asks each group of nodes its own looks, all at the same time, and waits for no longer than
/// `most`.
///
/// # Errors
/// The journal's own failures, and looks that don't fit one command.
pub async fn ask_groups(
    session: &mut Session,
    purpose: &str,
    questions: Vec<Question>,
    most: Option<Duration>,
) -> Result<Asked, Failure> {
    let mut asked = Asked::default();
    let mut sent = Vec::new();
    for question in questions {
        let patience = plan::longest(&question.looks).map_err(unplannable)?;
        let instances: Vec<InstanceId> = question
            .targets
            .iter()
            .map(|target| target.instance.clone())
            .collect();
        for batch in instances.chunks(MOST_INSTANCES) {
            let nonce = nonce();
            let script = plan::fuse(&question.looks, &nonce).map_err(unplannable)?;
            let dispatch = Dispatch {
                purpose,
                script,
                nonce,
                patience,
                most,
                again: question.again,
                secret: question.secret.clone(),
            };
            sent.extend(send::send(session, dispatch, batch.to_vec(), &mut asked).await?);
        }
    }
    let cancel = session.cancel.clone();
    collect::collect(session, sent, &cancel, &mut asked).await?;
    Ok(asked)
}

/// Asks one node with a script of its own, which ends within `patience` once it has begun. It is not
/// interrupted: who sends a change has to learn what became of it.
///
/// # Errors
/// As [`ask_groups`].
pub async fn ask_one(
    session: &mut Session,
    purpose: &str,
    target: &NodeTarget,
    patience: Duration,
    script: impl FnOnce(&Nonce) -> Result<String, PlanFault>,
) -> Result<(Result<Answer, Silence>, Option<Failure>), Failure> {
    let nonce = nonce();
    let script = script(&nonce).map_err(unplannable)?;
    let mut asked = Asked::default();
    let dispatch = Dispatch {
        purpose,
        script,
        nonce,
        patience,
        most: None,
        again: false,
        secret: None,
    };
    let sent = send::send(session, dispatch, vec![target.instance.clone()], &mut asked).await?;
    let never = CancellationToken::new();
    collect::collect(session, sent.into_iter().collect(), &never, &mut asked).await?;
    let nothing = || {
        Err(Silence {
            text: "nothing was sent".into(),
            ran: Ran::No,
            passing: false,
        })
    };
    Ok((
        asked
            .answers
            .remove(&target.instance)
            .unwrap_or_else(nothing),
        asked.trouble,
    ))
}

/// The random half of a version 7 UUID.
pub fn nonce() -> Nonce {
    let (_, low) = uuid::Uuid::now_v7().as_u64_pair();
    Nonce::new(low.to_be_bytes())
}

/// Looks that don't fit one command, as a failure of the run.
pub fn unplannable(fault: PlanFault) -> Failure {
    Failure::failed(
        "unplannable",
        fault.to_string(),
        "the runbook",
        "split it, or let some looks wait for others with `after`",
    )
}

/// A failure of the world as a failure of the run.
pub fn world_failure(error: &WorldError) -> Failure {
    let make = if error.is_usage() {
        Failure::usage
    } else {
        Failure::failed
    };
    make(error.code(), error.what(), error.place(), error.help())
}
