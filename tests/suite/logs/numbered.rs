//! A program that numbers its lines, through rotation, packing, restarts, another pod of its name and a
//! collector's gap.

use std::collections::BTreeSet;
use std::io::Read as _;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use flate2::read::GzDecoder;
use heeler_tests::kube::seed::event_scheduled;
use heeler_tests::kubelet::pod_log::PodLog;
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::stage::{NODE, Stage, number, second, status, values};
use super::workload::{pod, workload};
use crate::harness::Context;

const OTHER: &str = "ip-10-0-2-9.eu-west-1.compute.internal";

/// The numbers that the files of a folder have.
fn on_disk(folder: &Path) -> Result<BTreeSet<i64>> {
    let mut numbers = BTreeSet::new();
    for file in std::fs::read_dir(folder)? {
        let path = file?.path();
        let bytes = std::fs::read(&path)?;
        let mut text = String::new();
        match path.extension().is_some_and(|end| end == "gz") {
            true => GzDecoder::new(bytes.as_slice()).read_to_string(&mut text)?,
            false => bytes.as_slice().read_to_string(&mut text)?,
        };
        for line in text.lines() {
            numbers.insert(line.rsplit(' ').next().context("a number")?.parse()?);
        }
    }
    Ok(numbers)
}

/// Writes and rotates: so many files of a hundred lines.
fn write(log: &mut PodLog, files: std::ops::Range<i64>) -> Result<()> {
    for file in files {
        number(log, file * 100..(file + 1) * 100)?;
        log.rotate(second((file + 1) * 100))?;
    }
    Ok(())
}

pub(super) fn recovered(context: &Context) -> Result<()> {
    let stage = Stage::open(context, &["app"])?;
    let other = stage.node(OTHER, "i-0bbc1234def567890")?;
    let owner = workload("apps/v1", "StatefulSet", "db");
    let (mut now, mut log) = pod(&stage.kubelet, ("db-0", NODE), &owner)?;
    let mut before = now.clone();
    before["metadata"]["uid"] = json!("u-before");
    let mut former = PodLog::begin(other.logs(), ("shop", "db-0", "u-before"), "app")?;
    // Lines 0 to 99 go with their container, and of the third start what was rotated first.
    write(&mut former, 0..1)?;
    former.restart()?;
    write(&mut former, 1..3)?;
    former.restart()?;
    write(&mut former, 3..15)?;
    number(&mut former, 1_500..1_510)?;
    // Another node goes on with it: of its second start there is less than is kept.
    write(&mut log, 16..18)?;
    log.restart()?;
    write(&mut log, 18..20)?;
    number(&mut log, 2_000..2_030)?;
    now["status"]["containerStatuses"] = json!([status("app", 1)]);
    stage.kube.add_all([owner, now])?;
    stage
        .kube
        .add(event_scheduled(&before, OTHER, second(-10)))?;
    let mut due: Vec<i64> = Vec::new();
    for folder in [former.folder(), log.folder()] {
        due.extend(on_disk(folder)?);
    }
    ensure!(
        due.first() == Some(&100) && due.len() == 200 + 410 + 200 + 230,
        "{due:?}"
    );
    let ended = stage
        .heeler(&["logs", "shop/db-0", "-o", "json"])?
        .expect_exit(0)?;
    let said = values(&ended)?;
    let (last, lines) = said.split_last().context("no line")?;
    let text = |line: &Value| {
        line["text"]
            .as_str()
            .and_then(|text| text.strip_prefix("line ")?.parse().ok())
    };
    let came: Option<Vec<i64>> = lines.iter().map(text).collect();
    ensure!(came.as_ref() == Some(&due), "came {came:?}");
    // What is lost, exactly.
    let containers = last["containers"].as_array().context("no container")?;
    let missing: Vec<&Value> = containers
        .iter()
        .flat_map(|one| one["missing"].as_array().into_iter().flatten())
        .collect();
    let told: Vec<(&Value, &Value, &Value)> = missing
        .iter()
        .map(|hole| (&hole["what"], &hole["before"], &hole["lines"]))
        .collect();
    // A program may number its lines anew when it is started anew: nothing is counted there.
    let none = Value::Null;
    let rotated = (
        &json!("perhaps-gone"),
        &json!("2026-11-20T10:18:20.000000000Z"),
        &none,
    );
    ensure!(told.len() == 2 && told.contains(&rotated), "{missing:#?}");
    let started = missing.iter().any(|hole| {
        hole["why"]
            .as_str()
            .is_some_and(|why| why.starts_with("the log of its first start"))
    });
    ensure!(started, "{missing:#?}");
    // A collector had shipped what was written until then, of the pod before this one too.
    let until = (second(1_455) + SignedDuration::from_millis(500)).to_string();
    let gap = stage
        .heeler(&["logs", "shop/db-0", "--backfill", &until])?
        .expect_exit(0)?;
    let lines = values(&gap)?;
    let came: Vec<i64> = lines.iter().filter_map(text).collect();
    due.retain(|line| *line > 1_455);
    ensure!(came == due && came.len() == 54 + 200 + 230, "came {came:?}");
    Ok(())
}
