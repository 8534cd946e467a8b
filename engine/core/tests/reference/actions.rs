//! The page of an action: an example, its parameters, its answer, and where it is asked.

use heeler_core::action::{Action, Carried, Look, Source, Target};
use heeler_core::syntax::Shape;
use heeler_core::value::Kind;

use super::page::{keys, table, yaml};

/// An example of each action's parameters, as they stand in a runbook.
const EXAMPLES: &[(&str, &str)] = &[
    ("conntrack-counters", "{ over: 2s }"),
    ("conntrack-entries", "{ sample: 5000 }"),
    ("disk", "{ path: /local }"),
    ("dmesg", "{ pattern: \"table full, dropping packet\" }"),
    (
        "ethtool",
        "{ counters: [conntrack_allowance_exceeded], over: 2s }",
    ),
    (
        "journal",
        "{ unit: kubelet, window: 1h, pattern: \"PLEG is not healthy\" }",
    ),
    (
        "kube",
        "{ get: nodes, extract: { cpus: { path: status.capacity.cpu, type: integer } } }",
    ),
    ("memory", "{}"),
    (
        "run",
        "{ at: admin, script: \"ss -s\", extract: { estab: { pattern: \"estab ([0-9]+)\", type: integer } } }",
    ),
    (
        "settings",
        "{ prefix: settings.motd, extract: { motd: { path: motd, type: text } } }",
    ),
    ("socket-counters", "{ over: 2s }"),
    ("sysctl", "{ max: net.netfilter.nf_conntrack_max }"),
];
/// The same for changes.
const CHANGES: &[(&str, &str)] = &[
    ("cordon", "{}"),
    ("drain", "{ empty-dir-data: true, within: 5m }"),
    ("host-container", "{ admin: true }"),
    ("reboot", "{ back-within: 15m }"),
    ("restart", "kubelet.service"),
    (
        "run",
        "{ at: control, present: \"apiclient get settings.motd | jq -r .settings.motd\", to: busy, script: \"apiclient set motd=busy\", revert: \"apiclient set motd=idle\" }",
    ),
    (
        "patch",
        "{ object: { resource: services, namespace: shop, name: web }, set: { spec.externalTrafficPolicy: Local } }",
    ),
    (
        "settings",
        "{ settings.kernel.sysctl: { vm.max_map_count: 1048576 }, unset-to: { vm.max_map_count: 524288 } }",
    ),
    (
        "sysctl",
        "{ net.netfilter.nf_conntrack_tcp_timeout_time_wait: \"{{ inputs.time_wait }}\" }",
    ),
    ("uncordon", "{}"),
];

/// What else there is to know of a change.
const NOTES: &[(&str, &str)] = &[
    (
        "cordon",
        "Pods that run there stay. The way back makes the node schedulable again, where it was so before.\n",
    ),
    (
        "drain",
        "Nothing takes a drain back: the fix is *disruptive*, which by default another person has to approve, and none \
         of its other changes can have a way back. The node has to be cordoned before, by a fix of its own that can be \
         taken back, or by `kubectl cordon`: otherwise the plan is refused. So no new pod comes while somebody reads the \
         plan, and of several nodes none takes what another one has let go. The node stays cordoned at the end, whatever \
         that is.\n\n\
         The plan names each pod that will go, with what makes it anew, the data that is lost, and a wish to be left \
         where it is (`karpenter.sh/do-not-disrupt`, `cluster-autoscaler.kubernetes.io/safe-to-evict`). Pods of DaemonSets, \
         static pods and pods that have ended are left alone. A pod without a controller, or with an `emptyDir`, refuses \
         the plan unless the parameters say otherwise. Each eviction is tried out by a server-side dry run: a budget that \
         lets none go now is told, as is who else may drain, reboot or remove the node, and a pod that can never be \
         evicted (it has two budgets) refuses the plan. What an \
         approval binds to are the pods: one that has ended since is no reason to refuse a plan that was made before \
         (`--plan`), one that the plan does not show is.\n\n\
         Pods go through the eviction API, so that no budget is overruled, and with their own time to end. One that its \
         budget holds back is asked for again every 5 s. What became of an eviction is never taken from the answer: it is \
         done when the pod with that uid is gone. No other eviction begins once somebody interrupts, the node is \
         uncordoned, a pod comes that the plan does not show, or one is refused for good; those that go are waited for.\n\n\
         Where no pod was evicted the fix is *refused*. Where not all are gone within its time, or the condition of \
         `verify` does not hold, it is *stuck*, with each pod that is left and what keeps it, and with the commands to go \
         on or to let pods come again. `heeler revert` has nothing to take back, and says which pods are gone.\n",
    ),
    (
        "host-container",
        "`true` waits until the container answers, for 180 s, as its image may have to be pulled; `false` until it \
         has stopped. A container that the node does not have is refused, and the control container by the linter.\n",
    ),
    (
        "patch",
        "It is a JSON merge patch, bound to the state of the object that was read right before: who changes it in \
         between makes it fail, and nothing is changed. A number without quotes is a number, in quotes it is text. The \
         plan shows what the API server makes of it in a dry run: what it changes besides stands there, and a patch of \
         which it makes something else is refused. The way back sets what was there, and removes what was not.\n\n\
         What Argo CD, Flux, Helm or an EKS add-on owns is refused: they would set it again. It is changed where they \
         read it. A secret is refused by the linter.\n",
    ),
    (
        "reboot",
        "It is the only change of its fix, and *disruptive*: by default another person has to approve it. The plan shows each \
         pod that is evicted first and each budget that stands in the way now, whether the node was cordoned before, \
         a staged update with which it would come back with another version, and who else may reboot or remove the \
         node. It is refused where the Bottlerocket update operator is about to do so, and where another run changes \
         the node or has left the mark of a reboot on it. It needs the rights of [`drain`](drain.md), and to `patch` \
         the Node.\n\n\
         It goes step by step, each written down before it is taken: the node is locked; cordoned, with the annotation \
         `heeler/reboot`, which says whose cordon it is; drained, as `drain` says; asked to reboot, once; waited for \
         until Kubernetes says that it is ready on another boot, and the node says the same; and uncordoned, unless it \
         was cordoned before. Then `verify` looks, on the new boot; one more restart ends that. Where an answer is lost \
         the boot id tells, and nothing is sent twice.\n\n\
         It ends in one of these states. *Kept*: the node is ready on another boot, and `verify` has held. *Refused*: no \
         pod was evicted, the node was not rebooted, and it is as it was. *Stuck*: pods were evicted and the node was not \
         rebooted, as a budget let no more go in time; or it did not come back within `back-within`, and is left \
         cordoned; or `verify` did not hold. `heeler` says what stands, and what a person does then. An interruption \
         before the reboot uncordons the node; after it nobody waits any more.\n\n\
         A `heeler` that was killed leaves the node cordoned. Its report says so, and so does every later run on the \
         node; `heeler revert` sees to it that nothing of the reboot begins any more, and uncordons the \
         node once it is ready, where the cordon is still that of the run.\n\n\
         Nodes are rebooted one by one: with `--all` it is refused (`pods-would-follow`), as pods of the first would come \
         to the next, and nobody has approved that.\n",
    ),
    (
        "restart",
        "Nothing takes a restart back: the fix is *disruptive*, which by default another person has to approve, and none \
         of its other changes can have a way back. It ends in one of two states: the service runs, started anew, and the \
         condition of `verify` holds, so that the fix is kept; or it is *stuck*, and `heeler` says how the service stands. \
         `heeler revert` has nothing to take back, and says so.\n\n\
         Only a service that runs, or has failed, is restarted. One that is inactive was stopped by somebody or has done \
         its work, and one that is just starting would be disturbed: both are refused. So is one that was started anew \
         since the plan was made. The linter refuses services that carry the command itself: the control container and the \
         admin container, their containerd, the API server, the network.\n\n\
         It has worked when systemd says `active (running)` with a new invocation, within 60 s, and still does so a second \
         later. Whether the node got Ready is for `verify` to see.\n",
    ),
    (
        "run",
        "Three scripts make it a change like any other. `present` prints what is there; a fix that finds `to` there has \
         nothing to do, and one that finds another value than the plan is refused. `script` is run, and `present` has to \
         print `to` then. `revert` is run by the way back, also by the job in the control container that takes the change \
         back unless it is kept, and only where `present` still prints `to`. A script gets 60 s, `present` 10 s; what they \
         print beside that is thrown away. They are POSIX sh without `{{ }}`: what is approved stands in the plan, line by \
         line.\n\n\
         Only one of these scripts runs at any time, whoever has begun it: who comes next waits for its end, also where \
         whoever began it was killed. Write `revert` so that it does no harm when it is run twice, after one that was cut \
         short.\n\n\
         A script that fails, or is killed, may have done a part. Where `present` prints `to` all the same, `revert` is \
         run, and what has been taken back is told so if that ends well. Where `present` does not, `revert` is not run: \
         the fix ends *stuck*, and the node stays locked until a person has seen to it and has removed the mark that \
         stands beside the lock. heeler names that file.\n\n\
         With `irreversible: true` in the place of `revert` the change is *irreversible*: by default two other people have \
         to approve it, nothing takes it back, and it ends kept, where `verify` has seen it work, or stuck. In the admin \
         container there is nothing that could take a script back by itself, so there it is always irreversible.\n",
    ),
    (
        "settings",
        "What belongs together is one map, which is set at once; `eviction-soft` and its grace period are a map of two \
         maps below `settings.kubernetes`. A number without quotes is a number, in quotes it is text; kernel parameters, \
         thresholds and labels are text in any case.\n\n\
         Nothing is set where the value is there already: its services would restart all the same. The plan names the \
         services. Kernel parameters are read back from the kernel within 8 s. Of everything else only the setting is \
         read back: whether the kubelet took it, and runs, is for `verify` to see.\n\n\
         No setting can be unset. Where nothing is set now and `unset-to` does not say what the way back sets, the fix is \
         refused.\n",
    ),
];

pub(crate) fn page(action: &dyn Action) -> String {
    let name = action.name();
    let mut text = format!("# {name}\n{}.\n", action.summary());
    if let Some(shape) = action.look_shape() {
        let example = example(name, EXAMPLES);
        let look = look(action, example);
        text.push_str(&format!(
            "\n## To look\n```yaml\nlook:\n  answer:\n    {name}: {example}\n```\n\n"
        ));
        text.push_str(&parameters(&shape));
        text.push_str("\n### Answer\n");
        let mut rows = Vec::new();
        fields(&mut rows, "", &look.kind());
        text.push_str(&table(&["field", "kind", "meaning"], rows));
        text.push_str(&asked(look.as_ref()));
    }
    if let Some(shape) = action.change_shape() {
        let example = example(name, CHANGES);
        let (tree, mut faults) = yaml(example);
        let change = action.change(&tree, &mut faults).expect("a change");
        text.push_str(&format!(
            "\n## To change\n```yaml\nchange:\n  - {name}: {example}\n```\n\n"
        ));
        text.push_str(&parameters(&shape));
        text.push_str(&match change.carried() {
            Carried::Node(change) if change.reboot().is_some() => {
                "\nCarried out step by step, in the control container and by the Kubernetes API.\n".to_owned()
            }
            Carried::Node(change) => format!(
                "\nCarried out in the {}; {} s at most.\n",
                change.place(),
                change.limit().as_secs()
            ),
            Carried::Cluster(_) => "\nCarried out by the Kubernetes API. Nothing on the node takes it back: heeler \
                 does, and where it was stopped `heeler revert`, which needs neither the node nor AWS. A field that somebody \
                 else has set since is left alone. So its fix is a class more than it would be: \
                 disruptive. It needs the rights to `get` and to `patch` the object.\n"
                .to_owned(),
            Carried::Evictions(_) => "\nCarried out by the Kubernetes API, pod by pod. Nothing takes it back. It needs the \
                 rights to `get` the node, to `list` pods in all namespaces, and to `create` `pods/eviction`.\n"
                .to_owned(),
        });
        let notes = NOTES.iter().find(|(of, _)| *of == name);
        text.extend(notes.iter().flat_map(|(_, notes)| ["\n", notes]));
    }
    text
}

fn example(name: &str, examples: &[(&str, &'static str)]) -> &'static str {
    let found = examples.iter().find(|(of, _)| *of == name);
    found.map_or_else(|| panic!("no example of {name}"), |(_, example)| example)
}

fn look(action: &dyn Action, parameters: &str) -> Box<dyn Look> {
    let (tree, mut faults) = yaml(parameters);
    let look = action.look(&tree, &mut faults);
    look.unwrap_or_else(|| panic!("{:?}", faults.into_vec()))
}

fn parameters(shape: &Shape) -> String {
    match shape {
        Shape::Keys([]) => "It takes no parameters: `{}`.\n".to_owned(),
        Shape::Keys(rows) => table(
            &["parameter", "takes", "needed, or its default", "meaning"],
            keys("", rows),
        ),
        Shape::Entries(entries) => format!(
            "It takes {shape}, each with {}{}.\n{}",
            entries.value,
            match (entries.least, entries.most) {
                (1, Some(1)) => "; exactly one",
                (1, None) => "; at least one",
                _ => "",
            },
            entries.beside.map_or_else(String::new, |key| format!(
                "\nBeside it may stand:\n\n{}",
                table(
                    &["parameter", "takes", "needed, or its default", "meaning"],
                    keys("", std::slice::from_ref(key)),
                )
            )),
        ),
        other => format!("It takes {other}.\n"),
    }
}

fn asked(look: &dyn Look) -> String {
    let mut text = "\n### Asked where\n".to_owned();
    match look.source(&Target::default()) {
        Ok(Source::Kube(_)) => text.push_str("The Kubernetes API.\n"),
        Ok(Source::Node(rungs)) => {
            for (number, rung) in (1..).zip(rungs) {
                let needs = match rung.needs {
                    "" => String::new(),
                    needs => format!(", where it has {needs}"),
                };
                let limit = rung.limit.as_secs();
                text.push_str(&format!(
                    "{number}. {}{needs}; {limit} s at most\n",
                    rung.place
                ));
            }
        }
        Err(why) => panic!("{look:?}: {why}"),
    }
    text
}

fn fields(rows: &mut Vec<Vec<String>>, prefix: &str, kind: &Kind) {
    let Kind::Record(record) = kind else {
        return;
    };
    for (name, field) in record {
        let path = format!("{prefix}{name}");
        let kind = match &field.kind {
            Kind::Record(_) => String::new(),
            kind => kind.to_string(),
        };
        rows.push(vec![format!("`{path}`"), kind, field.help.to_owned()]);
        fields(rows, &format!("{path}."), &field.kind);
    }
}
