//! One approval, two journals: the board knows that it was used.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Result, ensure};

use super::desk::{Desk, policy};
use crate::guarded::ward::SOON;
use crate::harness::{Context, Finished, Surroundings};
use crate::operator::Report;

pub(super) fn once(context: &Context) -> Result<()> {
    let desk = Desk::start(context)?;
    let ward = &desk.0;
    let operator = &ward.operator;
    let bob = operator.lab.colleague("bob")?;
    let bobs = Surroundings::of_person(&bob)?;
    let named = desk.under(&policy("approval: { reversible: another }\n"))?;
    let plan = ward.heeler(&format!("plan {} adjust --output json {named}", ward.run))?;
    let plan = plan.expect_exit(0)?;
    let digest = plan.json()?["plan"]["digest"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    let file = bobs.folder().join("plan.json");
    fs::write(&file, &plan.stdout)?;
    let words = format!("approve {} --yes {digest} {named}", file.display());
    let approval = ward.program(&bobs, &words)?.expect_exit(0)?;
    let token = operator.around.folder().join("approval");
    fs::write(&token, &approval.stdout)?;
    let words = format!(
        "fix {} adjust --plan {} --approval @{} {named} --output json",
        ward.run,
        ward.latest()?,
        token.display()
    );
    // The same person at two other machines: both journals have the plan, and no use of its approval.
    let machines = ["second", "third"].map(|name| machine(&desk, name));
    let [second, third] = machines;
    let (second, third) = (second?, third?);
    let first = ward.heeler(&words)?.start()?;
    let other = ward.program(&second, &words)?.start()?;
    let (first, other) = (first.finish(SOON)?, other.finish(SOON)?);
    let (winner, loser) = match (first.status.code(), other.status.code()) {
        (Some(0), Some(5)) => (&operator.around, other),
        (Some(5), Some(0)) => (&second, first),
        both => anyhow::bail!("they ended with {both:?}\n{first}\n{other}"),
    };
    // Whoever came so late that the node was locked, or changed, has heard of that.
    let told = refusal(loser)?;
    let late = ["is under way", "moved", "already", "holds"];
    ensure!(
        told.0 == "approval-used" || late.iter().any(|words| told.1.contains(words)),
        "{told:?}"
    );
    let run = ward.latest_of(winner)?;
    ward.program(winner, &format!("revert {run}"))?
        .expect_exit(6)?;
    ward.expect_clean(ward.fixture.old)?;
    // Everything is as it was but the board.
    let again = ward.program(&third, &words)?.finish()?;
    let told = refusal(again)?;
    ensure!(told.0 == "approval-used", "{told:?}");
    ward.expect_clean(ward.fixture.old)
}

/// The operator's surroundings with a copy of the journal.
fn machine(desk: &Desk<'_>, name: &str) -> Result<Surroundings> {
    let lab = &desk.0.operator.lab;
    let around = Surroundings::in_lab(lab)?;
    let state = around.folder().join(name);
    copy(&lab.state_folder(), &state)?;
    Ok(around.with("HEELER_STATE_DIR", state))
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    let copied = Command::new("cp").arg("-a").args([from, to]).status()?;
    ensure!(copied.success(), "the journal can't be copied");
    Ok(())
}

/// The code of a refusal, and why.
fn refusal(ended: Finished) -> Result<(String, String)> {
    let report = Report::of(ended.expect_exit(5)?)?;
    let code = report.at("/fix/refused_code")?.as_str().map(str::to_owned);
    Ok((
        code.unwrap_or_default(),
        report.text("/fix/refused")?.to_owned(),
    ))
}
