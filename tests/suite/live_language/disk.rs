//! `disk`: what it answers is what the host's own df says.

use anyhow::{Context as _, Result, ensure};
use heeler_tests::node::Place;

use super::desk::{Desk, Seen, TRACE};
use crate::harness::{Case, Context, Need};

/// The area's cases.
pub(crate) const CASES: &[Case] = &[
    Case::new(
        "live_language::a_disk_is_as_full_as_df_says",
        &[Need::Nodes],
        agrees,
    ),
    Case::new(
        "live_language::the_data_volume_is_seen_without_the_admin_container",
        &[Need::Nodes],
        admin_off,
    ),
];

const DISKS: &str = "inputs:
  path: { type: text, default: /var/lib, help: a path }
look:
  root: { disk: { path: / } }
  named: { disk: { path: \"{{ inputs.path }}\" } }
  data: { disk: { path: /local } }
  nowhere: { disk: { path: /no/such/path } }
find:
  gone:
    when: nowhere.used_share is absent and root.used_share < 1 and named.size > \"1GiB\" and data.size == named.size
    severity: note
    says: \"{{ named.used }} of {{ named.size }}\"
";
/// Others write on this machine meanwhile.
const MAY_DIFFER: f64 = 256.0 * 1024.0 * 1024.0;

fn agrees(context: &Context) -> Result<()> {
    let desk = Desk::open(context, true)?;
    desk.write("disks", DISKS)?;
    let seen = desk.see("disks", &[], 3)?;
    desk.expect_commands(1)?;
    for (look, path) in [("root", "/"), ("named", "/var/lib"), ("data", "/local")] {
        expect_df(&desk, &seen, look, path)?;
    }
    for field in [
        "size",
        "used",
        "available",
        "used_share",
        "inodes_used_share",
    ] {
        seen.expect("nowhere", &format!("/{field}"), ())?;
    }
    seen.expect_verdict("gone", "holds")?;
    let broken = Seen::of(desk.run("disks", &["-i", "path=/no\nsuch"])?.finish()?)?;
    broken.expect_unseen("named", "is no path of the host")?;
    // What is not there is absent, and nothing of its name is obeyed.
    let path = format!("path=/tmp/$(touch /tmp/{TRACE}) 'x; touch /tmp/{TRACE}");
    let spaced = Seen::of(desk.run("disks", &["-i", &path])?.finish()?)?;
    desk.expect_no_trace()?;
    spaced.expect("named", "/size", ())
}

/// Compares with df on the host.
fn expect_df(desk: &Desk<'_>, seen: &Seen, look: &str, path: &str) -> Result<()> {
    let columns = "--output=size,used,avail,itotal,iused";
    let printed = desk.on_node(Place::Host, &["df", "-B1", columns, path])?;
    let line = printed.lines().last().context("df said nothing")?;
    let numbers: Vec<f64> = line
        .split_whitespace()
        .map(|word| word.parse().unwrap_or(0.0))
        .collect();
    let [size, used, available, inodes, inodes_used] = numbers[..] else {
        anyhow::bail!("df: {printed}")
    };
    ensure!(
        seen.number(look, "/size")? == size,
        "{path}: not {size}\n{}",
        seen.ended
    );
    for (field, wanted) in [("used", used), ("available", available)] {
        let found = seen.number(look, &format!("/{field}"))?;
        let near = (found - wanted).abs() < MAY_DIFFER;
        ensure!(near, "{path}: {field} is {found}, not {wanted}");
    }
    let shares = [
        ("used_share", used / (used + available)),
        ("inodes_used_share", inodes_used / inodes),
    ];
    for (field, wanted) in shares {
        let found = seen.number(look, &format!("/{field}"))?;
        ensure!(
            (found - wanted).abs() < 0.02,
            "{path}: {field} is {found}, not {wanted}"
        );
    }
    Ok(())
}

fn admin_off(context: &Context) -> Result<()> {
    let desk = Desk::open(context, false)?;
    desk.write("disks", DISKS)?;
    let seen = desk.see("disks", &[], 4)?;
    expect_df(&desk, &seen, "data", "/local")?;
    for look in ["root", "named", "nowhere"] {
        seen.expect_unseen(look, "the admin container is off")?;
    }
    seen.expect_verdict("gone", "not-seen")
}
