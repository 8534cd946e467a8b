//! Expressions and templates: what a runbook's conditions say, checked before anything runs and
//! evaluated over what was seen.
//!
//! Evaluation is total: it never fails, and its work is bounded by the length of the text, because
//! every part is visited at most once. What was not seen stays *not seen* through every operation
//! that needs it, and `and`, `or` and `not` follow Kleene. An absent value stays *absent* until
//! `is absent` or `default` deals with it.
//!
//! The syntax is minijinja's, the meaning is ours: nothing of its environment, filters or loops
//! can be reached.

mod arithmetic;
mod ast;
mod check;
mod check_pairs;
mod compare;
mod doubts;
mod eval;
mod expression;
mod literal;
mod missing;
mod names;
mod numerals;
mod parse;
mod ranges;
mod template;
mod text_doubts;
mod written;

#[cfg(test)]
mod laws;

pub use expression::Expr;
pub use names::{Names, World};
pub use template::{Rendered, Template};
