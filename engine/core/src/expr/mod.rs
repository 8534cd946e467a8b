//! Expressions and templates: what a runbook's conditions say, checked before anything runs and
//! evaluated over what was seen.
//!
//! Evaluation is total: it never fails, and its work is bounded: every part is visited at most once,
//! within `any`, `all`, `count`, `share` and `max` once for each node or item, and none of these goes
//! into another of its kind. What was not seen stays *not seen* through every operation
//! that needs it, and `and`, `or` and `not` follow Kleene. An absent value stays *absent* until
//! `is absent` or `default` deals with it.
//!
//! The syntax is minijinja's, the meaning is ours: nothing of its environment, filters or loops
//! can be reached.

mod arithmetic;
mod ast;
mod atoms;
mod call;
mod check;
mod check_folds;
mod check_pairs;
mod compare;
mod doubts;
mod eval;
mod expression;
mod fold;
mod literal;
mod missing;
mod names;
mod numerals;
mod parse;
mod ranges;
mod same;
mod table;
mod template;
mod text_doubts;
mod world;
mod written;

#[cfg(test)]
mod laws;

pub use ast::Read;
pub use atoms::Atom;
pub use eval::UNFIT;
pub use expression::Expr;
pub use names::Names;
pub use table::{BINDING, FORMS, FUNCTIONS, Form, Function, GOES_OVER, OPERATORS, Operator};
pub use template::{Rendered, Template};
pub use world::World;
