//! What people read about a target that can't be used.

use super::target::TargetError;

impl TargetError {
    /// What went wrong.
    pub fn what(&self) -> String {
        match self {
            TargetError::Syntax { option, text, .. } => {
                format!("{text:?} is no name for {option}")
            }
            TargetError::Comment { text } => format!("{text:?} can't be a command's comment"),
            TargetError::ScriptTooLong { bytes } => {
                format!("the script takes {bytes} bytes, more than one command can carry")
            }
            TargetError::InstanceCount { count } => {
                format!("a command goes to 1 to 50 instances, not to {count}")
            }
            TargetError::None => "no target was named".into(),
            TargetError::NoPod { pod, unread } => {
                let unread = unread
                    .as_ref()
                    .map(|why| format!("; where it was can't be told: {why}"));
                let unread = unread.unwrap_or_default();
                format!("there is no pod {pod}, nor one that begins so{unread}")
            }
            TargetError::NoPodOn { pod, node } => {
                format!("there are no logs of a pod {pod} on {node}, nor of one that begins so")
            }
            TargetError::SeveralPods {
                pod,
                matches,
                count,
            } => {
                let more = count.saturating_sub(matches.len());
                let rest = if more > 0 {
                    format!(" and {more} more")
                } else {
                    String::new()
                };
                format!(
                    "{count} pods begin with {pod}: {}{rest}",
                    matches.join(", ")
                )
            }
            TargetError::NoWorkload { what } => format!("there is no {what}"),
            TargetError::NoSelector { what } => {
                format!("the {what} selects no pods by their labels")
            }
            TargetError::NoPods { what } => {
                format!("there are no pods: {what}")
            }
            TargetError::PodPending { pod, reason } => {
                format!("the pod {pod} has no node yet: {reason}")
            }
            TargetError::PodGone { pod, trail, .. } => format!("the pod {pod} is gone: {trail}"),
            TargetError::PodUnknown {
                pod,
                why,
                last_known: Some(last),
            } => {
                format!("the node of pod {pod} can't be told now ({why}); {last}")
            }
            TargetError::PodUnknown {
                pod,
                why,
                last_known: None,
            } => {
                format!("the node of pod {pod} can't be told now: {why}")
            }
            TargetError::NoNode { node } => format!("there is no node {node}"),
            TargetError::Fargate { node } => {
                format!(
                    "{node} is a Fargate node: there is no instance, no SSM and no host to look at"
                )
            }
            TargetError::Hybrid {
                node,
                managed: Some(id),
            } => {
                format!("{node} is an EKS hybrid node ({id}), not an EC2 instance")
            }
            TargetError::Hybrid {
                node,
                managed: None,
            } => {
                format!("{node} is an EKS hybrid node, and its SSM id can't be derived")
            }
            TargetError::OtherSystem { node, system } => {
                format!("{node} runs {system}, not Bottlerocket")
            }
            TargetError::NoInstance { node, provider_id } => {
                format!("the provider id of {node} names no EC2 instance: {provider_id:?}")
            }
            TargetError::Contradiction {
                node,
                provider,
                annotation,
            } => format!(
                "{node} is {provider} by its provider id, but {annotation} by its CSI annotation"
            ),
            TargetError::SeveralInstances { node, instances } => {
                let ids: Vec<&str> = instances.iter().map(|id| id.as_str()).collect();
                format!("several instances have the name {node}: {}", ids.join(", "))
            }
            TargetError::NotRunning { instance, state } => format!("{instance} is {state}"),
            TargetError::NotRegistered { instance, .. } => {
                format!("SSM does not know {instance}: its agent has never registered here")
            }
            TargetError::Offline {
                instance,
                last: Some(last),
            } => {
                format!("SSM has lost {instance}: its agent was last in touch at {last}")
            }
            TargetError::Offline {
                instance,
                last: None,
            } => {
                format!("SSM has lost {instance}: its agent is not in touch")
            }
        }
    }

    /// Where.
    pub fn place(&self) -> String {
        match self {
            TargetError::Syntax { option, .. } => (*option).to_owned(),
            TargetError::None => "the command line".into(),
            TargetError::Comment { .. }
            | TargetError::ScriptTooLong { .. }
            | TargetError::InstanceCount { .. } => "ssm:SendCommand".into(),
            TargetError::NoPod { pod, .. }
            | TargetError::NoPodOn { pod, .. }
            | TargetError::SeveralPods { pod, .. }
            | TargetError::PodPending { pod, .. }
            | TargetError::PodGone { pod, .. }
            | TargetError::PodUnknown { pod, .. } => format!("pod {pod}"),
            TargetError::NoWorkload { what }
            | TargetError::NoSelector { what }
            | TargetError::NoPods { what } => what.clone(),
            TargetError::NoNode { node }
            | TargetError::Fargate { node }
            | TargetError::Hybrid { node, .. }
            | TargetError::OtherSystem { node, .. }
            | TargetError::NoInstance { node, .. }
            | TargetError::Contradiction { node, .. }
            | TargetError::SeveralInstances { node, .. } => format!("node {node}"),
            TargetError::NotRegistered { instance, region } => format!("{instance} in {region}"),
            TargetError::NotRunning { instance, .. } | TargetError::Offline { instance, .. } => {
                instance.to_string()
            }
        }
    }

    /// What to do.
    pub fn help(&self) -> String {
        match self {
            TargetError::Syntax { allowed, .. } => format!("allowed: {allowed}"),
            TargetError::Comment { .. } => "1 to 100 printable ASCII characters".into(),
            TargetError::ScriptTooLong { .. } => "shorten the runbook's scripts".into(),
            TargetError::InstanceCount { .. } => "send several commands".into(),
            TargetError::None => "name one: --pod NS/NAME, --node NAME or --instance i-…".into(),
            TargetError::NoPod { .. } => {
                "check name, namespace and context: kubectl get pods -A".into()
            }
            TargetError::NoPodOn { .. } => {
                "check name, namespace and node; logs of deleted pods go within seconds".into()
            }
            TargetError::SeveralPods { .. } => "give more of the name".into(),
            TargetError::NoWorkload { .. } => {
                "check kind, name, namespace and context: kubectl get deployments -A".into()
            }
            TargetError::NoSelector { .. } => {
                "name the pods themselves, or give --selector LABELS".into()
            }
            TargetError::NoPods { .. } => {
                "kubectl get events says for an hour what there was; logs of deleted pods go within seconds".into()
            }
            TargetError::PodPending { pod, .. } => {
                format!(
                    "there is no node to look at before it is scheduled: {}",
                    describe(pod)
                )
            }
            TargetError::PodGone {
                node: Some(node), ..
            } => {
                format!("to look at the node where it was: --node {node}")
            }
            TargetError::PodGone { node: None, .. } => "name its node with --node".into(),
            TargetError::PodUnknown { .. } => {
                "name the node (--node NAME with --cluster and --region) or the instance \
                 (--instance i-…): both work without the API server"
                    .into()
            }
            TargetError::NoNode { .. } => {
                "kubectl get nodes lists them; a node that has left the cluster: --instance i-…"
                    .into()
            }
            TargetError::Fargate { .. } => {
                "what Kubernetes itself knows is all there is: kubectl describe, kubectl logs"
                    .into()
            }
            TargetError::Hybrid { .. } | TargetError::OtherSystem { .. } => {
                "heeler works on Bottlerocket nodes on EC2 only".into()
            }
            TargetError::NoInstance { .. } => {
                "if you know the instance, name it with --instance i-…".into()
            }
            TargetError::Contradiction { .. } => {
                "find out which is right (aws ec2 describe-instances), then name it with --instance"
                    .into()
            }
            TargetError::SeveralInstances { .. } => "name the right one with --instance i-…".into(),
            TargetError::NotRunning { instance, .. } => {
                format!("nothing runs there: aws ec2 describe-instances --instance-ids {instance}")
            }
            TargetError::NotRegistered { .. } => {
                "check the node's IAM role (AmazonSSMManagedInstanceCore), its way to the SSM \
                 endpoints, and that the control container is enabled; a new node needs a minute"
                    .into()
            }
            TargetError::Offline { .. } => {
                "the node may hang, be cut off or be restarting: check the instance's status \
                 checks; SSM notices a node that is back within 5 minutes"
                    .into()
            }
        }
    }
}

/// The command that shows a pod `namespace/name`.
fn describe(pod: &str) -> String {
    let (namespace, name) = pod.split_once('/').unwrap_or(("default", pod));
    format!("kubectl -n {namespace} describe pod {name}")
}
