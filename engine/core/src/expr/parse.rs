//! From text to our own form. This file and `call` are the only ones that know minijinja.

use minijinja::machinery::ast::{BinOpKind, CallArg, Expr as Parsed, IfExpr, UnaryOpKind};
use minijinja::machinery::parse_expr;
use minijinja::value::{Value as Constant, ValueKind};

use super::ast::{Node, Op, Pair, Path};
use super::numerals::check_numerals;
use super::table::operation;
use super::written::{closed, malformed};
use crate::syntax::limits::{BRACKETS, EXPRESSION, NESTING};
use crate::syntax::{Diagnostic, Faults, Span, Spanned};
use crate::value::Value;

/// Parses the part of a scalar that is an expression.
pub(super) fn parse(scalar: &Spanned<String>, part: Span, faults: &mut Faults) -> Option<Node> {
    let text = scalar.value.get(part.range())?;
    let mut parser = Parser {
        scalar,
        offset: part.start,
        faults,
        too_deep: false,
    };
    if text.trim().is_empty() {
        parser.fault("empty-expression", part, "there is no expression here");
        return None;
    }
    if text.len() > EXPRESSION.most {
        let title = format!("the expression is longer than {} bytes", EXPRESSION.most);
        parser
            .fault(EXPRESSION.code, part, title)
            .help("split the finding, or let a look answer it");
        return None;
    }
    if let Some(bracket) = one_bracket_too_many(text) {
        parser.refuse_depth(Span::new(part.start + bracket, part.start + bracket + 1));
        return None;
    }
    if !check_numerals(scalar, part, parser.faults) {
        return None;
    }
    match parse_expr(text) {
        Ok(parsed) => parser.node(&parsed, 0),
        Err(error) => {
            let range = error.range().unwrap_or(text.len()..text.len());
            let detail = error.detail().unwrap_or("this is no expression");
            let start = part.start + range.start;
            let rest = text.get(range.start..).unwrap_or_default();
            let span = Span::new(start, part.start + range.end);
            malformed(scalar, span, detail, rest, parser.faults);
            None
        }
    }
}

pub(super) struct Parser<'p> {
    scalar: &'p Spanned<String>,
    /// Where the expression starts in the scalar.
    offset: usize,
    faults: &'p mut Faults,
    too_deep: bool,
}

impl Parser<'_> {
    pub(super) fn node(&mut self, parsed: &Parsed<'_>, depth: usize) -> Option<Node> {
        let span = self.span(parsed);
        if depth > NESTING.most {
            self.refuse_depth(span);
            return None;
        }
        let depth = depth + 1;
        let op = match parsed {
            Parsed::Var(name) => Op::Path(Path {
                root: name.id.to_string(),
                fields: Vec::new(),
            }),
            Parsed::Const(constant) => Op::Literal(self.constant(&constant.value, span)?),
            Parsed::GetAttr(get) => {
                let name = Span::new(span.end.saturating_sub(get.name.len()), span.end);
                let name = Spanned::new(get.name.to_string(), name);
                self.field(&get.expr, name, span, depth)?
            }
            Parsed::GetItem(get) => {
                let Some(key) = text_of(&get.subscript_expr) else {
                    return self.unsupported(span, "an index", "`a[\"key\"]` reads a field");
                };
                let key = Spanned::new(key.to_string(), self.span(&get.subscript_expr));
                self.field(&get.expr, key, span, depth)?
            }
            Parsed::UnaryOp(unary) => {
                let inner = self.node(&unary.expr, depth)?;
                match unary.op {
                    UnaryOpKind::Not => Op::Not(Box::new(inner)),
                    UnaryOpKind::Neg => inner.negated(),
                }
            }
            Parsed::BinOp(binary) => match pair_of(binary.op) {
                Some(pair) => self.pair(pair, &binary.left, &binary.right, depth)?,
                None => {
                    return self.unsupported(span, "this operator", "there are + - * / and ~");
                }
            },
            Parsed::Compare(_) => {
                return self.unsupported(span, "a chain of comparisons", "write `a < b and b < c`");
            }
            Parsed::IfExpr(choice) => self.choice(choice, span, depth)?,
            Parsed::Test(test) if test.name == "absent" && test.args.is_empty() => {
                Op::IsAbsent(Box::new(self.node(&test.expr, depth)?))
            }
            Parsed::Test(test) => {
                let what = format!("the test `is {}`", test.name);
                return self.unsupported(span, &what, "there are `is absent` and `is not absent`");
            }
            Parsed::Filter(filter) => match (filter.name, &filter.expr, filter.args.as_slice()) {
                ("default", Some(value), [CallArg::Pos(other)]) => {
                    self.pair(Pair::Default, value, other, depth)?
                }
                (name, ..) => {
                    let what = format!("the filter `{name}`");
                    return self.unsupported(span, &what, "there is `| default(value)`");
                }
            },
            Parsed::Call(call) => self.call(call, span, depth)?,
            Parsed::Slice(_) | Parsed::List(_) | Parsed::Tuple(_) | Parsed::Map(_) => {
                let what = format!("a {}", parsed.description());
                let instead = "expressions have names, numbers, text and booleans";
                return self.unsupported(span, &what, instead);
            }
        };
        Some(Node::new(op, span))
    }

    /// Said once, however many parts are too deep.
    fn refuse_depth(&mut self, span: Span) {
        if !self.too_deep {
            self.too_deep = true;
            let title = "the expression is nested too deeply";
            self.fault(NESTING.code, span, title)
                .help("split the finding in two");
        }
    }

    fn field(
        &mut self,
        of: &Parsed<'_>,
        name: Spanned<String>,
        span: Span,
        depth: usize,
    ) -> Option<Op> {
        match self.node(of, depth)?.op {
            Op::Path(mut path) => {
                path.fields.push(name);
                Some(Op::Path(path))
            }
            _ => self.unsupported(
                span,
                "a field of a result",
                "read it of a look: `table.count`",
            ),
        }
    }

    pub(super) fn pair(
        &mut self,
        pair: Pair,
        left: &Parsed<'_>,
        right: &Parsed<'_>,
        depth: usize,
    ) -> Option<Op> {
        // Both sides are read even if one is wrong, so that all faults come at once.
        let (left, right) = (self.node(left, depth), self.node(right, depth));
        Some(Op::Pair(pair, Box::new(left?), Box::new(right?)))
    }

    fn choice(&mut self, choice: &IfExpr<'_>, span: Span, depth: usize) -> Option<Op> {
        let Some(otherwise) = &choice.false_expr else {
            return self.unsupported(span, "`if` without `else`", "add what holds otherwise");
        };
        Some(Op::Choose {
            test: Box::new(self.node(&choice.test_expr, depth)?),
            then: Box::new(self.node(&choice.true_expr, depth)?),
            otherwise: Box::new(self.node(otherwise, depth)?),
        })
    }

    fn constant(&mut self, constant: &Constant, span: Span) -> Option<Value> {
        match constant.kind() {
            ValueKind::Bool => Some(Value::Bool(constant.is_true())),
            ValueKind::String => constant.as_str().map(Value::text),
            ValueKind::Number => match constant.as_i64() {
                Some(whole) if constant.is_integer() => Some(Value::Integer(whole)),
                None if constant.is_integer() => self.too_large(span),
                _ => match f64::try_from(constant.clone()).ok() {
                    Some(number) if number.is_finite() => Some(Value::Number(number)),
                    _ => self.too_large(span),
                },
            },
            _ => self.unsupported(span, "`none`", "ask `is absent` or `is not absent`"),
        }
    }

    fn too_large<T>(&mut self, span: Span) -> Option<T> {
        let title = "this is larger than any number here can be";
        self.fault("number-too-large", span, title)
            .help(format!("the largest whole number is {}", i64::MAX));
        None
    }

    fn span(&self, parsed: &Parsed<'_>) -> Span {
        let text = self.scalar.value.get(self.offset..).unwrap_or_default();
        let span = closed(text, start_of(parsed), parsed.span().end_offset as usize);
        Span::new(self.offset + span.start, self.offset + span.end)
    }

    pub(super) fn fault(
        &mut self,
        code: &'static str,
        span: Span,
        title: impl Into<String>,
    ) -> &mut Diagnostic {
        self.faults.error_within(code, self.scalar, span, title)
    }

    pub(super) fn unsupported<T>(&mut self, span: Span, what: &str, instead: &str) -> Option<T> {
        self.fault(
            "unsupported-expression",
            span,
            format!("{what} can't be used here"),
        )
        .help(instead);
        None
    }
}

/// Where brackets are nested too deeply; those in quoted text are text.
fn one_bracket_too_many(text: &str) -> Option<usize> {
    let mut quote = None;
    let mut open = 0_usize;
    let mut letters = text.char_indices();
    while let Some((offset, letter)) = letters.next() {
        match (quote, letter) {
            (Some(_), '\\') => {
                letters.next();
            }
            (Some(sign), letter) if letter == sign => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(letter),
            (None, '(' | '[' | '{') => open += 1,
            (None, ')' | ']' | '}') => open = open.saturating_sub(1),
            (None, _) => {}
        }
        if open > BRACKETS.most {
            return Some(offset);
        }
    }
    None
}

fn text_of<'p>(parsed: &'p Parsed<'_>) -> Option<&'p str> {
    match parsed {
        Parsed::Const(constant) => constant.value.as_str(),
        _ => None,
    }
}

/// What an operator does; `None` where the table has none of its sign.
fn pair_of(op: BinOpKind) -> Option<Pair> {
    operation(match op {
        BinOpKind::ScAnd => "and",
        BinOpKind::ScOr => "or",
        BinOpKind::Eq => "==",
        BinOpKind::Ne => "!=",
        BinOpKind::Lt => "<",
        BinOpKind::Lte => "<=",
        BinOpKind::Gt => ">",
        BinOpKind::Gte => ">=",
        BinOpKind::Add => "+",
        BinOpKind::Sub => "-",
        BinOpKind::Mul => "*",
        BinOpKind::Div => "/",
        BinOpKind::Concat => "~",
        BinOpKind::FloorDiv => "//",
        BinOpKind::Rem => "%",
        BinOpKind::Pow => "**",
        BinOpKind::In => "in",
    })
}

/// Where an expression starts: its leftmost part does. The parser's own spans of comparisons and
/// choices start at the token before them.
fn start_of(parsed: &Parsed<'_>) -> usize {
    let mut leftmost = parsed;
    loop {
        leftmost = match leftmost {
            Parsed::BinOp(binary) => &binary.left,
            Parsed::Compare(compare) => &compare.expr,
            Parsed::IfExpr(choice) => &choice.true_expr,
            Parsed::GetAttr(get) => &get.expr,
            Parsed::GetItem(get) => &get.expr,
            Parsed::Slice(slice) => &slice.expr,
            Parsed::Test(test) => &test.expr,
            Parsed::Call(call) => &call.expr,
            Parsed::Filter(filter) => match &filter.expr {
                Some(value) => value,
                None => return filter.span().start_offset as usize,
            },
            other => return other.span().start_offset as usize,
        };
    }
}
