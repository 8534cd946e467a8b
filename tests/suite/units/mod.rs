//! The transient units of a node and its reboots, by real processes: what a dead man's switch of
//! the host stands on.

mod desk;
mod reboot;
mod switch;

use std::fs;
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use heeler_tests::node::{Place, UnitKind, UnitState};

use self::desk::{Desk, FOLDER, SOON, within};
use crate::harness::{Case, Context, Need};

const NEEDS: &[Need] = &[Need::Nodes];

/// The area's cases.
pub(crate) const CASES: &[Case] = &[
    Case::new("units::outlive_the_container_that_asked", NEEDS, outlives),
    Case::new("units::run_in_nobodys_surroundings", NEEDS, surroundings),
    Case::new("units::a_stopped_timer_never_elapses", NEEDS, stopped),
    Case::new("units::a_timer_without_accuracy_is_late", NEEDS, late),
    Case::new("units::refusals_have_systemds_words", NEEDS, refusals),
    Case::new(
        "units::a_failure_stays_loaded_unless_collected",
        NEEDS,
        failures,
    ),
    Case::new("units::faults_refuse_units_and_lose_timers", NEEDS, faults),
    Case::new(
        "units::a_switch_undoes_after_a_reload",
        NEEDS,
        switch::undoes,
    ),
    Case::new(
        "units::a_claimed_switch_sets_nothing",
        NEEDS,
        switch::claimed,
    ),
    Case::new(
        "units::a_time_since_boot_that_has_passed_is_now",
        NEEDS,
        switch::passed,
    ),
    Case::new(
        "units::settings_make_pid_1_read_units_again",
        NEEDS,
        switch::reloads,
    ),
    Case::new("units::a_reboot_forgets_them", NEEDS, reboot::forgets),
    Case::new(
        "units::apiclient_reboots_the_node",
        NEEDS,
        reboot::asked_for,
    ),
    Case::new(
        "units::the_control_containers_folder_is_written_from_everywhere",
        NEEDS,
        folder,
    ),
];

fn outlives(context: &Context) -> Result<()> {
    let desk = Desk::start(context)?;
    let armed = Instant::now();
    desk.arm("undo", 3, "undone")?.expect(0, "", "")?;
    let units = desk.node()?.transient_units()?;
    let timer = units.first().context("no unit is loaded")?;
    ensure!(timer.name.kind == UnitKind::Timer && timer.name.stem == "undo");
    ensure!(timer.state == UnitState::Active);
    desk.host("systemctl is-active undo.timer")?
        .expect(0, "active", "")?;
    let off = "apiclient set host-containers.admin.enabled=false";
    desk.run(Place::Control, off)?.expect(0, "", "")?;
    let again = "apiclient set host-containers.control.enabled=true";
    desk.host(again)?.expect(0, "", "")?;
    within(SOON, "the admin container still runs", || {
        Ok(!desk.node()?.admin_running())
    })?;
    desk.wait_for("undone", SOON)?;
    let took = armed.elapsed();
    ensure!(took >= Duration::from_secs(3), "it elapsed after {took:?}");
    // Each of the settings has begun its countdown anew.
    ensure!(took < Duration::from_secs(9), "it elapsed after {took:?}");
    desk.expect_units(&[])?;
    desk.host("systemctl is-active undo.timer")?
        .expect(3, "inactive", "")
}

fn surroundings(context: &Context) -> Result<()> {
    let desk = Desk::start(context)?;
    for what in ["cgroup", "environ", "stat"] {
        let line = format!(
            "sheltie systemd-run --unit=look-{what} --collect -- cp /proc/self/{what} {FOLDER}/{what}"
        );
        let words = format!("Running as unit: look-{what}.service");
        desk.run(Place::Admin, &line)?.expect(0, "", &words)?;
    }
    desk.expect_units(&[])?;
    let read = |name: &str| Ok::<_, anyhow::Error>(fs::read_to_string(desk.trace(name)?)?);
    let groups = read("cgroup")?;
    let own = "0::/system.slice/look-cgroup.service";
    ensure!(groups.lines().any(|line| line == own), "{groups}");
    let environment = read("environ")?;
    let mut names: Vec<&str> = environment
        .split_terminator('\0')
        .filter_map(|variable| Some(variable.split_once('=')?.0))
        .collect();
    names.sort_unstable();
    ensure!(names == ["INVOCATION_ID", "PATH"], "{names:?}");
    // After the name: state, parent, group, session. PID 1 is the parent, and nobody else is there.
    let stat = read("stat")?;
    let fields: Vec<&str> = stat.split(' ').collect();
    ensure!(fields.get(3) == Some(&"1"), "{stat}");
    ensure!(fields.first() == fields.get(5), "{stat}");
    Ok(())
}

fn stopped(context: &Context) -> Result<()> {
    let desk = Desk::start(context)?;
    desk.arm("undo", 2, "undone")?.expect(0, "", "")?;
    let stop = "sheltie systemctl stop undo.timer";
    desk.run(Place::Admin, stop)?.expect(0, "", "")?;
    desk.expect_units(&[])?;
    let missing = "Failed to stop undo.timer: Unit undo.timer not loaded.";
    desk.run(Place::Admin, stop)?.expect(5, "", missing)?;
    sleep(Duration::from_secs(4));
    ensure!(!desk.trace("undone")?.exists(), "a stopped timer elapsed");
    Ok(())
}

fn late(context: &Context) -> Result<()> {
    let desk = Desk::start(context)?;
    let line = format!("systemd-run --unit=late --on-active=1 mkdir {FOLDER}/late");
    let words = "Running timer as unit: late.timer\nWill run service as unit: late.service";
    desk.host(&line)?.expect(0, "", words)?;
    sleep(Duration::from_millis(1800));
    ensure!(!desk.trace("late")?.exists(), "it elapsed in time");
    desk.expect_units(&["late.timer active", "late.service inactive"])
}

fn refusals(context: &Context) -> Result<()> {
    let desk = Desk::start(context)?;
    let refused = |line: &str, words: &str| desk.host(line)?.expect(1, "", words);
    refused(
        "systemd-run --unit=undo --on-active=9",
        "Command line to execute required.",
    )?;
    refused(
        "systemd-run --on-active=9 no-such-program",
        "Failed to find executable no-such-program: No such file or directory",
    )?;
    refused(
        "systemd-run --on-active=9 /usr/bin/bash -c true",
        "Failed to find executable /usr/bin/bash: No such file or directory",
    )?;
    let unknown = desk.host("systemd-run --scope true")?;
    ensure!(unknown.code == 1 && unknown.err.contains("unrecognized option '--scope'"));
    desk.arm("undo", 60, "undone")?.expect(0, "", "")?;
    desk.arm("undo", 60, "undone")?.expect(
        1,
        "",
        "Failed to start transient timer unit: \
         Unit undo.timer was already loaded or has a fragment file.",
    )?;
    refused(
        "systemd-run --unit=undo true",
        "Failed to start transient service unit: \
         Unit undo.service was already loaded or has a fragment file.",
    )?;
    desk.expect_units(&["undo.timer active", "undo.service inactive"])
}

fn failures(context: &Context) -> Result<()> {
    let desk = Desk::start(context)?;
    desk.host("systemd-run -q --unit=kept false")?
        .expect(0, "", "")?;
    desk.host("systemd-run -qG --unit=gone false")?
        .expect(0, "", "")?;
    // A file that may be executed and is no program.
    let broken = desk.trace("broken")?;
    fs::write(&broken, "no program\n")?;
    desk.host(&format!("chmod 755 {FOLDER}/broken"))?
        .expect(0, "", "")?;
    desk.host(&format!("systemd-run -q --unit=broken {FOLDER}/broken"))?
        .expect(0, "", "")?;
    desk.expect_units(&["broken.service failed", "kept.service failed"])?;
    desk.host("systemctl is-active kept")?
        .expect(3, "failed", "")
}

fn faults(context: &Context) -> Result<()> {
    let desk = Desk::start(context)?;
    desk.node()?.refuse_transient_units(true)?;
    let words = "Failed to start transient timer unit: Access denied";
    desk.arm("undo", 1, "undone")?.expect(1, "", words)?;
    desk.node()?.refuse_transient_units(false)?;
    desk.arm("undo", 1, "undone")?.expect(0, "", "")?;
    desk.node()?.lose_timer("undo")?;
    ensure!(desk.node()?.lose_timer("other").is_err());
    sleep(Duration::from_secs(3));
    ensure!(!desk.trace("undone")?.exists(), "a lost timer elapsed");
    desk.host("systemctl is-active undo.timer")?
        .expect(0, "active", "")
}

fn folder(context: &Context) -> Result<()> {
    let desk = Desk::start(context)?;
    let own = "/.bottlerocket/host-containers/current";
    let from_admin = format!("/.bottlerocket/rootfs{FOLDER}");
    desk.run(Place::Control, &format!("mkdir {own}/a"))?
        .expect(0, "", "")?;
    desk.run(
        Place::Admin,
        &format!("mv -T {from_admin}/a {from_admin}/b"),
    )?
    .expect(0, "", "")?;
    desk.run(Place::Admin, &format!("mkdir {from_admin}/b/c"))?
        .expect(0, "", "")?;
    desk.run(
        Place::Admin,
        &format!("sheltie mv -T {FOLDER}/b/c {FOLDER}/d"),
    )?
    .expect(0, "", "")?;
    desk.host(&format!("rmdir {FOLDER}/b"))?.expect(0, "", "")?;
    desk.run(
        Place::Admin,
        &format!("sheltie find {FOLDER} -name d -type d -empty"),
    )?
    .expect(0, &format!("{FOLDER}/d"), "")?;
    desk.run(Place::Control, &format!("rmdir {own}/d"))?
        .expect(0, "", "")
}
