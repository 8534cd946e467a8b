//! Well-typed runbooks as text: `find:` and `fix:`.

use std::fmt::Write as _;

use heeler_core::value::Kind;

use super::expressions::Expressions;
use super::leaf::{Leaf, roots};
use super::page::{Page, quoted};

/// How deep conditions are.
const DEEP: usize = 3;
/// A longer condition is not read.
const LONGEST: usize = 1_900;

impl Page<'_, '_> {
    pub(super) fn findings(&mut self, fixes: usize) {
        self.line("find:");
        let mut of_node = Vec::new();
        for number in 0..=self.choices.below(5) {
            // A fix needs a finding of a node.
            let node = self.choices.below(3) < 2 || number == 0 && fixes > 0;
            self.finding(number, node, if number == 0 { fixes } else { 0 });
            if number > 0 && self.choices.once_in(2) {
                let other = self.choices.below(number);
                // What is known of one node does not speak for the run.
                if !node || of_node[other] {
                    self.line(&format!("    instead-of: finding-{other}"));
                }
            }
            of_node.push(node);
        }
    }

    fn finding(&mut self, number: usize, node: bool, fixes: usize) {
        let severity = *self.choices.pick(&["note", "warning", "critical"]);
        self.line(&format!("  finding-{number}:\n    severity: {severity}"));
        let readable = self.readable(|leaf| node || !leaf.per_node);
        let lifted = self.readable(|leaf| !node && leaf.per_node);
        let list = self.list_of_finding(&readable);
        let mut expressions = Expressions::new(self.choices, &readable).over_nodes(&lifted);
        if let Some((_, item)) = &list {
            expressions = expressions.with_each(item);
        }
        let condition = capped(expressions.condition(DEEP));
        let when = match node {
            true => format!("node.cpus > 0 and ({condition})"),
            false => condition,
        };
        let mut lines = format!("    when: {}\n", quoted(&when));
        let _ = writeln!(lines, "    says: {}", quoted(&expressions.template()));
        for key in ["because", "lasting"] {
            if expressions.choices.once_in(3) {
                let _ = writeln!(lines, "    {key}: {}", quoted(&expressions.template()));
            }
        }
        let details = (0..expressions.choices.below(3)).map(|_| quoted(&expressions.template()));
        let details: Vec<String> = details.collect();
        let _ = writeln!(lines, "    details: [{}]", details.join(", "));
        self.text.push_str(&lines);
        let list = list.map_or_else(String::new, |(list, _)| list);
        if !list.is_empty() {
            self.line(&format!("    for-each: {}", quoted(&list)));
        }
        self.evidence(&format!("{list} {when}"), fixes > 0);
        if fixes > 0 {
            let names: Vec<String> = (0..fixes).map(|fix| format!("fix-{fix}")).collect();
            self.line(&format!("    fix: [{}]", names.join(", ")));
        }
    }

    /// The list that a finding goes over, with the kind of its items.
    fn list_of_finding(&mut self, readable: &[Leaf]) -> Option<(String, Kind)> {
        if !self.choices.once_in(3) {
            return None;
        }
        let expressions = &mut Expressions::new(self.choices, readable);
        expressions.public = true;
        let kind = expressions.leaf(|kind| matches!(kind, Kind::List(_)))?.kind;
        let list = expressions.of_kind(&kind)?;
        match kind {
            Kind::List(item) => Some((list, *item)),
            _ => None,
        }
    }

    /// Looks that a condition reads prove it, or suggest it. What has a fix is proved.
    fn evidence(&mut self, conditions: &str, proved: bool) {
        if !self.choices.once_in(3) {
            return;
        }
        let mut looks: Vec<&str> = roots(conditions);
        looks.retain(|root| root.starts_with("look_"));
        looks.sort_unstable();
        looks.dedup();
        let mut entries = Vec::new();
        for look in looks {
            let first = entries.is_empty();
            if !first && self.choices.once_in(3) {
                continue;
            }
            let proves = first && proved || self.choices.below(2) == 0;
            let strength = if proves { "proves" } else { "suggests" };
            entries.push(format!("{{ {strength}: {look} }}"));
        }
        if !entries.is_empty() {
            self.line(&format!("    evidence: [{}]", entries.join(", ")));
        }
    }

    pub(super) fn fixes(&mut self, count: usize) {
        if count > 0 {
            self.line("fix:");
        }
        for number in 0..count {
            let (all, open) = (self.leaves.clone(), self.readable(|leaf| !leaf.secret));
            let require = Expressions::new(self.choices, &all).condition(2);
            let expressions = &mut Expressions::new(self.choices, &open);
            let that = expressions.condition(2);
            let effect = expressions.template();
            let wanted = match expressions.choices.below(3) {
                0 => "{{ inputs.wait }}".to_string(),
                1 => "60s".to_string(),
                _ => expressions.template(),
            };
            let _ = write!(
                self.text,
                "  fix-{number}:\n    require: {}\n    effect: {}\n    change:\n      \
                 - sysctl: {{ net.netfilter.nf_conntrack_udp_timeout: {} }}\n    \
                 verify: {{ that: {}, for: 30s, within: 5m }}\n",
                quoted(&capped(require)),
                quoted(&effect),
                quoted(&wanted),
                quoted(&capped(that))
            );
        }
    }
}

/// A condition that is not too long.
fn capped(condition: String) -> String {
    if condition.len() < LONGEST {
        condition
    } else {
        "run.id != \"\"".into()
    }
}
