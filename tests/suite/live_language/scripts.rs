//! `run`: scripts of a runbook's own. They need `--unconfined`, what is put into them stays a word,
//! and one that hangs is stopped.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use heeler_tests::node::Place;

use super::desk::{Desk, TRACE};
use super::secrets::scripts_sent;
use crate::harness::{Case, Context, Need};

/// The area's cases.
pub(crate) const CASES: &[Case] = &[
    Case::new(
        "live_language::a_script_needs_unconfined",
        &[Need::Nodes],
        unconfined,
    ),
    Case::new(
        "live_language::a_script_answers_from_where_it_runs",
        &[Need::Nodes],
        answers,
    ),
    Case::new(
        "live_language::a_value_in_a_script_is_one_word",
        &[Need::Nodes],
        words,
    ),
    Case::new(
        "live_language::a_script_that_hangs_is_stopped",
        &[Need::Nodes],
        hangs,
    ),
    Case::new(
        "live_language::a_long_output_is_not_taken_for_a_whole_one",
        &[Need::Nodes],
        long,
    ),
];

const PLACES: &str = r#"look:
  near:
    run:
      at: control
      script: |
        echo "is $(uname -s)"; echo took 250ms; echo aside >&2
        exit 7
      extract:
        system: { pattern: 'is (\w+)', type: text }
        took: { pattern: 'took (\S+)', type: duration }
        nothing: { pattern: 'never (\S+)', type: integer }
  far:
    run:
      at: admin
      script: "chroot /.bottlerocket/rootfs cat /etc/hostname; exit"
  host:
    run: { at: host, argv: [cat, /etc/os-release], extract: { version: { pattern: '(?m)^VERSION_ID=(.*)$', type: version } } }
find:
  linux:
    when: near.system == "Linux" and near.exit == 7 and near.took == "250ms" and near.nothing is absent and far.exit == 0 and host.version >= "1.37"
    severity: note
    says: "{{ near.text }}"
"#;

fn unconfined(context: &Context) -> Result<()> {
    let desk = Desk::open(context, true)?;
    let marked = PLACES.replace("echo aside", &format!("touch /tmp/{TRACE}"));
    desk.write("scripts", &marked)?;
    let seen = desk.see("scripts", &[], 4)?;
    for look in ["near", "far", "host"] {
        seen.expect_unseen(
            look,
            "it runs a script of the runbook's own, and --unconfined is not given",
        )?;
    }
    seen.expect_verdict("linux", "not-seen")?;
    desk.expect_commands(0)?;
    desk.expect_no_trace()?;
    let shown = desk.heeler(&["show", "scripts"])?.expect_exit(0)?;
    shown.expect_stdout("unconfined")?;
    let node = desk.node()?.config().name.clone();
    let plan = desk
        .heeler(&["run", "scripts", "--node", &node, "--plan"])?
        .expect_exit(0)?;
    plan.expect_stdout("--unconfined is not given")?;
    let plan = desk.heeler(&["run", "scripts", "--node", &node, "--plan", "--unconfined"])?;
    plan.expect_exit(0)?
        .expect_stdout("impact: unconfined")
        .map(drop)
}

fn answers(context: &Context) -> Result<()> {
    let desk = Desk::open(context, true)?;
    desk.write("scripts", PLACES)?;
    let seen = desk.see("scripts", &["--unconfined"], 3)?;
    desk.expect_commands(1)?;
    seen.expect("near", "/exit", 7)?;
    seen.expect("near", "/text", "is Linux\ntook 250ms")?;
    seen.expect("near", "/lines", 2)?;
    seen.expect("near", "/system", "Linux")?;
    seen.expect("near", "/took", 0.25)?;
    seen.expect("near", "/nothing", ())?;
    seen.expect("far", "/text", desk.node()?.config().name.as_str())?;
    seen.expect("host", "/version", "1.50.0")?;
    seen.expect_verdict("linux", "holds")?;
    // With the admin container off what needs none is answered all the same.
    let off = Desk::open(context, false)?;
    off.write("scripts", PLACES)?;
    let seen = off.see("scripts", &["--unconfined"], 4)?;
    seen.expect("near", "/exit", 7)?;
    seen.expect_unseen("far", "the admin container is off")?;
    seen.expect_unseen("host", "the admin container is off")
}

const ECHO: &str = "inputs:
  word: { type: text, help: any word }
  number: { type: integer, default: \"-3\", help: any number }
look:
  near:
    run:
      at: control
      script: |
        one={{ inputs.word }}
        set -- {{ inputs.word }} {{ inputs.number }} \"$one\"
        printf '%s/%s/%s\\n' \"$#\" \"$2\" \"${#1}\"; printf '%s' \"$1\"; printf '%s' {{ inputs.word }} | wc -c
  far: { run: { at: admin, script: \"printf %s {{ inputs.word }}\" } }
  host: { run: { at: host, argv: [printf, '%s', \"{{ inputs.word }}\"] } }
find:
  empty:
    when: near.text == \"\" or far.text == \"\" or host.text == \"\"
    severity: note
    says: nothing
";

fn words(context: &Context) -> Result<()> {
    let desk = Desk::open(context, true)?;
    desk.write("echo", ECHO)?;
    let everything: String = (' '..='~').collect();
    for word in [
        format!(
            "'; touch /tmp/{TRACE}; echo '$(touch /tmp/{TRACE})`touch /tmp/{TRACE}`\"{{{{7*7}}}}%s\\n{{{{ssm:x}}}}"
        ),
        format!("x\nHEELER_END\ntouch /tmp/{TRACE}\n\"'"),
        "-n --help * ? ~ $HOME ${x} !! #".to_owned(),
        "ü\u{202e}\u{1f415}\ttab".to_owned(),
        everything,
    ] {
        let input = format!("word={word}");
        let seen = desk.see("echo", &["--unconfined", "-i", &input], 0)?;
        let near = format!("3/-3/{}\n{word}{}", word.chars().count(), word.len());
        // How many characters it has depends on the container's locale.
        let bytes = format!("3/-3/{}\n{word}{}", word.len(), word.len());
        let found = seen.look("near")?["text"].as_str().unwrap_or_default();
        ensure!(found == near || found == bytes, "{word:?}\n{}", seen.ended);
        seen.expect("far", "/text", word.as_str())?;
        seen.expect("host", "/text", word.as_str())?;
    }
    desk.expect_no_trace()
}

fn hangs(context: &Context) -> Result<()> {
    let desk = Desk::open(context, true)?;
    let hang = |at: &str, seconds: u32| {
        format!(
            "{{ within: 2s, run: {{ at: {at}, script: \"sleep {seconds} & sleep {seconds}; wait\" }} }}"
        )
    };
    let runbook = format!(
        "look:\n  near: {}\n  far: {}\n  well: {{ sysctl: {{ name: kernel.ostype }} }}\nfind:\n  other:\n    when: near.exit == 0 or far.exit == 0 or well.name != \"Linux\"\n    severity: note\n    says: another\n",
        hang("control", 61_713),
        hang("admin", 61_714)
    );
    desk.write("hang", &runbook)?;
    let begin = Instant::now();
    let seen = desk.see("hang", &["--unconfined"], 4)?;
    ensure!(
        begin.elapsed() < Duration::from_secs(20),
        "{:?}",
        begin.elapsed()
    );
    seen.expect_unseen("near", "no answer within 2 s")?;
    seen.expect_unseen("far", "no answer within 2 s")?;
    seen.expect("well", "/name", "Linux")?;
    // Nothing of it lives on.
    std::thread::sleep(Duration::from_secs(2));
    let left = desk.node()?.run(Place::Host, &["pgrep", "-a", "sleep"])?;
    let left = String::from_utf8_lossy(&left.stdout).into_owned();
    ensure!(!left.contains("6171"), "still there: {left}");
    Ok(())
}

fn long(context: &Context) -> Result<()> {
    let desk = Desk::open(context, false)?;
    desk.write(
        "long",
        "look:
  long: { run: { at: control, script: \"seq 1 200000\" } }
  bytes: { run: { at: control, script: \"printf 'a\\\\377b\\\\000c'; exit 3\" } }
  short: { run: { at: control, script: \"echo ends\" } }
find:
  whole:
    when: long.lines == 200000 or short.exit != 0 or bytes.exit != 3
    severity: note
    says: whole
",
    )?;
    let seen = desk.see("long", &["--unconfined"], 4)?;
    seen.expect_unseen("long", "the answer was cut")?;
    seen.expect("short", "/text", "ends")?;
    seen.expect("bytes", "/exit", 3)?;
    ensure!(
        scripts_sent(&desk)?.contains("seq 1 200000"),
        "no script was read"
    );
    Ok(())
}
