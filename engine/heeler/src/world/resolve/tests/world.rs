//! A scripted world: objects, instances and registrations as values.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use futures::future::BoxFuture;
use heeler_core::event::{CommandId, InstanceId};
use heeler_core::guard::approval::{Question, Statement};
use serde_json::{Value, json};

use super::super::*;
use crate::world::error::{CallError, Cause, Service};
use crate::world::port::*;

pub(super) const ONE: &str = "i-0abc1234def567890";
pub(super) const TWO: &str = "i-0abc1234def567891";
pub(super) const NODE: &str = "ip-10-0-1-23.eu-west-1.compute.internal";

/// What the scripted world holds, and what it was asked.
#[derive(Clone)]
pub(super) struct Script {
    pub context: Context,
    pub objects: Vec<Value>,
    pub down: bool,
    pub nodes_down: bool,
    pub machines: Vec<Machine>,
    pub registrations: Vec<Registration>,
    pub caller: Caller,
    pub ec2_forbidden: bool,
    pub asked: Arc<Mutex<Vec<String>>>,
    pub last_known: Option<String>,
    pub no_kubeconfig: bool,
    pub is_named: bool,
}

impl Default for Script {
    fn default() -> Self {
        Script {
            context: Context {
                name: "prod".into(),
                namespace: "shop".into(),
                cluster: Some("prod-eu".into()),
                ..Context::default()
            },
            objects: vec![node(NODE, ONE), pod("web-7d9f5c-x2vqz", Some(NODE))],
            down: false,
            nodes_down: false,
            machines: vec![machine(ONE, "prod-eu"), machine(TWO, "prod-eu")],
            registrations: vec![registered(ONE), registered(TWO)],
            caller: Caller {
                account: "111122223333".into(),
                arn: "arn:aws:sts::111122223333:assumed-role/ops/alice".into(),
            },
            ec2_forbidden: false,
            asked: Arc::default(),
            last_known: None,
            no_kubeconfig: false,
            is_named: false,
        }
    }
}

pub(super) fn node(name: &str, instance: &str) -> Value {
    json!({
        "plural": "nodes",
        "metadata": {"name": name},
        "spec": {"providerID": format!("aws:///eu-west-1a/{instance}")},
        "status": {"nodeInfo": {
            "architecture": "", "bootID": "b-1", "containerRuntimeVersion": "",
            "kernelVersion": "", "kubeProxyVersion": "", "kubeletVersion": "", "machineID": "",
            "operatingSystem": "", "systemUUID": "", "osImage": "Bottlerocket OS 1.50.0 (x)",
        }},
    })
}

pub(super) fn pod(name: &str, node: Option<&str>) -> Value {
    json!({
        "plural": "pods",
        "metadata": {"name": name, "namespace": "shop", "uid": "u-1"},
        "spec": {"nodeName": node, "containers": []},
    })
}

pub(super) fn machine(id: &str, cluster: &str) -> Machine {
    Machine {
        instance: id.parse().unwrap(),
        state: "running".into(),
        tags: BTreeMap::from([(format!("kubernetes.io/cluster/{cluster}"), "owned".into())]),
        zone: None,
    }
}

pub(super) fn registered(id: &str) -> Registration {
    Registration {
        instance: id.parse().unwrap(),
        ping: Ping::Online,
        platform: Some("Bottlerocket".into()),
        platform_version: Some("1.50.0".into()),
    }
}

impl Script {
    async fn resolve(&self, ask: &[&str]) -> Result<Resolved, WorldError> {
        let doors = Doors {
            cluster: if self.no_kubeconfig {
                Err(PlaceError::NoContext {
                    context: None,
                    detail: "none".into(),
                }
                .into())
            } else {
                Ok(Arc::new(self.clone()))
            },
            is_named: self.is_named,
            cloud: self,
            last_known: &|_| self.last_known.clone(),
        };
        resolve(&read(ask)?, doors).await
    }

    pub(super) async fn fine(&self, ask: &[&str]) -> Resolved {
        self.resolve(ask)
            .await
            .unwrap_or_else(|error| panic!("{error}"))
    }

    pub(super) async fn error(&self, ask: &[&str]) -> WorldError {
        self.resolve(ask).await.err().unwrap()
    }

    pub(super) async fn code(&self, ask: &[&str]) -> &'static str {
        self.resolve(ask)
            .await
            .err()
            .map_or("ok", |error| error.code())
    }

    fn fail(&self, cause: Cause) -> CallError {
        CallError::new(Service::Kubernetes, "get", "prod", cause)
    }

    fn find(&self, test: impl Fn(&Value) -> bool) -> Result<Vec<Value>, CallError> {
        if self.down {
            return Err(self.fail(Cause::Unreachable("refused".into())));
        }
        Ok(self
            .objects
            .iter()
            .filter(|object| test(object))
            .cloned()
            .collect())
    }
}

/// `--pod x --node y`, as typed.
fn read(words: &[&str]) -> Result<Ask, WorldError> {
    let all = |option: &str| -> Vec<String> {
        words
            .chunks(2)
            .filter(|pair| pair[0] == option)
            .map(|pair| pair[1].to_owned())
            .collect()
    };
    let one = |option: &str| all(option).pop();
    Ask::read(
        one("--pod").as_deref(),
        &all("--node"),
        &all("--instance"),
        one("--region").as_deref(),
        one("--cluster").as_deref(),
    )
}

impl ClusterDouble for Script {
    fn context(&self) -> &Context {
        &self.context
    }

    fn get<'a>(&'a self, object: &'a ObjectRef) -> Answer<'a, Option<Value>> {
        if self.nodes_down && object.resource == "nodes" {
            let error = self.fail(Cause::Unavailable("HTTP 503".into()));
            return Box::pin(std::future::ready(Err(error)));
        }
        let found = self.find(|value| {
            value["plural"] == object.resource && value["metadata"]["name"] == object.name
        });
        Box::pin(std::future::ready(found.map(|mut all| all.pop())))
    }

    fn list<'a>(&'a self, list: &'a ListRef) -> Answer<'a, Vec<Value>> {
        Box::pin(std::future::ready(
            self.find(|value| value["plural"] == list.resource),
        ))
    }
}

impl Cloud for Script {
    fn enter(&self, region: Option<String>) -> BoxFuture<'_, Result<Aws, WorldError>> {
        let region = region.unwrap_or_else(|| "us-east-1".into());
        self.asked.lock().unwrap().push(format!("enter {region}"));
        let me = Arc::new(self.clone());
        Box::pin(std::future::ready(Ok(Aws {
            region,
            profile: None,
            ssm: me.clone(),
            ec2: me.clone(),
            sts: me.clone(),
            s3: me.clone(),
            streams: me,
        })))
    }
}

/// Nothing here is fetched from S3.
impl S3 for Script {
    fn region<'a>(&'a self, _: &'a str) -> Answer<'a, String> {
        Box::pin(std::future::ready(Ok("us-east-1".into())))
    }

    fn presign<'a>(&'a self, _: &'a Upload) -> Answer<'a, Presigned> {
        let error = self.fail(Cause::Forbidden("no".into()));
        Box::pin(std::future::ready(Err(error)))
    }

    fn head<'a>(&'a self, _: &'a Object) -> Answer<'a, Option<Stored>> {
        Box::pin(std::future::ready(Ok(None)))
    }

    fn open<'a>(&'a self, _: &'a Object, _: Part) -> Answer<'a, Option<OpenFile>> {
        Box::pin(std::future::ready(Ok(None)))
    }

    fn delete<'a>(&'a self, _: &'a Object, _: Option<&'a str>) -> Answer<'a, Deleted> {
        Box::pin(std::future::ready(Ok(Deleted::Gone)))
    }
}

impl Streams for Script {
    fn stream<'a>(&'a self, _: &'a StreamedScript) -> Answer<'a, Printed> {
        panic!("nothing is asked of a node while it is looked for")
    }

    fn settled(&self) -> BoxFuture<'_, Vec<String>> {
        Box::pin(std::future::ready(Vec::new()))
    }
}

impl Ec2 for Script {
    fn describe<'a>(&'a self, ids: &'a [InstanceId]) -> Answer<'a, Vec<Machine>> {
        let answer = if self.ec2_forbidden {
            Err(self.fail(Cause::Forbidden("no".into())))
        } else {
            Ok(self
                .machines
                .iter()
                .filter(|m| ids.contains(&m.instance))
                .cloned()
                .collect())
        };
        Box::pin(std::future::ready(answer))
    }

    fn by_private_name<'a>(&'a self, name: &'a str) -> Answer<'a, Vec<Machine>> {
        self.asked.lock().unwrap().push(format!("by name {name}"));
        Box::pin(std::future::ready(Ok(self.machines.clone())))
    }
}

impl Sts for Script {
    fn caller(&self) -> Answer<'_, Caller> {
        Box::pin(std::future::ready(Ok(self.caller.clone())))
    }

    fn endpoint(&self) -> Answer<'_, String> {
        panic!("resolving approves nothing")
    }

    fn presign<'a>(&'a self, _: &'a Statement) -> Answer<'a, String> {
        panic!("resolving approves nothing")
    }

    fn signer<'a>(&'a self, _: &'a Question) -> Answer<'a, Signer> {
        panic!("resolving approves nothing")
    }
}

impl Ssm for Script {
    fn registrations<'a>(&'a self, ids: &'a [InstanceId]) -> Answer<'a, Vec<Registration>> {
        let known = self
            .registrations
            .iter()
            .filter(|r| ids.contains(&r.instance))
            .cloned();
        Box::pin(std::future::ready(Ok(known.collect())))
    }

    fn send<'a>(&'a self, _: &'a SendCommand) -> BoxFuture<'a, Result<CommandId, WorldError>> {
        panic!("resolving sends nothing")
    }

    fn invocations<'a>(&'a self, _: &'a CommandId) -> Answer<'a, Vec<Invocation>> {
        panic!("resolving sends nothing")
    }

    fn whole_output<'a>(&'a self, _: &'a CommandId, _: &'a InstanceId) -> Answer<'a, WholeOutput> {
        panic!("resolving sends nothing")
    }

    fn cancel<'a>(&'a self, _: &'a CommandId) -> Answer<'a, ()> {
        panic!("resolving sends nothing")
    }
}
