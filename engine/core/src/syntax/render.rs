//! Diagnostics as people read them.

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Element, Group, Origin, Renderer, Snippet};

use super::fault::{Diagnostic, Level};
use super::source::{Source, Span};

/// More than this many are counted, not shown.
const SHOWN: usize = 50;
/// A longer line is no line that anybody reads, in bytes.
const LONGEST_LINE: usize = 4_000;
/// Places that are further apart are not shown together, in bytes.
const MOST_BYTES: usize = 1 << 16;

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
    let help = diagnostic
        .help
        .as_deref()
        .map(|text| Element::from(annotate_snippets::Level::HELP.message(text)));
    level
        .primary_title(diagnostic.title.as_str())
        .id(diagnostic.code)
        .element(excerpt(source, diagnostic))
        .elements(help)
}

/// The lines that a diagnostic points at; their place alone where nobody could read them.
fn excerpt<'a>(source: &'a Source, diagnostic: &'a Diagnostic) -> Element<'a> {
    if source.text.is_empty() {
        // A folder, or a file of which nothing can be shown.
        return Origin::path(source.name.as_str()).into();
    }
    let labels = diagnostic.labels.iter();
    let spans: Vec<Span> = labels
        .clone()
        .map(|(span, _)| within(&source.text, *span))
        .collect();
    let window = window(&source.text, &spans);
    let line = 1 + source
        .text
        .get(..window.start)
        .map_or(0, |before| before.matches('\n').count());
    let shown = source.text.get(window.range()).unwrap_or_default();
    if shown.len() > MOST_BYTES || shown.lines().any(|line| line.len() > LONGEST_LINE) {
        let first = spans.first().map_or(window.start, |span| span.start);
        let before = source.text.get(window.start..first).unwrap_or_default();
        let in_line = before.rsplit('\n').next().unwrap_or_default();
        return Origin::path(source.name.as_str())
            .line(line + before.matches('\n').count())
            .char_column(in_line.chars().count() + 1)
            .into();
    }
    let annotations = labels
        .zip(spans)
        .enumerate()
        .map(|(index, ((_, text), span))| {
            let kind = if index == 0 {
                AnnotationKind::Primary
            } else {
                AnnotationKind::Context
            };
            let label = Some(text.as_str()).filter(|text| !text.is_empty());
            let start = span.start - window.start;
            kind.span(start..start + span.end - span.start).label(label)
        });
    Snippet::source(shown)
        .line_start(line)
        .path(source.name.as_str())
        .annotations(annotations)
        .into()
}

/// The lines that hold all of the spans. The renderer keeps every line that it is given, and a text
/// can be one long line or a million empty ones.
fn window(text: &str, spans: &[Span]) -> Span {
    /// What follows the last span on its line, in bytes: more than a screen is wide.
    const BEHIND: usize = 500;
    let start = spans
        .iter()
        .map(|span| span.start)
        .min()
        .unwrap_or_default();
    let end = spans.iter().map(|span| span.end).max().unwrap_or_default();
    let line_start = |before: &str| before.rfind('\n').map_or(0, |end| end + 1);
    let behind = text.get(end..).unwrap_or_default();
    let rest = behind.find('\n').unwrap_or(behind.len()).min(BEHIND);
    Span::new(
        text.get(..start).map_or(0, line_start),
        text.floor_char_boundary(end + rest),
    )
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
    fn a_line_that_nobody_could_read_is_named_but_not_shown() {
        let text = format!("a: 1\nb: {} c\n", "\u{feff}".repeat(LONGEST_LINE));
        let start = text.find(" c").expect("it is there") + 1;
        let source = Source {
            name: "long.yaml".into(),
            text,
        };
        let mut faults = Faults::of(&source);
        faults.error("wrong-type", Span::new(start, start + 1), "title");
        assert_eq!(
            render(&source, &faults.into_vec(), false),
            "error[wrong-type]: title\n--> long.yaml:2:4005"
        );
    }

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
