//! Any text as an expression.

use heeler_core::expr::Expr;
use heeler_core::syntax::Faults;

use super::world::{fits, names, scalar, worlds};

/// What can be read and checked has a value of the kind that was checked, or none.
pub fn check(text: &str) {
    let mut faults = Faults::new();
    let Some(mut expr) = Expr::parse(&scalar(text), &mut faults) else {
        assert!(!faults.is_empty(), "refused without a word");
        return;
    };
    let Some(kind) = expr.check(&names(), &mut faults) else {
        assert!(!faults.is_empty(), "refused without a word");
        return;
    };
    for world in worlds() {
        let value = expr.eval(&world);
        assert!(fits(&value, &kind), "{text} is {value:?}, not {kind}");
        let _ = expr.holds(&world);
    }
}
