//! Which pods are a workload's, by their names: what is left of them on a node has no labels.
//!
//! Sources: kubernetes 1.36, `pkg/controller` (`GenerateName`, a random end of five characters),
//! `statefulset/stateful_set_utils.go`, `job/indexed_job_utils.go`, `cronjob/utils.go`;
//! `apimachinery/pkg/util/rand` for the alphabet, which has neither vowels nor what looks like one.

/// Characters of what Kubernetes adds to names at random.
const ALPHABET: &str = "bcdfghjklmnpqrstvwxz2456789";
/// So many of them make a pod's name its own.
const RANDOM: usize = 5;
/// A ReplicaSet's name ends in at most so many.
const HASH: usize = 10;
/// The least of them.
const SHORT_HASH: usize = 6;
/// A pod's name has so many characters, and then what is random: of a longer name the end is cut.
const BASE: usize = 58;
/// A scheduled job's name ends in the minutes since 1970: eight digits for the next 120 years.
const MINUTES: usize = 8;

/// The names of a workload's pods.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Family {
    /// This one: `checkout-7d9f5c-x2vqz`.
    Exact(String),
    /// The name and a number: of a StatefulSet.
    Numbered(String),
    /// The name and something at random: of a ReplicaSet, a DaemonSet or a Job; of an indexed Job a number
    /// comes in between.
    Random(String),
    /// The name, a hash and something at random: of a Deployment, whatever ReplicaSet it was.
    Hashed(String),
    /// The name, a time and something at random: of a CronJob.
    Scheduled(String),
}

impl Family {
    /// Whether a pod of this name is one of them.
    pub fn has(&self, pod: &str) -> bool {
        if let Family::Random(name) | Family::Hashed(name) | Family::Scheduled(name) = self
            && is_cut(pod, name)
        {
            return true;
        }
        match self {
            Family::Exact(name) => pod == name,
            Family::Numbered(name) => behind(pod, name).is_some_and(is_number),
            Family::Random(name) => {
                behind(pod, name).is_some_and(|end| match end.split_once('-') {
                    Some((index, end)) => is_number(index) && is_random(end),
                    None => is_random(end),
                })
            }
            Family::Hashed(name) => behind(pod, name)
                .and_then(|end| end.split_once('-'))
                .is_some_and(|(hash, end)| is_hash(hash) && is_random(end)),
            Family::Scheduled(name) => behind(pod, name)
                .and_then(|end| end.split_once('-'))
                .is_some_and(|(at, end)| {
                    let index = end.split_once('-').filter(|(index, _)| is_number(index));
                    let end = index.map_or(end, |(_, end)| end);
                    at.len() >= MINUTES && is_number(at) && is_random(end)
                }),
        }
    }
}

/// Whether it is the name of a pod, cut for its length: wherever that was, what follows has no hyphen.
fn is_cut(pod: &str, name: &str) -> bool {
    let begins = format!("{name}-");
    let begins = begins.get(..BASE).unwrap_or(&begins);
    let end = pod
        .strip_prefix(begins)
        .filter(|_| pod.len() == BASE + RANDOM);
    end.is_some_and(|end| end.len() >= RANDOM && end.chars().all(|c| ALPHABET.contains(c)))
}

fn behind<'a>(pod: &'a str, name: &str) -> Option<&'a str> {
    pod.strip_prefix(name)?.strip_prefix('-')
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_random(text: &str) -> bool {
    text.len() == RANDOM && text.chars().all(|c| ALPHABET.contains(c))
}

fn is_hash(text: &str) -> bool {
    (SHORT_HASH..=HASH).contains(&text.len()) && text.chars().all(|c| ALPHABET.contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_names_are_cut() {
        let name = "a".repeat(50);
        let family = Family::Hashed(name.clone());
        // 58 characters of `NAME-5c4d8f9b6d-`, and five at random.
        assert!(family.has(&format!("{name}-5c4d8f9x2vqz")));
        assert!(!family.has(&format!("{name}-5c4d8f9x2vq")));
        let name = "b".repeat(70);
        let cut: String = name.chars().take(58).collect();
        assert!(Family::Random(name.clone()).has(&format!("{cut}x2vqz")));
        assert!(!Family::Random(name).has(&format!("{cut}api00")));
    }

    #[test]
    fn a_name_says_whose_pod_it_is() {
        let web = || "web".to_owned();
        for (family, own, others) in [
            (
                Family::Exact("web-1".to_owned()),
                &["web-1"][..],
                &["web-11", "web-1-x"][..],
            ),
            (
                Family::Numbered(web()),
                &["web-0", "web-12"],
                &["web-", "web-a", "web-0-1", "webs-0", "web"],
            ),
            (
                Family::Random(web()),
                &["web-x2vqz", "web-3-x2vqz"],
                &[
                    "web-7d9f5c-x2vqz",
                    "web-api00",
                    "web-x2vq",
                    "web-x2vqzz",
                    "web-b-x2vqz",
                ],
            ),
            (
                Family::Hashed(web()),
                &["web-7d9f5c-x2vqz", "web-5c4d8f9b6d-x2vqz"],
                // Of the Deployments `web-api` and `web-2`.
                &[
                    "web-api-7d9f5c-x2vqz",
                    "web-api-x2vqz",
                    "web-x2vqz",
                    "web-2-7d9f5c-x2vqz",
                    "web-2-x2vqz",
                    "web-db-x2vqz",
                ],
            ),
            (
                Family::Scheduled(web()),
                &["web-29402880-x2vqz", "web-29402880-0-x2vqz"],
                &["web-294-x2vqz", "web-x2vqz", "web-2940288a-x2vqz"],
            ),
        ] {
            for name in own {
                assert!(family.has(name), "{family:?} {name}");
            }
            for name in others {
                assert!(!family.has(name), "{family:?} {name}");
            }
        }
    }
}
