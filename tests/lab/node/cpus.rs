//! As many CPUs as a node claims to have, in the places where programs count them. Whatever runs
//! there has the machine's CPUs all the same.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use super::config::NodePlan;
use super::mount;
use super::root::below;
use super::state::file;

/// The sets of CPUs that a program may ask for, below `/sys/devices/system/cpu`.
const SETS: [&str; 3] = ["possible", "present", "online"];
const INFORMATION: &str = "/proc/cpuinfo";

/// Writes what [`show_in_sys`] and [`show_in_proc`] show, into the node's state folder.
pub(super) fn compose(plan: &NodePlan) -> Result<()> {
    let state = plan.folder.join("state");
    let last = plan.config.cpus.saturating_sub(1);
    fs::write(state.join(file::CPU_LIST), format!("0-{last}\n"))
        .context("writing the list of CPUs")?;
    let machines = fs::read_to_string(INFORMATION).context("reading /proc/cpuinfo")?;
    fs::write(
        state.join(file::CPU_INFORMATION),
        repeat_first(&machines, plan.config.cpus),
    )
    .context("writing the CPUs' descriptions")
}

/// Shows the list of CPUs in the sysfs mounted at `sys`.
pub(super) fn show_in_sys(sys: &Path, state: &Path) -> Result<()> {
    let list = state.join(file::CPU_LIST);
    let folder = sys.join("devices/system/cpu");
    SETS.iter()
        .try_for_each(|set| mount::bind_read_only(&list, &folder.join(set)))
}

/// Shows the CPUs' descriptions in the `/proc` below `root`.
pub(super) fn show_in_proc(root: &Path, state: &Path) -> Result<()> {
    mount::bind_read_only(
        &state.join(file::CPU_INFORMATION),
        &below(root, INFORMATION),
    )
}

/// The first of the descriptions, which end with an empty line each, for `count` CPUs.
fn repeat_first(descriptions: &str, count: u32) -> String {
    let first = descriptions.split("\n\n").next().unwrap_or_default();
    let of = |number: u32| {
        let numbered = first.lines().map(|line| match line.split_once(':') {
            Some((name, _)) if name.trim_end() == "processor" => format!("{name}: {number}\n"),
            _ => format!("{line}\n"),
        });
        numbered.collect::<String>() + "\n"
    };
    (0..count).map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::repeat_first;

    #[test]
    fn each_cpu_has_its_number_and_the_rest_is_the_machines() {
        let machines = "processor\t: 0\nmodel name\t: X\n\nprocessor\t: 1\nmodel name\t: X\n\n";
        assert_eq!(repeat_first(machines, 2), machines);
        assert_eq!(
            repeat_first(machines, 192).matches("processor\t: ").count(),
            192
        );
    }
}
