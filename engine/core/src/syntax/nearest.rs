//! Did you mean …?

/// Further from the wrong word than this, a right one is no hint but noise.
const NEAR_ENOUGH: f64 = 0.6;

/// The candidate that is most like the wrong word, if one is like it at all.
pub fn nearest<'a>(wrong: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wrong = plain(wrong);
    candidates
        .into_iter()
        .map(|candidate| {
            (
                strsim::damerau_levenshtein(&wrong, &plain(candidate)),
                candidate,
            )
        })
        .filter(|(distance, candidate)| near(*distance, wrong.len().max(candidate.len())))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// `time-wait` and `Time_Wait` are the same slip.
fn plain(word: &str) -> String {
    word.to_lowercase().replace('-', "_")
}

fn near(distance: usize, longest: usize) -> bool {
    let share = 1.0 - distance as f64 / longest.max(1) as f64;
    distance <= 1 || share >= NEAR_ENOUGH
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn the_nearest_word_is_found_and_a_far_one_is_not() {
        let words = ["table", "traffic", "time_wait"];
        assert_eq!(nearest("tabel", words), Some("table"));
        assert_eq!(nearest("time-wait", words), Some("time_wait"));
        assert_eq!(nearest("trafic", words), Some("traffic"));
        assert_eq!(nearest("sockets", words), None);
        assert_eq!(nearest("x", []), None);
    }
}
