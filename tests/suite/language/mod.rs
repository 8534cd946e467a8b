//! The runbook language as its authors meet it: the schema that editors use, a new runbook, and the
//! runbooks that stand in the documentation. The schema is held against a validator that is not
//! ours (`schema.py`).

mod files;
mod guide;
mod new;
mod pages;
mod schema;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use crate::harness::{Case, Context, Finished, Need, Surroundings};

const NEEDS: &[Need] = &[Need::Clone, Need::Validator];

/// The area's cases.
pub(crate) const CASES: &[Case] = &[
    Case::new("language::the_schema_is_one", NEEDS, schema::is_one),
    Case::new(
        "language::bundled_runbooks_validate_and_lint_clean",
        NEEDS,
        schema::bundled,
    ),
    Case::new(
        "language::runbooks_in_the_docs_validate_and_lint_clean",
        NEEDS,
        schema::documented,
    ),
    Case::new(
        "language::faulty_runbooks_in_the_docs_are_refused",
        NEEDS,
        schema::documented_as_faulty,
    ),
    Case::new(
        "language::the_schema_refuses_what_is_not_built_right_and_nothing_else",
        NEEDS,
        schema::mutants,
    ),
    Case::new(
        "language::the_schema_refuses_the_corpus_as_far_as_it_can_see",
        NEEDS,
        schema::faulty,
    ),
    Case::new(
        "language::the_guide_and_the_readme_are_walked",
        &[Need::Clone],
        guide::are_walked,
    ),
    Case::new(
        "language::a_new_runbook_validates_and_lints_clean",
        NEEDS,
        new::is_clean,
    ),
    Case::new(
        "language::new_overwrites_nothing",
        &[],
        new::overwrites_nothing,
    ),
    Case::new("language::new_refuses_bad_names", &[], new::bad_names),
    Case::new(
        "language::explain_and_the_reference_know_the_same_codes",
        &[Need::Clone],
        pages::codes,
    ),
    Case::new(
        "language::what_is_no_runbook_never_gives_way_to_a_bundled_one",
        &[],
        files::unusable,
    ),
    Case::new(
        "language::two_runbooks_of_one_name_are_told",
        &[],
        files::names,
    ),
    Case::new("language::loops_of_folders_end", &[], files::loops),
    Case::new(
        "language::cases_and_pages_that_are_no_files_are_told",
        &[],
        files::beside,
    ),
];

/// Checks the runbook in a file.
fn lint(context: &Context, around: &Surroundings, file: &Path) -> Result<Finished> {
    let heeler = context.heeler(around)?;
    heeler
        .args(["lint", "--deny-warnings"])
        .args([file])
        .finish()
}

/// Writes a runbook into a folder that is named as it is.
fn write(around: &Surroundings, text: &str) -> Result<PathBuf> {
    let name = text.lines().find_map(|line| line.strip_prefix("name:"));
    let name = name.map(|name| name.split('#').next().unwrap_or(name).trim());
    let folder = around.folder().join(name.unwrap_or("nameless"));
    fs::create_dir_all(&folder).with_context(|| format!("make {}", folder.display()))?;
    let file = folder.join("runbook.yaml");
    fs::write(&file, text).with_context(|| format!("write {}", file.display()))?;
    Ok(file)
}
