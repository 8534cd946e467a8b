//! What a run has left behind, searched for what must not be there.

use std::fs;
use std::io::Write as _;
use std::path::Path;

use anyhow::{Context as _, Result};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use regex::Regex;
use tempfile::NamedTempFile;

/// A secret as it is given: the file that holds it, and the option that names the file.
pub(crate) fn given(name: &str, secret: &str) -> Result<(NamedTempFile, String)> {
    let mut file = NamedTempFile::new()?;
    writeln!(file, "{secret}")?;
    let option = format!("{name}=@{}", file.path().display());
    Ok((file, option))
}

/// All bytes of all files below a folder.
pub(crate) fn contents(folder: &Path) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    collect(folder, &mut |path| {
        bytes.extend(fs::read(path)?);
        Ok(())
    })?;
    Ok(bytes)
}

/// Hands over every file below a folder.
pub(crate) fn collect(folder: &Path, take: &mut dyn FnMut(&Path) -> Result<()>) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| format!("read {}", folder.display()))? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, take)?;
        } else if path.is_file() {
            take(&path)?;
        }
    }
    Ok(())
}

/// Everything that is base64 in a text, and in that text again.
pub(crate) fn unwrap_scripts(text: &str) -> Result<String> {
    let mut all = String::new();
    for found in Regex::new("[A-Za-z0-9+/]{40,}=*")?.find_iter(text) {
        if let Ok(bytes) = STANDARD.decode(found.as_str()) {
            let inner = String::from_utf8_lossy(&bytes).into_owned();
            all.push_str(&unwrap_scripts(&inner)?);
            all.push_str(&inner);
        }
    }
    Ok(all)
}

/// Whether these bytes stand in those.
pub(crate) fn holds(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}
