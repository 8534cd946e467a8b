//! `heeler lint` for programs: SARIF that points at the very place, and codes that can be explained.

use std::fs;

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

use super::desk::Desk;
use crate::harness::{Case, Context, Need};

/// The area's cases.
pub(crate) const CASES: &[Case] = &[Case::new(
    "live_language::lint_points_programs_to_the_place",
    &[Need::Nodes],
    sarif,
)];

const CLEAN: &str = "look:
  log: { journal: { unit: kubelet, window: 1h } }
find:
  found:
    when: log.lines > 0
    severity: warning
    says: \"{{ log.lines }}\"
";

const FAULTY: &str = "inputs:
  unused: { type: text, default: x, help: nobody reads it }
look:
  log: { journal: { unit: kubelet, window: 1h } }
find:
  found:
    label: \"größer 🐕\"
    when: \"'🐕ü' == log.lst and log.lines > 0\"
    severity: warnnig
    says: \"ü🐕 {{ log.lines }} {{ log.lats }}\"
";

fn sarif(context: &Context) -> Result<()> {
    let desk = Desk::open(context, false)?;
    let file = desk.write("page", FAULTY)?;
    let path = file.display().to_string();
    let ended = desk
        .heeler(&["lint", "--output", "sarif", &path])?
        .expect_exit(1)?;
    let log = ended.json()?;
    ensure!(log["version"] == "2.1.0", "{log:#}");
    let results = log["runs"][0]["results"].as_array().context("no results")?;
    let text = fs::read_to_string(&file)?;
    let kind = &log["runs"][0]["columnKind"];
    let mut places = Vec::new();
    for result in results {
        let region = &result["locations"][0]["physicalLocation"]["region"];
        let place = at(&text, region, kind).with_context(|| format!("{result:#}"))?;
        let code = result["ruleId"].as_str().unwrap_or_default().to_owned();
        desk.heeler(&["explain", &code])?
            .expect_exit(0)?
            .expect_stdout(&code)?;
        places.push((code, place));
    }
    for (code, place) in [
        ("unknown-field", "log.lst"),
        ("unknown-field", "log.lats"),
        ("unused-input", "unused"),
    ] {
        let found = places.iter().any(|(known, at)| {
            known == code && (at == place || place.ends_with(at.as_str()) && !at.is_empty())
        });
        ensure!(found, "no {code} at {place}: {places:#?}\n{log:#}");
    }
    ensure!(places.iter().any(|(_, at)| at == "warnnig"), "{places:#?}");
    desk.write("page", CLEAN)?;
    let clean = desk
        .heeler(&["lint", "--output", "sarif", &path])?
        .expect_exit(0)?
        .json()?;
    let errors = clean["runs"][0]["results"].as_array().into_iter().flatten();
    ensure!(
        errors.into_iter().all(|one| one["level"] != "error"),
        "{clean:#}"
    );
    let unknown = desk.heeler(&["explain", "no-such-code"])?.finish()?;
    ensure!(unknown.status.code() == Some(2), "{unknown}");
    Ok(())
}

/// What a region of SARIF holds; its columns count what the run says, from 1.
fn at(text: &str, region: &Value, kind: &Value) -> Option<String> {
    let number = |name: &str| usize::try_from(region[name].as_u64()?).ok();
    let line = text.lines().nth(number("startLine")?.checked_sub(1)?)?;
    let end_line = number("endLine").or(number("startLine"));
    let size = |letter: char| match kind.as_str() {
        Some("unicodeCodePoints") => 1,
        _ => letter.len_utf16(),
    };
    let to = match end_line == number("startLine") {
        true => number("endColumn")?,
        false => usize::MAX,
    };
    let mut column = 1;
    let mut held = String::new();
    for letter in line.chars() {
        if (number("startColumn")?..to).contains(&column) {
            held.push(letter);
        }
        column += size(letter);
    }
    Some(held)
}
