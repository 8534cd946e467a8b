//! Diagnostics as people read them.

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Element, Group, Origin, Renderer, Snippet};

use super::fault::{Diagnostic, Level};
use super::source::{Source, Span};

/// More than this many are counted, not shown.
const SHOWN: usize = 50;

/// Renders diagnostics with the lines of the text that they point at.
pub fn render(source: &Source, diagnostics: &[Diagnostic], colour: bool) -> String {
    let renderer = if colour {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    let renderer = renderer.decor_style(DecorStyle::Ascii);
    let mut blocks: Vec<String> = diagnostics
        .iter()
        .take(SHOWN)
        .map(|diagnostic| renderer.render(&[group(source, diagnostic)]))
        .collect();
    if diagnostics.len() > SHOWN {
        blocks.push(format!("and {} more", diagnostics.len() - SHOWN));
    }
    blocks.join("\n\n")
}

fn group<'a>(source: &'a Source, diagnostic: &'a Diagnostic) -> Group<'a> {
    let level = match diagnostic.level {
        Level::Warning => annotate_snippets::Level::WARNING,
        Level::Error => annotate_snippets::Level::ERROR,
    };
    let annotations = diagnostic
        .labels
        .iter()
        .enumerate()
        .map(|(index, (span, text))| {
            let kind = if index == 0 {
                AnnotationKind::Primary
            } else {
                AnnotationKind::Context
            };
            let label = Some(text.as_str()).filter(|text| !text.is_empty());
            kind.span(within(&source.text, *span).range()).label(label)
        });
    let place = if source.text.is_empty() {
        // A folder, or a file of which nothing can be shown.
        Element::from(Origin::path(source.name.as_str()))
    } else {
        let snippet = Snippet::source(source.text.as_str());
        Element::from(snippet.path(source.name.as_str()).annotations(annotations))
    };
    let help = diagnostic
        .help
        .as_deref()
        .map(|text| Element::from(annotate_snippets::Level::HELP.message(text)));
    level
        .primary_title(diagnostic.title.as_str())
        .id(diagnostic.code)
        .element(place)
        .elements(help)
}

/// A span moved onto the borders of characters of the text, and onto one line where it is longer
/// than a few: the start says enough.
fn within(text: &str, span: Span) -> Span {
    const LINES: usize = 4;
    let start = text.floor_char_boundary(span.start.min(text.len()));
    let end = text.ceil_char_boundary(span.end.clamp(start, text.len()));
    let covered = text.get(start..end).unwrap_or_default().trim_end();
    let shown = match covered.lines().count() {
        0..=LINES => covered,
        _ => covered.lines().next().unwrap_or_default(),
    };
    Span::new(start, start + shown.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::Faults;

    #[test]
    fn a_place_outside_of_the_text_is_moved_inside() {
        let source = Source {
            name: "é".into(),
            text: "é: ü\n".into(),
        };
        for (start, end) in [(0, 0), (1, 1), (1, 2), (5, 4), (7, 99), (99, 1)] {
            let mut faults = Faults::of(&source);
            faults
                .error("wrong-type", Span::new(start, end), "title")
                .here("label");
            assert!(render(&source, &faults.into_vec(), true).contains("title"));
        }
    }
}
