//! `bundle:` of a runbook.

use super::{GOOD, bad, good};

fn with(bundle: &str) -> String {
    format!("{GOOD}\nbundle:\n{bundle}")
}

#[test]
fn one_finding_or_several_with_or_without_the_logs_of_pods() {
    let of = |bundle: &str| {
        let rule = good(&with(bundle)).bundle.expect("a bundle");
        (rule.findings, rule.pod_logs)
    };
    assert_eq!(
        of("  finding: table-full\n"),
        (vec!["table-full".into()], true)
    );
    let listed = of("  finding: [table-full]\n  pod-logs: false\n");
    assert_eq!(listed, (vec!["table-full".into()], false));
    assert!(good(GOOD).bundle.is_none());
}

#[test]
fn whatever_is_wrong_with_it_is_said() {
    let codes = |bundle: &str| {
        let faults = bad(&with(bundle));
        faults.iter().map(|fault| fault.code).collect::<Vec<_>>()
    };
    assert_eq!(codes("  pod-logs: true\n"), ["missing-key"]);
    assert_eq!(codes("  finding: []\n"), ["idle-bundle"]);
    assert_eq!(codes("  finding: table_full\n"), ["unknown-finding"]);
    assert_eq!(
        codes("  when: table.count > 1\n"),
        ["unknown-key", "missing-key"]
    );
    let yes = codes("  finding: table-full\n  pod-logs: yes\n");
    assert_eq!(yes, ["yaml-boolean"]);
    let list = codes("  - finding: table-full\n");
    assert_eq!(list, ["wrong-type"]);
    // `odd-config` reads what is asked once a run.
    assert_eq!(
        codes("  finding: [table-full, odd-config]\n"),
        ["run-scope"]
    );
    let twice = format!("{}bundle: {{}}\n", with("  finding: table-full\n"));
    assert_eq!(bad(&twice)[0].code, "yaml-duplicate-key");
}
