//! From a request to a reply, with whatever befalls it.

use std::io;
use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::{ConnectInfo, State};
use axum::http::header::{CONTENT_LENGTH, DATE};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use futures::{StreamExt as _, stream};

use super::super::call::Service;
use super::super::cloud::Cloud;
use super::super::connection::Connection;
use super::super::error::ApiError;
use super::super::identifier;
use super::super::listener::server_error;
use super::super::xml::Element;
use super::request::Request;
use super::store::{BucketPlan, Held, Object};
use crate::fault::{Fault, HoldPoint};
use crate::kubelet::range::{self, Part};

/// More is not held in memory.
const MOST_BYTES: usize = 256 << 20;
const VERSION: &str = "x-amz-version-id";
const MARKER: &str = "x-amz-delete-marker";
const NAMESPACE: &str = "http://s3.amazonaws.com/doc/2006-03-01/";

pub(in crate::aws) async fn receive(
    State(cloud): State<Arc<Cloud>>,
    ConnectInfo(connection): ConnectInfo<Connection>,
    asked: axum::extract::Request,
) -> Response {
    let (head, body) = asked.into_parts();
    let request = Request::read(head.method, &head.uri, head.headers);
    let mut reply = answer(&cloud, connection, &request, body).await;
    set(&mut reply, DATE.as_str(), &cloud.clock.http_date());
    let home = cloud.buckets.plan(&request.bucket);
    if let Some(plan) = home {
        let region = plan.region.as_ref().unwrap_or(&cloud.region);
        set(&mut reply, "x-amz-bucket-region", region);
    }
    reply
}

async fn answer(
    cloud: &Arc<Cloud>,
    connection: Connection,
    request: &Request,
    body: Body,
) -> Response {
    cloud.calls.with(|calls| calls.push(request.log_entry()));
    let cost = cloud.latency.with(|latency| latency.cost());
    tokio::time::sleep(cost).await;
    let fault = cloud.faults.next(Service::S3.name(), request.operation());
    let failed = |error: &ApiError| error.response(Service::S3, &identifier::random_uuid());
    match fault {
        Some(Fault::Throttle) => return failed(&ApiError::throttled(Service::S3)),
        Some(Fault::Delay(delay)) => tokio::time::sleep(delay).await,
        Some(Fault::Drop { executed: false }) => {
            // In the middle of a body, where there is one.
            body.into_data_stream().next().await;
            connection.cut().await
        }
        Some(Fault::ServerError {
            status,
            executed: false,
        }) => return failed(&server_error(Service::S3, status)),
        Some(Fault::Hold(HoldPoint::BeforeExecuting, ref gate)) => gate.pass().await,
        _ => {}
    }
    // Who may not do it is told so before they send a body.
    let plan = match request.admit(cloud) {
        Ok(plan) => plan,
        Err(error) => return failed(&error),
    };
    let Ok(body) = axum::body::to_bytes(body, MOST_BYTES).await else {
        return failed(&ApiError::new(
            "IncompleteBody",
            "You did not provide the number of bytes specified by the Content-Length HTTP header",
        ));
    };
    let cuts = matches!(fault, Some(Fault::Drop { executed: true }));
    let done = execute(cloud, request, plan, body, cuts);
    match fault {
        Some(Fault::Drop { executed: true }) if request.operation() != "GetObject" => {
            connection.cut().await
        }
        Some(Fault::ServerError {
            status,
            executed: true,
        }) => return failed(&server_error(Service::S3, status)),
        Some(Fault::Hold(HoldPoint::BeforeReplying, gate)) => gate.pass().await,
        _ => {}
    }
    done.unwrap_or_else(|error| failed(&error))
}

fn execute(
    cloud: &Cloud,
    request: &Request,
    plan: Option<BucketPlan>,
    body: Bytes,
    cuts: bool,
) -> Result<Response, ApiError> {
    let (bucket, key) = (request.bucket.as_str(), request.key.as_str());
    match request.operation() {
        "CreateBucket" => {
            cloud.buckets.create(bucket, plan.unwrap_or_default());
            Ok(StatusCode::OK.into_response())
        }
        "PutBucketVersioning" => {
            let text = String::from_utf8_lossy(&body);
            let is_on = text.contains("<Status>Enabled</Status>");
            if !is_on {
                let why = "The lab's buckets keep versions, or they do not";
                let status = StatusCode::NOT_IMPLEMENTED;
                return Err(ApiError::with_status(status, "NotImplemented", why));
            }
            let keep = |plan: &mut BucketPlan| plan.keeps_versions = true;
            cloud.buckets.change(bucket, keep);
            Ok(StatusCode::OK.into_response())
        }
        "HeadBucket" => Ok(StatusCode::OK.into_response()),
        "ListObjectsV2" => {
            let wanted = request.argument("prefix");
            let keys = cloud.buckets.present(bucket).into_iter();
            let keys = keys.filter(|(key, _)| key.starts_with(wanted));
            let contents = keys.map(|(key, size)| {
                Element::new("Contents")
                    .text("Key", key)
                    .text("Size", size.to_string())
            });
            let contents: Vec<Element> = contents.collect();
            Ok(Element::namespaced("ListBucketResult", NAMESPACE)
                .text("Name", bucket)
                .text("KeyCount", contents.len().to_string())
                .text("IsTruncated", "false")
                .children(contents)
                .into_response())
        }
        "PutObject" => {
            request.check(&body)?;
            let object = cloud.buckets.put(bucket, key, body).ok_or_else(no_key)?;
            let mut reply = StatusCode::OK.into_response();
            describe(&mut reply, &object);
            Ok(reply)
        }
        "DeleteObject" => {
            let deleted = cloud.buckets.delete(bucket, key, request.version());
            let mut reply = StatusCode::NO_CONTENT.into_response();
            if let Some(version) = &deleted.version {
                set(&mut reply, VERSION, version);
            }
            if deleted.is_marker {
                set(&mut reply, MARKER, "true");
            }
            Ok(reply)
        }
        "HeadObject" | "GetObject" => {
            let object = match cloud.buckets.get(bucket, key, request.version()) {
                Held::Content(object) => object,
                held => return missing(cloud, request, &held),
            };
            if request.operation() == "GetObject" {
                return read(request, &object, cuts);
            }
            let mut reply = StatusCode::OK.into_response();
            describe(&mut reply, &object);
            let length = object.bytes.len().to_string();
            set(&mut reply, CONTENT_LENGTH.as_str(), &length);
            Ok(reply)
        }
        _ => Err(ApiError::with_status(
            StatusCode::METHOD_NOT_ALLOWED,
            "MethodNotAllowed",
            "The specified method is not allowed against this resource.",
        )),
    }
}

/// An object or a part of it; the first half of that, and then an end of the connection, where it is cut.
fn read(request: &Request, object: &Object, cuts: bool) -> Result<Response, ApiError> {
    let size = object.bytes.len();
    let (from, length) = match range::asked(&request.headers, size as u64, &object.etag) {
        Part::Whole => (0, size as u64),
        Part::Of { from, length } => (from, length),
        Part::Beyond => {
            return Err(ApiError::with_status(
                StatusCode::RANGE_NOT_SATISFIABLE,
                "InvalidRange",
                "The requested range is not satisfiable",
            ));
        }
    };
    let whole = object.bytes.clone();
    let part = whole
        .into_iter()
        .skip(usize::try_from(from).unwrap_or(size))
        .take(usize::try_from(length).unwrap_or(size));
    let part: Bytes = part.collect();
    let mut reply = match cuts {
        false => Body::from(part),
        true => {
            let half = part.slice(..part.len() / 2);
            let broken = Err(io::Error::from(io::ErrorKind::ConnectionReset));
            Body::from_stream(stream::iter([Ok(half), broken]))
        }
    }
    .into_response();
    describe(&mut reply, object);
    set(&mut reply, "accept-ranges", "bytes");
    set(&mut reply, CONTENT_LENGTH.as_str(), &length.to_string());
    if length < size as u64 {
        *reply.status_mut() = StatusCode::PARTIAL_CONTENT;
        let last = from + length - 1;
        let told = format!("bytes {from}-{last}/{size}");
        set(&mut reply, "content-range", &told);
    }
    Ok(reply)
}

fn describe(reply: &mut Response, object: &Object) {
    set(reply, "etag", &object.etag);
    if let Some(version) = &object.version {
        set(reply, VERSION, version);
    }
}

fn set(reply: &mut Response, name: &str, value: &str) {
    if let (Ok(name), Ok(value)) = (
        HeaderName::from_bytes(name.as_bytes()),
        HeaderValue::from_str(value),
    ) {
        reply.headers_mut().insert(name, value);
    }
}

/// What is not there. Whoever may not list the bucket does not learn that.
fn missing(cloud: &Cloud, request: &Request, held: &Held) -> Result<Response, ApiError> {
    let lists = cloud
        .denials
        .with(|denials| !denials.denies("s3:ListBucket"));
    if !lists {
        let (status, why) = (StatusCode::FORBIDDEN, "Access Denied");
        return Err(ApiError::with_status(status, "AccessDenied", why));
    }
    let error = match (held, request.version()) {
        (Held::Nothing, Some(_)) => {
            let why = "The specified version does not exist.";
            ApiError::with_status(StatusCode::NOT_FOUND, "NoSuchVersion", why)
        }
        (Held::Deleted(_), Some(_)) => {
            let why = "The specified method is not allowed against this resource.";
            ApiError::with_status(StatusCode::METHOD_NOT_ALLOWED, "MethodNotAllowed", why)
        }
        _ => no_key(),
    };
    let Held::Deleted(marker) = held else {
        return Err(error);
    };
    let mut reply = error.response(Service::S3, &identifier::random_uuid());
    set(&mut reply, MARKER, "true");
    set(&mut reply, VERSION, marker);
    Ok(reply)
}

fn no_key() -> ApiError {
    let why = "The specified key does not exist.";
    ApiError::with_status(StatusCode::NOT_FOUND, "NoSuchKey", why)
}
