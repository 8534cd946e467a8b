//! The signs and words of expressions: the parser finds operations here, and the reference is
//! written from it.

use super::ast::{Comparison, Fold, Operator as Arithmetic, Pair};

/// A sign or word between two operands.
#[derive(Debug, Clone, Copy)]
pub struct Operator {
    /// As it is written.
    pub sign: &'static str,
    /// What it means.
    pub help: &'static str,
    pub(super) pair: Pair,
}

/// Everything else that an expression can be made of.
#[derive(Debug, Clone, Copy)]
pub struct Form {
    /// As it is written, with `a`, `b` and `c` for its parts.
    pub written: &'static str,
    /// What it means.
    pub help: &'static str,
}

/// A function.
#[derive(Debug, Clone, Copy)]
pub struct Function {
    /// Its name.
    pub name: &'static str,
    /// How it is called, each way in backquotes.
    pub usage: &'static str,
    /// What it gives.
    pub help: &'static str,
    pub(super) what: Made,
}

/// What a function makes its value of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Made {
    /// One of two values.
    Pair(Pair),
    /// One value of many.
    Fold(Fold),
}

const fn operator(sign: &'static str, pair: Pair, help: &'static str) -> Operator {
    Operator { sign, help, pair }
}

const fn compare(sign: &'static str, how: Comparison, help: &'static str) -> Operator {
    operator(sign, Pair::Compare(how), help)
}

const fn calculate(sign: &'static str, how: Arithmetic, help: &'static str) -> Operator {
    operator(sign, Pair::Calculate(how), help)
}

/// The operators, from the loosest to the tightest; those on one line of [`BINDING`] bind alike.
pub const OPERATORS: &[Operator] = &[
    operator(
        "or",
        Pair::Or,
        "true where one side is, whatever the other is",
    ),
    operator(
        "and",
        Pair::And,
        "false where one side is, whatever the other is",
    ),
    compare("==", Comparison::Equal, "equal"),
    compare("!=", Comparison::NotEqual, "not equal"),
    compare(
        "<",
        Comparison::Less,
        "smaller, shorter, older (of versions)",
    ),
    compare("<=", Comparison::LessOrEqual, "the same or smaller"),
    compare(
        ">",
        Comparison::Greater,
        "larger, longer, newer (of versions)",
    ),
    compare(">=", Comparison::GreaterOrEqual, "the same or larger"),
    calculate("+", Arithmetic::Add, "sum"),
    calculate(
        "-",
        Arithmetic::Subtract,
        "difference; a duration or size below zero is not seen",
    ),
    operator("~", Pair::Join, "the text of both, one behind the other"),
    calculate("*", Arithmetic::Multiply, "product"),
    calculate(
        "/",
        Arithmetic::Divide,
        "quotient, a number with a fraction; by zero it is not seen",
    ),
];

/// What binds how, from the loosest to the tightest.
pub const BINDING: &[&str] = &[
    "`a if b else c`",
    "`or`",
    "`and`",
    "`not`",
    "`==` `!=` `<` `<=` `>` `>=`",
    "`+` `-`",
    "`~`",
    "`*` `/`",
    "`-a`",
    "`| default(b)`, `is absent`, `is not absent`",
];

/// Everything that is neither an operator nor a function.
pub const FORMS: &[Form] = &[
    form("a.b", "the field `b` of a look or of a reserved name"),
    form("a[\"b.c/d\"]", "a field with any name"),
    form("not a", "false where `a` is true, and the other way round"),
    form("-a", "the number with the other sign"),
    form(
        "a is absent",
        "true where the node answered and has no such thing",
    ),
    form("a is not absent", "the opposite"),
    form("a | default(b)", "`a`, or `b` where `a` is absent"),
    form(
        "a if b else c",
        "`a` where `b` is true, `c` where it is false",
    ),
];

const fn form(written: &'static str, help: &'static str) -> Form {
    Form { written, help }
}

/// The functions.
pub const FUNCTIONS: &[Function] = &[
    pair(
        "larger",
        "`larger(a, b)`",
        "the larger one of the two",
        Pair::Larger,
    ),
    pair(
        "smaller",
        "`smaller(a, b)`",
        "the smaller one of the two",
        Pair::Smaller,
    ),
    fold(
        "any",
        "`any(a)`, `any(list, a)`",
        "whether `a` holds for one of them at least",
        Fold::Any,
    ),
    fold(
        "all",
        "`all(a)`, `all(list, a)`",
        "whether `a` holds for all of them",
        Fold::All,
    ),
    fold(
        "count",
        "`count(a)`, `count(list, a)`",
        "for how many `a` holds",
        Fold::Count,
    ),
    fold(
        "share",
        "`share(a)`, `share(list, a)`",
        "for which part of them `a` holds",
        Fold::Share,
    ),
    fold(
        "max",
        "`max(a)`, `max(list, a)`",
        "the largest of their numbers `a`",
        Fold::Max,
    ),
];

/// What the functions that take one condition, or a list and a condition, go over.
pub const GOES_OVER: &str = "With one argument a function goes over the nodes of the run that have answered, and the \
                             finding is judged once a run. With two it goes over a list, whose item is `each`.";

const fn pair(name: &'static str, usage: &'static str, help: &'static str, pair: Pair) -> Function {
    Function {
        name,
        usage,
        help,
        what: Made::Pair(pair),
    }
}

const fn fold(name: &'static str, usage: &'static str, help: &'static str, fold: Fold) -> Function {
    Function {
        name,
        usage,
        help,
        what: Made::Fold(fold),
    }
}

/// What a sign between two operands does; `None` where there is no such operator.
pub(super) fn operation(sign: &str) -> Option<Pair> {
    let found = OPERATORS.iter().find(|operator| operator.sign == sign);
    found.map(|operator| operator.pair)
}

/// What a function does; `None` where there is none of that name.
pub(super) fn function_named(name: &str) -> Option<Made> {
    let found = FUNCTIONS.iter().find(|function| function.name == name);
    found.map(|function| function.what)
}

/// The functions, for messages.
pub(super) fn functions() -> String {
    let named = |wanted: fn(&Made) -> bool| {
        let found = FUNCTIONS.iter().filter(move |one| wanted(&one.what));
        found.map(|one| one.name).collect::<Vec<_>>()
    };
    let folds = named(|what| matches!(what, Made::Fold(_)));
    let folds = match folds.split_last() {
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
        None => String::new(),
    };
    format!(
        "there are {}, and {folds} over the nodes of a run or over a list",
        named(|what| matches!(what, Made::Pair(_))).join(", ")
    )
}

#[cfg(test)]
mod tests {
    use super::super::{Names, Template, World};
    use super::{BINDING, FUNCTIONS, OPERATORS, function_named, operation};
    use crate::syntax::{Faults, Span, Spanned};

    /// The text that `{{ expression }}` gives; `None` where the kinds don't fit.
    fn printed(expression: &str) -> Option<String> {
        let text = format!("{{{{ {expression} }}}}");
        let span = Span::new(0, text.len());
        let mut faults = Faults::new();
        let mut template =
            Template::parse(&Spanned::new(text, span), &mut faults).expect("an expression");
        template.check(&Names::new(), &mut faults)?;
        Some(template.render(&World::new()).text)
    }

    #[test]
    fn every_row_is_found_by_its_own_name() {
        for operator in OPERATORS {
            assert_eq!(operation(operator.sign), Some(operator.pair));
        }
        for function in FUNCTIONS {
            assert_eq!(function_named(function.name), Some(function.what));
            assert!(function.usage.contains(&format!("{}(", function.name)));
        }
    }

    #[test]
    fn signs_bind_in_the_order_of_the_table() {
        let signs: Vec<String> = OPERATORS
            .iter()
            .map(|operator| format!("`{}`", operator.sign))
            .collect();
        let told: Vec<&str> = BINDING
            .iter()
            .flat_map(|line| line.split(' '))
            .filter(|word| signs.iter().any(|sign| sign == word))
            .collect();
        assert_eq!(told, signs);
        for (expression, text) in [
            ("true or false if false else false", Some("no")),
            ("true or false and false", Some("yes")),
            ("not false and false", Some("no")),
            ("not 1 == 2", Some("yes")),
            ("1 + 1 == 2", Some("yes")),
            ("1 + 2 ~ 3", None),
            ("2 * 3 ~ \"x\"", Some("6x")),
            ("-2 * 3", Some("-6")),
            ("2 * 3 | default(4)", Some("6")),
        ] {
            assert_eq!(printed(expression).as_deref(), text, "{expression}");
        }
    }
}
