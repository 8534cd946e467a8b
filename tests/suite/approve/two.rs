//! Alice, who asks, and Bob, who approves: two homes, two journals, one policy.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context as _, Result};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use heeler_tests::aws::presign::Signing;
use jiff::Timestamp;
use uuid::Uuid;

use crate::fix::repair::{Planned, Repair};
use crate::harness::{Context, Finished, Program, Surroundings};
use crate::operator::Report;

/// Everybody may do everything, and another person has to approve.
pub(super) const ANOTHER: &str = "heeler-policy: 1
allow:
  - { who: \"*\", runbooks: \"*\", fixes: \"*\", where: {} }
approval:
  reversible: another
";

/// The two of them.
pub(super) struct Two<'c> {
    pub(super) repair: Repair<'c>,
    bob: Surroundings,
    /// The policy's file.
    pub(super) policy: PathBuf,
}

/// A signature as its maker wants it.
pub(super) struct Making<'a> {
    pub(super) access_key: &'a str,
    pub(super) plan: &'a str,
    pub(super) run: Uuid,
    pub(super) at: Timestamp,
    pub(super) seconds: u32,
}

impl<'c> Two<'c> {
    /// A full table, and this policy.
    pub(super) fn under(context: &'c Context, policy: &str) -> Result<Self> {
        let repair = Repair::start(context)?;
        let bob = repair.operator.lab.colleague("bob")?;
        let bob = Surroundings::of_person(&bob)?;
        let file = repair.operator.around.folder().join("policy.yaml");
        fs::write(&file, policy)?;
        Ok(Self {
            repair,
            bob,
            policy: file,
        })
    }

    /// The option that names the policy.
    pub(super) fn named(&self) -> String {
        format!("--policy {}", self.policy.display())
    }

    /// A plan under the policy.
    pub(super) fn plan(&self) -> Result<Planned> {
        self.repair.plan_with(&self.named())
    }

    /// `heeler fix` under the policy.
    pub(super) fn fix(&self, words: &str) -> Result<Program<'c>> {
        self.repair.fix(&format!("{} {words}", self.named()))
    }

    /// Bob's `heeler approve` of a plan's file.
    pub(super) fn approve(&self, file: &str, words: &str) -> Result<Program<'c>> {
        let path = self.bob.folder().join("plan.json");
        fs::write(&path, file)?;
        let heeler = self.repair.operator.context.heeler(&self.bob)?;
        let command = format!("approve {} {} {words}", path.display(), self.named());
        Ok(heeler.args(command.split_whitespace()))
    }

    /// The approval that Bob gives.
    pub(super) fn approval(&self, planned: &Planned) -> Result<String> {
        let yes = format!("--yes {}", planned.digest);
        let ended = self.approve(&planned.file, &yes)?.expect_exit(0)?;
        Ok(ended.stdout.trim().to_owned())
    }

    /// The fix of a plan, with an approval.
    pub(super) fn apply(&self, planned: &Planned, approval: &str) -> Result<Program<'c>> {
        let file = self.repair.operator.around.folder().join("approval");
        fs::write(&file, format!("{approval}\n"))?;
        let words = format!("--plan {} --approval @{}", planned.short, file.display());
        self.fix(&words)
    }

    /// The code of a refusal, and its words.
    pub(super) fn refusal(&self, refused: Finished) -> Result<(String, String)> {
        let report = Report::of(refused)?;
        let code = report.text("/fix/refused_code")?.to_owned();
        Ok((code, report.text("/fix/refused")?.to_owned()))
    }

    /// A token as `heeler approve` would write it, had it been asked for this.
    pub(super) fn token(&self, making: &Making<'_>) -> String {
        let Making { plan, run, .. } = making;
        let id = Uuid::now_v7();
        let value = format!("1 plan={plan} run={run} id={id}");
        let url = self.repair.operator.lab.aws().presign(&Signing {
            access_key: making.access_key,
            header: ("x-heeler-approval", &value),
            at: making.at,
            seconds: making.seconds,
        });
        of_parts(plan, *run, id, &url)
    }

    /// Bob's access key.
    pub(super) fn key_of_bob(&self) -> Result<String> {
        let mut variables = self.bob.variables().iter();
        let found = variables.find(|(name, _)| name == "AWS_ACCESS_KEY_ID");
        let (_, key) = found.context("bob has no key")?;
        Ok(key.to_string_lossy().into_owned())
    }
}

/// A token of these parts.
fn of_parts(plan: &str, run: Uuid, id: Uuid, url: &str) -> String {
    let json = format!(r#"{{"plan":"{plan}","run":"{run}","id":"{id}","url":"{url}"}}"#);
    format!("heeler-approval1.{}", URL_SAFE_NO_PAD.encode(json))
}

/// The same token with one text in it exchanged.
pub(super) fn exchanged(token: &str, from: &str, to: &str) -> Result<String> {
    let (name, body) = token.split_once('.').context("a token has a dot")?;
    let json = String::from_utf8(URL_SAFE_NO_PAD.decode(body)?)?;
    anyhow::ensure!(json.contains(from), "no {from} in {json}");
    let json = json.replacen(from, to, 1);
    Ok(format!("{name}.{}", URL_SAFE_NO_PAD.encode(json)))
}
