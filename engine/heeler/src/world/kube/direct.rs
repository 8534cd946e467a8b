//! Kubelets that are asked straight, without the API server between: they know finer rights. The caller's token goes
//! to nobody whose certificate is not the cluster's: that is checked before anything is sent, for the very address
//! that the node's object has, whatever the kubeconfig says of the API server's own. So an address that leads astray
//! (a node writes its own object) meets nobody who could take the token.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex as Lock, PoisonError};

use futures::future::BoxFuture;
use kube::config::AuthInfo;
use kube::{Client, Config};
use serde_json::Value;
use tokio::net::TcpStream;
use tokio::sync::Mutex;
use tokio::time::timeout;

use super::client::{CONNECT, Link};
use super::failure;
use super::kubelet::Kubelet;
use super::login::Login;
use super::reached::Reach;
use super::rights::Rights;
use crate::world::error::Cause;
use crate::world::port::{KubeletPage, ObjectRef};

/// Straight to the kubelet.
pub(super) struct Direct {
    /// Also where the node proxy is allowed.
    is_named: bool,
    proxied: Arc<Rights>,
    /// Those that are known: whoever asks for one that is being found waits for it.
    known: Lock<BTreeMap<String, Arc<Mutex<Option<Known>>>>>,
    /// How the caller is known, the same to all kubelets: a credential plugin may be slow.
    login: Mutex<Option<Login>>,
}

/// A kubelet that was found.
struct Known {
    client: Client,
    address: SocketAddr,
    login: Login,
}

impl Reach for Direct {
    const NAME: &'static str = "kubelet itself";
    const RIGHT: &'static str = "get nodes/log";

    fn part(page: KubeletPage) -> &'static str {
        match page {
            KubeletPage::Configuration => "nodes/configz",
            KubeletPage::Summary => "nodes/stats",
        }
    }

    /// Whoever is root on a node can have its kubelet not answer the API server, and see the credentials of those who
    /// come to it then: who is allowed the node proxy has to name this way.
    fn barred<'a>(
        &'a self,
        link: &'a Link,
        node: Option<&'a str>,
    ) -> BoxFuture<'a, Result<Option<String>, Cause>> {
        Box::pin(async move {
            let is_barred = !self.is_named && self.proxied.may(link, node).await?;
            let why = "the node proxy is allowed, and it would see your credentials; --through-kubelet has it asked";
            Ok(is_barred.then(|| why.to_owned()))
        })
    }

    fn kubelet<'a>(
        &'a self,
        link: &'a Link,
        node: &'a str,
    ) -> BoxFuture<'a, Result<Kubelet, Cause>> {
        Box::pin(async move {
            let known = {
                let mut all = self.known.lock().unwrap_or_else(PoisonError::into_inner);
                Arc::clone(all.entry(node.to_owned()).or_default())
            };
            let mut known = known.lock().await;
            if !known.as_ref().is_some_and(|known| known.login.is_good()) {
                *known = None;
            }
            let found = match known.as_mut() {
                Some(known) => known,
                None => known.insert(self.find(link, node).await?),
            };
            Ok(Kubelet {
                client: found.client.clone(),
                base: String::new(),
                address: Some(found.address),
            })
        })
    }
}

impl Direct {
    /// `is_named`: somebody wants it also where the node proxy is allowed.
    pub(super) fn new(is_named: bool, proxied: Arc<Rights>) -> Self {
        Direct {
            is_named,
            proxied,
            known: Lock::default(),
            login: Mutex::default(),
        }
    }

    async fn find(&self, link: &Link, node: &str) -> Result<Known, Cause> {
        let config = link.config().await?;
        let trusts = config
            .root_cert
            .as_ref()
            .is_some_and(|root| !root.is_empty());
        if !trusts {
            return Err(Cause::Tls(
                "the kubeconfig has no certificate authority of the cluster, by which a kubelet could be told from somebody \
                 else"
                    .to_owned(),
            ));
        }
        if acts_as_another(&config.auth_info) {
            return Err(Cause::Forbidden(
                "the kubeconfig acts as somebody else, and a kubelet would take the caller for themselves".to_owned(),
            ));
        }
        let object = link.object(&ObjectRef::node(node)).await?;
        let object = object.ok_or_else(|| Cause::NotFound(format!("there is no node {node}")))?;
        let address = reachable(&addresses(&object)?).await;
        let login = self.login(&config.auth_info).await?;
        let config = to_kubelet(config, address, &login)?;
        let client = Client::try_from(config).map_err(|error| failure::cause(&error))?;
        Ok(Known {
            client,
            address,
            login,
        })
    }

    /// The credentials, gotten anew shortly before they expire.
    async fn login(&self, user: &AuthInfo) -> Result<Login, Cause> {
        let mut login = self.login.lock().await;
        match login.as_ref().filter(|login| login.is_good()) {
            Some(login) => Ok(login.clone()),
            None => Ok(login.insert(Login::of(user).await?).clone()),
        }
    }
}

/// A kubelet does not know of acting as somebody else: the API server alone does.
fn acts_as_another(user: &AuthInfo) -> bool {
    user.impersonate.is_some()
        || user.impersonate_uid.is_some()
        || user.impersonate_groups.is_some()
        || user.impersonate_user_extra.is_some()
}

/// The way to that address: verified by the cluster's authority for that very address, through nobody, and
/// with the caller's own credentials.
fn to_kubelet(mut config: Config, address: SocketAddr, login: &Login) -> Result<Config, Cause> {
    let url = format!("https://{address}");
    config.cluster_url = url
        .parse()
        .map_err(|_| Cause::Unreadable(format!("{url} is no address")))?;
    config.accept_invalid_certs = false;
    // That is how the API server's certificate is called.
    config.tls_server_name = None;
    config.proxy_url = None;
    config.auth_info = login.user();
    Ok(config)
}

/// Where a node's object says that its kubelet is.
fn addresses(node: &Value) -> Result<Vec<SocketAddr>, Cause> {
    let unknown = |what: &str| Cause::Unreadable(format!("the node's object has no {what}"));
    let port = node
        .pointer("/status/daemonEndpoints/kubeletEndpoint/Port")
        .and_then(Value::as_u64)
        .and_then(|port| u16::try_from(port).ok())
        .filter(|port| *port > 0)
        .ok_or_else(|| unknown("port of its kubelet"))?;
    let all = node.pointer("/status/addresses").and_then(Value::as_array);
    let internal = |entry: &Value| {
        let is_internal = entry.get("type").and_then(Value::as_str) == Some("InternalIP");
        let address: IpAddr = entry.get("address")?.as_str()?.parse().ok()?;
        is_internal.then_some(SocketAddr::new(address, port))
    };
    let addresses: Vec<SocketAddr> = all.into_iter().flatten().filter_map(internal).collect();
    match addresses.is_empty() {
        true => Err(unknown("internal address")),
        false => Ok(addresses),
    }
}

/// The first one that takes a connection, where there are several (IPv4 and IPv6); else the first one.
async fn reachable(addresses: &[SocketAddr]) -> SocketAddr {
    let unspecified = SocketAddr::from(([0, 0, 0, 0], 0));
    let first = addresses.first().copied().unwrap_or(unspecified);
    if addresses.len() > 1 {
        for address in addresses {
            if let Ok(Ok(_)) = timeout(CONNECT, TcpStream::connect(address)).await {
                return *address;
            }
        }
    }
    first
}

#[cfg(test)]
mod tests {
    use kube::config::{KubeConfigOptions, Kubeconfig};
    use serde_json::json;

    use super::*;

    fn node(addresses: Value, port: Value) -> Value {
        json!({"status": {"addresses": addresses, "daemonEndpoints": {"kubeletEndpoint": {"Port": port}}}})
    }

    #[test]
    fn a_kubelet_is_where_its_node_says_by_number_alone() {
        let internal = |address: &str| json!({"type": "InternalIP", "address": address});
        let both = json!([{"type": "Hostname", "address": "n1"}, internal("10.0.1.23"), internal("2001:db8::17")]);
        let found = addresses(&node(both, json!(10250))).unwrap();
        let found: Vec<String> = found.iter().map(|one| format!("https://{one}")).collect();
        assert_eq!(
            found,
            ["https://10.0.1.23:10250", "https://[2001:db8::17]:10250"]
        );
        for (address, port) in [
            ("evil.example", json!(10250)),
            ("10.0.1.23@evil.example", json!(10250)),
            ("10.0.1.23", json!(0)),
            ("10.0.1.23", json!(70_000)),
            ("10.0.1.23", Value::Null),
        ] {
            let odd = node(json!([internal(address)]), port.clone());
            assert!(addresses(&odd).is_err(), "{address} {port}");
        }
        assert!(addresses(&node(json!([]), json!(10250))).is_err());
    }

    #[tokio::test]
    async fn what_the_kubeconfig_says_of_the_api_server_holds_for_no_kubelet() {
        let text = "{apiVersion: v1, kind: Config, current-context: c, \
            contexts: [{name: c, context: {cluster: x, user: u}}], \
            clusters: [{name: x, cluster: {server: 'https://api', insecure-skip-tls-verify: true, \
            tls-server-name: api, proxy-url: 'http://proxy:3128'}}], \
            users: [{name: u, user: {token: secret, username: a, password: b}}]}";
        let kubeconfig = Kubeconfig::from_yaml(text).unwrap();
        let options = KubeConfigOptions::default();
        let config = Config::from_custom_kubeconfig(kubeconfig, &options)
            .await
            .unwrap();
        assert!(config.accept_invalid_certs && config.proxy_url.is_some());
        let login = Login::of(&config.auth_info).await.unwrap();
        let config = to_kubelet(config, SocketAddr::from(([10, 0, 1, 23], 10250)), &login).unwrap();
        assert_eq!(config.cluster_url.to_string(), "https://10.0.1.23:10250/");
        assert!(!config.accept_invalid_certs);
        assert_eq!((config.proxy_url, config.tls_server_name), (None, None));
        assert!(config.auth_info.token.is_some() && config.auth_info.password.is_none());
    }

    #[test]
    fn who_acts_as_somebody_else_is_no_caller_of_a_kubelet() {
        assert!(!acts_as_another(&AuthInfo::default()));
        let another = AuthInfo {
            impersonate: Some("reader".to_owned()),
            ..AuthInfo::default()
        };
        assert!(acts_as_another(&another));
    }
}
