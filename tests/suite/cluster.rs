//! A lab cluster for kubectl: one of everything that the engine looks at, and a kubeconfig.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use heeler_tests::kube::seed::{
    KubeProxySeed, NodeSeed, PodSeed, ServiceSeed, event_scheduled, kube_proxy, namespace,
};
use heeler_tests::kube::{KubeConfig, KubeLab, KubeconfigStyle};
use jiff::Timestamp;

use crate::harness::{Context, Program, Surroundings};

/// How long kubectl may take to ask for something.
const SOON: Duration = Duration::from_secs(20);

/// A cluster with one of everything, and kubectl's way into it.
pub(crate) struct Cluster<'c> {
    context: &'c Context,
    /// The API, its objects, rights and faults.
    pub(crate) kube: KubeLab,
    surroundings: Surroundings,
}

impl<'c> Cluster<'c> {
    pub(crate) fn open(context: &'c Context, style: KubeconfigStyle) -> Result<Self> {
        let config = KubeConfig {
            latency: Duration::ZERO,
            ..KubeConfig::default()
        };
        let kube = KubeLab::start(config)?;
        let surroundings = Surroundings::new()?;
        let kubeconfig = surroundings.folder().join("kubeconfig");
        kube.write_kubeconfig(&kubeconfig, style)?;
        seed(&kube)?;
        Ok(Self {
            context,
            kube,
            surroundings: surroundings.with("KUBECONFIG", kubeconfig),
        })
    }

    pub(crate) fn plain(context: &'c Context) -> Result<Self> {
        Self::open(context, KubeconfigStyle::Plain)
    }

    pub(crate) fn kubectl(&self, words: &str) -> Program<'c> {
        let kubectl = self.context.kubectl(&self.surroundings);
        kubectl.args(words.split_whitespace())
    }

    /// A folder for a case's own files.
    pub(crate) fn folder(&self) -> &Path {
        self.surroundings.folder()
    }

    pub(crate) fn says(&self, words: &str) -> Result<String> {
        Ok(self.kubectl(words).expect_exit(0)?.stdout)
    }

    pub(crate) fn expect(&self, words: &str, wanted: &str) -> Result<()> {
        let said = self.says(words)?;
        ensure!(
            said.trim() == wanted,
            "kubectl {words} said\n{said}\ninstead of\n{wanted}"
        );
        Ok(())
    }

    /// Something that the API server was asked for, by verb and part of the path or query.
    pub(crate) fn wait_for_call(&self, part: &str) -> Result<()> {
        let end = Instant::now() + SOON;
        while !self
            .kube
            .calls()
            .iter()
            .any(|call| call.query.contains(part))
        {
            ensure!(Instant::now() < end, "nothing asked for {part}");
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    }
}

fn seed(kube: &KubeLab) -> Result<()> {
    let node = |name: &str, id: &str| NodeSeed::bottlerocket(name, id).label("pool", name).build();
    let nodes = [
        node("n1", "i-0aaaaaaaaaaaaaaa1"),
        node("n2", "i-0aaaaaaaaaaaaaaa2"),
    ];
    let pod = |name: &str, node: &str, ip: &str| {
        PodSeed::running("shop", name, node)
            .label("app", "web")
            .ip(ip)
            .build()
    };
    let (web, cart) = (
        pod("web-1", "n1", "10.0.1.101"),
        pod("cart-1", "n2", "10.0.1.102"),
    );
    let service = ServiceSeed::new("shop", "web", "10.100.0.7")
        .port(80, 8080)
        .backend(&web);
    kube.add(namespace("shop"))?;
    kube.add_all(kube_proxy(&KubeProxySeed::default(), &nodes))?;
    kube.add_all(nodes)?;
    kube.add_all(service.build())?;
    kube.add(event_scheduled(&web, "n1", Timestamp::now()))?;
    kube.add_all([web, cart])
}
