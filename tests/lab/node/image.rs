//! The read-only images from which all nodes of a lab run are made.
//!
//! Programs are copied from this machine once per run, never linked: a container may write to its
//! root, and a link would let it write to the machine. Libraries are not copied; nodes see the
//! machine's own, read-only. What differs between nodes lies in layers of one file or two.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::root::below;
use super::{contents, logdog};
use crate::machine::requirements::find_program;
use crate::program::traffic;

/// Folders that exist in each root, so that something can be mounted there.
const FOLDERS: &[&str] = &[
    "usr/bin",
    "usr/local/bin",
    "etc",
    "proc",
    "sys",
    "dev",
    "run",
    "tmp",
    "var",
    "root",
    "opt",
];
/// Links that make old paths lead to `usr/bin`, as distributions with a merged `/usr` have them.
const LINKS: &[(&str, &str)] = &[("bin", "usr/bin"), ("sbin", "usr/bin"), ("usr/sbin", "bin")];
/// Where the machine may keep libraries; those that are links here become the same links there.
const LIBRARY_FOLDERS: &[&str] = &[
    "/usr/lib",
    "/usr/lib64",
    "/usr/lib32",
    "/lib",
    "/lib64",
    "/lib32",
];

const CONTROL_SCRIPTS: &[(&str, &str)] = &[
    (
        "enable-admin-container",
        include_str!("scripts/enable-admin-container"),
    ),
    (
        "disable-admin-container",
        include_str!("scripts/disable-admin-container"),
    ),
    (
        "enter-admin-container",
        include_str!("scripts/enter-admin-container"),
    ),
];

/// One of the images or layers that [`build`] makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Layer {
    Control,
    Admin,
    Host,
    /// `gzip`, for a control container that has it.
    Gzip,
    /// `logdog`, for a host that has it.
    Logdog,
    /// `sh` is bash.
    ShellBash,
    /// `sh` is dash.
    ShellDash,
    /// `sh` is brush, as on hosts since Bottlerocket 1.37.
    ShellBrush,
}

impl Layer {
    /// Where the layer lies below the image folder.
    pub(crate) fn folder(self, images: &Path) -> PathBuf {
        images.join(match self {
            Self::Control => "control",
            Self::Admin => "admin",
            Self::Host => "host",
            Self::Gzip => "gzip",
            Self::Logdog => "logdog",
            Self::ShellBash => "sh-bash",
            Self::ShellDash => "sh-dash",
            Self::ShellBrush => "sh-brush",
        })
    }
}

/// Builds all images below `images`. Programs that this machine lacks are left out.
pub(crate) fn build(images: &Path, lab_binary: &Path) -> Result<()> {
    fs::create_dir_all(images).with_context(|| format!("making {}", images.display()))?;
    let builder = Builder {
        images,
        lab: images.join("lab"),
    };
    copy_program(lab_binary, &builder.lab)?;
    for name in traffic::PROGRAMS {
        builder.link_lab(&images.join("bin").join(name))?;
    }
    builder.build_control()?;
    builder.build_admin()?;
    builder.build_host()?;
    builder.build_layers()
}

/// Folders of this machine that programs load their libraries from.
pub(crate) fn library_folders() -> impl Iterator<Item = &'static Path> {
    LIBRARY_FOLDERS
        .iter()
        .map(Path::new)
        .filter(|folder| folder.is_dir() && !folder.is_symlink())
}

struct Builder<'a> {
    images: &'a Path,
    /// The one copy of the lab's binary; everything else is a hard link to it.
    lab: PathBuf,
}

impl Builder<'_> {
    fn build_control(&self) -> Result<()> {
        let root = self.root(Layer::Control, contents::CONTROL, contents::OWN_IN_CONTROL)?;
        symlink("gawk", root.join("usr/bin/awk"))?;
        for (name, text) in CONTROL_SCRIPTS {
            write_script(&root.join("usr/bin").join(name), text)?;
        }
        Ok(())
    }

    fn build_admin(&self) -> Result<()> {
        let root = self.root(Layer::Admin, contents::ADMIN, contents::OWN_IN_ADMIN)?;
        symlink("gawk", root.join("usr/bin/awk"))?;
        symlink("bash", root.join("usr/bin/sh"))?;
        write_script(
            &root.join("usr/bin/sheltie"),
            include_str!("scripts/sheltie"),
        )?;
        self.copy_named("bash-static", &root.join("opt/bin/bash"))
    }

    fn build_host(&self) -> Result<()> {
        let root = self.root(Layer::Host, contents::HOST, contents::OWN_ON_HOST)?;
        for folder in ["local", "mnt", ".lab"] {
            fs::create_dir_all(root.join(folder))?;
        }
        let requests = below(&root, logdog::REQUESTS);
        fs::create_dir_all(&requests)?;
        for (name, text) in logdog::FILES {
            fs::write(requests.join(name), text)?;
        }
        for name in ["ethtool", "systemctl"] {
            self.copy_named(name, &self.images.join("real").join(name))?;
        }
        Ok(())
    }

    fn build_layers(&self) -> Result<()> {
        let program =
            |layer: Layer, name: &str| layer.folder(self.images).join("usr/bin").join(name);
        self.copy_named("gzip", &program(Layer::Gzip, "gzip"))?;
        self.link_lab(&program(Layer::Logdog, "logdog"))?;
        self.copy_named("dash", &program(Layer::ShellDash, "sh"))?;
        let bash = program(Layer::ShellBash, "sh");
        fs::create_dir_all(bash.parent().context("a program in no folder")?)?;
        symlink("bash", bash)?;
        self.link_lab(&program(Layer::ShellBrush, "sh"))
    }

    fn root(&self, layer: Layer, programs: &str, own: &[&str]) -> Result<PathBuf> {
        let root = layer.folder(self.images);
        for folder in FOLDERS {
            fs::create_dir_all(root.join(folder))
                .with_context(|| format!("making {}", root.join(folder).display()))?;
        }
        for (link, target) in LINKS {
            symlink(target, root.join(link))?;
        }
        make_library_places(&root)?;
        write_etc(&root)?;
        for name in contents::COREUTILS
            .split_whitespace()
            .chain(programs.split_whitespace())
        {
            self.copy_named(name, &root.join("usr/bin").join(name))?;
        }
        for path in own {
            self.link_lab(&root.join(path))?;
        }
        Ok(root)
    }

    fn copy_named(&self, name: &str, to: &Path) -> Result<()> {
        match find_program(name) {
            Some(from) => copy_program(&from, to),
            None => Ok(()),
        }
    }

    fn link_lab(&self, to: &Path) -> Result<()> {
        make_parent(to)?;
        fs::hard_link(&self.lab, to).with_context(|| format!("linking {}", to.display()))
    }
}

fn copy_program(from: &Path, to: &Path) -> Result<()> {
    make_parent(to)?;
    fs::copy(from, to)
        .with_context(|| format!("copying {} to {}", from.display(), to.display()))?;
    Ok(())
}

fn make_parent(of: &Path) -> Result<()> {
    let parent = of
        .parent()
        .with_context(|| format!("{} lies in no folder", of.display()))?;
    fs::create_dir_all(parent).with_context(|| format!("making {}", parent.display()))
}

fn write_script(at: &Path, text: &str) -> Result<()> {
    fs::write(at, text).with_context(|| format!("writing {}", at.display()))?;
    fs::set_permissions(at, fs::Permissions::from_mode(0o755))?;
    Ok(())
}

fn make_library_places(root: &Path) -> Result<()> {
    for folder in LIBRARY_FOLDERS.iter().map(Path::new) {
        let there = root.join(folder.strip_prefix("/")?);
        if folder.is_symlink() {
            symlink(fs::read_link(folder)?, &there)?;
        } else if folder.is_dir() {
            fs::create_dir_all(&there)?;
        }
    }
    Ok(())
}

/// The few files that programs look up: names of users, protocols, libraries.
fn write_etc(root: &Path) -> Result<()> {
    let etc = root.join("etc");
    fs::write(
        etc.join("passwd"),
        "root:x:0:0:root:/root:/bin/bash\nssm-user:x:1000:1000::/home/ssm-user:/bin/bash\n",
    )?;
    fs::write(
        etc.join("group"),
        "root:x:0:\nusers:x:100:ssm-user\napi:x:274:ssm-user\n",
    )?;
    fs::write(
        etc.join("nsswitch.conf"),
        "passwd: files\ngroup: files\nhosts: files\n",
    )?;
    for name in ["ld.so.cache", "protocols", "services"] {
        let from = Path::new("/etc").join(name);
        if from.is_file() {
            fs::copy(&from, etc.join(name))
                .with_context(|| format!("copying {}", from.display()))?;
        }
    }
    Ok(())
}
