//! Judging one finding.

use crate::event::{FindingText, Verdict};
use crate::expr::{Template, World};
use crate::runbook::FindingRule;

/// Judges a finding over what was seen.
///
/// Where it holds, lines that need something unseen or absent, or that come out empty, are left
/// out; the finding itself is always said.
pub fn judge(rule: &FindingRule, world: &World) -> Verdict {
    match rule.when.holds(world) {
        Ok(false) => Verdict::RuledOut,
        Err(missing) => Verdict::NotSeen(missing),
        Ok(true) => Verdict::Holds(FindingText {
            says: rule.says.render(world).text,
            details: rule
                .details
                .iter()
                .filter_map(|line| whole(line, world))
                .collect(),
            because: rule.because.as_ref().and_then(|text| whole(text, world)),
            lasting: rule.lasting.as_ref().and_then(|text| whole(text, world)),
        }),
    }
}

fn whole(template: &Template, world: &World) -> Option<String> {
    let rendered = template.render(world);
    rendered.is_whole().then_some(rendered.text)
}
