//! EC2: instances by id and by name.

use std::collections::BTreeMap;

use aws_config::SdkConfig;
use aws_sdk_ec2::operation::describe_instances::builders::DescribeInstancesFluentBuilder;
use aws_sdk_ec2::types::{Filter, Instance};
use heeler_core::event::InstanceId;

use super::account::reads;
use super::failure::{failed, unreadable};
use crate::world::error::CallError;
use crate::world::port::{Answer, Ec2, Machine};

const ACTION: &str = "ec2:DescribeInstances";
/// All but `shutting-down` and `terminated`: what is gone keeps its name for an hour.
const PRESENT: [&str; 4] = ["pending", "running", "stopping", "stopped"];

/// EC2 in one region.
pub(super) struct Client {
    sdk: aws_sdk_ec2::Client,
    region: String,
}

impl Client {
    pub(super) fn new(config: &SdkConfig, region: &str) -> Self {
        let config = aws_sdk_ec2::config::Builder::from(config)
            .retry_config(reads())
            .build();
        Client {
            sdk: aws_sdk_ec2::Client::from_conf(config),
            region: region.to_owned(),
        }
    }

    async fn all(&self, ask: DescribeInstancesFluentBuilder) -> Result<Vec<Machine>, CallError> {
        let mut pages = ask.into_paginator().send();
        let mut machines = Vec::new();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| failed(ACTION, &self.region, &error))?;
            for instance in page
                .reservations
                .unwrap_or_default()
                .into_iter()
                .flat_map(|r| r.instances.unwrap_or_default())
            {
                machines.push(self.machine(instance)?);
            }
        }
        Ok(machines)
    }

    fn machine(&self, instance: Instance) -> Result<Machine, CallError> {
        let id = instance.instance_id.unwrap_or_default();
        let tags: BTreeMap<String, String> = instance
            .tags
            .unwrap_or_default()
            .into_iter()
            .filter_map(|tag| Some((tag.key?, tag.value.unwrap_or_default())))
            .collect();
        Ok(Machine {
            instance: id
                .parse()
                .map_err(|text| unreadable(ACTION, &self.region, text))?,
            state: instance
                .state
                .and_then(|state| state.name)
                .map_or_else(String::new, |name| name.as_str().to_owned()),
            tags,
            zone: instance
                .placement
                .and_then(|placement| placement.availability_zone),
        })
    }
}

impl Ec2 for Client {
    fn describe<'a>(&'a self, ids: &'a [InstanceId]) -> Answer<'a, Vec<Machine>> {
        let ids = ids.iter().map(ToString::to_string).collect();
        Box::pin(self.all(self.sdk.describe_instances().set_instance_ids(Some(ids))))
    }

    fn by_private_name<'a>(&'a self, name: &'a str) -> Answer<'a, Vec<Machine>> {
        let name = Filter::builder()
            .name("private-dns-name")
            .values(name)
            .build();
        let present = Filter::builder()
            .name("instance-state-name")
            .set_values(Some(PRESENT.map(str::to_owned).to_vec()))
            .build();
        Box::pin(self.all(self.sdk.describe_instances().filters(name).filters(present)))
    }
}
