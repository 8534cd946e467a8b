//! The events themselves.

use serde::{Deserialize, Serialize};

use super::bundle::BundleStep;
use super::fix::{Armed, Direction, FixOffer, FixPlan, PinnedObject, Signed};
use super::ids::{BootId, CommandId, InstanceId, RunId};
use super::place::{NodeTarget, Where};
use super::ramp::RampStep;
use super::raw::RawAnswer;
use super::reboot::{Phase, Reached};
use super::record::Exit;
use super::verdict::{Evidence, Verdict};
use crate::frame::LookTrace;
use crate::value::Value;

/// What happened. Every variant is documented where it is written down, and none is ever removed:
/// an old journal must stay readable.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Event {
    /// Somebody asked for something; always the first event.
    RunStarted {
        /// `run`, `plan`, `approve`, `fix`, `revert` or `stop`.
        command: String,
        /// The runbook's name; empty where it is about none.
        runbook: String,
        /// SHA-256 of the runbook's text.
        digest: String,
        /// The file that it was read from; `None`: it is bundled.
        #[serde(default)]
        file: Option<String>,
        /// Inputs as text; secret ones are left out.
        inputs: Vec<(String, String)>,
        /// The run that a fix or a revert belongs to.
        about: Option<RunId>,
        /// Scripts of the runbook's own may be asked.
        #[serde(default)]
        unconfined: bool,
        /// The version of `heeler`.
        version: String,
    },
    /// Context, account, region, cluster and caller are known.
    Located {
        /// Where the run takes place.
        place: Where,
    },
    /// The nodes are known.
    Resolved {
        /// One entry per node.
        targets: Vec<NodeTarget>,
    },
    /// `SendCommand` is about to be called. Without a following `CommandSent` it is in doubt.
    CommandIntended {
        /// Counts the commands of the run from 1.
        step: u32,
        /// What for: `look`, `plan`, `apply`, `verify`, `revert`.
        purpose: String,
        /// The instances.
        instances: Vec<InstanceId>,
        /// The command's comment, by which it can be found again.
        comment: String,
    },
    /// `SendCommand` answered.
    CommandSent {
        /// The step of `CommandIntended`.
        step: u32,
        /// SSM's id.
        command: CommandId,
    },
    /// `SendCommand` failed, and nothing was started.
    CommandRefused {
        /// The step of `CommandIntended`.
        step: u32,
        /// What and why, for people.
        error: String,
    },
    /// A node's whole answer is there.
    NodeAnswered {
        /// The step of the command.
        step: u32,
        /// Which node.
        instance: InstanceId,
        /// The node's own boot id.
        boot: BootId,
        /// The cluster that the node itself believes in.
        cluster: Option<String>,
        /// Bottlerocket's version as the node says it.
        os_version: String,
        /// The number of CPUs as the node says it.
        cpus: u32,
        /// Bytes of the answer on the wire.
        bytes: u64,
        /// The answer did not fit the listing and was fetched with `GetCommandInvocation`.
        fetched: bool,
    },
    /// A node gave no usable answer.
    NodeFailed {
        /// The step of the command.
        step: u32,
        /// Which node.
        instance: InstanceId,
        /// What and why, for people.
        error: String,
    },
    /// A look has a value, which may be unseen.
    LookAnswered {
        /// Which node; `None` for a look that is asked once a run.
        instance: Option<InstanceId>,
        /// The look's name.
        look: String,
        /// What people call it.
        label: String,
        /// The value.
        value: Value,
        /// Which rung answered, and why those before it did not.
        trace: Vec<LookTrace>,
        /// The bytes that the value was read from; `None`: there was no answer.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        raw: Option<RawAnswer>,
    },
    /// A finding was judged.
    Judged {
        /// Which node; `None` for a finding over the whole run.
        instance: Option<InstanceId>,
        /// The finding's name.
        finding: String,
        /// What people call it.
        label: String,
        /// `note`, `warning` or `critical`.
        severity: String,
        /// The verdict.
        verdict: Verdict,
        /// The looks that speak for it, where it holds.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        evidence: Vec<Evidence>,
    },
    /// A fix of this runbook would help.
    FixOffered(FixOffer),
    /// A fix was planned against the live state.
    FixPlanned(FixPlan),
    /// The plan was approved.
    FixApproved {
        /// The digest that was approved.
        digest: String,
        /// Who: short names.
        by: String,
        /// `prompt`, `digest`, `token`, `policy` where it needs nobody, or `ramp`: with the plan of
        /// several nodes.
        how: String,
        /// The signatures of other people, which are used up by this.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        signed: Vec<Signed>,
    },
    /// A fix was refused; nothing was changed.
    FixRefused {
        /// Why.
        reason: String,
        /// What can be done instead, one line each.
        ways: Vec<String>,
        /// A stable code, kebab-case, where there is one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        code: Option<String>,
    },
    /// The node is about to be locked, with a switch that takes the change back if nobody keeps it.
    /// What becomes of that is told of the changes.
    SwitchArming {
        /// Which node.
        instance: InstanceId,
        /// The switch.
        armed: Armed,
    },
    /// A change that helps is about to be kept: its switch is disarmed. Without a following
    /// `FixKept` or `FixReverted` it is in doubt.
    KeepStarted {
        /// Which node.
        instance: InstanceId,
    },
    /// A change that nobody had ended was found on a node, and ended.
    LockSettled {
        /// Which node.
        instance: InstanceId,
        /// The run whose change it was, by its letters.
        lock: String,
        /// Who had made the change.
        by: String,
        /// How it ended, for people.
        says: String,
    },
    /// A change is about to be sent. Without a following `ChangeApplied` or `ChangeFailed` it is in doubt.
    ChangeStarted {
        /// Which node.
        instance: InstanceId,
        /// What: the key of a sysctl.
        subject: String,
        /// Present value, as the node writes it.
        from: String,
        /// Wanted value.
        to: String,
        /// There or back.
        direction: Direction,
    },
    /// The node read the wanted value back.
    ChangeApplied {
        /// Which node.
        instance: InstanceId,
        /// What.
        subject: String,
        /// The value read back.
        value: String,
        /// There or back.
        direction: Direction,
        /// It was there already, and nothing was set.
        #[serde(default)]
        found: bool,
    },
    /// The node did not take the value, or another one was there.
    ChangeFailed {
        /// Which node.
        instance: InstanceId,
        /// What.
        subject: String,
        /// What and why, for people.
        error: String,
        /// There or back.
        direction: Direction,
    },
    /// The condition of a fix was looked at.
    VerifySample {
        /// Milliseconds since the change.
        after_ms: u64,
        /// Milliseconds for which the condition has held.
        held_ms: u64,
        /// True, false or not seen.
        holds: Option<bool>,
        /// The numbers behind it, for people.
        says: String,
    },
    /// The fix has worked and stays.
    FixKept {
        /// Milliseconds from the change to the verdict.
        after_ms: u64,
    },
    /// The fix was taken back.
    FixReverted {
        /// Why.
        reason: String,
    },
    /// The fix could not be taken back; or nothing could take it back, and it was not seen to work.
    FixStuck {
        /// Why.
        reason: String,
        /// The exact commands that are left to do by hand.
        commands: Vec<String>,
    },
    /// One fix on several nodes has come one step further.
    Ramp(RampStep),
    /// A reboot has come one step further.
    Reboot {
        /// Which node.
        instance: InstanceId,
        /// The step.
        phase: Phase,
        /// How far that has come.
        reached: Reached,
        /// The Node object, where the step is about to cordon it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        node: Option<PinnedObject>,
    },
    /// A bundle that the runbook makes of a node has come one step further.
    Bundle(BundleStep),
    /// Something that people should know and that changes no verdict.
    Noted {
        /// The code of the note, kebab-case.
        code: String,
        /// The text.
        text: String,
    },
    /// The run could not do (all of) its work.
    Failure {
        /// A stable code, kebab-case.
        code: String,
        /// What.
        what: String,
        /// Where.
        place: String,
        /// What to do.
        help: String,
    },
    /// The last event of a run.
    RunEnded {
        /// How it ended.
        exit: Exit,
        /// Milliseconds in all.
        elapsed_ms: u64,
        /// How many times `SendCommand` was called.
        commands: u32,
        /// Whether anything on a node was changed.
        changed: bool,
    },
}
