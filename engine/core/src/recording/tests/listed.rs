//! Answers that list values without their names: a secret is known by its name all the same.

use super::*;

const SETTINGS: &str = r#"heeler: 1
name: page
summary: A page
target: node
look:
  own:
    settings:
      prefix: settings
      extract:
        pass: { path: 'container-registry.credentials[0].password', type: text }
        pin: { path: kubernetes.login-password, type: integer }
        all: { path: container-registry.credentials, type: text }
        name: { path: kubernetes.cluster-name, type: text }
        pods: { path: kubernetes.max-pods, type: integer }
find:
  secret: { when: own.pass == "x", severity: note, says: secret }
  number: { when: own.pods == 110, severity: note, says: number }
"#;
const SECRET: &str = "correct-horse-battery";

/// What is kept of what the settings look printed.
fn kept(stdout: &str, cut: bool) -> (Recording, Recorded) {
    let asked = questions(&runbook(SETTINGS));
    let [question] = &asked[..] else {
        panic!("{asked:?}");
    };
    let reply = Reply {
        look: String::new(),
        rung: 0,
        place: Place::Control,
        before: None,
        exit: 0,
        stdout: stdout.into(),
        stderr: Vec::new(),
        cut,
    };
    let key = RedactionKey::new([7; 32]);
    let spared = Spared::of(recorded(Outcome::Reply(reply)), &question.listed, &key);
    let spared = spared.expect("it makes sense");
    let mut kept = empty();
    kept.keep(question.id.clone(), spared.clone());
    (kept, spared)
}

fn printed(recorded: &Recorded) -> &str {
    match &recorded.outcome {
        Outcome::Reply(reply) => std::str::from_utf8(&reply.stdout).expect("text"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_value_whose_name_says_that_it_is_secret_is_taken_out() {
    let stdout = format!("[\"{SECRET}\",null,null,\"prod-eu\",110]\n");
    let (kept, spared) = kept(&stdout, false);
    let printed = printed(&spared);
    assert!(printed.contains("[redacted:password:"), "{printed}");
    assert!(printed.contains("prod-eu") && printed.contains("110"));
    assert_eq!(spared.redacted, BTreeMap::from([("password".into(), 1)]));
    let written = String::from_utf8(kept.write()).expect("text");
    assert!(!written.contains(SECRET), "{written}");
    let told = verdicts(SETTINGS, &kept);
    assert_eq!(why(&told["secret"]), &Why::TakenOut);
    assert!(matches!(told["number"], Verdict::Holds(_)), "{told:?}");
}

#[test]
fn what_is_in_a_value_is_known_by_its_own_name() {
    let inner = format!(
        "{{\"registry\":\"example\",\"password\":[\"a-first-one\",\"{SECRET}\"],\"deep\":{{\"passwd\":471100}}}}"
    );
    let (_, spared) = kept(&format!("[null,null,[{inner}],\"prod-eu\",110]"), false);
    let printed = printed(&spared);
    for secret in [SECRET, "a-first-one", "471100"] {
        assert!(!printed.contains(secret), "{printed}");
    }
    assert!(printed.contains("example") && printed.contains("prod-eu"));
    assert_eq!(spared.redacted, BTreeMap::from([("password".into(), 3)]));
}

#[test]
fn a_number_that_was_taken_out_is_told_so() {
    let (kept, spared) = kept("[null,471100,null,\"prod-eu\",110]", false);
    assert!(!printed(&spared).contains("471100"));
    assert_eq!(why(&verdicts(SETTINGS, &kept)["number"]), &Why::TakenOut);
}

#[test]
fn what_has_no_names_is_not_kept() {
    for stdout in [
        format!("[\"{SECRET}\""),
        format!("\"{SECRET}\""),
        format!("[\"{SECRET}\"]"),
    ] {
        let (kept, spared) = kept(&stdout, true);
        assert_eq!(printed(&spared), "");
        assert_eq!(why(&verdicts(SETTINGS, &kept)["number"]), &Why::Truncated);
    }
}

#[test]
fn what_holds_no_secret_stays_as_it_came() {
    let stdout = "[ null, null, null, \"prod-eu\", 110.0 ]\n";
    let (_, spared) = kept(stdout, false);
    assert_eq!(printed(&spared), stdout);
    assert!(spared.redacted.is_empty());
}
