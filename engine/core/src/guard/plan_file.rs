//! A plan as a file: what another person reads before they put their name to it.
//!
//! Its digest is what an approval binds to. Its seal covers the rest as well, such as the numbers of
//! the proof: no secret goes into it, so it shows that somebody has edited the file by hand, and not
//! who has made it. Whoever makes a seal anew for another plan gets an approval of that other plan.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::approval::PlanDigest;
use super::plan_digest;
use crate::event::{FixPlan, InstanceId, NodeTarget, RunId, Where};

/// The version of the file.
const FORMAT: u32 = 1;

/// A plan with all that is needed to judge it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlanFile {
    /// The version of the file: always 1.
    #[serde(rename = "heeler-plan")]
    pub format: u32,
    /// The run that has made it: an approval is for this run alone.
    pub run: RunId,
    /// When it was made.
    pub planned_at: Timestamp,
    /// The run that offered the fix.
    pub about: RunId,
    /// Where, and who asks.
    #[serde(rename = "where")]
    pub place: Where,
    /// The runbook's name.
    pub runbook: String,
    /// SHA-256 of the runbook's text, in hexadecimal.
    pub runbook_sha256: String,
    /// The nodes, as they were resolved.
    pub nodes: Vec<NodeTarget>,
    /// The plan.
    pub plan: FixPlan,
    /// The command that applies it once it is approved.
    pub apply: String,
    /// SHA-256 over all of the above, in hexadecimal.
    pub seal: String,
}

/// What a plan's file is made of.
#[derive(Debug, Clone, PartialEq)]
pub struct Planning {
    /// The run that has made it.
    pub run: RunId,
    /// When.
    pub planned_at: Timestamp,
    /// The run that offered the fix.
    pub about: RunId,
    /// Where, and who asks.
    pub place: Where,
    /// The runbook's name.
    pub runbook: String,
    /// SHA-256 of its text.
    pub runbook_sha256: String,
    /// The nodes.
    pub nodes: Vec<NodeTarget>,
    /// The plan.
    pub plan: FixPlan,
    /// The command that applies it.
    pub apply: String,
}

/// Why a file is no plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PlanFileFault {
    /// It is something else.
    Malformed {
        /// What the reader says.
        why: String,
    },
    /// It is of another version.
    OtherFormat {
        /// The version.
        found: u32,
    },
    /// Somebody has edited it.
    Edited,
}

impl PlanFileFault {
    /// Stable, kebab-case.
    pub fn code(&self) -> &'static str {
        match self {
            PlanFileFault::Malformed { .. } => "plan-malformed",
            PlanFileFault::OtherFormat { .. } => "plan-version",
            PlanFileFault::Edited => "plan-edited",
        }
    }

    /// What to do.
    pub fn help(&self) -> &'static str {
        match self {
            PlanFileFault::Malformed { .. } => {
                "name the file that `heeler plan --output json` has written, whole"
            }
            PlanFileFault::OtherFormat { .. } => "use the same heeler on both machines",
            PlanFileFault::Edited => "don't approve it: ask for the file as it was written",
        }
    }
}

impl fmt::Display for PlanFileFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PlanFileFault::Malformed { why } => write!(f, "this is no plan: {why}"),
            PlanFileFault::OtherFormat { found } => {
                write!(
                    f,
                    "the plan is of version {found}, which this heeler does not read"
                )
            }
            PlanFileFault::Edited => {
                f.write_str("the plan was edited: it is not what its digest and its seal say")
            }
        }
    }
}

impl PlanFile {
    /// Seals a plan.
    pub fn seal(planning: Planning) -> PlanFile {
        let mut file = PlanFile {
            format: FORMAT,
            run: planning.run,
            planned_at: planning.planned_at,
            about: planning.about,
            place: planning.place,
            runbook: planning.runbook,
            runbook_sha256: planning.runbook_sha256,
            nodes: planning.nodes,
            plan: planning.plan,
            apply: planning.apply,
            seal: String::new(),
        };
        file.seal = file.own_seal();
        file
    }

    /// Reads a plan, and checks that it is as it was written.
    ///
    /// # Errors
    /// When it is no plan, or not as it was written.
    pub fn read(text: &str) -> Result<PlanFile, PlanFileFault> {
        let file: PlanFile =
            serde_json::from_str(text).map_err(|error| PlanFileFault::Malformed {
                why: error.to_string(),
            })?;
        if file.format != FORMAT {
            return Err(PlanFileFault::OtherFormat { found: file.format });
        }
        file.digest()?;
        if file.seal != file.own_seal() || !file.names_its_nodes() {
            return Err(PlanFileFault::Edited);
        }
        Ok(file)
    }

    /// The digest of the plan, made anew.
    ///
    /// # Errors
    /// When the plan says another one.
    pub fn digest(&self) -> Result<PlanDigest, PlanFileFault> {
        let digest = plan_digest(&self.place, &self.runbook_sha256, &self.plan);
        match digest.as_str() == self.plan.digest {
            true => Ok(digest),
            false => Err(PlanFileFault::Edited),
        }
    }

    /// Whether each node that the plan is pinned to is among those that the reader is shown.
    fn names_its_nodes(&self) -> bool {
        let is_named =
            |instance: &InstanceId| self.nodes.iter().any(|node| node.instance == *instance);
        self.plan.pins.iter().all(|(pinned, _)| is_named(pinned))
    }

    fn own_seal(&self) -> String {
        let bare = PlanFile {
            seal: String::new(),
            ..self.clone()
        };
        // What was read from JSON, or goes into a journal, can be written as JSON.
        let text = serde_json::to_vec(&bare).unwrap_or_default();
        PlanDigest::of(&Sha256::digest(text).into()).into()
    }
}
