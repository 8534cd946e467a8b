//! The one place where a value becomes a word of a shell script.

/// One word of POSIX sh that is exactly this text, whatever it holds. NUL, which no word can hold,
/// is left out.
pub fn shell_quote(text: &str) -> String {
    let mut word = String::with_capacity(text.len() + 2);
    word.push('\'');
    for part in text.split_inclusive(['\'', '\0']) {
        match part.strip_suffix('\'') {
            // Close the quotes, one quoted quote, open them again.
            Some(before) => word.extend([before, r"'\''"]),
            None => word.push_str(part.strip_suffix('\0').unwrap_or(part)),
        }
    }
    word.push('\'');
    word
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use proptest::prelude::*;

    use super::shell_quote;

    fn echoed(shell: &str, text: &str) -> Vec<u8> {
        let script = format!("printf %s {}", shell_quote(text));
        let output = Command::new(shell)
            .args(["-c", &script])
            .output()
            .expect(shell);
        assert!(output.status.success(), "{shell} {script}");
        output.stdout
    }

    #[test]
    fn what_looks_like_code_stays_text() {
        for text in [
            "",
            "'",
            "''",
            "$(id)",
            "`id`",
            "a\nb",
            "-n",
            "x; reboot",
            "\\",
            "'\\''",
            "${IFS}",
            "*",
        ] {
            for shell in ["dash", "bash"] {
                assert_eq!(echoed(shell, text), text.as_bytes(), "{shell}");
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]
        #[test]
        fn any_text_is_one_word(text in any::<String>()) {
            let without_nul = text.replace('\0', "");
            for shell in ["dash", "bash"] {
                prop_assert_eq!(echoed(shell, &text), without_nul.as_bytes());
            }
        }
    }
}
