//! Where nobody has to approve what has a way back: it is applied at once, and the report says whose
//! word that was. What has none is another matter under the same policy.

use std::fs;

use anyhow::{Context as _, Result, ensure};

use crate::guarded::course::LONGER;
use crate::guarded::disruptive::expect_started;
use crate::guarded::fixture::{ONE_PARAMETER, SERVICE};
use crate::guarded::ward::Ward;
use crate::harness::Context;
use crate::operator::Report;

/// It says nothing of disruptive changes, which are another person's then.
const NOBODY: &str = "heeler-policy: 1
allow:
  - { who: \"*\", runbooks: \"*\", fixes: \"*\", where: {} }
approval:
  reversible: nobody
";
const APPROVED: &str = "approved   by nobody: the policy asks for nothing";

/// The words that name the policy.
fn policy(ward: &Ward<'_>) -> Result<String> {
    let file = ward.operator.around.folder().join("policy.yaml");
    fs::write(&file, NOBODY)?;
    Ok(format!("--policy {}", file.display()))
}

pub(super) fn reversible(context: &Context) -> Result<()> {
    // Who approves is tried here, not how soon a busy machine keeps it.
    let ward = Ward::with(context, &ONE_PARAMETER, &[LONGER])?;
    let policy = policy(&ward)?;
    let plan = ward.heeler(&format!("plan {} adjust {policy}", ward.run))?;
    let plan = plan.expect_exit(0)?;
    plan.expect_stdout("it is reversible: nobody has to approve")?
        .expect_stdout("nothing changed")?;
    // The command that it prints asks for no word of anybody's.
    let mut lines = plan.stdout.lines();
    let apply = lines.find_map(|line| line.strip_prefix("apply "));
    let apply = apply.context("the plan does not say how to apply it")?;
    ensure!(
        apply.contains(&format!("heeler fix {} adjust", ward.run)) && !apply.contains("--yes"),
        "{apply}"
    );
    ward.expect_clean(ward.fixture.old)?;

    let fix = ward.heeler(&format!("fix {} adjust {policy}", ward.run))?;
    let kept = fix.expect_exit(0)?;
    kept.expect_stdout(APPROVED)?.expect_stdout("kept ")?;
    ward.expect_clean(ward.fixture.new)?;
    let (state, shown) = ward.report(&ward.latest()?, 0)?;
    ensure!(state == "kept", "{shown}");
    shown.expect_stdout(APPROVED)?;
    Ok(())
}

pub(super) fn disruptive(context: &Context) -> Result<()> {
    let ward = Ward::start(context, &SERVICE)?;
    let policy = policy(&ward)?;
    let digest = ward.digest(&policy)?;
    for yes in [String::new(), format!("--yes {digest}")] {
        let words = format!("fix {} adjust {policy} {yes} --output json", ward.run);
        let refused = Report::of(ward.heeler(&words)?.stdin("y\n").expect_exit(5)?)?;
        let code = refused.text("/fix/refused_code")?;
        let said = refused.text("/fix/refused")?;
        ensure!(
            code == "approval-needed"
                && said.contains("it is disruptive, and needs the approval of another person"),
            "{code}: {said}"
        );
        expect_started(&ward, SERVICE.old)?;
    }
    Ok(())
}
