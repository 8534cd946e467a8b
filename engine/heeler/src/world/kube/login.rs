//! How the caller is known to kubelets: by the same credentials as to the API server. The kube crate runs a
//! credential plugin three times for each client that it builds, and there is a client for each kubelet; so
//! here it is run once for all of them, and again when what it gave expires.

use std::collections::HashMap;
use std::process::Stdio;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::{SignedDuration, Timestamp};
use kube::config::{AuthInfo, ExecConfig};
use serde_json::{Value, json};
use tokio::process::Command;
use tokio::time::timeout;

use super::client::LOGIN;
use crate::world::error::Cause;

/// What expires so soon is gotten anew.
const EARLY: SignedDuration = SignedDuration::from_secs(60);

/// Credentials that need no plugin any more.
#[derive(Clone)]
pub(super) struct Login {
    user: AuthInfo,
    until: Option<Timestamp>,
}

impl Login {
    /// Those of this user of a kubeconfig.
    ///
    /// # Errors
    /// When their credential plugin gives none.
    pub(super) async fn of(user: &AuthInfo) -> Result<Self, Cause> {
        let mut plain = user.clone();
        // A kubelet takes no passwords.
        (plain.username, plain.password) = (None, None);
        let Some(plugin) = plain.exec.take() else {
            return Ok(Login {
                user: plain,
                until: None,
            });
        };
        let said = run(&plugin).await?;
        let status = said
            .get("status")
            .ok_or_else(|| Cause::NoCredentials("the credential plugin gave none".to_owned()))?;
        let text = |key: &str| status.get(key).and_then(Value::as_str).map(str::to_owned);
        plain.token = plain.token.or(text("token").map(Into::into));
        if let (Some(certificate), Some(key)) =
            (text("clientCertificateData"), text("clientKeyData"))
        {
            plain.client_certificate_data = Some(STANDARD.encode(certificate));
            plain.client_key_data = Some(STANDARD.encode(key).into());
        }
        let until = text("expirationTimestamp").map(|until| until.parse());
        let until = until.transpose().map_err(|error: jiff::Error| {
            Cause::NoCredentials(format!("the credential plugin: {error}"))
        })?;
        Ok(Login { user: plain, until })
    }

    /// Whether they hold for a while.
    pub(super) fn is_good(&self) -> bool {
        self.until
            .is_none_or(|until| Timestamp::now() + EARLY < until)
    }

    /// The credentials.
    pub(super) fn user(&self) -> AuthInfo {
        self.user.clone()
    }
}

/// Runs a credential plugin, which can't ask anybody anything: it has logged in once already.
async fn run(plugin: &ExecConfig) -> Result<Value, Cause> {
    let failed = |why: String| {
        Cause::NoCredentials(format!("the kubeconfig's credential plugin failed: {why}"))
    };
    let command = plugin.command.as_ref();
    let mut command = Command::new(command.ok_or_else(|| failed("it has no command".to_owned()))?);
    let pair = |entry: &HashMap<String, String>| {
        Some((entry.get("name")?.clone(), entry.get("value")?.clone()))
    };
    let cluster = plugin
        .cluster
        .as_ref()
        .filter(|_| plugin.provide_cluster_info);
    let about = json!({
        "apiVersion": plugin.api_version,
        "kind": "ExecCredential",
        "spec": {"interactive": false, "cluster": cluster},
    });
    command
        .args(plugin.args.iter().flatten())
        .envs(plugin.env.iter().flatten().filter_map(pair))
        .env("KUBERNETES_EXEC_INFO", about.to_string())
        .stdin(Stdio::null())
        .kill_on_drop(true);
    let ended = match timeout(LOGIN, command.output()).await {
        Ok(ended) => ended.map_err(|error| failed(error.to_string()))?,
        Err(_) => return Err(failed("it does not end".to_owned())),
    };
    if !ended.status.success() {
        let said = String::from_utf8_lossy(&ended.stderr);
        let said = said.trim().lines().last().unwrap_or("it does not say why");
        return Err(failed(format!("{}: {said}", ended.status)));
    }
    serde_json::from_slice(&ended.stdout).map_err(|error| failed(error.to_string()))
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret as _;

    use super::*;

    fn user(script: &str) -> AuthInfo {
        let exec = json!({"apiVersion": "client.authentication.k8s.io/v1beta1", "command": "sh", "args": ["-c", script],
            "env": [{"name": "WORD", "value": "abc"}]});
        serde_json::from_value(json!({"exec": exec})).unwrap()
    }

    #[tokio::test]
    async fn a_plugin_is_run_once_and_again_before_it_expires() {
        let says = |until: Timestamp| {
            format!(
                r#"echo "{{\"status\":{{\"token\":\"$WORD\",\"expirationTimestamp\":\"{until}\"}}}}""#
            )
        };
        let now = Timestamp::now();
        let login = Login::of(&user(&says(now + SignedDuration::from_mins(14))))
            .await
            .unwrap();
        assert!(login.is_good() && login.user().exec.is_none());
        assert_eq!(login.user().token.unwrap().expose_secret(), "abc");
        let soon = Login::of(&user(&says(now + SignedDuration::from_secs(30))))
            .await
            .unwrap();
        assert!(!soon.is_good());
    }

    #[tokio::test]
    async fn a_plugin_that_fails_says_why_and_not_how_it_was_called() {
        let failed = Login::of(&user("echo 'log in first' >&2; exit 3")).await;
        let Err(Cause::NoCredentials(why)) = failed.map(|_| ()) else {
            panic!("no plugin has worked")
        };
        assert!(
            why.contains("log in first") && !why.contains("WORD"),
            "{why}"
        );
        assert!(Login::of(&user("echo not json")).await.is_err());
    }
}
