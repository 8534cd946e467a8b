//! What was typed: names that are none, names that nothing has, and runbooks with faults. Nothing
//! of it reaches anybody: neither AWS nor Kubernetes is called, and no run begins.

use anyhow::{Result, ensure};

use super::stage::{INSTANCE, NODE, POD, QUICK, Stage};
use crate::harness::{Case, Context, Finished};

/// The area's cases.
pub(crate) const CASES: &[Case] = &[
    Case::new("bad_input::hostile_names_go_nowhere", &[], hostile),
    Case::new(
        "bad_input::a_target_must_be_named_and_only_one_way",
        &[],
        ways,
    ),
    Case::new(
        "bad_input::an_unknown_runbook_has_a_neighbour",
        &[],
        runbook,
    ),
    Case::new("bad_input::inputs_are_checked_before_anything", &[], inputs),
    Case::new("bad_input::a_faulty_runbook_shows_the_place", &[], faulty),
    Case::new(
        "bad_input::a_file_that_is_no_runbook_is_refused",
        &[],
        no_runbook,
    ),
];

/// What somebody could type, or a script could paste, instead of a name.
const HOSTILE: &[&str] = &[
    "x; reboot",
    "$(reboot)",
    "`reboot`",
    "x\nreboot",
    "x\r\n",
    "../../etc/passwd",
    "shop/../kube-system/x",
    "shop/x/../../y",
    "{{7*7}}",
    "{{ssm:secret}}",
    "x y",
    "x\u{202e}y",
    "ü",
    "х",
    "X",
    "-x",
    "",
    "/",
    "x?watch=1",
    "x%2fy",
];

fn hostile(context: &Context) -> Result<()> {
    let stage = Stage::open(context)?;
    let long = "a".repeat(300);
    for name in HOSTILE.iter().copied().chain([long.as_str()]) {
        for option in ["--pod", "--node", "--instance"] {
            let argument = format!("{option}={name}");
            let ended = stage.quick(&[&argument])?.expect_exit(2)?;
            ended.expect_stderr("error[target-syntax]")?;
            ended.expect_stderr(&format!("--> {option}\n  help: allowed: "))?;
            expect_harmless(&ended)?;
        }
    }
    wrong_use(
        &stage,
        &["run", "quick", "--pod", "x; reboot"],
        r#"error[target-syntax]: "x; reboot" is no name for --pod
  --> --pod
  help: allowed: NAMESPACE/NAME, or NAME, of lower-case letters, digits, `-` and `.`, beginning with a letter or digit (RFC 1123)"#,
    )
}

/// What was typed comes back, but nothing that a terminal would obey.
fn expect_harmless(ended: &Finished) -> Result<()> {
    let lines = ended.stderr.lines().count();
    let obeyed = |c: char| c == '\u{202e}' || c.is_control() && c != '\n';
    ensure!(lines == 3 && !ended.stderr.contains(obeyed), "{ended}");
    Ok(())
}

fn ways(context: &Context) -> Result<()> {
    let stage = Stage::open(context)?;
    wrong_use(
        &stage,
        &["run", "quick"],
        "error[no-target]: no target was named
  --> the command line
  help: name one: --pod NS/NAME, --node NAME or --instance i-…",
    )?;
    for other in [["--node", NODE], ["--instance", INSTANCE]] {
        let both = ["--pod", POD, other[0], other[1]];
        let ended = stage.quick(&both)?.expect_exit(2)?;
        ended.expect_stderr("cannot be used with")?;
    }
    wrong_use(
        &stage,
        &["run", "quick", "--node", NODE, "--region", "mars"],
        "error[region-syntax]: `mars` is no AWS region
  --> --region
  help: a region looks like eu-west-1",
    )
}

fn runbook(context: &Context) -> Result<()> {
    let stage = Stage::open(context)?;
    let place = stage.runbooks().display().to_string();
    let unknown = |typed: &str, near: &str| {
        wrong_use(
            &stage,
            &["run", typed, "--pod", POD],
            &format!(
                "error[unknown-runbook]: there is no runbook `{typed}`
  --> {place} and the bundled runbooks
  help: {near}"
            ),
        )
    };
    unknown(
        "quikc",
        "did you mean `quick`? `heeler list` shows them all",
    )?;
    unknown(
        "conntrack-exhaustoin",
        "did you mean `conntrack-exhaustion`? `heeler list` shows them all",
    )?;
    unknown("xyz", "`heeler list` shows them all; a path works too")?;
    wrong_use(
        &stage,
        &["run", "{{7*7}}\u{1b}[2J", "--pod", POD],
        r"error[unknown-runbook]: `{{7*7}}\u{1b}[2J` is no runbook name
  --> the command line
  help: a name has lower-case letters, digits and hyphens; `heeler list` shows them all",
    )
}

fn inputs(context: &Context) -> Result<()> {
    let stage = Stage::open(context)?;
    let given = |input: &str, what: &str, help: &str| {
        let runbook = ["run", "conntrack-exhaustion", "--pod", POD, "-i", input];
        let place = "the inputs of conntrack-exhaustion";
        let error = format!("error[wrong-input]: {what}\n  --> {place}\n  help: {help}");
        wrong_use(&stage, &runbook, &error)
    };
    let about = "How long a closed connection stays in the table after the fix";
    given(
        "time_wiat=60s",
        "there is no input `time_wiat`",
        "did you mean `time_wait`?",
    )?;
    given("zzz=1", "there is no input `zzz`", "it has: time_wait")?;
    given(
        "time_wait",
        "an input has no `=`",
        "write it as -i name=value",
    )?;
    given("time_wait=1h", "`1h` is above the maximum of 120 s", about)?;
    given("time_wait=1s", "`1s` is below the minimum of 30 s", about)?;
    given(
        "time_wait=; reboot",
        "`; reboot` is no duration; write it as 250ms, 60s, 2m or 1h30m",
        about,
    )?;
    wrong_use(
        &stage,
        &["run", "quick", "--pod", POD, "-i", "a=b"],
        "error[wrong-input]: there is no input `a`
  --> the inputs of quick
  help: leave it out: the runbook has no inputs",
    )
}

fn faulty(context: &Context) -> Result<()> {
    let stage = Stage::open(context)?;
    let faulty = |text: &str, screen: &str| {
        let file = stage.write_runbook("quick", text)?.display().to_string();
        let screen = screen.replace("FILE", &file);
        fails(&stage, &["run", "quick", "--pod", POD], &screen)
    };
    faulty(
        &QUICK.replace("severity: note", "severtiy: note"),
        "error[faulty-runbook]: the runbook has 2 faults
  --> FILE
  help: mend the file:
error[missing-key]: the finding `other-system` has no `severity`
  --> FILE:11:5
   |
11 |     label: another system
   |     ^^^^^
   |
   = help: add `severity:`

error[unknown-key]: the finding `other-system` has no key `severtiy`
  --> FILE:13:5
   |
13 |     severtiy: note
   |     ^^^^^^^^
   |
   = help: did you mean `severity`?",
    )?;
    faulty(
        "heeler: 1\nname: [quick\nlook: {}\n",
        "error[faulty-runbook]: the runbook has a fault
  --> FILE
  help: mend the file:
error[yaml-bracket]: this is no valid YAML
 --> FILE:3:5
  |
3 | look: {}
  |     ^ illegal placement of ':' indicator
  |
  = help: check that every bracket and quote above is closed",
    )?;
    faulty(
        &QUICK.replace("system.name !=", "system.nmae !="),
        "error[faulty-runbook]: the runbook has a fault
  --> FILE
  help: mend the file:
error[unknown-field]: `system` has no field `nmae`
  --> FILE:12:18
   |
12 |     when: system.nmae != \"Linux\"
   |                  ^^^^
   |
   = help: did you mean `name`?",
    )
}

fn no_runbook(context: &Context) -> Result<()> {
    let stage = Stage::open(context)?;
    let file = stage.write_runbook("quick", "")?;
    let shown = file.display();
    let path = shown.to_string();
    std::fs::write(&file, b"heeler: 1\nname: \xff\xfe\n")?;
    fails(
        &stage,
        &["run", "quick", "--pod", POD],
        &format!(
            "error[faulty-runbook]: the runbook has a fault
  --> {shown}
  help: mend the file:
error[text-not-utf8]: byte 17 of the file is not UTF-8
 --> {shown}:2:7
  |
2 | name: ��
  |       ^ 0xff: ÿ in Latin-1
  |
  = help: save the file as UTF-8"
        ),
    )?;
    std::fs::write(&file, vec![b'#'; (1 << 20) + 1])?;
    fails(
        &stage,
        &["run", &path, "--pod", POD],
        &format!(
            "error[faulty-runbook]: the runbook has a fault
  --> {shown}
  help: mend the file:
error[yaml-too-large]: the file has more than 1048576 bytes
--> {shown}
 = help: is this the right file? a runbook is a page"
        ),
    )?;
    std::fs::remove_file(&file)?;
    fails(
        &stage,
        &["run", &path, "--pod", POD],
        &format!(
            "error[unreadable-runbook]: it can't be read: No such file or directory (os error 2)
  --> {shown}
  help: check the path; `heeler list` shows the bundled runbooks"
        ),
    )
}

/// Exit status 2 and this on standard error; nobody was asked, and no run has begun.
fn wrong_use(stage: &Stage<'_>, arguments: &[&str], error: &str) -> Result<()> {
    ended_with(stage, arguments, 2, error)
}

/// The same with exit status 1.
fn fails(stage: &Stage<'_>, arguments: &[&str], error: &str) -> Result<()> {
    ended_with(stage, arguments, 1, error)
}

fn ended_with(stage: &Stage<'_>, arguments: &[&str], code: i32, error: &str) -> Result<()> {
    let ended = stage.heeler(arguments)?.expect_exit(code)?;
    let said = ended.stdout.is_empty() && ended.stderr.trim_end() == error.trim_end();
    ensure!(said, "this was expected:\n{error}\n{ended}");
    stage.expect_silence()?;
    stage.expect_no_run()
}
