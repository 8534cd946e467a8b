//! On real nodes: text that looks like a program reaches the node as text, and what a node can't
//! answer is said.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use heeler_tests::node::Place;

use super::answers::expect_no_judgement;
use super::operator::{Operator, TRACE};
use super::stage::QUICK;
use crate::harness::{Case, Context, Need};

/// The area's cases.
pub(crate) const CASES: &[Case] = &[
    Case::new(
        "bad_input::text_reaches_the_node_as_text",
        &[Need::Nodes],
        text,
    ),
    Case::new(
        "bad_input::a_hostile_value_changes_nothing",
        &[Need::Nodes],
        value,
    ),
    Case::new(
        "bad_input::with_the_admin_container_off_it_says_what_it_could_not_see",
        &[Need::Nodes],
        admin_off,
    ),
    Case::new(
        "bad_input::a_real_agent_that_dies_leaves_no_verdict",
        &[Need::Nodes],
        agent,
    ),
];

const LONG: Duration = Duration::from_secs(120);

fn hostile() -> String {
    format!(
        "'; touch /tmp/{TRACE}; echo '$(touch /tmp/{TRACE})`touch /tmp/{TRACE}`\"{{{{7*7}}}}%s\\n{{{{ssm:x}}}}"
    )
}

fn text(context: &Context) -> Result<()> {
    let pattern = regex::escape(&hostile())
        .replace("\\-", "-")
        .replace("\\~", "~");
    let pattern = serde_json::to_string(&pattern)?;
    let runbook = QUICK
        .replace(
            "find:",
            &format!("  log:\n    label: kernel log\n    dmesg: {{ pattern: {pattern} }}\nfind:"),
        )
        .replace("system.name != \"Linux\"", "log.lines == 1")
        .replace(
            "it is {{ system.name }}",
            "\"{{ log.last }} and {{ inputs.word }}\"",
        )
        .replace(
            "look:",
            "inputs:\n  word: { type: text, help: any word }\nlook:",
        );
    let operator = Operator::with(context, true, &runbook)?;
    let line = format!("oops {} end", hostile());
    operator.lab.node()?.plant_kernel_line(&line)?;
    let word = format!("word={}\u{1b}[2J\nerror[fake]: {{{{ 7 * 7 }}}}", hostile());
    let ended = operator.run(&["-i", &word])?.expect_exit(3)?;
    // The pattern has found exactly the line, and both texts are shown as they are.
    let shown = format!(
        "note       {line} and {}\\u{{1b}}[2J\\nerror[fake]: {{{{ 7 * 7 }}}}\n",
        hostile()
    );
    ended.expect_stdout(&shown)?;
    ensure!(
        !ended.stdout.contains('\u{1b}'),
        "a terminal would obey it\n{ended}"
    );
    operator.expect_no_trace()?;
    let again = operator
        .heeler(&["report", &operator.latest()?])?
        .expect_exit(3)?;
    ensure!(again.stdout == ended.stdout, "{again}");
    Ok(())
}

fn value(context: &Context) -> Result<()> {
    let runbook = format!(
        "{}fix:
  other-control:
    change:
      - sysctl: {{ net.ipv4.tcp_congestion_control: \"{{{{ inputs.control }}}}\" }}
    verify: {{ that: system.name == \"Linux\", for: 3s, within: 20s }}
",
        QUICK
            .replace("!= \"Linux\"", "== \"Linux\"")
            .replace("says: it is {{ system.name }}", "says: it is {{ system.name }}\n    fix: [other-control]")
            .replace("look:", "inputs:\n  control: { type: text, default: cubic, help: a congestion control }\nlook:")
    );
    let operator = Operator::with(context, true, &runbook)?;
    operator.run(&[])?.expect_exit(3)?;
    let run = operator.latest()?;
    let before = read(&operator)?;
    // What could be more than a value to the host's programs, which would have to take it back.
    for text in [
        hostile().as_str(),
        "x -w kernel.panic=1",
        "{{ inputs.control }}",
    ] {
        let input = format!("control={text}");
        let plan = ["plan", &run, "other-control", "-i", &input];
        let ended = operator.heeler(&plan)?.expect_exit(5)?;
        ended.expect_stdout("nothing on the node could take back")?;
        ensure!(read(&operator)? == before, "the value has changed\n{ended}");
    }
    // What the kernel refuses.
    for text in ["x -w kernel.panic", "no-such-control"] {
        let input = format!("control={text}");
        let plan = [
            "plan",
            &run,
            "other-control",
            "-i",
            &input,
            "--output",
            "json",
        ];
        let planned = operator.heeler(&plan)?.expect_exit(0)?.json()?;
        let digest = planned["plan"]["digest"].as_str().context("no digest")?;
        ensure!(planned["plan"]["changes"][0]["to"] == text, "{planned:#}");
        let yes = ["fix", &run, "other-control", "-i", &input, "--yes", digest];
        let ended = operator.heeler(&yes)?.expect_exit(6)?;
        ended.expect_stdout("reverted   step 1 failed and left `")?;
        ensure!(
            !ended.stdout.contains("in doubt"),
            "the kernel's refusal leaves no doubt\n{ended}"
        );
        ensure!(read(&operator)? == before, "the value has changed\n{ended}");
    }
    for text in ["cubic\nreno", "\u{1b}[2J", ""] {
        let input = format!("control={text}");
        let plan = ["plan", &run, "other-control", "-i", &input];
        let ended = operator.heeler(&plan)?.finish()?;
        ensure!(ended.stdout.contains("write one line of text"), "{ended}");
    }
    operator.expect_no_trace()
}

fn read(operator: &Operator<'_>) -> Result<Vec<u8>> {
    let path = "/proc/sys/net/ipv4/tcp_congestion_control";
    Ok(operator
        .lab
        .node()?
        .run(Place::Control, &["cat", path])?
        .stdout)
}

fn admin_off(context: &Context) -> Result<()> {
    let runbook = QUICK
        .replace(
            "find:",
            "  log:\n    label: kernel log\n    dmesg: { pattern: full }\nfind:",
        )
        .replace("system.name != \"Linux\"", "log.lines > 0");
    let operator = Operator::with(context, false, &runbook)?;
    let ended = operator.run(&[])?.expect_exit(4)?;
    ended.expect_stdout("nothing found in what could be seen\nundecided  another system\nnot seen   kernel log: the admin container is off\n")?;
    Ok(())
}

fn agent(context: &Context) -> Result<()> {
    let runbook = QUICK.replace(
        "find:",
        "  traffic:\n    label: counters\n    conntrack-counters: { over: 20s }\nfind:",
    );
    let operator = Operator::with(context, false, &runbook)?;
    let aws = operator.lab.aws();
    let run = operator.run(&[])?.start()?;
    while aws.count("ListCommandInvocations") < 5 {
        std::thread::sleep(Duration::from_millis(50));
    }
    aws.faults()
        .kill_agent(&operator.lab.node()?.config().instance_id);
    aws.expire(&aws.commands()[0].id);
    let ended = run.finish(LONG)?.expect_exit(1)?;
    expect_no_judgement(&ended)?;
    ended.expect_stdout("no answer  the node never answered; the command may have run")?;
    ensure!(aws.count("SendCommand") == 1, "it was sent again");
    // The node is as it was: the next run is answered.
    operator.run(&[])?.expect_exit(0).map(drop)
}
