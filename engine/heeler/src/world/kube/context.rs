//! What a kubeconfig says about a context: namespace, and the AWS names behind it.

use kube::config::{ExecConfig, Kubeconfig};

use crate::world::error::PlaceError;
use crate::world::place::ClusterArn;
use crate::world::port::Context;

/// Reads a context without asking anybody. `None` is the current one.
pub(super) fn read(config: &Kubeconfig, asked: Option<&str>) -> Result<Context, PlaceError> {
    let missing = |detail: &str| PlaceError::NoContext {
        context: asked.map(str::to_owned),
        detail: detail.to_owned(),
    };
    let name = asked
        .or(config
            .current_context
            .as_deref()
            .filter(|name| !name.is_empty()))
        .ok_or_else(|| missing("it has no current context"))?;
    let context = config
        .contexts
        .iter()
        .find(|entry| entry.name == name)
        .and_then(|entry| entry.context.as_ref())
        .ok_or_else(|| missing("there is no such context"))?;
    let exec = config
        .auth_infos
        .iter()
        .find(|entry| Some(&entry.name) == context.user.as_ref())
        .and_then(|entry| entry.auth_info.as_ref()?.exec.as_ref());
    let plugin = exec.map(Plugin::read).unwrap_or_default();
    // The cluster entry's name is an ARN where `aws eks update-kubeconfig` wrote it.
    let arn = ClusterArn::read(&context.cluster);
    Ok(Context {
        name: name.to_owned(),
        namespace: context
            .namespace
            .clone()
            .filter(|namespace| !namespace.is_empty())
            .unwrap_or_else(|| "default".to_owned()),
        cluster: plugin
            .cluster
            .or_else(|| arn.as_ref().map(|arn| arn.name.clone())),
        region: plugin
            .region
            .or_else(|| arn.as_ref().map(|arn| arn.region.clone())),
        account: arn.map(|arn| arn.account),
        profile: plugin.profile,
    })
}

/// What the arguments of a credential plugin give away: `aws eks get-token --cluster-name X`,
/// `aws-iam-authenticator token -i X`.
#[derive(Debug, Default, PartialEq, Eq)]
struct Plugin {
    cluster: Option<String>,
    region: Option<String>,
    profile: Option<String>,
}

impl Plugin {
    fn read(exec: &ExecConfig) -> Self {
        let arguments = exec.args.as_deref().unwrap_or_default();
        let option = |names: &[&str]| value_of(arguments, names);
        let variable = |name: &str| environment(exec, name);
        let called = |word: &str| arguments.iter().any(|argument| argument == word);
        let cluster = if called("get-token") {
            option(&["--cluster-name"])
        } else if called("token") {
            option(&["-i", "--cluster-id"])
        } else {
            None
        };
        Plugin {
            cluster,
            region: option(&["--region"])
                .or_else(|| variable("AWS_REGION"))
                .or_else(|| variable("AWS_DEFAULT_REGION")),
            profile: option(&["--profile"]).or_else(|| variable("AWS_PROFILE")),
        }
    }
}

/// The value of an option, written as `--name value` or `--name=value`.
fn value_of(arguments: &[String], names: &[&str]) -> Option<String> {
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        if names.contains(&argument.as_str()) {
            return rest.next().cloned();
        }
        let joined = argument
            .split_once('=')
            .filter(|(name, _)| names.contains(name));
        if let Some((_, value)) = joined {
            return Some(value.to_owned());
        }
    }
    None
}

fn environment(exec: &ExecConfig, name: &str) -> Option<String> {
    exec.env
        .iter()
        .flatten()
        .find(|entry| entry.get("name").map(String::as_str) == Some(name))
        .and_then(|entry| entry.get("value"))
        .filter(|value| !value.is_empty())
        .cloned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(cluster: &str, user: &str) -> Kubeconfig {
        Kubeconfig::from_yaml(&format!(
            "apiVersion: v1\nkind: Config\ncurrent-context: here\n\
             contexts: [{{name: here, context: {{cluster: {cluster:?}, user: me, namespace: shop}}}}, \
             {{name: prod-us, context: {{cluster: {cluster:?}, user: me}}}}]\n\
             clusters: [{{name: {cluster:?}, cluster: {{server: 'http://127.0.0.1:1'}}}}]\n\
             users: [{{name: me, user: {user}}}]\n"
        ))
        .unwrap()
    }

    fn exec(command: &str, arguments: &str, env: &str) -> String {
        format!(
            "{{exec: {{apiVersion: client.authentication.k8s.io/v1, command: {command}, \
             args: {arguments}, env: {env}}}}}"
        )
    }

    #[test]
    fn the_plugin_knows_the_cluster() {
        for arguments in [
            "[--region, eu-west-1, --profile, ops, eks, get-token, --cluster-name, prod-eu]",
            "[eks, get-token, --cluster-name=prod-eu, --region=eu-west-1, --profile=ops]",
        ] {
            let context = read(&config("x", &exec("aws", arguments, "[]")), None).unwrap();
            assert_eq!(context.cluster.as_deref(), Some("prod-eu"));
            assert_eq!(context.region.as_deref(), Some("eu-west-1"));
            assert_eq!(context.profile.as_deref(), Some("ops"));
            assert_eq!(
                (context.name.as_str(), context.namespace.as_str()),
                ("here", "shop")
            );
        }
        let arguments = exec(
            "aws-iam-authenticator",
            "[token, -i, prod-eu]",
            "[{name: AWS_PROFILE, value: ops}]",
        );
        let context = read(&config("x", &arguments), None).unwrap();
        assert_eq!(context.cluster.as_deref(), Some("prod-eu"));
        assert_eq!(context.profile.as_deref(), Some("ops"));
    }

    #[test]
    fn the_plugin_goes_before_the_arn_and_names_are_free_text() {
        let arn = "arn:aws:eks:eu-west-1:111122223333:cluster/prod-eu";
        let context = read(&config(arn, "{token: t}"), None).unwrap();
        assert_eq!(context.cluster.as_deref(), Some("prod-eu"));
        assert_eq!(context.account.as_deref(), Some("111122223333"));
        assert_eq!(context.region.as_deref(), Some("eu-west-1"));

        let plugin = exec("aws", "[eks, get-token, --cluster-name, other]", "[]");
        assert_eq!(
            read(&config(arn, &plugin), None)
                .unwrap()
                .cluster
                .as_deref(),
            Some("other")
        );

        let plain = read(&config("prod-us", "{token: t}"), Some("prod-us")).unwrap();
        assert_eq!((plain.cluster, plain.namespace.as_str()), (None, "default"));
    }

    #[test]
    fn a_missing_context_is_an_error() {
        let error = read(&config("x", "{token: t}"), Some("nope")).unwrap_err();
        assert_eq!(error.code(), "no-context");
        assert!(error.what().contains("`nope`"), "{}", error.what());
    }
}
