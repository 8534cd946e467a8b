//! The known dangers of a change, and what becomes of those that no plan can show.

use heeler_core::hazard::{Example, Hazard, Then, all};

use super::page::{WRITTEN, table};

/// Dangers of a node that are no matter of one plan: how heeler meets them, or why it need not yet.
const ELSEWHERE: &[(&str, &str, &str)] = &[
    (
        "A value that is set again restarts its services all the same",
        "all",
        "a plan leaves alone what holds already, and the node compares once more before it sets anything",
    ),
    (
        "The settings are locked: none can be changed any more",
        "Bottlerocket after 1.50, with encrypted storage",
        "nothing that could be asked before tells it; the change fails, says so, and has changed nothing",
    ),
    (
        "`apiclient exec` hangs when the end of its input is lost; what it started outlives it",
        "all",
        "every script for the admin container begins by closing its input, and has its own time limit inside",
    ),
    (
        "The host has no shell, or one that refuses nearly everything",
        "all, and from 1.37 on",
        "programs of the host are started with their arguments; a script there is refused by the linter",
    ),
    (
        "logdog writes over its own file, needs room in memory, and takes the whole journal",
        "all",
        "heeler does not run it yet; a script of `run` that does has to give it a name and a TMPDIR of its own",
    ),
    (
        "The update operator is at work on the node, or somebody is about to remove it",
        "all",
        "a plan of `drain` or `reboot` says so; a reboot is refused where the operator has staged a version; a restart \
         in the middle of a fix is noticed, and ends it",
    ),
];

pub(crate) fn page() -> String {
    let index = all().iter().map(|hazard| {
        let link = format!("[`{0}`](#{0})", hazard.name);
        vec![
            link,
            verb(hazard.then).to_owned(),
            hazard.versions.to_string(),
            hazard.title.to_owned(),
        ]
    });
    let elsewhere = ELSEWHERE
        .iter()
        .map(|(what, versions, met)| vec![(*what).into(), (*versions).into(), (*met).into()]);
    let mut text = format!(
        "# Hazards\n{WRITTEN}\n\n\
         Known dangers of a change of a node. Before a fix may be approved each of its changes is held against them: one \
         that is *refused* has no plan, one that is *told* is a line of the plan, and of its digest. On a node whose version \
         is not known all versions count.\n\n{}\n\
         ## No matter of a plan\n{}",
        table(&["hazard", "is", "versions", "what happens"], index),
        table(&["what happens", "versions", "how it is met"], elsewhere),
    );
    for hazard in all() {
        section(&mut text, hazard);
    }
    text
}

fn verb(then: Then) -> &'static str {
    match then {
        Then::Refuse(_) => "refused",
        Then::Warn(_) => "told",
    }
}

fn section(text: &mut String, hazard: &Hazard) {
    let (Then::Refuse(words) | Then::Warn(words)) = hazard.then;
    let rows = [
        ("versions", hazard.versions.to_string()),
        ("concerns", hazard.concerns.to_owned()),
        ("found by", hazard.found_by.to_owned()),
        (verb(hazard.then), words.to_owned()),
        ("safe way", hazard.safe_way.to_owned()),
        ("source", hazard.source.to_owned()),
    ];
    let rows = rows.map(|(what, told)| vec![what.to_owned(), told]);
    text.push_str(&format!(
        "\n## {}\n{}.\n\n{}",
        hazard.name,
        hazard.title,
        table(&["", ""], rows)
    ));
    for (has, examples) in [("has it", hazard.has), ("does not", hazard.spares)] {
        for example in examples {
            text.push_str(&format!("\n- {has}: {}", told(example)));
        }
    }
    text.push('\n');
}

fn told(example: &Example) -> String {
    let (action, parameters) = example.change;
    let mut text = format!("`{action}: {parameters}`");
    let services = |names: &[&str]| {
        let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
        names.join(", ")
    };
    if !example.services.is_empty() {
        text += &format!(", which acts on {}", services(example.services));
    }
    if !example.earlier.is_empty() {
        text += &format!(
            ", after a change that acts on {}",
            services(example.earlier)
        );
    }
    match example.from {
        "null" => {}
        from => text += &format!(", where `{from}` is there"),
    }
    match example.os_version {
        "" | "?" => text += ", on a version that is not known",
        version => text += &format!(", on {version}"),
    }
    text
}
