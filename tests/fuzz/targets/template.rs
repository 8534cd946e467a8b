//! Any text as a template.

use heeler_core::expr::Template;
use heeler_core::syntax::Faults;
use heeler_core::syntax::limits::RENDERED_BYTES;

use super::world::{fits, names, scalar, worlds};

/// Room for the words that say that a text was cut.
const WORDS: usize = 100;

/// What can be read and checked is rendered, and not too long.
pub fn check(text: &str) {
    let mut faults = Faults::new();
    let Some(mut template) = Template::parse(&scalar(text), &mut faults) else {
        assert!(!faults.is_empty(), "refused without a word");
        return;
    };
    let Some(kind) = template.check(&names(), &mut faults) else {
        assert!(!faults.is_empty(), "refused without a word");
        return;
    };
    for world in worlds() {
        let rendered = template.render(&world);
        let long = rendered.text.len();
        assert!(long <= RENDERED_BYTES + WORDS, "{long} bytes");
        let value = template.value(&world);
        assert!(fits(&value, &kind), "{text} is {value:?}, not {kind}");
    }
}
