//! The policy's file: named and unusable, asked before a node is, and changed after the plan.

use std::fs;

use anyhow::{Result, ensure};
use jiff::Timestamp;
use jiff::civil::Weekday;
use jiff::tz::TimeZone;

use super::two::{ANOTHER, Two};
use crate::fix::repair::BEFORE;
use crate::harness::Context;
use crate::operator::POD;

const MALFORMED: &str = "heeler-policy: 1\nallow: [\n";
const CONTRADICTORY: &str = "heeler-policy: 1
allow:
  - { who: \"*\", runbooks: \"*\", fixes: \"*\", where: {} }
forbid:
  - { runbooks: \"*\", because: nothing is to be done }
";
/// Alice may look and no more.
const LOOK_ONLY: &str = "heeler-policy: 1
allow:
  - { who: ops/alice, runbooks: \"*\", where: {} }
";
/// She may not even look.
const BOB_ONLY: &str = "heeler-policy: 1
allow:
  - { who: ops/bob, runbooks: \"*\", fixes: \"*\", where: {} }
";
const FROZEN: &str = "heeler-policy: 1
allow:
  - { who: \"*\", runbooks: \"*\", fixes: \"*\", where: {} }
freezes:
  - { from: \"2020-01-01 00:00\", until: \"2999-01-01 00:00\", because: the shops are full }
";

pub(super) fn unusable(context: &Context) -> Result<()> {
    let two = Two::under(context, ANOTHER)?;
    let operator = &two.repair.operator;
    let folder = operator.around.folder();
    let planned = two.plan()?;
    let approve = format!("approve {}", planned.short);
    let file = |name: &str, text: &[u8]| -> Result<String> {
        let path = folder.join(name);
        fs::write(&path, text)?;
        Ok(path.display().to_string())
    };
    let broken = [
        (
            folder.join("nowhere.yaml").display().to_string(),
            "policy-missing",
            "there is no such policy",
        ),
        (
            folder.display().to_string(),
            "policy-unreadable",
            "can't be read: ",
        ),
        (
            file("binary.yaml", &[0xff, 0xfe, 0x00])?,
            "policy-unreadable",
            "it is not UTF-8 text",
        ),
        (
            file("malformed.yaml", MALFORMED.as_bytes())?,
            "policy-faulty",
            "the policy has a fault",
        ),
        (
            file("empty.yaml", b"")?,
            "policy-faulty",
            "error[empty-policy]",
        ),
        (
            file("contradictory.yaml", CONTRADICTORY.as_bytes())?,
            "policy-faulty",
            "error[allow-forbidden]",
        ),
    ];
    operator.lab.aws().forget_calls();
    for (path, code, words) in &broken {
        for command in [
            format!("run conntrack-exhaustion --pod {POD}"),
            format!("plan {} shorten-time-wait", two.repair.run),
            format!(
                "fix {} shorten-time-wait --yes {}",
                two.repair.run, planned.digest
            ),
            approve.clone(),
        ] {
            let refused = two.repair.heeler(&format!("{command} --policy {path}"))?;
            let refused = refused.expect_exit(5)?;
            refused
                .expect_stderr(&format!("error[{code}]"))?
                .expect_stderr(words)?;
        }
        let run = format!("run conntrack-exhaustion --pod {POD}");
        let refused = two.repair.heeler(&run)?.env("HEELER_POLICY", path);
        refused
            .expect_exit(5)?
            .expect_stderr(&format!("error[{code}]"))?;
    }
    // The same of a file that nobody has named, and that lies where it is looked for.
    fs::write(folder.join("heeler.yaml"), MALFORMED)?;
    let run = format!("run conntrack-exhaustion --pod {POD}");
    let refused = two.repair.heeler(&run)?.expect_exit(5)?;
    refused.expect_stderr("error[policy-faulty]")?;
    operator.expect_calls("SendCommand", 0)
}

pub(super) fn asked_first(context: &Context) -> Result<()> {
    let two = Two::under(context, LOOK_ONLY)?;
    let operator = &two.repair.operator;
    operator.lab.aws().forget_calls();
    let (closed, window) = another_day();
    for (policy, code, words) in [
        (
            LOOK_ONLY,
            "policy-not-allowed",
            "no rule allows ops/alice to apply shorten-time-wait",
        ),
        (FROZEN, "policy-frozen", "the shops are full"),
        (&closed, "policy-closed", &window),
    ] {
        fs::write(&two.policy, policy)?;
        let planned = two
            .repair
            .planned(&format!("{} --output json", two.named()))?;
        let yes = two.fix("--yes 000000000000 --output json")?;
        for refused in [planned, yes] {
            let (found, said) = two.refusal(refused.expect_exit(5)?)?;
            ensure!(found == code && said.contains(words), "{found}: {said}");
        }
    }
    fs::write(&two.policy, BOB_ONLY)?;
    let run = format!("run conntrack-exhaustion --pod {POD} {}", two.named());
    let refused = two.repair.heeler(&run)?.expect_exit(5)?;
    refused
        .expect_stdout("error[policy-not-allowed]")?
        .expect_stdout("no rule allows ops/alice to run conntrack-exhaustion")?;
    operator.expect_calls("SendCommand", 0)?;
    // Who may look and no more does look.
    fs::write(&two.policy, LOOK_ONLY)?;
    two.repair.heeler(&run)?.expect_exit(3)?;
    operator.expect_time_wait(BEFORE)
}

/// A policy whose only window is of another weekday, and what it says of that.
fn another_day() -> (String, String) {
    let today = Timestamp::now().to_zoned(TimeZone::UTC).weekday();
    // The day after tomorrow, which is none of this case's even at midnight.
    let day = match today.wrapping_add(2) {
        Weekday::Monday => "mon",
        Weekday::Tuesday => "tue",
        Weekday::Wednesday => "wed",
        Weekday::Thursday => "thu",
        Weekday::Friday => "fri",
        Weekday::Saturday => "sat",
        Weekday::Sunday => "sun",
    };
    let window = format!("windows:\n  - {{ days: {day}, from: \"00:00\", to: \"23:59\" }}\n");
    let allow = FROZEN.split("freezes:").next().unwrap_or_default();
    (
        format!("{allow}{window}"),
        format!("changes are made {day} 00:00–23:59 UTC only"),
    )
}

pub(super) fn changed(context: &Context) -> Result<()> {
    let two = Two::under(context, ANOTHER)?;
    let operator = &two.repair.operator;
    let planned = two.plan()?;
    let approval = two.approval(&planned)?;
    // One comment is enough: nobody compares what two texts mean.
    fs::write(&two.policy, format!("{ANOTHER}# and so on\n"))?;
    operator.lab.aws().forget_calls();
    let words = format!(
        "--plan {} --approval {approval} --output json",
        planned.short
    );
    let (code, said) = two.refusal(two.fix(&words)?.expect_exit(5)?)?;
    ensure!(
        code == "policy-changed" && said.contains("the policy has changed since the plan was made"),
        "{code}: {said}"
    );
    operator.expect_calls("SendCommand", 0)?;
    let yes = format!("--yes {}", planned.digest);
    let refused = two.approve(&planned.file, &yes)?.expect_exit(5)?;
    refused.expect_stderr("error[policy-other]")?;
    operator.expect_time_wait(BEFORE)
}
