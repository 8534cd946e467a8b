//! A reboot as the node has it: a lock that is taken first and stays over the restart, the command
//! that takes the node down, and the end of the lock. What comes in between is heeler's.
//!
//! The agent of Systems Manager may run a command again when the node is there again (its documents
//! that were in progress): so each script is for one boot, and asks once. Exit code 194 is never used:
//! the agent would take it for a wish of its own.

use std::fmt;

use serde_json::{Value as Json, json};

use crate::action::{FieldPath, ObjectFields, shell_quote};
use crate::event::{ChangePlan, InstanceId, PinnedObject, RunId};
use crate::frame::{Answer, LockId, Nonce};

use super::change;
use super::fault::{ChangeFault, PlanFault};
use super::fix::{ARMING, Step, carried_out, in_doubt, one_rung};
use super::lock::Hold;
use super::one_way;
use super::switch::Fuse;

/// The annotation of a Node that a reboot has cordoned: the letters of the run, and whose it is.
pub const MARK: &str = "heeler/reboot";

fn fuse(hold: &Hold, step: &Step<'_>) -> Result<Fuse, PlanFault> {
    Ok(Fuse::one_way(
        one_way::place(std::slice::from_ref(step))?,
        hold.run.lock(),
    ))
}

/// What is asked of the node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Question {
    /// To be locked, before it has been up for more than these whole seconds.
    Seize(u64),
    /// To go down, likewise.
    GoDown(u64),
    /// How it stands.
    Stands,
    /// To end the lock.
    LetGo,
}

pub(super) fn script(
    fuse: &Fuse,
    hold: &Hold,
    question: Question,
    step: &Step<'_>,
) -> Result<String, PlanFault> {
    let opening = || fuse.opening(include_str!("reboot.sh"));
    let boot = shell_quote(&hold.boot.0);
    Ok(match question {
        Question::Seize(expires) => {
            let steps = std::slice::from_ref(step);
            change::lock(fuse, hold, expires, steps)? + "say '=' held\n"
        }
        Question::GoDown(expires) => {
            opening() + &step.define_apply() + &format!("go_down {boot} {expires}\n")
        }
        Question::Stands => opening() + "stands\n",
        Question::LetGo => opening() + &format!("let_go {boot}\n"),
    })
}

fn ask(
    hold: &Hold,
    question: Question,
    step: &Step<'_>,
    nonce: &Nonce,
) -> Result<String, PlanFault> {
    let fuse = fuse(hold, step)?;
    one_rung(
        fuse.place,
        ARMING,
        script(&fuse, hold, question, step)?,
        nonce,
    )
}

/// The script that locks the node for a reboot: only on the boot of the plan, only as long as the
/// node has not been up for more than `expires_uptime_s` whole seconds, only while nobody else
/// changes anything, and only if what it says of itself is still what the plan says.
///
/// # Errors
/// None that a reboot which was planned could have.
pub fn seize(
    hold: &Hold,
    expires_uptime_s: u64,
    step: &Step<'_>,
    nonce: &Nonce,
) -> Result<String, PlanFault> {
    ask(hold, Question::Seize(expires_uptime_s), step, nonce)
}

/// The script that asks the host to go down, on the boot of the plan and under its lock.
///
/// # Errors
/// As [`seize`].
pub fn go_down(
    hold: &Hold,
    expires_uptime_s: u64,
    step: &Step<'_>,
    nonce: &Nonce,
) -> Result<String, PlanFault> {
    ask(hold, Question::GoDown(expires_uptime_s), step, nonce)
}

/// The script that says whether the host was asked to go down; with `end` it also ends the lock,
/// unless the node may be about to go down, and nothing of the reboot can begin any more. It may be
/// sent again.
///
/// # Errors
/// As [`seize`].
pub fn let_go(hold: &Hold, end: bool, step: &Step<'_>, nonce: &Nonce) -> Result<String, PlanFault> {
    let question = if end {
        Question::LetGo
    } else {
        Question::Stands
    };
    ask(hold, question, step, nonce)
}

/// What the script of [`seize`] did.
///
/// # Errors
/// Why the node is not locked, and `InDoubt`.
pub fn seized(answer: &Answer) -> Result<(), ChangeFault> {
    let (reply, lines) = carried_out(answer)?;
    match (reply.exit, lines.as_slice()) {
        (0, [("=", "held")]) => Ok(()),
        (change::OTHER_VALUE, [("?", found)]) => {
            Err(change::other_value(found).unwrap_or_else(in_doubt))
        }
        _ => Err(in_doubt()),
    }
}

/// What the script of [`go_down`] did, where its answer came.
///
/// # Errors
/// `OtherBoot`, `TooLate` and `NotHeld`, where the host was not asked; `Stopped`, where it did not take
/// it, as far as it says; and `InDoubt`.
pub fn gone_down(answer: &Answer) -> Result<(), ChangeFault> {
    let (reply, lines) = carried_out(answer)?;
    match (reply.exit, lines.as_slice()) {
        (0, [("=", "asked")]) => Ok(()),
        (1, [("=", "asked"), (":", text)]) => Err(ChangeFault::Stopped {
            done: Vec::new(),
            present: answer.ident.boot_id.clone(),
            text: (*text).to_owned(),
        }),
        _ => Err(in_doubt()),
    }
}

/// What the script of [`let_go`] said: whether the host was asked to go down.
///
/// # Errors
/// `InDoubt`.
pub fn was_asked(answer: &Answer) -> Result<bool, ChangeFault> {
    let (reply, lines) = carried_out(answer)?;
    match (reply.exit, lines.as_slice()) {
        (0, [("=", "asked")]) => Ok(true),
        (0, [("=", "idle")]) => Ok(false),
        _ => Err(in_doubt()),
    }
}

/// The cordon of a reboot, as a change of the Node that its way back takes back: the mark says whose
/// it is, so that nobody else's is taken for it.
pub fn cordon(instance: &InstanceId, node: &PinnedObject, run: RunId, by: &str) -> ChangePlan {
    let fields = |mark: Json, closed: Json| {
        ObjectFields::from_iter([(mark_path(), mark), (closed_path(), closed)])
    };
    let (from, to) = (
        fields(Json::Null, Json::Null),
        fields(label(run, by), json!(true)),
    );
    of_node(instance, node, (&closed_path(), &from, &to))
}

/// The mark of such a cordon alone, for where somebody else has seen to the cordon.
pub fn mark(instance: &InstanceId, node: &PinnedObject, run: RunId, by: &str) -> ChangePlan {
    let fields = |mark: Json| ObjectFields::from_iter([(mark_path(), mark)]);
    let (from, to) = (fields(Json::Null), fields(label(run, by)));
    of_node(instance, node, (&mark_path(), &from, &to))
}

fn label(run: RunId, by: &str) -> Json {
    json!(format!("{} {by}", run.lock()))
}

fn of_node(
    instance: &InstanceId,
    node: &PinnedObject,
    (path, from, to): (&FieldPath, &ObjectFields, &ObjectFields),
) -> ChangePlan {
    ChangePlan {
        instance: instance.clone(),
        subject: format!("nodes {}: {path}", node.name),
        from: from.to_string(),
        to: to.to_string(),
        diff: format!("{} → {}", from.shown(), to.shown()),
        back: None,
        effects: Vec::new(),
        object: Some(node.clone()),
        commands: None,
    }
}

fn mark_path() -> FieldPath {
    FieldPath::of(&["metadata", "annotations", MARK])
}

/// The field of a Node that a cordon sets.
pub fn closed_path() -> FieldPath {
    FieldPath::of(&["spec", "unschedulable"])
}

/// What a reboot has left on a Node that it cordoned, or what somebody has written in its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark<'a>(&'a str);

impl<'a> Mark<'a> {
    /// The lock of the run; `None`: that is no mark of Heeler's.
    pub fn lock(&self) -> Option<LockId> {
        LockId::read(self.0.split(' ').next()?)
    }

    /// Who has started that run.
    pub fn by(&self) -> &'a str {
        self.0.split_once(' ').map_or("somebody", |(_, by)| by)
    }
}

impl fmt::Display for Mark<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// Whose reboot has marked a Node. `None`: nobody's.
pub fn marked(node: &Json) -> Option<Mark<'_>> {
    let annotations = node.get("metadata")?.get("annotations")?;
    annotations.get(MARK)?.as_str().map(Mark)
}

/// The boot on which Kubernetes says that a Node is ready; `None`: it does not say so.
pub fn ready_on(node: &Json) -> Option<&str> {
    let conditions = node.pointer("/status/conditions")?.as_array()?;
    let ready = conditions.iter().any(|condition| {
        let is = |key: &str, value: &str| condition.get(key).is_some_and(|found| found == value);
        is("type", "Ready") && is("status", "True")
    });
    let boot = node.pointer("/status/nodeInfo/bootID")?.as_str()?;
    ready.then_some(boot)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{MARK, cordon, marked, ready_on};
    use crate::action::ObjectFields;
    use crate::event::{PinnedObject, RunId};
    use crate::plan::drain::is_cordoned;

    #[test]
    fn the_mark_goes_with_the_cordon() {
        let node = PinnedObject {
            api: "api/v1".into(),
            resource: "nodes".into(),
            namespace: None,
            name: "n".into(),
            uid: "u".into(),
        };
        let run = RunId::new(uuid::Uuid::from_u128(
            0x0192_f4b2_1c00_7abc_8123_4567_89ab_cdef,
        ));
        let instance = "i-0abc1234def567890".parse().unwrap();
        let plan = cordon(&instance, &node, run, "ops/alice");
        let patch = |text: &str| ObjectFields::read(text).unwrap().patch();
        let object = patch(&plan.to);
        assert!(is_cordoned(&object));
        let mark = marked(&object).unwrap();
        assert_eq!((mark.lock(), mark.by()), (Some(run.lock()), "ops/alice"));
        let back = patch(&plan.from);
        assert_eq!(back["spec"], json!({"unschedulable": null}));
        assert_eq!(back["metadata"]["annotations"], json!({ MARK: null }));
    }

    #[test]
    fn a_node_is_ready_on_one_boot() {
        let node = |kind: &str, status: &str| {
            json!({"status": {
                "conditions": [{"type": kind, "status": status}],
                "nodeInfo": {"bootID": "b"},
            }})
        };
        assert_eq!(ready_on(&node("Ready", "True")), Some("b"));
        assert_eq!(ready_on(&node("Ready", "Unknown")), None);
        assert_eq!(ready_on(&node("DiskPressure", "True")), None);
        assert_eq!(ready_on(&json!({})), None);
    }
}
