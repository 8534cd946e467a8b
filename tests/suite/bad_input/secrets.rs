//! Secrets: what is typed as one goes nowhere, whatever becomes of the run.

use std::fs;

use anyhow::{Result, ensure};

use super::operator::Operator;
use super::stage::{NODE, QUICK, Stage};
use crate::harness::{Case, Context, Finished, Need};
use crate::traces::{contents, given, holds, unwrap_scripts};

/// The area's cases.
pub(crate) const CASES: &[Case] = &[
    Case::new("bad_input::a_secret_goes_nowhere", &[Need::Nodes], secret),
    Case::new(
        "bad_input::a_secret_that_would_leave_is_a_fault",
        &[],
        leaving,
    ),
    Case::new("bad_input::a_secret_comes_out_of_a_file", &[], asked_for),
];

const SECRET: &str = "correct-horse-battery-staple-47";

fn with_secret() -> String {
    QUICK.replace("look:", "inputs:\n  token: { type: text, secret: true, help: what nobody else may know }\nlook:")
        .replace("system.name != \"Linux\"", &format!("inputs.token == \"{SECRET}\" and system.name == \"Linux\""))
}

fn secret(context: &Context) -> Result<()> {
    let operator = Operator::with(context, true, &with_secret())?;
    let (_file, input) = given("token", SECRET)?;
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
    let (_file, input) = given("token", SECRET)?;
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

fn asked_for(context: &Context) -> Result<()> {
    let stage = Stage::open(context)?;
    stage.write_runbook("quick", &with_secret())?;
    let piped = stage
        .quick(&["--node", NODE, "-i", "token=@-"])?
        .stdin(&format!("{SECRET}\n"));
    piped.expect_exit(3)?;
    let sent = stage.aws.commands().len();
    let folder = stage.around.folder();
    fs::write(folder.join("empty"), "\n")?;
    fs::write(folder.join("bytes"), [0xff, 0xfe])?;
    fs::write(folder.join("lines"), format!("{SECRET}\n\n"))?;
    fs::write(folder.join("mark"), format!("\u{feff}{SECRET}\n"))?;
    fs::write(folder.join("long"), "x".repeat((64 << 10) + 1))?;
    let typed = format!("token={SECRET}");
    let cases = [
        (
            typed.as_str(),
            2,
            "error[typed-secret]: the secret input `token` is typed on the command line, where others can read it\n  --> the command line\n  help: put it into a file that only you can read, and give -i token=@FILE; -i token=@- reads standard input",
        ),
        (
            "token=@gone",
            1,
            "error[unreadable-secret]: the secret input `token` can't be read: No such file or directory (os error 2)\n  --> gone\n",
        ),
        ("token=@.", 1, "can't be read: Is a directory"),
        ("token=@empty", 1, "can't be read: there is nothing in it"),
        ("token=@bytes", 1, "can't be read: it is not UTF-8 text"),
        (
            "token=@lines",
            1,
            "can't be read: it is not one line of plain text",
        ),
        (
            "token=@mark",
            1,
            "can't be read: it is not one line of plain text",
        ),
        ("token=@long", 1, "can't be read: it is longer than 64 KiB"),
        (
            "token=@/dev/zero",
            1,
            "can't be read: it is longer than 64 KiB",
        ),
    ];
    for (input, exit, said) in cases {
        let ended = stage.quick(&["--node", NODE, "-i", input])?;
        let ended = ended.expect_exit(exit)?;
        ended.expect_stderr(said)?;
        ensure!(!ended.stderr.contains(SECRET), "{ended}");
    }
    let ended = stage.quick(&["--node", NODE])?.expect_exit(2)?;
    ended.expect_stderr("help: -i token=@FILE")?;
    ensure!(stage.aws.commands().len() == sent, "a node was asked");
    Ok(())
}
