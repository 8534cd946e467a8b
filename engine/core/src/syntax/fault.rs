//! What is wrong with a text.

use super::limits::MESSAGE_LETTERS;
use super::source::{Source, Span, Spanned, place_in_scalar};

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// The text can be used, but is hardly what was meant.
    Warning,
    /// The text can't be used.
    Error,
}

/// One thing that is wrong, with its places and the way out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Stable and kebab-case.
    pub code: &'static str,
    /// How bad it is.
    pub level: Level,
    /// What, in one line.
    pub title: String,
    /// Where, and what is there. The first is the place itself, others explain it.
    pub labels: Vec<(Span, String)>,
    /// What to do.
    pub help: Option<String>,
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

    /// Names the nearest right word, if there is one near enough.
    pub fn did_you_mean(&mut self, nearest: Option<&str>) -> &mut Self {
        if let Some(right) = nearest {
            self.help(format!("did you mean `{right}`?"));
        }
        self
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
        Faults {
            text: source.text.clone(),
            found: Vec::new(),
        }
    }

    /// Adds an error; what is given back can be filled in.
    pub fn error(
        &mut self,
        code: &'static str,
        span: Span,
        title: impl Into<String>,
    ) -> &mut Diagnostic {
        self.found.push_mut(Diagnostic {
            code,
            level: Level::Error,
            title: readable(&title.into()),
            labels: vec![(span, String::new())],
            help: None,
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

    /// The place of a part of a scalar's value, or of the whole scalar where that can't be told.
    pub fn place(&self, scalar: &Spanned<String>, part: Span) -> Span {
        place_in_scalar(&self.text, scalar, part).unwrap_or(scalar.span)
    }

    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// How many things are wrong.
    pub fn len(&self) -> usize {
        self.found.len()
    }

    /// What is wrong, in the order of the text.
    pub fn into_vec(mut self) -> Vec<Diagnostic> {
        self.found
            .sort_by_key(|fault| fault.labels.first().map(|(span, _)| span.start));
        self.found
    }
}
