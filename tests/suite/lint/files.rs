//! Everything that a file or a folder can hold.

use std::fs;
use std::os::unix::fs::symlink;

use anyhow::{Result, ensure};

use super::{Desk, GOOD};
use crate::harness::Context;

pub(super) fn bytes(context: &Context) -> Result<()> {
    let desk = Desk::new(context)?;
    let good = GOOD.replace("NAME", "full-table");
    let utf16: Vec<u8> = good.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let marked = [
        b"\xfe\xff".to_vec(),
        good.encode_utf16().flat_map(u16::to_be_bytes).collect(),
    ];
    let latin = good.replace("full\n", "full at the caf\u{e9}\n");
    let latin: Vec<u8> = latin
        .chars()
        .filter_map(|letter| u8::try_from(u32::from(letter)).ok())
        .collect();
    let bomb: String = (0..20)
        .map(|level| {
            format!(
                "a{}: &a{} [*a{level}, *a{level}, *a{level}]\n",
                level + 1,
                level + 1
            )
        })
        .collect();
    let cases: Vec<(Vec<u8>, &[&str], i32)> = vec![
        (good.clone().into(), &[], 0),
        (utf16, &["text-utf16"], 1),
        (marked.concat(), &["text-utf16"], 1),
        (latin, &["text-not-utf8"], 1),
        (format!("\u{feff}{good}").into(), &["text-bom"], 0),
        (good.replace('\n', "\r\n").into(), &["text-crlf"], 0),
        (good.replace("full\n", "f\0ll\n").into(), &["text-nul"], 1),
        (
            good.replace("full\n", "f\x1bll\n").into(),
            &["text-control"],
            1,
        ),
        (
            good.replace("full\n", "f\u{202e}ll\n").into(),
            &["text-hidden"],
            1,
        ),
        (
            good.replace("    sysctl", "\tsysctl").into(),
            &["yaml-tab"],
            1,
        ),
        (
            good.replace("full\n", &format!("full # {}\n", "x".repeat(9_000)))
                .into(),
            &["text-long-line"],
            0,
        ),
        (vec![b'x'; 10 << 20], &["yaml-too-large"], 1),
        (format!("a0: &a0 x\n{bomb}").into(), &["yaml-alias"], 1),
        (format!("{good}---\n{good}").into(), &["yaml-documents"], 1),
        (
            format!("{good}target: pod\n").into(),
            &["yaml-duplicate-key"],
            1,
        ),
        (format!("{good}? [a]\n: b\n").into(), &["yaml-key"], 1),
        (
            good.replace("table-full:", "1:").into(),
            &["ambiguous-key", "bad-name"],
            1,
        ),
        (
            format!("{good}inputs:\n  a: {{ type: text, secret: yes, help: x }}\n").into(),
            &["yaml-boolean"],
            1,
        ),
        (
            good.replace("The table is full", "2024-01-31").into(),
            &["ambiguous-date"],
            0,
        ),
        (
            good.replace("0.9 *", "99999999999999999999 *").into(),
            &["number-too-large"],
            1,
        ),
        (Vec::new(), &["empty-runbook"], 1),
    ];
    for (bytes, codes, exit) in cases {
        let start = String::from_utf8_lossy(&bytes)
            .chars()
            .take(60)
            .collect::<String>();
        desk.write("books/full-table/runbook.yaml", &bytes)?;
        let found = desk.codes(&["books"], exit)?;
        ensure!(
            found == codes,
            "{found:?} for {start:?}, {codes:?} expected"
        );
        // People see it too, and no terminal obeys what is in it.
        let shown = desk.run(&["lint", "books"], exit)?;
        let plain = shown
            .stdout
            .chars()
            .all(|letter| letter == '\n' || !letter.is_control());
        ensure!(plain && shown.stdout.len() < 10_000, "{start:?}\n{shown}");
    }
    Ok(())
}

pub(super) fn loops(context: &Context) -> Result<()> {
    let desk = Desk::new(context)?;
    let one = desk.runbook("one", "", "")?;
    symlink("..", desk.path("books/one/up"))?;
    symlink(desk.path("books"), desk.path("books/all"))?;
    let found = desk.codes(&["books"], 1)?;
    ensure!(found == ["folder-loop", "folder-loop"], "{found:?}");
    // Each real file once, whatever leads to it.
    fs::remove_file(desk.path("books/one/up"))?;
    fs::remove_file(desk.path("books/all"))?;
    fs::create_dir(desk.path("books/link"))?;
    symlink(&one, desk.path("books/link/runbook.yaml"))?;
    symlink(desk.path("books/one"), desk.path("books/two"))?;
    let one = one.display().to_string();
    let twice = desk.run(&["lint", "books", "books", &one], 0)?;
    twice.expect_stdout("1 file: nothing wrong")?;
    Ok(())
}

pub(super) fn names(context: &Context) -> Result<()> {
    let desk = Desk::new(context)?;
    let good = GOOD.replace("NAME", "one");
    desk.write("books/one/runbook.yaml", &good)?;
    desk.write("books/two/runbook.yaml", &good)?;
    let found = desk.codes(&["books"], 1)?;
    ensure!(found == ["folder-name", "same-name"], "{found:?}");
    fs::remove_dir_all(desk.path("books/two"))?;
    desk.write("books/two/runbook.yml", &good)?;
    desk.write("books/three/cases/a/world.json", "{}")?;
    desk.write("books/one/cases/a/runbook.yaml", "a recorded one")?;
    desk.write("books/.git/runbook.yaml", "hidden")?;
    let found = desk.codes(&["books"], 0)?;
    ensure!(found == ["orphan-cases", "wrong-file-name"], "{found:?}");
    fs::create_dir(desk.path("empty"))?;
    let found = desk.codes(&["empty"], 1)?;
    ensure!(found == ["no-runbook"], "{found:?}");
    symlink("/nowhere", desk.path("empty/runbook.yaml"))?;
    fs::create_dir_all(desk.path("empty/folder/runbook.yaml"))?;
    let found = desk.codes(&["empty", "gone.yaml"], 1)?;
    ensure!(found == ["unreadable-file"; 3], "{found:?}");
    Ok(())
}

pub(super) fn library(context: &Context) -> Result<()> {
    let desk = Desk::new(context)?;
    desk.runbook("conntrack-exhaustion", "0.9 *", "0.9 * 0 *")?;
    let own = desk.run(&["lint", "--runbooks", "books", "conntrack-exhaustion"], 0)?;
    own.expect_stdout("1 file: ")?;
    ensure!(
        own.stdout.contains("books") || own.stdout.contains("nothing wrong"),
        "{own}"
    );
    let all = desk.run(&["lint", "--runbooks", "books"], 0)?;
    // One's own may stand in for a bundled one.
    ensure!(!all.stdout.contains("same-name"), "{all}");
    all.expect_stdout("3 files: ")?;
    Ok(())
}
