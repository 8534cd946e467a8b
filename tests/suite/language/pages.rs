//! The fenced blocks of the documentation.

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

use crate::harness::{Context, Surroundings};

/// What a look or a change needs around it.
const HEAD: &str = "heeler: 1\nname: part\nsummary: A part of a page\ntarget: node\n";
const INPUT: &str =
    "inputs:\n  time_wait: { type: duration, default: 60s, help: How long it stays }\n";
const LOOK: &str = "look:\n  table:\n    sysctl: { count: net.netfilter.nf_conntrack_count }\n";
const VERIFY: &str = "    verify: { that: table.count > 0, for: 1s, within: 1m }\n";

/// A fenced block of a page.
#[derive(Debug)]
pub(super) struct Block {
    /// The page, from the root of the tree.
    pub(super) page: String,
    /// The line of its fence.
    pub(super) line: usize,
    /// What stands behind the opening fence: `yaml`, `yaml faulty`.
    pub(super) info: String,
    /// The lines between the fences.
    pub(super) text: String,
}

impl Block {
    /// Whether it is a whole runbook.
    pub(super) fn is_runbook(&self) -> bool {
        self.info.starts_with("yaml") && self.text.starts_with("heeler: 1")
    }

    /// Whether it is a policy.
    pub(super) fn is_policy(&self) -> bool {
        self.text.starts_with("heeler-policy:")
    }

    /// Whether it is YAML, whatever its page says about it.
    pub(super) fn is_yaml(&self) -> bool {
        self.info.split(' ').next() == Some("yaml")
    }

    /// Whether it is a case: those are tested where their page is walked, or read by core.
    pub(super) fn is_case(&self) -> bool {
        self.text
            .lines()
            .any(|line| line.starts_with("heeler-case:"))
    }

    /// A runbook around it, where it shows only a look or a change.
    pub(super) fn completed(&self) -> Option<String> {
        if self.text.starts_with("look:\n") {
            return Some(format!("{HEAD}{}find: {{}}\n", self.text));
        }
        let change = self.text.starts_with("change:\n").then_some(&self.text)?;
        let change: String = change.lines().map(|line| format!("    {line}\n")).collect();
        Some(format!(
            "{HEAD}{INPUT}{LOOK}find: {{}}\nfix:\n  part:\n{change}{VERIFY}"
        ))
    }

    /// Whether its page says that it has faults.
    pub(super) fn is_faulty(&self) -> bool {
        self.info == "yaml faulty"
    }

    /// Whether its page says that it has warnings.
    pub(super) fn is_doubtful(&self) -> bool {
        self.info == "yaml doubtful"
    }
}

/// The YAML in all pages of the tree.
pub(super) fn yaml(context: &Context) -> Result<Vec<Block>> {
    let listed = Command::new("git")
        .arg("-C")
        .arg(context.workspace())
        .args([
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
            "*.md",
        ])
        .output()
        .context("list the pages with git")?;
    let mut found = Vec::new();
    for page in String::from_utf8(listed.stdout)?.split_terminator('\0') {
        found.extend(blocks(context, page)?.into_iter().filter(Block::is_yaml));
    }
    ensure!(!found.is_empty(), "no page holds YAML: mend this rule");
    Ok(found)
}

/// The fenced blocks of a page. Nothing here is indented, and no fence is inside of another.
pub(super) fn blocks(context: &Context, page: &str) -> Result<Vec<Block>> {
    let Ok(text) = fs::read_to_string(context.workspace().join(page)) else {
        return Ok(Vec::new());
    };
    let (mut found, mut open): (Vec<Block>, Option<Block>) = (Vec::new(), None);
    for (line, text) in (1..).zip(text.lines()) {
        match (text.strip_prefix("```"), &mut open) {
            (Some(info), None) => {
                open = Some(Block {
                    page: page.to_owned(),
                    line,
                    info: info.to_owned(),
                    text: String::new(),
                });
            }
            (Some(_), Some(_)) => found.extend(open.take()),
            (None, Some(block)) => {
                block.text.push_str(text);
                block.text.push('\n');
            }
            (None, None) => {}
        }
    }
    ensure!(open.is_none(), "{page} ends within a block");
    Ok(found)
}

/// What `heeler explain` knows, for machines, is what stands in the reference: code, and level or
/// exit status.
pub(super) fn codes(context: &Context) -> Result<()> {
    let around = Surroundings::new()?;
    let heeler = context.heeler(&around)?;
    let heeler = heeler.args(["explain", "--output", "json"]);
    let known = heeler.expect_exit(0)?.json()?;
    ensure!(known["format"] == 1, "{known}");
    let known = known["codes"].as_array().context("codes")?;
    let known: BTreeSet<(String, String)> = known.iter().map(row).collect();
    let mut shown = BTreeSet::new();
    for page in ["diagnostics", "failures"] {
        let page = format!("docs/reference/{page}.md");
        for line in fs::read_to_string(context.workspace().join(page))?.lines() {
            let cells: Vec<&str> = line.split(" | ").collect();
            if let [code, level, ..] = cells.as_slice()
                && let Some(code) = code.strip_prefix("| `")
            {
                shown.insert((code.trim_end_matches('`').to_owned(), (*level).to_owned()));
            }
        }
    }
    ensure!(known.len() > 150, "only {} codes", known.len());
    let differ: Vec<_> = known.symmetric_difference(&shown).collect();
    ensure!(differ.is_empty(), "only one of both has {differ:?}");
    Ok(())
}

/// A code, and its level or exit status.
fn row(code: &Value) -> (String, String) {
    let name = code["code"].as_str().unwrap_or_default();
    let level = match code["level"].as_str() {
        Some(level) => level.to_owned(),
        None => code["status"].to_string(),
    };
    (name.to_owned(), level)
}
