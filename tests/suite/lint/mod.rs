//! `heeler lint` and `heeler explain`: no lab, no account, only files.

mod files;
mod mend;
mod output;

use std::fs;
use std::path::PathBuf;

use anyhow::{Context as _, Result, ensure};

use crate::harness::{Case, Context, Finished, Surroundings};

/// The area's cases.
pub(crate) const CASES: &[Case] = &[
    Case::new(
        "lint::what_could_not_be_printed_is_no_success",
        &[],
        output::lost,
    ),
    Case::new("lint::bundled_runbooks_are_clean", &[], bundled),
    Case::new("lint::faults_come_all_at_once", &[], output::all_at_once),
    Case::new("lint::warnings_fail_where_denied", &[], output::denied),
    Case::new("lint::json_and_sarif_say_the_same", &[], output::machines),
    Case::new("lint::codes_are_explained", &[], output::explained),
    Case::new("lint::wrong_use_is_told", &[], output::wrong_use),
    Case::new("lint::bytes_of_every_kind_are_named", &[], files::bytes),
    Case::new("lint::links_and_loops_end", &[], files::loops),
    Case::new("lint::folders_and_names_are_checked", &[], files::names),
    Case::new(
        "lint::a_name_means_the_own_folder_first",
        &[],
        files::library,
    ),
    Case::new("lint::what_is_certain_is_mended", &[], mend::certain),
    Case::new("lint::mending_keeps_the_file", &[], mend::keeps),
    Case::new("lint::what_is_not_certain_stays", &[], mend::uncertain),
];

/// A runbook without a fault, named for its folder.
const GOOD: &str = "heeler: 1
name: NAME
summary: The table is full
target: node
look:
  table:
    sysctl:
      count: net.netfilter.nf_conntrack_count
      max: net.netfilter.nf_conntrack_max
find:
  table-full:
    when: table.count >= 0.9 * table.max
    severity: warning
    says: \"{{ table.count }} of {{ table.max }} entries\"
";

/// A folder of runbooks, and the command beside it.
struct Desk<'c> {
    context: &'c Context,
    surroundings: Surroundings,
}

impl<'c> Desk<'c> {
    fn new(context: &'c Context) -> Result<Self> {
        Ok(Self {
            context,
            surroundings: Surroundings::new()?,
        })
    }

    fn path(&self, name: &str) -> PathBuf {
        self.surroundings.folder().join(name)
    }

    /// Writes a file, with the folders above it.
    fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> Result<PathBuf> {
        let path = self.path(name);
        fs::create_dir_all(path.parent().context("a folder")?)?;
        fs::write(&path, bytes)?;
        Ok(path)
    }

    /// A good runbook in its folder, after `from` was replaced.
    fn runbook(&self, name: &str, from: &str, to: &str) -> Result<PathBuf> {
        ensure!(GOOD.contains(from), "`{from}` is not in the good runbook");
        let text = GOOD.replace(from, to).replace("NAME", name);
        self.write(&format!("books/{name}/runbook.yaml"), text)
    }

    fn run(&self, arguments: &[&str], exit: i32) -> Result<Finished> {
        let heeler = self.context.heeler(&self.surroundings)?;
        heeler.args(arguments.iter().copied()).expect_exit(exit)
    }

    /// The codes of `heeler lint`, sorted.
    fn codes(&self, arguments: &[&str], exit: i32) -> Result<Vec<String>> {
        let arguments = [&["lint", "--output", "json"], arguments].concat();
        let found = self.run(&arguments, exit)?.json()?;
        let files = found["files"].as_array().context("files")?;
        let diagnostics = files
            .iter()
            .filter_map(|file| file["diagnostics"].as_array())
            .flatten();
        let mut codes: Vec<String> = diagnostics
            .filter_map(|found| found["code"].as_str().map(str::to_owned))
            .collect();
        codes.sort();
        Ok(codes)
    }
}

fn bundled(context: &Context) -> Result<()> {
    let ended = Desk::new(context)?.run(&["lint", "--deny-warnings"], 0)?;
    ended.expect_stdout("nothing wrong").map(drop)
}
