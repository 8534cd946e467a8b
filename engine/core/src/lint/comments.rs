//! Comments of a YAML text: what starts with `#`, unless it stands in a scalar. The parser drops
//! them, but the places of all scalars are known.

use crate::syntax::{Entry, Span, Tree};

/// The places of all comments, from the `#` to the end of the line.
pub(super) fn comments(tree: &Tree, text: &str) -> Vec<Span> {
    let mut scalars = Vec::new();
    collect(tree, &mut scalars);
    scalars.sort();
    let mut scalars = scalars.into_iter().peekable();
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(offset) = text.get(at..).and_then(|rest| rest.find('#')) {
        let sign = at + offset;
        while scalars.next_if(|scalar| scalar.end <= sign).is_some() {}
        if let Some(scalar) = scalars.peek().filter(|scalar| scalar.start <= sign) {
            at = scalar.end;
            continue;
        }
        let before = text.get(..sign).and_then(|before| before.chars().last());
        if before.is_some_and(|letter| !letter.is_whitespace()) {
            at = sign + 1;
            continue;
        }
        let rest = text.get(sign..).unwrap_or_default();
        let end = sign + rest.lines().next().unwrap_or_default().len();
        found.push(Span::new(sign, end));
        at = end;
    }
    found
}

fn collect(tree: &Tree, scalars: &mut Vec<Span>) {
    match tree {
        Tree::List(items) => {
            for item in &items.value {
                collect(item, scalars);
            }
        }
        Tree::Map(entries) => {
            for Entry { key, value } in &entries.value {
                scalars.push(key.span);
                collect(value, scalars);
            }
        }
        scalar => scalars.push(scalar.span()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::{Faults, Source, parse_yaml};

    fn texts(text: &str) -> Vec<&str> {
        let source = Source {
            name: "t".into(),
            text: text.into(),
        };
        let tree = parse_yaml(&source, &mut Faults::of(&source)).expect("it is YAML");
        let found = comments(&tree, text);
        found
            .into_iter()
            .filter_map(|span| text.get(span.range()))
            .collect()
    }

    #[test]
    fn a_sign_in_a_scalar_is_no_comment() {
        let yes = [
            "# one\na: b # two\n",
            "a: | # one\n  x # no\n  # no\n\n  y\n# two\nb: c\n",
            "a: >-  # one\n  x # no\n  # no\nb: c # two\n",
            "a: 'x # no' # one\n\"b # no\": c # two\n",
            "a: \"x\n  # no\n  y\" # one\nb: # two\n  c: d\n",
            "a: {b: c, d: 'e # no'} # one\nf: [g#no, h] # two\n",
            "a: x#no\n  y # one\nb: #two\n",
            "a: b # one\r\nc: |\r\n  # no\r\nd: e # two\r\n",
        ];
        for text in yes {
            let found = texts(text);
            let words: Vec<&str> = found
                .iter()
                .map(|text| text.trim_start_matches(['#', ' ']).trim_end())
                .collect();
            assert_eq!(words, ["one", "two"], "{text}");
        }
    }
}
