//! What a node's `/proc` shows: its own boot id, nothing by which the machine could be harmed, and
//! in `/proc/net` what the test asked for.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result};

use super::config::ProcView;
use super::mount;
use super::root::below;
use super::state::{LAB, file};

/// The composed `/proc/net`, on the host.
const COMPOSED: &str = "/.lab/net";
/// How often the composed counters follow the kernel's.
const REFRESH: Duration = Duration::from_millis(200);

/// Mounts a `/proc` for the calling process's pid namespace below `root`.
pub(super) fn make(root: &Path) -> Result<()> {
    let proc = below(root, "/proc");
    mount::file_system("proc", &proc, "")?;
    // What lies outside `net` belongs to the whole machine: a node must not change it.
    for entry in fs::read_dir(proc.join("sys")).context("reading /proc/sys")? {
        let path = entry?.path();
        if path.file_name().is_some_and(|name| name != "net") {
            mount::bind_read_only(&path, &path)?;
        }
    }
    let emergency_keys = proc.join("sysrq-trigger");
    if emergency_keys.exists() {
        mount::bind(Path::new("/dev/null"), &emergency_keys)
    } else {
        Ok(())
    }
}

/// Shows the boot id in `state` as the kernel's, in the `/proc` below `root`.
pub(super) fn show_boot_id(root: &Path, state: &Path) -> Result<()> {
    mount::bind_read_only(
        &state.join(file::BOOT_ID),
        &below(root, "/proc/sys/kernel/random/boot_id"),
    )
}

/// Puts the `/proc/net` of `view` over the kernel's link of that name, below `root`.
///
/// The view's files lie in the lab's folder `lab`; the link leads there by an absolute path, so
/// that folder must be visible from inside as [`LAB`], too.
pub(super) fn show(view: ProcView, root: &Path, lab: &Path) -> Result<()> {
    if view == ProcView::Kernel {
        return Ok(());
    }
    let link = below(lab, "/net-link");
    if !link.is_symlink() {
        symlink(COMPOSED, &link).context("making the link to the composed /proc/net")?;
    }
    mount::attach(
        &mount::detached_copy(&link, false)?,
        &below(root, "/proc/net"),
    )
}

/// Fills the folder of the composed `/proc/net` below `lab`: links to the kernel's files but for
/// those of connection tracking. The counters come with [`refresh`].
pub(super) fn compose(view: ProcView, lab: &Path) -> Result<()> {
    if view == ProcView::Kernel {
        return Ok(());
    }
    let folder = lab.join("net");
    fs::create_dir_all(folder.join("stat")).context("making the composed /proc/net")?;
    link_entries(Path::new("/proc/self/net"), &folder, view)?;
    link_entries(Path::new("/proc/self/net/stat"), &folder.join("stat"), view)
}

fn link_entries(kernels: &Path, folder: &Path, view: ProcView) -> Result<()> {
    for entry in fs::read_dir(kernels).with_context(|| format!("reading {}", kernels.display()))? {
        let name = entry?.file_name();
        let hidden = match view {
            ProcView::Absent => name == "nf_conntrack" || name == "nf_conntrack_expect",
            ProcView::Composed { .. } | ProcView::Kernel => false,
        };
        let is_counters = name == "nf_conntrack" && folder.ends_with("stat");
        if name != "stat" && !hidden && !is_counters {
            symlink(kernels.join(&name), folder.join(&name))?;
        }
    }
    Ok(())
}

/// Keeps the composed counters of this network namespace up to date, for ever.
pub(crate) fn refresh(cpus: u32) {
    let folder = Path::new(LAB).join("net/stat");
    loop {
        if let Err(error) = refresh_once(&folder, cpus) {
            eprintln!("composed /proc/net/stat/nf_conntrack: {error:#}");
        }
        std::thread::sleep(REFRESH);
    }
}

fn refresh_once(folder: &Path, cpus: u32) -> Result<()> {
    let kernels = fs::read_to_string("/proc/self/net/stat/nf_conntrack")
        .context("reading the kernel's counters")?;
    let new: PathBuf = folder.join(".new");
    fs::write(&new, spread(&kernels, cpus))?;
    fs::rename(&new, folder.join("nf_conntrack")).context("replacing the composed counters")
}

/// Spreads the sums of the kernel's lines over `cpus` lines. The first column, the number of
/// entries, is the same in each line and no sum. No line ever falls while the sums grow.
fn spread(kernels: &str, cpus: u32) -> String {
    let mut lines = kernels.lines();
    let header = lines.next().unwrap_or_default();
    let rows: Vec<Vec<u64>> = lines
        .map(|line| {
            line.split_whitespace()
                .map(|field| u64::from_str_radix(field, 16).unwrap_or(0))
                .collect()
        })
        .collect();
    let column = |index: usize| rows.iter().filter_map(move |row| row.get(index));
    let mut text = format!("{header}\n");
    for cpu in 0..u64::from(cpus) {
        let mut cells = (0..).map(|index| match index {
            0 => column(0).next().copied().unwrap_or(0),
            _ => share(column(index).sum(), cpu, u64::from(cpus)),
        });
        // The kernel sets some columns apart by two blanks: an empty field stays one.
        let line = fields(kernels).map(|field| {
            if field.is_empty() {
                String::new()
            } else {
                cell(cells.next())
            }
        });
        text.push_str(&line.collect::<Vec<_>>().join(" "));
        text.push('\n');
    }
    text
}

/// The fields of the first CPU's line, the empty ones between two blanks as well.
fn fields(kernels: &str) -> impl Iterator<Item = &str> {
    kernels
        .lines()
        .nth(1)
        .unwrap_or_default()
        .trim_end()
        .split(' ')
}

fn cell(value: Option<u64>) -> String {
    format!("{:08x}", value.unwrap_or(0))
}

fn share(sum: u64, cpu: u64, cpus: u64) -> u64 {
    sum / cpus + u64::from(cpu < sum % cpus)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spreading_keeps_the_sums_and_the_entries() {
        let kernels =
            "entries  searched drop\n00000010  00000005 000000ff\n00000010  00000001 00000002\n";
        let text = spread(kernels, 192);
        let rows: Vec<Vec<u64>> = text
            .lines()
            .skip(1)
            .map(|line| {
                line.split_whitespace()
                    .map(|cell| u64::from_str_radix(cell, 16).unwrap())
                    .collect()
            })
            .collect();
        assert!(text.contains("\n00000010  0000000"));
        assert_eq!(rows.len(), 192);
        assert!(rows.iter().all(|row| row[0] == 0x10));
        assert_eq!(rows.iter().map(|row| row[2]).sum::<u64>(), 0x101);
    }
}
