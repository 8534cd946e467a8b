//! Well-typed runbooks as text.

use std::fmt::Write as _;

use heeler_core::value::Kind;

use super::choices::Choices;
use super::expressions::{Expressions, Leaf, leaves};
use super::looks::{INPUTS, look};

/// How deep expressions are.
const DEEP: usize = 3;

/// A runbook without a fault.
pub fn page(choices: &mut Choices<'_>) -> String {
    let mut page = Page::new(choices);
    page.inputs();
    page.looks();
    let fixes = page.choices.below(3);
    page.findings(fixes);
    page.fixes(fixes);
    page.text
}

struct Page<'c, 'b> {
    choices: &'c mut Choices<'b>,
    text: String,
    /// Everything that expressions can read so far.
    leaves: Vec<Leaf>,
}

/// Text as YAML writes it in quotes.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

impl<'c, 'b> Page<'c, 'b> {
    fn new(choices: &'c mut Choices<'b>) -> Self {
        let mut leaves = vec![leaf("run.id", Kind::Text, false)];
        leaves.extend([
            leaf("target.name", Kind::Text, true),
            leaf("node.name", Kind::Text, true),
            leaf("node.cpus", Kind::Integer, true),
            leaf("node.os_version", Kind::Version, true),
            leaf("pod.namespace", Kind::Text, true),
        ]);
        Page {
            choices,
            text: "heeler: 1\nname: sound\nsummary: Nothing is wrong with it\ntarget: node\n"
                .into(),
            leaves,
        }
    }

    fn inputs(&mut self) {
        self.text.push_str("inputs:\n");
        for (name, input) in INPUTS {
            let _ = writeln!(self.text, "  {name}: {input}");
            let kind = match name {
                "limit" => Kind::Integer,
                "wait" => Kind::Duration,
                "strict" => Kind::Bool,
                _ => Kind::Text,
            };
            self.leaves
                .push(leaf(&format!("inputs.{name}"), kind, false));
        }
    }

    fn looks(&mut self) {
        self.text.push_str("look:\n");
        for number in 0..=self.choices.below(5) {
            let name = format!("look_{number}");
            let (shape, kind, per_node) = look(self.choices);
            let _ = writeln!(self.text, "  {name}:\n    {shape}");
            if self.choices.once_in(4) {
                // What is asked once a run can't depend on one node.
                let readable = self.readable(|leaf| per_node || !leaf.per_node);
                let only_if = Expressions::new(self.choices, &readable).condition(2);
                let _ = writeln!(self.text, "    only-if: {}", quoted(&only_if));
            }
            if number > 0 && self.choices.once_in(4) {
                let before = self.choices.below(number);
                let _ = writeln!(self.text, "    after: look_{before}");
            }
            if self.choices.once_in(4) {
                let _ = writeln!(self.text, "    label: look number {number}");
            }
            self.leaves.extend(leaves(&name, &kind, per_node));
        }
    }

    fn readable(&self, fits: impl Fn(&Leaf) -> bool) -> Vec<Leaf> {
        self.leaves
            .iter()
            .filter(|leaf| fits(leaf))
            .cloned()
            .collect()
    }

    fn findings(&mut self, fixes: usize) {
        self.text.push_str("find:\n");
        for number in 0..=self.choices.below(4) {
            let severity = *self.choices.pick(&["note", "warning", "critical"]);
            let _ = writeln!(self.text, "  finding-{number}:\n    severity: {severity}");
            let readable = self.leaves.clone();
            let expressions = &mut Expressions::new(self.choices, &readable);
            // A fix needs a finding of a node.
            let when = format!("node.cpus > 0 and ({})", expressions.condition(DEEP));
            let _ = writeln!(self.text, "    when: {}", quoted(&when));
            let _ = writeln!(self.text, "    says: {}", quoted(&expressions.template()));
            for key in ["because", "lasting"] {
                if expressions.choices.once_in(3) {
                    let _ = writeln!(self.text, "    {key}: {}", quoted(&expressions.template()));
                }
            }
            let details: Vec<String> = (0..expressions.choices.below(3))
                .map(|_| quoted(&expressions.template()))
                .collect();
            let _ = writeln!(self.text, "    details: [{}]", details.join(", "));
            if number == 0 {
                let names: Vec<String> = (0..fixes).map(|fix| format!("fix-{fix}")).collect();
                let _ = writeln!(self.text, "    fix: [{}]", names.join(", "));
            }
        }
    }

    fn fixes(&mut self, count: usize) {
        if count == 0 {
            return;
        }
        self.text.push_str("fix:\n");
        for number in 0..count {
            let readable = self.leaves.clone();
            let expressions = &mut Expressions::new(self.choices, &readable);
            let (require, that) = (expressions.condition(2), expressions.condition(2));
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
                quoted(&require),
                quoted(&effect),
                quoted(&wanted),
                quoted(&that)
            );
        }
    }
}

fn leaf(path: &str, kind: Kind, per_node: bool) -> Leaf {
    Leaf {
        path: path.into(),
        kind,
        per_node,
    }
}
