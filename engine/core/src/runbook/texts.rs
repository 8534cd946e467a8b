//! Expressions and templates of a runbook, parsed and checked.

use super::facts::{Facts, Roots};
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
