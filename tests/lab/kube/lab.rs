//! The lab's Kubernetes API as its users hold it.

use std::net::Ipv4Addr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use serde_json::Value;

use crate::kube::access::{Access, User};
use crate::kube::calls::Call;
use crate::kube::deletion::Stopping;
use crate::kube::door::Door;
use crate::kube::faults::Faults;
use crate::kube::kubeconfig::{self, KubeconfigStyle};
use crate::kube::metadata::{self, text};
use crate::kube::resources;
use crate::kube::seed;
use crate::kube::server::Server;
use crate::kube::service::Api;
use crate::kube::store::Key;
use crate::kube::tls::Authority;
use crate::kubelet::Kubelet;

/// How clients reach the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transport {
    /// TLS with a certificate of the lab's own, which the kubeconfigs carry.
    Https,
    /// Plain HTTP. client-go (kubectl) sends **no** credentials over it, so it gets 401.
    Http,
}

/// What the cluster is called, and how its API behaves.
#[derive(Debug, Clone)]
pub struct KubeConfig {
    /// The EKS cluster's name.
    pub cluster: String,
    /// Its AWS region.
    pub region: String,
    /// Its AWS account.
    pub account: String,
    /// The server's version, as `/version` gives it in `gitVersion`.
    pub version: String,
    /// How long every answer takes.
    pub latency: Duration,
    /// How clients reach it.
    pub transport: Transport,
    /// Who may ask from the start; kubeconfigs are for the first one unless said otherwise.
    pub users: Vec<User>,
}

impl Default for KubeConfig {
    fn default() -> Self {
        Self {
            cluster: "prod-eu".to_owned(),
            region: "eu-west-1".to_owned(),
            account: "111122223333".to_owned(),
            version: "v1.33.5-eks-113cf36".to_owned(),
            latency: Duration::from_millis(20),
            transport: Transport::Https,
            users: vec![User::new("alice")],
        }
    }
}

/// A running API server with its objects; it stops when it is dropped.
#[derive(Debug)]
pub struct KubeLab {
    api: Arc<Api>,
    authority: Authority,
    server: Arc<Server>,
    faults: Faults,
}

impl KubeLab {
    /// Starts on a free port of the loopback, with the namespaces that every cluster has.
    ///
    /// # Errors
    /// When no port can be bound or no certificate can be made.
    pub fn start(config: KubeConfig) -> anyhow::Result<Self> {
        let authority = Authority::generate()?;
        let identity = match config.transport {
            Transport::Https => Some(authority.certify(&["127.0.0.1", "localhost"])?),
            Transport::Http => None,
        };
        let api = Arc::new(Api::new(config));
        let app = Arc::clone(&api).router();
        let server = Arc::new(Server::bind(app, identity, Ipv4Addr::LOCALHOST)?);
        let faults = Faults::new(Arc::clone(&api.plan), Arc::clone(&server));
        let lab = Self {
            api,
            authority,
            server,
            faults,
        };
        lab.add_all(seed::standard_namespaces())?;
        Ok(lab)
    }

    /// The server's address, such as `https://127.0.0.1:40123`.
    pub fn server_url(&self) -> String {
        self.server.url()
    }

    /// Writes a kubeconfig for the first user.
    ///
    /// # Errors
    /// When there is no user, or the file can't be written.
    pub fn write_kubeconfig(&self, path: &Path, style: KubeconfigStyle) -> anyhow::Result<()> {
        let user = self
            .api
            .config
            .users
            .first()
            .context("the lab has no user")?;
        self.write_kubeconfig_as(path, style, &user.name)
    }

    /// Writes a kubeconfig for one of the users.
    ///
    /// # Errors
    /// When there is no such user, or the file can't be written.
    pub fn write_kubeconfig_as(
        &self,
        path: &Path,
        style: KubeconfigStyle,
        user: &str,
    ) -> anyhow::Result<()> {
        let user = self.access().user(user);
        kubeconfig::write(
            path,
            style,
            &self.api.config,
            &user.context("the lab has no such user")?,
            &self.server_url(),
            self.certificate(),
        )
    }

    /// Puts an object into the cluster, in place of one with the same name; watches see it.
    /// Unlike a client's create it takes `status` and a `uid` as they are.
    ///
    /// # Errors
    /// When the lab doesn't serve the object's type or its name is not valid.
    pub fn add(&self, mut object: Value) -> anyhow::Result<Value> {
        let (version, kind) = (text(&object["apiVersion"]), text(&object["kind"]));
        let resource = resources::of_type(&version, &kind)
            .with_context(|| format!("the lab does not serve {version} {kind}"))?;
        let namespace = text(&object["metadata"]["namespace"]);
        let name = metadata::give_birth(resource, &namespace, &mut object)
            .map_err(|refusal| anyhow::anyhow!("{}", refusal.to_status()["message"]))?;
        Ok(self
            .api
            .store()
            .put(Key::new(resource.plural, &namespace, &name), object))
    }

    /// Puts many objects into the cluster.
    ///
    /// # Errors
    /// As [`KubeLab::add`], at the first object that can't be added.
    pub fn add_all(&self, objects: impl IntoIterator<Item = Value>) -> anyhow::Result<()> {
        objects
            .into_iter()
            .try_for_each(|object| self.add(object).map(drop))
    }

    /// An object as it is now; the namespace is empty for nodes and namespaces.
    pub fn get(&self, plural: &str, namespace: &str, name: &str) -> Option<Value> {
        self.api
            .store()
            .get(&Key::new(plural, namespace, name))
            .cloned()
    }

    /// The names of all objects of a namespace.
    pub fn names(&self, plural: &str, namespace: &str) -> Vec<String> {
        let store = self.api.store();
        let keys = store.of(plural, namespace).map(|(key, _)| &key.name);
        keys.cloned().collect()
    }

    /// Changes an object; watches see it.
    ///
    /// # Errors
    /// When there is no such object.
    pub fn edit(
        &self,
        plural: &str,
        namespace: &str,
        name: &str,
        change: impl FnOnce(&mut Value),
    ) -> anyhow::Result<Value> {
        let key = Key::new(plural, namespace, name);
        let mut store = self.api.store();
        let mut object = store
            .get(&key)
            .cloned()
            .with_context(|| format!("no {plural} {namespace}/{name}"))?;
        change(&mut object);
        Ok(store.put(key, object))
    }

    /// Removes an object and what it owns; watches see it.
    ///
    /// # Errors
    /// When there is no such object.
    pub fn remove(&self, plural: &str, namespace: &str, name: &str) -> anyhow::Result<Value> {
        let removed = self
            .api
            .store()
            .delete(&Key::new(plural, namespace, name), false);
        removed.with_context(|| format!("no {plural} {namespace}/{name}"))
    }

    /// How the nodes stop pods that are deleted from now on; at once in a new lab.
    pub fn set_stopping(&self, stopping: Stopping) {
        self.api.nodes.set(stopping);
    }

    /// Makes all earlier resource versions and continue tokens too old: they answer 410.
    pub fn compact(&self) {
        self.api.store().compact();
    }

    pub(crate) fn authority(&self) -> &Authority {
        &self.authority
    }

    /// The cluster's authority in PEM; `None`: there is no TLS.
    pub fn certificate(&self) -> Option<&str> {
        let is_secure = self.api.config.transport == Transport::Https;
        is_secure.then(|| self.authority.certificate())
    }

    /// Lets the API server reach a node's kubelet, and whoever else asks it straight: it listens on an address of the
    /// loopback, which its node's object has from then on.
    ///
    /// # Errors
    /// When there is no such node, or the address can't be had.
    pub fn connect(&self, node: &str, kubelet: &Kubelet) -> anyhow::Result<()> {
        let access = Arc::clone(&self.api.access);
        let object = self
            .get("nodes", "", node)
            .with_context(|| format!("no node {node}"))?;
        let door = Door::open(kubelet, access, &self.authority, own_address(&object))?;
        let address = door.address();
        self.api.kubelets.set(node, kubelet.clone(), door);
        self.edit("nodes", "", node, |object| {
            object["status"]["daemonEndpoints"]["kubeletEndpoint"]["Port"] = address.port().into();
            let all = object["status"]["addresses"].as_array_mut();
            let mut all = all.into_iter().flatten();
            if let Some(internal) = all.find(|one| one["type"] == "InternalIP") {
                internal["address"] = address.ip().to_string().into();
            }
        })?;
        Ok(())
    }

    /// A node's kubelet, as those find it who ask it straight.
    pub fn kubelet_door(&self, node: &str) -> Option<Arc<Door>> {
        self.api.kubelets.door(node)
    }

    /// The kubelet that the API server reaches for a node, with its faults.
    pub fn kubelet(&self, node: &str) -> Option<Kubelet> {
        self.api.kubelets.of(node)
    }

    /// Every request so far, in the order of arrival.
    pub fn calls(&self) -> Vec<Call> {
        self.api.calls.all()
    }

    /// Empties the request log.
    pub fn forget_calls(&self) {
        self.api.calls.forget();
    }

    /// What can go wrong on purpose.
    pub fn faults(&self) -> &Faults {
        &self.faults
    }

    /// The users' rights and tokens.
    pub fn access(&self) -> &Access {
        &self.api.access
    }
}

/// `127.0.1.23` for a node with the address 10.0.1.23: the nodes' own networks are of this machine's no part.
fn own_address(node: &Value) -> Ipv4Addr {
    let all = node["status"]["addresses"].as_array();
    let mut all = all.into_iter().flatten();
    let internal = all.find(|one| one["type"] == "InternalIP");
    let address = internal.and_then(|one| one["address"].as_str()?.parse().ok());
    let [_, b, c, d] = address.unwrap_or(Ipv4Addr::LOCALHOST).octets();
    Ipv4Addr::new(127, b, c, d)
}
