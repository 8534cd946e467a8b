//! The patterns of EC2's filters: `*` stands for any text, `?` for one character.

/// Whether the whole of `text` fits `pattern`.
pub(super) fn matches(pattern: &str, text: &str) -> bool {
    let mut rest = pattern.chars();
    match rest.next() {
        None => text.is_empty(),
        Some('*') => suffixes(text).any(|suffix| matches(rest.as_str(), suffix)),
        Some(expected) => {
            let mut characters = text.chars();
            let found = characters.next();
            found.is_some_and(|found| expected == '?' || expected == found)
                && matches(rest.as_str(), characters.as_str())
        }
    }
}

/// `text` and everything that remains of it, down to nothing.
fn suffixes(text: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(text), |text| {
        let mut characters = text.chars();
        characters.next().map(|_| characters.as_str())
    })
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn stars_and_question_marks_match_as_in_ec2() {
        assert!(matches(
            "ip-10-*.compute.internal",
            "ip-10-0-0-1.us-west-2.compute.internal"
        ));
        assert!(matches("*", ""));
        assert!(matches("r?n*", "running"));
        assert!(!matches("r?n", "running"));
        assert!(!matches("", "running"));
    }
}
