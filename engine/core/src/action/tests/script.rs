//! Where values may stand in a script: told by reading it, and proved by running it.

use std::process::{Command, Stdio};

use proptest::prelude::*;

use super::node::{Node, SHELLS};
use crate::action::{misplaced, shell_quote};
use crate::syntax::Span;

const VALUE: &str = "{{ v }}";

fn values(script: &str) -> Vec<Span> {
    let starts = script.match_indices(VALUE).map(|(start, _)| start);
    starts
        .map(|start| Span::new(start, start + VALUE.len()))
        .collect()
}

/// Where each value stands that is not a word.
fn places(script: &str) -> Vec<&'static str> {
    let found = misplaced(script, &values(script));
    found.into_iter().map(|value| value.place).collect()
}

#[test]
fn a_value_is_a_word_or_a_part_of_one() {
    for script in [
        "grep {{ v }} /etc/hosts",
        "x={{ v }}\necho \"$x\"",
        "--name={{ v }}.log",
        "echo 'a' \"b\" {{ v }}",
        "echo a#b {{ v }}",
        "echo $(cat {{ v }}) `id` ${HOME} $((1 << 2)) {{ v }}",
        "echo \"$(grep {{ v }} x)\"",
        "cat <<E\n$(id) 'x\nE\necho {{ v }}",
        "cat <<-'E F'\n\t\"\n\tE F\necho {{ v }}",
        "# don't\necho {{ v }}",
        "case {{ v }} in a) id ;; esac; echo {{ v }}",
        "echo \\' {{ v }} \\\" {{ v }}",
        "f() { echo {{ v }}; }; (f) && f {{ v }}",
        "{{ v }}#{{ v }}",
        "cat <<< {{ v }}",
    ] {
        assert_eq!(places(script), Vec::<&str>::new(), "{script}");
    }
}

#[test]
fn elsewhere_it_would_be_code_or_other_text() {
    for (script, place) in [
        ("echo \"{{ v }}\"", "double quotes"),
        ("echo '{{ v }}'", "single quotes"),
        ("echo \"a\\\"{{ v }}\"", "double quotes"),
        ("# {{ v }}", "a comment"),
        ("echo a; # it's {{ v }}", "a comment"),
        ("echo `cat {{ v }}`", "backquotes"),
        ("echo ${x:-{{ v }}}", "`${ }`"),
        ("echo $(( {{ v }} + 1 ))", "`$(( ))`"),
        ("(( {{ v }} + 1 ))", "`$(( ))`"),
        ("echo $(( $(echo {{ v }}) ))", "`$(( ))`"),
        ("cat <<E\n{{ v }}\nE", "a here-document"),
        ("cat <<'E'\nx {{ v }}\nE", "a here-document"),
        ("cat <<{{ v }}\nx\n", "the end of a here-document"),
        ("echo \\{{ v }}", "a backslash"),
        ("echo ${{ v }}", "a dollar sign"),
        ("echo $'a' {{ v }}", "`$'`, which shells read differently"),
        (
            "x=\"$(case a in a) echo \"{{ v }}\" ;; esac)\"",
            "a `case` or `[[` within `$( )`",
        ),
    ] {
        assert_eq!(places(script), [place], "{script}");
    }
}

/// What a value could hold that wants to be code.
const HOSTILE: [&str; 8] = [
    "$(touch MARK)",
    "`touch MARK`",
    "'; touch MARK; '",
    "\"; touch MARK; \"",
    "\ntouch MARK\n",
    ") ; touch MARK ; (",
    "}; touch MARK; {",
    "a[$(touch MARK)]",
];

/// Pieces that a script could be made of; none of them does anything but print.
const PIECES: [&str; 26] = [
    "echo ",
    "a",
    " ",
    "\n",
    ";",
    "'",
    "\"",
    "\\",
    "`",
    "$(",
    ")",
    "(",
    "${x:-",
    "}",
    "$((",
    "))",
    "#",
    "<<E\n",
    "\nE\n",
    "<<-E\n",
    "|",
    "&&",
    "$",
    "case a in a) ",
    ";; esac",
    "[[ a ]]",
];

fn ran_the_value(shell: &str, script: &str) -> bool {
    let node = Node::new();
    let parsed = Command::new(shell)
        .args(["-n", "-c", script])
        .stdin(Stdio::null())
        .output()
        .expect(shell);
    if !parsed.status.success() {
        return false;
    }
    let folder = node.folder();
    let limited = Command::new("timeout")
        .args(["5", shell, "-c", script])
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()
        .expect(shell);
    drop(limited);
    folder.join("MARK").exists()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]
    #[test]
    fn an_accepted_value_is_never_run(
        before in prop::collection::vec(0..PIECES.len(), 0..8),
        after in prop::collection::vec(0..PIECES.len(), 0..6),
        hostile in 0..HOSTILE.len(),
    ) {
        let text = |pieces: &[usize]| pieces.iter().map(|piece| PIECES[*piece]).collect::<String>();
        let script = format!("{}{VALUE}{}", text(&before), text(&after));
        if places(&script).is_empty() {
            let filled = script.replace(VALUE, &shell_quote(HOSTILE[hostile]));
            for shell in SHELLS {
                prop_assert!(!ran_the_value(shell, &filled), "{shell}: {script}");
            }
        }
    }
}
