//! Deadlines of a run, and what is asked again: only what the way to the answer has cost.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use heeler_tests::fault::Fault;

use super::desk::{Desk, Seen};
use crate::harness::{Case, Context, Need};

/// The area's cases.
pub(crate) const CASES: &[Case] = &[
    Case::new(
        "live_language::a_deadline_keeps_what_was_seen_before",
        &[Need::Nodes],
        deadline,
    ),
    Case::new(
        "live_language::a_cluster_that_is_down_for_a_moment_is_asked_again",
        &[Need::Nodes],
        cluster,
    ),
    Case::new(
        "live_language::an_answer_is_never_asked_for_again",
        &[Need::Nodes],
        answered,
    ),
    Case::new(
        "live_language::a_node_is_asked_again_where_the_way_failed",
        &[Need::Nodes],
        way,
    ),
];

fn deadline(context: &Context) -> Result<()> {
    // With the delays of a real account: time is what this is about.
    let desk = Desk::with(context, context.plan().seed(7))?;
    desk.write(
        "slow",
        "within: 10s
look:
  first: { sysctl: { name: kernel.ostype } }
  second: { after: first, run: { at: control, script: sleep 50 } }
  beside: { after: first, sysctl: { name: kernel.ostype } }
  third: { after: second, sysctl: { name: kernel.ostype } }
find:
  early:
    when: first.name == \"Linux\"
    severity: note
    says: seen
  late:
    when: third.name == beside.name
    severity: note
    says: seen
",
    )?;
    let begin = Instant::now();
    let seen = desk.see("slow", &["--unconfined"], 3)?;
    ensure!(
        begin.elapsed() < Duration::from_secs(25),
        "{:?}",
        begin.elapsed()
    );
    for look in ["first", "beside"] {
        seen.expect(look, "/name", "Linux")?;
    }
    seen.expect_unseen("second", "the run's deadline of 10 s passed")?;
    seen.expect_unseen("third", "the run's deadline of 10 s passed")?;
    seen.expect_verdict("early", "holds")?;
    seen.expect_verdict("late", "not-seen")?;
    desk.expect_commands(2)
}

fn object(retry: u8) -> String {
    format!(
        "look:
  wait: {{ run: {{ at: control, script: sleep 2 }} }}
  object:
    after: wait
    retry: {retry}
    kube: {{ get: nodes, extract: {{ image: {{ path: status.nodeInfo.osImage, type: text }} }} }}
find:
  other:
    when: object.image == \"\"
    severity: note
    says: another
"
    )
}

/// Runs while the cluster refuses so many calls, from after the target was found.
fn while_down(desk: &Desk<'_>, calls: usize, status: u16, exit: i32) -> Result<Seen> {
    desk.lab.aws().forget_calls();
    let run = desk.run("object", &["--unconfined"])?.start()?;
    let give_up = Instant::now() + Duration::from_secs(20);
    while desk.lab.aws().count("SendCommand") == 0 && Instant::now() < give_up {
        std::thread::sleep(Duration::from_millis(20));
    }
    desk.lab.kube().faults().fail_next(calls, status);
    let ended = run.finish(Duration::from_secs(60))?.expect_exit(exit);
    desk.lab.kube().faults().fail_next(0, status);
    Seen::of(ended?)
}

fn cluster(context: &Context) -> Result<()> {
    let desk = Desk::open(context, false)?;
    for status in [503, 429] {
        desk.write("object", &object(3))?;
        let seen = while_down(&desk, 3, status, 0)?;
        let image = seen.look("object")?["image"].as_str().unwrap_or_default();
        ensure!(
            image.starts_with("Bottlerocket OS 1.50.0"),
            "{}",
            seen.ended
        );
        desk.write("object", &object(1))?;
        let seen = while_down(&desk, 100, status, 4)?;
        seen.expect_unseen("object", "the Kubernetes API did not answer")?;
    }
    Ok(())
}

fn answered(context: &Context) -> Result<()> {
    let desk = Desk::open(context, false)?;
    desk.write(
        "object",
        "look:
  gone:
    retry: 3
    kube: { get: configmaps, namespace: shop, name: no-such, extract: { a: { path: data.a, type: text } } }
  odd:
    retry: 3
    sysctl: { none: net.ipv4.no_such_key }
find:
  gone:
    when: gone.a is absent
    severity: note
    says: it is not there
",
    )?;
    let seen = desk.see("object", &[], 3)?;
    // It reads nothing of a node, so it is judged once.
    ensure!(seen.whole("gone")?["verdict"] == "holds", "{}", seen.ended);
    let calls = desk.lab.kube().calls();
    let asked = calls
        .iter()
        .filter(|call| format!("{call:?}").contains("no-such"));
    ensure!(asked.count() == 1, "{calls:#?}");
    desk.expect_commands(1)
}

fn way(context: &Context) -> Result<()> {
    let desk = Desk::open(context, false)?;
    let look = |retry: u8| {
        format!(
            "look:\n  system: {{ retry: {retry}, sysctl: {{ name: kernel.ostype }} }}\nfind:\n  other:\n    when: system.name != \"Linux\"\n    severity: note\n    says: another\n"
        )
    };
    let faults = desk.lab.aws().faults().clone();
    // SSM is not there for longer than its client tries by itself, and then it is.
    let unavailable = || Fault::ServerError {
        status: 503,
        executed: false,
    };
    desk.write("again", &look(0))?;
    faults.inject("SendCommand", unavailable(), 40);
    let ended = desk.run("again", &[])?.expect_exit(1)?;
    faults.clear("SendCommand");
    let tries = desk.lab.aws().count("SendCommand");
    ensure!(tries > 0, "nothing was tried\n{ended}");
    desk.lab.aws().forget_calls();
    desk.write("again", &look(2))?;
    faults.inject("SendCommand", unavailable(), u32::try_from(tries)? + 1);
    let seen = desk.see("again", &[], 0);
    faults.clear("SendCommand");
    seen?.expect("system", "/name", "Linux")?;
    let commands = desk.lab.aws().commands().len();
    ensure!(commands == 1, "the node got {commands} commands");
    Ok(())
}
