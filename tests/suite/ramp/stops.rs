//! What keeps it from the next node, and what is true then.

use std::time::Instant;

use anyhow::{Result, ensure};
use nix::sys::signal::Signal;

use super::herd::{Herd, SOON};
use super::{NEW, OLD};
use crate::guarded::interrupted::LEFT;
use crate::guarded::ward::traces;
use crate::harness::{Context, Running};

pub(super) fn first_fails(context: &Context) -> Result<()> {
    let herd = Herd::start(context, "limits: { nodes-at-once: 3 }\n")?;
    let ended = herd.fix("-i cured=false")?.expect_exit(6)?;
    ended
        .expect_stdout("it did not hold for 1 s within")?
        .expect_stdout("not begun")?
        .expect_stdout("it failed on a node")?;
    herd.expect_values(OLD)?;
    let (json, shown) = herd.report(6)?;
    ensure!(
        herd.states(&json)? == ["reverted", "not-begun", "not-begun"],
        "{shown}"
    );
    ensure!(json["fix"]["state"] == "reverted", "{shown}");
    Ok(())
}

pub(super) fn errors(context: &Context) -> Result<()> {
    let herd = Herd::start(context, "limits: { nodes-at-once: 3, max-errors: 1 }\n")?;
    let ended = herd.fix("-i cured=false")?.expect_exit(6)?;
    ended.expect_stdout("it failed on more than 1 node")?;
    let (json, shown) = herd.report(6)?;
    ensure!(
        herd.states(&json)? == ["reverted", "reverted", "not-begun"],
        "{shown}"
    );
    herd.expect_values(OLD)?;
    Ok(())
}

/// Waits until this has been written down by anybody.
fn wait_for_event(herd: &Herd<'_>, known: usize, wanted: &str, times: usize) -> Result<()> {
    let give_up = Instant::now() + SOON;
    loop {
        let events = herd.journal()?.events_after(known)?;
        if events.iter().filter(|event| *event == wanted).count() >= times {
            return Ok(());
        }
        ensure!(Instant::now() < give_up, "no {wanted} in {events:?}");
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
}

/// The fix with these inputs, begun; and the number of records before it.
fn begun<'c>(herd: &Herd<'c>, inputs: &str, times: usize) -> Result<(Running<'c>, usize)> {
    let fix = herd.fix(inputs)?;
    let known = herd.journal()?.count()?;
    let running = fix.start()?;
    wait_for_event(herd, known, "change-applied", times)?;
    Ok((running, known))
}

pub(super) fn interrupted(context: &Context) -> Result<()> {
    let herd = Herd::start(context, "")?;
    let (fix, _) = begun(&herd, "", 1)?;
    fix.signal(Signal::SIGINT)?;
    let ended = fix.finish(SOON)?;
    ensure!(ended.status.code() == Some(130), "{ended}");
    ended
        .expect_stdout("no other node is begun")?
        .expect_stdout("it was interrupted")?;
    herd.expect_values(["60", "120", "120"])?;
    let (json, shown) = herd.report(130)?;
    ensure!(
        herd.states(&json)? == ["kept", "not-begun", "not-begun"],
        "{shown}"
    );
    ensure!(json["fix"]["state"] == "partly", "{shown}");
    // The same command goes on with the rest.
    shown.expect_stdout(&format!("heeler fix {} adjust --all", herd.run))?;
    herd.fix("")?.expect_exit(0)?;
    herd.expect_values(NEW)?;
    Ok(())
}

pub(super) fn interrupted_twice(context: &Context) -> Result<()> {
    let herd = Herd::start(context, "")?;
    let (fix, known) = begun(&herd, "-i cured=false", 1)?;
    let events = herd.journal()?.events_after(known)?;
    let notes = events.iter().filter(|event| *event == "noted").count();
    fix.signal(Signal::SIGINT)?;
    // That no other node is begun.
    wait_for_event(&herd, known, "noted", notes + 1)?;
    fix.signal(Signal::SIGINT)?;
    let ended = fix.finish(SOON)?.expect_exit(130)?;
    for words in LEFT {
        ended.expect_stderr(words)?;
    }
    herd.expect_values(["60", "120", "120"])?;
    let (json, shown) = herd.report(1)?;
    ensure!(
        herd.states(&json)? == ["in-doubt", "not-begun", "not-begun"],
        "{shown}"
    );
    // The node takes it back by itself.
    herd.wait_for(OLD)?;
    let run = json["run"]["short"].as_str().unwrap_or_default();
    herd.heeler(&format!("revert {run}"))?.expect_exit(6)?;
    herd.expect_values(OLD)?;
    for node in herd.nodes() {
        let traces = traces(node)?;
        ensure!(traces.is_empty(), "there is {traces:?}");
    }
    Ok(())
}

pub(super) fn killed(context: &Context) -> Result<()> {
    let herd = Herd::start(context, "limits: { nodes-at-once: 2 }\n")?;
    // The first is kept, and the second has the new value.
    let (fix, known) = begun(&herd, "", 2)?;
    fix.signal(Signal::SIGKILL)?;
    fix.finish(SOON)?;
    let events = herd.journal()?.events_after(known)?;
    ensure!(events.iter().any(|event| event == "fix-kept"), "{events:?}");
    // The node takes it back by itself, and the one that was kept stays.
    herd.wait_for(["60", "120", "120"])?;
    let (json, shown) = herd.report(1)?;
    ensure!(herd.states(&json)?[0] == "kept", "{shown}");
    ensure!(
        herd.states(&json)?.contains(&"in-doubt".to_owned()),
        "{shown}"
    );
    ensure!(json["fix"]["state"] == "in-doubt", "{shown}");
    let run = json["run"]["short"].as_str().unwrap_or_default();
    herd.heeler(&format!("revert {run}"))?.expect_exit(6)?;
    herd.expect_values(OLD)?;
    Ok(())
}

pub(super) fn unplanned(context: &Context) -> Result<()> {
    let herd = Herd::start(context, "")?;
    let third = &herd.nodes()[2];
    herd.operator.switch_admin_of(third, false)?;
    let ended = herd.fix("")?.expect_exit(1)?;
    ended
        .expect_stdout("left out")?
        .expect_stdout("the admin container is off")?;
    herd.expect_values(["60", "60", "120"])?;
    let (json, shown) = herd.report(1)?;
    ensure!(
        herd.states(&json)? == ["kept", "kept", "left-out"],
        "{shown}"
    );
    herd.operator.switch_admin_of(third, true)?;
    herd.fix("")?.expect_exit(0)?;
    herd.expect_values(NEW)?;
    Ok(())
}
