//! Well-typed conditions as text, and functions over nodes and lists.

use heeler_core::value::Kind;

use super::choices::Choices;
use super::leaf::{Leaf, leaves};

/// Writes expressions over what can be read.
pub(super) struct Expressions<'c, 'b> {
    pub(super) choices: &'c mut Choices<'b>,
    /// What can be read as it is.
    leaves: &'c [Leaf],
    /// What functions over the nodes can read besides.
    lifted: &'c [Leaf],
    /// The item of a list.
    each: Vec<Leaf>,
    /// Whether the list is that of `for-each`.
    for_each: bool,
    /// Whether this is within a function over the nodes.
    nodes: bool,
    /// Whether no secret may be read.
    pub(super) public: bool,
}

/// What a function goes over.
enum Over {
    /// The nodes; the path differs among them.
    Nodes(String),
    /// A list, with the kind of its items.
    List(String, Kind),
}

const COMPARISONS: [&str; 6] = ["==", "!=", "<", "<=", ">", ">="];

impl<'c, 'b> Expressions<'c, 'b> {
    pub(super) fn new(choices: &'c mut Choices<'b>, leaves: &'c [Leaf]) -> Self {
        Expressions {
            choices,
            leaves,
            lifted: &[],
            each: Vec::new(),
            for_each: false,
            nodes: false,
            public: false,
        }
    }

    /// The same with functions over nodes, which read these besides.
    pub(super) fn over_nodes(mut self, lifted: &'c [Leaf]) -> Self {
        self.lifted = lifted;
        self
    }

    /// The same with the item of the list of `for-each`.
    pub(super) fn with_each(mut self, kind: &Kind) -> Self {
        self.each = leaves("each", kind, false);
        self.for_each = true;
        self
    }

    /// Something to read that fits; the item of a list twice as often as anything else.
    pub(super) fn leaf(&mut self, fits: impl Fn(&Kind) -> bool) -> Option<Leaf> {
        let readable = self.each.iter().chain(self.each.iter()).chain(self.leaves);
        let lifted = self.lifted.iter().filter(|_| self.nodes);
        let fitting: Vec<&Leaf> = readable
            .chain(lifted)
            .filter(|leaf| fits(&leaf.kind) && !(self.public && leaf.secret))
            .collect();
        if fitting.is_empty() {
            return None;
        }
        Some((*self.choices.pick(&fitting)).clone())
    }

    /// A condition.
    pub(super) fn condition(&mut self, depth: usize) -> String {
        let composite = if depth == 0 { 0 } else { 7 };
        match self.choices.below(6 + composite) {
            1 => match self.leaf(|kind| *kind == Kind::Bool) {
                Some(leaf) => leaf.path,
                None => "true".into(),
            },
            2 => self.comparison_of_measures(depth),
            3 => self.comparison_of_texts(depth),
            4 => {
                let Some(leaf) = self.leaf(|_| true) else {
                    return "false".into();
                };
                let is = self.choices.pick(&["is absent", "is not absent"]);
                format!("{} {is}", leaf.path)
            }
            6 | 7 => self.joined("and", depth),
            8 => self.joined("or", depth),
            9 => format!("not ({})", self.condition(depth - 1)),
            10 => {
                let (then, test) = (self.condition(depth - 1), self.condition(depth - 1));
                let otherwise = self.condition(depth - 1);
                format!("(({then}) if ({test}) else ({otherwise}))")
            }
            11 | 12 => self.any_or_all(depth),
            _ => self.comparison_of_numbers(depth),
        }
    }

    fn joined(&mut self, word: &str, depth: usize) -> String {
        let left = self.condition(depth - 1);
        format!("({left}) {word} ({})", self.condition(depth - 1))
    }

    fn comparison(&mut self) -> &'static str {
        self.choices.word(&COMPARISONS)
    }

    fn comparison_of_numbers(&mut self, depth: usize) -> String {
        let (left, how) = (self.number(depth), self.comparison());
        format!("{left} {how} {}", self.number(depth))
    }

    fn comparison_of_measures(&mut self, depth: usize) -> String {
        let kinds = [Kind::Duration, Kind::Bytes, Kind::Version];
        let kind = self.choices.pick(&kinds).clone();
        let Some(left) = self.measure(&kind, depth) else {
            return self.comparison_of_numbers(depth);
        };
        let how = self.comparison();
        format!("{left} {how} {}", self.operand(&kind, depth))
    }

    fn comparison_of_texts(&mut self, depth: usize) -> String {
        let (left, how) = (self.text(depth), *self.choices.pick(&["==", "!="]));
        format!("{left} {how} {}", self.text(depth))
    }

    /// What a function can go over here: functions don't go into one another, but for a list within
    /// the nodes, and there is one `each` only.
    fn over(&mut self) -> Option<Over> {
        let nodes =
            !self.lifted.is_empty() && !self.nodes && (self.each.is_empty() || self.for_each);
        let list = match self.each.is_empty() {
            true => self.leaf(|kind| matches!(kind, Kind::List(_))),
            false => None,
        };
        let list = list.and_then(|leaf| match leaf.kind {
            Kind::List(item) => Some(Over::List(leaf.path, *item)),
            _ => None,
        });
        if nodes && (list.is_none() || self.choices.below(2) == 0) {
            let public = self.public;
            let fitting = self.lifted.iter().filter(|leaf| !(public && leaf.secret));
            let fitting: Vec<&Leaf> = fitting.collect();
            return Some(Over::Nodes(self.choices.pick(&fitting).path.clone()));
        }
        list
    }

    /// What is written within a function.
    fn within<T>(&mut self, over: &Over, write: impl FnOnce(&mut Self) -> T) -> T {
        let (each, nodes) = (self.each.clone(), self.nodes);
        match over {
            Over::Nodes(_) => self.nodes = true,
            Over::List(_, item) => self.each = leaves("each", item, false),
        }
        let written = write(self);
        (self.each, self.nodes) = (each, nodes);
        written
    }

    /// A function of a condition. One over nodes has to read something of a node.
    fn of_condition(&mut self, name: &str, over: &Over, depth: usize) -> String {
        let condition = self.within(over, |inner| inner.condition(depth));
        match over {
            Over::Nodes(path) => format!("{name}({path} is not absent and ({condition}))"),
            Over::List(path, _) => format!("{name}({path}, {condition})"),
        }
    }

    fn any_or_all(&mut self, depth: usize) -> String {
        let Some(over) = self.over() else {
            return self.condition(depth - 1);
        };
        let name = *self.choices.pick(&["any", "all"]);
        self.of_condition(name, &over, depth - 1)
    }

    /// `count`, `share` or `max`: a number.
    pub(super) fn counted(&mut self, depth: usize) -> Option<String> {
        let over = self.over()?;
        match self.choices.below(3) {
            0 => Some(self.of_condition("count", &over, depth - 1)),
            1 => Some(self.of_condition("share", &over, depth - 1)),
            _ => self.largest(&over, |kind| {
                matches!(kind, Kind::Integer | Kind::Number | Kind::Share)
            }),
        }
    }

    /// `max` of something with a unit, or of versions.
    pub(super) fn largest_measure(&mut self, kind: &Kind) -> Option<String> {
        let over = self.over()?;
        self.largest(&over, |of| of == kind)
    }

    fn largest(&mut self, over: &Over, fits: impl Fn(&Kind) -> bool) -> Option<String> {
        match over {
            Over::Nodes(_) => {
                let fitting = self.lifted.iter().filter(|leaf| fits(&leaf.kind));
                let fitting: Vec<&Leaf> = fitting.collect();
                let leaf = (!fitting.is_empty()).then(|| *self.choices.pick(&fitting))?;
                Some(format!("max({})", leaf.path))
            }
            Over::List(path, _) => {
                let leaf = self.within(over, |inner| inner.leaf(fits))?;
                Some(format!("max({path}, {})", leaf.path))
            }
        }
    }
}
