//! What is there comes, all of it, once, and in order.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};

use super::stage::{NODE, POD, Stage, number, numbered, rounds, second, values};
use crate::harness::Context;

pub(super) fn plain(context: &Context) -> Result<()> {
    let stage = Stage::open(context, &["app"])?;
    let mut log = stage.log("app")?;
    number(&mut log, 0..3)?;
    // containerd cuts a long line into parts.
    let long = "x".repeat(40_000);
    log.write(second(3), "stderr", &long)?;
    let ended = stage.logs(&[])?.expect_exit(0)?;
    ensure!(
        ended.stdout == format!("{}{long}\n", numbered(0..3)),
        "{ended}"
    );
    ensure!(ended.stderr.is_empty(), "{ended}");
    let ended = stage.logs(&["--timestamps"])?.expect_exit(0)?;
    ended.expect_stdout("2026-11-20T10:00:01.000000000Z line 1\n")?;
    // The beginning of its name is enough.
    let ended = stage.heeler(&["logs", "shop/checkout"])?.expect_exit(0)?;
    ended.expect_stdout("line 2\n")?;
    ended.expect_stderr(&format!("note: shop/checkout is {POD}"))?;
    Ok(())
}

pub(super) fn merged(context: &Context) -> Result<()> {
    let stage = Stage::open(context, &["app", "proxy", "silent"])?;
    let (mut app, mut proxy) = (stage.log("app")?, stage.log("proxy")?);
    stage.log("silent")?;
    for line in 0..200 {
        let log = if line % 3 == 0 { &mut proxy } else { &mut app };
        number(log, line..line + 1)?;
    }
    let ended = stage.logs(&[])?.expect_exit(0)?;
    let expected: String = (0..200)
        .map(|line| {
            let whose = if line % 3 == 0 { "proxy" } else { "app" };
            format!("[{POD}/{whose}] line {line}\n")
        })
        .collect();
    ensure!(ended.stdout == expected, "{ended}");
    let ended = stage.logs(&["--container", "proxy"])?.expect_exit(0)?;
    ensure!(ended.stdout.starts_with("line 0\nline 3\n"), "{ended}");
    Ok(())
}

/// What the kubelet has left of eleven rotations and two restarts.
pub(super) fn whole(context: &Context) -> Result<()> {
    let stage = Stage::open(context, &["app"])?;
    let mut log = stage.log("app")?;
    number(&mut log, 0..100)?;
    log.restart()?;
    number(&mut log, 100..200)?;
    log.restart()?;
    for part in 2..13 {
        number(&mut log, part * 100..(part + 1) * 100)?;
        log.rotate(second((part + 1) * 100))?;
    }
    number(&mut log, 1_300..1_310)?;
    stage.restarted("app", 2)?;
    // Of the present start four rotated files are left, of which one is plain; the first start is gone.
    let ended = stage.logs(&[])?.expect_exit(0)?;
    let expected = numbered(100..200) + &numbered(900..1_310);
    ensure!(ended.stdout == expected, "{ended}");
    ended.expect_stderr("app on ip-10-0-1-23.eu-west-1.compute.internal: gone")?;
    let previous = stage.logs(&["--previous"])?.expect_exit(0)?;
    ensure!(previous.stdout == numbered(100..200), "{previous}");
    let json = stage.logs(&["--output", "json"])?.expect_exit(0)?;
    let lines = values(&json)?;
    let (last, lines) = lines.split_last().context("no line")?;
    ensure!(lines.len() == 510, "{} lines", lines.len());
    ensure!(
        lines[0]["text"] == "line 100" && lines[0]["node"] == NODE,
        "{}",
        lines[0]
    );
    ensure!(
        last["heeler-logs"] == 1 && last["all-read"] == true,
        "{last}"
    );
    let files = last["containers"][0]["files"].as_array().map(Vec::len);
    ensure!(files == Some(6), "{last}");
    Ok(())
}

pub(super) fn some(context: &Context) -> Result<()> {
    let stage = Stage::open(context, &["app"])?;
    let mut log = stage.log("app")?;
    for part in 0..4 {
        number(&mut log, part * 100..(part + 1) * 100)?;
        log.rotate(second((part + 1) * 100))?;
    }
    number(&mut log, 400..410)?;
    let time = |line| second(line).to_string();
    for (from, to) in [
        (0, 409),
        (50, 60),
        (100, 199),
        (250, 405),
        (405, 409),
        (399, 400),
    ] {
        stage.kube.forget_calls();
        let (since, until) = (time(from), time(to));
        let ended = stage
            .logs(&["--since", &since, "--until", &until])?
            .expect_exit(0)?;
        ensure!(
            ended.stdout == numbered(from..to + 1),
            "{from} to {to}\n{ended}"
        );
        // What ended before is not fetched: at most how it begins.
        if from == 405 {
            let fetched = stage
                .kube
                .calls()
                .into_iter()
                .filter(|call| call.path.contains("0.log."));
            ensure!(fetched.count() == 0, "rotated files were asked for");
        }
    }
    let ended = stage.logs(&["--grep", "^line [12]7$"])?.expect_exit(0)?;
    ensure!(ended.stdout == "line 17\nline 27\n", "{ended}");
    ensure!(!ended.stderr.contains("no line"), "{ended}");
    // Now is later than that, and silence is no answer.
    for (words, said) in [
        (
            &["--since", "0s"][..],
            "note: there is no line within that time\n",
        ),
        (
            &["--grep", "nobody"],
            "note: there is no line that matches\n",
        ),
        (
            &["--previous", "--until", "0s"],
            "note: there is no line of a former start within that time\n",
        ),
    ] {
        let ended = stage.logs(words)?.expect_exit(0)?;
        ensure!(ended.stdout.is_empty(), "{ended}");
        ended.expect_stderr(said)?;
    }
    Ok(())
}

pub(super) fn odd(context: &Context) -> Result<()> {
    let stage = Stage::open(context, &["app"])?;
    let mut log = stage.log("app")?;
    log.part(second(0), "stdout", "F", b"a\xff\x00\x1b[31mb")?;
    log.raw(b"no line of the format\n")?;
    number(&mut log, 1..2)?;
    log.raw(b"cut off in its mid")?;
    let json = stage.logs(&["--output", "json"])?.expect_exit(0)?;
    let lines = values(&json)?;
    ensure!(lines.len() == 5, "{json}");
    ensure!(lines[0]["text"] == "a\u{fffd}\0\u{1b}[31mb", "{json}");
    ensure!(lines[0]["base64"] == "Yf8AG1szMW1i", "{json}");
    ensure!(
        lines[1]["text"] == "no line of the format" && lines[1]["stream"].is_null(),
        "{json}"
    );
    ensure!(lines[3]["text"] == "cut off in its mid", "{json}");
    ensure!(lines[4]["containers"][0]["foreign-lines"] == 2, "{json}");
    Ok(())
}

/// The lab's kubelet, by a client that knows the real one.
pub(super) fn kubectl(context: &Context) -> Result<()> {
    let stage = Stage::open(context, &["app"])?;
    let mut log = stage.log("app")?;
    number(&mut log, 0..3)?;
    let page = stage.kubectl("/logs/pods/").expect_exit(0)?;
    page.expect_stdout("<pre>\n<a href=\"shop_checkout-7d9f5c-x2vqz_")?;
    let file = log.current_file();
    let below = file
        .strip_prefix(stage.kubelet.logs())?
        .display()
        .to_string();
    let said = stage.kubectl(&format!("/logs/{below}")).expect_exit(0)?;
    ensure!(said.stdout == std::fs::read_to_string(&file)?, "{said}");
    stage.kubectl("/logs/nope").expect_error(
        "Error from server (NotFound): the server could not find the requested resource",
    )?;
    stage.kube.access().deny("alice", "get", "nodes/proxy");
    stage.kubectl("/logs/").expect_error(&format!(
        "Error from server (Forbidden): nodes \"{NODE}\" is forbidden: User \"alice\" cannot get resource \"nodes/proxy\" \
         in API group \"\" at the cluster scope"
    ))?;
    Ok(())
}

pub(super) fn round_trips(context: &Context) -> Result<()> {
    let latency = Duration::from_millis(300);
    let stage = Stage::with(context, &["app", "proxy"], latency)?;
    for container in ["app", "proxy"] {
        let mut log = stage.log(container)?;
        number(&mut log, 0..100)?;
        log.rotate(second(100))?;
        number(&mut log, 100..200)?;
    }
    stage.logs(&["--output", "json"])?.expect_exit(0)?;
    let rounds = rounds(&stage);
    // The file with the first line is asked for in the third one.
    let third = rounds.get(2).context("fewer than three round trips")?;
    let opens = |container: &str| {
        third
            .iter()
            .any(|path| path.contains(&format!("{container}/0.log.")))
    };
    ensure!(opens("app") && opens("proxy"), "{rounds:#?}");
    Ok(())
}
