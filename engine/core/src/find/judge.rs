//! Judging one finding.

use std::collections::BTreeSet;

use crate::event::{FindingText, Verdict};
use crate::expr::{Template, World};
use crate::runbook::FindingRule;

/// Items of a list that are told one by one; the others are counted.
const MOST_TOLD: usize = 5;
/// What stands between the texts of several items.
const BETWEEN: &str = "; ";

/// Judges a finding over what was seen. One with `for-each` is judged for each item of its list; it
/// holds where it holds for any of them.
///
/// Where it holds, lines that need something unseen or absent, or that come out empty, are left
/// out; the finding itself is always said.
pub fn judge(rule: &FindingRule, world: &World) -> Verdict {
    let items = match rule.for_each.as_ref().map(|list| list.worlds(world)) {
        None => vec![world.clone()],
        Some(Ok(items)) => items,
        Some(Err(missing)) => return Verdict::NotSeen(missing),
    };
    let mut holding = Vec::new();
    let mut missing = BTreeSet::new();
    for item in &items {
        match rule.when.holds(item) {
            Ok(true) => holding.push(item),
            Ok(false) => {}
            Err(more) => missing.extend(more),
        }
    }
    if !holding.is_empty() {
        Verdict::Holds(text(rule, &holding))
    } else if missing.is_empty() {
        Verdict::RuledOut
    } else {
        Verdict::NotSeen(missing.into_iter().collect())
    }
}

/// The finding in words, over the items for which it holds.
fn text(rule: &FindingRule, holding: &[&World]) -> FindingText {
    let (told, others) = holding
        .split_at_checked(MOST_TOLD)
        .unwrap_or((holding, &[]));
    let mut says = distinct(told.iter().map(|item| rule.says.render(item).text));
    if !others.is_empty() {
        says.push(format!("and {} more", others.len()));
    }
    let lines =
        |template: &Template| distinct(told.iter().filter_map(|item| whole(template, item)));
    let one_line = |template: &Option<Template>| {
        let lines = lines(template.as_ref()?);
        (!lines.is_empty()).then(|| lines.join(BETWEEN))
    };
    FindingText {
        says: says.join(BETWEEN),
        details: rule.details.iter().flat_map(lines).collect(),
        because: one_line(&rule.because),
        lasting: one_line(&rule.lasting),
    }
}

/// Each text once, in order: what does not depend on the item is the same for all.
fn distinct(texts: impl Iterator<Item = String>) -> Vec<String> {
    let mut all = Vec::new();
    for text in texts {
        if !all.contains(&text) {
            all.push(text);
        }
    }
    all
}

fn whole(template: &Template, world: &World) -> Option<String> {
    let rendered = template.render(world);
    rendered.is_whole().then_some(rendered.text)
}
