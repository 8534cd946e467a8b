//! The keys of a policy, list by list.

use heeler_core::guard::policy::{KEYS, read};
use heeler_core::syntax::{Key, Shape, Source};

use super::page::{WRITTEN, keys, table};

const HEADS: &[&str] = &["key", "takes", "needed, or its default", "meaning"];

const EXAMPLE: &str = "heeler-policy: 1
time-zone: Europe/Berlin

allow:
  - who: [ops/*, leads/*]             # sessions of two roles, in the account of the run
    runbooks: \"*\"
    fixes: [shorten-time-wait, cordon-*]
    where: { clusters: prod-* }
  - { who: \"*\", runbooks: \"*\", where: {} }    # everybody may look, everywhere

forbid:
  - fixes: \"*\"
    where: { node-groups: gpu }
    because: jobs there can't be started again

approval:
  reversible: operator
  disruptive: another
  irreversible: two
approvers: leads/*

limits:
  nodes-at-once: 5
  share-of-zone: 10%
  fixes-an-hour: 6

windows:
  - { days: [mon, tue, wed, thu], from: \"09:00\", to: \"17:00\", where: { clusters: prod-* } }
freezes:
  - { from: \"2026-12-20 18:00\", until: \"2027-01-04 08:00\", because: the shops are full }
";

pub(crate) fn page() -> String {
    let mut text = format!(
        "# Policy\n{WRITTEN}\n\n\
         `heeler.yaml` says who may do what, whose approval it takes, how much at once, and when. Its text's digest is part of each \
         plan, so that a policy which changes before the plan is applied is found.\n\n\
         - It is the file that `--policy` or HEELER_POLICY names, else `heeler.yaml` in the working directory. One that is named and \
         missing, can't be read or has a fault stops the command.\n\
         - Without a file looks need nobody, reversible changes the operator, disruptive ones another person and irreversible ones \
         two; one node is changed at a time.\n\
         - With a file nothing is allowed that no rule of `allow` allows, and `forbid` goes before it. What could not be seen, such \
         as the cluster's name, is in no list that allows, and in every list that forbids; only `\"*\"` holds for it.\n\
         - In a name `*` stands for any letters. A caller without `/` is a user or a role; names are of the account that a run is \
         about, and ARNs of whatever account they say.\n\
         - The node group that a node is of is what Kubernetes says by its labels (of EKS, Karpenter or eksctl). Of a node that was \
         named by its instance it is not seen.\n\
         - Looks are approved by whoever asks for them, by doing so: where `read` or `unconfined` needs another person, they are \
         refused.\n\
         - `heeler revert` is for whoever may apply the fix, at any time and without another approval. What a rule forbids to everybody can be taken back all the same. Where nobody says who asks (a fix in the Kubernetes API is taken back without AWS too), only a rule for `\"*\"` allows it, and every rule that forbids it to somebody holds.\n\
         - What others do is counted when a change starts, by what [is shared](../shared.md) in the cluster. Where that can't be asked \
         `nodes-at-once`, the shares and `fixes-an-hour` are kept by nobody, and the plan says so.\n\
         - What is worse never needs less approval than what is less bad, also where it is left out.\n\
         - Another person is another user, or a session of another name in whatever role: where people may name their own \
         sessions, let `approvers` be a role that they can't have.\n\n\
         ```yaml\n{EXAMPLE}```\n\n## Keys\n{}",
        table(HEADS, keys("", KEYS))
    );
    for key in KEYS {
        section(&mut text, key);
    }
    text
}

/// The items of a list have a section of their own.
fn section(text: &mut String, key: &Key) {
    if let Shape::List {
        of: Shape::Keys(rows),
        ..
    } = key.shape
    {
        text.push_str(&format!("\n## Items of `{}`\n", key.name));
        text.push_str(&table(HEADS, keys("", rows)));
    }
}

#[test]
fn the_example_is_a_policy() {
    let source = Source {
        name: "heeler.yaml".to_owned(),
        text: EXAMPLE.to_owned(),
    };
    let faults = read(source).err().unwrap_or_default();
    assert!(faults.is_empty(), "{faults:#?}");
}
