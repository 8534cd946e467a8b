//! pyssm-client, as it comes from PyPI, enters the lab's sessions: a client of the data channel that somebody else
//! has written. AWS's own plugin is in no registry.

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::harness::{Case, Context, Need};
use crate::logdog::stage::Stage;

const SCRIPT: &str = include_str!("pyssm/session.py");

/// The area's cases.
pub(crate) const CASES: &[Case] = &[Case::new(
    "pyssm::reads_both_streams_of_a_session_whole",
    &[Need::Nodes, Need::AwsClients],
    streams,
)];

/// What came of a command.
fn ran(stage: &Stage<'_>, command: &str, how: &str) -> Result<Value> {
    let instance = stage.node()?.config().instance_id.clone();
    let python = stage.context.python(&stage.around)?;
    let ended = python.args(["-c", SCRIPT, &instance, command, how]);
    let ended = ended.expect_exit(0)?;
    let last = ended.stdout.lines().last().context("it says nothing")?;
    serde_json::from_str(last).with_context(|| ended.to_string())
}

fn streams(context: &Context) -> Result<()> {
    let stage = Stage::open(context, |plan| plan)?;
    let id = ran(&stage, "id", "signed")?;
    ensure!(
        id["begins"]
            .as_str()
            .is_some_and(|said| said.contains("(ssm-user)")),
        "{id}"
    );
    // Many messages, in their order.
    let counted = ran(&stage, "seq 1 100000", "signed")?;
    let numbers: String = (1..=100_000).map(|number| format!("{number}\n")).collect();
    let digest = Sha256::digest(numbers.as_bytes());
    let digest: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    ensure!(counted["sha256"] == digest.as_str(), "{counted}");
    ensure!(counted["size"] == numbers.len(), "{counted}");
    let both = ran(&stage, "sh -c 'echo a; echo b >&2'", "signed")?;
    ensure!(both["begins"] == "a\n", "{both}");
    ensure!(
        both["err"]
            .as_str()
            .is_some_and(|said| said.contains("b\n")),
        "{both}"
    );
    let refused = ran(&stage, "id", "unsigned")?;
    ensure!(
        refused["opened"] == false && refused["size"] == 0,
        "{refused}"
    );
    Ok(())
}
