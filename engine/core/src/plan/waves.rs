//! Which looks can be asked at the same time.

use crate::runbook::LookStep;

/// Groups looks, by their index, so that each comes after all that it waits for. A look waits for
/// no other than those that it names, so the waves are as few as can be.
///
/// Looks that wait for one another or for a stranger never become free: they form a last wave, as
/// the runbook's checks have already reported them.
pub fn waves(looks: &[LookStep]) -> Vec<Vec<usize>> {
    let waits: Vec<(&str, &[String])> = looks
        .iter()
        .map(|step| (step.name.as_str(), step.after.as_slice()))
        .collect();
    layers(&waits)
}

/// The looks that have to be asked so that these names have a value: those looks, all looks of a used
/// runbook, and whatever comes before them.
pub fn needed(looks: &[LookStep], names: impl IntoIterator<Item = String>) -> Vec<String> {
    let mut needed = Vec::new();
    let mut open: Vec<String> = names.into_iter().collect();
    while let Some(name) = open.pop() {
        let meant = |step: &&LookStep| step.name == name || step.home.first() == Some(&name);
        for step in looks.iter().filter(meant) {
            if !needed.contains(&step.name) {
                needed.push(step.name.clone());
                open.extend(step.after.iter().cloned());
            }
        }
    }
    needed
}

fn layers(waits: &[(&str, &[String])]) -> Vec<Vec<usize>> {
    let mut waves: Vec<Vec<usize>> = Vec::new();
    let mut asked: Vec<&str> = Vec::new();
    let mut left: Vec<(usize, &(&str, &[String]))> = waits.iter().enumerate().collect();
    while !left.is_empty() {
        let (free, waiting): (Vec<_>, Vec<_>) = left
            .iter()
            .partition(|(_, (_, after))| after.iter().all(|name| asked.contains(&name.as_str())));
        let (wave, rest) = if free.is_empty() {
            (waiting, Vec::new())
        } else {
            (free, waiting)
        };
        asked.extend(wave.iter().map(|(_, (name, _))| *name));
        waves.push(wave.into_iter().map(|(index, _)| index).collect());
        left = rest;
    }
    waves
}

#[cfg(test)]
mod tests {
    use super::layers;

    fn waves(looks: &[(&str, &[&str])]) -> Vec<Vec<usize>> {
        let owned: Vec<(&str, Vec<String>)> = looks
            .iter()
            .map(|(name, after)| (*name, after.iter().map(ToString::to_string).collect()))
            .collect();
        let borrowed: Vec<(&str, &[String])> = owned
            .iter()
            .map(|(name, after)| (*name, after.as_slice()))
            .collect();
        layers(&borrowed)
    }

    #[test]
    fn looks_that_wait_for_nobody_are_one_wave() {
        assert_eq!(
            waves(&[("a", &[]), ("b", &[]), ("c", &[])]),
            [vec![0, 1, 2]]
        );
    }

    #[test]
    fn a_look_comes_after_all_that_it_waits_for() {
        let looks: [(&str, &[&str]); 4] =
            [("a", &["d"]), ("b", &["a", "c"]), ("c", &[]), ("d", &[])];
        assert_eq!(waves(&looks), [vec![2, 3], vec![0], vec![1]]);
    }

    #[test]
    fn a_circle_ends() {
        assert_eq!(
            waves(&[("a", &["b"]), ("b", &["a"]), ("c", &[])]),
            [vec![2], vec![0, 1]]
        );
    }
}
