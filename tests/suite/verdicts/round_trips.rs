//! What a run costs: one command for all looks, whatever the node, and never a second call for
//! the reply unless the reply is longer than the listing shows.

use std::fmt::Write as _;
use std::fs;

use anyhow::{Result, ensure};
use heeler_tests::scene::{Incident, Plan};

use super::table::{self, Sight};
use crate::harness::Context;
use crate::operator::{Operator, POD};

/// A node's CPUs in the largest case, each with a line of statistics.
const MANY: u32 = 192;

pub(super) fn one_command(context: &Context) -> Result<()> {
    for incident in [Incident::Healthy, Incident::Full] {
        let operator = Operator::with(context, frugal(context), incident)?;
        for admin in [true, false] {
            operator.switch_admin(admin)?;
            operator.lab.aws().forget_calls();
            let report = operator.judge()?;
            table::expect(
                &report,
                incident,
                if admin { Sight::Whole } else { Sight::Counters },
            )?;
            ensure!(
                report.number("traffic", "/cpus")? == Some(MANY.into()),
                "not the lines of {MANY} CPUs\n{}",
                report.ended
            );
            ensure!(
                report.at("/nodes/0/answer/fetched")? == false,
                "{}",
                report.ended
            );
            operator.expect_calls("SendCommand", 1)?;
            operator.expect_calls("GetCommandInvocation", 0)?;
        }
    }
    Ok(())
}

/// A node that can't compress and has much to say.
fn frugal(context: &Context) -> Plan {
    context.plan().instant().gzip(false).cpus(MANY)
}

pub(super) fn fetched(context: &Context) -> Result<()> {
    let operator = Operator::of(context, frugal(context))?;
    let folder = operator.around.folder().join("runbooks");
    fs::create_dir_all(folder.join("talkative"))?;
    fs::write(folder.join("talkative/runbook.yaml"), talkative())?;
    let run = format!("run talkative --pod {POD} --runbooks {}", folder.display());
    let ended = operator.heeler(&run)?.expect_exit(0)?;
    operator.expect_calls("SendCommand", 1)?;
    operator.expect_calls("GetCommandInvocation", 1)?;
    ended.expect_stdout("fetched")?;
    let json = operator
        .heeler(&format!("{run} --output json"))?
        .expect_exit(0)?
        .json()?;
    ensure!(json["nodes"][0]["answer"]["fetched"] == true, "{json:#}");
    ensure!(
        json["nodes"][0]["looks"]
            .as_array()
            .is_some_and(|looks| looks.len() == LOOKS),
        "not all looks were answered: {json:#}"
    );
    Ok(())
}

/// Looks of the runbook below; their answers are some 4,000 characters, and at worst fit one command.
const LOOKS: usize = 30;

const KEYS: [&str; 9] = [
    "max",
    "buckets",
    "tcp_timeout_close",
    "tcp_timeout_close_wait",
    "tcp_timeout_established",
    "tcp_timeout_fin_wait",
    "tcp_timeout_last_ack",
    "tcp_timeout_syn_recv",
    "tcp_timeout_time_wait",
];

fn talkative() -> String {
    let keys: Vec<String> = KEYS
        .iter()
        .map(|key| format!("{key}: net.netfilter.nf_conntrack_{key}"))
        .collect();
    let keys = keys.join(", ");
    let mut looks = String::new();
    for number in 0..LOOKS {
        let _ = writeln!(looks, "  look{number}: {{ sysctl: {{ {keys} }} }}");
    }
    format!(
        "heeler: 1\nname: talkative\nsummary: A long answer\ntarget: node\nlook:\n{looks}find:\n  \
         empty:\n    label: an empty kernel\n    when: look0.max < 0\n    severity: note\n    \
         says: there is none\n"
    )
}
