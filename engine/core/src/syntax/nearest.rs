//! Did you mean …?

use std::fmt;

/// Further from the wrong word than this, a right one is no hint but noise.
const NEAR_ENOUGH: f64 = 0.6;
/// Fewer letters than these are the beginning of anything.
const LEAST_BEGINNING: usize = 3;

/// A right word near a wrong one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Near<'a> {
    /// The right word.
    pub right: &'a str,
    /// The wrong one.
    pub wrong: String,
    /// No other right word is as near.
    pub is_only: bool,
}

impl fmt::Display for Near<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.right)
    }
}

/// The candidate that is most like the wrong word, if one is like it at all; else the only one that
/// it could be short for.
pub fn nearest<'a>(wrong: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<Near<'a>> {
    let word = plain(wrong);
    let candidates: Vec<&str> = candidates.into_iter().collect();
    let mut near: Vec<(usize, &str)> = candidates
        .iter()
        .map(|&candidate| {
            (
                strsim::damerau_levenshtein(&word, &plain(candidate)),
                candidate,
            )
        })
        .filter(|(distance, candidate)| is_near(*distance, word.len().max(candidate.len())))
        .collect();
    near.sort_by_key(|(distance, _)| *distance);
    near.dedup();
    let Some(&(least, right)) = near.first() else {
        return longer(wrong, &word, &candidates);
    };
    let rival = near.get(1).is_some_and(|(distance, _)| *distance == least);
    Some(Near {
        right,
        wrong: wrong.to_string(),
        is_only: !rival,
    })
}

/// `warn` is short for `warning`, where nothing else begins like that.
fn longer<'a>(wrong: &str, word: &str, candidates: &[&'a str]) -> Option<Near<'a>> {
    let mut begun = candidates
        .iter()
        .filter(|candidate| plain(candidate).starts_with(word));
    let right = *begun.next().filter(|_| word.len() >= LEAST_BEGINNING)?;
    begun.all(|other| *other == right).then(|| Near {
        right,
        wrong: wrong.to_string(),
        is_only: false,
    })
}

/// `time-wait` and `Time_Wait` are the same slip.
fn plain(word: &str) -> String {
    word.to_lowercase().replace('-', "_")
}

fn is_near(distance: usize, longest: usize) -> bool {
    let share = 1.0 - distance as f64 / longest.max(1) as f64;
    distance <= 1 || share >= NEAR_ENOUGH
}

#[cfg(test)]
mod tests {
    use super::nearest;

    fn right<'a>(wrong: &str, words: &[&'a str]) -> Option<&'a str> {
        nearest(wrong, words.iter().copied()).map(|near| near.right)
    }

    #[test]
    fn the_nearest_word_is_found_and_a_far_one_is_not() {
        let words = ["table", "traffic", "time_wait"];
        assert_eq!(right("tabel", &words), Some("table"));
        assert_eq!(right("time-wait", &words), Some("time_wait"));
        assert_eq!(right("trafic", &words), Some("traffic"));
        assert_eq!(right("sockets", &words), None);
        assert_eq!(right("x", &[]), None);
    }

    #[test]
    fn a_beginning_stands_for_the_only_word_that_begins_so() {
        let words = ["note", "warning", "warranty", "critical"];
        assert_eq!(right("crit", &words), Some("critical"));
        assert_eq!(right("warn", &words), Some("warning"));
        assert_eq!(right("war", &words), None, "it is the beginning of two");
        assert_eq!(right("cr", &words), None);
        assert!(!nearest("crit", words).expect("a word").is_only);
    }

    #[test]
    fn two_words_that_are_as_near_are_no_certain_hint() {
        let is_only = |words: [&'static str; 2]| nearest("tabl", words).map(|near| near.is_only);
        assert_eq!(is_only(["table", "tables"]), Some(true));
        assert_eq!(is_only(["table", "tablo"]), Some(false));
        assert_eq!(is_only(["table", "table"]), Some(true));
    }
}
