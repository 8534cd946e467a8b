//! Pages with what was measured: the text is written by people, each table between its two marks by
//! this.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};
use jiff::Zoned;

const END: &str = "<!-- end -->\n";

/// Replaces the table of a command on the page, and says on what it was measured.
///
/// # Errors
/// When the page is not there, or has lost its marks.
pub(crate) fn write(path: &Path, command: &str, table: &str) -> Result<()> {
    let begin = format!("<!-- written by `{command}` -->\n");
    let page = fs::read_to_string(path).with_context(|| format!("read {}", path.display()))?;
    let marked = page
        .split_once(&begin)
        .and_then(|(before, rest)| Some((before, rest.split_once(END)?.1)));
    let (before, after) =
        marked.with_context(|| format!("{} has no place for this table", path.display()))?;
    let page = format!("{before}{begin}{table}\n{}\n{END}{after}", machine()?);
    fs::write(path, page).with_context(|| format!("write {}", path.display()))
}

fn machine() -> Result<String> {
    let cpus = fs::read_to_string("/proc/cpuinfo")?;
    let model = cpus
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let model = model.map_or("unknown processor", |(_, model)| model);
    let count = std::thread::available_parallelism()?;
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease")?;
    // What follows the version is its builder's.
    let kernel = kernel.trim().split('-').next().unwrap_or_default();
    let day = Zoned::now().date();
    Ok(format!(
        "Measured on {day}: {count} × {model}, Linux {kernel}."
    ))
}
