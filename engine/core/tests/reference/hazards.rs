//! The known dangers of a change, and those that no plan shows.

use heeler_core::hazard::{Elsewhere, Example, Hazard, Test, Then, all, elsewhere};

use super::page::{WRITTEN, table};

pub(crate) fn page() -> String {
    let index = all().iter().map(|hazard| {
        vec![
            link(hazard.name),
            verb(hazard.then).to_owned(),
            hazard.versions.to_string(),
            hazard.title.to_owned(),
        ]
    });
    let mut text = format!(
        "# Hazards\n{WRITTEN}\n\n\
         Known dangers of a change of a node. Before a fix may be approved each of its changes is held against them: one \
         that is *refused* has no plan, one that is *told* is a line of the plan, and of its digest. On a node whose version \
         is not known all versions count. Others [no plan shows](#what-no-plan-shows).\n\n{}",
        table(&["hazard", "is", "versions", "what happens"], index),
    );
    for hazard in all() {
        of_a_change(&mut text, hazard);
    }
    let index = elsewhere().iter().map(|hazard| {
        vec![
            link(hazard.name),
            hazard.versions.to_string(),
            hazard.title.to_owned(),
        ]
    });
    text += &format!(
        "\n## What no plan shows\n\
         Known dangers that are no matter of one change: how scripts are written, the linter, a look at the node or a \
         refusal meets them. Each names the tests that show it, of heeler-core or of the integration suite.\n\n{}",
        table(&["hazard", "versions", "what happens"], index),
    );
    for hazard in elsewhere() {
        of_no_plan(&mut text, hazard);
    }
    text
}

fn link(name: &str) -> String {
    format!("[`{name}`](#{name})")
}

fn verb(then: Then) -> &'static str {
    match then {
        Then::Refuse(_) => "refused",
        Then::Warn(_) => "told",
    }
}

fn of_a_change(text: &mut String, hazard: &Hazard) {
    let (Then::Refuse(words) | Then::Warn(words)) = hazard.then;
    let rows = [
        ("versions", hazard.versions.to_string()),
        ("concerns", hazard.concerns.to_owned()),
        ("found by", hazard.found_by.to_owned()),
        (verb(hazard.then), words.to_owned()),
        ("safe way", hazard.safe_way.to_owned()),
        ("source", hazard.source.to_owned()),
    ];
    let has = hazard.has.iter().map(|example| ("has it", told(example)));
    let spares = hazard.spares.iter();
    let spares = spares.map(|example| ("does not", told(example)));
    *text += &section(("##", hazard.name, hazard.title), &rows, has.chain(spares));
}

fn of_no_plan(text: &mut String, hazard: &Elsewhere) {
    let rows = [
        ("versions", hazard.versions.to_string()),
        ("concerns", hazard.concerns.to_owned()),
        ("found by", hazard.found_by.to_owned()),
        ("safe way", hazard.safe_way.to_owned()),
        ("source", hazard.source.to_owned()),
    ];
    let tests = hazard.shown_by.iter().map(|test| match test {
        Test::Core(name) => ("shown by", format!("`{name}`")),
        Test::Suite(name) => ("shown by", format!("`{name}` of the suite")),
    });
    *text += &section(("###", hazard.name, hazard.title), &rows, tests);
}

fn section(
    (level, name, title): (&str, &str, &str),
    rows: &[(&str, String)],
    cases: impl Iterator<Item = (&'static str, String)>,
) -> String {
    let rows = rows.iter();
    let rows = rows.map(|(what, told)| vec![(*what).to_owned(), told.clone()]);
    let mut text = format!("\n{level} {name}\n{title}.\n\n{}", table(&["", ""], rows));
    for (what, case) in cases {
        text += &format!("\n- {what}: {case}");
    }
    text.push('\n');
    text
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
