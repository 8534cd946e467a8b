//! Where a value may stand in a script. It is put in as one quoted word, and that is only true
//! where the shell reads plain words: within quotes, a comment, a here-document or an expansion the
//! quotes around the value would mean something else, and the value could become code.

use crate::syntax::Span;

/// A value that stands where it would not be one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Misplaced {
    /// The `{{ }}`, in bytes of the script.
    pub span: Span,
    /// Where it stands: "double quotes".
    pub place: &'static str,
}

/// The values of a script, each the place of a `{{ }}` in order, that stand where they would not be
/// one word. What can't be told for sure is misplaced.
pub fn misplaced(script: &str, values: &[Span]) -> Vec<Misplaced> {
    let mut reader = Reader {
        text: script,
        values,
        at: 0,
        frames: vec![Frame::Plain { subst: false }],
        depths: vec![0],
        word_start: true,
        pending: Vec::new(),
        unsure: None,
        found: Vec::new(),
    };
    while reader.at < script.len() {
        reader.step();
    }
    reader.found
}

/// What the text is read as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Frame {
    /// Words and operators, of the script or of a `$( )`.
    Plain { subst: bool },
    /// Double quotes.
    Double,
    /// `${ }`.
    Brace,
    /// `$(( ))`.
    Arithmetic,
    /// Backquotes.
    Back,
}

/// A here-document whose body begins with the next line.
struct Pending {
    end: String,
    tabs: bool,
}

struct Reader<'s> {
    text: &'s str,
    values: &'s [Span],
    at: usize,
    frames: Vec<Frame>,
    /// Open brackets of each frame.
    depths: Vec<usize>,
    /// Whether a word could begin here, and with it a comment.
    word_start: bool,
    pending: Vec<Pending>,
    /// From where on this reading may differ from the shell's, and behind what.
    unsure: Option<&'static str>,
    found: Vec<Misplaced>,
}

impl<'s> Reader<'s> {
    fn rest(&self) -> &'s str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn top(&self) -> Frame {
        self.frames
            .last()
            .copied()
            .unwrap_or(Frame::Plain { subst: false })
    }

    fn push(&mut self, frame: Frame, skip: usize) {
        self.frames.push(frame);
        self.depths.push(0);
        self.at += skip;
        self.word_start = true;
    }

    fn pop(&mut self, skip: usize) {
        if self.frames.len() > 1 {
            self.frames.pop();
            self.depths.pop();
        }
        self.at += skip;
        self.word_start = false;
    }

    fn doubt(&mut self, behind: &'static str) {
        self.unsure.get_or_insert(behind);
    }

    /// The value that begins here.
    fn value(&self, at: usize) -> Option<Span> {
        self.values.iter().find(|span| span.start == at).copied()
    }

    /// Steps over a value; `place` is where it must not stand.
    fn take(&mut self, span: Span, place: Option<&'static str>) {
        let outer = self.frames.iter().find_map(|frame| match frame {
            Frame::Brace => Some("`${ }`"),
            Frame::Arithmetic => Some("`$(( ))`"),
            Frame::Back => Some("backquotes"),
            Frame::Plain { .. } | Frame::Double => None,
        });
        let quoted = (self.top() == Frame::Double).then_some("double quotes");
        if let Some(place) = place.or(outer).or(quoted).or(self.unsure) {
            self.found.push(Misplaced { span, place });
        }
        self.at = span.end.max(self.at + 1);
        self.word_start = false;
    }

    fn step(&mut self) {
        if let Some(span) = self.value(self.at) {
            return self.take(span, None);
        }
        let rest = self.rest();
        let Some(letter) = rest.chars().next() else {
            return;
        };
        match (self.top(), letter) {
            (_, '\\') => self.escape(),
            (_, '$') => self.dollar(),
            (Frame::Back, '`') => self.pop(1),
            (Frame::Back, _) => self.skip(letter),
            (_, '`') => self.push(Frame::Back, 1),
            (Frame::Double, '"') => self.pop(1),
            (Frame::Double, _) => self.skip(letter),
            (Frame::Arithmetic, '\'' | '"') => {
                self.doubt("a quote within `$(( ))`");
                self.skip(letter);
            }
            (Frame::Arithmetic, '(' | ')') => self.bracket(letter),
            (Frame::Arithmetic, _) => self.skip(letter),
            (Frame::Brace, '}') => self.pop(1),
            (Frame::Brace, '\'' | '"') if self.frames.contains(&Frame::Double) => {
                self.doubt("a quote within `\"${ }\"`");
                self.skip(letter);
            }
            (_, '\'') => self.single(),
            (_, '"') => self.push(Frame::Double, 1),
            (Frame::Brace, _) => self.skip(letter),
            (Frame::Plain { .. }, _) => self.plain(letter),
        }
    }

    fn skip(&mut self, letter: char) {
        self.at += letter.len_utf8();
        self.word_start = letter.is_whitespace() || matches!(letter, ';' | '&' | '|' | '(' | ')');
    }

    fn plain(&mut self, letter: char) {
        let rest = self.rest();
        let starts = |word: &str| {
            let behind = rest.strip_prefix(word);
            behind.is_some_and(|behind| !behind.starts_with(|c: char| c.is_alphanumeric()))
        };
        let subst = self.frames.len() > 1;
        if self.word_start && subst && (starts("case") || starts("[[")) {
            // Their brackets need not come in pairs, so that the end of `$( )` can't be told.
            self.doubt("a `case` or `[[` within `$( )`");
        }
        match letter {
            '#' if self.word_start => self.comment(),
            '(' if self.word_start && rest.starts_with("((") => self.push(Frame::Arithmetic, 2),
            '(' | ')' => self.bracket(letter),
            '<' if rest.starts_with("<<<") => self.at += 3,
            '<' if rest.starts_with("<<") => self.document(),
            '\n' => {
                self.skip(letter);
                self.bodies();
            }
            _ => self.skip(letter),
        }
    }

    fn bracket(&mut self, letter: char) {
        let arithmetic = self.top() == Frame::Arithmetic;
        let ends = matches!(self.top(), Frame::Plain { subst: true }) || arithmetic;
        let Some(depth) = self.depths.last_mut() else {
            return;
        };
        match (letter, *depth) {
            ('(', _) => *depth += 1,
            (_, 0) if ends => {
                let both = arithmetic && self.rest().starts_with("))");
                return self.pop(if both { 2 } else { 1 });
            }
            (_, 0) => {}
            _ => *depth -= 1,
        }
        self.skip(letter);
    }

    fn escape(&mut self) {
        self.at += 1;
        if let Some(span) = self.value(self.at) {
            return self.take(span, Some("a backslash"));
        }
        if let Some(letter) = self.rest().chars().next() {
            self.at += letter.len_utf8();
        }
        self.word_start = false;
    }

    fn dollar(&mut self) {
        if let Some(span) = self.value(self.at + 1) {
            self.at += 1;
            return self.take(span, Some("a dollar sign"));
        }
        let rest = self.rest();
        if rest.starts_with("$((") {
            self.push(Frame::Arithmetic, 3);
        } else if rest.starts_with("$(") {
            self.push(Frame::Plain { subst: true }, 2);
        } else if rest.starts_with("${") {
            self.push(Frame::Brace, 2);
        } else {
            if rest.starts_with("$'") {
                self.doubt("`$'`, which shells read differently");
            }
            self.at += 1;
            self.word_start = false;
        }
    }

    fn single(&mut self) {
        self.at += 1;
        while self.at < self.text.len() {
            if let Some(span) = self.value(self.at) {
                self.take(span, Some("single quotes"));
                continue;
            }
            let Some(letter) = self.rest().chars().next() else {
                return;
            };
            self.at += letter.len_utf8();
            if letter == '\'' {
                break;
            }
        }
        self.word_start = false;
    }

    fn comment(&mut self) {
        self.until_line_ends("a comment");
    }

    /// Steps to the end of the line; a value on it stands in `place`.
    fn until_line_ends(&mut self, place: &'static str) {
        while let Some(letter) = self.rest().chars().next() {
            if let Some(span) = self.value(self.at) {
                self.take(span, Some(place));
            } else if letter == '\n' {
                return;
            } else {
                self.at += letter.len_utf8();
            }
        }
    }

    /// `<<END`: what ends the document, which begins with the next line.
    fn document(&mut self) {
        self.at += 2;
        let tabs = self.rest().starts_with('-');
        self.at += usize::from(tabs);
        while self.rest().starts_with([' ', '\t']) {
            self.at += 1;
        }
        let (mut end, mut quote) = (String::new(), None);
        while let Some(letter) = self.rest().chars().next() {
            if let Some(span) = self.value(self.at) {
                self.take(span, Some("the end of a here-document"));
                self.doubt("a here-document whose end is a value");
                continue;
            }
            match letter {
                '\n' if quote.is_some() => self.doubt("a here-document with an odd end"),
                _ if Some(letter) == quote => quote = None,
                _ if quote.is_some() => end.push(letter),
                '\'' | '"' => quote = Some(letter),
                '\\' | '$' | '`' => self.doubt("a here-document with an odd end"),
                _ if letter.is_whitespace() || ";&|<>()".contains(letter) => break,
                _ => end.push(letter),
            }
            self.at += letter.len_utf8();
        }
        self.word_start = false;
        self.pending.push(Pending { end, tabs });
    }

    /// The bodies of the here-documents that begin here.
    fn bodies(&mut self) {
        for document in std::mem::take(&mut self.pending) {
            loop {
                let line = self.rest().split('\n').next().unwrap_or_default();
                let read = if document.tabs {
                    line.trim_start_matches('\t')
                } else {
                    line
                };
                let ends = read == document.end;
                self.until_line_ends("a here-document");
                if self.at >= self.text.len() {
                    break;
                }
                self.at += 1;
                if ends {
                    break;
                }
            }
        }
        self.word_start = true;
    }
}
