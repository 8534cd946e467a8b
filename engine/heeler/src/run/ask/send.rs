//! Sends one command. Written down before it is sent, and never sent twice.

use std::time::Duration;

use heeler_core::event::{Event, InstanceId};

use super::arrive::{Loss, lose};
use super::{Asked, DELIVERY, Dispatch, Sent, world_failure};
use crate::failure::Failure;
use crate::run::session::Session;
use crate::world::port::{Comment, Ran, SendCommand};
use crate::world::{Cause, WorldError};

impl Dispatch<'_> {
    /// How long its answers are waited for.
    fn wait(&self) -> Duration {
        let wait = DELIVERY + self.patience;
        self.most.map_or(wait, |most| wait.min(most))
    }
}

/// Sends the command, without the instances that SSM does not accept. `None`: to nobody.
pub(super) async fn send(
    session: &mut Session,
    dispatch: Dispatch<'_>,
    mut instances: Vec<InstanceId>,
    asked: &mut Asked,
) -> Result<Option<Sent>, Failure> {
    loop {
        let step = session.recorder.next_step();
        let command = intend(session, step, &dispatch, &instances).await?;
        let error = match session.aws.ssm.send(&command).await {
            Ok(id) => {
                session
                    .recorder
                    .record(Event::CommandSent {
                        step,
                        command: id.clone(),
                    })
                    .await?;
                return Ok(Some(Sent {
                    step,
                    command: id,
                    instances,
                    patience: dispatch.wait(),
                    nonce: dispatch.nonce,
                    again: dispatch.again,
                }));
            }
            Err(error) => error,
        };
        let refused = refused(&error, &instances);
        let ran = if in_doubt(&error) {
            Ran::Unknown
        } else {
            Ran::No
        };
        if ran == Ran::No {
            session
                .recorder
                .record(Event::CommandRefused {
                    step,
                    error: error.what(),
                })
                .await?;
        }
        // With those that are left it is another command; when none of them was refused by name,
        // another try would end alike.
        let left: Vec<InstanceId> = instances
            .iter()
            .filter(|id| !refused.contains(id))
            .cloned()
            .collect();
        let hopeless = refused.is_empty() || left.is_empty();
        let lost = if hopeless { &instances } else { &refused };
        for instance in lost {
            let loss = Loss {
                step,
                instance,
                text: &error.what(),
                ran,
                passing: world_failure(&error).is_passing(),
                again: dispatch.again,
            };
            lose(session, loss, &mut asked.answers).await?;
        }
        if hopeless {
            asked.trouble.get_or_insert(world_failure(&error));
            return Ok(None);
        }
        instances = left;
    }
}

async fn intend(
    session: &mut Session,
    step: u32,
    dispatch: &Dispatch<'_>,
    instances: &[InstanceId],
) -> Result<SendCommand, Failure> {
    let text = format!(
        "heeler {} {step} {}",
        session.recorder.run().letters(),
        dispatch.purpose
    );
    let comment = Comment::new(text.clone()).map_err(|error| world_failure(&error.into()))?;
    let mut command = SendCommand::new(instances.to_vec(), dispatch.script.clone(), comment);
    command.secret.clone_from(&dispatch.secret);
    command.delivery = DELIVERY;
    command.execution = dispatch.patience;
    session
        .recorder
        .record(Event::CommandIntended {
            step,
            purpose: dispatch.purpose.to_owned(),
            instances: instances.to_vec(),
            comment: text,
        })
        .await?;
    Ok(command)
}

/// The instances among those that were sent to that SSM names as unacceptable.
fn refused(error: &WorldError, sent: &[InstanceId]) -> Vec<InstanceId> {
    match error {
        WorldError::Call(call) => match &call.cause {
            Cause::InvalidInstances(ids) => {
                ids.iter().filter(|id| sent.contains(id)).cloned().collect()
            }
            // A policy may allow some instances only; IAM names the resource that it refuses.
            Cause::Forbidden(detail) => {
                let named = |id: &&InstanceId| detail.contains(&format!(":instance/{id} "));
                sent.iter().filter(named).cloned().collect()
            }
            _ => Vec::new(),
        },
        WorldError::Place(_) | WorldError::Target(_) => Vec::new(),
    }
}

fn in_doubt(error: &WorldError) -> bool {
    matches!(error, WorldError::Call(call) if matches!(call.cause, Cause::Ambiguous { .. }))
}
