//! Who somebody is, as STS says it.

/// An AWS caller: the ARN that `sts:GetCallerIdentity` answers, and what it is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    arn: String,
    account: String,
    name: String,
}

impl Identity {
    /// Reads the ARN of a caller: `arn:aws:sts::111122223333:assumed-role/ops/alice`, or that of an
    /// IAM user, a federated user or an account's root (IAM User Guide, "IAM identifiers"). `None`:
    /// no caller has such an ARN.
    pub fn read(arn: &str) -> Option<Identity> {
        let parts: Vec<&str> = arn.splitn(6, ':').collect();
        let [scheme, partition, service, region, account, resource] = parts.as_slice() else {
            return None;
        };
        let is_caller = match *service {
            "sts" => ["assumed-role/", "federated-user/"]
                .iter()
                .any(|kind| resource.starts_with(kind)),
            "iam" => resource.starts_with("user/") || *resource == "root",
            _ => false,
        };
        let is_arn = *scheme == "arn" && partition.starts_with("aws") && region.is_empty();
        (is_arn && is_caller && is_account(account)).then(|| Identity {
            arn: arn.to_owned(),
            account: (*account).to_owned(),
            name: short_caller(arn),
        })
    }

    /// The whole ARN.
    pub fn arn(&self) -> &str {
        &self.arn
    }

    /// The twelve digits of the account.
    pub fn account(&self) -> &str {
        &self.account
    }

    /// As people know it: `ops/alice`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The role that was assumed: `ops` of `ops/alice`. `None` for users and root.
    pub fn role(&self) -> Option<&str> {
        let session = self.arn.contains(":assumed-role/");
        let (role, _) = self.name.split_once('/').filter(|_| session)?;
        Some(role)
    }

    /// Whether both are the same person, as far as AWS can tell: the same user, or sessions of the
    /// same name, of whatever role and account. Whoever may name their own sessions can get round
    /// that; IAM Identity Center, which names them by the user, does not let them.
    pub fn is_same_person(&self, other: &Identity) -> bool {
        self.arn == other.arn || self.person().eq_ignore_ascii_case(other.person())
    }

    /// The user, or the session's name.
    fn person(&self) -> &str {
        match self.role() {
            Some(role) => self.name.get(role.len() + 1..).unwrap_or(&self.name),
            None => &self.name,
        }
    }
}

/// A caller as people know it: `ops/alice` of `…:assumed-role/ops/alice`, `alice` of
/// `…:user/team/alice`, `bob` of `…:federated-user/bob`, `root`.
pub fn short_caller(arn: &str) -> String {
    let resource = arn.splitn(6, ':').nth(5).unwrap_or(arn);
    match resource.split_once('/') {
        Some(("assumed-role" | "federated-user", rest)) => rest.to_owned(),
        Some(("user", path)) => path.rsplit('/').next().unwrap_or(path).to_owned(),
        _ => resource.to_owned(),
    }
}

/// Whether these are the twelve digits of an account.
pub(super) fn is_account(text: &str) -> bool {
    text.len() == 12 && text.chars().all(|letter| letter.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::Identity;

    fn of(resource: &str) -> Identity {
        let service = match resource.starts_with("user") || resource == "root" {
            true => "iam",
            false => "sts",
        };
        Identity::read(&format!("arn:aws:{service}::111122223333:{resource}")).expect("a caller")
    }

    #[test]
    fn callers_have_a_name_and_some_a_role() {
        for (resource, name, role) in [
            ("assumed-role/ops/alice", "ops/alice", Some("ops")),
            ("user/team/alice", "alice", None),
            ("federated-user/bob", "bob", None),
            ("assumed-role/ops/a:b", "ops/a:b", Some("ops")),
            ("root", "root", None),
        ] {
            let caller = of(resource);
            assert_eq!((caller.name(), caller.role()), (name, role));
            assert_eq!(caller.account(), "111122223333");
        }
    }

    #[test]
    fn what_is_no_caller_is_refused() {
        for arn in [
            "",
            "ops/alice",
            "arn:aws:iam::111122223333:role/ops",
            "arn:aws:iam::111122223333:group/ops",
            "arn:aws:sts::1111:assumed-role/ops/alice",
            "arn:aws:sts:eu-west-1:111122223333:assumed-role/ops/alice",
            "arn:gcp:sts::111122223333:assumed-role/ops/alice",
            "arn:aws:s3::111122223333:user/alice",
        ] {
            assert!(Identity::read(arn).is_none(), "{arn}");
        }
    }

    #[test]
    fn another_role_is_not_another_person() {
        let alice = of("assumed-role/ops/alice");
        assert!(alice.is_same_person(&of("assumed-role/leads/alice")));
        assert!(alice.is_same_person(&of("assumed-role/leads/Alice")));
        assert!(alice.is_same_person(&of("user/alice")));
        assert!(!alice.is_same_person(&of("assumed-role/ops/bob")));
        assert!(!alice.is_same_person(&of("assumed-role/alice/bob")));
    }
}
