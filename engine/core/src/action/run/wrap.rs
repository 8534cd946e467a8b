//! What is put around a script, so that its own exit code can't be taken for one of ours, and what
//! it prints is bounded without ending it.

use crate::action::{HOST_ROOT, shell_quote};
use crate::syntax::limits::SCRIPT_OUTPUT_BYTES;

/// The script in a shell of its own, then its exit code on a last line.
pub(super) fn script(text: &str) -> String {
    // Within this here-document nothing is expanded, so that the script needs no quoting.
    let mut end = "HEELER_END".to_owned();
    while text.contains(&end) {
        end.push('_');
    }
    let run = "(set --; eval \"$script\")";
    let around = AROUND.replace("RUN", run).replace("MOST", &most());
    format!("script=$(cat <<'{end}'\n{text}\n{end}\n)\n{around}{SAY}")
}

/// A program of the host with its arguments, likewise. chroot's own exit codes say that there is no
/// such program; no program of the host uses them.
pub(super) fn argv(words: &[&str]) -> String {
    let words: Vec<String> = words.iter().map(|word| shell_quote(word)).collect();
    let around = AROUND
        .replace("RUN", "chroot ROOT \"$@\"")
        .replace("ROOT", HOST_ROOT)
        .replace("MOST", &most());
    format!("set -- {}\n{around}{NO_PROGRAM}{SAY}", words.join(" "))
}

fn most() -> String {
    (SCRIPT_OUTPUT_BYTES + 1).to_string()
}

const AROUND: &str = r#"exec 4>&1
code=$({ { RUN 3>&- 4>&-; echo "$?" >&3; } | { head -c MOST; cat >/dev/null; } 3>&- >&4 4>&-; } 3>&1)
"#;

const NO_PROGRAM: &str = r#"case $code in 125 | 126 | 127) exit 69 ;; esac
"#;

const SAY: &str = r#"printf '\n%s\n' "$code"
"#;
