//! Answers that are not what was asked for, and nodes that give none: no verdict comes of them,
//! and the run says what stood in the way.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use heeler_tests::aws::instance::Instance;

use super::puppet::Puppet;
use super::stage::{HEALTHY, INSTANCE, NODE, POD, Stage, unanswered};
use crate::harness::{Case, Context, Finished};

/// The area's cases.
pub(crate) const CASES: &[Case] = &[
    Case::new(
        "bad_input::an_answer_that_is_no_frame_is_no_verdict",
        &[],
        no_frame,
    ),
    Case::new(
        "bad_input::a_truncated_answer_is_no_verdict",
        &[],
        truncated,
    ),
    Case::new(
        "bad_input::an_answer_to_another_command_is_no_verdict",
        &[],
        foreign,
    ),
    Case::new("bad_input::a_forged_answer_is_no_verdict", &[], forged),
    Case::new(
        "bad_input::what_others_print_around_an_answer_is_ignored",
        &[],
        around,
    ),
    Case::new("bad_input::an_agent_that_dies_is_no_verdict", &[], killed),
    Case::new(
        "bad_input::a_node_that_is_cut_off_has_a_deadline",
        &[],
        cut_off,
    ),
    Case::new(
        "bad_input::one_silent_node_does_not_hide_the_other",
        &[],
        one_of_two,
    ),
];

const OTHER: &str = "i-0abc1234def567891";

/// A run whose answer is changed on its way: exit status 1, this as the reason, and no verdict.
fn expect_no_verdict(
    stage: &Stage<'_>,
    why: &str,
    forge: impl Fn(Vec<u8>) -> Vec<u8> + Send + Sync + 'static,
) -> Result<()> {
    stage.aws.faults().forge_stdout(INSTANCE, 1, forge);
    let ended = stage.quick(&["--node", NODE])?.expect_exit(1)?;
    ended.expect_screen(&unanswered(why, "", "1 command"))?;
    ended.expect_stderr(&format!("{INSTANCE} gave no answer: {why}\n"))?;
    stage.expect_repeated(&ended)
}

fn no_frame(context: &Context) -> Result<()> {
    let stage = Stage::open(context)?;
    let missing =
        "the output holds no answer of ours; what the script has done is not known; it printed";
    expect_no_verdict(&stage, &format!("{missing} nothing"), |_| Vec::new())?;
    expect_no_verdict(
        &stage,
        &format!(r"{missing}: sh: \u{{1b}}[2Jcannot fork"),
        |_| b"sh: \x1b[2Jcannot fork\n".to_vec(),
    )
}

fn truncated(context: &Context) -> Result<()> {
    let stage = Stage::open(context)?;
    let why =
        "the answer ends before it is whole: it was too long for SSM, or the script was killed";
    for kept in [10, 40, 70, 120] {
        expect_no_verdict(&stage, why, move |mut answer| {
            answer.truncate(kept);
            answer
        })?;
    }
    // The end of it alone is missing.
    expect_no_verdict(&stage, why, |answer| {
        let end = answer.len() - 20;
        answer[..end].to_vec()
    })?;
    ensure!(
        stage.aws.count("GetCommandInvocation") == 5,
        "it was not tried to fetch it"
    );
    Ok(())
}

fn foreign(context: &Context) -> Result<()> {
    let stage = Stage::open(context)?;
    let why = "the answer belongs to another command; its nonce is not the one that was sent";
    let frame =
        b"heeler1 0123456789abcdef b64 3 3 ba7816bf8f01cfea\nYWJj\nheeler1-end 0123456789abcdef\n";
    expect_no_verdict(&stage, why, |_| frame.to_vec())
}

fn forged(context: &Context) -> Result<()> {
    let stage = Stage::open(context)?;
    let why = "the answer was altered on its way; its digest does not match";
    expect_no_verdict(&stage, why, |answer| {
        let text = String::from_utf8_lossy(&answer).into_owned();
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        // In the middle of the payload: a letter of the boot id.
        let letter = if lines[1].as_bytes()[8] == b'M' {
            "N"
        } else {
            "M"
        };
        lines[1].replace_range(8..9, letter);
        lines.join("\n").into_bytes()
    })
}

fn around(context: &Context) -> Result<()> {
    let stage = Stage::open(context)?;
    stage.aws.faults().forge_stdout(INSTANCE, 1, |answer| {
        [
            b"Welcome to Bottlerocket!\n".to_vec(),
            answer,
            b"\nGoodbye.\n".to_vec(),
        ]
        .concat()
    });
    stage.answered(&["--pod", POD], HEALTHY).map(drop)
}

fn killed(context: &Context) -> Result<()> {
    let stage = Stage::open(context)?;
    slow(&stage, Duration::from_secs(60))?;
    let run = stage.quick(&["--node", NODE])?.start()?;
    started(&stage)?;
    // The script dies with its agent, and the agent, which is back at once, knows nothing of it.
    stage.aws.faults().kill_agent(INSTANCE);
    let id = stage.aws.commands()[0].id.clone();
    stage.aws.expire(&id);
    let ended = run.finish(Duration::from_secs(60))?.expect_exit(1)?;
    ended.expect_stdout("no answer  the node never answered; the command may have run")?;
    expect_no_judgement(&ended)?;
    ensure!(stage.aws.count("SendCommand") == 1, "it was sent again");
    stage.expect_repeated(&ended)
}

fn cut_off(context: &Context) -> Result<()> {
    let stage = Stage::open(context)?;
    stage.aws.faults().cut_off(INSTANCE);
    let begun = Instant::now();
    let ended = stage.quick(&["--node", NODE])?.expect_exit(1)?;
    let took = begun.elapsed();
    ensure!(took < Duration::from_secs(75), "it took {took:?}");
    ended.expect_stdout(" s; the command was cancelled\n")?;
    ended.expect_stdout("no answer  no answer within ")?;
    expect_no_judgement(&ended)?;
    let calls = (
        stage.aws.count("SendCommand"),
        stage.aws.count("CancelCommand"),
    );
    ensure!(calls == (1, 1), "sent and cancelled: {calls:?}");
    stage.expect_repeated(&ended)
}

fn one_of_two(context: &Context) -> Result<()> {
    let stage = Stage::open(context)?;
    let second = Instance::bottlerocket(OTHER, "ip-10-0-1-24", "10.0.1.24", "prod-eu");
    stage.aws.add(second.agent(Puppet::new()?.agent()));
    stage.aws.faults().forge_stdout(INSTANCE, 1, |_| Vec::new());
    let ended = stage
        .quick(&["--instance", INSTANCE, "--instance", OTHER])?
        .expect_exit(1)?;
    let missing = "the output holds no answer of ours; what the script has done is not known; it printed nothing";
    ended.expect_stdout(&format!("no answer  {INSTANCE}: {missing}\n"))?;
    ended.expect_stdout(&format!("healthy    {OTHER}: nothing found\n"))?;
    ensure!(
        !ended.stdout.contains("in what could be seen"),
        "a verdict\n{ended}"
    );
    stage.expect_repeated(&ended)
}

/// Nothing was found, ruled out or called healthy.
pub(super) fn expect_no_judgement(ended: &Finished) -> Result<()> {
    let words = ["nothing found", "ruled out", "healthy"];
    let judged = words.iter().any(|word| ended.stdout.contains(word));
    ensure!(!judged, "a verdict was given\n{ended}");
    Ok(())
}

/// Makes the node take its time.
pub(super) fn slow(stage: &Stage<'_>, pause: Duration) -> Result<()> {
    let agent = Puppet::new()?.pause(pause).agent();
    stage
        .aws
        .change(INSTANCE, |instance| instance.agent = agent)
}

/// Waits until the node's agent has a command.
pub(super) fn started(stage: &Stage<'_>) -> Result<()> {
    let end = Instant::now() + Duration::from_secs(30);
    while stage.aws.count("ListCommandInvocations") < 2 {
        ensure!(Instant::now() < end, "no command was sent");
        std::thread::sleep(Duration::from_millis(20));
    }
    let commands = stage.aws.commands();
    commands.first().map(drop).context("a command is under way")
}
