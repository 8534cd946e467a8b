//! STS: who is asking.

use aws_config::SdkConfig;

use super::failure::{failed, unreadable};
use crate::world::port::{Answer, Caller, Sts};

const ACTION: &str = "sts:GetCallerIdentity";

/// STS in one region.
pub(super) struct Client {
    sdk: aws_sdk_sts::Client,
    region: String,
}

impl Client {
    pub(super) fn new(config: &SdkConfig, region: &str) -> Self {
        Client {
            sdk: aws_sdk_sts::Client::new(config),
            region: region.to_owned(),
        }
    }
}

impl Sts for Client {
    fn caller(&self) -> Answer<'_, Caller> {
        Box::pin(async move {
            let answer = self
                .sdk
                .get_caller_identity()
                .send()
                .await
                .map_err(|error| failed(ACTION, &self.region, &error))?;
            match (answer.account, answer.arn) {
                (Some(account), Some(arn)) => Ok(Caller { account, arn }),
                _ => Err(unreadable(ACTION, &self.region, "it names no account")),
            }
        })
    }
}
