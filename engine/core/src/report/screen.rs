//! Lines on a screen: labels in a column of their own, wrapped text, colour where it is wanted.
//! Everything that is put on it goes through [`clean`].

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style as Ansi};

use super::clean::clean;

/// How a report is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// With ANSI colours.
    pub colour: bool,
    /// Columns of the terminal; longer text is wrapped. Commands never are: they are for pasting.
    pub width: usize,
    /// With every look, its value and where it was answered, and why a finding matters.
    pub evidence: bool,
    /// With what is sent for each change of a plan, and for its way back.
    pub commands: bool,
}

impl Default for Style {
    /// For pipes: no colour, no wrapping, the first screen only.
    fn default() -> Self {
        Style {
            colour: false,
            width: usize::MAX,
            evidence: false,
            commands: false,
        }
    }
}

/// What a piece of text wants to be taken for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tone {
    Plain,
    Quiet,
    Strong,
    Good,
    Warning,
    Alarm,
}

impl Tone {
    fn ansi(self) -> Ansi {
        let coloured = |colour: AnsiColor| Ansi::new().fg_color(Some(colour.into()));
        match self {
            Tone::Plain => Ansi::new(),
            Tone::Quiet => Ansi::new().dimmed(),
            Tone::Strong => Ansi::new().bold(),
            Tone::Good => coloured(AnsiColor::Green),
            Tone::Warning => coloured(AnsiColor::Yellow).bold(),
            Tone::Alarm => coloured(AnsiColor::Red).bold(),
        }
    }
}

/// Where the text beside a label begins.
const COLUMN: usize = 11;
/// Narrower than this nothing is wrapped: it would be unreadable anyway.
const NARROWEST: usize = 40;

/// The lines so far.
pub(super) struct Screen {
    style: Style,
    out: String,
}

impl Screen {
    pub(super) fn new(style: Style) -> Self {
        Screen {
            style,
            out: String::new(),
        }
    }

    /// A screen of the same style, whose lines may be put on this one later.
    pub(super) fn another(&self) -> Self {
        Screen::new(self.style)
    }

    pub(super) fn style(&self) -> Style {
        self.style
    }

    pub(super) fn finish(self) -> String {
        self.out
    }

    /// Lines of another screen.
    pub(super) fn append(&mut self, lines: &str) {
        self.out.push_str(lines);
    }

    /// A line without a label.
    pub(super) fn plain(&mut self, tone: Tone, text: &str) {
        self.wrapped("", tone, text, 2);
    }

    /// A line two spaces in, below the line that it belongs to.
    pub(super) fn inset(&mut self, text: &str) {
        self.wrapped("  ", Tone::Plain, text, 4);
    }

    /// The lines of a script, four spaces in so that none can pass for a line of ours, and not wrapped.
    pub(super) fn script(&mut self, text: &str) {
        for line in text.lines() {
            let line = format!("    {}", clean(line));
            let _ = writeln!(self.out, "{}", line.trim_end());
        }
    }

    /// A word that is to be seen first, and what it is about.
    pub(super) fn headline(&mut self, tone: Tone, word: &str, text: &str) {
        let word = format!("{} ", clean(word));
        let painted = self.paint(tone, &word);
        self.hanging(&painted, word.chars().count(), Tone::Plain, text, 2);
    }

    /// A label and its text.
    pub(super) fn row(&mut self, label: &str, text: &str) {
        self.toned_row(label, Tone::Quiet, text);
    }

    /// The same with a label of another colour.
    pub(super) fn toned_row(&mut self, label: &str, tone: Tone, text: &str) {
        let (painted, width) = self.label(label, tone);
        self.hanging(&painted, width, Tone::Plain, text, COLUMN);
    }

    /// Several texts under one label.
    pub(super) fn rows<T: AsRef<str>>(&mut self, label: &str, texts: impl IntoIterator<Item = T>) {
        for (index, text) in texts.into_iter().enumerate() {
            self.row(if index == 0 { label } else { "" }, text.as_ref());
        }
    }

    /// A label and a command, which stays on one line whatever the width. The remark follows where
    /// there is room, else on a line of its own.
    pub(super) fn command(&mut self, label: &str, command: &str, remark: &str) {
        let (painted, width) = self.label(label, Tone::Quiet);
        let (command, remark) = (clean(command), clean(remark));
        let strong = self.paint(Tone::Strong, &command);
        let _ = write!(self.out, "{painted}{strong}");
        let used = width + command.chars().count() + 3 + remark.chars().count();
        match (remark.is_empty(), used <= self.style.width) {
            (true, _) => self.out.push('\n'),
            (false, true) => {
                let _ = writeln!(self.out, "   {remark}");
            }
            (false, false) => {
                self.out.push('\n');
                self.row("", &remark);
            }
        }
    }

    fn label(&self, label: &str, tone: Tone) -> (String, usize) {
        let padded = format!("{label:<width$}", width = COLUMN - 1);
        let width = padded.chars().count() + 1;
        let painted = if label.is_empty() {
            padded
        } else {
            self.paint(tone, &padded)
        };
        (format!("{painted} "), width)
    }

    fn wrapped(&mut self, start: &str, tone: Tone, text: &str, indent: usize) {
        self.hanging(start, start.len(), tone, text, indent);
    }

    /// Text after a start of a known width; further lines are indented.
    fn hanging(&mut self, start: &str, width: usize, tone: Tone, text: &str, indent: usize) {
        self.out.push_str(start);
        let cleaned = clean(text);
        for (index, line) in self.lines(&cleaned, width, indent).into_iter().enumerate() {
            if index > 0 {
                let _ = write!(self.out, "{:indent$}", "");
            }
            let painted = self.paint(tone, &line);
            let _ = writeln!(self.out, "{painted}");
        }
    }

    /// Breaks text at its spaces, so that the first line fits after `first` columns and the others
    /// after `indent`. A word that fits nowhere stays whole.
    fn lines(&self, text: &str, first: usize, indent: usize) -> Vec<String> {
        if self.style.width < NARROWEST || first + text.chars().count() <= self.style.width {
            return vec![text.to_owned()];
        }
        let mut lines = Vec::new();
        let mut line = String::new();
        let mut used = first;
        for word in text.split(' ') {
            let length = word.chars().count();
            if !line.is_empty() && used + 1 + length > self.style.width {
                lines.push(std::mem::take(&mut line));
                used = indent;
            }
            if !line.is_empty() {
                line.push(' ');
                used += 1;
            }
            line.push_str(word);
            used += length;
        }
        lines.push(line);
        lines
    }

    fn paint(&self, tone: Tone, text: &str) -> String {
        if !self.style.colour || tone == Tone::Plain {
            return text.to_owned();
        }
        let ansi = tone.ansi();
        format!("{ansi}{text}{ansi:#}")
    }
}
