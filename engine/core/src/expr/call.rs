//! Functions as they are called.

use minijinja::machinery::ast::{Call, CallArg, Expr as Parsed};

use super::ast::{Fold, Op};
use super::parse::Parser;
use super::table::{FUNCTIONS, Made, function_named, functions};
use crate::syntax::{Span, nearest};

impl Parser<'_> {
    /// A call of one of our functions; all others are faults.
    pub(super) fn call(&mut self, call: &Call<'_>, span: Span, depth: usize) -> Option<Op> {
        let Parsed::Var(function) = &call.expr else {
            return self.unsupported(span, "a method", &functions());
        };
        let name = function.id;
        match (function_named(name), call.args.as_slice()) {
            (Some(Made::Pair(pair)), [CallArg::Pos(left), CallArg::Pos(right)]) => {
                return self.pair(pair, left, right, depth);
            }
            (Some(Made::Fold(fold)), [CallArg::Pos(body)]) => {
                return self.fold(fold, None, body, depth);
            }
            (Some(Made::Fold(fold)), [CallArg::Pos(list), CallArg::Pos(body)]) => {
                return self.fold(fold, Some(list), body, depth);
            }
            (Some(Made::Pair(_)), _) => {
                let title = format!("`{name}` takes two values");
                self.fault("wrong-arguments", span, title)
                    .help(format!("write `{name}(a, b)`"));
            }
            (Some(Made::Fold(fold)), _) => self.refuse_arguments(fold, span),
            (None, _) => {
                let near = nearest(name, FUNCTIONS.iter().map(|function| function.name));
                let title = format!("there is no function `{name}`");
                self.fault("unknown-function", span, title)
                    .help(functions())
                    .did_you_mean(near);
            }
        }
        None
    }

    fn fold(
        &mut self,
        fold: Fold,
        list: Option<&Parsed<'_>>,
        body: &Parsed<'_>,
        depth: usize,
    ) -> Option<Op> {
        let over = list.map(|list| self.node(list, depth));
        let body = self.node(body, depth);
        let over = match over {
            Some(list) => Some(Box::new(list?)),
            None => None,
        };
        Some(Op::Fold {
            fold,
            over,
            body: Box::new(body?),
        })
    }

    fn refuse_arguments(&mut self, fold: Fold, span: Span) {
        let (name, what) = match fold {
            Fold::Max => ("max", "a number"),
            other => (other.name(), "a condition"),
        };
        let title = format!("`{name}` takes {what}, or a list and {what}");
        self.fault("wrong-arguments", span, title).help(format!(
            "write `{name}(look.field …)` for the nodes of a run, `{name}(LIST, each …)` for a list"
        ));
    }
}
