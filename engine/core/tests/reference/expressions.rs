//! Expressions: signs, words and functions from the parser's own table, and what is true of what
//! was not seen as the evaluation says it.

use heeler_core::expr::{BINDING, Expr, FORMS, FUNCTIONS, GOES_OVER, Names, OPERATORS, World};
use heeler_core::runbook::reserved;
use heeler_core::syntax::Faults;
use heeler_core::value::{Kind, Unseen, Value, Why};

use super::page::{WRITTEN, scalar, table};

pub(crate) fn page() -> String {
    let operators = OPERATORS
        .iter()
        .map(|operator| vec![format!("`{}`", operator.sign), operator.help.to_owned()]);
    let forms = FORMS
        .iter()
        .map(|form| vec![format!("`{}`", form.written), form.help.to_owned()]);
    let functions = FUNCTIONS
        .iter()
        .map(|function| vec![function.usage.to_owned(), function.help.to_owned()]);
    let binding: String = BINDING.iter().map(|line| format!("1. {line}\n")).collect();
    format!(
        "# Expressions\n{WRITTEN}\n\n\
         `only-if`, `when`, `require` and `that` are expressions. In text, `{{{{ }}}}` holds one. Both are checked before \
         anything runs: every name exists, and the [kinds](kinds.md) fit. A value in quotes takes the kind of what it is held \
         against: `age < \"2m\"`.\n\n\
         ## Names\nA look of the runbook by its name, `inputs.NAME`, and these:\n\n{}\n\
         ## Operators\n{}\n\
         ## Forms\n{}\n\
         ## Functions\n{GOES_OVER}\n\n{}\n\
         ## What binds how\nFrom the loosest to the tightest; brackets go before all of it.\n{binding}\n\
         ## Three values\nA condition is true, false or *not seen*. What was not seen stays not seen wherever the answer hangs on \
         it, and nowhere else; order never matters. A value that is *absent* is an answer: `is absent` and `default` deal with \
         it, and everything else that needs it is not seen.\n\n{}\n{}",
        names(),
        table(&["operator", "meaning"], operators),
        table(&["written", "meaning"], forms),
        table(&["function", "gives"], functions),
        kleene("and"),
        kleene("or"),
    )
}

/// The names that every runbook has.
fn names() -> String {
    let rows = reserved().into_iter().flat_map(|(root, kind)| {
        let Kind::Record(fields) = kind else {
            panic!("{root} is a record");
        };
        fields.into_iter().map(move |(name, field)| {
            vec![
                format!("`{root}.{name}`"),
                field.kind.to_string(),
                field.help.to_owned(),
            ]
        })
    });
    table(&["name", "kind", "meaning"], rows)
}

/// What an operator makes of each two of the three.
fn kleene(operator: &str) -> String {
    let names = ["true", "false", "not seen"];
    let rows = names.map(|left| {
        let mut row = vec![format!("**{left}**")];
        row.extend(names.map(|right| told(left, operator, right)));
        row
    });
    let sign = format!("`{operator}`");
    table(&[&sign, "true", "false", "not seen"], rows)
}

fn told(left: &str, operator: &str, right: &str) -> String {
    let value = |name: &str| match name {
        "true" => Value::Bool(true),
        "false" => Value::Bool(false),
        _ => Value::Unseen(vec![Unseen {
            look: "look".to_owned(),
            why: Why::AdminOff,
        }]),
    };
    let (mut names, mut world) = (Names::new(), World::new());
    for (name, of) in [("left", left), ("right", right)] {
        names.insert(name, Kind::Bool);
        world.insert(name, value(of));
    }
    let mut faults = Faults::new();
    let text = scalar(&format!("left {operator} right"));
    let mut expression = Expr::parse(&text, &mut faults).expect("an expression");
    expression.check(&names, &mut faults).expect("two booleans");
    match expression.eval(&world) {
        Value::Bool(value) => value.to_string(),
        other => other.to_string(),
    }
}
