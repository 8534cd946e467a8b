//! Expressions and templates of a runbook, parsed and checked.

use super::facts::{Facts, Roots};
use crate::action::{Filling, LookText, misplaced};
use crate::expr::{Expr, Template};
use crate::syntax::{Faults, Spanned, Tree};
use crate::value::Kind;

/// A condition: true, false or not seen.
pub(super) fn condition(
    tree: &Tree,
    what: &str,
    facts: &Facts,
    faults: &mut Faults,
) -> Option<Expr> {
    let text = tree.expect_text(what, faults)?;
    let Some(mut expr) = Expr::parse(text, faults) else {
        facts.may_read(&text.value);
        return None;
    };
    facts.reads(expr.roots());
    expr.check_condition(&facts.names, faults)?;
    Some(expr)
}

/// A list, for `for-each`: with the kind of its items, by which `each` is known. What goes over a
/// secret would carry it out as `each`.
pub(super) fn list(
    tree: &Tree,
    what: &str,
    facts: &Facts,
    faults: &mut Faults,
) -> Option<(Expr, Kind)> {
    let text = tree.expect_text(what, faults)?;
    let Some(mut expr) = Expr::parse(text, faults) else {
        facts.may_read(&text.value);
        return None;
    };
    facts.reads(expr.roots());
    let item = expr.check_list(&facts.names, faults)?;
    refuse_secret(&expr.roots(), text, facts, faults)?;
    Some((expr, item))
}

/// A text of a look's parameters, parsed: its values stand where a look can take them. Their names
/// are not checked yet.
pub(super) fn parameter(text: &LookText, faults: &mut Faults) -> Option<Template> {
    if text.filling == Filling::Plain {
        return Template::parse(&text.text, faults);
    }
    let template = Template::parse_script(&text.text, faults)?;
    let wrong = misplaced(&text.text.value, template.places());
    for value in &wrong {
        faults
            .error_within(
                "quoted-interpolation",
                &text.text,
                value.span,
                "a value in a script is one word by itself",
            )
            .here(format!("it stands in or behind {}", value.place))
            .help("write `name={{ … }}` on a line of its own, and `\"$name\"` where it is needed");
    }
    wrong.is_empty().then_some(template)
}

/// The values of such a text exist, are single ones, and none is a secret.
pub(super) fn check_parameter(
    template: &mut Template,
    facts: &Facts,
    faults: &mut Faults,
) -> Option<()> {
    template.check_plain(&facts.names, faults)?;
    refuse_secret(&template.roots(), template.scalar(), facts, faults)
}

/// Text for people.
pub(super) fn template(
    tree: &Tree,
    what: &str,
    facts: &Facts,
    faults: &mut Faults,
) -> Option<Template> {
    checked(tree.expect_text(what, faults)?, facts, faults)
}

/// A template that was read by an action.
pub(super) fn checked(
    text: &Spanned<String>,
    facts: &Facts,
    faults: &mut Faults,
) -> Option<Template> {
    let Some(mut template) = Template::parse(text, faults) else {
        facts.may_read(&text.value);
        return None;
    };
    facts.reads(template.roots());
    template.check(&facts.names, faults)?;
    refuse_secret(&template.roots(), text, facts, faults)?;
    Some(template)
}

/// `None` where a secret is among what is read.
pub(super) fn refuse_secret(
    roots: &Roots,
    text: &Spanned<String>,
    facts: &Facts,
    faults: &mut Faults,
) -> Option<()> {
    let Some(secret) = facts.secret(roots) else {
        return Some(());
    };
    faults
        .error(
            "secret-in-text",
            text.span,
            format!("the secret input `{secret}` would leave here"),
        )
        .help("secret inputs are never printed, stored or sent to a node");
    None
}
