//! Kinds of values: how people read them, and what the checker lets be done with them.

use heeler_core::expr::{Names, Template};
use heeler_core::syntax::Faults;
use heeler_core::value::{Bytes, DurationSpan, Kind, Share, Value, Version};

use super::page::{WRITTEN, scalar, table};

/// Every kind with values that show how it is printed.
fn kinds() -> Vec<(Kind, Vec<Value>)> {
    let span = |seconds| Value::Duration(DurationSpan(std::time::Duration::from_secs(seconds)));
    vec![
        (Kind::Bool, vec![Value::Bool(true), Value::Bool(false)]),
        (Kind::Integer, vec![Value::Integer(262_144)]),
        (
            Kind::Number,
            vec![Value::Number(3.25), Value::Number(411.6)],
        ),
        (
            Kind::Share,
            vec![
                Value::Share(Share(0.81)),
                Value::Share(Share(0.004)),
                Value::Share(Share(0.999)),
            ],
        ),
        (Kind::Duration, vec![span(60), span(5400), span(200_000)]),
        (
            Kind::Bytes,
            vec![Value::Bytes(Bytes(512)), Value::Bytes(Bytes(3 << 29))],
        ),
        (
            Kind::Version,
            vec![Value::Version(Version {
                major: 1,
                minor: 33,
                patch: 0,
            })],
        ),
        (Kind::Text, vec![Value::text("shop/checkout")]),
        (
            Kind::List(Box::new(Kind::Text)),
            vec![Value::List(vec![Value::text("a"), Value::text("b")])],
        ),
        (Kind::record([("name", Kind::Text, "")]), Vec::new()),
    ]
}

pub(crate) fn page() -> String {
    let rows = kinds().into_iter().map(|(kind, samples)| {
        let samples: Vec<String> = samples.iter().map(ToString::to_string).collect();
        vec![told(&kind), kind.help().to_owned(), samples.join("; ")]
    });
    format!(
        "# Kinds of values\n{WRITTEN}\n\n\
         Every value may also be *absent* (the node answered, and has no such thing) or *not seen* (nobody could look; the \
         reason goes with it).\n\n{}\n\
         ## What can be compared\n`==` and `!=` take two of one kind that is not a list or a record; the others need an order.\n\n{}\n\
         ## What can be calculated\n{}",
        table(&["kind", "written and read", "as people read it"], rows),
        comparisons(),
        calculations(),
    )
}

fn told(kind: &Kind) -> String {
    match kind {
        Kind::List(_) => "a list".to_owned(),
        Kind::Record(_) => "a record".to_owned(),
        other => other.to_string(),
    }
}

/// The kind of `a SIGN b`, if the checker accepts it.
fn result(sign: &str, left: &Kind, right: &Kind) -> Option<Kind> {
    let mut names = Names::new();
    names.insert("a", left.clone());
    names.insert("b", right.clone());
    let mut faults = Faults::new();
    let text = scalar(&format!("{{{{ a {sign} b }}}}"));
    Template::parse(&text, &mut faults)
        .expect("an expression")
        .check(&names, &mut faults)
}

fn comparisons() -> String {
    let kinds = kinds();
    let rows = kinds.iter().map(|(left, _)| {
        let with = |sign: &str| {
            let fits = kinds
                .iter()
                .filter(|(right, _)| result(sign, left, right).is_some());
            let names: Vec<String> = fits.map(|(right, _)| told(right)).collect();
            names.join(", ")
        };
        vec![told(left), with("=="), with("<")]
    });
    table(&["kind", "`==` with", "`<` with"], rows)
}

fn calculations() -> String {
    let kinds = kinds();
    let mut rows = Vec::new();
    for sign in ["+", "-", "*", "/"] {
        for (left, _) in &kinds {
            let mut gives: Vec<(String, Vec<String>)> = Vec::new();
            for (right, _) in &kinds {
                let Some(kind) = result(sign, left, right) else {
                    continue;
                };
                let kind = told(&kind);
                match gives.iter_mut().find(|(known, _)| *known == kind) {
                    Some((_, with)) => with.push(told(right)),
                    None => gives.push((kind, vec![told(right)])),
                }
            }
            for (kind, with) in gives {
                rows.push(vec![
                    format!("{} `{sign}`", told(left)),
                    with.join(", "),
                    kind,
                ]);
            }
        }
    }
    table(&["", "with", "gives"], rows)
}
