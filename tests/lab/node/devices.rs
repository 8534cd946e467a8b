//! A `/dev` with the few devices that programs need, and none by which they could harm the machine.

use std::fs::{Permissions, set_permissions};
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;

use anyhow::{Context, Result};
use nix::sys::stat::{Mode, SFlag, makedev, mknod};

use super::mount;

/// Name, major and minor number of each character device.
const DEVICES: &[(&str, u64, u64)] = &[
    ("null", 1, 3),
    ("zero", 1, 5),
    ("full", 1, 7),
    ("random", 1, 8),
    ("urandom", 1, 9),
    ("tty", 5, 0),
];
const KERNEL_LOG: (&str, u64, u64) = ("kmsg", 1, 11);
const LINKS: &[(&str, &str)] = &[
    ("fd", "/proc/self/fd"),
    ("stdin", "/proc/self/fd/0"),
    ("stdout", "/proc/self/fd/1"),
    ("stderr", "/proc/self/fd/2"),
    ("ptmx", "pts/ptmx"),
];

/// Makes a new `/dev` at `at`, with the kernel's log only where that may be read.
pub(super) fn make(at: &Path, with_kernel_log: bool) -> Result<()> {
    mount::file_system("tmpfs", at, "mode=0755,size=1m")?;
    for (name, major, minor) in DEVICES.iter().chain(with_kernel_log.then_some(&KERNEL_LOG)) {
        let path = at.join(name);
        mknod(
            &path,
            SFlag::S_IFCHR,
            Mode::from_bits_truncate(0o666),
            makedev(*major, *minor),
        )
        .with_context(|| format!("making {}", path.display()))?;
        // Whatever the umask is here: programs that are not root's use them.
        set_permissions(&path, Permissions::from_mode(0o666))?;
    }
    for (name, target) in LINKS {
        symlink(target, at.join(name))?;
    }
    mount::file_system("tmpfs", &at.join("shm"), "mode=1777,size=16m")?;
    mount::file_system(
        "devpts",
        &at.join("pts"),
        "newinstance,ptmxmode=0666,mode=0620",
    )
}
