//! The ways to a node's logs, one after the other, and what is said of them.

use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use heeler_tests::kube::Shown;
use heeler_tests::kubelet::Reach;
use serde_json::{Value, json};

use super::stage::{NODE, Stage, number, numbered, second, values};
use crate::harness::Context;

/// Requests that went through the API server's node proxy.
fn proxied_calls(stage: &Stage<'_>) -> usize {
    let calls = stage.kube.calls().into_iter();
    calls.filter(|call| call.path.contains("/proxy/")).count()
}

fn deny(stage: &Stage<'_>, parts: &[&str]) {
    for part in parts {
        stage.kube.access().deny("alice", "get", part);
    }
}

/// With a log of a rotated file and one that is written to.
fn open(context: &Context) -> Result<Stage<'_>> {
    let stage = Stage::open(context, &["app"])?;
    let mut log = stage.log("app")?;
    number(&mut log, 0..5_000)?;
    log.rotate(second(5_000))?;
    number(&mut log, 5_000..6_000)?;
    Ok(stage)
}

pub(super) fn straight(context: &Context) -> Result<()> {
    let stage = open(context)?;
    let door = stage.kube.kubelet_door(NODE).context("no door")?;
    deny(&stage, &["nodes/proxy", "nodes/stats"]);
    let ended = stage.logs(&[])?.expect_exit(0)?;
    ensure!(ended.stdout == numbered(0..6_000), "{ended}");
    let said = format!(
        "note: {NODE} is read by the kubelet itself; not the node proxy: not allowed: get nodes/proxy\n"
    );
    ensure!(ended.stderr == said, "{}", ended.stderr);
    ensure!(proxied_calls(&stage) == 0, "the node proxy was asked");
    let calls = door.calls();
    ensure!(
        calls.len() > 3
            && calls
                .iter()
                .all(|call| call.user.as_deref() == Some("alice")),
        "{calls:#?}"
    );
    // What the kubelet says of itself is another right.
    deny(&stage, &["nodes/configz"]);
    let ended = stage.logs(&["--output", "json"])?.expect_exit(0)?;
    let values = values(&ended)?;
    let account = values.last().context("no account")?;
    let not = json!([{"way": "node proxy", "why": "not allowed: get nodes/proxy"}]);
    let ways = json!([{"node": NODE, "way": "kubelet itself", "not": not}]);
    ensure!(
        account["ways"] == ways && values.len() == 6_001,
        "{account:#}"
    );
    let refused = door
        .calls()
        .into_iter()
        .filter(|call| call.status == Some(403));
    let refused: Vec<String> = refused.map(|call| call.path).collect();
    ensure!(refused == ["/configz"], "{refused:?}");
    Ok(())
}

pub(super) fn proxied(context: &Context) -> Result<()> {
    let stage = open(context)?;
    let door = stage.kube.kubelet_door(NODE).context("no door")?;
    deny(&stage, &["nodes/log"]);
    let ended = stage.logs(&["--output", "json"])?.expect_exit(0)?;
    ensure!(ended.stderr.is_empty(), "{}", ended.stderr);
    let values = values(&ended)?;
    let account = values.last().context("no account")?;
    let ways = json!([{"node": NODE, "way": "node proxy", "not": []}]);
    ensure!(
        account["ways"] == ways && values.len() == 6_001,
        "{account:#}"
    );
    ensure!(door.connections() == 0, "the kubelet was asked straight");
    Ok(())
}

pub(super) fn neither(context: &Context) -> Result<()> {
    let stage = open(context)?;
    let door = stage.kube.kubelet_door(NODE).context("no door")?;
    deny(&stage, &["nodes/proxy", "nodes/log"]);
    let ended = stage.logs(&[])?.expect_exit(1)?;
    ended.expect_stderr(&format!(
        "error[forbidden]: not allowed: get nodes/proxy or get nodes/log {NODE}: "
    ))?;
    ended.expect_stderr("not the node proxy: not allowed: get nodes/proxy")?;
    ended.expect_stderr("not the kubelet itself: not allowed: get nodes/log")?;
    ensure!(
        proxied_calls(&stage) == 0 && door.connections() == 0,
        "the node was asked all the same"
    );
    Ok(())
}

pub(super) fn fallen(context: &Context) -> Result<()> {
    let stage = open(context)?;
    let door = stage.kube.kubelet_door(NODE).context("no door")?;
    stage.kubelet.faults().set_server_reach(Reach::Refused);
    // A node that does not answer the API server is not given the credentials of those who may ask through it.
    let ended = stage.logs(&[])?.expect_exit(1)?;
    ended.expect_stderr("error[unavailable]")?;
    ended.expect_stderr(
        "; not the kubelet itself: the node proxy is allowed, and it would see your credentials; --through-kubelet",
    )?;
    ensure!(door.connections() == 0, "the kubelet was asked unasked");
    stage.kube.forget_calls();
    let ended = stage.logs(&["--through-kubelet"])?.expect_exit(0)?;
    ensure!(ended.stdout == numbered(0..6_000), "{ended}");
    ended.expect_stderr(&format!(
        "note: {NODE} is read by the kubelet itself; not the node proxy: "
    ))?;
    ended.expect_stderr("HTTP 503 error trying to reach service: dial tcp")?;
    // What is asked at once is asked at once: the folder, the file that is written to, and where former pods may have
    // left something. Nothing of it is repeated for each file.
    let proxied = proxied_calls(&stage);
    ensure!(proxied <= 3, "{proxied} requests by a way that has failed");
    Ok(())
}

pub(super) fn unreachable(context: &Context) -> Result<()> {
    let stage = open(context)?;
    let faults = stage.kubelet.faults();
    faults.set_reach(Reach::Refused)?;
    let ended = stage.logs(&["--through-kubelet"])?.expect_exit(1)?;
    ended.expect_stderr("error[unavailable]")?;
    ended.expect_stderr("dial tcp 10.0.1.23:10250: connect: connection refused")?;
    ended
        .expect_stderr("; not the kubelet itself: Kubernetes can't be reached for get nodes/log")?;
    let door = stage.kube.kubelet_door(NODE).context("no door")?;
    ended.expect_stderr(&format!("({})", door.address()))?;
    // Nobody says that it is not there.
    deny(&stage, &["nodes/proxy"]);
    faults.set_reach(Reach::Dropped)?;
    let ended = stage.logs(&[])?.expect_exit(1)?;
    ended.expect_stderr(&format!(
        "error[unreachable]: Kubernetes can't be reached for get nodes/log {NODE}"
    ))?;
    ended.expect_stderr("; not the node proxy: not allowed: get nodes/proxy")?;
    faults.set_reach(Reach::Open)?;
    let ended = stage.logs(&[])?.expect_exit(0)?;
    ensure!(ended.stdout == numbered(0..6_000), "{ended}");
    Ok(())
}

/// Somebody at the kubelet's address whom the cluster's authority does not vouch for.
pub(super) fn stranger(context: &Context) -> Result<()> {
    let stage = open(context)?;
    let door = stage.kube.kubelet_door(NODE).context("no door")?;
    deny(&stage, &["nodes/proxy"]);
    for (shown, why) in [
        (Shown::OfAnotherAuthority, "invalid peer certificate"),
        (Shown::OfAnotherAddress, "not valid for name"),
    ] {
        door.show(shown, &stage.kube)?;
        let before = door.connections();
        let ended = stage.logs(&[])?.expect_exit(1)?;
        ended.expect_stderr("error[tls]: no trusted connection to Kubernetes for get nodes/log")?;
        ended.expect_stderr(why)?;
        ended.expect_stderr("not the node proxy: not allowed: get nodes/proxy")?;
        ensure!(door.connections() > before, "nobody has come to the door");
        let calls = door.calls();
        ensure!(calls.is_empty(), "a stranger was asked: {calls:#?}");
    }
    // Nor is it where the kubeconfig trusts whoever answers as the API server.
    let path = stage.around.folder().join("kubeconfig");
    let mut careless: Value = serde_json::from_slice(&std::fs::read(&path)?)?;
    let cluster = &mut careless["clusters"][0]["cluster"];
    cluster["insecure-skip-tls-verify"] = json!(true);
    std::fs::write(&path, careless.to_string())?;
    stage
        .logs(&[])?
        .expect_exit(1)?
        .expect_stderr("error[tls]")?;
    careless["clusters"][0]["cluster"]
        .as_object_mut()
        .context("no cluster")?
        .remove("certificate-authority-data");
    std::fs::write(&path, careless.to_string())?;
    let ended = stage.logs(&[])?.expect_exit(1)?;
    ended.expect_stderr("the kubeconfig has no certificate authority of the cluster")?;
    ensure!(door.calls().is_empty(), "a stranger was asked");
    Ok(())
}

pub(super) fn broken(context: &Context) -> Result<()> {
    let stage = open(context)?;
    deny(&stage, &["nodes/proxy"]);
    stage.kubelet.faults().cut_next(&[7_000, 1, 90_000, 3]);
    let ended = stage.logs(&[])?.expect_exit(0)?;
    ensure!(ended.stdout == numbered(0..6_000), "{}", ended.stderr);
    Ok(())
}

/// What a real client sees of the lab's kubelet, and of where it is.
pub(super) fn curl(context: &Context) -> Result<()> {
    let stage = open(context)?;
    let field = |path: &str| -> Result<String> {
        let output = format!("jsonpath={{{path}}}");
        let kubectl = context.kubectl(&stage.around);
        let got = kubectl.args(["get", "node", NODE, "-o", &output]);
        Ok(got.expect_exit(0)?.stdout)
    };
    let address = field(".status.addresses[?(@.type==\"InternalIP\")].address")?;
    let port = field(".status.daemonEndpoints.kubeletEndpoint.Port")?;
    let folder = stage.around.folder();
    let authority = folder.join("ca.pem");
    std::fs::write(
        &authority,
        stage.kube.certificate().context("no authority")?,
    )?;
    let kubeconfig: Value = serde_json::from_slice(&std::fs::read(folder.join("kubeconfig"))?)?;
    let token = kubeconfig["users"][0]["user"]["token"].as_str();
    let token = format!("Authorization: Bearer {}", token.context("no token")?);
    let ask = |path: &str, words: &[&str]| -> Result<String> {
        let mut curl = Command::new("curl");
        curl.args(["--silent", "--write-out", "\n%{http_code}", "--cacert"])
            .arg(&authority)
            .args(words)
            .arg(format!("https://{address}:{port}{path}"));
        Ok(String::from_utf8(curl.output()?.stdout)?)
    };
    let known = ["--header", token.as_str()];
    ensure!(ask("/logs/", &[])? == "Unauthorized\n401");
    let listed = ask("/logs/", &known)?;
    ensure!(
        listed.contains("<a href=\"pods/\">pods/</a>") && listed.ends_with("\n200"),
        "{listed}"
    );
    ensure!(ask("/logs/pods", &known)?.ends_with("\n301"));
    deny(&stage, &["nodes/log"]);
    let denied = "Forbidden (user=alice, verb=get, resource=nodes, subresource(s)=[log])\n403";
    ensure!(ask("/logs/", &known)? == denied);
    ensure!(ask("/healthz", &known)? == "ok\n200");
    stage.kube.access().expire_token("alice");
    ensure!(ask("/healthz", &known)? == "Unauthorized\n401");
    let door = stage.kube.kubelet_door(NODE).context("no door")?;
    door.show(Shown::OfAnotherAuthority, &stage.kube)?;
    ensure!(ask("/healthz", &known)? == "\n000");
    Ok(())
}
