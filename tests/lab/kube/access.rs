//! Who asks, and what they may not do.

use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::kube::metadata::new_uid;
use crate::kube::status::{Answer, Refusal};

/// Someone with a bearer token; allowed everything until [`Access::deny`] says otherwise.
#[derive(Debug, Clone)]
pub struct User {
    pub(crate) name: String,
    pub(crate) token: String,
}

impl User {
    /// A user with a token of its own in the shape of EKS tokens.
    pub fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            token: format!("k8s-aws-v1.{}", new_uid().replace('-', "")),
        }
    }

    /// A chosen token instead of a random one.
    #[must_use]
    pub fn token(mut self, token: &str) -> Self {
        token.clone_into(&mut self.token);
        self
    }
}

/// The users' rights, which can be changed while the lab runs.
#[derive(Debug)]
pub struct Access(Mutex<Vec<Account>>);

#[derive(Debug)]
struct Account {
    user: User,
    expired: bool,
    denied: Vec<(String, String)>,
}

impl Account {
    fn of(user: User) -> Self {
        Self {
            user,
            expired: false,
            denied: Vec::new(),
        }
    }
}

impl Access {
    pub(crate) fn new(users: &[User]) -> Self {
        Self(Mutex::new(users.iter().cloned().map(Account::of).collect()))
    }

    /// Lets one more user in.
    ///
    /// # Errors
    /// When there is one with this name.
    pub fn admit(&self, user: User) -> anyhow::Result<()> {
        anyhow::ensure!(
            self.user(&user.name).is_none(),
            "the lab has a user {} already",
            user.name
        );
        self.accounts().push(Account::of(user));
        Ok(())
    }

    /// The user with this name.
    pub(crate) fn user(&self, name: &str) -> Option<User> {
        let accounts = self.accounts();
        let account = accounts.iter().find(|account| account.user.name == name);
        account.map(|account| account.user.clone())
    }

    /// Refuses a verb (`get`, `list`, `watch`, `create`, `update`, `patch`, `delete`) on a
    /// resource (`pods`, `nodes/status`) with a 403 from now on; `*` stands for all.
    pub fn deny(&self, user: &str, verb: &str, resource: &str) {
        self.with(user, |account| {
            account.denied.push((verb.to_owned(), resource.to_owned()))
        });
    }

    /// Takes all refusals of this very verb and resource back.
    pub fn allow(&self, user: &str, verb: &str, resource: &str) {
        self.with(user, |account| {
            account.denied.retain(|(v, r)| v != verb || r != resource)
        });
    }

    /// Lets the user's token expire: 401 from now on.
    pub fn expire_token(&self, user: &str) {
        self.with(user, |account| account.expired = true);
    }

    /// Makes an expired token good again.
    pub fn renew_token(&self, user: &str) {
        self.with(user, |account| account.expired = false);
    }

    /// The user of an Authorization header; 401 without one, for unknown and for expired tokens.
    pub(crate) fn authenticate(&self, authorization: &str) -> Answer<String> {
        let token = authorization
            .strip_prefix("Bearer ")
            .ok_or_else(Refusal::unauthorized)?;
        let accounts = self.accounts();
        let account = accounts
            .iter()
            .find(|account| account.user.token == token && !account.expired);
        account
            .map(|account| account.user.name.clone())
            .ok_or_else(Refusal::unauthorized)
    }

    /// Whether RBAC lets the user do this.
    pub(crate) fn allows(&self, user: &str, verb: &str, resource: &str) -> bool {
        // Who asks for all of them (`*`) may not when one of them is denied.
        let covers = |pattern: &str, what: &str| [pattern, what].contains(&"*") || pattern == what;
        let accounts = self.accounts();
        let account = accounts.iter().find(|account| account.user.name == user);
        account.is_some_and(|account| {
            !account
                .denied
                .iter()
                .any(|(v, r)| covers(v, verb) && covers(r, resource))
        })
    }

    fn with(&self, user: &str, change: impl FnOnce(&mut Account)) {
        if let Some(account) = self
            .accounts()
            .iter_mut()
            .find(|account| account.user.name == user)
        {
            change(account);
        }
    }

    fn accounts(&self) -> MutexGuard<'_, Vec<Account>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_name_users_until_they_expire() {
        let access = Access::new(&[User::new("alice").token("t1")]);
        assert_eq!(access.authenticate("Bearer t1").expect("a user"), "alice");
        for wrong in ["", "t1", "Bearer t2", "Basic t1"] {
            assert!(access.authenticate(wrong).is_err(), "{wrong}");
        }
        access.expire_token("alice");
        assert!(access.authenticate("Bearer t1").is_err());
        access.renew_token("alice");
        assert!(access.authenticate("Bearer t1").is_ok());
    }

    #[test]
    fn denials_hold_for_their_verb_and_resource_only() {
        let access = Access::new(&[User::new("alice"), User::new("bob")]);
        access.deny("alice", "get", "pods");
        access.deny("alice", "*", "nodes");
        assert!(!access.allows("alice", "get", "pods"));
        assert!(!access.allows("alice", "*", "pods"));
        assert!(access.allows("alice", "list", "pods"));
        assert!(!access.allows("alice", "patch", "nodes"));
        assert!(access.allows("bob", "get", "pods"));
        access.allow("alice", "get", "pods");
        assert!(access.allows("alice", "get", "pods"));
    }
}
