//! Which module may know which: read from every path that begins at the crate's root.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Result, ensure};
use regex::Regex;

use super::tree::{SourceFile, Tree};
use crate::harness::Context;

/// A module, and the modules that it may know. What isn't named here may know nobody.
type Arrows = &'static [(&'static str, &'static [&'static str])];

const CORE: Arrows = &[
    ("value", &[]),
    ("logs", &[]),
    ("redact", &[]),
    ("syntax", &[]),
    ("frame", &["value"]),
    ("event", &["frame", "value"]),
    ("expr", &["syntax", "value"]),
    ("hazard", &["value"]),
    ("action", &["frame", "hazard", "syntax", "value"]),
    ("runbook", &["action", "expr", "syntax", "value"]),
    (
        "find",
        &["action", "event", "expr", "frame", "runbook", "value"],
    ),
    (
        "plan",
        &[
            "action", "event", "frame", "find", "hazard", "runbook", "value",
        ],
    ),
    (
        "guard",
        &[
            "action", "event", "find", "plan", "runbook", "syntax", "value",
        ],
    ),
    (
        "lint",
        &[
            "action", "expr", "frame", "plan", "runbook", "syntax", "value",
        ],
    ),
    ("capture", &["action", "frame"]),
    (
        "recording",
        &[
            "action", "event", "find", "frame", "plan", "redact", "runbook", "value",
        ],
    ),
    ("channel", &["frame"]),
    ("report", &["event", "value"]),
    (
        "case",
        &[
            "action", "event", "expr", "find", "frame", "runbook", "syntax", "value",
        ],
    ),
];

const HEELER: Arrows = &[
    ("failure", &["journal", "library", "world"]),
    ("journal", &[]),
    ("library", &["failure"]),
    ("cases", &["failure", "library"]),
    ("world", &[]),
    ("logs", &["world"]),
    ("bundle", &["failure", "run", "world"]),
    ("run", &["failure", "journal", "library", "world"]),
    (
        "cli",
        &[
            "bundle", "cases", "failure", "journal", "library", "logs", "run", "world",
        ],
    ),
];

/// What may name an adapter: itself, and whoever wires it to the ports.
const WIRING: &[&str] = &["engine/heeler/src/world/", "engine/heeler/src/cli/"];

/// The pure half's arrows.
pub(crate) fn core(context: &Context) -> Result<()> {
    check(&Tree::read(context)?, "engine/core/src/", CORE)
}

/// The command's arrows.
pub(crate) fn heeler(context: &Context) -> Result<()> {
    check(&Tree::read(context)?, "engine/heeler/src/", HEELER)
}

/// An adapter is named in one file, and there only to be handed on as a port.
pub(crate) fn adapters(context: &Context) -> Result<()> {
    let tree = Tree::read(context)?;
    for adapter in ["aws", "kube"] {
        let door = format!("engine/heeler/src/world/{adapter}/");
        let named = Regex::new(&format!(r"\bworld::\{{?[^;]*\b{adapter}\b"))?;
        let knowing: Vec<&str> = tree
            .product("engine/heeler/src/")
            .filter(|file| !file.path.starts_with(&door) && named.is_match(file.product_code()))
            .map(|file| file.path.as_str())
            .collect();
        let wired = knowing.len() == 1 && knowing.iter().all(|path| starts_with_any(path, WIRING));
        ensure!(
            wired,
            "world::{adapter} should be known to one file that wires it, not to {knowing:?}"
        );
    }
    Ok(())
}

fn starts_with_any(path: &str, folders: &[&str]) -> bool {
    folders.iter().any(|folder| path.starts_with(folder))
}

fn check(tree: &Tree, root: &str, arrows: Arrows) -> Result<()> {
    let allowed: BTreeMap<&str, &[&str]> = arrows.iter().copied().collect();
    let mut wrong = BTreeSet::new();
    let mut drawn = 0;
    for file in tree.product(root) {
        let module = module_of(file, root);
        if matches!(module, "lib" | "main") {
            continue;
        }
        for known in known_modules(file, root, &allowed)? {
            drawn += 1;
            let may = allowed
                .get(module)
                .is_some_and(|may| may.contains(&known.as_str()));
            if known != module && !may {
                wrong.insert(format!("{module} → {known} ({})", file.path));
            }
        }
    }
    ensure!(drawn > 0, "no arrow was found below {root}: mend this rule");
    let wrong: Vec<String> = wrong.into_iter().collect();
    ensure!(
        wrong.is_empty(),
        "arrows that point the wrong way:\n{}",
        wrong.join("\n")
    );
    Ok(())
}

/// The top-level module that a file belongs to.
fn module_of<'f>(file: &'f SourceFile, root: &str) -> &'f str {
    let inside = file.path.strip_prefix(root).unwrap_or(&file.path);
    let module = inside.split('/').next().unwrap_or_default();
    module.trim_end_matches(".rs")
}

/// The top-level modules that a file names: by `crate::`, in a group of them, or by climbing up.
fn known_modules(
    file: &SourceFile,
    root: &str,
    modules: &BTreeMap<&str, &[&str]>,
) -> Result<BTreeSet<String>> {
    let code = file.product_code();
    let climb = r"super::".repeat(depth(file, root));
    let named = Regex::new(&format!(r"(?:\bcrate::|[^:\w]{climb})(\w+)"))?;
    let group = Regex::new(r"\bcrate::\{([^;]*)\};")?;
    let mut known: BTreeSet<String> = named
        .captures_iter(code)
        .map(|found| found[1].to_owned())
        .collect();
    for names in group.captures_iter(code) {
        known.extend(outer_names(&names[1]));
    }
    known.retain(|name| modules.contains_key(name.as_str()));
    Ok(known)
}

/// How many `super` lead from a file to the crate's root.
fn depth(file: &SourceFile, root: &str) -> usize {
    let inside = file.path.strip_prefix(root).unwrap_or(&file.path);
    let parts = inside.split('/').count();
    if inside.ends_with("/mod.rs") {
        parts - 1
    } else {
        parts
    }
}

/// The first names in a group of imports, without what stands in inner braces.
fn outer_names(group: &str) -> Vec<String> {
    let mut inner = 0_usize;
    let outer: String = group
        .chars()
        .filter(|letter| {
            match letter {
                '{' => inner += 1,
                '}' => inner = inner.saturating_sub(1),
                _ => {}
            }
            inner == 0
        })
        .collect();
    let first = |item: &str| {
        item.trim()
            .split("::")
            .next()
            .unwrap_or_default()
            .to_owned()
    };
    outer.split(',').map(first).collect()
}
