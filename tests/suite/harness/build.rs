//! Building the program under test, once, before the first case that runs it.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use anyhow::{Context as _, Result, anyhow, bail};

/// Variables that cargo sets for this binary only. Inherited, they would make build scripts
/// that watch them run again, and with them half of the workspace.
const OF_THIS_PACKAGE: [&str; 3] = ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_EXE_"];

/// This binary's profile, as its folder is called.
const PROFILE: &str = if cfg!(debug_assertions) {
    "debug"
} else {
    "release"
};

/// The workspace's root.
pub(crate) fn workspace() -> &'static Path {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    tests.parent().unwrap_or(tests)
}

/// Cargo's target folder, which this binary lies in: `target/PROFILE/deps/suite-…`, or
/// `target/PROFILE/reliability`.
///
/// # Errors
/// When this binary was moved elsewhere.
pub(crate) fn target_folder() -> Result<PathBuf> {
    let suite = std::env::current_exe()?;
    let profile = suite.ancestors().find(|folder| {
        let name = folder.file_name();
        name.is_some_and(|name| name == PROFILE)
    });
    let folder = profile.and_then(Path::parent);
    folder
        .map(Path::to_owned)
        .context("this binary is not in a target folder")
}

/// The `heeler` binary of this very tree, in this binary's profile.
///
/// # Errors
/// When it does not build.
pub(crate) fn heeler() -> Result<&'static Path> {
    static HEELER: OnceLock<std::result::Result<PathBuf, String>> = OnceLock::new();
    let built = HEELER.get_or_init(|| build().map_err(|error| format!("{error:#}")));
    built.as_deref().map_err(|error| anyhow!("{error}"))
}

/// From the root and for the whole workspace: any other spelling resolves other features, and
/// compiles the AWS SDK again.
fn build() -> Result<PathBuf> {
    let target = target_folder()?;
    let mut cargo = Command::new(env!("CARGO"));
    cargo
        .current_dir(workspace())
        .args(["build", "--quiet", "--locked"]);
    cargo
        .args(["--workspace", "--bin", "heeler", "--target-dir"])
        .arg(&target);
    if !cfg!(debug_assertions) {
        cargo.arg("--release");
    }
    let inherited = std::env::vars_os().map(|(name, _)| name);
    for name in inherited.filter(|name| of_this_package(&name.to_string_lossy())) {
        cargo.env_remove(name);
    }
    let output = cargo.output().context("start cargo")?;
    if !output.status.success() {
        bail!(
            "heeler does not build:\n{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
    Ok(target.join(PROFILE).join("heeler"))
}

fn of_this_package(variable: &str) -> bool {
    OF_THIS_PACKAGE
        .iter()
        .any(|prefix| variable.starts_with(prefix))
}
