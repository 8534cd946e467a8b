//! How names and other short texts of a runbook are spelt: for the reader, which refuses the rest,
//! and as a pattern, for editors.

use std::fmt;

use super::fault::Faults;
use super::source::Spanned;

/// How a text is spelt.
#[derive(Debug, Clone, Copy)]
pub enum Spelling {
    /// `snake_case`: expressions name it, and `time-wait` would be a subtraction.
    Snake,
    /// `kebab-case`: never an operand.
    Kebab,
    /// Letters, digits and these characters, without two dots in a row: something that a node or
    /// Kubernetes knows by that name.
    Letters(&'static str),
    /// One line that is not empty.
    Line,
    /// A small language of its own.
    Own {
        /// How people are told to write it.
        example: &'static str,
        /// The same as `fits`, as a regular expression of JSON Schema.
        pattern: &'static str,
        /// Whether a text is one.
        fits: fn(&str) -> bool,
    },
}

impl Spelling {
    /// Whether a text holds `{{`: how it is spelt is seen when its values are filled in.
    pub fn holds_values(text: &str) -> bool {
        text.contains("{{")
    }

    /// Whether the text is spelt like this.
    pub fn fits(self, text: &str) -> bool {
        match self {
            Spelling::Snake => is_word(text, '_'),
            Spelling::Kebab => is_word(text, '-'),
            Spelling::Letters(others) => {
                let fits = |c: char| c.is_ascii_alphanumeric() || others.contains(c);
                !text.is_empty() && text.chars().all(fits) && !text.contains("..")
            }
            Spelling::Line => !text.is_empty() && !text.contains(char::is_control),
            Spelling::Own { fits, .. } => fits(text),
        }
    }

    /// The text, if it is spelt like this. `what` names it in messages: "kernel parameter".
    pub fn read<'t>(
        self,
        what: &str,
        text: &'t Spanned<String>,
        faults: &mut Faults,
    ) -> Option<&'t str> {
        if self.fits(&text.value) {
            return Some(&text.value);
        }
        let title = format!("`{}` is no {what}", text.value.escape_debug());
        faults
            .error("not-a-name", text.span, title)
            .help(format!("use {self}"));
        None
    }

    /// The same as a regular expression of JSON Schema (ECMA-262).
    pub fn pattern(self) -> String {
        match self {
            Spelling::Snake => "^[a-z][a-z0-9]*(_[a-z0-9]+)*$".to_owned(),
            Spelling::Kebab => "^[a-z][a-z0-9]*(-[a-z0-9]+)*$".to_owned(),
            Spelling::Letters(others) => {
                // In a class of characters the hyphen means something else, but not as the last one; the
                // backslash always does.
                let mut others: Vec<char> = others.chars().collect();
                others.sort_by_key(|c| *c == '-');
                let others: String = others.into_iter().collect();
                let others = others.replace('\\', r"\\");
                let no_two_dots = if others.contains('.') {
                    r"(?!.*\.\.)"
                } else {
                    ""
                };
                format!("^{no_two_dots}[A-Za-z0-9{others}]+$")
            }
            Spelling::Line => r"^[^\u0000-\u001f\u007f-\u009f]+$".to_owned(),
            Spelling::Own { pattern, .. } => pattern.to_owned(),
        }
    }
}

impl fmt::Display for Spelling {
    /// As a continuation of "write it in", "use", "a name of".
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Spelling::Snake => f.write_str("snake_case"),
            Spelling::Kebab => f.write_str("kebab-case"),
            Spelling::Letters("") => f.write_str("letters and digits"),
            Spelling::Letters(others) => {
                let others: Vec<String> = others.chars().map(|c| format!("`{c}`")).collect();
                write!(f, "letters, digits and {}", others.join(" "))?;
                if others.iter().any(|other| other == "`.`") {
                    f.write_str(", without two dots in a row")?;
                }
                Ok(())
            }
            Spelling::Line => f.write_str("one line of text"),
            Spelling::Own { example, .. } => write!(f, "text such as `{example}`"),
        }
    }
}

/// Lower-case words and numbers with `joint` between them, the first one a letter.
fn is_word(text: &str, joint: char) -> bool {
    let part = |part: &str| {
        !part.is_empty()
            && part
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
    };
    text.starts_with(|c: char| c.is_ascii_lowercase()) && text.split(joint).all(part)
}

#[cfg(test)]
mod tests {
    use super::Spelling;

    #[test]
    fn names_are_words_joined_by_one_character() {
        for (text, snake, kebab) in [
            ("table", true, true),
            ("time_wait", true, false),
            ("time-wait", false, true),
            ("a2_b", true, false),
            ("2a", false, false),
            ("a__b", false, false),
            ("a_", false, false),
            ("A", false, false),
            ("", false, false),
        ] {
            assert_eq!(Spelling::Snake.fits(text), snake, "{text}");
            assert_eq!(Spelling::Kebab.fits(text), kebab, "{text}");
        }
    }

    #[test]
    fn letters_are_those_that_are_named() {
        let path = Spelling::Letters("._-");
        for (text, fits) in [
            ("a.b_c-1", true),
            ("a..b", false),
            ("a/b", false),
            ("", false),
        ] {
            assert_eq!(path.fits(text), fits, "{text}");
        }
        assert_eq!(
            Spelling::Letters(".-_").pattern(),
            r"^(?!.*\.\.)[A-Za-z0-9._-]+$"
        );
        assert_eq!(Spelling::Letters("").to_string(), "letters and digits");
    }
}
