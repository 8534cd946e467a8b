//! More nodes than one command takes.

use std::collections::BTreeSet;

use anyhow::{Result, ensure};
use heeler_tests::aws::instance::Instance;

use super::puppet::Puppet;
use super::stage::{HEALTHY, Stage};
use crate::harness::{Case, Context};

/// The area's cases.
pub(crate) const CASES: &[Case] = &[
    Case::new(
        "bad_input::a_fleet_is_asked_with_as_few_commands_as_possible",
        &[],
        asked,
    ),
    Case::new(
        "bad_input::strangers_in_a_fleet_do_not_stop_the_others",
        &[],
        strangers,
    ),
    Case::new(
        "bad_input::a_node_that_may_not_be_asked_does_not_stop_the_others",
        &[],
        denied,
    ),
];

/// Nodes that one SendCommand takes (SSM: SendCommand's model, InstanceIds).
const MOST: usize = 50;

fn fleet(stage: &Stage<'_>, size: usize) -> Result<Vec<String>> {
    let agent = Puppet::new()?.agent();
    let ids: Vec<String> = (0..size)
        .map(|n| format!("i-{:017x}", 0xf_0000 + n))
        .collect();
    for (id, n) in ids.iter().zip(0..) {
        let (name, address) = (format!("node-{n}"), format!("10.1.{}.{}", n / 200, n % 200));
        let instance = Instance::bottlerocket(id, &name, &address, "prod-eu");
        stage.aws.add(instance.agent(agent.clone()));
    }
    Ok(ids)
}

fn options(ids: &[String]) -> Vec<&str> {
    ids.iter()
        .flat_map(|id| ["--instance", id.as_str()])
        .collect()
}

fn asked(context: &Context) -> Result<()> {
    for (size, commands) in [(MOST, 1), (MOST + 1, 2), (120, 3)] {
        let stage = Stage::open(context)?;
        let ids = fleet(&stage, size)?;
        let ended = stage.quick(&options(&ids))?.expect_exit(0)?;
        let (first, others) = (ids[..3].join(", "), size - 3);
        let noun = if commands == 1 { "command" } else { "commands" };
        ended.expect_screen(&format!(
            "{}\nhealthy    {first} and {others} more: nothing found\nDURATION, {commands} {noun}, nothing changed",
            HEALTHY.lines().next().unwrap_or_default()
        ))?;
        stage.expect_repeated(&ended)?;
        let sent = stage.aws.commands();
        let nodes: Vec<&String> = sent
            .iter()
            .flat_map(|sent| &sent.invocations)
            .map(|one| &one.instance_id)
            .collect();
        let distinct: BTreeSet<&&String> = nodes.iter().collect();
        ensure!(
            stage.aws.count("SendCommand") == commands,
            "{} commands",
            sent.len()
        );
        ensure!(
            nodes.len() == size && distinct.len() == size,
            "{} nodes were asked",
            nodes.len()
        );
        ensure!(
            sent.iter().all(|sent| sent.invocations.len() <= MOST),
            "too many in one command"
        );
        let json = stage
            .heeler(&["report", &stage.latest()?, "--output", "json"])?
            .expect_exit(0)?
            .json()?;
        let answered = json["nodes"]
            .as_array()
            .into_iter()
            .flatten()
            .filter(|node| node["answer"]["cpus"] == 8)
            .count();
        ensure!(answered == size, "{answered} of {size} answers were read");
    }
    Ok(())
}

fn strangers(context: &Context) -> Result<()> {
    let stage = Stage::open(context)?;
    let ids = fleet(&stage, 4)?;
    // SSM refuses a whole command because of one id that it does not know.
    stage.aws.deny("ssm:DescribeInstanceInformation");
    stage
        .aws
        .change(&ids[1], |instance| instance.registration = None)?;
    let ended = stage.quick(&options(&ids))?.expect_exit(1)?;
    let others = [&ids[0], &ids[2], &ids[3]].map(String::as_str).join(", ");
    ended.expect_stdout(&format!("healthy    {others}: nothing found\n"))?;
    ended.expect_stdout(&format!(
        "no answer  {0}: SSM can't run commands on {0}\n",
        ids[1]
    ))?;
    stage.expect_repeated(&ended)?;
    let sent = (stage.aws.count("SendCommand"), stage.aws.commands().len());
    ensure!(sent == (2, 1), "asked and started: {sent:?}");
    Ok(())
}

fn denied(context: &Context) -> Result<()> {
    let stage = Stage::open(context)?;
    let ids = fleet(&stage, 3)?;
    stage.aws.deny_instance(&ids[1]);
    let ended = stage.quick(&options(&ids))?.expect_exit(1)?;
    ended.expect_stdout("ssm:SendCommand")?;
    ended.expect_stdout(&ids[1])?;
    let others = [&ids[0], &ids[2]].map(String::as_str).join(", ");
    ended.expect_stdout(&format!("healthy    {others}: nothing found\n"))?;
    stage.expect_repeated(&ended)
}
