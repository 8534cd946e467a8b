//! Requests that are signed here and sent by somebody else.

use std::time::{Duration, SystemTime};

use aws_sdk_sts::config::Credentials;
use aws_sigv4::http_request::{
    SignableBody, SignableRequest, SignatureLocation, SigningSettings, sign,
};
use aws_sigv4::sign::v4::SigningParams;
use heeler_core::guard::approval::{HEADER, LIFE, Statement};

/// Why something could not be signed, in the libraries' own words.
pub(super) type Unsigned = Box<dyn std::error::Error + Send + Sync>;

/// The URL of a GetCallerIdentity that is signed along with a statement. STS sees the statement as
/// a header, which whoever sends the request has to add.
pub(super) fn presign(
    endpoint: &str,
    region: &str,
    credentials: Credentials,
    statement: &Statement,
    now: SystemTime,
) -> Result<String, Unsigned> {
    let mut settings = SigningSettings::default();
    settings.signature_location = SignatureLocation::QueryParams;
    settings.expires_in = Some(Duration::try_from(LIFE)?);
    let identity = credentials.into();
    let params = SigningParams::builder()
        .identity(&identity)
        .region(region)
        .name("sts")
        .time(now)
        .settings(settings)
        .build()?
        .into();
    let url = format!("{endpoint}/?Action=GetCallerIdentity&Version=2011-06-15");
    let value = statement.header_value();
    let headers = std::iter::once((HEADER, value.as_str()));
    let request = SignableRequest::new("GET", url.as_str(), headers, SignableBody::Bytes(&[]))?;
    let (instructions, _) = sign(request, &params)?.into_parts();
    let mut signed = http::Request::get(url.as_str()).body(())?;
    instructions.apply_to_request_http1x(&mut signed);
    Ok(signed.uri().to_string())
}
