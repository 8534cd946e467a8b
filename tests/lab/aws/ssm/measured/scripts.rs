//! One script on one node, run by a plain local shell.

use std::fs;
use std::time::{Duration, Instant};

use serde_json::json;

use super::{NODE, Service, node};
use crate::aws::agent::Agent;
use crate::latency::Latency;

#[tokio::test]
async fn scripts_are_executed_files_with_the_agents_environment() {
    let service = Service::local();
    let script = "#!/bin/bash\nprintf '%s %s %s' \"$SSM_COMMAND_ID\" \"$AWS_SSM_INSTANCE_ID\" \
                  \"${BASH_VERSION:+bash}\"; ls -l \"$0\" | cut -c1-10; readlink /proc/self/fd/0";
    let shown = service.result(script, "Success").await;
    let command = shown["CommandId"].as_str().unwrap();
    let expected = format!("{command} {NODE} bash-rwx------\n/dev/null\n");
    assert_eq!(shown["StandardOutputContent"], expected);
    assert_eq!(shown["ResponseCode"], 0);
}

#[tokio::test]
async fn exit_codes_have_their_hidden_meanings() {
    let service = Service::local();
    let table = [
        (
            "exit 3",
            "Failed",
            3,
            "failed to run commands: exit status 3",
        ),
        ("exit 137", "Execution Timed Out", 137, ""),
        (
            "sh -c 'kill -9 $$'; exit $?",
            "Execution Timed Out",
            137,
            "Killed\n",
        ),
        ("echo e >&2; exit 168", "Success", 168, ""),
    ];
    for (script, status, code, stderr) in table {
        let shown = service.result(script, status).await;
        assert_eq!(shown["ResponseCode"], code, "{script}");
        assert_eq!(shown["StandardErrorContent"], stderr, "{script}");
    }
}

#[tokio::test]
async fn a_request_to_reboot_never_ends() {
    let service = Service::local();
    let command = service.send("exit 194");
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(service.get(&command)["Status"], "InProgress");
    service.cloud.commands.find(&command).unwrap().expire();
    assert_eq!(service.get(&command)["StatusDetails"], "DeliveryTimedOut");
    assert_eq!(
        service.list(&command)[0]["StatusDetails"],
        "Delivery Timed Out"
    );
}

#[tokio::test]
async fn streams_are_capped_in_different_places() {
    let service = Service::local();
    let large = service
        .result("head -c 24000 /dev/zero | tr '\\0' x", "Success")
        .await;
    let stdout = large["StandardOutputContent"].as_str().unwrap();
    assert_eq!(stdout.len(), 24_000);
    assert!(stdout.ends_with("x--output truncated--"));
    let command = service.send("head -c 30000 /dev/zero | tr '\\0' e >&2; echo done");
    service.until(&command, "Success").await;
    let stderr = service.get(&command)["StandardErrorContent"].clone();
    assert_eq!(stderr.as_str().unwrap(), "e".repeat(8_000));
    let output = service.list(&command)[0]["CommandPlugins"][0]["Output"].clone();
    assert!(
        output
            .as_str()
            .unwrap()
            .starts_with("done\n\n----------ERROR-------\neee")
    );
}

#[tokio::test]
async fn a_reply_beyond_the_cliff_leaves_the_command_in_progress() {
    let service = Service::local();
    let command = service.send("head -c 20000 /dev/zero | tr '\\0' '<'");
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(service.get(&command)["Status"], "InProgress");
}

#[tokio::test]
async fn a_child_that_holds_stdout_holds_the_step() {
    let service = Service::local();
    let start = Instant::now();
    service.result("sleep 1 &", "Success").await;
    assert!(start.elapsed() >= Duration::from_secs(1));
    let start = Instant::now();
    service.result("sleep 1 >/dev/null 2>&1 &", "Success").await;
    assert!(start.elapsed() < Duration::from_secs(1));
}

#[tokio::test]
async fn the_group_dies_at_the_time_out_and_partial_output_stays() {
    let service = Service::local();
    let start = Instant::now();
    let script = "echo before; sleep 60 & echo $!; wait";
    let parameters = json!({ "commands": [script], "executionTimeout": ["5"] });
    let command = service.send_with(parameters);
    service.until(&command, "Execution Timed Out").await;
    assert!((5.0..6.0).contains(&start.elapsed().as_secs_f64()));
    let shown = service.get(&command);
    let stdout = shown["StandardOutputContent"].as_str().unwrap();
    let child = stdout.strip_prefix("before\n").unwrap().trim();
    assert!(!alive(child), "the child outlived its group");
}

#[tokio::test]
async fn a_cancelled_script_is_killed_at_once() {
    let service = Service::local();
    let command = service.send("sleep 60");
    tokio::time::sleep(Duration::from_millis(100)).await;
    service
        .call("CancelCommand", &json!({ "CommandId": command }))
        .unwrap();
    service.until(&command, "Cancelled").await;
    assert_eq!(service.get(&command)["ResponseCode"], 137);
}

#[tokio::test]
async fn an_agent_killed_mid_command_takes_the_script_with_it() {
    let service = Service::local();
    let pid_file = tempfile::NamedTempFile::new().unwrap();
    let command = service.send(&format!(
        "echo $$ > {}; sleep 60",
        pid_file.path().display()
    ));
    tokio::time::sleep(Duration::from_millis(200)).await;
    service.cloud.faults.kill_agent(NODE);
    tokio::time::sleep(Duration::from_millis(100)).await;
    let pid = fs::read_to_string(pid_file.path()).unwrap();
    assert!(!pid.is_empty() && !alive(pid.trim()));
    assert_eq!(service.get(&command)["Status"], "InProgress");
    service.result("true", "Success").await;
}

#[tokio::test]
async fn five_run_five_wait_and_the_rest_is_delayed() {
    let service = Service::local();
    let commands: Vec<_> = (0..12).map(|_| service.send("sleep 1")).collect();
    tokio::time::sleep(Duration::from_millis(200)).await;
    let statuses: Vec<_> = commands
        .iter()
        .map(|c| service.get(c)["Status"].clone())
        .collect();
    let count = |status| statuses.iter().filter(|s| **s == status).count();
    assert_eq!((count("InProgress"), count("Delayed")), (10, 2));
    for command in &commands {
        service.until(command, "Success").await;
    }
}

#[tokio::test]
async fn a_command_shows_up_only_after_its_delay() {
    let latency =
        Latency::seeded(7).visibility(Duration::from_millis(300)..=Duration::from_millis(300));
    let service = Service::with(vec![node(NODE, Agent::printing("hello"))], latency);
    let command = service.send("true");
    assert!(service.list(&command).is_empty());
    let request = json!({ "CommandId": command, "InstanceId": NODE });
    let missing = service.call("GetCommandInvocation", &request).unwrap_err();
    assert_eq!(missing.code, "InvocationDoesNotExist");
    tokio::time::sleep(Duration::from_millis(320)).await;
    assert_eq!(service.get(&command)["StandardOutputContent"], "hello");
}

fn alive(pid: &str) -> bool {
    // A zombie that nobody has reaped yet is dead.
    fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| !stat.contains(") Z "))
}
