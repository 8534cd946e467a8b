//! The house rules, asked of the tree itself: who may know whom, what stays behind which door,
//! and what must not be left lying about. It reads files; it knows nothing of what they do.

mod arrows;
mod named;
mod tree;

use anyhow::{Result, ensure};
use regex::Regex;

use crate::harness::{Case, Context, Need};
use tree::{SourceFile, Tree};

const NEEDS: &[Need] = &[Need::Clone];
/// The longest file that a person still reads to its end.
const LONGEST: usize = 400;

/// The area's cases.
pub(crate) const CASES: &[Case] = &[
    Case::new(
        "house::arrows_within_core_point_one_way",
        NEEDS,
        arrows::core,
    ),
    Case::new(
        "house::arrows_within_heeler_point_one_way",
        NEEDS,
        arrows::heeler,
    ),
    Case::new(
        "house::adapters_are_known_where_they_are_wired_only",
        NEEDS,
        arrows::adapters,
    ),
    Case::new("house::core_performs_no_input_or_output", NEEDS, pure_core),
    Case::new("house::each_library_stays_behind_its_door", NEEDS, doors),
    Case::new(
        "house::the_suite_and_the_lab_know_nothing_of_the_engine",
        NEEDS,
        strangers,
    ),
    Case::new(
        "house::nothing_in_the_engine_is_unsafe_or_for_linux_only",
        NEEDS,
        portable,
    ),
    Case::new("house::files_can_be_read_to_their_end", NEEDS, short_files),
    Case::new("house::modules_say_what_they_are_for", NEEDS, module_docs),
    Case::new("house::nothing_is_left_lying_about", NEEDS, leftovers),
    Case::new("house::one_action_lives_in_few_files", NEEDS, one_action),
    Case::new(
        "house::hazards_name_cases_that_exist",
        NEEDS,
        named::hazards,
    ),
];

/// Who may name a library: a pattern of code, and the paths behind whose doors it stays.
const DOORS: &[(&str, &[&str])] = &[
    (
        r"\baws_(sdk|config|sigv4|smithy|types|runtime)",
        &["engine/heeler/src/world/aws/"],
    ),
    (
        r"\buse kube::|[\s(<]kube::[A-Z]\w*[<({:]",
        &["engine/heeler/src/world/kube/"],
    ),
    (r"\bk8s_openapi\b", &["engine/heeler/src/world/"]),
    (r"\bserde_yaml\b", &["engine/core/src/syntax/yaml"]),
    (r"\bgranit_parser\b", &["engine/core/src/syntax/yaml/"]),
    (r"\bmachinery::", &["engine/core/src/expr/"]),
    (r"\bannotate_snippets\b", &["engine/core/src/syntax/"]),
    (r"\bregex_syntax\b", &["engine/core/src/syntax/pattern.rs"]),
    (
        r"\brusqlite\b",
        &[
            "engine/heeler/src/journal/",
            "engine/heeler/src/logs/shipped/",
        ],
    ),
    (r"\b(indicatif|clap)\b", &["engine/heeler/src/cli/"]),
];

/// What the pure half has no business with.
const WORLD: &str = r"\b(tokio|std::(fs|process|env|thread))\b|\b(Tcp|Udp|Unix)(Stream|Listener|Socket)\b|\b(Instant|SystemTime|Timestamp|Zoned)::now\b";

/// The files that hold an action: itself, its tests, its reference section, its cases.
const ONE_ACTION: &[&str] = &[
    r"^engine/core/src/action/sysctl(/[a-z_]+)?\.(rs|sh)$",
    r"^engine/core/src/action/tests/sysctl[a-z_]*\.rs$",
    r"^docs/reference/(actions/)?sysctl\.md$",
    r"^tests/corpus/(.*/)?sysctl[^/]*$",
];

fn doors(context: &Context) -> Result<()> {
    let tree = Tree::read(context)?;
    for (pattern, doors) in DOORS {
        let outside = |file: &&SourceFile| !doors.iter().any(|door| file.path.starts_with(door));
        let why = format!("stays in {}", doors.join(" and "));
        none(tree.rust("engine/").filter(outside), pattern, &why)?;
        for door in *doors {
            let inside = tree
                .rust("engine/")
                .filter(|file| file.path.starts_with(door));
            ensure!(
                !matches(inside, pattern)?.is_empty(),
                "{pattern} is not in {door}: mend this rule"
            );
        }
    }
    Ok(())
}

fn pure_core(context: &Context) -> Result<()> {
    let tree = Tree::read(context)?;
    let world = Regex::new(WORLD)?;
    let core = tree.product("engine/core/src/");
    let found: Vec<String> = core
        .flat_map(|file| file.lines_with(&world, file.product_code()))
        .collect();
    ensure!(
        found.is_empty(),
        "the pure half reaches for the world:\n{}",
        found.join("\n")
    );
    let manifest = tree.text("engine/core/Cargo.toml")?;
    let dependencies = manifest
        .split("[dev-dependencies]")
        .next()
        .unwrap_or_default();
    for heavy in [
        "tokio", "aws-", "kube", "k8s", "rusqlite", "reqwest", "hyper",
    ] {
        let named = dependencies.lines().find(|line| line.starts_with(heavy));
        ensure!(
            named.is_none(),
            "engine/core/Cargo.toml depends on the world: {named:?}"
        );
    }
    Ok(())
}

fn strangers(context: &Context) -> Result<()> {
    let tree = Tree::read(context)?;
    // What tries the language on texts alone, such as the fuzzers, calls the pure half.
    none(
        tree.rust("tests/suite/").chain(tree.rust("tests/lab/")),
        r"\bheeler_core\b|(^|[^:])\bheeler::\w",
        "drives programs, it calls no engine",
    )?;
    // What is beside them, and does call it, is for tests only.
    let manifest = tree.text("tests/Cargo.toml")?;
    let dependencies = manifest.split("[dev-dependencies]").next();
    let engine = dependencies
        .unwrap_or_default()
        .lines()
        .find(|line| line.starts_with("heeler"));
    ensure!(
        engine.is_none(),
        "the lab depends on the engine: {engine:?}"
    );
    none(tree.rust("engine/"), r"\bheeler_tests\b", "knows no lab")
}

fn portable(context: &Context) -> Result<()> {
    let tree = Tree::read(context)?;
    none(tree.rust("engine/"), r"\bunsafe\b", "is not for the engine")?;
    let linux = r#"\bos::linux\b|\bnix::|\blibc::|target_os = "linux""#;
    none(
        tree.rust("engine/"),
        linux,
        "is for Linux only, and operators have Macs",
    )
}

fn short_files(context: &Context) -> Result<()> {
    let tree = Tree::read(context)?;
    let long = |file: &&SourceFile| file.text.lines().count() > LONGEST;
    let files = tree
        .files
        .iter()
        .filter(|file| file.is_below(&["engine/", "tests/"]) && !file.path.ends_with("Cargo.lock"));
    let long: Vec<String> = files
        .filter(long)
        .map(|file| format!("{}: {} lines", file.path, file.text.lines().count()))
        .collect();
    ensure!(
        long.is_empty(),
        "more than {LONGEST} lines:\n{}",
        long.join("\n")
    );
    Ok(())
}

fn module_docs(context: &Context) -> Result<()> {
    let tree = Tree::read(context)?;
    let modules = tree.rust("engine/").chain(tree.rust("tests/"));
    let silent: Vec<&str> = modules
        .filter(|file| !file.text.starts_with("//!"))
        .map(|file| file.path.as_str())
        .collect();
    ensure!(
        silent.is_empty(),
        "files that begin without a module doc:\n{}",
        silent.join("\n")
    );
    Ok(())
}

fn leftovers(context: &Context) -> Result<()> {
    let tree = Tree::read(context)?;
    // In two halves, so that this line is not one itself.
    let words = [
        "to\\ do!\\(",
        "d\\ bg!\\(",
        "\\bTO\\ DO\\b",
        "\\bFIX\\ ME\\b",
        "\\bX\\ XX\\b",
        "^<\\ <<<<<<",
    ];
    let pattern = words.map(|word| word.replace("\\ ", "")).join("|");
    let files = tree
        .files
        .iter()
        .filter(|file| !file.path.ends_with("Cargo.lock"));
    let pattern = Regex::new(&format!("(?m){pattern}"))?;
    let found: Vec<String> = files
        .flat_map(|file| file.lines_with(&pattern, &file.text))
        .collect();
    ensure!(found.is_empty(), "left lying about:\n{}", found.join("\n"));
    Ok(())
}

fn one_action(context: &Context) -> Result<()> {
    let tree = Tree::read(context)?;
    let allowed = Regex::new(&ONE_ACTION.join("|"))?;
    let named = tree
        .files
        .iter()
        .map(|file| &file.path)
        .filter(|path| path.contains("sysctl"));
    let (at_home, elsewhere): (Vec<&String>, Vec<&String>) =
        named.partition(|path| allowed.is_match(path));
    ensure!(elsewhere.is_empty(), "an action spreads into {elsewhere:?}");
    let source = "engine/core/src/action/sysctl";
    ensure!(
        at_home.iter().any(|path| path.starts_with(source)),
        "no {source} any more: mend this rule"
    );
    Ok(())
}

/// No line of the files' code may match.
fn none<'t>(files: impl Iterator<Item = &'t SourceFile>, pattern: &str, why: &str) -> Result<()> {
    let found = matches(files, pattern)?;
    ensure!(found.is_empty(), "this {why}:\n{}", found.join("\n"));
    Ok(())
}

/// The lines of the files' code that match, with their places.
fn matches<'t>(files: impl Iterator<Item = &'t SourceFile>, pattern: &str) -> Result<Vec<String>> {
    let pattern = Regex::new(&format!("(?m){pattern}"))?;
    Ok(files
        .flat_map(|file| file.lines_with(&pattern, &file.code))
        .collect())
}
