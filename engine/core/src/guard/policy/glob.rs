//! Names of which parts may be anything.

/// A name in which each `*` stands for any letters, also none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Glob(String);

impl Glob {
    pub(super) fn new(text: &str) -> Glob {
        Glob(text.to_owned())
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether everything fits it.
    pub(super) fn is_any(&self) -> bool {
        !self.0.is_empty() && self.0.chars().all(|letter| letter == '*')
    }

    /// Whether only one name fits it.
    pub(super) fn is_single(&self) -> bool {
        !self.0.contains('*')
    }

    pub(super) fn fits(&self, text: &str) -> bool {
        let mut parts = self.0.split('*');
        let Some(mut rest) = parts.next().and_then(|first| text.strip_prefix(first)) else {
            return false;
        };
        let Some(last) = parts.next_back() else {
            return rest.is_empty();
        };
        // What stands between is looked for as far in front as can be, which leaves most behind.
        for part in parts {
            match rest.split_once(part) {
                Some((_, behind)) => rest = behind,
                None => return false,
            }
        }
        rest.ends_with(last)
    }

    /// Whether all that fits `other` fits this: a `*` of `other` can only be met by one of these.
    pub(super) fn covers(&self, other: &Glob) -> bool {
        self.fits(&other.0)
    }
}

#[cfg(test)]
mod tests {
    use super::Glob;

    #[test]
    fn a_star_is_any_letters() {
        for (glob, text, fits) in [
            ("prod", "prod", true),
            ("prod", "prod-eu", false),
            ("prod-*", "prod-eu", true),
            ("prod-*", "prod-", true),
            ("prod-*", "prod", false),
            ("*-eu", "prod-eu", true),
            ("*", "", true),
            ("a*b*c", "a-b-b-c", true),
            ("a*b*c", "a-c-b", false),
            ("a*a", "a", false),
            ("ab*ba", "aba", false),
            ("**", "x", true),
            ("", "", true),
            ("", "x", false),
        ] {
            assert_eq!(Glob::new(glob).fits(text), fits, "{glob} {text}");
        }
    }

    #[test]
    fn one_covers_another_where_all_that_fits_it_fits() {
        for (wide, narrow, covers) in [
            ("*", "prod-*", true),
            ("prod-*", "prod-eu-*", true),
            ("prod-*", "*", false),
            ("*b", "a*b", true),
            ("prod-eu", "prod-*", false),
        ] {
            let covered = Glob::new(wide).covers(&Glob::new(narrow));
            assert_eq!(covered, covers, "{wide} {narrow}");
        }
    }
}
