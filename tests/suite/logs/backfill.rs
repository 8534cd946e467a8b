//! What a log collector has not shipped.

use std::path::Path;

use anyhow::{Result, ensure};
use heeler_tests::kubelet::pod_log::PodLog;
use rusqlite::Connection;
use serde_json::{Value, json};

use super::stage::{POD, Stage, number, second, values};
use crate::harness::{Context, Finished};

const ID: &str = "4f0c7b1d9a2e5c8b3d6f1a4c7e0b2d5f8a1c4e7b0d3f6a9c2e5b8d1f4a7c0e3b";

/// CRC-64 as in ECMA-182, by which Vector knows a file by its first line.
fn checksum(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |sum, byte| {
        let step = |sum: u64, _| {
            if sum >> 63 == 1 {
                sum << 1 ^ 0x42f0_e1eb_a9ea_3693
            } else {
                sum << 1
            }
        };
        (0..8).fold(sum ^ u64::from(*byte) << 56, step)
    })
}

fn fingerprint(file: &Path) -> Result<u64> {
    let bytes = std::fs::read(file)?;
    let line = bytes
        .split_inclusive(|byte| *byte == b'\n')
        .next()
        .unwrap_or_default();
    Ok(checksum(line))
}

/// Two rotated files of a hundred lines, and the live one with so many.
fn written(stage: &Stage<'_>, lines: i64) -> Result<PodLog> {
    let mut log = stage.log("app")?;
    number(&mut log, 0..100)?;
    log.rotate(second(100))?;
    number(&mut log, 100..200)?;
    log.rotate(second(200))?;
    number(&mut log, 200..200 + lines)?;
    Ok(log)
}

/// The numbers of the lines that came.
fn came(ended: &Finished) -> Result<Vec<i64>> {
    let values = values(ended)?;
    let number = |line: &Value| line["text"].as_str()?.strip_prefix("line ")?.parse().ok();
    Ok(values.iter().filter_map(number).collect())
}

pub(super) fn vector(context: &Context) -> Result<()> {
    let stage = Stage::open(context, &["app"])?;
    let log = written(&stage, 30)?;
    let rotated = log.folder().join("0.log.20261120-100320");
    let line = std::fs::read_to_string(&rotated)?
        .lines()
        .next()
        .map_or(0, |line| line.len() + 1);
    // It stands in the second file, and has not seen the live one yet.
    let positions = stage.around.folder().join("checkpoints.json");
    let write = |checkpoints: Value| {
        std::fs::write(
            &positions,
            json!({"version": "1", "checkpoints": checkpoints}).to_string(),
        )
    };
    let at = |file: &Path, position: usize| -> Result<Value> {
        let known = json!({"first_lines_checksum": fingerprint(file)?});
        Ok(json!({"fingerprint": known, "position": position, "modified": "2026-11-20T10:05:00Z"}))
    };
    let first = log.folder().join("0.log.20261120-100140.gz");
    ensure!(first.exists(), "the first file is packed");
    write(json!([at(&rotated, 40 * line)?]))?;
    let name = positions.display().to_string();
    let ended = stage.logs(&["--backfill", &name])?.expect_exit(0)?;
    // It keeps no record of what is packed: while it was down that may have happened to a file unread.
    ensure!(came(&ended)?.len() == 230, "{ended}");
    ended.expect_stdout("there is no record of 0.log.20261120-100140.gz any more")?;
    let backfill = || {
        stage
            .logs(&["--backfill", &name, "--likely"])?
            .expect_exit(0)
    };
    let ended = backfill()?;
    ensure!(came(&ended)? == (140..230).collect::<Vec<_>>(), "{ended}");
    // In the midst of a line it goes back to where the line begins.
    write(json!([at(&rotated, 40 * line + 7)?]))?;
    ensure!(came(&backfill()?)?.first() == Some(&140), "mid-line");
    // Of the live file half was shipped.
    write(json!([
        at(&rotated, 100 * line)?,
        at(&log.current_file(), 15 * line)?
    ]))?;
    let ended = backfill()?;
    ensure!(came(&ended)? == (215..230).collect::<Vec<_>>(), "{ended}");
    // It knows nothing of this container: all of it comes, and that is said.
    write(json!([]))?;
    let ended = stage.logs(&["--backfill", &name])?.expect_exit(0)?;
    ensure!(came(&ended)?.len() == 230, "{ended}");
    ended.expect_stdout("there is no record of")?;
    Ok(())
}

pub(super) fn fluent_bit(context: &Context) -> Result<()> {
    let stage = Stage::open(context, &["app"])?;
    let mut log = stage.log("app")?;
    number(&mut log, 0..50)?;
    let (space, name) = POD.split_once('/').unwrap_or_default();
    stage.kube.edit("pods", space, name, |pod| {
        pod["status"]["containerStatuses"][0]["containerID"] = json!(format!("containerd://{ID}"));
    })?;
    let line = std::fs::read(log.current_file())?
        .iter()
        .take_while(|byte| **byte != b'\n')
        .count()
        + 1;
    let path = stage.around.folder().join("flb_kube.db");
    let database = Connection::open(&path)?;
    database.execute_batch(
        "CREATE TABLE in_tail_files (id INTEGER PRIMARY KEY, name TEXT NOT NULL, offset INTEGER, inode INTEGER, \
         created INTEGER, rotated INTEGER DEFAULT 0);",
    )?;
    database.execute(
        "INSERT INTO in_tail_files (name, offset, inode, created) VALUES (?1, ?2, 77, ?3)",
        (
            format!("/var/log/containers/{name}_{space}_app-{ID}.log"),
            i64::try_from(20 * line)? - 10,
            second(1).as_second(),
        ),
    )?;
    drop(database);
    let before = std::fs::read(&path)?;
    // The first ten lines have shorter numbers.
    let ended = stage
        .logs(&["--backfill", &path.display().to_string()])?
        .expect_exit(0)?;
    let numbers = came(&ended)?;
    ensure!(
        numbers.last() == Some(&49) && (1..=20).contains(&numbers[0]),
        "{ended}"
    );
    let whole: Vec<i64> = (numbers[0]..50).collect();
    ensure!(numbers == whole, "{ended}");
    ensure!(
        std::fs::read(&path)? == before,
        "the database was written to"
    );
    Ok(())
}

pub(super) fn time(context: &Context) -> Result<()> {
    let stage = Stage::open(context, &["app"])?;
    written(&stage, 30)?;
    let ended = stage
        .logs(&["--backfill", &second(150).to_string()])?
        .expect_exit(0)?;
    // The line of that very time was shipped.
    ensure!(came(&ended)? == (151..230).collect::<Vec<_>>(), "{ended}");
    for odd in ["/nowhere", "yesterday"] {
        let ended = stage.logs(&["--backfill", odd])?.expect_exit(2)?;
        ended.expect_stderr(
            "error[no-positions]: --backfill is neither a time nor a position file",
        )?;
    }
    Ok(())
}
