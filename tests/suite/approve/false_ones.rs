//! Approvals that are none: each is refused in words of its own, and changes nothing.

use anyhow::{Result, ensure};
use heeler_tests::aws::{Credential, OPERATOR_ACCESS_KEY};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::two::{ANOTHER, Making, Two, exchanged};
use crate::fix::repair::BEFORE;
use crate::harness::Context;

/// Of somebody of another account.
const STRANGER: &str = "ASIASTRANGER00000001";

pub(super) fn each(context: &Context) -> Result<()> {
    let two = Two::under(context, ANOTHER)?;
    let operator = &two.repair.operator;
    let foreign = Credential::Foreign {
        account: "444455556666".to_owned(),
        arn: "arn:aws:sts::444455556666:assumed-role/ops/mallory".to_owned(),
    };
    operator.lab.aws().credential(STRANGER, foreign);
    let planned = two.plan()?;
    let bob = two.key_of_bob()?;
    let now = Timestamp::now();
    let good = || Making {
        access_key: &bob,
        plan: &planned.whole,
        run: planned.run,
        at: now,
        seconds: 900,
    };
    let other_plan = planned.whole.chars().rev().collect::<String>();
    let shifted = |minutes| now + SignedDuration::from_mins(minutes);
    let made = |making: Making<'_>| two.token(&making);
    let approval = two.approval(&planned)?;
    for (token, code, words) in [
        (
            exchanged(&approval, "X-Amz-Expires=900", "X-Amz-Expires=899")?,
            "approval-forged",
            "AWS does not acknowledge its signature",
        ),
        (
            exchanged(&approval, &bob, OPERATOR_ACCESS_KEY)?,
            "approval-forged",
            "AWS does not acknowledge its signature",
        ),
        (
            exchanged(&approval, "http://127.0.0.1", "http://127.0.0.2")?,
            "approval-not-sts",
            "which is not STS",
        ),
        (
            made(Making {
                access_key: OPERATOR_ACCESS_KEY,
                ..good()
            }),
            "approval-own",
            "asked for it, and another person has to approve",
        ),
        (
            made(Making {
                access_key: STRANGER,
                ..good()
            }),
            "approval-other-account",
            "is of the account 444455556666",
        ),
        (
            made(Making {
                plan: &other_plan,
                ..good()
            }),
            "approval-other-plan",
            "the approval is for the plan ",
        ),
        (
            made(Making {
                run: Uuid::from_u128(7),
                ..good()
            }),
            "approval-other-run",
            "the approval is for the run ",
        ),
        (
            made(Making {
                seconds: 1,
                ..good()
            }),
            "approval-expired",
            "the approval has expired at ",
        ),
        (
            made(Making {
                seconds: 901,
                ..good()
            }),
            "approval-long-lived",
            "15 minutes is the most",
        ),
        (
            made(Making {
                at: shifted(10),
                ..good()
            }),
            "approval-clock-ahead",
            "in the future: the clocks of the two machines differ",
        ),
        (
            made(Making {
                at: shifted(-10),
                ..good()
            }),
            "approval-clock-behind",
            "before its plan was made: the clocks of the two machines differ",
        ),
    ] {
        let words_given = format!("--plan {} --approval {token} --output json", planned.short);
        let refused = two.fix(&words_given)?.expect_exit(5)?;
        let (found, said) = two.refusal(refused)?;
        ensure!(
            found == code && said.contains(words),
            "{code} was expected, not {found}: {said}"
        );
        operator.expect_time_wait(BEFORE)?;
    }
    // Then it is this machine's clock that is off: the approval is not what is wrong.
    let words = format!("--plan {} --approval {approval}", planned.short);
    for (minutes, operation) in [(10, "ec2:"), (-10, "ec2:"), (16, "sts:")] {
        operator
            .lab
            .aws()
            .set_clock(SignedDuration::from_mins(minutes));
        let refused = two.fix(&words)?.expect_exit(1)?;
        refused
            .expect_stdout(&format!("error[clock-off]: AWS refuses {operation}"))?
            .expect_stdout("nothing changed")?;
        operator.expect_time_wait(BEFORE)?;
    }
    operator.lab.aws().set_clock(SignedDuration::ZERO);
    // What is no approval at all is not even taken to a node.
    operator.lab.aws().forget_calls();
    for (text, code) in [
        ("yes", "approval-no-token"),
        ("heeler-approval9.AAAA", "approval-version"),
        ("heeler-approval1.AAAA", "approval-damaged"),
        (&approval[..approval.len() - 9], "approval-damaged"),
    ] {
        let words = format!("--plan {} --approval {text}", planned.short);
        let refused = two.fix(&words)?.expect_exit(5)?;
        refused.expect_stderr(&format!("error[{code}]"))?;
    }
    operator.expect_calls("SendCommand", 0)?;
    operator.expect_time_wait(BEFORE)
}
