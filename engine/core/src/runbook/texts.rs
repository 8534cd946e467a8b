//! Expressions and templates of a runbook, parsed and checked.

use super::facts::Facts;
use crate::expr::{Expr, Template};
use crate::syntax::{Faults, Spanned, Tree};

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
    if let Some(secret) = facts.secret(&template.roots()) {
        faults
            .error(
                "secret-in-text",
                text.span,
                format!("the secret input `{secret}` would leave here"),
            )
            .help("secret inputs are never printed, stored or sent to a node");
        return None;
    }
    Some(template)
}
