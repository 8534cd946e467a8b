//! Well-typed expressions as text.

use heeler_core::value::Kind;

use super::choices::Choices;

/// Something that an expression can read.
#[derive(Debug, Clone)]
pub(super) struct Leaf {
    pub(super) path: String,
    pub(super) kind: Kind,
    /// Whether it differs from node to node.
    pub(super) per_node: bool,
}

/// A value and everything inside it.
pub(super) fn leaves(path: &str, kind: &Kind, per_node: bool) -> Vec<Leaf> {
    let own = Leaf {
        path: path.to_string(),
        kind: kind.clone(),
        per_node,
    };
    let Kind::Record(fields) = kind else {
        return vec![own];
    };
    let inner = fields
        .iter()
        .flat_map(|(name, field)| leaves(&format!("{path}.{name}"), &field.kind, per_node));
    [own].into_iter().chain(inner).collect()
}

/// Writes expressions over what can be read.
pub(super) struct Expressions<'c, 'b> {
    pub(super) choices: &'c mut Choices<'b>,
    /// What can be read as it is.
    pub(super) leaves: &'c [Leaf],
    /// What functions over the nodes can read besides.
    pub(super) lifted: &'c [Leaf],
    /// The item of a list.
    each: Vec<Leaf>,
    /// Whether this is within a function over nodes or a list.
    within: bool,
}

const COMPARISONS: [&str; 6] = ["==", "!=", "<", "<=", ">", ">="];
const DURATIONS: [&str; 5] = ["0s", "250ms", "5s", "2m", "1h30m"];
const SIZES: [&str; 4] = ["0B", "1KiB", "512MiB", "2GiB"];
const VERSIONS: [&str; 3] = ["1.33", "1", "1.33.3"];
const TEXTS: [&str; 4] = ["", "a", "node-1", "ü"];

impl<'c, 'b> Expressions<'c, 'b> {
    pub(super) fn new(choices: &'c mut Choices<'b>, leaves: &'c [Leaf]) -> Self {
        Expressions {
            choices,
            leaves,
            lifted: &[],
            each: Vec::new(),
            within: false,
        }
    }

    /// The same with the item of a list.
    pub(super) fn with_each(mut self, kind: &Kind) -> Self {
        self.each = leaves("each", kind, false);
        self
    }

    fn leaf(&mut self, fits: impl Fn(&Kind) -> bool) -> Option<Leaf> {
        let within = self.within;
        let readable = self.each.iter().chain(self.each.iter()).chain(self.leaves);
        let lifted = self.lifted.iter().filter(|_| within);
        let fitting: Vec<&Leaf> = readable
            .chain(lifted)
            .filter(|leaf| fits(&leaf.kind))
            .collect();
        if fitting.is_empty() {
            return None;
        }
        Some((*self.choices.pick(&fitting)).clone())
    }

    /// A condition.
    pub(super) fn condition(&mut self, depth: usize) -> String {
        let composite = if depth == 0 { 0 } else { 6 };
        match self.choices.below(6 + composite) {
            0 => self.comparison_of_numbers(depth),
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
                format!(
                    "(({then}) if ({test}) else ({}))",
                    self.condition(depth - 1)
                )
            }
            11 => self.function(depth),
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

    /// A function over a list, or over the nodes.
    fn function(&mut self, depth: usize) -> String {
        if self.within || !self.each.is_empty() {
            return self.condition(depth - 1);
        }
        let list = self.leaf(|kind| matches!(kind, Kind::List(_)));
        let node = match list.is_some() && self.choices.below(2) == 1 {
            true => None,
            false if self.lifted.is_empty() => None,
            false => Some(self.choices.pick(self.lifted).path.clone()),
        };
        let (over, guard) = match (node, list) {
            (Some(node), _) => (String::new(), format!("{node} is not absent and ")),
            (None, Some(list)) => {
                let Kind::List(item) = &list.kind else {
                    return "true".into();
                };
                self.each = leaves("each", item, false);
                (format!("{}, ", list.path), String::new())
            }
            (None, None) => return self.condition(depth - 1),
        };
        self.within = true;
        let text = match self.choices.below(5) {
            0 => format!("any({over}{guard}({}))", self.condition(depth - 1)),
            1 => format!("all({over}{guard}({}))", self.condition(depth - 1)),
            2 => format!("count({over}{guard}({})) > 1", self.condition(depth - 1)),
            3 => format!("share({over}{guard}({})) >= 0.5", self.condition(depth - 1)),
            _ => match self.leaf(|kind| *kind == Kind::Integer) {
                Some(leaf) if leaf.per_node || !over.is_empty() => {
                    format!("max({over}{}) > 3", leaf.path)
                }
                _ => format!("any({over}{guard}true)"),
            },
        };
        self.within = false;
        self.each.clear();
        text
    }

    /// A number without a unit.
    fn number(&mut self, depth: usize) -> String {
        let composite = if depth == 0 { 0 } else { 6 };
        match self.choices.below(4 + composite) {
            0 | 1 => {
                let number =
                    |kind: &Kind| matches!(kind, Kind::Integer | Kind::Number | Kind::Share);
                match self.leaf(number) {
                    Some(leaf) => leaf.path,
                    None => "7".into(),
                }
            }
            2 => self.choices.below(5).to_string(),
            3 => self
                .choices
                .pick(&["0.5", "-1.5", "9223372036854775807", "1e3"])
                .to_string(),
            4..=6 => {
                let left = self.number(depth - 1);
                let how = *self.choices.pick(&["+", "-", "*", "/"]);
                format!("({left} {how} {})", self.number(depth - 1))
            }
            7 => {
                let name = *self.choices.pick(&["larger", "smaller"]);
                let left = self.number(depth - 1);
                format!("{name}({left}, {})", self.number(depth - 1))
            }
            8 => format!("(- {})", self.number(depth - 1)),
            _ => {
                let integer = self.leaf(|kind| *kind == Kind::Integer);
                let kind = *self.choices.pick(&[&Kind::Duration, &Kind::Bytes]);
                match (integer, self.measure(kind, 0)) {
                    (_, Some(measure)) => format!("({measure} / {})", self.operand(kind, 0)),
                    (Some(leaf), None) => format!("({} | default(3))", leaf.path),
                    _ => "1".into(),
                }
            }
        }
    }

    /// Something with a unit, or a version, that is not written down.
    fn measure(&mut self, kind: &Kind, depth: usize) -> Option<String> {
        let leaf = self.leaf(|of| of == kind)?.path;
        if depth == 0 || *kind == Kind::Version {
            return Some(leaf);
        }
        Some(match self.choices.below(6) {
            0 => format!("({leaf} + {})", self.operand(kind, depth - 1)),
            1 => format!("({leaf} - {})", self.operand(kind, depth - 1)),
            2 => format!("({leaf} * {})", self.number(depth - 1)),
            3 => format!("({leaf} | default({}))", self.operand(kind, depth - 1)),
            4 => format!("larger({leaf}, {})", self.operand(kind, depth - 1)),
            _ => leaf,
        })
    }

    /// Something of that kind, or the same written down.
    fn operand(&mut self, kind: &Kind, depth: usize) -> String {
        if self.choices.below(2) == 1
            && let Some(measure) = self.measure(kind, depth)
        {
            return measure;
        }
        let written = match kind {
            Kind::Duration => *self.choices.pick(&DURATIONS),
            Kind::Bytes => *self.choices.pick(&SIZES),
            _ => *self.choices.pick(&VERSIONS),
        };
        format!("\"{written}\"")
    }

    fn text(&mut self, depth: usize) -> String {
        match self.choices.below(if depth == 0 { 2 } else { 3 }) {
            0 => match self.leaf(|kind| *kind == Kind::Text) {
                Some(leaf) => leaf.path,
                None => "run.id".into(),
            },
            1 => format!("\"{}\"", self.choices.pick(&TEXTS)),
            _ => {
                let left = self.printable(depth - 1);
                format!("({left} ~ {})", self.printable(depth - 1))
            }
        }
    }

    /// Anything that can be printed.
    pub(super) fn printable(&mut self, depth: usize) -> String {
        match self.choices.below(5) {
            0 => match self.leaf(|kind| !matches!(kind, Kind::Record(_))) {
                Some(leaf) => leaf.path,
                None => "run.id".into(),
            },
            1 => self.number(depth),
            2 => self.text(depth),
            3 => match self.measure(&Kind::Duration, depth) {
                Some(measure) => measure,
                None => self.number(depth),
            },
            _ => {
                let (then, test) = (self.text(0), self.condition(depth));
                format!("{then} if ({test}) else {}", self.text(0))
            }
        }
    }

    /// Text with values in it.
    pub(super) fn template(&mut self) -> String {
        let mut text = String::new();
        for _ in 0..=self.choices.below(3) {
            let words = ["of ", "é: ", "", "\"quoted\" ", "a } { b "];
            let part = self.choices.word(&words);
            text.push_str(part);
            if self.choices.below(4) > 0 {
                text.push_str(&format!("{{{{ {} }}}}", self.printable(1)));
            }
        }
        if text.trim().is_empty() {
            "text".into()
        } else {
            text
        }
    }
}
