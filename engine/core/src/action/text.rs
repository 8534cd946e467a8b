//! Texts of a look's parameters that may hold `{{ }}`. They are checked when the runbook is read,
//! and filled in before each asking: a look gets the finished texts with its target.

use super::Target;
use crate::syntax::{Spanned, Spelling};
use crate::value::Why;

/// A text that may hold `{{ }}`, as the runbook has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LookText {
    /// The text and its place.
    pub text: Spanned<String>,
    /// How values are put into it.
    pub filling: Filling,
}

/// How values are put into a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Filling {
    /// As they are: the look makes one word, or one part of a path, of the whole text.
    Plain,
    /// The text is a script of POSIX sh: each value becomes one word of it.
    Words,
}

/// A parameter that is fixed, or filled in before each asking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Slot {
    /// It holds no `{{ }}`.
    Fixed(String),
    /// The text of this number among [`super::Look::texts`], as it is written.
    Filled(usize, String),
}

impl Slot {
    /// Puts a text that holds `{{ }}` among the look's texts.
    pub(super) fn of(text: &Spanned<String>, filling: Filling, texts: &mut Vec<LookText>) -> Slot {
        if !Spelling::holds_values(&text.value) {
            return Slot::Fixed(text.value.clone());
        }
        texts.push(LookText {
            text: text.clone(),
            filling,
        });
        Slot::Filled(texts.len() - 1, text.value.clone())
    }

    /// The finished text. Before anything is filled in it is the text as it is written: that is
    /// enough to know where an answer would come from.
    pub(super) fn get<'s>(&'s self, target: &'s Target) -> &'s str {
        match self {
            Slot::Fixed(text) => text,
            Slot::Filled(index, written) => target.texts.get(*index).unwrap_or(written),
        }
    }

    /// The finished text, where it is spelt like this: a name that a node or a cluster knows.
    pub(super) fn known<'s>(
        &'s self,
        target: &'s Target,
        what: &str,
        spelling: Spelling,
    ) -> Result<&'s str, Why> {
        let text = self.get(target);
        let unfilled = matches!(self, Slot::Filled(index, _) if target.texts.len() <= *index);
        if unfilled || spelling.fits(text) {
            return Ok(text);
        }
        Err(Why::Unusable(format!("`{text}` is no {what}")))
    }
}

#[cfg(test)]
mod tests {
    use super::{Filling, Slot};
    use crate::action::Target;
    use crate::syntax::{Span, Spanned, Spelling};
    use crate::value::Why;

    #[test]
    fn a_slot_is_what_was_filled_in() {
        let mut texts = Vec::new();
        let mut slot = |text: &str| {
            let text = Spanned::new(text.to_owned(), Span::new(0, 0));
            Slot::of(&text, Filling::Plain, &mut texts)
        };
        let (fixed, filled) = (slot("kube-proxy"), slot("{{ inputs.name }}"));
        assert_eq!(texts.len(), 1);
        let mut target = Target::default();
        assert_eq!(fixed.get(&target), "kube-proxy");
        assert_eq!(filled.get(&target), "{{ inputs.name }}");
        target.texts = vec!["coredns".to_owned()];
        assert_eq!(fixed.get(&target), "kube-proxy");
        assert_eq!(
            filled.known(&target, "name", Spelling::Letters("-")),
            Ok("coredns")
        );
        target.texts = vec!["a/../b".to_owned()];
        assert_eq!(
            filled.known(&target, "name", Spelling::Letters("-/.")),
            Err(Why::Unusable("`a/../b` is no name".into()))
        );
    }
}
