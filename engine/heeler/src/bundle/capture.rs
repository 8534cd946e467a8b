//! A capture on a node: begun, and given back.

use heeler_core::action::Rung;
use heeler_core::capture::{Capture, Captured};
use heeler_core::event::NodeTarget;
use heeler_core::frame::Answer;
use heeler_core::plan;
use heeler_core::value::Why;

use crate::failure::Failure;
use crate::run::ask::{Question, Silence, ask_groups, ask_one};
use crate::run::session::Session;
use crate::world::port::Ran;

/// What the commands of a capture are for, and what the look is called.
const PURPOSE: &str = "bundle";
const LOOK: &str = "capture";
const GIVE_BACK: &str = "give-back";

/// What became of asking for a capture.
pub(super) struct Begun {
    /// The capture, or why there is none.
    pub(super) captured: Result<Captured, String>,
    /// Something may lie on the node.
    pub(super) may_be_there: bool,
}

impl Begun {
    /// The node was not asked.
    pub(super) fn not(why: &str) -> Self {
        Begun {
            captured: Err(why.to_owned()),
            may_be_there: false,
        }
    }
}

/// Has the node put everything together.
///
/// # Errors
/// The journal's own failures, and an interruption.
pub(super) async fn begin(
    session: &mut Session,
    target: &NodeTarget,
    capture: &Capture,
) -> Result<Begun, Failure> {
    let none = |why: String, may_be_there| Begun {
        captured: Err(why),
        may_be_there,
    };
    let answer = match ask(session, target, (PURPOSE, LOOK), capture.begin()).await? {
        Ok(answer) => answer,
        Err(silence) => return Ok(none(silence.text, silence.ran != Ran::No)),
    };
    Ok(match answer.reply(LOOK) {
        // Nobody was there who could have begun it.
        Err(why @ (Why::AdminOff | Why::NotThere(_))) => none(why.to_string(), false),
        Err(why) => none(why.to_string(), true),
        Ok(reply) => match Capture::read(reply) {
            Ok(captured) => Begun {
                captured: Ok(captured),
                may_be_there: true,
            },
            // What it did before it gave up may not all be undone.
            Err(why) => none(why.to_string(), true),
        },
    })
}

/// Asks one look of the node.
///
/// # Errors
/// The journal's own failures.
pub(super) async fn ask(
    session: &mut Session,
    target: &NodeTarget,
    (purpose, look): (&str, &str),
    rung: Rung,
) -> Result<Result<Answer, Silence>, Failure> {
    let question = Question {
        looks: vec![(look.to_owned(), vec![rung])],
        targets: vec![target.clone()],
        again: false,
        secret: None,
    };
    let mut asked = ask_groups(session, purpose, vec![question], None).await?;
    Ok(asked.answers.remove(&target.instance).unwrap_or_else(|| {
        let why = asked.trouble.map(|trouble| trouble.to_string());
        Err(Silence {
            text: why.unwrap_or_else(|| "nothing was sent".to_owned()),
            ran: Ran::Unknown,
            passing: false,
        })
    }))
}

/// Has the node take it back. It is not interrupted.
///
/// # Errors
/// The journal's own failures.
pub(super) async fn end(
    session: &mut Session,
    target: &NodeTarget,
    capture: &Capture,
) -> Result<Result<(), String>, Failure> {
    settle(session, target, (GIVE_BACK, capture.end())).await
}

/// Has the node do what has to be done in any case: it is not interrupted.
///
/// # Errors
/// The journal's own failures.
pub(super) async fn settle(
    session: &mut Session,
    target: &NodeTarget,
    (purpose, rung): (&str, Rung),
) -> Result<Result<(), String>, Failure> {
    let looks = vec![(LOOK.to_owned(), vec![rung])];
    let patience = plan::longest(&looks).map_err(crate::run::ask::unplannable)?;
    let script = |nonce: &_| plan::fuse(&looks, nonce);
    let (answer, _) = ask_one(session, purpose, target, patience, script).await?;
    let answer = match answer {
        Ok(answer) => answer,
        Err(silence) => return Ok(Err(silence.text)),
    };
    Ok(match answer.reply(LOOK) {
        Ok(reply) if reply.exit == 0 => Ok(()),
        Ok(reply) => Err(String::from_utf8_lossy(&reply.stdout).trim().to_owned()),
        Err(why) => Err(why.to_string()),
    })
}
