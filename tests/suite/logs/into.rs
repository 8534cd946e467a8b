//! Logs that go into a folder.

use std::fs;

use anyhow::{Result, ensure};
use heeler_tests::kubelet::Reach;
use serde_json::Value;

use super::stage::{Stage, number, numbered, second};
use crate::harness::Context;

pub(super) fn folder(context: &Context) -> Result<()> {
    let stage = Stage::open(context, &["app", "proxy"])?;
    number(&mut stage.log("app")?, 0..100)?;
    let mut proxy = stage.log("proxy")?;
    number(&mut proxy, 100..150)?;
    proxy.rotate(second(150))?;
    let folder = stage.around.folder().join("out");
    let out = folder.display().to_string();
    let ended = stage.logs(&["-o", &out])?.expect_exit(0)?;
    ensure!(
        ended.stdout == format!("{out}: 2 containers, all that is there\n")
            && ended.stderr.is_empty(),
        "{ended}"
    );
    let pod = folder.join("shop_checkout-7d9f5c-x2vqz_0c5e9a30-6ad4-4a08-8f7e-1d3c5b7a9e21");
    ensure!(
        fs::read_to_string(pod.join("app.log"))? == numbered(0..100),
        "app.log"
    );
    ensure!(
        fs::read_to_string(pod.join("proxy.log"))? == numbered(100..150),
        "proxy.log"
    );
    let account: Value = serde_json::from_str(&fs::read_to_string(folder.join("account.json"))?)?;
    ensure!(account["all-read"] == true, "{account}");
    ensure!(
        account["containers"][1]["bytes"].as_u64() > Some(1_000),
        "{account}"
    );
    // What is there is left alone.
    let again = stage.logs(&["-o", &out])?.expect_exit(2)?;
    again.expect_stderr("error[folder-not-empty]")?;
    let follow = stage.logs(&["-o", "x", "--follow"])?.expect_exit(2)?;
    follow.expect_stderr("error[follow-into-folder]")?;
    let out = stage.around.folder().join("lines").display().to_string();
    stage
        .logs(&["-o", &out, "--output", "json", "--container", "app"])?
        .expect_exit(0)?;
    let lines = fs::read_to_string(
        stage
            .around
            .folder()
            .join("lines")
            .join(pod.file_name().unwrap_or_default())
            .join("app.ndjson"),
    )?;
    ensure!(
        lines
            .lines()
            .all(|line| serde_json::from_str::<Value>(line).is_ok()),
        "{lines}"
    );
    Ok(())
}

/// A file system that has room for some of it alone.
pub(super) fn full(context: &Context) -> Result<()> {
    let stage = Stage::open(context, &["app"])?;
    number(&mut stage.log("app")?, 0..20_000)?;
    let folder = stage.around.folder().join("small");
    fs::create_dir(&folder)?;
    let _small = super::stage::Small::mount(&folder, "64k")?;
    let out = folder.join("out").display().to_string();
    let ended = stage.logs(&["-o", &out])?.expect_exit(1)?;
    ended.expect_stderr(
        "error[unwritable]: not all of it could be written: No space left on device",
    )?;
    ended.expect_stderr("what is there is only a part")?;
    Ok(())
}

/// A node that is away is waited for once, and not by each of its containers.
pub(super) fn away(context: &Context) -> Result<()> {
    let names: Vec<String> = (0..20).map(|number| format!("app{number}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let stage = Stage::open(context, &names)?;
    for name in names {
        number(&mut stage.log(name)?, 0..3)?;
    }
    stage.kubelet.faults().set_reach(Reach::Refused)?;
    let out = stage.around.folder().join("out").display().to_string();
    let ended = stage.logs(&["-o", &out])?.expect_exit(1)?;
    ensure!(
        ended.stderr.matches("is asked again").count() == 1,
        "{ended}"
    );
    ended.expect_stdout("20 containers, PARTIAL: account.json says what was not read\n")?;
    let account = fs::read_to_string(format!("{out}/account.json"))?;
    ensure!(
        account.matches("connection refused").count() >= 20,
        "{account}"
    );
    // Those that came when it was given up ask once.
    let asked = stage.kube.calls();
    let of_last = asked.iter().filter(|call| call.path.ends_with("/app19/"));
    ensure!(of_last.count() == 1, "the last one was waited for, too");
    Ok(())
}
