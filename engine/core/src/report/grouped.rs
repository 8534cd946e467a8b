//! What is said once of everything that is alike.

/// Those that have the same key, in the order of the first of each group.
pub(super) fn grouped<T, K: PartialEq>(
    all: impl IntoIterator<Item = T>,
    key: impl Fn(&T) -> K,
) -> Vec<(K, Vec<T>)> {
    let mut groups: Vec<(K, Vec<T>)> = Vec::new();
    for one in all {
        let wanted = key(&one);
        match groups.iter_mut().find(|(known, _)| *known == wanted) {
            Some((_, members)) => members.push(one),
            None => groups.push((wanted, vec![one])),
        }
    }
    groups
}
