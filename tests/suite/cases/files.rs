//! `heeler test`: which cases it finds, what it says of those that fail, and of files that are
//! none. Nobody is asked anything for it.

use std::fs;
use std::os::unix::fs::symlink;

use anyhow::{Result, ensure};

use super::{CASE, folder, put, write};
use crate::bad_input::stage::{QUICK, Stage};
use crate::harness::{Case, Context, Finished};

/// The area's cases.
pub(crate) const CASES: &[Case] = &[
    Case::new("cases::the_bundled_ones_hold_anywhere", &[], bundled),
    Case::new("cases::are_found_by_name_and_by_path", &[], found),
    Case::new("cases::that_fail_say_what_decides", &[], failing),
    Case::new("cases::with_faults_show_the_place", &[], faulty),
    Case::new("cases::files_that_are_none_are_told", &[], files),
    Case::new("cases::of_a_runbook_that_is_gone_are_told", &[], gone),
    Case::new("cases::that_nobody_has_have_a_neighbour", &[], unknown),
];

fn test(stage: &Stage<'_>, arguments: &[&str], code: i32) -> Result<Finished> {
    let all = [&["test"], arguments].concat();
    let ended = stage.heeler(&all)?.expect_exit(code)?;
    stage.expect_silence()?;
    stage.expect_no_run()?;
    Ok(ended)
}

fn bundled(context: &Context) -> Result<()> {
    let stage = Stage::open(context)?;
    let ended = test(&stage, &["conntrack-exhaustion", "--output", "json"], 0)?;
    let json = ended.json()?;
    let runbook = &json["runbooks"][0];
    let cases = runbook["cases"].as_array().map_or(0, Vec::len);
    let mutations: u64 = (0..cases)
        .filter_map(|case| runbook["cases"][case]["mutations"].as_u64())
        .sum();
    ensure!(cases >= 34 && mutations > 2_000, "{ended}");
    for part in ["verdicts", "conditions"] {
        let part = &runbook["coverage"][part];
        ensure!(
            part["covered"] == part["all"] && part["all"] != 0,
            "{ended}"
        );
    }
    let ended = test(&stage, &["conntrack-exhaustion"], 0)?;
    ended.expect_stdout("34 cases hold, and ")?;
    Ok(())
}

fn found(context: &Context) -> Result<()> {
    let stage = Stage::open(context)?;
    let file = put(&stage, "linux.yaml", CASE)?.display().to_string();
    put(&stage, "README.md", "These are cases.")?;
    let runbook = stage.runbooks().join("quick").display().to_string();
    let all = stage.runbooks().display().to_string();
    let held = "quick
  1 case holds, and 12 mutations of it
  verdicts 1 of 3, conditions 1 of 2
    no case where other-system: holds
    no case where other-system: is not seen
    no case where other-system when: system.name != \"Linux\" is true";
    let shown = |arguments: &[&str], screen: &str| -> Result<()> {
        test(&stage, arguments, 0)?.expect_screen(screen).map(drop)
    };
    let path = format!("{runbook}/runbook.yaml");
    for wanted in ["quick", &runbook, &path, &all] {
        shown(&[wanted], held)?;
    }
    let brief = "quick\n  1 case holds, and 12 mutations of it";
    shown(&[&file], brief)?;
    shown(&["--case", "linux"], brief)?;
    let both = test(&stage, &[], 0)?;
    both.expect_stdout("conntrack-exhaustion\n")?;
    both.expect_stdout("quick\n")?;
    Ok(())
}

fn failing(context: &Context) -> Result<()> {
    let stage = Stage::open(context)?;
    let other = CASE.replace(
        "ruled-out: [other-system]",
        "holds: {other-system: it is BSD}",
    );
    let file = put(&stage, "other.yaml", &other)?.display().to_string();
    put(&stage, "linux.yaml", CASE)?;
    let ended = test(&stage, &["quick"], 1)?;
    ended.expect_screen(&format!(
        "quick
  FAILED other
    --> {file}:10
    node-1: other-system
      expected  holds: it is BSD
      came      ruled out
      because   system.name != \"Linux\": false (system.name Linux)
  failed: 1 of 2 cases, and 0 of 24 mutations
  verdicts 1 of 3, conditions 1 of 2
    no case where other-system: holds
    no case where other-system: is not seen
    no case where other-system when: system.name != \"Linux\" is true"
    ))?;
    let json = test(&stage, &["quick", "--output", "json"], 1)?.json()?;
    let case = &json["runbooks"][0]["cases"][1];
    ensure!(
        json["passed"] == false && case["passed"] == false,
        "{json:#}"
    );
    let difference = &case["differences"][0];
    let expected = ["about", "came", "line"].map(|name| difference[name].to_string());
    ensure!(
        expected == ["\"other-system\"", "\"ruled out\"", "10"],
        "{json:#}"
    );
    Ok(())
}

fn faulty(context: &Context) -> Result<()> {
    let stage = Stage::open(context)?;
    let text = CASE.replace("system: {name: Linux}", "system: {nmae: Linux}");
    let file = put(&stage, "linux.yaml", text)?.display().to_string();
    let ended = test(&stage, &["quick"], 1)?;
    ended.expect_stdout(&format!(
        "error[unknown-field]: `system` has no field `nmae`\n --> {file}:9"
    ))?;
    ended.expect_stdout("did you mean `name`?")?;
    ended.expect_stdout("failed: 1 of 1 cases")?;
    let json = test(&stage, &["quick", "--output", "json"], 1)?.json()?;
    let faults = &json["runbooks"][0]["cases"][0]["faults"];
    ensure!(
        faults[0]["code"] == "unknown-field" && faults[1].is_null(),
        "{json:#}"
    );
    // A runbook with faults has no cases that could hold.
    stage.write_runbook("quick", &QUICK.replace("severity: note", ""))?;
    test(&stage, &["quick"], 1)?.expect_stdout("error[faulty-runbook]")?;
    Ok(())
}

fn files(context: &Context) -> Result<()> {
    let stage = Stage::open(context)?;
    put(&stage, "linux.yaml", CASE)?;
    let fault = |code: &str, name: &str| -> Result<()> {
        let ended = test(&stage, &["quick"], 1)?;
        let place = folder(&stage).join(name).display().to_string();
        ended
            .expect_stdout(&format!("error[{code}]"))?
            .expect_stdout(&place)?;
        // The others are tested all the same.
        ended.expect_stdout("1 case holds")?;
        let path = folder(&stage).join(name);
        if path.is_dir() && !path.is_symlink() {
            fs::remove_dir(path)?;
        } else {
            fs::remove_file(path)?;
        }
        Ok(())
    };
    put(&stage, "linux.yml", CASE)?;
    fault("two-cases", "linux.yml")?;
    put(&stage, "Linux box.yaml", CASE)?;
    fault("bad-case-name", "Linux box.yaml")?;
    put(&stage, "OTHER.YAML", CASE)?;
    fault("bad-case-name", "OTHER.YAML")?;
    put(&stage, "latin.yaml", b"about: \xfc\n")?;
    fault("faulty-case", "latin.yaml")?;
    put(&stage, "huge.yaml", vec![b'#'; (1 << 20) + 1])?;
    fault("faulty-case", "huge.yaml")?;
    symlink("nowhere", folder(&stage).join("dangling.yaml"))?;
    fault("unreadable-case", "dangling.yaml")?;
    symlink("loop.yaml", folder(&stage).join("loop.yaml"))?;
    fault("unreadable-case", "loop.yaml")?;
    symlink(".", folder(&stage).join("round"))?;
    fault("nested-cases", "round")?;
    fs::create_dir(folder(&stage).join("deep"))?;
    fault("nested-cases", "deep")?;
    test(&stage, &["quick"], 0)?;
    Ok(())
}

fn gone(context: &Context) -> Result<()> {
    let stage = Stage::open(context)?;
    let lost = stage.around.folder().join("lost");
    let file = write(&lost.join("cases/linux.yaml"), CASE)?;
    for wanted in [&lost, &file] {
        let ended = test(&stage, &[&wanted.display().to_string()], 1)?;
        ended.expect_stdout("error[runbook-gone]: there are cases here, and no `runbook.yaml`")?;
    }
    // The file was moved to another runbook.
    put(
        &stage,
        "lost.yaml",
        CASE.replace("runbook: quick", "runbook: slow"),
    )?;
    let ended = test(&stage, &["quick"], 1)?;
    ended.expect_stdout("error[other-runbook]: this is a case of the runbook `slow`")?;
    Ok(())
}

fn unknown(context: &Context) -> Result<()> {
    let stage = Stage::open(context)?;
    put(&stage, "linux.yaml", CASE)?;
    let wrong = |arguments: &[&str], error: &str| -> Result<()> {
        let ended = test(&stage, arguments, 2)?;
        ensure!(ended.stdout.is_empty(), "{ended}");
        ended.expect_stderr(error).map(drop)
    };
    wrong(
        &["--case", "linus"],
        "error[unknown-case]: there is no case `linus`\n  --> the command line\n  help: did you mean `linux`?",
    )?;
    wrong(
        &["quikc"],
        "error[unknown-runbook]: there is no runbook `quikc`",
    )?;
    let empty = stage.around.folder().join("empty");
    fs::create_dir(&empty)?;
    wrong(&[&empty.display().to_string()], "error[no-runbooks]")?;
    let nowhere = stage.around.folder().join("nowhere/runbook.yaml");
    let nowhere = nowhere.display().to_string();
    let ended = stage.heeler(&["test", &nowhere])?.expect_exit(1)?;
    ended.expect_stderr("error[unreadable-runbook]")?;
    Ok(())
}
