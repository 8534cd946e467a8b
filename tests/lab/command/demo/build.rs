//! Building the `heeler` that the demo shows, as the user who called and next to this program.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};

/// The folder of this package, from which the workspace's root is one up.
const PACKAGE: &str = env!("CARGO_MANIFEST_DIR");

/// Builds `heeler` in the profile and the target folder of this program, and says where it is.
pub(in crate::command) fn build_heeler() -> Result<PathBuf> {
    let this = std::env::current_exe().context("finding this program")?;
    let folder = this.parent().context("this program is in no folder")?;
    let target = folder
        .parent()
        .context("this program is in no target folder")?;
    println!("Building heeler …");
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status = Command::new(&cargo)
        .args(["build", "--bin", "heeler", "--profile", profile(folder)])
        .arg("--target-dir")
        .arg(target)
        .current_dir(Path::new(PACKAGE).join(".."))
        .status()
        .with_context(|| format!("starting {}: is Rust installed?", cargo.display()))?;
    if !status.success() {
        bail!("heeler could not be built: see cargo's messages above");
    }
    let heeler = folder.join("heeler");
    if !heeler.is_file() {
        bail!("cargo built heeler, but not at {}", heeler.display());
    }
    Ok(heeler)
}

/// The profile whose programs lie in `folder`.
fn profile(folder: &Path) -> &str {
    match folder.file_name().and_then(|name| name.to_str()) {
        None | Some("debug") => "dev",
        Some(name) => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_folder_tells_the_profile() {
        assert_eq!(profile(Path::new("/t/debug")), "dev");
        assert_eq!(profile(Path::new("/t/release")), "release");
    }
}
