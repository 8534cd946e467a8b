//! Frames as they come back, and as they must not.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use proptest::prelude::*;
use sha2::{Digest as _, Sha256};

use super::{FrameFault, Nonce, Place, read};
use crate::value::Why;

const IDENT: &str = "@6f1c1a1e-0000-4000-8000-000000000001 8 86400 1.50.0 prod-eu\n";

fn nonce() -> Nonce {
    Nonce::new([0xab; 8])
}

fn frame(payload: &[u8]) -> String {
    let digest: String = Sha256::digest(payload)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!(
        "heeler1 {} b64 {1} {1} {2}\n{3}\nheeler1-end {0}\n",
        nonce(),
        payload.len(),
        digest.split_at(16).0,
        STANDARD.encode(payload)
    )
}

fn of(records: &str) -> String {
    frame(format!("{IDENT}{records}").as_bytes())
}

#[test]
fn a_whole_answer_is_read() {
    let records = "=table c 0 0 5 4 0 0\n1 2\n?entries c /proc/net/nf_conntrack\n=entries h 1 3 8 0 4 1\noops!log a off 0\n";
    let answer = read(&of(records), &nonce()).expect("an answer");
    assert_eq!(answer.ident.cluster.as_deref(), Some("prod-eu"));
    assert_eq!((answer.ident.cpus, answer.ident.uptime_s), (8, 86_400));
    assert_eq!(answer.reply("table").expect("a reply").stdout, b"1 2\n");
    let entries = answer.reply("entries").expect("a reply");
    assert_eq!(
        (entries.rung, entries.place, entries.exit, entries.cut),
        (1, Place::Host, 3, true)
    );
    assert_eq!(entries.stderr, b"oops");
    assert_eq!(
        entries.before,
        Some(Why::NotThere("/proc/net/nf_conntrack".into()))
    );
    assert_eq!(answer.reply("log"), Err(Why::AdminOff));
    assert!(matches!(answer.reply("stranger"), Err(Why::NoAnswer(_))));
    let trace: Vec<_> = answer
        .trace("entries")
        .iter()
        .map(|step| (step.place, step.why_not.as_deref()))
        .collect();
    assert_eq!(
        trace,
        [
            (
                Some(Place::Control),
                Some("the node has no /proc/net/nf_conntrack")
            ),
            (Some(Place::Host), None)
        ]
    );
}

#[test]
fn what_stands_around_a_frame_does_not_matter() {
    let around = format!(
        "bash: warning: x\r\n{}\n----------ERROR-------\nfailed to run commands: exit status 1",
        of("").replace('\n', "\r\n")
    );
    assert!(read(&around, &nonce()).is_ok());
}

#[test]
fn time_and_memory_limits_are_no_replies() {
    let answer = read(
        &of("=a c 0 124 7 2 0 0\n1\n=b c 0 137 7 0 0 0\n!c a late 2\n31"),
        &nonce(),
    )
    .expect("an answer");
    assert_eq!(answer.reply("a"), Err(Why::TimedOut(7)));
    assert!(matches!(answer.reply("b"), Err(Why::Failed(_))));
    assert_eq!(answer.reply("c"), Err(Why::TimedOut(31)));
}

#[test]
fn data_can_not_pass_for_a_record() {
    let data = "x\n=b c 0 0 5 4 0 0\nfake\n!c a off 0\n";
    let records = format!("=a c 0 0 5 {} 0 0\n{data}", data.len());
    let answer = read(&of(&records), &nonce()).expect("an answer");
    assert_eq!(answer.replies.len(), 1);
}

#[test]
fn wherever_it_is_cut_it_is_no_answer() {
    let whole = of("=table c 0 0 5 4 0 0\n1 2\n");
    let end = whole.trim_end().len();
    for length in 0..end {
        for mark in ["", "--output truncated--", "\n---Output truncated---"] {
            let cut = format!("{}{mark}", whole.split_at(length).0);
            let fault = read(&cut, &nonce()).expect_err(&cut);
            let expected = if length <= "heeler1 ".len() && mark.is_empty() {
                FrameFault::Missing
            } else {
                FrameFault::Cut
            };
            assert_eq!(fault, expected, "{cut}");
        }
    }
}

#[test]
fn what_is_not_ours_is_refused() {
    assert_eq!(read("", &nonce()), Err(FrameFault::Missing));
    assert_eq!(
        read("mktemp: failed to create directory", &nonce()),
        Err(FrameFault::Missing)
    );
    assert_eq!(read(&of(""), &Nonce::new([1; 8])), Err(FrameFault::Foreign));
    let full = format!("heeler1-full {}: no room\n", nonce());
    assert_eq!(read(&full, &nonce()), Err(FrameFault::NoRoom));
    assert_eq!(read(&full, &Nonce::new([1; 8])), Err(FrameFault::Foreign));
    let forged = of("=table c 0 0 5 4 0 0\n1 2\n").replace(
        STANDARD.encode(IDENT).split_at(40).0,
        STANDARD
            .encode(IDENT.replace("6f1c", "7f1c"))
            .split_at(40)
            .0,
    );
    assert_eq!(read(&forged, &nonce()), Err(FrameFault::Forged));
    for wrong in [
        "=table c 0 0 5 400 0 0\n1 2\n",
        "=table x 0 0 5 0 0 0\n",
        "hello\n",
        "=table\n",
        "!a a lost 0\n",
        "=table c 0 0 5 4 0 0\n1 2",
    ] {
        assert!(
            matches!(read(&of(wrong), &nonce()), Err(FrameFault::Malformed(_))),
            "{wrong}"
        );
    }
    assert!(matches!(
        read(&frame(b"@- 8 1 - -\n"), &nonce()),
        Err(FrameFault::Malformed(_))
    ));
    assert!(matches!(
        read(&frame(b""), &nonce()),
        Err(FrameFault::Malformed(_))
    ));
}

#[test]
fn unpacking_is_bounded() {
    let mut packed = Vec::new();
    let zeros = std::io::Read::take(std::io::repeat(0), 2 << 20);
    let mut encoder = flate2::read::GzEncoder::new(zeros, flate2::Compression::fast());
    std::io::Read::read_to_end(&mut encoder, &mut packed).expect("it packs");
    let bomb = format!(
        "heeler1 {0} gz 2097152 {1} 0123456789abcdef\n{2}\nheeler1-end {0}\n",
        nonce(),
        packed.len(),
        STANDARD.encode(&packed)
    );
    assert_eq!(
        read(&bomb, &nonce()),
        Err(FrameFault::Malformed(
            "it unpacks to more than 1 MiB".into()
        ))
    );
}

proptest! {
    #[test]
    fn no_output_is_too_strange(text in ".{0,400}", bytes in any::<Vec<u8>>()) {
        let _ = read(&text, &nonce());
        let _ = read(&frame(&bytes), &nonce());
        let _ = read(&of(&text), &nonce());
    }
}
