//! The node's host: its root, and the boot values of its sysctls. Runs inside the node's namespaces.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

use anyhow::{Context, Result};

use super::config::NodePlan;
use super::image::Layer;
use super::root::{self, below};
use super::state::LAB;
use super::{cpus, devices, journal, mount, proc_view};

/// Folders of the data volume, and where the host sees them besides `/local`.
const DATA_FOLDERS: &[(&str, &str)] = &[("var", "/var"), ("opt", "/opt"), ("mnt", "/mnt")];
/// What `logdog` writes into, on the data volume.
const SUPPORT: &str = "var/log/support";
/// What Bottlerocket's services make on the data volume at boot.
const MADE_AT_BOOT: &[&str] = &[
    SUPPORT,
    "var/log/pods",
    "var/lib/bottlerocket",
    "host-containers",
];

/// The sysctls of the node's own network namespace after a boot: the kernel's defaults, what
/// Bottlerocket ships (core kit `packages/release/release-sysctl.conf`) and what kube-proxy sets.
///
/// Values of the whole machine are not here: a node must not change those.
const BOOT_SYSCTLS: &[(&str, &str)] = &[
    ("net/ipv4/ip_forward", "1"),
    ("net/ipv4/conf/all/rp_filter", "0"),
    ("net/ipv4/conf/default/rp_filter", "0"),
    ("net/netfilter/nf_conntrack_generic_timeout", "120"),
    (
        "net/netfilter/nf_conntrack_tcp_timeout_established",
        "86400",
    ),
    ("net/netfilter/nf_conntrack_tcp_timeout_close_wait", "3600"),
    ("net/netfilter/nf_conntrack_tcp_timeout_time_wait", "120"),
    ("net/netfilter/nf_conntrack_tcp_timeout_fin_wait", "120"),
    ("net/netfilter/nf_conntrack_tcp_timeout_last_ack", "30"),
    ("net/netfilter/nf_conntrack_tcp_timeout_syn_sent", "120"),
    ("net/netfilter/nf_conntrack_tcp_timeout_syn_recv", "60"),
    ("net/netfilter/nf_conntrack_tcp_timeout_close", "10"),
    ("net/netfilter/nf_conntrack_udp_timeout", "30"),
    ("net/netfilter/nf_conntrack_udp_timeout_stream", "120"),
    ("net/netfilter/nf_conntrack_tcp_loose", "1"),
    ("net/netfilter/nf_conntrack_tcp_be_liberal", "0"),
];

/// Replaces the machine's root by the host's, in the calling process's mount namespace.
pub(crate) fn enter(plan: &NodePlan) -> Result<()> {
    mount::make_private()?;
    let scratch = plan.folder.join("scratch");
    let root = root::assemble(&plan.images, &layers(plan), &scratch)?;
    let lab = below(&root, LAB);
    mount_lab(plan, &lab)?;
    mount_data(plan, &root)?;
    mount_kernel(plan, &root, &lab)?;
    write_etc(plan, &root)?;
    mount::remount_read_only(&root)?;
    mount::pivot_into(&root)?;
    mount::make_shared()
}

fn layers(plan: &NodePlan) -> Vec<Layer> {
    // Before 1.37 there is no `sh` at all.
    let shell = plan.config.is_at_least(1, 37).then_some(Layer::ShellBrush);
    let logdog = plan.config.has_logdog.then_some(Layer::Logdog);
    shell
        .into_iter()
        .chain(logdog)
        .chain([Layer::Host])
        .collect()
}

fn mount_lab(plan: &NodePlan, lab: &Path) -> Result<()> {
    mount::file_system("tmpfs", lab, "mode=0700,size=64m")?;
    mount::bind_read_only(&plan.images, &lab.join("image"))?;
    mount::bind(&plan.folder.join("state"), &lab.join("state"))?;
    proc_view::compose(plan.config.proc, lab)
}

fn mount_data(plan: &NodePlan, root: &Path) -> Result<()> {
    let data = plan.folder.join("local");
    for folder in MADE_AT_BOOT
        .iter()
        .copied()
        .chain(DATA_FOLDERS.iter().map(|(name, _)| *name))
    {
        fs::create_dir_all(data.join(folder))
            .with_context(|| format!("making {folder} on the data volume"))?;
    }
    if let Some(bytes) = plan.config.support_bytes {
        let options = format!("mode=0755,size={bytes}");
        mount::file_system("tmpfs", &data.join(SUPPORT), &options)?;
    }
    mount::bind(&data, &below(root, "/local"))?;
    for (name, at) in DATA_FOLDERS {
        mount::bind(&data.join(name), &below(root, at))?;
    }
    for at in ["/run", "/tmp"] {
        mount::file_system("tmpfs", &below(root, at), "mode=1777,size=64m")?;
    }
    Ok(())
}

fn mount_kernel(plan: &NodePlan, root: &Path, lab: &Path) -> Result<()> {
    devices::make(&below(root, "/dev"), true)?;
    proc_view::make(root)?;
    let state = plan.folder.join("state");
    cpus::compose(plan)?;
    cpus::show_in_proc(root, &state)?;
    proc_view::show_boot_id(root, &state)?;
    proc_view::show(plan.config.proc, root, lab)?;
    let sys = below(root, "/sys");
    mount::file_system("sysfs", &sys, "")?;
    mount::remount_read_only(&sys)?;
    cpus::show_in_sys(&sys, &state)?;
    mount::file_system("cgroup2", &sys.join("fs/cgroup"), "")
}

fn write_etc(plan: &NodePlan, root: &Path) -> Result<()> {
    let image = below(root, "/etc");
    let copies: Vec<_> = fs::read_dir(&image)?
        .map(|entry| entry.and_then(|entry| Ok((entry.file_name(), fs::read(entry.path())?))))
        .collect::<Result<_, _>>()
        .context("reading the image's /etc")?;
    mount::file_system("tmpfs", &image, "mode=0755,size=4m")?;
    for (name, content) in copies {
        fs::write(image.join(name), content)?;
    }
    fs::write(
        image.join("os-release"),
        os_release(&plan.config.os_version),
    )?;
    fs::write(image.join("hostname"), format!("{}\n", plan.config.name))?;
    // journalctl reads the journal of this machine only.
    fs::write(
        image.join("machine-id"),
        format!("{}\n", journal::machine_id(plan)),
    )?;
    fs::create_dir_all(image.join("sysctl.d"))?;
    symlink("/proc/self/mounts", image.join("mtab"))?;
    fs::set_permissions(image.join("os-release"), fs::Permissions::from_mode(0o644))
        .context("writing /etc")
}

fn os_release(version: &str) -> String {
    format!(
        "NAME=Bottlerocket\nID=bottlerocket\nVERSION=\"{version} (aws-k8s-1.33)\"\n\
         PRETTY_NAME=\"Bottlerocket OS {version} (aws-k8s-1.33)\"\nVARIANT_ID=aws-k8s-1.33\n\
         VERSION_ID={version}\nBUILD_ID=9b7f37d4\n\
         HOME_URL=\"https://github.com/bottlerocket-os/bottlerocket\"\n"
    )
}

/// Sets the sysctls of the calling process's network namespace to their boot values. Keys that
/// this kernel does not have are left out.
pub(crate) fn apply_boot_sysctls() -> Result<()> {
    for (key, value) in BOOT_SYSCTLS {
        let path = Path::new("/proc/sys").join(key);
        if path.exists() {
            fs::write(&path, value)
                .with_context(|| format!("writing {value} to {}", path.display()))?;
        }
    }
    Ok(())
}
