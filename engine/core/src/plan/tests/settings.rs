//! Fixes of settings, there and back, with an `apiclient` that applies later.

use crate::action::NodeChange;
use crate::action::tests::api::Api;
use crate::action::tests::change;
use crate::action::tests::node::SHELLS;
use crate::frame::{Answer, read};
use crate::plan::{Present, Step, Undone, patience, present, read_present};
use crate::value::Value;

use super::locked::Locked;
use super::{nonce, run, scripts};

const EVICTION: &str = "{ settings.kubernetes.eviction-hard: { memory.available: 5%, nodefs.available: 10% }, \
                        unset-to: { memory.available: 100Mi, nodefs.available: 10% } }";

fn answer(api: &Api, shell: &str, script: &str) -> Answer {
    let output = run(&api.node, shell, &api.here(script));
    read(&String::from_utf8_lossy(&output.stdout), &nonce()).expect("an answer")
}

fn carry_out(api: &Api, shell: &str, change: &dyn NodeChange, value: &[Value], given: &[Value]) {
    let script = present(&[change], &nonce()).expect("a script");
    let found = read_present(&answer(api, shell, &script), 1).expect("what is there");
    let [
        Present {
            value: from,
            services,
        },
    ] = found.as_slice()
    else {
        panic!("{found:?}")
    };
    assert_eq!(services, &["kubernetes"]);
    let to = change.wanted(value).expect("a value");
    let back = change.back(from, given).expect("a way back");
    let there = Step {
        change,
        from,
        to: &to,
        back: &back,
    };
    let locked = Locked::new(&api.node, shell, 60);
    assert_eq!(locked.change(&[there]), Ok(vec![to.clone()]));
    let way_back = [there.back()];
    let undone = locked.undo(&way_back);
    assert_eq!(undone, Ok(vec![Undone::Back(back.clone())]));
    // Somebody else finds it back.
    let somebody = Locked::new(&api.node, shell, 60);
    let undone = somebody.undo_by(Locked::new(&api.node, shell, 60).hold.run, &way_back);
    assert_eq!(undone, Ok(vec![Undone::WasBack(back)]));
    assert_eq!(api.restarts(), 2);
}

#[test]
fn a_setting_goes_back_to_what_the_runbook_says() {
    let eviction = change("settings", EVICTION).expect("a good change");
    let texts = |texts: [&str; 2]| texts.map(Value::text);
    for shell in SHELLS {
        let api = Api::new(r#"{"kubernetes":{"eviction-hard":{"nodefs.available":"7%"}}}"#);
        api.write(
            "services",
            r#"{"settings.kubernetes.eviction-hard":["kubernetes"]}"#,
        );
        carry_out(
            &api,
            shell,
            &*eviction,
            &texts(["5%", "10%"]),
            &texts(["100Mi", "10%"]),
        );
        assert_eq!(
            api.read("settings"),
            r#"{"kubernetes":{"eviction-hard":{"nodefs.available":"7%","memory.available":"100Mi"}}}"#
        );
    }
}

#[test]
fn every_layer_of_both_changes_is_clean_sh() {
    let eviction = change("settings", EVICTION).expect("a good change");
    let admin = change("host-container", "{ admin: true }").expect("a good change");
    let steps = [
        Step {
            change: &*eviction,
            from: "null",
            to: "{}",
            back: "{}",
        },
        Step {
            change: &*admin,
            from: "false",
            to: "true",
            back: "false",
        },
    ];
    let api = Api::new("{}");
    let there = Locked::new(&api.node, "dash", 60).scripts(&steps);
    let asked = present(&[&*eviction, &*admin], &nonce()).expect("a script");
    let layers = there.iter().flat_map(|script| scripts(script));
    for layer in layers.chain(scripts(&asked)) {
        crate::action::tests::node::shellcheck(&layer);
    }
    // A cold pull must not be cut off.
    assert!(patience([&*admin]).as_secs() > 220);
}
