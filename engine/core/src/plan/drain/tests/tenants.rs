//! Which pods of a node are evicted, left alone or in the way.

use std::time::Duration;

use serde_json::{Value as Json, json};

use super::{STRICT, WITHIN, going, pod};
use crate::action::Evictions;
use crate::event::ChangePlan;
use crate::plan::drain::{Bar, Stays, Tenants, is_cordoned, tenants};

fn of(pods: &[Json]) -> Tenants {
    tenants(pods, &STRICT).expect("whole pods")
}

fn owned(name: &str, kind: &str, api: &str) -> Json {
    let mut pod = pod(name);
    pod["metadata"]["ownerReferences"][0]["kind"] = json!(kind);
    pod["metadata"]["ownerReferences"][0]["apiVersion"] = json!(api);
    pod
}

fn change(pod: &Json) -> ChangePlan {
    let instance = "i-0abc1234def567890".parse().expect("an id");
    let free = Evictions {
        pods_without_controller: true,
        empty_dir_data: true,
        ..STRICT
    };
    let found = tenants(std::slice::from_ref(pod), &free).expect("a whole pod");
    assert_eq!(found.barred, []);
    found.evicted[0].change(&instance, WITHIN)
}

#[test]
fn what_comes_again_on_the_node_or_has_ended_is_left_alone() {
    let mut fixed = owned("etcd", "Node", "v1");
    fixed["metadata"]["annotations"] = json!({"kubernetes.io/config.mirror": "x"});
    let mut ended = pod("once");
    ended["status"]["phase"] = json!("Succeeded");
    let mut failed = pod("evicted");
    failed["status"]["phase"] = json!("Failed");
    // Whatever else would be in the way of it.
    failed["metadata"]["ownerReferences"] = json!([]);
    failed["spec"]["volumes"] = json!([{"name": "cache", "emptyDir": {}}]);
    let found = of(&[
        pod("web-2"),
        owned("agent", "DaemonSet", "apps/v1"),
        fixed,
        ended,
        failed,
        pod("web-1"),
        // Somebody's own kind, which may place it elsewhere.
        owned("other", "DaemonSet", "example.org/v1"),
    ]);
    let names: Vec<&str> = found.evicted.iter().map(|pod| pod.name.as_str()).collect();
    assert_eq!(names, ["other", "web-1", "web-2"]);
    let left = [
        ("shop/agent", Stays::DaemonSet),
        ("shop/etcd", Stays::Static),
        ("shop/evicted", Stays::Ended),
        ("shop/once", Stays::Ended),
    ];
    assert_eq!(
        found.left,
        left.map(|(name, stays)| (name.to_owned(), stays))
    );
    assert_eq!(
        found.left_says(),
        "of DaemonSets: shop/agent; static: shop/etcd; ended: shop/evicted, shop/once"
    );
    assert_eq!(found.barred, []);
    assert_eq!(of(&[]).left_says(), "");
}

#[test]
fn what_would_be_lost_is_in_the_way_unless_the_runbook_allows_it() {
    let mut alone = pod("alone");
    // An owner that does not control it makes nothing anew.
    alone["metadata"]["ownerReferences"][0]["controller"] = json!(false);
    let mut cache = pod("cache");
    cache["spec"]["volumes"] =
        json!([{"name": "tmp", "emptyDir": {}}, {"name": "cfg", "configMap": {}}]);
    let mut last = going("last");
    last["metadata"]["ownerReferences"] = json!([]);
    let pods = [cache, alone, last];
    let lossy = |pods_without_controller, empty_dir_data| {
        let evictions = Evictions {
            pods_without_controller,
            empty_dir_data,
            ..STRICT
        };
        tenants(&pods, &evictions).expect("whole pods").barred
    };
    let no_controller = ("shop/alone".to_owned(), Bar::NoController);
    let empty_dir = (
        "shop/cache".to_owned(),
        Bar::EmptyDir(vec!["tmp".to_owned()]),
    );
    assert_eq!(
        lossy(false, false),
        [no_controller.clone(), empty_dir.clone()]
    );
    assert_eq!(lossy(true, false), [empty_dir]);
    assert_eq!(lossy(false, true), [no_controller]);
    assert_eq!(lossy(true, true), []);
    assert_eq!(of(&pods).evicted.len(), 3);
}

#[test]
fn a_plan_names_who_makes_the_pod_anew_and_what_is_lost() {
    let plain = change(&pod("web-1"));
    assert_eq!(plain.subject, "pods shop/web-1");
    assert_eq!((plain.from.as_str(), plain.to.as_str()), ("there", "gone"));
    assert_eq!(
        plain.diff,
        "evicted; Deployment web makes another one elsewhere"
    );
    assert_eq!(plain.effects, [""; 0]);
    let object = plain.object.as_ref().expect("an object");
    assert_eq!(
        (object.to_string().as_str(), object.uid.as_str()),
        ("pods shop/web-1", "web-1")
    );
    // What moves by itself is no part of it: the digest of the plan would move along.
    let mut later = going("web-1");
    later["status"]["phase"] = json!("Pending");
    assert_eq!(change(&later), plain);

    let mut set = owned("db-0", "StatefulSet", "apps/v1");
    set["spec"] = json!({"terminationGracePeriodSeconds": 120,
        "volumes": [{"name": "a", "emptyDir": {"medium": "Memory"}}, {"name": "b", "emptyDir": {}}]});
    set["metadata"]["annotations"] = json!({"karpenter.sh/do-not-disrupt": "true",
        "cluster-autoscaler.kubernetes.io/safe-to-evict": "true"});
    let whole = change(&set);
    assert_eq!(
        whole.diff,
        "evicted; StatefulSet web-7d9f makes another one elsewhere"
    );
    assert_eq!(
        whole.effects,
        [
            "the data of its emptyDir a, b is lost",
            "it may take 120 s to end, which is longer than it is waited for",
            "it asks to be left where it is: karpenter.sh/do-not-disrupt"
        ]
    );
    set["spec"]["terminationGracePeriodSeconds"] = json!(45);
    assert_eq!(change(&set).effects[1], "it may take 45 s to end");
    let mut alone = pod("alone");
    alone["metadata"]["ownerReferences"] = json!([]);
    assert_eq!(change(&alone).diff, "evicted; nothing makes another one");
    assert!(Duration::from_secs(45) < WITHIN);
}

#[test]
fn a_pod_that_can_t_be_told_from_others_is_no_pod() {
    for field in ["namespace", "name", "uid"] {
        let mut pod = pod("web-1");
        pod["metadata"][field] = Json::Null;
        assert!(tenants(&[pod], &STRICT).is_err(), "{field}");
    }
}

#[test]
fn only_true_is_cordoned() {
    for (spec, wanted) in [
        (json!({"unschedulable": true}), true),
        (json!({"unschedulable": false}), false),
        (json!({}), false),
    ] {
        assert_eq!(is_cordoned(&json!({ "spec": spec })), wanted);
    }
}
