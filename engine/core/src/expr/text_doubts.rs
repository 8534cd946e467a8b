//! Doubts about values in text: a name in quotes, a unit that is printed twice.

use super::ast::{Node, Op};
use super::doubts::Doubts;
use super::names::Names;
use crate::syntax::Span;
use crate::value::{Kind, Value};

/// Words behind a duration that it brings itself.
const TIMES: [&str; 10] = [
    "s",
    "sec",
    "secs",
    "seconds",
    "ms",
    "min",
    "minutes",
    "h",
    "hours",
    "milliseconds",
];

impl Doubts<'_> {
    /// `{{ "table.count" }}` prints its own letters.
    pub(super) fn quoted_name(&mut self, node: &Node, names: &Names) {
        let Op::Literal(Value::Text(text)) = &node.op else {
            return;
        };
        let is_path = text.contains('.')
            && text
                .chars()
                .all(|letter| letter.is_alphanumeric() || matches!(letter, '_' | '.'));
        let root = text.split('.').next().unwrap_or_default();
        if !is_path || !names.iter().any(|name| name == root) {
            return;
        }
        let patch = self.faults.written(self.scalar, node.span, text);
        self.warn("quoted-name", node.span, "in quotes a name is only text")
            .help(format!("write `{{{{ {text} }}}}`"))
            .patches
            .extend(patch);
    }

    /// `{{ entries.share }} %` reads as "81 % %".
    pub(super) fn unit(&mut self, node: &Node, kind: &Kind, behind: &str) {
        let word = behind.trim_start_matches(' ');
        let blanks = behind.len() - word.len();
        let end = word
            .find(|letter: char| !letter.is_ascii_alphabetic())
            .unwrap_or(word.len());
        let unit = match kind {
            Kind::Share if word.starts_with('%') => "%",
            Kind::Duration => match word.get(..end) {
                Some(unit) if blanks < 2 && TIMES.contains(&unit) => unit,
                _ => return,
            },
            _ => return,
        };
        let value = self.scalar.value.get(node.span.end..).unwrap_or_default();
        let Some(closing) = value.find("}}") else {
            return;
        };
        let start = node.span.end + closing + "}}".len();
        let whole = Span::new(start, start + blanks + unit.len());
        let span = Span::new(start + blanks, whole.end);
        let patch = self.faults.written(self.scalar, whole, "");
        self.warn("double-unit", span, format!("{kind} brings its unit along"))
            .help(format!("remove `{unit}`"))
            .patches
            .extend(patch);
    }
}
