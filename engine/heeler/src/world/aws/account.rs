//! Configuration, credentials and clients of one AWS account.

use std::sync::Arc;
use std::time::Duration;

use aws_config::profile::ProfileFileCredentialsProvider;
use aws_config::provider_config::ProviderConfig;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{AppName, BehaviorVersion, Region, SdkConfig};
use futures::future::BoxFuture;

use super::{ec2, s3, ssm, stream, sts};
use crate::world::error::{PlaceError, WorldError};
use crate::world::port::{Aws, Cloud};

/// Written into every request's user agent, which CloudTrail keeps.
const APP_NAME: &str = "heeler";
/// Attempts of reads that resolve a target: nobody is served by giving up early.
const READ_ATTEMPTS: u32 = 5;

/// The account behind a profile or the environment's credentials.
#[derive(Debug, Clone, Default)]
pub struct Account {
    profile: Option<String>,
}

impl Account {
    /// `asked` is the profile that the caller named; it goes before the environment, as in the
    /// AWS CLI. `hint` is the profile that the kubeconfig's credential plugin uses; it counts
    /// where the environment says nothing.
    pub fn new(asked: Option<String>, hint: Option<String>) -> Self {
        let spoken = [
            "AWS_PROFILE",
            "AWS_ACCESS_KEY_ID",
            "AWS_WEB_IDENTITY_TOKEN_FILE",
        ];
        let silent = spoken.iter().all(|name| std::env::var_os(name).is_none());
        Account {
            profile: asked.or_else(|| hint.filter(|_| silent)),
        }
    }

    async fn load(&self, region: Option<Region>) -> Result<(SdkConfig, String), WorldError> {
        let mut loader = aws_config::defaults(BehaviorVersion::v2026_01_12())
            .retry_config(RetryConfig::standard())
            // What is approved, allowed and leased is so until some time: a clock that is off is to
            // be set, not to be reckoned with (docs/design/0012).
            .disable_clock_skew_correction(true)
            .timeout_config(timeouts());
        if let Ok(name) = AppName::new(APP_NAME) {
            loader = loader.app_name(name);
        }
        if let Some(region) = region.clone() {
            loader = loader.region(region);
        }
        if let Some(profile) = &self.profile {
            loader = loader
                .profile_name(profile)
                .credentials_provider(credentials(profile, region).await);
        }
        let config = loader.load().await;
        let region = config.region().ok_or(PlaceError::NoRegion)?.to_string();
        Ok((config, region))
    }
}

/// The credentials of a profile, whatever the environment's variables hold.
async fn credentials(profile: &str, region: Option<Region>) -> ProfileFileCredentialsProvider {
    let provider = match region {
        Some(region) => ProviderConfig::default().with_region(Some(region)),
        None => ProviderConfig::with_default_region().await,
    };
    ProfileFileCredentialsProvider::builder()
        .configure(&provider)
        .profile_name(profile)
        .build()
}

/// Each attempt is bounded; stalled-stream protection stays on by itself.
fn timeouts() -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(Duration::from_secs(5))
        .operation_attempt_timeout(Duration::from_secs(15))
        .operation_timeout(Duration::from_secs(45))
        .build()
}

/// The retries of reads.
pub(super) fn reads() -> RetryConfig {
    RetryConfig::standard().with_max_attempts(READ_ATTEMPTS)
}

/// No retries: for what must be sent once, and for what is repeated by its caller anyway.
pub(super) fn once() -> RetryConfig {
    RetryConfig::standard().with_max_attempts(1)
}

impl Cloud for Account {
    fn enter(&self, region: Option<String>) -> BoxFuture<'_, Result<Aws, WorldError>> {
        Box::pin(async move {
            let (config, region) = self.load(region.map(Region::new)).await?;
            Ok(Aws {
                profile: self.profile.clone(),
                ssm: Arc::new(ssm::Client::new(&config, &region)),
                ec2: Arc::new(ec2::Client::new(&config, &region)),
                sts: Arc::new(sts::Client::new(&config, &region)),
                s3: Arc::new(s3::Client::new(&config, &region)),
                streams: Arc::new(stream::Client::new(&config, &region)),
                region,
            })
        })
    }
}
