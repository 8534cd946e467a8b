//! Nodes: Bottlerocket, Amazon Linux, Fargate, hybrid.

use crate::kube::metadata::new_uid;

const BOTTLEROCKET: &str = "Bottlerocket OS 1.49.0 (aws-k8s-1.33)";
const BOTTLEROCKET_KERNEL: &str = "6.12.46";
const AMAZON_LINUX_KERNEL: &str = "6.12.40-64.114.amzn2023.x86_64";

/// A node to be built; Ready, with two CPUs and 8 GiB unless said otherwise.
#[derive(Debug, Clone)]
pub struct NodeSeed {
    pub(super) name: String,
    pub(super) instance_id: Option<String>,
    pub(super) provider_id: String,
    pub(super) zone: String,
    pub(super) instance_type: String,
    pub(super) os_image: String,
    pub(super) kernel: String,
    pub(super) cpus: u32,
    pub(super) internal_ip: String,
    pub(super) boot_id: String,
    pub(super) kubelet_version: String,
    pub(super) ready: bool,
    pub(super) labels: Vec<(String, String)>,
    pub(super) annotations: Vec<(String, String)>,
}

impl NodeSeed {
    /// A Bottlerocket node on an EC2 instance in eu-west-1a; the address is taken from a name
    /// like `ip-10-0-1-23.eu-west-1.compute.internal`, else it is 10.0.1.10.
    pub fn bottlerocket(name: &str, instance_id: &str) -> Self {
        let zone = "eu-west-1a";
        Self {
            name: name.to_owned(),
            instance_id: Some(instance_id.to_owned()),
            provider_id: format!("aws:///{zone}/{instance_id}"),
            zone: zone.to_owned(),
            instance_type: "m7i.large".to_owned(),
            os_image: BOTTLEROCKET.to_owned(),
            kernel: BOTTLEROCKET_KERNEL.to_owned(),
            cpus: 2,
            internal_ip: address_in(name).unwrap_or_else(|| "10.0.1.10".to_owned()),
            boot_id: new_uid(),
            kubelet_version: "v1.33.4-eks-e386d34".to_owned(),
            ready: true,
            labels: Vec::new(),
            annotations: Vec::new(),
        }
    }

    /// An Amazon Linux 2023 node on an EC2 instance.
    pub fn al2023(name: &str, instance_id: &str) -> Self {
        let os_image = "Amazon Linux 2023.8.20250915".to_owned();
        Self {
            os_image,
            kernel: AMAZON_LINUX_KERNEL.to_owned(),
            ..Self::bottlerocket(name, instance_id)
        }
    }

    /// A Fargate node, named `fargate-ip-….REGION.compute.internal`: no instance, no host.
    pub fn fargate(ip: &str, region: &str, fargate_id: &str) -> Self {
        let name = format!(
            "fargate-ip-{}.{region}.compute.internal",
            ip.replace('.', "-")
        );
        let zone = format!("{region}a");
        Self {
            instance_id: None,
            provider_id: format!("aws:///{zone}/{fargate_id}/{name}"),
            os_image: "Amazon Linux 2".to_owned(),
            kernel: "5.10.242-239.961.amzn2.x86_64".to_owned(),
            internal_ip: ip.to_owned(),
            zone,
            ..Self::bottlerocket(&name, "")
        }
        .label("eks.amazonaws.com/compute-type", "fargate")
    }

    /// A hybrid node that an SSM activation registered: its name is the managed instance `mi-…`.
    pub fn hybrid(managed_instance: &str, region: &str, cluster: &str) -> Self {
        Self {
            instance_id: None,
            provider_id: format!("eks-hybrid:///{region}/{cluster}/{managed_instance}"),
            os_image: "Ubuntu 24.04.3 LTS".to_owned(),
            kernel: "6.8.0-79-generic".to_owned(),
            internal_ip: "192.168.40.7".to_owned(),
            zone: String::new(),
            ..Self::bottlerocket(managed_instance, "")
        }
        .label("eks.amazonaws.com/compute-type", "hybrid")
    }

    /// The InternalIP.
    #[must_use]
    pub fn internal_ip(mut self, ip: &str) -> Self {
        ip.clone_into(&mut self.internal_ip);
        self
    }

    /// The number of CPUs.
    #[must_use]
    pub fn cpus(mut self, cpus: u32) -> Self {
        self.cpus = cpus;
        self
    }

    /// `status.nodeInfo.kernelVersion`.
    #[must_use]
    pub fn kernel(mut self, kernel: &str) -> Self {
        kernel.clone_into(&mut self.kernel);
        self
    }

    /// `status.nodeInfo.osImage`.
    #[must_use]
    pub fn os_image(mut self, os_image: &str) -> Self {
        os_image.clone_into(&mut self.os_image);
        self
    }

    /// `status.nodeInfo.bootID`.
    #[must_use]
    pub fn boot_id(mut self, boot_id: &str) -> Self {
        boot_id.clone_into(&mut self.boot_id);
        self
    }

    /// `status.nodeInfo.kubeletVersion`.
    #[must_use]
    pub fn kubelet_version(mut self, version: &str) -> Self {
        version.clone_into(&mut self.kubelet_version);
        self
    }

    /// `spec.providerID`, as it stands there; empty for none.
    #[must_use]
    pub fn provider_id(mut self, provider_id: &str) -> Self {
        provider_id.clone_into(&mut self.provider_id);
        self
    }

    /// The availability zone; set it before a provider id of your own.
    #[must_use]
    pub fn zone(mut self, zone: &str) -> Self {
        self.provider_id = self.provider_id.replace(&self.zone, zone);
        zone.clone_into(&mut self.zone);
        self
    }

    /// The EC2 instance type.
    #[must_use]
    pub fn instance_type(mut self, instance_type: &str) -> Self {
        instance_type.clone_into(&mut self.instance_type);
        self
    }

    /// One more label.
    #[must_use]
    pub fn label(mut self, key: &str, value: &str) -> Self {
        self.labels.push((key.to_owned(), value.to_owned()));
        self
    }

    /// One more annotation, such as another `csi.volume.kubernetes.io/nodeid`.
    #[must_use]
    pub fn annotation(mut self, key: &str, value: &str) -> Self {
        self.annotations.push((key.to_owned(), value.to_owned()));
        self
    }

    /// Leaves the CSI drivers' annotation away.
    #[must_use]
    pub fn without_csi(mut self) -> Self {
        self.instance_id = None;
        self
    }

    /// A node whose kubelet has stopped to report.
    #[must_use]
    pub fn not_ready(mut self) -> Self {
        self.ready = false;
        self
    }
}

/// The address in a name like `ip-10-0-1-23.eu-west-1.compute.internal`.
fn address_in(name: &str) -> Option<String> {
    let host = name.split('.').next()?;
    let address = host.strip_prefix("ip-")?.replace('-', ".");
    address
        .parse::<std::net::Ipv4Addr>()
        .ok()
        .map(|ip| ip.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bottlerocket_node_carries_its_instance_three_ways() {
        let node = NodeSeed::bottlerocket("ip-10-0-1-23.eu-west-1.compute.internal", "i-0abc")
            .zone("eu-west-1b")
            .build();
        assert_eq!(node["spec"]["providerID"], "aws:///eu-west-1b/i-0abc");
        assert_eq!(node["status"]["addresses"][0]["address"], "10.0.1.23");
        assert_eq!(
            node["metadata"]["labels"]["topology.kubernetes.io/region"],
            "eu-west-1"
        );
        let csi = node["metadata"]["annotations"]["csi.volume.kubernetes.io/nodeid"].as_str();
        assert!(csi.is_some_and(|csi| csi.contains("\"ebs.csi.aws.com\":\"i-0abc\"")));
    }

    #[test]
    fn fargate_and_hybrid_nodes_have_no_instance() {
        let fargate = NodeSeed::fargate("10.0.3.7", "eu-west-1", "0a1b2c").build();
        assert_eq!(
            fargate["spec"]["providerID"],
            "aws:///eu-west-1a/0a1b2c/fargate-ip-10-0-3-7.eu-west-1.compute.internal"
        );
        assert_eq!(
            fargate["metadata"]["labels"]["eks.amazonaws.com/compute-type"],
            "fargate"
        );
        let hybrid = NodeSeed::hybrid("mi-0123", "eu-west-1", "prod-eu").build();
        assert_eq!(
            hybrid["spec"]["providerID"],
            "eks-hybrid:///eu-west-1/prod-eu/mi-0123"
        );
        assert!(
            hybrid["metadata"]["annotations"]
                .get("csi.volume.kubernetes.io/nodeid")
                .is_none()
        );
    }
}
