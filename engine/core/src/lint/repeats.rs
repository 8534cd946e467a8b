//! What is asked, listed or changed twice.

use std::collections::{BTreeMap, BTreeSet};

use super::removal;
use crate::runbook::Reading;
use crate::syntax::{Entry, Faults, Patch, Span, Spanned, Tree};

/// Keys of a look that say when it is asked, not what.
const WHEN: [&str; 5] = ["label", "only-if", "after", "within", "retry"];

pub(super) fn check(reading: &Reading, text: &str, faults: &mut Faults) {
    same_looks(reading, faults);
    lists(reading, text, faults);
    changes(reading, faults);
}

fn same_looks(reading: &Reading, faults: &mut Faults) {
    let looks = reading.tree.get("look").and_then(Tree::entries);
    let looks = looks.unwrap_or_default();
    let mut asked: BTreeMap<Vec<Mark<'_>>, &Entry> = BTreeMap::new();
    for later in looks {
        let asks = asks(&later.value);
        if asks.is_empty() {
            continue;
        }
        let Some(earlier) = asked.get(&asks) else {
            asked.insert(asks, later);
            continue;
        };
        // Asked again later it may answer something else.
        if later.value.get("after").is_some() || earlier.value.get("after").is_some() {
            continue;
        }
        faults
            .warning(
                "same-look",
                later.key.span,
                format!(
                    "`{}` asks the same as `{}`",
                    later.key.value, earlier.key.value
                ),
            )
            .label(earlier.key.span, "the first")
            .help(format!("remove it and read `{}`", earlier.key.value));
    }
}

/// A piece of YAML, wherever it stands and however it is written.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Mark<'t> {
    List,
    Map,
    Scalar(Option<&'t str>),
    Key(&'t str),
    End,
}

/// What a look asks.
fn asks(look: &Tree) -> Vec<Mark<'_>> {
    let entries = look.entries().unwrap_or_default().iter();
    let mut marks = Vec::new();
    by_key(
        entries.filter(|entry| !WHEN.contains(&entry.key.value.as_str())),
        &mut marks,
    );
    marks
}

fn by_key<'t>(entries: impl Iterator<Item = &'t Entry>, marks: &mut Vec<Mark<'t>>) {
    let mut entries: Vec<&Entry> = entries.collect();
    entries.sort_by_key(|entry| entry.key.value.as_str());
    for entry in entries {
        marks.push(Mark::Key(&entry.key.value));
        written(&entry.value, marks);
    }
}

fn written<'t>(tree: &'t Tree, marks: &mut Vec<Mark<'t>>) {
    match tree {
        Tree::List(items) => {
            marks.push(Mark::List);
            items.value.iter().for_each(|item| written(item, marks));
            marks.push(Mark::End);
        }
        Tree::Map(entries) => {
            marks.push(Mark::Map);
            by_key(entries.value.iter(), marks);
            marks.push(Mark::End);
        }
        scalar => marks.push(Mark::Scalar(
            scalar.as_text().map(|text| text.value.as_str()),
        )),
    }
}

/// Names in `after`, `fix` and `instead-of`.
fn lists(reading: &Reading, text: &str, faults: &mut Faults) {
    for section in ["look", "find"] {
        let entries = reading.tree.get(section).and_then(Tree::entries);
        for entry in entries.unwrap_or_default() {
            for key in ["after", "fix", "instead-of"] {
                listed_twice(&entry.value, key, text, faults);
            }
            awaited_anyway(reading, entry, text, faults);
        }
    }
}

fn names<'t>(owner: &'t Tree, key: &str) -> Vec<&'t Spanned<String>> {
    let list = owner.get(key);
    let items = list.and_then(Tree::items).unwrap_or_default();
    let one = list.and_then(Tree::as_text);
    items.iter().filter_map(Tree::as_text).chain(one).collect()
}

fn listed_twice(owner: &Tree, key: &str, text: &str, faults: &mut Faults) {
    let names = names(owner, key);
    let mut seen = BTreeSet::new();
    for (index, name) in names.iter().enumerate() {
        if seen.insert(name.value.as_str()) {
            continue;
        }
        let patch = removal::item(&names, index, text);
        let title = format!("`{}` is listed twice", name.value);
        let fault = faults.warning("listed-twice", name.span, title);
        fault.help("remove one").patches.extend(patch);
    }
}

/// A look comes after what its `only-if` reads without being told.
fn awaited_anyway(reading: &Reading, entry: &Entry, text: &str, faults: &mut Faults) {
    let step = reading
        .looks
        .iter()
        .find(|step| step.name == entry.key.value);
    let Some(only_if) = step.and_then(|step| step.only_if.as_ref()) else {
        return;
    };
    let read: BTreeSet<String> = only_if.roots().into_iter().map(|(name, _)| name).collect();
    let names = names(&entry.value, "after");
    for (index, name) in names.iter().enumerate() {
        if !read.contains(&name.value) {
            continue;
        }
        let alone = || -> Option<Patch> {
            let after = entry
                .value
                .entries()?
                .iter()
                .find(|entry| entry.key.value == "after")?;
            (names.len() == 1).then(|| removal::whole_lines(after, text))?
        };
        let patch = removal::item(&names, index, text).or_else(alone);
        let title = format!("`only-if` waits for `{}` already", name.value);
        let fault = faults.warning("redundant-after", name.span, title);
        fault.help("remove it").patches.extend(patch);
    }
}

fn changes(reading: &Reading, faults: &mut Faults) {
    for fix in &reading.fixes {
        let mut seen: Vec<(String, Span)> = Vec::new();
        for change in &fix.changes {
            let subject = change.subject();
            let first = seen.iter().find(|(seen, _)| *seen == subject);
            if let Some((_, first)) = first {
                faults
                    .warning(
                        "changed-twice",
                        change.span(),
                        format!("`{}` sets {subject} twice", fix.name),
                    )
                    .label(*first, "the first")
                    .help("the second one finds another value than the plan showed; remove one");
            }
            seen.push((subject, change.span()));
        }
    }
}
