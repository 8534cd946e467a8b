//! An instance as the XML of a DescribeInstances reply.

use super::super::instance::Instance;
use super::super::xml::Element;

/// A reservation that holds one instance.
pub(super) fn reservation(instance: &Instance, account: &str) -> Element {
    let suffix = instance.id.trim_start_matches("i-");
    Element::new("item")
        .text("reservationId", format!("r-{suffix}"))
        .text("ownerId", account)
        .child(Element::new("groupSet"))
        .child(Element::new("instancesSet").child(item(instance, account, suffix)))
}

fn item(instance: &Instance, account: &str, suffix: &str) -> Element {
    let state = Element::new("instanceState")
        .text("code", instance.state.code().to_string())
        .text("name", instance.state.name());
    let placement = Element::new("placement")
        .text("availabilityZone", &instance.availability_zone)
        .child(Element::new("groupName"))
        .text("tenancy", "default");
    let names = Element::new("privateDnsNameOptions")
        .text("hostnameType", instance.hostname_type.name())
        .text("enableResourceNameDnsARecord", "false")
        .text("enableResourceNameDnsAAAARecord", "false");
    Element::new("item")
        .text("instanceId", &instance.id)
        .text("imageId", "ami-0123456789abcdef0")
        .child(state)
        .text("privateDnsName", &instance.private_dns_name)
        .child(Element::new("dnsName"))
        .child(Element::new("reason"))
        .text("amiLaunchIndex", "0")
        .child(Element::new("productCodes"))
        .text("instanceType", &instance.instance_type)
        .text(
            "launchTime",
            instance
                .launched_at
                .strftime("%Y-%m-%dT%H:%M:%S.000Z")
                .to_string(),
        )
        .child(placement)
        .child(Element::new("monitoring").text("state", "disabled"))
        .text("subnetId", "subnet-0123456789abcdef0")
        .text("vpcId", "vpc-0123456789abcdef0")
        .text("privateIpAddress", &instance.private_ip)
        .text("architecture", "x86_64")
        .child(tags(instance))
        .child(network_interfaces(instance, account, suffix))
        .text("platformDetails", "Linux/UNIX")
        .child(names)
}

fn tags(instance: &Instance) -> Element {
    let tag = |(key, value)| Element::new("item").text("key", key).text("value", value);
    Element::new("tagSet").children(instance.tags.iter().map(tag))
}

fn network_interfaces(instance: &Instance, account: &str, suffix: &str) -> Element {
    let address = Element::new("item")
        .text("privateIpAddress", &instance.private_ip)
        .text("privateDnsName", &instance.private_dns_name)
        .text("primary", "true");
    let interface = Element::new("item")
        .text("networkInterfaceId", format!("eni-{suffix}"))
        .text("subnetId", "subnet-0123456789abcdef0")
        .text("vpcId", "vpc-0123456789abcdef0")
        .text("ownerId", account)
        .text("status", "in-use")
        .text("privateIpAddress", &instance.private_ip)
        .text("privateDnsName", &instance.private_dns_name)
        .child(Element::new("privateIpAddressesSet").child(address))
        .text("interfaceType", "interface");
    Element::new("networkInterfaceSet").child(interface)
}
