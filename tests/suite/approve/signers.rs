//! Where two others have to approve: one is too few, and nobody counts twice.

use std::fs;

use anyhow::{Result, ensure};

use crate::guarded::course::LONGER;
use crate::guarded::fixture::ONE_PARAMETER;
use crate::guarded::ward::Ward;
use crate::harness::{Context, Surroundings};
use crate::operator::Report;

const TWO: &str = "heeler-policy: 1
allow:
  - { who: \"*\", runbooks: \"*\", fixes: \"*\", where: {} }
approval:
  reversible: two
";

pub(super) fn two(context: &Context) -> Result<()> {
    // Who signs is tried here, not how soon a busy machine keeps it.
    let ward = Ward::with(context, &ONE_PARAMETER, &[LONGER])?;
    let folder = ward.operator.around.folder();
    let policy = folder.join("policy.yaml");
    fs::write(&policy, TWO)?;
    let named = format!("--policy {}", policy.display());
    let plan = ward.heeler(&format!("plan {} adjust --output json {named}", ward.run))?;
    let plan = plan.expect_exit(0)?;
    let run = ward.latest()?;
    let digest = plan.json()?["plan"]["digest"].to_string();
    let digest = digest.trim_matches('"');
    let sign = |around: &Surroundings, code: i32| {
        let file = around.folder().join("plan.json");
        fs::write(&file, &plan.stdout)?;
        let words = format!("approve {} --yes {digest} {named}", file.display());
        ward.program(around, &words)?.expect_exit(code)
    };
    let person = |name: &str| Surroundings::of_person(&ward.operator.lab.colleague(name)?);
    let (bob, carol) = (person("bob")?, person("carol")?);
    // Whoever asks is none of the two.
    sign(&ward.operator.around, 5)?.expect_stderr("error[")?;
    let token =
        |around: &Surroundings| -> Result<String> { Ok(sign(around, 0)?.stdout.trim().to_owned()) };
    let (first, second, other) = (token(&bob)?, token(&bob)?, token(&carol)?);
    let fix = |tokens: &[&String]| -> Result<_> {
        let given: String = tokens
            .iter()
            .map(|token| format!(" --approval {token}"))
            .collect();
        ward.heeler(&format!(
            "fix {} adjust --plan {run} {named} --output json{given}",
            ward.run
        ))
    };
    for (tokens, code) in [
        (vec![&first], "approval-too-few"),
        (vec![&first, &first], "approval-twice"),
        (vec![&first, &second], "approval-twice"),
    ] {
        let refused = Report::of(fix(&tokens)?.expect_exit(5)?)?;
        let told = refused.text("/fix/refused_code")?;
        ensure!(told == code, "{code}: {}", refused.ended);
        ward.expect_clean(ward.fixture.old)?;
    }
    let kept = Report::of(fix(&[&second, &other])?.expect_exit(0)?)?;
    let by = kept.text("/fix/approved_by")?;
    ensure!(by == "ops/bob, ops/carol", "{by}");
    ward.expect_clean(ward.fixture.new)
}
