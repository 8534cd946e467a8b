//! Secrets: what is typed as one goes nowhere, whatever becomes of the run.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use regex::Regex;

use super::operator::Operator;
use super::stage::{NODE, QUICK, Stage};
use crate::harness::{Case, Context, Finished, Need};

/// The area's cases.
pub(crate) const CASES: &[Case] = &[
    Case::new("bad_input::a_secret_goes_nowhere", &[Need::Nodes], secret),
    Case::new(
        "bad_input::a_secret_that_would_leave_is_a_fault",
        &[],
        leaving,
    ),
];

const SECRET: &str = "correct-horse-battery-staple-47";

fn with_secret() -> String {
    QUICK.replace("look:", "inputs:\n  token: { type: text, secret: true, help: what nobody else may know }\nlook:")
        .replace("system.name != \"Linux\"", &format!("inputs.token == \"{SECRET}\" and system.name == \"Linux\""))
}

fn secret(context: &Context) -> Result<()> {
    let operator = Operator::with(context, true, &with_secret())?;
    let input = format!("token={SECRET}");
    // The finding holds: the secret was there, and was compared.
    let text = operator.run(&["-i", &input])?.expect_exit(3)?;
    let json = operator
        .run(&["-i", &input, "--output", "json"])?
        .expect_exit(3)?;
    let plan = operator.run(&["-i", &input, "--plan"])?.expect_exit(0)?;
    let commands = operator
        .run(&["-i", &input, "--commands"])?
        .expect_exit(0)?;
    let report = operator
        .heeler(&["report", &operator.latest()?, "--output", "json"])?
        .expect_exit(3)?;
    let runs = operator
        .heeler(&["runs", "--output", "json"])?
        .expect_exit(0)?;
    operator
        .lab
        .aws()
        .faults()
        .kill_agent(&operator.lab.node()?.config().instance_id);
    let ended = [&text, &json, &plan, &commands, &report, &runs];
    let printed: Vec<u8> = ended
        .iter()
        .flat_map(|ended: &&Finished| [ended.stdout.as_bytes(), ended.stderr.as_bytes()].concat())
        .collect();
    let calls = format!(
        "{:?}{:?}{:?}",
        operator.lab.aws().calls(),
        operator.lab.aws().commands(),
        operator.lab.kube().calls()
    );
    let mut all = vec![
        ("what was printed", printed),
        ("the calls", calls.into_bytes()),
    ];
    all.push((
        "the operator's state",
        contents(&operator.lab.state_folder())?,
    ));
    all.push((
        "the SSM agent's files",
        contents(&operator.lab.node()?.ssm_dir())?,
    ));
    for (place, bytes) in all {
        ensure!(!bytes.is_empty(), "{place}: nothing was searched");
        let unwrapped = unwrap_scripts(&String::from_utf8_lossy(&bytes))?;
        let found = holds(&bytes, SECRET.as_bytes()) || unwrapped.contains(SECRET);
        ensure!(!found, "the secret is in {place}");
    }
    // What was searched does hold the scripts, and the journal does hold the run.
    let files = contents(&operator.lab.node()?.ssm_dir())?;
    ensure!(
        unwrap_scripts(&String::from_utf8_lossy(&files))?.contains("/proc/sys/kernel/ostype"),
        "no script was searched"
    );
    ensure!(
        holds(&contents(&operator.lab.state_folder())?, b"run-started"),
        "no journal was searched"
    );
    Ok(())
}

fn leaving(context: &Context) -> Result<()> {
    let stage = Stage::open(context)?;
    let told = with_secret().replace("it is {{ system.name }}", "it is {{ inputs.token }}");
    stage.write_runbook("quick", &told)?;
    let input = format!("token={SECRET}");
    let ended = stage
        .quick(&["--node", NODE, "-i", &input])?
        .expect_exit(1)?;
    ended.expect_stderr("error[secret-in-text]: the secret input `token` would leave here\n")?;
    ensure!(!ended.stderr.contains(SECRET), "{ended}");
    let formed = with_secret().replace("type: text", "type: text, pattern: \"[0-9]+\"");
    stage.write_runbook("quick", &formed)?;
    let ended = stage
        .quick(&["--node", NODE, "-i", &input])?
        .expect_exit(2)?;
    ended.expect_stderr("error[wrong-input]: the value of `token` is not ")?;
    ensure!(!ended.stderr.contains(SECRET), "{ended}");
    stage.expect_silence()
}

/// All bytes of all files below a folder.
fn contents(folder: &Path) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| format!("read {}", folder.display()))? {
        let path = entry?.path();
        if path.is_dir() {
            bytes.extend(contents(&path)?);
        } else if path.is_file() {
            bytes.extend(fs::read(&path)?);
        }
    }
    Ok(bytes)
}

/// Everything that is base64 in a text, and in that text again.
fn unwrap_scripts(text: &str) -> Result<String> {
    let mut all = String::new();
    for found in Regex::new("[A-Za-z0-9+/]{40,}=*")?.find_iter(text) {
        if let Ok(bytes) = STANDARD.decode(found.as_str()) {
            let inner = String::from_utf8_lossy(&bytes).into_owned();
            all.push_str(&unwrap_scripts(&inner)?);
            all.push_str(&inner);
        }
    }
    Ok(all)
}

fn holds(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}
