//! The checker's rules for functions that make one value of many: of the run's nodes, or of the
//! items of a list. None goes into another, so that the work stays linear in what was seen.

use std::rc::Rc;

use super::arithmetic;
use super::ast::{EACH, Fold, Node};
use super::check::{Checker, named};
use crate::syntax::Span;
use crate::value::Kind;

/// The function that the checker has gone into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Within {
    Nothing,
    Nodes,
    List,
}

impl Checker<'_> {
    /// The kind of a function's result; `None` when a fault was reported.
    pub(super) fn fold(
        &mut self,
        fold: Fold,
        over: Option<&mut Node>,
        body: &mut Node,
        span: Span,
    ) -> Option<Kind> {
        match over {
            None => self.over_nodes(fold, body, span),
            Some(list) => self.over_list(fold, list, body, span),
        }
    }

    fn over_nodes(&mut self, fold: Fold, body: &mut Node, span: Span) -> Option<Kind> {
        if self.within != Within::Nothing {
            return self.nested(fold, span);
        }
        if !self.names.may_go_over_nodes() {
            let title = format!("`{}` can't go over the nodes of the run here", fold.name());
            self.fault("run-scope", span, title).help(format!(
                "only findings are judged over a whole run; over a list it is `{}(LIST, …)`",
                fold.name()
            ));
            return None;
        }
        self.within = Within::Nodes;
        let kind = self.body(fold, body);
        self.within = Within::Nothing;
        let kind = kind?;
        let names = self.names;
        let differs = |name: &str| names.is_per_node(name) || names.is_faulty(name);
        if !body.paths().iter().any(|path| differs(&path.root)) {
            let title = format!(
                "`{}` goes over the nodes, and this is the same on all of them",
                fold.name()
            );
            self.fault("run-scope", body.span, title)
                .help("name a look of the node, or write the condition alone");
            return None;
        }
        Some(kind)
    }

    fn over_list(
        &mut self,
        fold: Fold,
        list: &mut Node,
        body: &mut Node,
        span: Span,
    ) -> Option<Kind> {
        if self.within == Within::List {
            return self.nested(fold, span);
        }
        if self.names.get(EACH).is_some() {
            let title = format!("`{}` would go over a list within `for-each`", fold.name());
            self.fault("nested-each", span, title)
                .help("`each` can be one thing only: leave out `for-each`, or the function");
            return None;
        }
        let item = self.list(list);
        let item = item?;
        let outside = std::mem::replace(&mut self.within, Within::List);
        self.each = Some(Rc::new(item));
        let kind = self.body(fold, body);
        self.each = None;
        self.within = outside;
        kind
    }

    /// The kind of a list's items.
    pub(super) fn list(&mut self, node: &mut Node) -> Option<Kind> {
        match self.kind(node)? {
            Kind::List(item) => Some(*item),
            other => {
                let title = format!("{} is no list", named(&other));
                let fault = self.fault("not-a-list", node.span, title);
                fault.here(named(&other));
                if arithmetic::is_number(&other) {
                    fault.help("`larger(a, b)` gives the larger one of two");
                }
                None
            }
        }
    }

    fn body(&mut self, fold: Fold, body: &mut Node) -> Option<Kind> {
        if fold != Fold::Max {
            self.boolean(body)?;
            return Some(match fold {
                Fold::Count => Kind::Integer,
                Fold::Share => Kind::Share,
                _ => Kind::Bool,
            });
        }
        let kind = self.kind(body)?;
        let measured = matches!(kind, Kind::Duration | Kind::Bytes | Kind::Version);
        if measured || arithmetic::is_number(&kind) {
            return Some(kind);
        }
        let title = format!("{} has no largest one", named(&kind));
        self.fault("no-order", body.span, title)
            .here(named(&kind))
            .help("`max` takes a number, a duration, a size or a version");
        None
    }

    fn nested<T>(&mut self, fold: Fold, span: Span) -> Option<T> {
        let title = format!("`{}` can't stand within such a function", fold.name());
        self.fault("nested-function", span, title)
            .help("one function over nodes or a list can't hold another");
        None
    }
}
