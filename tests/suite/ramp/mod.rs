//! One fix on several nodes: one first, the others as it helps, none where it does not; and each of
//! them is as whole afterwards as a single one.

mod empty;
mod herd;
mod stops;

use std::fs;

use anyhow::{Result, ensure};
use serde_json::json;

use self::herd::Herd;
use crate::harness::{Case, Context, Need, Surroundings};

const NEEDS: &[Need] = &[Need::Nodes];
/// What the nodes have before, and after.
const OLD: [&str; 3] = ["120"; 3];
const NEW: [&str; 3] = ["60"; 3];

/// The area's cases.
pub(crate) const CASES: &[Case] = &[
    Case::new(
        "ramp::it_helps_on_each_and_is_taken_back_on_each",
        NEEDS,
        kept,
    ),
    Case::new(
        "ramp::another_person_approves_it_once_for_all",
        NEEDS,
        signed,
    ),
    Case::new("ramp::what_is_done_is_left_alone", NEEDS, again),
    Case::new(
        "ramp::nodes_are_emptied_one_after_the_other",
        NEEDS,
        empty::drained,
    ),
    Case::new(
        "ramp::who_interrupts_evicts_no_other_pod",
        NEEDS,
        empty::interrupted,
    ),
    Case::new(
        "ramp::nodes_are_rebooted_one_by_one",
        NEEDS,
        empty::rebooted,
    ),
    Case::new("ramp::what_is_one_for_all_is_done_once", NEEDS, shared),
    Case::new("ramp::the_first_one_fails_alone", NEEDS, stops::first_fails),
    Case::new(
        "ramp::as_many_may_fail_as_the_policy_says",
        NEEDS,
        stops::errors,
    ),
    Case::new(
        "ramp::who_interrupts_waits_for_what_is_under_way",
        NEEDS,
        stops::interrupted,
    ),
    Case::new(
        "ramp::who_interrupts_twice_leaves_it_to_the_nodes",
        NEEDS,
        stops::interrupted_twice,
    ),
    Case::new("ramp::killed_in_the_middle", NEEDS, stops::killed),
    Case::new(
        "ramp::a_node_that_can_not_be_planned_is_left_out",
        NEEDS,
        stops::unplanned,
    ),
];

fn kept(context: &Context) -> Result<()> {
    let herd = Herd::start(context, "limits: { nodes-at-once: 2 }\n")?;
    let plan = herd.heeler(&format!("plan {} adjust --all", herd.run))?;
    plan.expect_exit(0)?
        .expect_stdout("adjustable: on each of 3 nodes")?
        .expect_stdout("one node first, then more as it helps, at most 2 at once")?
        .expect_stdout(&format!("heeler fix {} adjust --all --yes", herd.run))?;
    herd.expect_values(OLD)?;
    let fix = herd.fix("")?;
    let known = herd.journal()?.count()?;
    let ended = fix.expect_exit(0)?;
    ended.expect_stdout("the change is kept")?;
    herd.expect_values(NEW)?;
    let (json, shown) = herd.report(0)?;
    ensure!(json["fix"]["state"] == "kept", "{shown}");
    ensure!(herd.states(&json)? == ["kept"; 3], "{shown}");
    // One was alone until it was kept.
    let events = herd.journal()?.events_after(known)?;
    let ramp: Vec<&str> = events
        .iter()
        .map(String::as_str)
        .filter(|event| event.starts_with("ramp/"))
        .collect();
    let begun = ramp.iter().position(|step| *step == "ramp/begun");
    let next = begun.and_then(|begun| ramp.get(begun + 1).copied());
    ensure!(next == Some("ramp/ended"), "{ramp:?}");

    let run = json["run"]["short"].as_str().unwrap_or_default().to_owned();
    let back = herd.heeler(&format!("revert {run}"))?.expect_exit(6)?;
    ensure!(back.stdout.matches("taken back").count() >= 3, "{back}");
    herd.expect_values(OLD)?;
    let again = herd.heeler(&format!("revert {run}"))?.expect_exit(5)?;
    again.expect_error("error[nothing-stands]").map(drop)
}

fn signed(context: &Context) -> Result<()> {
    let herd = Herd::start(context, "approval:\n  reversible: another\n")?;
    let bob = herd.operator.lab.colleague("bob")?;
    let bobs = Surroundings::of_person(&bob)?;
    let words = format!("plan {} adjust --all --output json", herd.run);
    let plan = herd.heeler(&words)?.expect_exit(0)?;
    let json = plan.json()?;
    let file = bobs.folder().join("plan.json");
    fs::write(&file, &plan.stdout)?;
    let digest = json["plan"]["digest"].as_str().unwrap_or_default();
    let approve = format!("approve {} --yes {digest}", file.display());
    let approved = herd.program(&bobs, &approve)?.expect_exit(0)?;
    let apply = json["apply"].as_str().unwrap_or_default();
    let words = apply.strip_prefix("heeler ").unwrap_or(apply);
    ensure!(words.contains(" --all --plan "), "{apply}");
    let token = herd.operator.around.folder().join("approval.txt");
    fs::write(&token, &approved.stdout)?;
    let words = words.replace("@approval.txt", &format!("@{}", token.display()));
    let ended = herd.heeler(&words)?.expect_exit(0)?;
    ended.expect_stdout("by ops/bob, whose signature AWS acknowledges")?;
    herd.expect_values(NEW)?;
    // Once for all is once.
    let again = herd.heeler(&words)?.expect_exit(5)?;
    again.expect_stdout("nothing changed")?;
    Ok(())
}

fn again(context: &Context) -> Result<()> {
    let herd = Herd::start(context, "")?;
    let second = &herd.nodes()[1].config().instance_id;
    let words = format!("fix {} adjust --instance {second}", herd.run);
    let plan = words.replacen("fix", "plan", 1) + " --output json";
    let plan = herd.heeler(&plan)?.expect_exit(0)?.json()?;
    let digest = plan["plan"]["digest"].as_str().unwrap_or_default();
    herd.heeler(&format!("{words} --yes {digest}"))?
        .expect_exit(0)?;
    herd.expect_values(["120", "60", "120"])?;
    let ended = herd.fix("")?.expect_exit(0)?;
    ended.expect_stdout("what the fix sets is there already")?;
    herd.expect_values(NEW)?;
    let (json, shown) = herd.report(0)?;
    ensure!(
        herd.states(&json)? == ["kept", "left-out", "kept"],
        "{shown}"
    );
    // And once more there is nothing to do at all.
    let nothing = herd.heeler(&format!("plan {} adjust --all", herd.run))?;
    nothing
        .expect_exit(5)?
        .expect_stdout("all 3 nodes are left out")?;
    Ok(())
}

fn shared(context: &Context) -> Result<()> {
    let allowed = "approval:\n  disruptive: operator\n";
    let herd = Herd::with(context, ("patched", allowed), |operator| {
        operator.lab.kube().add(json!({
            "apiVersion": "v1", "kind": "ConfigMap",
            "metadata": {"name": "limits", "namespace": "shop"},
            "data": {"most": "5"},
        }))?;
        Ok(())
    })?;
    let ended = herd.fix("")?.expect_exit(0)?;
    ended
        .expect_stdout("what the fix sets is there already")?
        .expect_stdout("kept")?;
    ensure!(!ended.stdout.contains("its lock"), "{ended}");
    let (json, shown) = herd.report(0)?;
    ensure!(
        herd.states(&json)? == ["kept", "left-out", "left-out"],
        "{shown}"
    );
    Ok(())
}
