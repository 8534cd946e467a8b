//! A dead man's switch of many small commands, as one unit: it undoes unless somebody was faster,
//! and it stands a reload of PID 1, which shorter ways do not.

use std::fs;
use std::os::unix::fs::symlink;
use std::thread::sleep;
use std::time::Duration;

use anyhow::{Result, ensure};
use heeler_tests::node::Place;

use super::desk::{Desk, FOLDER, SOON, within};
use crate::harness::Context;

const KEY: &str = "net.netfilter.nf_conntrack_tcp_timeout_time_wait";
const PATH: &str = "/proc/sys/net/netfilter/nf_conntrack_tcp_timeout_time_wait";

impl Desk {
    /// Makes what the switch works on: the lock's folder, with a link by the name of what to undo,
    /// and the sysctl at 10 where it was 20.
    fn lay_out(&self, id: &str) -> Result<()> {
        let folder = self.trace("heeler")?;
        fs::create_dir_all(folder.join("lock"))?;
        fs::create_dir_all(folder.join("ended"))?;
        symlink(PATH, folder.join(format!("lock/{KEY}=20")))?;
        fs::write(folder.join(format!("lock/armed.{id}")), "")?;
        self.set_to(10)
    }

    fn set_to(&self, value: u32) -> Result<()> {
        let set = format!("sysctl -q -w {KEY}={value}");
        self.host(&set)?.expect(0, "", "")
    }

    fn expect_value(&self, value: u32) -> Result<()> {
        let shown = self.run(Place::Admin, &format!("sheltie cat {PATH}"))?;
        shown.expect(0, &value.to_string(), "")
    }

    /// Arms the switch for so many seconds from now, counted from the boot.
    fn arm_switch(&self, id: &str, seconds: f64) -> Result<()> {
        let uptime = self.run_words(Place::Admin, &["cut", "-d ", "-f1", "/proc/uptime"])?;
        let at = uptime.out.trim().parse::<f64>()? + seconds;
        let home = format!("{FOLDER}/heeler");
        let link = format!("{KEY}=20");
        let options = [
            format!("--unit=heeler-{id}"),
            format!("--on-boot={at:.0}s"),
            "--timer-property=AccuracySec=1s".to_owned(),
        ];
        let properties = [
            "Type=oneshot".to_owned(),
            format!("WorkingDirectory=-{home}/lock"),
            format!("StandardOutput=append:{home}/lock/undoing-list.{id}"),
            format!("ExecCondition=/usr/bin/mv -T armed.{id} undoing.{id}"),
            format!("ExecStartPre=-/usr/bin/grep -lZxE 10 \"{link}\""),
            format!("ExecStartPost=/usr/bin/grep -qvxE 10 \"{link}\""),
            format!("ExecStartPost=/usr/bin/mv -T undoing.{id} undone.{id}"),
            format!("ExecStartPost=/usr/bin/mv -T {home}/lock {home}/ended/{id}"),
        ];
        let list = format!("undoing-list.{id}");
        let mut line = vec!["sheltie", "systemd-run", "--quiet", "--collect"];
        line.extend(options.iter().map(String::as_str));
        line.extend(properties.iter().flat_map(|it| ["-p", it]));
        line.extend(["--", "/usr/bin/xargs", "-0", "-r", "-a", &list]);
        line.extend(["/usr/sbin/sysctl", "-q", "-w"]);
        self.run_words(Place::Admin, &line)?.expect(0, "", "")
    }

    /// A unit that makes the folder `trace` by way of find, after so many seconds.
    fn arm_find(&self, unit: &str, seconds: u32, trace: &str) -> Result<()> {
        let line = format!(
            "sheltie systemd-run --unit={unit} --on-active={seconds}s \
             --timer-property=AccuracySec=1s --collect --quiet -- \
             /usr/bin/find {FOLDER} -maxdepth 0 -exec /usr/bin/mkdir {FOLDER}/{trace} ;"
        );
        self.run(Place::Admin, &line)?.expect(0, "", "")
    }

    fn is_there(&self, name: &str) -> Result<bool> {
        Ok(self.trace(name)?.exists())
    }
}

pub(super) fn undoes(context: &Context) -> Result<()> {
    let desk = Desk::start(context)?;
    desk.lay_out("abc")?;
    desk.arm_switch("abc", 5.0)?;
    desk.arm_find("countdown", 4, "found")?;
    sleep(Duration::from_secs(2));
    desk.run(Place::Admin, "sheltie systemctl daemon-reload")?
        .expect(0, "", "")?;
    desk.expect_value(10)?;
    desk.expect_units(&[
        "countdown.timer active",
        "heeler-abc.timer active",
        "countdown.service inactive",
        "heeler-abc.service inactive",
    ])?;
    desk.wait_for("heeler/ended/abc/undone.abc", SOON)?;
    desk.expect_value(20)?;
    let listed = fs::read_to_string(desk.trace("heeler/ended/abc/undoing-list.abc")?)?;
    ensure!(listed == format!("{KEY}=20\0"), "{listed:?}");
    ensure!(!desk.is_there("heeler/lock")?, "the lock is still held");
    desk.expect_units(&[])?;
    ensure!(!desk.is_there("found")?, "find survived a reload");
    Ok(())
}

pub(super) fn claimed(context: &Context) -> Result<()> {
    let desk = Desk::start(context)?;
    desk.lay_out("abc")?;
    desk.arm_switch("abc", 2.0)?;
    let claim = format!("mv -T {FOLDER}/heeler/lock/armed.abc {FOLDER}/heeler/lock/confirmed.abc");
    desk.host(&claim)?.expect(0, "", "")?;
    desk.expect_units(&[])?;
    desk.expect_value(10)?;
    ensure!(desk.is_there("heeler/lock/confirmed.abc")?);
    ensure!(!desk.is_there("heeler/ended/abc")?, "it went on");
    // Standard error goes where standard output goes.
    let said = fs::read_to_string(desk.trace("heeler/lock/undoing-list.abc")?)?;
    ensure!(said.contains("armed.abc"), "{said:?}");
    ensure!(!said.contains(KEY), "a skipped unit went on: {said:?}");

    fs::remove_dir_all(desk.trace("heeler/lock")?)?;
    desk.lay_out("def")?;
    desk.arm_switch("def", 2.0)?;
    desk.set_to(15)?;
    desk.wait_for("heeler/ended/def/undone.def", SOON)?;
    desk.expect_value(15)?;

    // The folder of the output is gone: the condition's process fails, and nothing else begins.
    desk.lay_out("ghi")?;
    desk.arm_switch("ghi", 2.0)?;
    fs::remove_dir_all(desk.trace("heeler/lock")?)?;
    desk.expect_units(&[])?;
    desk.expect_value(10)
}

pub(super) fn passed(context: &Context) -> Result<()> {
    let desk = Desk::start(context)?;
    desk.lay_out("abc")?;
    desk.arm_switch("abc", -5.0)?;
    within(Duration::from_secs(2), "nothing is undone", || {
        desk.is_there("heeler/ended/abc")
    })?;
    desk.expect_value(20)
}

pub(super) fn reloads(context: &Context) -> Result<()> {
    let desk = Desk::start(context)?;
    desk.arm_find("unhurt", 1, "unhurt")?;
    desk.wait_for("unhurt", SOON)?;
    for (name, place, change) in [
        ("kubelet", Place::Control, "kubernetes.max-pods=58"),
        (
            "admin",
            Place::Control,
            "host-containers.admin.enabled=false",
        ),
    ] {
        desk.arm_find(name, 4, name)?;
        desk.arm(&format!("{name}-timer"), 4, &format!("{name}-timer"))?
            .expect(0, "", "")?;
        sleep(Duration::from_secs(2));
        desk.run(place, &format!("apiclient set {change}"))?
            .expect(0, "", "")?;
        sleep(Duration::from_millis(3500));
        let early = desk.is_there(&format!("{name}-timer"))?;
        ensure!(!early, "{name}: the countdown was not begun anew");
        desk.wait_for(&format!("{name}-timer"), SOON)?;
        desk.expect_units(&[])?;
        ensure!(!desk.is_there(name)?, "{name}: find survived a reload");
    }
    Ok(())
}
