//! What a reboot ends, and what comes up again.

use std::thread::sleep;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use heeler_tests::node::Place;

use super::desk::{Desk, SOON, within};
use crate::harness::Context;

pub(super) fn forgets(context: &Context) -> Result<()> {
    let desk = Desk::start(context)?;
    desk.arm("undo", 3, "undone")?.expect(0, "", "")?;
    desk.host("systemd-run -q --unit=runs sleep 600")?
        .expect(0, "", "")?;
    desk.expect_units(&[
        "undo.timer active",
        "runs.service active",
        "undo.service inactive",
    ])?;
    let before = desk.node()?.boot_id()?;
    let after = desk.lab.reboot(desk.node()?)?;
    ensure!(before != after);
    desk.expect_units(&[])?;
    let sleeping = desk.host("pgrep -f 600$")?;
    ensure!(sleeping.code == 1, "it still runs: {}", sleeping.out);
    sleep(Duration::from_secs(5));
    ensure!(
        !desk.trace("undone")?.exists(),
        "a timer elapsed after a reboot"
    );
    Ok(())
}

pub(super) fn asked_for(context: &Context) -> Result<()> {
    let desk = Desk::start(context)?;
    let node = desk.node()?;
    let name = &node.config().name;
    let before = node.boot_id()?;
    let sysctl = r#"{"kernel":{"sysctl":{"net.netfilter.nf_conntrack_tcp_timeout_close":"17"}}}"#;
    desk.host(&format!("apiclient set --json {sysctl}"))?
        .expect(0, "", "")?;
    desk.host("sysctl -w net.netfilter.nf_conntrack_tcp_timeout_time_wait=7")?;
    let mut under_way = node
        .std_command(Place::Control, &["sleep", "600"])
        .spawn()?;
    let words = "[INFO] Rebooting, goodbye...";
    desk.run(Place::Control, "apiclient reboot")?
        .expect(0, "", words)?;
    within(SOON, "the command under way still runs", || {
        Ok(desk.host("pgrep -f 600$")?.code == 1)
    })?;
    under_way.wait()?;
    within(SOON, "the boot id is the same", || {
        Ok(![String::new(), before.clone()].contains(&node.boot_id()?))
    })?;
    within(SOON, "the cluster has not heard of it", || {
        let object = desk.lab.kube().get("nodes", "", name).context("no node")?;
        Ok(object["status"]["nodeInfo"]["bootID"] == node.boot_id()?.as_str())
    })?;
    within(SOON, "the control container is not back", || {
        Ok(desk.run(Place::Control, "true")?.code == 0)
    })?;
    within(SOON, "the admin container is not back", || {
        Ok(node.admin_running())
    })?;
    let time_wait = "cat /proc/sys/net/netfilter/nf_conntrack_tcp_timeout_time_wait";
    desk.host(time_wait)?.expect(0, "120", "")?;
    let close = "cat /proc/sys/net/netfilter/nf_conntrack_tcp_timeout_close";
    desk.host(close)?.expect(0, "17", "")?;
    desk.run(Place::Control, "cat /proc/sys/kernel/random/boot_id")?
        .expect(0, &node.boot_id()?, "")
}
