//! The page for beginners works as it is written: it is typed in.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use heeler_tests::kube::seed::Collector;
use heeler_tests::scene::Lab;

use crate::harness::{Case, Context, Need, Surroundings};

const PAGE: &str = include_str!("../../docs/getting-started.md");
/// What a command ends with, where it is not 0.
const STATUS: &str = "# exit status ";

/// The cases.
pub(crate) const CASES: &[Case] = &[Case::new(
    "getting_started::the_page_works_as_it_is_written",
    &[Need::Nodes, Need::Kubectl],
    as_written,
)];

/// The commands of the page, and what each ends with.
fn commands() -> Result<Vec<(&'static str, i32)>> {
    let blocks = PAGE.split("```sh\n").skip(1);
    let blocks = blocks.map(|block| block.split_once("```").map(|(commands, _)| commands));
    let mut commands = Vec::new();
    for block in blocks {
        for line in block.context("a block that does not end")?.lines() {
            let status = line.split_once(STATUS).map(|(_, status)| {
                let digits = status.split(':').next().unwrap_or_default();
                digits.parse()
            });
            commands.push((line, status.transpose()?.unwrap_or(0)));
        }
    }
    Ok(commands)
}

fn as_written(context: &Context) -> Result<()> {
    ensure!(
        PAGE.contains("cargo lab up --nodes 2 --admin on --collector down"),
        "the page has another lab"
    );
    let plan = context.plan().nodes(2).admin(true);
    let plan = plan.each_node(|node| node.support_bytes = Some(1 << 30));
    let lab = Lab::start(plan.collector(Collector::Down))?;
    let around = Surroundings::in_lab(&lab)?;
    let mut said = Vec::new();
    for (command, status) in commands()? {
        let script = format!("cd {}; {command}", around.folder().display());
        let shell = context.shell(&around, &[], &script)?;
        let ended = shell.start()?.finish(Duration::from_secs(120))?;
        said.push((command, ended.expect_exit(status)?));
    }
    let of = |begins: &str| {
        let found = said.iter().find(|(command, _)| command.starts_with(begins));
        let found = found.with_context(|| format!("the page has no {begins:?}"));
        found.map(|(_, ended)| ended.stdout.as_str())
    };
    ensure!(
        of("heeler run logs-when")?
            .contains("none of the 2 pods of amazon-cloudwatch/fluent-bit is ready"),
        "the collector is not seen to be down"
    );
    let lines = |begins: &str| Ok::<u32, anyhow::Error>(of(begins)?.trim().parse()?);
    ensure!(
        lines("kubectl logs")? < lines("heeler logs shop/checkout-7d9f5c-x2vqz | wc")?,
        "kubectl has all of it, too"
    );
    let merged = of("heeler logs shop/deployment/checkout --since")?;
    ensure!(
        merged.contains("checkout-7d9f5c-x2vqz/app")
            && merged.contains("checkout-7d9f5c-x2vqb/app"),
        "only one pod: {merged}"
    );
    ensure!(
        of("cat checkout-logs")?.contains("\"all-read\": true"),
        "an account"
    );
    ensure!(
        of("heeler bundle grep")?.contains("nf_conntrack_max"),
        "a setting"
    );
    ensure!(
        of("tail")?.contains("\"heeler-logs\":1"),
        "the end of a backfill"
    );
    Ok(())
}
