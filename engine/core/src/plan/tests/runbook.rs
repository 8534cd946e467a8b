//! The bundled runbook's looks: one command, one answer that fits.

use super::{answer, conntrack_looks, nonce, output, scripts, stdout};
use crate::action::Rung;
use crate::action::tests::node::{Node, SHELLS, shellcheck};
use crate::frame::{Place, read};
use crate::plan::fuse;
use crate::value::Why;

const NOT_FOUND: &str = r#"ctr: container "admin" in namespace "default": not found"#;
const STOPPED: &str = "ctr: no running task found: task admin not found: not found";

#[test]
fn all_looks_of_the_runbook_come_back_in_one_answer() {
    let looks = conntrack_looks();
    for shell in SHELLS {
        let node = Node::new();
        let answer = answer(&node, shell, &looks);
        for (name, _) in &looks {
            let reply = answer
                .reply(name)
                .unwrap_or_else(|why| panic!("{shell} {name}: {why}"));
            assert_eq!(
                reply.exit,
                0,
                "{name} {}",
                String::from_utf8_lossy(&reply.stderr)
            );
        }
        assert_eq!(answer.ident.cluster.as_deref(), Some("prod-eu"));
        assert_eq!(
            answer.ident.boot_id,
            std::fs::read_to_string("/proc/sys/kernel/random/boot_id")
                .expect("an id")
                .trim()
        );
        assert!(answer.ident.cpus > 0);
        assert_eq!(node.leftovers(), Vec::<String>::new());
    }
}

#[test]
fn without_admin_everything_else_is_answered() {
    let looks = conntrack_looks();
    for (shell, said) in SHELLS.into_iter().zip([NOT_FOUND, STOPPED]) {
        let answer = answer(&Node::new().without_admin(said), shell, &looks);
        for name in ["table", "sockets", "memory", "kernel_settings"] {
            assert!(answer.reply(name).is_ok(), "{name}");
        }
        assert_eq!(
            answer.reply("sockets").expect("a reply").before,
            Some(Why::AdminOff)
        );
        assert_eq!(
            answer.reply("sockets").expect("a reply").place,
            Place::Control
        );
        assert_eq!(answer.reply("log"), Err(Why::AdminOff));
        assert_eq!(answer.reply("allowance"), Err(Why::AdminOff));
    }
}

/// A frame around these looks' worst answers, without compression, as the listing would carry it.
#[test]
fn the_worst_answer_fits_the_listing() {
    let looks = conntrack_looks();
    let longest = |name: &str| match name {
        "table" => "=1048576\n=1048576\n=432000\n".to_owned(),
        // 192 CPUs, each with 32 bits of every counter.
        "traffic" => format!(
            "31536000.25 31536002.25 192 1048576 1048576{}\n",
            " 824633720640".repeat(12)
        ),
        "entries" => format!(
            "5000{} 5000 {1} {1} 65535\n",
            " 5000".repeat(10),
            "2001:db8:1111:2222:3333:4444:5555:6666"
        ),
        "log" => format!(
            "100000 31536000.25 31535000.123456 31535999.123456\n{}\n",
            "nf_conntrack: nf_conntrack: table full in netns 4026532249, dropping packet"
        ),
        "sockets" => format!(
            "31536000.25 31536002.25{0} {1}_{1}_{2}{0}\n",
            " 4294967295".repeat(4),
            "n".repeat(63),
            "u".repeat(36)
        ),
        "allowance" => {
            "31536000.25 31536002.25 18446744073709551615 18446744073709551615\n".to_owned()
        }
        "memory" => "25769803776 25769803776\n".to_owned(),
        _ => "[\"1048576\"]\n".to_owned(),
    };
    for shell in SHELLS {
        let node = Node::new();
        node.program("gzip", "exit 1");
        let worst: Vec<(String, Vec<Rung>)> = looks
            .iter()
            .map(|(name, rungs)| {
                let last = rungs
                    .iter()
                    .find(|rung| rung.place != Place::Control)
                    .or(rungs.first())
                    .expect("a rung");
                let text = longest(name);
                assert!(text.len() <= last.most_bytes, "{name}");
                let rest = rungs.iter().filter(|rung| {
                    rung.place == Place::Control
                        && last.place != Place::Control
                        && rung.only_where.is_some()
                });
                let skipped = rest.map(|rung| Rung {
                    only_where: Some("false".into()),
                    ..rung.clone()
                });
                (
                    name.clone(),
                    skipped
                        .chain([Rung {
                            script: format!("printf %s '{text}'"),
                            only_where: None,
                            ..last.clone()
                        }])
                        .collect(),
                )
            })
            .collect();
        let output = output(&node, shell, &worst);
        let asked = read(&output, &nonce()).expect("an answer");
        for (name, _) in &worst {
            assert_eq!(stdout(&asked, name), longest(name));
        }
        assert!(output.contains(" b64 "), "{output}");
        assert!(output.len() <= 2_400, "{} characters", output.len());
    }
}

#[test]
fn every_layer_is_clean_sh() {
    let script = fuse(&conntrack_looks(), &nonce()).expect("a script");
    let layers = scripts(&script);
    assert_eq!(layers.len(), 4, "envelope, body, and the same for admin");
    for layer in layers {
        shellcheck(&layer);
    }
    assert!(!script.contains("{{"), "SSM would take it for a parameter");
    assert!(script.len() < 40_000, "{}", script.len());
}
