//! A case without names: what could tell an outsider whose world it was is replaced by a token,
//! the same thing by the same token.
//!
//! Accounts, instances, nodes, boots and addresses always go; pods, services and namespaces unless
//! they are to be kept. Tokens have the form of what they stand for: an instance id stays one, and
//! addresses come from the ranges that are set aside for documentation (RFC 5737, RFC 3849).
//! Free text is searched for all of these, and for nothing else.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};

use super::model::{Case, Node, Pod, Sample};
use super::tokens::{Class, Tokens, is_inner, is_label, is_node_name, is_outer};
use crate::event::{Event, InstanceId, Record};
use crate::value::{Unseen, Value, Why};

/// Replaces names by tokens.
#[derive(Debug, Default)]
pub struct Redaction {
    keep_names: bool,
    tokens: Tokens,
    /// Texts that are known to be names, the longest first.
    known: Vec<(String, Class)>,
}

impl Redaction {
    /// Of a run: it knows what the run has named. `keep_names` leaves pods, services and
    /// namespaces as they are.
    pub fn of(records: &[Record], keep_names: bool) -> Redaction {
        let mut redaction = Redaction {
            keep_names,
            ..Redaction::default()
        };
        for record in records {
            match &record.event {
                Event::Located { place } => {
                    redaction.know(&place.account, Class::Account);
                    redaction.know(&place.caller_arn, Class::Caller);
                    redaction.know(&place.caller, Class::Caller);
                    for name in [&place.cluster, &place.context, &place.profile] {
                        redaction.know(name.as_deref().unwrap_or_default(), Class::Cluster);
                    }
                }
                Event::Resolved { targets } => {
                    for target in targets {
                        redaction.know(target.node.as_deref().unwrap_or_default(), Class::Node);
                        if let Some(pod) = &target.pod {
                            redaction.know(&pod.namespace, Class::Namespace);
                            redaction.know(&pod.name, Class::Name);
                            redaction.know(&pod.uid, Class::Name);
                        }
                    }
                }
                Event::NodeAnswered { boot, cluster, .. } => {
                    redaction.know(&boot.0, Class::Boot);
                    redaction.know(cluster.as_deref().unwrap_or_default(), Class::Cluster);
                }
                _ => {}
            }
        }
        redaction
            .known
            .sort_by_key(|(text, _)| std::cmp::Reverse(text.len()));
        redaction
    }

    fn know(&mut self, text: &str, class: Class) {
        let kept = self.keep_names && matches!(class, Class::Name | Class::Namespace);
        // A word of a letter or two would be found in every text.
        if text.len() > 2 && !kept && !self.known.iter().any(|(known, _)| known == text) {
            self.known.push((text.to_owned(), class));
        }
    }

    /// How many things have a token.
    pub fn count(&self) -> usize {
        self.tokens.count()
    }

    /// The case without names. What it expects is no longer what it says: it has to be judged
    /// again.
    pub fn case(&mut self, case: &Case) -> Case {
        let nodes = case.nodes.iter().map(|node| self.node(node)).collect();
        Case {
            inputs: self.values(&case.inputs),
            looks: self.values(&case.looks),
            nodes,
            ..case.clone()
        }
    }

    fn node(&mut self, node: &Node) -> Node {
        let name = node.name.as_ref();
        let token = self.tokens.of(Class::Instance, node.instance.as_str());
        let pod = node.pod.as_ref().map(|pod| match self.keep_names {
            true => pod.clone(),
            false => Pod {
                namespace: self.tokens.of(Class::Namespace, &pod.namespace),
                name: self.tokens.of(Class::Name, &pod.name),
            },
        });
        Node {
            name: name.map(|name| self.tokens.of(Class::Node, name)),
            instance: token.parse().unwrap_or_else(|_| node.instance.clone()),
            pod,
            boot_id: node
                .boot_id
                .as_ref()
                .map(|boot| self.tokens.of(Class::Boot, boot)),
            silent: node.silent.as_ref().map(|text| self.text(text)),
            looks: self.values(&node.looks),
            later: node
                .later
                .iter()
                .map(|sample| Sample {
                    after: sample.after,
                    looks: self.values(&sample.looks),
                })
                .collect(),
            ..node.clone()
        }
    }

    fn values(&mut self, values: &BTreeMap<String, Value>) -> BTreeMap<String, Value> {
        let values = values.iter();
        values
            .map(|(name, value)| (name.clone(), self.value(value)))
            .collect()
    }

    fn value(&mut self, value: &Value) -> Value {
        match value {
            Value::Text(text) => Value::Text(match self.pod_or_service(text) {
                Some(token) => token,
                None => self.text(text),
            }),
            Value::List(items) => Value::List(items.iter().map(|item| self.value(item)).collect()),
            Value::Record(fields) => Value::Record(self.values(fields)),
            Value::Unseen(reasons) => {
                Value::Unseen(reasons.iter().map(|unseen| self.unseen(unseen)).collect())
            }
            other => other.clone(),
        }
    }

    fn unseen(&mut self, unseen: &Unseen) -> Unseen {
        let why = match &unseen.why {
            Why::NotThere(text) => Why::NotThere(self.text(text)),
            Why::Failed(text) => Why::Failed(self.text(text)),
            Why::Garbled(text) => Why::Garbled(self.text(text)),
            Why::NoAnswer(text) => Why::NoAnswer(self.text(text)),
            Why::Forbidden(text) => Why::Forbidden(self.text(text)),
            Why::KubernetesDown(text) => Why::KubernetesDown(self.text(text)),
            Why::NoTarget(text) => Why::NoTarget(self.text(text)),
            Why::HopForbidden(text) => Why::HopForbidden(self.text(text)),
            Why::Unusable(text) => Why::Unusable(self.text(text)),
            Why::NotRecorded(moment) => Why::NotRecorded(moment.clone()),
            Why::AdminOff
            | Why::TimedOut(_)
            | Why::Truncated
            | Why::NotAsked
            | Why::Unconfined
            | Why::Deadline(_)
            | Why::LeftOut(_)
            | Why::TakenOut => unseen.why.clone(),
        };
        let look = unseen.look.clone();
        Unseen { look, why }
    }

    /// `shop/checkout` as a whole: a name of Kubernetes with its namespace.
    fn pod_or_service(&mut self, text: &str) -> Option<String> {
        let (namespace, name) = text.split_once('/')?;
        if self.keep_names || !is_label(namespace) || !name.split('.').all(is_label) {
            return None;
        }
        let namespace = self.tokens.of(Class::Namespace, namespace);
        Some(format!("{namespace}/{}", self.tokens.of(Class::Name, name)))
    }

    /// Any text: what is known goes first, then what has the form of an address or an id.
    fn text(&mut self, text: &str) -> String {
        let mut out = String::new();
        let mut rest = text;
        while let Some(letter) = rest.chars().next() {
            let fresh = !out.ends_with(is_inner);
            let found = if fresh { self.start_of(rest) } else { None };
            let (token, length) = match found {
                Some((token, length)) => (token, length),
                None => (letter.to_string(), letter.len_utf8()),
            };
            out.push_str(&token);
            rest = rest.get(length..).unwrap_or_default();
        }
        out
    }

    /// The token of what stands at the beginning of a text, and how long that is.
    fn start_of(&mut self, rest: &str) -> Option<(String, usize)> {
        let whole = |known: &str| {
            rest.strip_prefix(known)
                .is_some_and(|behind| !behind.starts_with(is_inner))
        };
        let known = self.known.iter().find(|(known, _)| whole(known)).cloned();
        if let Some((known, class)) = known {
            return Some((self.tokens.of(class, &known), known.len()));
        }
        let end = rest.find(|c| !is_outer(c)).unwrap_or(rest.len());
        let word = rest.get(..end)?.trim_end_matches(['.', ':', '-', '_']);
        if let Some(token) = self.word(word) {
            return Some((token, word.len()));
        }
        let inner = rest.find(|c| !is_inner(c)).unwrap_or(rest.len());
        let part = rest.get(..inner)?;
        (part.len() < word.len())
            .then(|| self.word(part))
            .flatten()
            .map(|token| (token, part.len()))
    }

    fn word(&mut self, word: &str) -> Option<String> {
        if word.parse::<InstanceId>().is_ok() {
            return Some(self.tokens.of(Class::Instance, word));
        }
        if let Ok(address) = word.parse() {
            return Some(self.address(address));
        }
        if let Ok(socket) = word.parse::<SocketAddr>() {
            let address = self.address(socket.ip());
            return Some(format!("{address}:{}", socket.port()));
        }
        let digits = word.chars().all(|c| c.is_ascii_digit());
        if digits && word.len() == 12 {
            return Some(self.tokens.of(Class::Account, word));
        }
        is_node_name(word).then(|| self.tokens.of(Class::Node, word))
    }

    /// Addresses that every machine has tell nothing.
    fn address(&mut self, address: IpAddr) -> String {
        let everywhere = match address {
            IpAddr::V4(v4) => v4.is_link_local(),
            IpAddr::V6(v6) => v6.is_unicast_link_local(),
        };
        if everywhere || address.is_loopback() || address.is_unspecified() {
            return address.to_string();
        }
        let class = match address {
            IpAddr::V4(_) => Class::Address4,
            IpAddr::V6(_) => Class::Address6,
        };
        self.tokens.of(class, &address.to_string())
    }
}
