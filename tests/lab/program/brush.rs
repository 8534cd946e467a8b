//! The host's `sh` since Bottlerocket 1.37: a filter for credential processes, no shell.
//!
//! It wants exactly `sh -c STRING` and runs next to nothing (core kit `sources/brush`). None of the
//! programs that it would allow exists on a lab node.

const REFUSED: i32 = 127;

/// Says why the command is refused.
pub(crate) fn main(arguments: &[String]) -> i32 {
    eprintln!("{}", refusal(arguments));
    REFUSED
}

fn refusal(arguments: &[String]) -> String {
    match arguments {
        [flag, command] if flag == "-c" => {
            let program = command.split_whitespace().next().unwrap_or_default();
            format!("'{program}' is not allowed")
        }
        [flag, _] => format!("expected '-c', found '{flag}'"),
        // The count includes the shell's own name.
        others => format!("expected 3 args, found {}", others.len() + 1),
    }
}

#[cfg(test)]
mod tests {
    use super::refusal;

    fn refused(arguments: &[&str]) -> String {
        refusal(
            &arguments
                .iter()
                .map(|argument| (*argument).to_owned())
                .collect::<Vec<_>>(),
        )
    }

    #[test]
    fn everything_is_refused() {
        assert_eq!(refused(&["-c", "dmesg | head"]), "'dmesg' is not allowed");
        assert_eq!(refused(&["/tmp/script"]), "expected 3 args, found 2");
        assert_eq!(refused(&["-c", "a", "b"]), "expected 3 args, found 4");
    }
}
