//! The guide and the README, walked as a reader would: each runbook is written where the page says, each command
//! is run, and what it prints has to stand in the page. `HEELER_WRITE_GUIDE=1` writes that anew.
//!
//! A block `console` holds commands behind `$ ` and what they print. What asks a node stands in
//! blocks of another kind: the suite's labs prove those commands.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, bail, ensure};

use super::{pages, write};
use crate::harness::{Context, Surroundings};

/// The pages, each with the smallest number of commands that it shows.
const PAGES: &[(&str, usize)] = &[("docs/guide.md", 8), ("README.md", 3)];
/// Where the reader of the page works.
const READER: &str = "/home/ops";

/// Everything that the pages show is what happens.
pub(super) fn are_walked(context: &Context) -> Result<()> {
    for (page, commands) in PAGES {
        let walked = walk(context, page)?;
        ensure!(walked >= *commands, "only {walked} commands in {page}");
    }
    Ok(())
}

/// Walks a page; gives how many commands it shows.
fn walk(context: &Context, name: &str) -> Result<usize> {
    let around = Surroundings::new()?;
    let path = context.workspace().join(name);
    let page = fs::read_to_string(&path).with_context(|| format!("read {name}"))?;
    let (mut walked, mut commands) = (page.clone(), 0);
    for block in pages::blocks(context, name)? {
        if block.is_runbook() {
            write(&around, &block.text)?;
        }
        if let Some(file) = block
            .text
            .strip_prefix("# ")
            .and_then(|text| text.lines().next())
            && block.info == "yaml"
            && file.ends_with(".yaml")
        {
            let file = around.folder().join(file);
            fs::create_dir_all(file.parent().context("a folder")?)?;
            fs::write(file, &block.text)?;
        }
        if block.info != "console" {
            continue;
        }
        let place = || format!("{name}:{}", block.line);
        let mut shown = String::new();
        for command in block
            .text
            .lines()
            .filter_map(|line| line.strip_prefix("$ "))
        {
            let printed = run(context, &around, command).with_context(place)?;
            shown.push_str(&format!("$ {command}\n{printed}"));
            commands += 1;
        }
        ensure!(!shown.is_empty(), "{}: no command", place());
        walked = walked.replacen(&fence(&block.text), &fence(&shown), 1);
    }
    if std::env::var_os("HEELER_WRITE_GUIDE").is_some() {
        fs::write(&path, &walked)?;
    } else if walked != page {
        let differs = (1..).zip(walked.lines().zip(page.lines()));
        let first = differs.into_iter().find(|(_, (now, then))| now != then);
        bail!("{name} shows something else than what happens: line, now and then {first:?}");
    }
    Ok(commands)
}

fn fence(text: &str) -> String {
    format!("```console\n{text}```")
}

/// What a command prints; `> FILE` keeps it in a file instead.
fn run(context: &Context, around: &Surroundings, command: &str) -> Result<String> {
    let (command, file) = match command.split_once(" > ") {
        Some((command, file)) => (command, Some(file)),
        None => (command, None),
    };
    let mut words = command.split_whitespace();
    ensure!(words.next() == Some("heeler"), "`{command}` is not ours");
    let ended = context.heeler(around)?.args(words).finish()?;
    let printed = format!("{}{}", ended.stdout, ended.stderr);
    let home = around.folder().to_string_lossy().into_owned();
    match file {
        Some(file) => {
            fs::write(around.folder().join(Path::new(file)), &ended.stdout)?;
            Ok(ended.stderr)
        }
        None => Ok(printed.replace(&home, READER)),
    }
}
