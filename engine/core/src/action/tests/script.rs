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

/// What a script could put around a value; none of it does anything but print.
const AROUND: [(&str, &str); 20] = [
    ("", ""),
    ("\"", "\""),
    ("'", "'"),
    ("echo $(echo ", ")"),
    ("\"$(echo ", ")\""),
    ("`echo ", "`"),
    ("${x:-", "}"),
    ("\"${x:-", "}\""),
    ("$((", "))"),
    ("a # ", "\n"),
    ("a#", "b"),
    ("\\", ""),
    ("$", ""),
    ("; cat <<E\n", "\nE\n"),
    ("; cat <<'E F'\n", "\nE F\necho"),
    ("$(case a in a) echo ", " ;; esac)"),
    ("; (echo ", ")"),
    ("; f() { echo ", "; }; f"),
    ("\"a' ", " 'b\""),
    ("'\"' ", " \"'\""),
];

/// What could stand before all that, whole or not.
const BEFORE: [&str; 14] = [
    "",
    "echo a; ",
    "x='\"'; ",
    "# don't\n",
    "cat <<E\n\"\nE\n",
    "echo \\' ",
    "echo \"",
    "echo '",
    "echo `",
    "echo $(",
    "echo ${x#",
    "cat <<E\n",
    "case a in a) ",
    "echo $(( 1 << ",
];

fn ran_the_value(shell: &str, script: &str) -> bool {
    let node = Node::new();
    let folder = node.folder();
    Command::new("timeout")
        .args(["5", shell, "-c", script])
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()
        .expect(shell);
    folder.join("MARK").exists()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]
    #[test]
    fn an_accepted_value_is_never_run(
        around in prop::collection::vec(0..AROUND.len(), 0..4),
        before in 0..BEFORE.len(),
        hostile in 0..HOSTILE.len(),
    ) {
        let script = around.iter().fold(VALUE.to_owned(), |inner, index| {
            let (open, close) = AROUND[*index];
            format!("{open}{inner}{close}")
        });
        let script = format!("{}echo {script}\n", BEFORE[before]);
        if places(&script).is_empty() {
            let filled = script.replace(VALUE, &shell_quote(HOSTILE[hostile]));
            for shell in SHELLS {
                prop_assert!(!ran_the_value(shell, &filled), "{shell}: {script}");
            }
        }
    }
}
