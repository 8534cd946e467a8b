//! Well-typed numbers, measures, texts and templates as text.

use heeler_core::value::Kind;

use super::expressions::Expressions;

const DURATIONS: [&str; 5] = ["0s", "250ms", "5s", "2m", "1h30m"];
const SIZES: [&str; 4] = ["0B", "1KiB", "512MiB", "2GiB"];
const VERSIONS: [&str; 3] = ["1.33", "1", "1.33.3"];
const TEXTS: [&str; 4] = ["", "a", "node-1", "ü"];

impl Expressions<'_, '_> {
    /// A number without a unit.
    pub(super) fn number(&mut self, depth: usize) -> String {
        let composite = if depth == 0 { 0 } else { 7 };
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
            9 => match self.counted(depth) {
                Some(counted) => counted,
                None => self.number(depth - 1),
            },
            _ => self.quotient(),
        }
    }

    /// A number of things with units, or one that stands for an absent one.
    fn quotient(&mut self) -> String {
        let integer = self.leaf(|kind| *kind == Kind::Integer);
        let kind = *self.choices.pick(&[&Kind::Duration, &Kind::Bytes]);
        match (integer, self.measure(kind, 0)) {
            (_, Some(measure)) => format!("({measure} / {})", self.operand(kind, 0)),
            (Some(leaf), None) => format!("({} | default(3))", leaf.path),
            _ => "1".into(),
        }
    }

    /// Something with a unit, or a version, that is not written down.
    pub(super) fn measure(&mut self, kind: &Kind, depth: usize) -> Option<String> {
        let leaf = self.leaf(|of| of == kind)?.path;
        if depth == 0 {
            return Some(leaf);
        }
        if self.choices.once_in(4) {
            return self.largest_measure(kind).or(Some(leaf));
        }
        if *kind == Kind::Version {
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
    pub(super) fn operand(&mut self, kind: &Kind, depth: usize) -> String {
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

    pub(super) fn text(&mut self, depth: usize) -> String {
        match self.choices.below(if depth == 0 { 2 } else { 3 }) {
            0 => match self.leaf(|kind| *kind == Kind::Text) {
                Some(leaf) => leaf.path,
                None => "run.id".into(),
            },
            1 => format!("\"{}\"", self.choices.pick(&TEXTS)),
            _ => {
                let left = self.printable(depth - 1);
                format!("(({left}) ~ ({}))", self.printable(depth - 1))
            }
        }
    }

    /// Anything that can be printed.
    pub(super) fn printable(&mut self, depth: usize) -> String {
        match self.choices.below(5) {
            0 => match self.leaf(is_printable) {
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

    /// Something of exactly this kind, if there is any.
    pub(super) fn of_kind(&mut self, kind: &Kind) -> Option<String> {
        let leaf = self.leaf(|of| of == kind)?.path;
        let other = self.leaf(|of| of == kind)?.path;
        Some(match self.choices.below(4) {
            0 if *kind != Kind::Bool => format!("({leaf} | default({other}))"),
            1 => format!("({leaf} if ({}) else {other})", self.condition(1)),
            _ => leaf,
        })
    }

    /// Text for people, with values in it.
    pub(super) fn template(&mut self) -> String {
        self.public = true;
        let mut text = String::new();
        for _ in 0..=self.choices.below(3) {
            const PARTS: [&str; 5] = ["of ", "é: ", "", "\"quoted\" ", "a } { b "];
            let part = self.choices.pick::<&str>(&PARTS);
            text.push_str(part);
            if self.choices.below(4) > 0 {
                text.push_str(&format!("{{{{ {} }}}}", self.printable(1)));
            }
        }
        self.public = false;
        if text.trim().is_empty() {
            "text".into()
        } else {
            text
        }
    }
}

fn is_printable(kind: &Kind) -> bool {
    match kind {
        Kind::Record(_) => false,
        Kind::List(item) => is_printable(item),
        _ => true,
    }
}
