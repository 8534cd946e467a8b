//! The files of the tree, as git lists them, and the code in them without comments.

use std::fs;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use regex::Regex;

use crate::harness::Context;

/// All text files of the tree, also those that are not committed yet.
pub(crate) struct Tree {
    pub(crate) files: Vec<SourceFile>,
}

/// A file of the tree.
pub(crate) struct SourceFile {
    /// Relative to the root.
    pub(crate) path: String,
    /// As it is.
    pub(crate) text: String,
    /// Without comments, which may name anything.
    pub(crate) code: String,
}

impl Tree {
    /// Reads the tree that the suite was built from.
    pub(crate) fn read(context: &Context) -> Result<Self> {
        let root = context.workspace();
        let listed = Command::new("git")
            .arg("-C")
            .arg(root)
            .args([
                "ls-files",
                "-z",
                "--cached",
                "--others",
                "--exclude-standard",
            ])
            .output()
            .context("list the tree with git")?;
        let paths = String::from_utf8(listed.stdout)?;
        let text = |path: &str| Some((path.to_owned(), fs::read_to_string(root.join(path)).ok()?));
        let files: Vec<SourceFile> = paths
            .split_terminator('\0')
            .filter_map(text)
            .map(|(path, text)| SourceFile {
                code: without_comments(&text),
                path,
                text,
            })
            .collect();
        ensure!(
            !files.is_empty(),
            "git lists no files in {}",
            root.display()
        );
        Ok(Self { files })
    }

    /// The Rust files below a folder.
    pub(crate) fn rust(&self, folder: &str) -> impl Iterator<Item = &SourceFile> {
        let below =
            move |file: &&SourceFile| file.path.starts_with(folder) && file.path.ends_with(".rs");
        self.files.iter().filter(below)
    }

    /// The Rust files below a folder that are in the product: no tests, and nothing made for them.
    pub(crate) fn product(&self, folder: &str) -> impl Iterator<Item = &SourceFile> {
        self.rust(folder).filter(|file| !file.is_for_tests())
    }

    /// The text of one file.
    pub(crate) fn text(&self, path: &str) -> Result<&str> {
        let file = self.files.iter().find(|file| file.path == path);
        file.map(|file| file.text.as_str())
            .with_context(|| format!("there is no {path}"))
    }
}

impl SourceFile {
    /// Whether it lies in one of the folders.
    pub(crate) fn is_below(&self, folders: &[&str]) -> bool {
        folders.iter().any(|folder| self.path.starts_with(folder))
    }

    /// The code before the tests that stand at a file's end.
    pub(crate) fn product_code(&self) -> &str {
        self.code
            .split("#[cfg(test)]\nmod tests {")
            .next()
            .unwrap_or_default()
    }

    fn is_for_tests(&self) -> bool {
        let stem = |part: &str| part.trim_end_matches(".rs").to_owned();
        let parts = self.path.split('/').map(stem);
        let marks = ["tests", "samples", "laws", "scripted"];
        parts
            .into_iter()
            .any(|part| part.ends_with("_tests") || marks.contains(&part.as_str()))
    }

    /// The places in `text`, which is this file's text or code, where `pattern` matches.
    pub(crate) fn lines_with(&self, pattern: &Regex, text: &str) -> Vec<String> {
        let numbered = (1..).zip(text.lines());
        let found = numbered.filter(|(_, line)| pattern.is_match(line));
        found
            .map(|(number, line)| format!("{}:{number}: {}", self.path, line.trim()))
            .collect()
    }
}

/// Blanks whole-line comments and those that end a line, keeping the lines' numbers.
fn without_comments(text: &str) -> String {
    text.lines()
        .map(|line| format!("{}\n", before_comment(line)))
        .collect()
}

fn before_comment(line: &str) -> &str {
    if line.trim_start().starts_with("//") {
        return "";
    }
    line.split_once(" // ").map_or(line, |(code, _)| code)
}
