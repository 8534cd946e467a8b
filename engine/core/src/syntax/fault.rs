//! What is wrong with a text.

use super::limits::MESSAGE_LETTERS;
use super::nearest::Near;
use super::source::{Source, Span, Spanned, place_in_scalar};

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// The text can be used, but is hardly what was meant.
    Warning,
    /// The text can't be used.
    Error,
}

/// A text that belongs in the place of another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Patch {
    /// What it replaces; empty where something is only put in.
    pub span: Span,
    /// What belongs there; empty where something has to go.
    pub text: String,
}

/// One thing that is wrong, with its places and the way out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Stable and kebab-case; its row in the table of codes says more.
    pub code: &'static str,
    /// How bad it is.
    pub level: Level,
    /// What, in one line.
    pub title: String,
    /// Where, and what is there. The first is the place itself, others explain it.
    pub labels: Vec<(Span, String)>,
    /// What to do.
    pub help: Option<String>,
    /// What mends it, all together, where that is certain.
    pub patches: Vec<Patch>,
    /// A wrong word and the right one; a patch where the wrong one stands at the place itself.
    respelling: Option<(String, String)>,
}

impl Diagnostic {
    /// Says what stands at the place itself.
    pub fn here(&mut self, text: impl Into<String>) -> &mut Self {
        if let Some((_, label)) = self.labels.first_mut() {
            *label = readable(&text.into());
        }
        self
    }

    /// Points at another place that explains it.
    pub fn label(&mut self, span: Span, text: impl Into<String>) -> &mut Self {
        self.labels.push((span, readable(&text.into())));
        self
    }

    /// Says what to do.
    pub fn help(&mut self, text: impl Into<String>) -> &mut Self {
        self.help = Some(readable(&text.into()));
        self
    }

    /// Names the nearest right word, if there is one near enough. Where it is the only one, it is
    /// a patch too.
    pub fn did_you_mean(&mut self, nearest: Option<Near<'_>>) -> &mut Self {
        if let Some(near) = nearest {
            self.help(format!("did you mean `{near}`?"));
            if near.is_only {
                self.respelling = Some((near.wrong, near.right.to_string()));
            }
        }
        self
    }

    /// Says which text certainly belongs where.
    pub fn patch(&mut self, span: Span, text: impl Into<String>) -> &mut Self {
        self.patches.push(Patch {
            span,
            text: text.into(),
        });
        self
    }

    /// The place itself.
    pub fn span(&self) -> Span {
        self.labels
            .first()
            .map_or(Span::default(), |(span, _)| *span)
    }

    /// Makes a patch of a word's right spelling, where the wrong one stands at the place itself.
    fn settle(&mut self, text: &str) {
        let Some((wrong, right)) = self.respelling.take() else {
            return;
        };
        let span = self.span();
        let written = text.get(span.range()).unwrap_or_default();
        let is_wrong = |quote: &str| written == format!("{quote}{wrong}{quote}");
        if self.patches.is_empty() && ["", "'", "\""].into_iter().any(is_wrong) {
            let quote = usize::from(written.len() > wrong.len());
            self.patch(Span::new(span.start + quote, span.end - quote), right);
        }
    }
}

/// What is said can hold what stands in the text, which can be anything: it stays one line of
/// letters, and not a long one.
fn readable(said: &str) -> String {
    let mut letters = said.chars();
    let plain = |letter: char| match letter {
        '\n' | '\r' | '\t' => ' ',
        letter if letter.is_control() => '\u{fffd}',
        letter => letter,
    };
    let mut text: String = letters.by_ref().take(MESSAGE_LETTERS).map(plain).collect();
    if letters.next().is_some() {
        text.push('…');
    }
    text
}

/// Collects everything that is wrong, so that an author sees it all at once.
#[derive(Debug, Clone, Default)]
pub struct Faults {
    /// The text that parts of scalars are looked up in.
    text: String,
    found: Vec<Diagnostic>,
}

impl Faults {
    /// For faults without a text, such as those of a value from the command line.
    pub fn new() -> Faults {
        Faults::default()
    }

    /// For the faults of this text.
    pub fn of(source: &Source) -> Faults {
        Faults::of_text(&source.text)
    }

    /// The same, where the text has no name.
    pub(super) fn of_text(text: &str) -> Faults {
        Faults {
            text: text.to_owned(),
            found: Vec::new(),
        }
    }

    /// The one that was added last.
    pub(super) fn last(&self) -> Option<&Diagnostic> {
        self.found.last()
    }

    /// Takes in what was found in a text that was made of this one.
    pub(super) fn adopt(&mut self, other: Faults, place: impl Fn(Span) -> Span) {
        self.found.extend(other.found.into_iter().map(|mut found| {
            for (span, _) in &mut found.labels {
                *span = place(*span);
            }
            for patch in &mut found.patches {
                patch.span = place(patch.span);
            }
            found
        }));
    }

    /// Adds an error; what is given back can be filled in.
    pub fn error(
        &mut self,
        code: &'static str,
        span: Span,
        title: impl Into<String>,
    ) -> &mut Diagnostic {
        self.add(code, Level::Error, span, title.into())
    }

    /// Adds a warning: the text can be used, but is hardly what was meant.
    pub fn warning(
        &mut self,
        code: &'static str,
        span: Span,
        title: impl Into<String>,
    ) -> &mut Diagnostic {
        self.add(code, Level::Warning, span, title.into())
    }

    fn add(
        &mut self,
        code: &'static str,
        level: Level,
        span: Span,
        title: String,
    ) -> &mut Diagnostic {
        #[cfg(test)]
        super::codes::demand(code, level);
        self.found.push_mut(Diagnostic {
            code,
            level,
            title: readable(&title),
            labels: vec![(span, String::new())],
            help: None,
            patches: Vec::new(),
            respelling: None,
        })
    }

    /// Adds an error in a part of a scalar's value, counted in bytes of that value.
    pub fn error_within(
        &mut self,
        code: &'static str,
        scalar: &Spanned<String>,
        part: Span,
        title: impl Into<String>,
    ) -> &mut Diagnostic {
        let place = self.place(scalar, part);
        self.error(code, place, title)
    }

    /// Adds a warning in a part of a scalar's value, likewise.
    pub fn warning_within(
        &mut self,
        code: &'static str,
        scalar: &Spanned<String>,
        part: Span,
        title: impl Into<String>,
    ) -> &mut Diagnostic {
        let place = self.place(scalar, part);
        self.warning(code, place, title)
    }

    /// The place of a part of a scalar's value, or of the whole scalar where that can't be told.
    pub fn place(&self, scalar: &Spanned<String>, part: Span) -> Span {
        place_in_scalar(&self.text, scalar, part).unwrap_or(scalar.span)
    }

    /// A patch for a part of a scalar's value: its place, and `text` as that scalar has to write
    /// it. `None` where the place can't be told, or the scalar can't hold the text as it is written.
    pub fn written(&self, scalar: &Spanned<String>, part: Span, text: &str) -> Option<Patch> {
        let span = place_in_scalar(&self.text, scalar, part)?;
        let written = self.text.get(scalar.span.range())?;
        let text = match written.chars().next() {
            Some('"') => text.replace('\\', "\\\\").replace('"', "\\\""),
            Some('\'') => text.replace('\'', "''"),
            // Nothing that a plain scalar could take for something else.
            _ if text.contains([':', '#', ',', '[', ']', '{', '}', '\n']) => return None,
            _ if part.start == 0 && text.starts_with(['"', '\'']) => return None,
            _ => text.to_string(),
        };
        Some(Patch { span, text })
    }

    /// Whether there is no error; warnings don't stand in the way.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many errors there are, without warnings.
    pub fn len(&self) -> usize {
        let errors = self
            .found
            .iter()
            .filter(|fault| fault.level == Level::Error);
        errors.count()
    }

    /// What has been found so far, in the order in which it was found.
    pub fn found(&self) -> &[Diagnostic] {
        &self.found
    }

    /// Whether a wrong word was hardly meant to be anything but this one.
    pub fn is_meant(&self, word: &str) -> bool {
        let meant = |fault: &Diagnostic| {
            fault
                .respelling
                .as_ref()
                .is_some_and(|(_, right)| right == word)
        };
        self.found.iter().any(meant)
    }

    /// Everything that was found, errors and warnings, in the order of the text.
    pub fn into_vec(mut self) -> Vec<Diagnostic> {
        for fault in &mut self.found {
            fault.settle(&self.text);
        }
        self.found.sort_by_key(|fault| fault.span().start);
        self.found
    }

    /// The errors, in the order of the text.
    pub fn into_errors(self) -> Vec<Diagnostic> {
        let mut found = self.into_vec();
        found.retain(|fault| fault.level == Level::Error);
        found
    }
}
