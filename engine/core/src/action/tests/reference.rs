//! The reference in `docs/reference/` is written from the actions themselves. This test fails when
//! they disagree; `HEELER_WRITE_REFERENCE=1 cargo test -p heeler-core reference` writes it anew.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

use super::{Source, Target, action, all, look};
use crate::value::Kind;

/// An example of each action's parameters, as they stand in a runbook.
const EXAMPLES: &[(&str, &str)] = &[
    ("conntrack-counters", "{ over: 2s }"),
    ("conntrack-entries", "{ sample: 5000 }"),
    ("disk", "{ path: /local }"),
    ("dmesg", "{ pattern: \"table full, dropping packet\" }"),
    (
        "ethtool",
        "{ counters: [conntrack_allowance_exceeded], over: 2s }",
    ),
    (
        "journal",
        "{ unit: kubelet, window: 1h, pattern: \"PLEG is not healthy\" }",
    ),
    (
        "kube",
        "{ get: nodes, extract: { cpus: { path: status.capacity.cpu, type: integer } } }",
    ),
    ("memory", "{}"),
    (
        "run",
        "{ at: admin, script: \"ss -s\", extract: { estab: { pattern: \"estab ([0-9]+)\", type: integer } } }",
    ),
    (
        "settings",
        "{ prefix: settings.motd, extract: { motd: { path: motd, type: text } } }",
    ),
    ("socket-counters", "{ over: 2s }"),
    ("sysctl", "{ max: net.netfilter.nf_conntrack_max }"),
];

#[test]
fn reference_is_up_to_date() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference");
    let mut pages: Vec<(PathBuf, String)> = vec![(folder.join("README.md"), index())];
    for action in all() {
        pages.push((
            folder.join(format!("{}.md", action.name())),
            page(action.name()),
        ));
    }
    for (path, wanted) in pages {
        if env::var_os("HEELER_WRITE_REFERENCE").is_some() {
            fs::write(&path, &wanted).unwrap();
        }
        let found = fs::read_to_string(&path).unwrap_or_default();
        assert_eq!(
            found,
            wanted,
            "{} is not what the code says",
            path.display()
        );
    }
}

fn index() -> String {
    let mut text = String::from(
        "# Actions\nWritten from the code; a test fails when it disagrees.\n\n| action | what it is |\n| --- | --- |\n",
    );
    for action in all() {
        let name = action.name();
        writeln!(text, "| [`{name}`]({name}.md) | {} |", action.summary()).unwrap();
    }
    text
}

fn page(name: &str) -> String {
    let example = EXAMPLES
        .iter()
        .find(|(of, _)| *of == name)
        .map(|(_, example)| *example)
        .unwrap_or_else(|| panic!("no example of {name}"));
    let look = look(name, example).unwrap();
    let mut text = format!("# {name}\n{}\n\n", action(name).summary());
    write!(
        text,
        "```yaml\nlook:\n  answer:\n    {name}: {example}\n```\n\n"
    )
    .unwrap();
    text.push_str("## Answer\n| field | kind | meaning |\n| --- | --- | --- |\n");
    fields(&mut text, "", &look.kind());
    text.push_str("\n## Asked where\n");
    match look.source(&Target::default()) {
        Ok(Source::Kube(_)) => text.push_str("The Kubernetes API.\n"),
        Ok(Source::Node(rungs)) => {
            for (index, rung) in rungs.iter().enumerate() {
                let needs = match rung.needs {
                    "" => String::new(),
                    needs => format!(", where it has {needs}"),
                };
                let limit = rung.limit.as_secs();
                writeln!(
                    text,
                    "{}. {}{needs}; {limit} s at most",
                    index + 1,
                    rung.place
                )
                .unwrap();
            }
        }
        Err(why) => panic!("{name}: {why}"),
    }
    text
}

fn fields(text: &mut String, prefix: &str, kind: &Kind) {
    let Kind::Record(record) = kind else {
        return;
    };
    for (name, field) in record {
        let path = format!("{prefix}{name}");
        match &field.kind {
            Kind::Record(_) => {
                writeln!(text, "| `{path}` | | {} |", field.help).unwrap();
                fields(text, &format!("{path}."), &field.kind);
            }
            kind => writeln!(text, "| `{path}` | {kind} | {} |", field.help).unwrap(),
        }
    }
}
