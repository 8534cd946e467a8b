//! What the host and the containers have in common: a root made of image layers, with the
//! machine's libraries, below which nothing reaches the machine's own files.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::image::{self, Layer};
use super::mount;

/// Mounts a root of `layers`, the first on top, in a scratch file system of its own at `place`.
///
/// What is written to it is forgotten with the mount namespace. Returns where the root is.
pub(super) fn assemble(images: &Path, layers: &[Layer], place: &Path) -> Result<PathBuf> {
    mount::file_system("tmpfs", place, "mode=0700,size=256m")?;
    let part = |name: &str| place.join(name);
    for name in ["upper", "work", "root"] {
        fs::create_dir_all(part(name))
            .with_context(|| format!("making {}", part(name).display()))?;
    }
    let lower: Vec<String> = layers
        .iter()
        .map(|layer| layer.folder(images).display().to_string())
        .collect();
    let options = format!(
        "lowerdir={},upperdir={},workdir={}",
        lower.join(":"),
        part("upper").display(),
        part("work").display()
    );
    mount::file_system("overlay", &part("root"), &options)?;
    for folder in image::library_folders() {
        mount::bind_read_only(folder, &below(&part("root"), folder))?;
    }
    Ok(part("root"))
}

/// The absolute path `path` as it is called below `root`, from outside of it.
pub(super) fn below(root: &Path, path: impl AsRef<Path>) -> PathBuf {
    let path = path.as_ref();
    root.join(path.strip_prefix("/").unwrap_or(path))
}
