//! Well-typed runbooks as text: what stands above `find:`.

use heeler_core::value::Kind;

use super::choices::Choices;
use super::expressions::Expressions;
use super::inputs;
use super::leaf::{Leaf, leaves, roots};
use super::looks::{Shape, look, look_for_each};
use super::others::Other;

/// A runbook without a fault, which may use the others.
pub(super) fn page(
    name: &str,
    target: &str,
    others: &[Other],
    choices: &mut Choices<'_>,
) -> String {
    let mut page = Page::new(name, target, choices);
    page.inputs();
    page.looks(others);
    let fixes = page.choices.below(3);
    page.findings(fixes);
    page.fixes(fixes);
    page.text
}

pub(super) struct Page<'c, 'b> {
    pub(super) choices: &'c mut Choices<'b>,
    pub(super) text: String,
    /// Everything that expressions can read so far.
    pub(super) leaves: Vec<Leaf>,
}

/// Text as YAML writes it in quotes.
pub(super) fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

impl<'c, 'b> Page<'c, 'b> {
    fn new(name: &str, target: &str, choices: &'c mut Choices<'b>) -> Self {
        let leaves = vec![
            Leaf::new("run.id", Kind::Text, false),
            Leaf::new("target.name", Kind::Text, true),
            Leaf::new("node.name", Kind::Text, true),
            Leaf::new("node.cpus", Kind::Integer, true),
            Leaf::new("node.os_version", Kind::Version, true),
            Leaf::new("pod.namespace", Kind::Text, true),
        ];
        let mut text = format!(
            "heeler: 1\nname: {name}\nsummary: Nothing is wrong with it\ntarget: {target}\n"
        );
        for line in ["within: 2m\n", "allow: [control, admin, host]\n"] {
            if choices.once_in(4) {
                text.push_str(line);
            }
        }
        Page {
            choices,
            text,
            leaves,
        }
    }

    pub(super) fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    fn inputs(&mut self) {
        let given = inputs::some(self.choices);
        self.line("inputs:");
        self.text.push_str(&inputs::written(
            given.iter().map(|given| (given.name, given.shape)),
        ));
        self.leaves.extend(given.into_iter().flat_map(inputs::read));
    }

    fn looks(&mut self, others: &[Other]) {
        self.line("look:");
        for number in 0..=self.choices.below(6) {
            let name = format!("look_{number}");
            self.line(&format!("  {name}:"));
            let (kind, per_node) = if !others.is_empty() && self.choices.once_in(3) {
                let other = self.choices.pick(others);
                self.used(other)
            } else {
                self.look()
            };
            if number > 0 && self.choices.once_in(4) {
                let before = self.choices.below(number);
                self.line(&format!("    after: look_{before}"));
            }
            self.leaves.extend(leaves(&name, &kind, per_node));
        }
    }

    /// A look with its limits.
    fn look(&mut self) -> (Kind, bool) {
        let list = self.list();
        let shape = match &list {
            Some((leaf, item)) => self.for_each(leaf, item),
            None => look(self.choices),
        };
        let Shape { text, kind, .. } = shape;
        let per_node = shape.per_node || list.is_some_and(|(leaf, _)| leaf.per_node);
        self.line(&format!("    {text}"));
        // What is asked once a run can't depend on one node.
        self.only_if(per_node);
        if self.choices.once_in(4) {
            self.line("    within: 9s");
        }
        if shape.again && self.choices.once_in(4) {
            let times = self.choices.below(4);
            self.line(&format!("    retry: {times}"));
        }
        if self.choices.once_in(4) {
            self.line("    label: a look");
        }
        (kind, per_node)
    }

    /// A list to go over, with the kind of its items.
    fn list(&mut self) -> Option<(Leaf, Kind)> {
        if !self.choices.once_in(3) {
            return None;
        }
        let lists = self.leaves.iter().filter_map(|leaf| match &leaf.kind {
            Kind::List(item) => Some((leaf.clone(), item.as_ref().clone())),
            _ => None,
        });
        let lists: Vec<(Leaf, Kind)> = lists.collect();
        (!lists.is_empty()).then(|| self.choices.pick(&lists).clone())
    }

    fn for_each(&mut self, list: &Leaf, item: &Kind) -> Shape {
        let single = |leaf: &Leaf| !matches!(leaf.kind, Kind::Record(_) | Kind::List(_));
        let words = leaves("each", item, false).into_iter().filter(single);
        let words: Vec<Leaf> = words.collect();
        let path = self.choices.pick(&words).path.clone();
        self.line(&format!("    for-each: {}", quoted(&list.path)));
        look_for_each(&path, item, self.choices)
    }

    fn only_if(&mut self, per_node: bool) {
        if !self.choices.once_in(4) {
            return;
        }
        let readable = self.readable(|leaf| per_node || !leaf.per_node);
        let only_if = Expressions::new(self.choices, &readable).condition(2);
        self.line(&format!("    only-if: {}", quoted(&only_if)));
    }

    /// The use of another runbook. It differs from node to node where it is given what does.
    fn used(&mut self, other: &Other) -> (Kind, bool) {
        self.line(&format!("    use: {}", other.name));
        let (mut with, mut per_node) = (Vec::new(), false);
        for input in &other.inputs {
            if input.default.is_some() && !self.choices.once_in(3) {
                continue;
            }
            let mut written = inputs::typed(input);
            written.retain(|text| !text.contains("{{"));
            let text = if input.secret || written.is_empty() || self.choices.below(2) == 0 {
                let readable = self.leaves.clone();
                let expressions = &mut Expressions::new(self.choices, &readable);
                expressions.public = !input.secret;
                expressions.of_kind(&input.kind).map(|value| {
                    per_node |= self.is_per_node(&value);
                    format!("{{{{ {value} }}}}")
                })
            } else {
                Some(self.choices.pick(&written).to_string())
            };
            let text = text.unwrap_or_else(|| written[0].to_string());
            with.push(format!("{}: {}", input.name, quoted(&text)));
        }
        if !with.is_empty() {
            self.line(&format!("    with: {{ {} }}", with.join(", ")));
        }
        self.only_if(per_node || !other.of_run);
        (other.kind.clone(), per_node || other.per_node)
    }

    /// Whether an expression reads what differs from node to node.
    fn is_per_node(&self, expression: &str) -> bool {
        let of_node = |root: &&str| {
            let mut leaves = self.leaves.iter();
            leaves.any(|leaf| leaf.per_node && leaf.root() == *root)
        };
        roots(expression).iter().any(of_node)
    }

    pub(super) fn readable(&self, fits: impl Fn(&Leaf) -> bool) -> Vec<Leaf> {
        self.leaves
            .iter()
            .filter(|leaf| fits(leaf))
            .cloned()
            .collect()
    }
}
