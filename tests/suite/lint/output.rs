//! What is printed, and how it ends.

use anyhow::{Context as _, Result, ensure};

use super::Desk;
use crate::harness::{Context, Surroundings};

pub(super) fn all_at_once(context: &Context) -> Result<()> {
    let desk = Desk::new(context)?;
    desk.runbook("full-table", "severity: warning", "severity: critical")?;
    desk.write(
        "books/other/runbook.yaml",
        super::GOOD
            .replace("NAME", "other")
            .replace("table.count >= 0.9", "tabel.count >= 0.9")
            .replace("severity: warning", "severity: notice"),
    )?;
    let ended = desk.run(&["lint", "books"], 1)?;
    ended.expect_screen(
        r#"warning[critical-without-advice]: `table-full` is critical, and says nothing of why or what to do
  --> books/full-table/runbook.yaml:11:3
   |
11 |   table-full:
   |   ^^^^^^^^^^
   |
   = help: add `because:`, `lasting:` or `fix:`

error[unknown-name]: nothing is named `tabel`
  --> books/other/runbook.yaml:12:11
   |
12 |     when: tabel.count >= 0.9 * table.max
   |           ^^^^^
   |
   = help: did you mean `table`?

error[unknown-severity]: there is no severity `notice`
  --> books/other/runbook.yaml:13:15
   |
13 |     severity: notice
   |               ^^^^^^
   |
   = help: did you mean `note`?

2 files: 2 errors, 1 warning"#,
    )?;
    Ok(())
}

pub(super) fn denied(context: &Context) -> Result<()> {
    let desk = Desk::new(context)?;
    let warning = [
        "says: \"{{ table.count }} of {{ table.max }} entries\"",
        "says: full",
    ];
    desk.runbook("full-table", warning[0], warning[1])?;
    desk.run(&["lint", "books"], 0)?
        .expect_stdout("1 file: 1 warning")?;
    desk.run(&["lint", "books", "--deny-warnings"], 1)?;
    let allowed = format!(
        "{} # heeler: allow says-no-value because the table has no numbers",
        warning[1]
    );
    desk.runbook("full-table", warning[0], &allowed)?;
    let ended = desk.run(&["lint", "books", "--deny-warnings"], 0)?;
    ended.expect_stdout("1 file: nothing wrong, 1 allowed")?;
    Ok(())
}

pub(super) fn machines(context: &Context) -> Result<()> {
    let desk = Desk::new(context)?;
    desk.runbook("full-table", "table.count >= 0.9", "tabel.count >= 0.9")?;
    let json = desk
        .run(&["lint", "books", "--output", "json"], 1)?
        .json()?;
    let found = &json["files"][0]["diagnostics"][0];
    ensure!(
        json["errors"] == 1 && found["code"] == "unknown-name",
        "{json:#}"
    );
    let place = &found["labels"][0];
    ensure!(place["line"] == 12 && place["column"] == 11, "{json:#}");
    let sarif = desk
        .run(&["lint", "books", "--output", "sarif"], 1)?
        .json()?;
    let run = &sarif["runs"][0];
    let result = &run["results"][0];
    ensure!(sarif["version"] == "2.1.0", "{sarif:#}");
    ensure!(result["ruleId"] == "unknown-name", "{sarif:#}");
    let region = &result["locations"][0]["physicalLocation"]["region"];
    ensure!(
        region["startLine"] == 12 && region["startColumn"] == 11,
        "{sarif:#}"
    );
    ensure!(
        run["tool"]["driver"]["rules"][0]["id"] == "unknown-name",
        "{sarif:#}"
    );
    let change = &result["fixes"][0]["artifactChanges"][0]["replacements"][0];
    ensure!(change["insertedContent"]["text"] == "table", "{sarif:#}");
    Ok(())
}

pub(super) fn explained(context: &Context) -> Result<()> {
    let desk = Desk::new(context)?;
    let codes = desk.run(&["explain", "--output", "json"], 0)?.json()?;
    let codes = codes["codes"].as_array().context("codes")?;
    ensure!(codes.len() > 150, "{} codes", codes.len());
    let all = desk.run(&["explain"], 0)?;
    for code in codes {
        let name = code["code"].as_str().context("a name")?;
        all.expect_stdout(&format!("  {name} "))?;
    }
    let page = desk.run(&["explain", "share-above-one"], 0)?;
    for part in [
        "warning",
        "Write 0.5 for 50 %.",
        "wrong\n",
        "mended\n",
        "share >= 0.5",
    ] {
        page.expect_stdout(part)?;
    }
    desk.run(&["explain", "throttled"], 0)?
        .expect_stdout("exit status 1")?;
    let unknown = desk.run(&["explain", "unusd-look"], 2)?;
    unknown.expect_stderr("did you mean `unused-look`?")?;
    Ok(())
}

pub(super) fn wrong_use(context: &Context) -> Result<()> {
    let desk = Desk::new(context)?;
    desk.run(&["lint", "conntrack-exhauston"], 2)?
        .expect_stderr("did you mean `conntrack-exhaustion`?")?;
    desk.run(&["list", "--output", "sarif"], 2)?
        .expect_stderr("only `heeler lint` writes SARIF")?;
    desk.run(&["lint", "--mend"], 2)?;
    Ok(())
}

/// What is lost on its way out is said; a reader that has gone away has had enough.
pub(super) fn lost(context: &Context) -> Result<()> {
    let around = Surroundings::new()?;
    let lost =
        "error[unprintable]: not all that was to be printed could be: No space left on device";
    for words in ["schema", "list", "explain", "test conntrack-exhaustion"] {
        let line = format!("heeler {words} > /dev/full");
        let ended = context.shell(&around, &[], &line)?.expect_exit(1)?;
        ended.expect_stderr(lost)?;
        let line = format!("set -o pipefail; heeler {words} | true");
        context.shell(&around, &[], &line)?.expect_exit(0)?;
    }
    Ok(())
}
