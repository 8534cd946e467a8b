//! Cases of the tests' own runbook, of the bundled one, and made at random.

mod bundle;
mod bundled;
mod codes;
mod faults;
mod judged;
mod page;
mod past;
mod redacted;
mod values;

use crate::action;
use crate::case::{self, Case};
use crate::runbook::{Runbook, tests};
use crate::syntax::{Source, render};

/// A runbook with everything that a case can hold: looks of both scopes, one that is asked only
/// where another one says so, inputs, a version, and a fix.
pub(super) const RUNBOOK: &str = r#"heeler: 1
name: busy-table
summary: The table is busy
target: node

inputs:
  limit: { type: integer, default: 10, minimum: 1, maximum: 1000, help: How much is much }
  token: { type: text, secret: true, help: A token }

look:
  table:
    label: the table
    sysctl: { count: net.netfilter.nf_conntrack_count }
  traffic:
    label: the counters
    only-if: table.count > inputs.limit
    conntrack-counters: { over: 2s }
  log:
    label: the log
    dmesg: { pattern: "full" }
  proxy:
    label: the proxy
    kube:
      get: daemonsets
      api: apps/v1
      namespace: kube-system
      name: kube-proxy
      extract:
        version: { path: "spec.template.spec.containers[0].image", type: version }

find:
  dropping:
    when: traffic.drop.growth > 0
    severity: critical
    says: "{{ traffic.drop.growth }} dropped on {{ node.name }}"
    details:
      - "the proxy is {{ proxy.version }}"
    fix: [shorten]
  old-proxy:
    when: proxy.version < "1.29" and node.cpus > 1
    severity: note
    says: "the proxy is {{ proxy.version }}"

fix:
  shorten:
    require: table.count >= 20
    change:
      - sysctl: { net.netfilter.nf_conntrack_tcp_timeout_time_wait: 60s }
    verify: { that: traffic.drop.growth == 0, for: 30s, within: 2m }
"#;

/// A case of it.
pub(super) const BUSY: &str = r#"heeler-case: 1
runbook: busy-table
about: The table is busy
inputs: {token: secret-1}
looks:
  proxy: {version: 1.28.2}
nodes:
  - name: node-1
    instance: i-00000000000000001
    cpus: 8
    os_version: 1.50.0
    looks:
      table: {count: 30}
      traffic: {drop: {total: 12, growth: 4, per_second: 2}}
    later:
      - after: 3s
        looks:
          traffic: {drop: {total: 12, growth: 0, per_second: 0}}
      - after: 33s
        looks:
          traffic: {drop: {total: 12, growth: 0, per_second: 0}}
    then:
      holds:
        dropping: 4 dropped on node-1
        old-proxy: the proxy is 1.28.2
      offers: [shorten]
      fix: {shorten: kept}
"#;

fn source(name: &str, text: &str) -> Source {
    Source {
        name: name.to_owned(),
        text: text.to_owned(),
    }
}

fn runbook_of(text: &str) -> Runbook {
    tests::runbook_of(text, action::all())
}

fn runbook() -> Runbook {
    runbook_of(RUNBOOK)
}

fn read(runbook: &Runbook, name: &str, text: &str) -> Case {
    let source = source(name, text);
    case::read(name, source.clone(), runbook)
        .unwrap_or_else(|faults| panic!("{}", render(&source, &faults, false)))
}

/// The busy case after `from` was replaced.
fn busy(from: &str, to: &str) -> Case {
    assert_eq!(BUSY.matches(from).count(), 1, "`{from}` has to occur once");
    read(&runbook(), "busy", &BUSY.replace(from, to))
}
