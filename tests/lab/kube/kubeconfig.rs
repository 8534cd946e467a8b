//! Kubeconfig files in the shapes that EKS users have.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::kube::access::User;
use crate::kube::lab::KubeConfig;
use crate::kube::metadata::time;

/// How a kubeconfig names the cluster and where the token comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KubeconfigStyle {
    /// As eksctl writes it: names like `alice@prod-eu.eu-west-1.eksctl.io`, and an exec plugin
    /// `aws eks get-token --cluster-name … --region …`. The `aws` is a script next to the
    /// kubeconfig that works offline.
    EksExec,
    /// As `aws eks update-kubeconfig` names it: context, cluster and user are the cluster's ARN;
    /// with a token in the file.
    EksArn,
    /// Plain names and a token in the file: nothing says which cluster or region it is.
    Plain,
}

/// Writes the kubeconfig of one user.
pub(crate) fn write(
    path: &Path,
    style: KubeconfigStyle,
    config: &KubeConfig,
    user: &User,
    server: &str,
    certificate: Option<&str>,
) -> anyhow::Result<()> {
    let names = Names::of(style, config, user);
    let credentials = match style {
        KubeconfigStyle::EksExec => exec(&write_aws_script(path, user)?, config),
        KubeconfigStyle::EksArn | KubeconfigStyle::Plain => json!({"token": user.token}),
    };
    let mut cluster = json!({"server": server});
    if let Some(certificate) = certificate {
        cluster["certificate-authority-data"] = json!(STANDARD.encode(certificate));
    }
    let kubeconfig = json!({
        "apiVersion": "v1",
        "kind": "Config",
        "preferences": {},
        "current-context": names.context,
        "clusters": [{"name": names.cluster, "cluster": cluster}],
        "contexts": [{"name": names.context, "context": {"cluster": names.cluster, "user": names.user}}],
        "users": [{"name": names.user, "user": credentials}],
    });
    write_with_mode(path, &format!("{kubeconfig:#}\n"), 0o600)
}

struct Names {
    context: String,
    cluster: String,
    user: String,
}

impl Names {
    fn of(style: KubeconfigStyle, config: &KubeConfig, user: &User) -> Self {
        match style {
            KubeconfigStyle::EksExec => {
                let cluster = format!("{}.{}.eksctl.io", config.cluster, config.region);
                let user = format!("{}@{cluster}", user.name);
                Self {
                    context: user.clone(),
                    cluster,
                    user,
                }
            }
            KubeconfigStyle::EksArn => {
                let arn = format!(
                    "arn:aws:eks:{}:{}:cluster/{}",
                    config.region, config.account, config.cluster
                );
                Self {
                    context: arn.clone(),
                    cluster: arn.clone(),
                    user: arn,
                }
            }
            KubeconfigStyle::Plain => Self {
                context: "lab".to_owned(),
                cluster: "lab".to_owned(),
                user: user.name.clone(),
            },
        }
    }
}

fn exec(command: &Path, config: &KubeConfig) -> Value {
    json!({"exec": {
        "apiVersion": "client.authentication.k8s.io/v1beta1",
        "command": command,
        "args": ["eks", "get-token", "--cluster-name", config.cluster, "--region", config.region],
        "env": [{"name": "AWS_STS_REGIONAL_ENDPOINTS", "value": "regional"}],
        "interactiveMode": "IfAvailable",
        "provideClusterInfo": false,
    }})
}

/// A stand-in for the AWS CLI that knows nothing but `eks get-token`.
fn write_aws_script(kubeconfig: &Path, user: &User) -> anyhow::Result<PathBuf> {
    let folder = kubeconfig.with_extension("bin");
    fs::create_dir_all(&folder).with_context(|| format!("create {}", folder.display()))?;
    let folder = folder.canonicalize()?;
    let expires = time(Timestamp::now() + SignedDuration::from_mins(14));
    let credential = json!({
        "kind": "ExecCredential",
        "apiVersion": "client.authentication.k8s.io/v1beta1",
        "spec": {},
        "status": {"expirationTimestamp": expires, "token": user.token},
    });
    let script = format!(
        "#!/bin/sh\n\
         if [ \"$1 $2\" != 'eks get-token' ]; then\n  \
           echo \"aws: this stand-in only knows eks get-token, not: $*\" >&2\n  exit 252\n\
         fi\n\
         cat <<'EOF'\n{credential}\nEOF\n"
    );
    let path = folder.join("aws");
    write_with_mode(&path, &script, 0o700)?;
    Ok(path)
}

fn write_with_mode(path: &Path, text: &str, mode: u32) -> anyhow::Result<()> {
    fs::write(path, text).with_context(|| format!("write {}", path.display()))?;
    fs::set_permissions(path, fs::Permissions::from_mode(mode))
        .with_context(|| format!("set the mode of {}", path.display()))
}
