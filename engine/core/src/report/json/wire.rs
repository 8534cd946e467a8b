//! The shapes of a report in JSON. They are a promise to programs and change only with
//! [`FORMAT`]; the model of this module's parent may change at any time.

use serde::Serialize;
use serde_json::Value as Json;

use super::finding::Finding;

/// The format of a report in JSON. Fields may be added within a format; none is taken away or
/// given another meaning.
pub const FORMAT: u32 = 1;

/// A whole report.
#[derive(Serialize)]
pub(super) struct Report {
    /// Always [`FORMAT`].
    pub(super) format: u32,
    /// What was asked for, and when.
    pub(super) run: Run,
    /// The bundle that it was judged from; it stands only where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) bundle: Option<FromBundle>,
    /// Where; null when it never became known.
    #[serde(rename = "where")]
    pub(super) place: Option<Place>,
    /// The nodes, as they were resolved.
    pub(super) nodes: Vec<Node>,
    /// Findings that belong to no single node.
    pub(super) findings: Vec<Finding>,
    /// Looks that belong to no single node.
    pub(super) looks: Vec<Look>,
    /// The fix; null where there was none.
    pub(super) fix: Option<Fix>,
    /// What has no recorded end: the world must be asked.
    pub(super) in_doubt: Vec<Doubt>,
    /// What people should know, `{code, text}`.
    pub(super) notes: Vec<Note>,
    /// What could not be done.
    pub(super) failures: Vec<Failure>,
    /// Null: the run has no recorded end.
    pub(super) ending: Option<Ending>,
}

/// The bundle that a report was judged from.
#[derive(Serialize)]
pub(super) struct FromBundle {
    pub(super) file: String,
    pub(super) node: String,
    /// When the node was asked.
    pub(super) at: String,
    /// Why it is not all that was asked for; null: it is.
    pub(super) partial: Option<String>,
}

/// What was asked for. Times are RFC 3339 in UTC.
#[derive(Serialize)]
pub(super) struct Run {
    pub(super) id: Option<String>,
    pub(super) short: Option<String>,
    pub(super) command: Option<String>,
    pub(super) runbook: Option<String>,
    pub(super) runbook_sha256: Option<String>,
    /// Without the secret ones.
    pub(super) inputs: Vec<Input>,
    /// The id of the run that a fix or a revert belongs to.
    pub(super) about: Option<String>,
    pub(super) heeler: Option<String>,
    pub(super) started_at: Option<String>,
    pub(super) last_at: Option<String>,
}

/// One input as text.
#[derive(Serialize)]
pub(super) struct Input {
    pub(super) name: String,
    pub(super) value: String,
}

/// Where a run takes place.
#[derive(Serialize)]
pub(super) struct Place {
    pub(super) context: Option<String>,
    pub(super) account: String,
    pub(super) region: String,
    pub(super) cluster: Option<String>,
    pub(super) caller: String,
    pub(super) caller_arn: String,
}

/// One node.
#[derive(Serialize)]
pub(super) struct Node {
    pub(super) node: Option<String>,
    pub(super) instance: String,
    /// The pod that led here, `namespace/name`.
    pub(super) pod: Option<String>,
    /// `verified`, `unverified` or `foreign`.
    pub(super) cluster: &'static str,
    /// Null: it gave no usable answer.
    pub(super) answer: Option<Answer>,
    /// Why it gave none.
    pub(super) errors: Vec<String>,
    pub(super) findings: Vec<Finding>,
    pub(super) looks: Vec<Look>,
    pub(super) fixes: Vec<Offer>,
    /// The bundle that the runbook wanted of it; left out where it wanted none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) bundle: Option<Bundle>,
}

/// A bundle that the runbook wanted of a node.
#[derive(Serialize)]
pub(super) struct Bundle {
    /// `made`, `partial`, `failed`, `left-out` or `in-doubt`.
    pub(super) state: &'static str,
    /// Why it was wanted.
    pub(super) because: String,
    /// The id of its own run; null: it was not begun.
    pub(super) run: Option<String>,
    /// The file; null: there is none.
    pub(super) file: Option<String>,
    pub(super) bytes: Option<u64>,
    pub(super) sha256: Option<String>,
    /// What it lacks and why.
    pub(super) missing: Vec<String>,
    /// What is left on the node for a while.
    pub(super) left_on_node: Option<String>,
    /// Why there is none.
    pub(super) why: Option<String>,
}

/// What a node said about itself.
#[derive(Serialize)]
pub(super) struct Answer {
    pub(super) boot_id: String,
    pub(super) os_version: String,
    pub(super) cpus: u32,
    pub(super) cluster: Option<String>,
    /// On the wire.
    pub(super) bytes: u64,
    /// It did not fit the listing and was fetched.
    pub(super) fetched: bool,
}

/// One look. Durations are in seconds, sizes in bytes, shares 0 to 1, versions text; an absent
/// value is null and an unseen one is `{"unseen": [{look, why, text}]}`.
#[derive(Serialize)]
pub(super) struct Look {
    pub(super) look: String,
    pub(super) label: String,
    pub(super) value: Json,
    /// The value as people read it.
    pub(super) text: String,
    pub(super) trace: Vec<Rung>,
}

/// One rung of a look's ladder.
#[derive(Serialize)]
pub(super) struct Rung {
    /// `control`, `admin`, `host`, or null for the Kubernetes API.
    pub(super) place: Json,
    /// Null: it answered.
    pub(super) why_not: Option<String>,
}

/// A fix on offer.
#[derive(Serialize)]
pub(super) struct Offer {
    pub(super) fix: String,
    pub(super) finding: String,
    pub(super) effect: String,
    /// Why it may not be started; null where it may.
    pub(super) withheld: Option<String>,
    /// The command that starts it; null where it is withheld.
    pub(super) command: Option<String>,
}

/// The course of a fix.
#[derive(Serialize)]
pub(super) struct Fix {
    /// `planned`, `refused`, `approved`, `in-doubt`, `applied`, `not-applied`, `kept`, `partly`,
    /// `reverted` or `stuck`.
    pub(super) state: &'static str,
    pub(super) plan: Option<Plan>,
    pub(super) approved_by: Option<String>,
    /// `prompt`, `digest`, `token`, `policy` or `ramp`.
    pub(super) approved_how: Option<String>,
    /// The ARNs of those who have signed.
    pub(super) signed_by: Vec<String>,
    /// Why it was refused.
    pub(super) refused: Option<String>,
    /// The code of that, where there is one.
    pub(super) refused_code: Option<String>,
    /// What can be done instead.
    pub(super) ways: Vec<String>,
    pub(super) changes: Vec<Change>,
    /// The steps of a reboot that were begun.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) reboot: Vec<RebootStep>,
    /// The node that a reboot has left cordoned, as far as is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) cordoned: Option<String>,
    /// Where it is about several nodes.
    pub(super) nodes: Vec<FixNode>,
    /// Why it was begun on no other node.
    pub(super) stopped: Option<String>,
    pub(super) samples: Vec<Sample>,
    /// Why it was taken back, or could not be.
    pub(super) reason: Option<String>,
    /// What is left to do by hand.
    pub(super) by_hand: Vec<String>,
    /// The command that takes it back, where something may stand on a node.
    pub(super) revert: Option<String>,
}

/// A plan.
#[derive(Serialize)]
pub(super) struct Plan {
    pub(super) fix: String,
    pub(super) proof: String,
    /// What it costs and brings; null where the runbook does not say, and in plans of the first
    /// releases.
    pub(super) effect: Option<String>,
    pub(super) pins: Vec<Pin>,
    pub(super) changes: Vec<PlannedChange>,
    /// What is seen beside them and moves by itself, so that the digest leaves it out.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) now: Vec<String>,
    pub(super) undo: String,
    /// After how many seconds the node takes it back by itself; null: it does not.
    pub(super) undo_after_s: Option<u64>,
    pub(super) verify: String,
    pub(super) hold_s: u64,
    pub(super) within_s: u64,
    /// What can happen at worst; null in plans of the first release, as the next two.
    pub(super) impact: Option<String>,
    /// `nobody`, `operator`, `another` or `two`.
    pub(super) approval: Option<String>,
    pub(super) policy_sha256: Option<String>,
    /// What an approval binds to.
    pub(super) digest: String,
    /// The command that approves it, while it is only planned.
    pub(super) approve: Option<String>,
}

/// A node and its boot.
#[derive(Serialize)]
pub(super) struct Pin {
    pub(super) instance: String,
    pub(super) boot_id: String,
}

/// One change of a plan.
#[derive(Serialize)]
pub(super) struct PlannedChange {
    pub(super) instance: String,
    pub(super) subject: String,
    pub(super) from: String,
    pub(super) to: String,
    /// What the way back sets.
    pub(super) back: String,
    pub(super) diff: String,
    /// What it does beside that: what restarts.
    pub(super) effects: Vec<String>,
    /// The Kubernetes object that has the values; `null`: the node has them.
    pub(super) object: Option<Object>,
    /// What is sent for it; `null` in plans of the first releases.
    pub(super) commands: Option<Commands>,
}

/// What is sent for a change.
#[derive(Serialize)]
pub(super) struct Commands {
    /// A script for the node, or a merge patch.
    pub(super) apply: String,
    /// The same for the way back; `null`: there is none.
    pub(super) revert: Option<String>,
}

/// One Kubernetes object.
#[derive(Serialize)]
pub(super) struct Object {
    /// `api/v1` or `apis/apps/v1`.
    pub(super) api: String,
    /// The plural.
    pub(super) resource: String,
    /// `null` for resources of the whole cluster.
    pub(super) namespace: Option<String>,
    pub(super) name: String,
    pub(super) uid: String,
}

/// One step of a reboot.
#[derive(Serialize)]
pub(super) struct RebootStep {
    /// `lock`, `cordon`, `drain`, `reboot`, `return` or `uncordon`.
    pub(super) step: &'static str,
    /// `begun` (its end is not known), `done`, `idle` (there was nothing to do), `refused` or `partly`.
    pub(super) reached: &'static str,
    pub(super) says: String,
}

/// One change as it went.
#[derive(Serialize)]
pub(super) struct Change {
    pub(super) instance: String,
    pub(super) subject: String,
    pub(super) from: String,
    pub(super) to: String,
    /// `apply` or `revert`.
    pub(super) direction: &'static str,
    /// `in-doubt`, `applied`, `found` (it was so already) or `failed`.
    pub(super) outcome: &'static str,
    /// The value read back, or the error.
    pub(super) says: Option<String>,
}

/// The fix on one of several nodes.
#[derive(Serialize)]
pub(super) struct FixNode {
    pub(super) instance: String,
    /// The id of its own run there that came last.
    pub(super) run: String,
    /// `not-begun`, `left-out`, `in-doubt`, `kept`, `refused`, `failed`, `reverted` or `stuck`.
    pub(super) state: &'static str,
    pub(super) says: Option<String>,
}

/// One look at the condition.
#[derive(Serialize)]
pub(super) struct Sample {
    pub(super) after_ms: u64,
    pub(super) held_ms: u64,
    /// Null: not seen.
    pub(super) holds: Option<bool>,
    pub(super) says: String,
}

/// Something without a recorded end.
#[derive(Serialize)]
pub(super) struct Doubt {
    /// `command`, `change`, `keep` or `node`.
    pub(super) kind: &'static str,
    pub(super) instances: Vec<String>,
    /// The command's comment, or the change's subject.
    pub(super) subject: String,
}

/// Something that people should know.
#[derive(Serialize)]
pub(super) struct Note {
    pub(super) code: String,
    pub(super) text: String,
}

/// Something that could not be done.
#[derive(Serialize)]
pub(super) struct Failure {
    pub(super) code: String,
    pub(super) what: String,
    #[serde(rename = "where")]
    pub(super) place: String,
    pub(super) help: String,
}

/// How a run ended.
#[derive(Serialize)]
pub(super) struct Ending {
    /// Kebab-case.
    pub(super) exit: Json,
    /// The process's exit status.
    pub(super) code: u8,
    pub(super) elapsed_ms: u64,
    /// How many times `SendCommand` was called.
    pub(super) commands: u32,
    pub(super) changed: bool,
}
