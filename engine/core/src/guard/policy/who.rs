//! Lists of callers.

use super::glob::Glob;
use super::names::texts;
use crate::guard::Identity;
use crate::guard::identity::is_account;
use crate::syntax::{Faults, Fields, Spanned, Spelling};

/// Callers, by name or by ARN.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Who(Vec<Caller>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Caller {
    /// `ops/alice`, `ops/*`, `alice`, in the account that a run is about. A name without `/` is a
    /// user's or a role's.
    Named(Glob),
    /// A whole ARN, in whatever account it says.
    Arn(Glob),
}

/// Letters of IAM's names, of role sessions' names and of ARNs (IAM and STS API references).
pub(super) const CALLER: Spelling = Spelling::Letters("*/._@+=,:-");

impl Who {
    /// The callers of a key that may be missing.
    pub(super) fn read(fields: &Fields<'_>, key: &str, faults: &mut Faults) -> Option<Who> {
        let texts = texts(fields.get(key)?, key, faults)?;
        let callers = texts.into_iter().filter_map(|text| caller(text, faults));
        Some(Who(callers.collect()))
    }

    /// Whether somebody is one of them, where `account` is the account of the run; `None` where that
    /// can't be told, as nobody knows who it is.
    pub(super) fn hold(&self, somebody: Option<&Identity>, account: &str) -> Option<bool> {
        let Some(somebody) = somebody else {
            return self.is_everybody().then_some(true);
        };
        let is_one = self.0.iter().any(|caller| match caller {
            Caller::Arn(glob) => glob.fits(somebody.arn()),
            Caller::Named(glob) => {
                let is_named = glob.fits(somebody.name())
                    || !glob.as_str().contains('/')
                        && somebody.role().is_some_and(|role| glob.fits(role));
                somebody.account() == account && is_named
            }
        });
        Some(is_one)
    }

    /// Whether everybody is one of them, whoever it is.
    pub(super) fn is_everybody(&self) -> bool {
        let is_any = |(Caller::Named(glob) | Caller::Arn(glob)): &Caller| glob.is_any();
        self.0.iter().any(is_any)
    }

    /// Whether these are all of the others too.
    pub(super) fn cover(&self, others: &Who) -> bool {
        others.0.iter().all(|other| {
            self.0.iter().any(|caller| match (caller, other) {
                (Caller::Named(wide), Caller::Named(narrow))
                | (Caller::Arn(wide), Caller::Arn(narrow)) => wide.covers(narrow),
                _ => false,
            })
        })
    }

    /// The most people that these can be; `None` where they can be any number.
    pub(super) fn people(&self) -> Option<usize> {
        let mut singles: Vec<&str> = Vec::new();
        for caller in &self.0 {
            let (Caller::Named(glob) | Caller::Arn(glob)) = caller;
            // A name alone may be a role's.
            if !glob.is_single() || !glob.as_str().contains('/') {
                return None;
            }
            singles.push(glob.as_str());
        }
        singles.sort_unstable();
        singles.dedup();
        Some(singles.len())
    }
}

fn caller(text: &Spanned<String>, faults: &mut Faults) -> Option<Caller> {
    let name = CALLER.read("caller", text, faults)?;
    if !name.starts_with("arn:") {
        return Some(Caller::Named(Glob::new(name)));
    }
    let arn = arn(name);
    if arn.is_none() {
        let title = format!("no caller has an ARN such as `{name}`");
        faults
            .error("never-a-caller", text.span, title)
            .help("write that of a user, of a role or of its sessions: `arn:aws:iam::111122223333:role/ops`");
    }
    arn
}

/// The pattern of an ARN. STS names a role's sessions without the role's path, so the role's own
/// ARN stands for all of them (aws-iam-authenticator, `pkg/arn`).
fn arn(text: &str) -> Option<Caller> {
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    let [_, partition, service, region, account, resource] = parts.as_slice() else {
        return None;
    };
    let can_be = |part: &str, is: &dyn Fn(&str) -> bool| part.contains('*') || is(part);
    let fits = can_be(partition, &|part| part.starts_with("aws"))
        && can_be(region, &str::is_empty)
        && can_be(account, &is_account);
    let role = resource
        .strip_prefix("role/")
        .filter(|_| *service == "iam")
        .and_then(|path| path.rsplit('/').next());
    let (kind, name) = resource.split_once('/').unwrap_or((resource, ""));
    match (*service, kind) {
        _ if !fits => None,
        ("iam", "role") => role.filter(|role| !role.is_empty()).map(|role| {
            let sessions = format!("arn:{partition}:sts::{account}:assumed-role/{role}/*");
            Caller::Arn(Glob::new(&sessions))
        }),
        ("iam", "user") | ("sts", "assumed-role" | "federated-user") if !name.is_empty() => {
            Some(Caller::Arn(Glob::new(text)))
        }
        ("iam", "root") if name.is_empty() => Some(Caller::Arn(Glob::new(text))),
        _ => (service.contains('*') || kind.contains('*')).then(|| Caller::Arn(Glob::new(text))),
    }
}

#[cfg(test)]
mod tests {
    use super::{Who, arn};
    use crate::guard::Identity;
    use crate::syntax::{Faults, Fields, Key, Shape, Source, parse_yaml};

    const KEYS: &[Key] = &[Key::optional("who", Shape::Text, "Who")];

    fn who(list: &str) -> Who {
        let source = Source {
            name: "test".into(),
            text: format!("who: {list}\n"),
        };
        let mut faults = Faults::of(&source);
        let tree = parse_yaml(&source, &mut faults).expect("well-formed YAML");
        let fields = Fields::read(&tree, "a test", KEYS, &mut faults).expect("a map");
        let who = Who::read(&fields, "who", &mut faults).expect("callers");
        assert!(faults.is_empty(), "{:?}", faults.into_vec());
        who
    }

    fn alice_of(account: &str) -> Identity {
        let arn = format!("arn:aws:sts::{account}:assumed-role/ops/alice");
        Identity::read(&arn).expect("a caller")
    }

    #[test]
    fn callers_are_named_in_the_account_of_the_run_or_by_their_arn() {
        let (here, there) = ("111122223333", "444455556666");
        for (list, at_home, elsewhere) in [
            ("ops/alice", true, false),
            ("ops/*", true, false),
            ("ops", true, false),
            ("op*", true, false),
            ("\"*\"", true, false),
            ("alice", false, false),
            ("ops/bob", false, false),
            ("[leads/*, ops/alice]", true, false),
            ("arn:aws:sts::111122223333:assumed-role/ops/*", true, false),
            ("arn:aws:sts::*:assumed-role/ops/alice", true, true),
            ("arn:aws:iam::444455556666:role/team/ops", false, true),
            ("arn:aws:iam::111122223333:role/ops", true, false),
            ("arn:aws:iam::111122223333:role/op", false, false),
        ] {
            let who = who(list);
            let hold = |account| who.hold(Some(&alice_of(account)), here);
            assert_eq!(hold(here), Some(at_home), "{list}");
            assert_eq!(hold(there), Some(elsewhere), "{list}");
        }
    }

    #[test]
    fn whom_nobody_knows_is_one_of_everybody_only() {
        for (list, wanted) in [
            ("\"*\"", Some(true)),
            ("[ops/alice, \"*\"]", Some(true)),
            ("ops/*", None),
            ("arn:aws:sts::*:assumed-role/ops/alice", None),
        ] {
            assert_eq!(who(list).hold(None, "111122223333"), wanted, "{list}");
        }
    }

    #[test]
    fn arns_that_no_caller_has_are_found() {
        for text in [
            "arn:aws:iam::111122223333:group/ops",
            "arn:aws:iam::111122223333:role/",
            "arn:aws:iam::111122223333:user/",
            "arn:aws:iam::1111:role/ops",
            "arn:aws:sts::111122223333:role/ops",
            "arn:aws:iam:eu-west-1:111122223333:role/ops",
            "arn:aws:iam::111122223333",
            "arn:aws:s3::111122223333:user/a",
        ] {
            assert!(arn(text).is_none(), "{text}");
        }
    }

    #[test]
    fn people_are_counted_where_they_can_be() {
        assert_eq!(who("[ops/alice, ops/alice]").people(), Some(1));
        assert_eq!(who("[ops/alice, ops/bob]").people(), Some(2));
        assert_eq!(who("[ops/alice, ops/*]").people(), None);
        assert_eq!(who("leads").people(), None);
    }
}
