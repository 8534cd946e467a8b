//! What PID 1 makes of `$` in the words of a service (systemd `src/basic/env-util.c`,
//! `replace_env_argv`): nobody's shell is in between, and still the words change.

/// The words with their variables replaced: `$NAME` as a whole word becomes none, one or several
/// words, `${NAME}` is replaced wherever it is, `$$` is one `$`. What is unset is empty.
pub(super) fn expand(argv: &[String], value: impl Fn(&str) -> Option<String>) -> Vec<String> {
    let value = |name: &str| value(name).unwrap_or_default();
    let mut expanded = Vec::new();
    for word in argv {
        match word.strip_prefix('$') {
            Some(name) if is_name(name) => {
                expanded.extend(value(name).split_whitespace().map(str::to_owned));
            }
            _ => expanded.push(within(word, value)),
        }
    }
    expanded
}

fn within(word: &str, value: impl Fn(&str) -> String) -> String {
    let mut text = String::new();
    let mut rest = word;
    while let Some((before, after)) = rest.split_once('$') {
        text.push_str(before);
        let braced = after
            .strip_prefix('{')
            .and_then(|inner| inner.split_once('}'));
        if let Some((name, after)) = braced {
            text.push_str(&value(name));
            rest = after;
        } else {
            text.push('$');
            rest = after.strip_prefix('$').unwrap_or(after);
        }
    }
    text.push_str(rest);
    text
}

fn is_name(text: &str) -> bool {
    let starts_well = text.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_');
    let is_letter = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    starts_well && text.chars().all(is_letter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_change_as_pid_1_changes_them() {
        let set = |name: &str| (name == "A").then(|| "one two".to_owned());
        let expanded = |words: &[&str]| {
            let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
            expand(&words, set)
        };
        assert_eq!(expanded(&["$A", "x"]), ["one", "two", "x"]);
        assert_eq!(expanded(&["${A}", "-${B}-"]), ["one two", "--"]);
        assert_eq!(expanded(&["$B", "x"]), ["x"]);
        assert_eq!(
            expanded(&["x$A", "x$$y", "x$", "$$"]),
            ["x$A", "x$y", "x$", "$"]
        );
        assert_eq!(expanded(&["${A"]), ["${A"]);
    }
}
