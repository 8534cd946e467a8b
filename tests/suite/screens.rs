//! The first screen, whole: what the person on call reads at three in the morning, and that every
//! command on it can be pasted as it stands.

use std::fs;
use std::thread::sleep;
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use heeler_tests::scene::Incident;
use regex::Regex;

use crate::harness::{Case, Context, Finished, Need};
use crate::operator::Operator;

const NEEDS: &[Need] = &[Need::Incident];
const EQUIVALENTS: &[Need] = &[Need::Incident, Need::AwsClients, Need::Kubectl];

/// The area's cases.
pub(crate) const CASES: &[Case] = &[
    Case::new("screens::full_with_admin", NEEDS, full_with_admin),
    Case::new("screens::full_without_admin", NEEDS, full_without_admin),
    Case::new("screens::healthy", NEEDS, healthy),
    Case::new(
        "screens::commands_of_a_fix_can_be_pasted",
        NEEDS,
        pasted_fix,
    ),
    Case::new(
        "screens::commands_repeat_where_the_runbook_came_from",
        NEEDS,
        pasted_with_runbooks,
    ),
    Case::new(
        "screens::commands_that_do_the_same_can_be_pasted",
        EQUIVALENTS,
        pasted_equivalents,
    ),
];

/// The run that all screens are of.
const RUN: &str = "run conntrack-exhaustion --pod shop/checkout-7d9f5c-x2vqz";

const FULL_WITH_ADMIN: &str = "\
prod-eu 111122223333 eu-west-1 as ops/alice
shop/checkout-7d9f5c-x2vqz → ip-10-0-1-23.eu-west-1.compute.internal → i-0abc1234def567890  Bottlerocket 1.50.0, 8 CPUs
CRITICAL table-full   N packets of new connections dropped each second
  N of 4,096 entries; TIME_WAIT lasts 120 s
  N % TIME_WAIT; N % from shop/checkout to 10.0.9.4:5432
ruled out  bursts that fill the table, a filling table, a table that was full only in the past, EC2 allowance, kube-proxy's limit, insert clashes, the pod's accept queue
fix        heeler fix RUN shorten-time-wait   TIME_WAIT 120 s → 60 s: helps from 60 s on, whole after 120 s
           heeler fix RUN raise-max   at most 8,192 entries: helps at once; a full table takes 1.2 MiB more
lasting    shop/checkout opens a connection for each request to 10.0.9.4:5432: reuse or pool them
DURATION, 1 command, nothing changed
";

const FULL_WITHOUT_ADMIN: &str = "\
prod-eu 111122223333 eu-west-1 as ops/alice
shop/checkout-7d9f5c-x2vqz → ip-10-0-1-23.eu-west-1.compute.internal → i-0abc1234def567890  Bottlerocket 1.50.0, 8 CPUs
CRITICAL table-full   N packets of new connections dropped each second
  N of 4,096 entries; TIME_WAIT lasts 120 s
  N % TIME_WAIT; N % from shop/checkout to 10.0.9.4:5432
ruled out  bursts that fill the table, a filling table, a table that was full only in the past, kube-proxy's limit, insert clashes
undecided  EC2 allowance, the pod's accept queue
not seen   kernel log, pods' accept queues, EC2 allowance: the admin container is off
fix        heeler fix RUN shorten-time-wait   TIME_WAIT 120 s → 60 s: helps from 60 s on, whole after 120 s
           heeler fix RUN raise-max   at most 8,192 entries: helps at once; a full table takes 1.2 MiB more
lasting    shop/checkout opens a connection for each request to 10.0.9.4:5432: reuse or pool them
DURATION, 1 command, nothing changed
";

const HEALTHY: &str = "\
prod-eu 111122223333 eu-west-1 as ops/alice
shop/checkout-7d9f5c-x2vqz → ip-10-0-1-23.eu-west-1.compute.internal → i-0abc1234def567890  Bottlerocket 1.50.0, 8 CPUs
nothing found
ruled out  a full table, bursts that fill the table, a filling table, a table that was full only in the past, EC2 allowance, kube-proxy's limit, insert clashes, the pod's accept queue
DURATION, 1 command, nothing changed
";

fn full_with_admin(context: &Context) -> Result<()> {
    let operator = open(context, Incident::Full, true)?;
    expect(&operator.heeler(RUN)?.expect_exit(3)?, FULL_WITH_ADMIN)
}

fn full_without_admin(context: &Context) -> Result<()> {
    let operator = open(context, Incident::Full, false)?;
    expect(&operator.heeler(RUN)?.expect_exit(3)?, FULL_WITHOUT_ADMIN)
}

fn healthy(context: &Context) -> Result<()> {
    let operator = open(context, Incident::Healthy, true)?;
    expect(&operator.heeler(RUN)?.expect_exit(0)?, HEALTHY)
}

fn open(context: &Context, incident: Incident, admin: bool) -> Result<Operator<'_>> {
    Operator::with(context, context.plan().instant().admin(admin), incident)
}

/// Compares the screen, in which only numbers that the load makes were replaced.
fn expect(ended: &Finished, wanted: &str) -> Result<()> {
    let screen = Regex::new(r"(?m)^(CRITICAL table-full +|  )[\d,]+( packets| of)")?
        .replace_all(&ended.screen(), "${1}N${2}")
        .into_owned();
    let screen = Regex::new(r"(> )?\d+ %")?
        .replace_all(&screen, "N %")
        .into_owned();
    ensure!(
        screen == wanted,
        "another screen was expected:\n{wanted}--- redacted\n{screen}\n{ended}"
    );
    Ok(())
}

/// From the first screen to the end of the story, by nothing but what was printed last.
fn pasted_fix(context: &Context) -> Result<()> {
    let operator = open(context, Incident::Full, true)?;
    let found = paste(&operator, &format!("heeler {RUN}"), 3)?;
    let fix = offered(&found, "shorten-time-wait")?;
    let planned = paste(&operator, &fix.replace("heeler fix ", "heeler plan "), 0)?;
    let approve = printed(&planned, "heeler fix ")?;
    ensure!(approve.contains(" --yes "), "`{approve}` approves nothing");
    // Without a terminal it says how else, and the change goes no further.
    paste(&operator, fix, 5)?;
    operator.expect_time_wait(120)?;
    let applied = start_and_kill(&operator, approve)?;
    let report = paste(&operator, &format!("heeler report {applied}"), 1)?;
    let revert = printed(&report, "heeler revert ")?;
    paste(&operator, revert, 6)?;
    operator.expect_time_wait(120)
}

/// A runbook of the operator's own is the runbook of every command that follows.
fn pasted_with_runbooks(context: &Context) -> Result<()> {
    let operator = open(context, Incident::Full, true)?;
    let folder = operator.around.folder().join("my runbooks");
    let own = folder.join("conntrack-exhaustion");
    fs::create_dir_all(&own)?;
    let bundled = context
        .workspace()
        .join("runbooks/conntrack-exhaustion/runbook.yaml");
    let text = fs::read_to_string(bundled)?;
    fs::write(
        own.join("runbook.yaml"),
        text.replace("for: 30s", "for: 31s"),
    )?;
    let run = format!("heeler {RUN} --runbooks '{}'", folder.display());
    let found = paste(&operator, &run, 3)?;
    let planned = paste(
        &operator,
        &offered(&found, "shorten-time-wait")?.replace("heeler fix ", "heeler plan "),
        0,
    )?;
    let again = printed(&planned, "heeler fix ")?.replace("heeler fix ", "heeler plan ");
    // Only that it is understood: to approve it would take minutes.
    let again = Regex::new(" --yes [^ ]+")?.replace(&again, "").into_owned();
    paste(&operator, &again, 0).map(drop)
}

/// Applies what was approved, and is killed as soon as the node has it: a whole verification of
/// the bundled fix takes minutes. Gives the fix's run.
fn start_and_kill(operator: &Operator<'_>, approve: &str) -> Result<String> {
    let words = approve
        .strip_prefix("heeler ")
        .context("a command of heeler's")?;
    let fix = operator.heeler(words)?.start()?;
    while operator.expect_time_wait(60).is_err() {
        ensure!(fix.pid().is_some(), "the fix has ended by itself");
        sleep(Duration::from_millis(20));
    }
    fix.kill()?;
    let runs = operator
        .heeler("runs --output json")?
        .expect_exit(0)?
        .json()?;
    let run = runs["runs"][0]["run"].as_str();
    Ok(run.context("the fix is in the journal")?.to_owned())
}

/// `run --commands`, pasted whole into a shell that has the AWS CLI and kubectl.
fn pasted_equivalents(context: &Context) -> Result<()> {
    let operator = open(context, Incident::Full, true)?;
    let printed = operator
        .heeler(&format!("{RUN} --commands"))?
        .expect_exit(0)?;
    operator.expect_calls("SendCommand", 0)?;
    let shell = context.shell(&operator.around, EQUIVALENTS, &printed.stdout)?;
    let pasted = shell.expect_exit(0)?;
    operator.expect_calls("SendCommand", 1)?;
    for part in [
        "assumed-role/ops/alice",
        "i-0abc1234def567890",
        "kube-proxy:v1.33.3",
        "maxPerCore",
        // The frame of a node that has answered.
        "heeler1 ",
        "Success",
    ] {
        pasted.expect_stdout(part)?;
    }
    Ok(())
}

/// The command of a fix that is on offer.
fn offered<'o>(output: &'o str, fix: &str) -> Result<&'o str> {
    let mut lines = output.lines();
    let line = lines.find(|line| line.contains("heeler fix ") && line.contains(fix));
    printed(
        line.with_context(|| format!("{fix} is not on offer\n{output}"))?,
        "heeler fix ",
    )
}

/// The one command that begins so: to the end of its line, or to a remark after three blanks.
fn printed<'o>(output: &'o str, beginning: &str) -> Result<&'o str> {
    let mut found = output
        .lines()
        .filter_map(|line| line.find(beginning).map(|at| line.split_at(at).1));
    match (found.next(), found.next()) {
        (Some(command), None) => Ok(command.split("   ").next().unwrap_or(command)),
        (first, second) => {
            bail!("one `{beginning}` was expected: {first:?}, {second:?} in\n{output}")
        }
    }
}

/// Runs a line in the operator's shell, without a terminal; gives what it prints.
fn paste(operator: &Operator<'_>, line: &str, code: i32) -> Result<String> {
    let shell = operator.context.shell(&operator.around, NEEDS, line)?;
    Ok(shell.expect_exit(code)?.stdout)
}
