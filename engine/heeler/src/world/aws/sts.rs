//! STS: who is asking, and who has signed.

use std::sync::{Arc, OnceLock};
use std::time::SystemTime;

use aws_config::SdkConfig;
use aws_sdk_sts::config::http::HttpRequest;
use aws_sdk_sts::config::interceptors::{
    BeforeTransmitInterceptorContextMut, BeforeTransmitInterceptorContextRef,
};
use aws_sdk_sts::config::{
    ConfigBag, Intercept, ProvideCredentials, RuntimeComponents, SharedCredentialsProvider,
};
use aws_sdk_sts::error::BoxError;
use aws_sdk_sts::operation::get_caller_identity::GetCallerIdentityOutput;
use heeler_core::guard::approval::{Question, Statement};

use super::failure::{Refusal, failed, refusal, unreadable, without_credentials};
use super::presign::presign;
use crate::world::error::{CallError, Cause, Service};
use crate::world::port::{Answer, Caller, Signer, Sts};

const ACTION: &str = "sts:GetCallerIdentity";

/// STS in one region.
pub(super) struct Client {
    sdk: aws_sdk_sts::Client,
    credentials: Option<SharedCredentialsProvider>,
    region: String,
    /// Where the SDK's rules and the configuration send requests, once one was sent.
    endpoint: Arc<OnceLock<String>>,
}

impl Client {
    pub(super) fn new(config: &SdkConfig, region: &str) -> Self {
        Client {
            sdk: aws_sdk_sts::Client::new(config),
            credentials: config.credentials_provider(),
            region: region.to_owned(),
            endpoint: Arc::default(),
        }
    }

    async fn ask(&self) -> Result<Caller, CallError> {
        let noting = Noting(Arc::clone(&self.endpoint));
        let asked = self.sdk.get_caller_identity().customize();
        let answer = asked
            .interceptor(noting)
            .send()
            .await
            .map_err(|error| failed(ACTION, &self.region, &error))?;
        self.read(answer)
    }

    fn read(&self, answer: GetCallerIdentityOutput) -> Result<Caller, CallError> {
        match (answer.account, answer.arn) {
            (Some(account), Some(arn)) => Ok(Caller { account, arn }),
            _ => Err(unreadable(ACTION, &self.region, "it names no account")),
        }
    }

    /// The endpoint is not told without a request: rules, profile and environment all have a say.
    async fn place(&self) -> Result<String, CallError> {
        if self.endpoint.get().is_none() {
            self.ask().await?;
        }
        let place = self.endpoint.get().cloned();
        place.ok_or_else(|| unreadable(ACTION, &self.region, "it came from nowhere"))
    }

    async fn sign(&self, statement: &Statement) -> Result<String, CallError> {
        let endpoint = self.place().await?;
        let missing = || {
            let cause = Cause::NoCredentials("none are configured".into());
            CallError::new(Service::Aws, ACTION, &self.region, cause)
        };
        let provider = self.credentials.as_ref().ok_or_else(missing)?;
        let credentials = provider
            .provide_credentials()
            .await
            .map_err(|error| without_credentials(ACTION, &self.region, &error))?;
        presign(
            &endpoint,
            &self.region,
            credentials,
            statement,
            SystemTime::now(),
        )
        .map_err(|error| {
            let cause = Cause::Refused {
                code: "signing".into(),
                detail: error.to_string(),
            };
            CallError::new(Service::Aws, ACTION, &self.region, cause)
        })
    }
}

impl Sts for Client {
    fn caller(&self) -> Answer<'_, Caller> {
        Box::pin(self.ask())
    }

    fn endpoint(&self) -> Answer<'_, String> {
        Box::pin(self.place())
    }

    fn presign<'a>(&'a self, statement: &'a Statement) -> Answer<'a, String> {
        Box::pin(self.sign(statement))
    }

    fn signer<'a>(&'a self, question: &'a Question) -> Answer<'a, Signer> {
        Box::pin(async move {
            let asked = self.sdk.get_caller_identity().customize();
            let answer = asked.interceptor(Signed(question.clone())).send().await;
            match answer {
                Ok(answer) => self.read(answer).map(Signer::Is),
                Err(error) => match refusal(&error) {
                    Some(Refusal::Said(said)) => Ok(Signer::Nobody(said)),
                    Some(Refusal::TooOld) => Ok(Signer::TooLate),
                    Some(Refusal::SessionEnded(said)) => Ok(Signer::SessionEnded(said)),
                    None => Err(failed(ACTION, &self.region, &error)),
                },
            }
        })
    }
}

/// Notes where a request goes.
#[derive(Debug)]
struct Noting(Arc<OnceLock<String>>);

impl Intercept for Noting {
    fn name(&self) -> &'static str {
        "heeler-noting"
    }

    fn read_before_transmit(
        &self,
        context: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let uri = context.request().uri();
        // It is the same each time.
        let _ = self.0.set(uri.trim_end_matches('/').to_owned());
        Ok(())
    }
}

/// Sends somebody else's request in the place of our own, of which nothing is left: our signature
/// would say that it was us. Connections, time-outs, retries and the answer stay the SDK's affair.
#[derive(Debug)]
struct Signed(Question);

impl Intercept for Signed {
    fn name(&self) -> &'static str {
        "heeler-signed"
    }

    fn modify_before_transmit(
        &self,
        context: &mut BeforeTransmitInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let mut request = HttpRequest::get(&self.0.url)?;
        let headers = request.headers_mut();
        headers.try_insert(self.0.header, self.0.value.clone())?;
        *context.request_mut() = request;
        Ok(())
    }
}

#[cfg(test)]
#[path = "sts_tests.rs"]
mod tests;
