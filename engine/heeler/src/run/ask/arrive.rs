//! What comes back from a node: a frame that is read, or a reason for which the node is lost.

use heeler_core::event::{BootId, Event, InstanceId};
use heeler_core::frame::{self, FrameFault};

use super::{Answers, Sent, Silence};
use crate::failure::Failure;
use crate::run::session::Session;
use crate::world::port::{Ended, Invocation, Progress, Ran};

/// Characters of an output without a frame that are worth telling.
const INSTEAD: usize = 200;

/// Reads what a node's invocation brought.
pub(super) async fn arrive(
    session: &mut Session,
    sent: &Sent,
    invocation: Invocation,
    answers: &mut Answers,
) -> Result<(), Failure> {
    let ssm = session.aws.ssm.clone();
    let instance = &invocation.instance;
    let (read, bytes, fetched) = match frame::read(&invocation.output, &sent.nonce) {
        Err(FrameFault::Cut) => match ssm.whole_output(&sent.command, instance).await {
            Ok(whole) => (
                frame::read(&whole.stdout, &sent.nonce),
                whole.stdout.len(),
                true,
            ),
            Err(error) => {
                let text = format!(
                    "its answer did not fit and could not be fetched: {}",
                    error.what()
                );
                return lose(session, sent.loss(instance, &text, Ran::Yes), answers).await;
            }
        },
        read => (read, invocation.output.len(), false),
    };
    let answer = match read {
        Ok(answer) => answer,
        Err(fault) => {
            let text = no_frame(&invocation, &fault);
            let ran = match invocation.progress {
                _ if fault == FrameFault::NoRoom => Ran::No,
                Progress::Ended(ended) => ended.ran(),
                Progress::Running(_) => Ran::Unknown,
            };
            return lose(session, sent.loss(instance, &text, ran), answers).await;
        }
    };
    session
        .recorder
        .record(Event::NodeAnswered {
            step: sent.step,
            instance: instance.clone(),
            boot: BootId(answer.ident.boot_id.clone()),
            cluster: answer.ident.cluster.clone(),
            os_version: answer.ident.os_version.clone(),
            cpus: answer.ident.cpus,
            bytes: u64::try_from(bytes).unwrap_or(u64::MAX),
            fetched,
        })
        .await?;
    answers.insert(instance.clone(), Ok(answer));
    Ok(())
}

/// The frame decides; SSM's own word for the end is told only where there is no frame, with the
/// beginning of what came instead.
fn no_frame(invocation: &Invocation, fault: &FrameFault) -> String {
    let instead: String = invocation.output.chars().take(INSTEAD).collect();
    let instead = match (fault, instead.trim()) {
        (FrameFault::Missing, "") => "; it printed nothing".to_owned(),
        (FrameFault::Missing, text) => format!("; it printed: {text}"),
        _ => String::new(),
    };
    match invocation.progress {
        Progress::Ended(Ended::Success | Ended::Failed) | Progress::Running(_) => {
            format!("{fault}{instead}")
        }
        Progress::Ended(ended) => match ended.ran() {
            Ran::Yes | Ran::Unknown => format!("{}; {fault}{instead}", ended.says()),
            Ran::No => ended.says().to_owned(),
        },
    }
}

/// A node that gave no usable answer.
pub(super) struct Loss<'a> {
    pub(super) step: u32,
    pub(super) instance: &'a InstanceId,
    /// What and why, for people.
    pub(super) text: &'a str,
    pub(super) ran: Ran,
    /// Whether asking again may help.
    pub(super) passing: bool,
    /// Whether it would be asked all of this again.
    pub(super) again: bool,
}

impl Sent {
    /// What this command lost.
    pub(super) fn loss<'a>(&self, instance: &'a InstanceId, text: &'a str, ran: Ran) -> Loss<'a> {
        Loss {
            step: self.step,
            instance,
            text,
            ran,
            // What has run there has answered, however badly.
            passing: ran != Ran::Yes,
            again: self.again,
        }
    }
}

/// Records that a node gave no usable answer. Where it is asked again that is worth a note only.
pub(super) async fn lose(
    session: &mut Session,
    loss: Loss<'_>,
    answers: &mut Answers,
) -> Result<(), Failure> {
    let Loss {
        step,
        instance,
        text,
        ran,
        passing,
        again,
    } = loss;
    answers.insert(
        instance.clone(),
        Err(Silence {
            text: text.to_owned(),
            ran,
            passing,
        }),
    );
    if again && passing {
        let text = format!("{instance} is asked again: {text}");
        return session.note("asked-again", text).await;
    }
    session
        .recorder
        .record(Event::NodeFailed {
            step,
            instance: instance.clone(),
            error: text.to_owned(),
        })
        .await
}
