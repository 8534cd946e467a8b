//! The report for programs: from the model into the shapes of `wire`.

mod finding;
mod fix;
mod wire;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value as Json;

use super::bundle::{BundleCourse, BundleEnd};
use super::clean::hostile;
use super::findings::{Findings, Looked};
use super::model::{ClusterCheck, NodeReport, Report};
use crate::event::RunId;
use crate::value::Value;
use finding::{Missing, findings, missing};

pub use wire::FORMAT as JSON_FORMAT;

/// The report in the format of [`JSON_FORMAT`].
pub fn json(report: &Report) -> Json {
    data(&wire::Report {
        format: wire::FORMAT,
        run: run(report),
        bundle: report.bundle.as_ref().map(|bundle| wire::FromBundle {
            file: bundle.file.clone(),
            node: bundle.node.clone(),
            at: bundle.at.to_string(),
            partial: bundle.partial.clone(),
        }),
        place: report.place.clone().map(|place| wire::Place {
            context: place.context,
            account: place.account,
            region: place.region,
            cluster: place.cluster,
            caller: place.caller,
            caller_arn: place.caller_arn,
        }),
        nodes: report.nodes.iter().map(|item| node(report, item)).collect(),
        findings: findings(report, None),
        looks: looks(&report.whole),
        fix: report.fix.state().map(|state| fix::course(report, state)),
        in_doubt: report.doubts().into_iter().map(fix::doubt).collect(),
        notes: report
            .notes
            .iter()
            .map(|note| wire::Note {
                code: note.code.clone(),
                text: note.text.clone(),
            })
            .collect(),
        failures: report
            .failures
            .iter()
            .map(|failure| wire::Failure {
                code: failure.code.clone(),
                what: failure.what.clone(),
                place: failure.place.clone(),
                help: failure.help.clone(),
            })
            .collect(),
        ending: report.ending.map(|ending| wire::Ending {
            exit: data(&ending.exit),
            code: ending.exit.code(),
            elapsed_ms: ending.elapsed_ms,
            commands: ending.commands,
            changed: ending.changed,
        }),
    })
}

/// JSON as text that a terminal can be shown: what JSON lets through and a terminal would obey is
/// escaped. Such characters occur in strings only, so that the meaning stays the same.
pub fn json_text(value: &Json) -> String {
    let mut out = String::new();
    for c in format!("{value:#}").chars() {
        if c != '\n' && hostile(c) {
            out.push_str(&format!("\\u{:04x}", u32::from(c)));
        } else {
            out.push(c);
        }
    }
    out
}

fn run(report: &Report) -> wire::Run {
    let order = report.order.clone();
    let id = |run: RunId| run.uuid().to_string();
    let time = |at: Timestamp| at.to_string();
    let inputs = order.iter().flat_map(|order| &order.inputs);
    wire::Run {
        id: report.run.map(id),
        short: report.run.map(RunId::short),
        inputs: inputs
            .map(|(name, value)| wire::Input {
                name: name.clone(),
                value: value.clone(),
            })
            .collect(),
        about: order.as_ref().and_then(|order| order.about).map(id),
        command: order.as_ref().map(|order| order.command.clone()),
        runbook: order.as_ref().map(|order| order.runbook.clone()),
        runbook_sha256: order.as_ref().map(|order| order.digest.clone()),
        heeler: order.map(|order| order.version),
        started_at: report.started_at.map(time),
        last_at: report.last_at.map(time),
    }
}

fn node(report: &Report, node: &NodeReport) -> wire::Node {
    let target = &node.target;
    wire::Node {
        node: target.node.clone(),
        instance: target.instance.to_string(),
        pod: target
            .pod
            .as_ref()
            .map(|pod| format!("{}/{}", pod.namespace, pod.name)),
        cluster: match report.cluster_check(node) {
            ClusterCheck::Verified => "verified",
            ClusterCheck::Unverified => "unverified",
            ClusterCheck::Foreign => "foreign",
        },
        answer: node.answer.clone().map(|answer| wire::Answer {
            boot_id: answer.boot.0,
            os_version: answer.os_version,
            cpus: answer.cpus,
            cluster: answer.cluster,
            bytes: answer.bytes,
            fetched: answer.fetched,
        }),
        errors: node.errors.iter().map(|one| one.error.clone()).collect(),
        findings: findings(report, Some(node)),
        looks: looks(&node.findings),
        fixes: node
            .offers
            .iter()
            .map(|offer| wire::Offer {
                fix: offer.fix.clone(),
                finding: offer.finding.clone(),
                effect: offer.effect.clone(),
                withheld: offer.withheld.clone(),
                command: report
                    .fix_command(offer)
                    .filter(|_| offer.withheld.is_none()),
            })
            .collect(),
        bundle: bundle(report, node),
    }
}

fn bundle(report: &Report, node: &NodeReport) -> Option<wire::Bundle> {
    let of_node = |bundle: &&BundleCourse| bundle.instance == node.target.instance;
    let bundle = report.bundles.iter().rev().find(of_node)?;
    let mut told = wire::Bundle {
        state: bundle.state(),
        because: bundle.because.clone(),
        run: bundle.run.map(|run| run.uuid().to_string()),
        file: None,
        bytes: None,
        sha256: None,
        missing: Vec::new(),
        left_on_node: None,
        why: None,
    };
    match bundle.end.clone() {
        Some(BundleEnd::Made {
            path,
            bytes,
            sha256,
            missing,
            left,
        }) => {
            told.file = Some(path);
            told.bytes = Some(bytes);
            told.sha256 = Some(sha256);
            told.missing = missing;
            told.left_on_node = left;
        }
        Some(BundleEnd::Failed(why) | BundleEnd::LeftOut(why)) => told.why = Some(why),
        None => {}
    }
    Some(told)
}

fn looks(findings: &Findings) -> Vec<wire::Look> {
    findings.looks.iter().map(look).collect()
}

fn look(looked: &Looked) -> wire::Look {
    let trace = looked.trace.iter();
    wire::Look {
        look: looked.look.clone(),
        label: looked.label.clone(),
        value: value(&looked.value),
        text: looked.value.to_string(),
        trace: trace
            .map(|rung| wire::Rung {
                place: data(&rung.place),
                why_not: rung.why_not.clone(),
            })
            .collect(),
    }
}

fn value(of: &Value) -> Json {
    match of {
        Value::Bool(truth) => (*truth).into(),
        Value::Integer(number) => (*number).into(),
        Value::Number(number) => (*number).into(),
        Value::Share(share) => share.0.into(),
        Value::Duration(span) => span.0.as_secs_f64().into(),
        Value::Bytes(bytes) => bytes.0.into(),
        Value::Version(version) => version.to_string().into(),
        Value::Text(text) => text.as_str().into(),
        Value::List(items) => items.iter().map(value).collect(),
        Value::Record(fields) => fields
            .iter()
            .map(|(name, field)| (name.clone(), value(field)))
            .collect(),
        Value::Absent => Json::Null,
        Value::Unseen(unseen) => {
            let missing: Vec<Missing> = unseen.iter().map(missing).collect();
            serde_json::json!({ "unseen": data(&missing) })
        }
    }
}

/// Data of ours as JSON. Serialising it cannot fail: its keys are text and nothing in it refuses.
fn data<T: Serialize>(of: &T) -> Json {
    serde_json::to_value(of).unwrap_or(Json::Null)
}
