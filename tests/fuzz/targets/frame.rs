//! Any bytes as what a command has printed, and as what a frame holds.

use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use heeler_core::action::{self, Target};
use heeler_core::frame::{self, Nonce, Place, Reply};
use heeler_core::runbook::{Runbook, load};
use heeler_core::syntax::Source;
use sha2::{Digest as _, Sha256};

use super::world::fits;

/// A frame unpacks to no more than this.
const MOST_BYTES: usize = 1 << 20;

/// A look of every action.
const LOOKS: &str = r#"heeler: 1
name: looks
summary: A look of every action
target: node
look:
  counters: { conntrack-counters: {} }
  entries: { conntrack-entries: {} }
  log: { dmesg: { pattern: oom } }
  card: { ethtool: { counters: [a, b] } }
  mem: { memory: {} }
  sockets: { socket-counters: {} }
  keys: { sysctl: { a: vm.swappiness, b: net.netfilter.nf_conntrack_max, c: net.netfilter.nf_conntrack_udp_timeout } }
  kubelet: { settings: { prefix: settings, extract: { a: { path: a.b, type: integer }, b: { path: c, type: version } } } }
find:
  any-age:
    when: log.lines > 0
    severity: note
    says: x
"#;

static RUNBOOK: LazyLock<Runbook> = LazyLock::new(|| {
    let source = Source {
        name: "looks.yaml".into(),
        text: LOOKS.into(),
    };
    load(source, action::all()).expect("the runbook has no fault")
});

/// What is read of it is no longer than it, and every look reads what it declares.
pub fn check(bytes: &[u8]) {
    let nonce = Nonce::new([7; 8]);
    let text = String::from_utf8_lossy(bytes);
    for output in [text.to_string(), framed(bytes, &nonce)] {
        let Ok(answer) = frame::read(&output, &nonce) else {
            continue;
        };
        for reply in answer.replies.values().flatten() {
            let length = reply.stdout.len() + reply.stderr.len();
            assert!(length <= MOST_BYTES, "{length} bytes of {}", reply.look);
        }
    }
    read(bytes);
}

/// The frame that a node would make of these bytes.
fn framed(payload: &[u8], nonce: &Nonce) -> String {
    let digest: String = Sha256::digest(payload)
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let size = payload.len();
    let data = STANDARD.encode(payload);
    format!("heeler1 {nonce} b64 {size} {size} {digest}\n{data}\nheeler1-end {nonce}\n")
}

fn read(stdout: &[u8]) {
    for step in &RUNBOOK.looks {
        let reply = Reply {
            look: step.name.clone(),
            rung: 0,
            place: Place::Control,
            before: None,
            exit: 0,
            stdout: stdout.to_vec(),
            stderr: Vec::new(),
            cut: false,
        };
        if let Ok(value) = step.look.read(&reply, &Target::default()) {
            let kind = step.look.kind();
            assert!(fits(&value, &kind), "{}: {value:?}", step.action);
            let _ = step.look.addresses(&value);
        }
    }
}
