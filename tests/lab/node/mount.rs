//! Thin, named wrappers round the mount system calls that the lab needs. No policy.
//!
//! `open_tree` and `move_mount` have no wrapper in `nix`, and only they can carry one file of
//! the machine's `/proc/sys` into a node, or mount something over a symbolic link.

use std::ffi::CString;
use std::fs;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use anyhow::{Context, Result};
use nix::libc;
use nix::mount::{MntFlags, MsFlags, mount, umount2};

/// Makes every mount of this namespace receive from, but never send to, the one it was copied from.
pub(crate) fn make_slave() -> Result<()> {
    propagate(MsFlags::MS_SLAVE)
}

/// Cuts every mount of this namespace off from the one it was copied from.
pub(crate) fn make_private() -> Result<()> {
    propagate(MsFlags::MS_PRIVATE)
}

/// Lets namespaces that are copied from this one receive what is mounted here later.
pub(crate) fn make_shared() -> Result<()> {
    propagate(MsFlags::MS_SHARED)
}

fn propagate(how: MsFlags) -> Result<()> {
    mount(
        None::<&str>,
        "/",
        None::<&str>,
        how | MsFlags::MS_REC,
        None::<&str>,
    )
    .with_context(|| format!("changing the propagation of all mounts to {how:?}"))
}

/// Binds `from` onto `to`, with what is mounted below it; `to` is made if it is missing.
pub(crate) fn bind(from: &Path, to: &Path) -> Result<()> {
    make_mount_point(from, to)?;
    let flags = MsFlags::MS_BIND | MsFlags::MS_REC;
    mount(Some(from), to, None::<&str>, flags, None::<&str>)
        .with_context(|| format!("binding {} onto {}", from.display(), to.display()))
}

/// As [`bind`], and what is seen at `to` can't be written.
pub(crate) fn bind_read_only(from: &Path, to: &Path) -> Result<()> {
    bind(from, to)?;
    remount_read_only(to)
}

/// Makes the mount at `at` read-only, without touching what is mounted below it.
pub(crate) fn remount_read_only(at: &Path) -> Result<()> {
    let flags = MsFlags::MS_BIND | MsFlags::MS_REMOUNT | MsFlags::MS_RDONLY;
    mount(None::<&str>, at, None::<&str>, flags, None::<&str>)
        .with_context(|| format!("making {} read-only", at.display()))
}

/// Mounts a new file system of `kind` at `at`, which is made if it is missing.
pub(crate) fn file_system(kind: &str, at: &Path, options: &str) -> Result<()> {
    fs::create_dir_all(at).with_context(|| format!("making {}", at.display()))?;
    mount(Some(kind), at, Some(kind), MsFlags::empty(), Some(options))
        .with_context(|| format!("mounting {kind} ({options}) at {}", at.display()))
}

fn make_mount_point(from: &Path, to: &Path) -> Result<()> {
    if to.symlink_metadata().is_ok() {
        return Ok(());
    }
    let made = if from.is_dir() {
        fs::create_dir_all(to)
    } else {
        to.parent()
            .map_or(Ok(()), fs::create_dir_all)
            .and_then(|()| fs::write(to, ""))
    };
    made.with_context(|| format!("making the mount point {}", to.display()))
}

/// Makes `root`, which must be a mount, the root of this namespace and lets go of the old one.
pub(crate) fn pivot_into(root: &Path) -> Result<()> {
    std::env::set_current_dir(root).with_context(|| format!("entering {}", root.display()))?;
    nix::unistd::pivot_root(".", ".")
        .with_context(|| format!("pivoting into {}", root.display()))?;
    umount2(".", MntFlags::MNT_DETACH).context("letting go of the old root")?;
    std::env::set_current_dir("/").context("entering the new root")
}

/// Takes away what is mounted at `at`, here and where it was propagated to.
pub(crate) fn detach(at: &Path) -> Result<()> {
    umount2(at, MntFlags::MNT_DETACH).with_context(|| format!("unmounting {}", at.display()))
}

/// A detached copy of a mount, or of one file or link below it, that [`attach`] can put anywhere.
///
/// `recursive` takes along what is mounted below `path`. A link is not followed.
#[expect(unsafe_code, reason = "nix does not wrap open_tree")]
pub(crate) fn detached_copy(path: &Path, recursive: bool) -> Result<OwnedFd> {
    let name = CString::new(path.as_os_str().as_bytes()).context("a path with a NUL byte")?;
    let mut flags =
        libc::OPEN_TREE_CLONE | libc::OPEN_TREE_CLOEXEC | libc::AT_SYMLINK_NOFOLLOW.cast_unsigned();
    if recursive {
        flags |= libc::AT_RECURSIVE.cast_unsigned();
    }
    // SAFETY: `name` is NUL-terminated and lives over the call; the kernel keeps no pointer.
    let result =
        unsafe { libc::syscall(libc::SYS_open_tree, libc::AT_FDCWD, name.as_ptr(), flags) };
    let fd = i32::try_from(result).unwrap_or(-1);
    if fd < 0 {
        return Err(std::io::Error::last_os_error())
            .with_context(|| format!("copying the mount at {} (open_tree)", path.display()));
    }
    // SAFETY: the kernel has just given this descriptor to us alone.
    Ok(unsafe { OwnedFd::from_raw_fd(fd) })
}

/// Mounts a [`detached_copy`] at `at`, over a link too, which is not followed.
#[expect(unsafe_code, reason = "nix does not wrap move_mount")]
pub(crate) fn attach(tree: &OwnedFd, at: &Path) -> Result<()> {
    let name = CString::new(at.as_os_str().as_bytes()).context("a path with a NUL byte")?;
    // SAFETY: both strings are NUL-terminated and live over the call; the kernel keeps no pointer.
    let result = unsafe {
        libc::syscall(
            libc::SYS_move_mount,
            tree.as_raw_fd(),
            c"".as_ptr(),
            libc::AT_FDCWD,
            name.as_ptr(),
            libc::MOVE_MOUNT_F_EMPTY_PATH,
        )
    };
    if result < 0 {
        return Err(std::io::Error::last_os_error())
            .with_context(|| format!("attaching a mount at {} (move_mount)", at.display()));
    }
    Ok(())
}
