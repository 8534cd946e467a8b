//! From a request to a reply: which service and operation, what befalls the call, what it
//! costs, who calls, and only then what it does.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{ConnectInfo, State};
use axum::http::header::{ACCEPT, DATE};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use jiff::Timestamp;
use tokio::net::TcpListener;

use super::authentication::authenticate;
use super::authorization::{self, Caller};
use super::call::{Call, Service};
use super::cloud::Cloud;
use super::connection::Connection;
use super::error::ApiError;
use super::query::{self, Form};
use super::signature::Received;
use super::ssm::SsmReply;
use super::{ec2, identifier, s3, ssm, sts};
use crate::fault::{Fault, HoldPoint};

const TARGET_PREFIX: &str = "AmazonSSM.";
const STS_VERSION: &str = "2011-06-15";

/// Serves the endpoints until the task is aborted.
pub(super) async fn serve(socket: TcpListener, cloud: Arc<Cloud>) {
    let router = Router::new()
        .route("/{*bucket}", any(s3::receive))
        .fallback(receive)
        .with_state(cloud);
    let service = router.into_make_service_with_connect_info::<Connection>();
    // `axum::serve` handles accept errors itself and ends only with its task.
    let _ = axum::serve(socket, service).await;
}

async fn receive(
    State(cloud): State<Arc<Cloud>>,
    ConnectInfo(connection): ConnectInfo<Connection>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let request = Request::read(method, &uri, headers, &body);
    let mut reply = answer(&cloud, connection, request).await;
    if let Ok(date) = HeaderValue::try_from(cloud.clock.http_date()) {
        reply.headers_mut().insert(DATE, date);
    }
    reply
}

async fn answer(cloud: &Arc<Cloud>, connection: Connection, request: Request) -> Response {
    cloud.calls.with(|calls| calls.push(request.log_entry()));
    let cost = cloud.latency.with(|latency| latency.cost());
    tokio::time::sleep(cost).await;

    let service = request.service;
    let fault = cloud.faults.next(service.name(), &request.operation);
    let failed = |error: ApiError| request.failed(&error);
    match fault {
        Some(Fault::Throttle) => return failed(ApiError::throttled(service)),
        Some(Fault::Delay(delay)) => tokio::time::sleep(delay).await,
        Some(Fault::Drop { executed: false }) => connection.cut().await,
        Some(Fault::ServerError {
            status,
            executed: false,
        }) => {
            return failed(server_error(service, status));
        }
        Some(Fault::Hold(HoldPoint::BeforeExecuting, ref gate)) => gate.pass().await,
        _ => {}
    }
    // A client that hangs up does not undo what the service has begun.
    let execution = tokio::spawn(execute(Arc::clone(cloud), request.clone()));
    let reply = execution.await;
    match fault {
        Some(Fault::Drop { executed: true }) => connection.cut().await,
        Some(Fault::ServerError {
            status,
            executed: true,
        }) => {
            return failed(server_error(service, status));
        }
        Some(Fault::Hold(HoldPoint::BeforeReplying, gate)) => gate.pass().await,
        _ => {}
    }
    match reply {
        Ok(Ok(reply)) => reply,
        Ok(Err(error)) => failed(error),
        Err(_) => failed(server_error(service, 500)),
    }
}

async fn execute(cloud: Arc<Cloud>, request: Request) -> Result<Response, ApiError> {
    let service = request.service;
    let caller = authenticate(&cloud, service, &request.received())?;
    request.authorize(&cloud, &caller)?;
    match service {
        Service::Ssm => {
            let reply: SsmReply = ssm::serve(&cloud, &caller, &request.operation, &request.body)?;
            let content_type = [
                ("content-type", "application/x-amz-json-1.1"),
                ("x-amzn-requestid", &request.id),
            ];
            Ok((content_type, reply.to_string()).into_response())
        }
        // Its requests come to a listener of their own.
        Service::SsmMessages => Err(ApiError::server_error(service, StatusCode::NOT_FOUND)),
        Service::Ec2 => {
            let form = request.form()?;
            Ok(ec2::serve(&cloud, &caller, &form, &request.id)?.into_response())
        }
        Service::Sts => {
            let reply = sts::serve(&caller, &request.form()?, &request.id)?;
            Ok(if request.wants_json {
                reply.into_json()
            } else {
                reply.into_xml()
            })
        }
        // Its requests have paths, and are received elsewhere.
        Service::S3 => Err(server_error(service, 500)),
    }
}

pub(super) fn server_error(service: Service, status: u16) -> ApiError {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    ApiError::server_error(service, status)
}

#[derive(Clone)]
struct Request {
    id: String,
    service: Service,
    operation: String,
    method: Method,
    path: String,
    query: Vec<(String, String)>,
    headers: HeaderMap,
    body: String,
    wants_json: bool,
}

impl Request {
    fn read(method: Method, uri: &Uri, headers: HeaderMap, body: &Bytes) -> Self {
        let body = String::from_utf8_lossy(body).into_owned();
        let query = query::pairs(uri).unwrap_or_default();
        let (service, operation) = match header(&headers, "x-amz-target") {
            Some(target) => {
                let operation = target.strip_prefix(TARGET_PREFIX).unwrap_or(target);
                (Service::Ssm, operation.to_owned())
            }
            None => {
                let form = Form::parse(&body).unwrap_or_default().with_query(&query);
                let of_sts = form.get("Version") == Some(STS_VERSION);
                let service = if of_sts { Service::Sts } else { Service::Ec2 };
                (service, form.get("Action").unwrap_or_default().to_owned())
            }
        };
        Self {
            id: identifier::random_uuid(),
            service,
            operation,
            method,
            path: uri.path().to_owned(),
            query,
            wants_json: header(&headers, ACCEPT.as_str()) == Some("application/json"),
            headers,
            body,
        }
    }

    fn form(&self) -> Result<Form, ApiError> {
        Ok(Form::parse(&self.body)?.with_query(&self.query))
    }

    fn received(&self) -> Received<'_> {
        Received {
            method: self.method.as_str(),
            path: &self.path,
            query: &self.query,
            headers: &self.headers,
            body: &self.body,
        }
    }

    fn failed(&self, error: &ApiError) -> Response {
        match self.service {
            Service::Sts if self.wants_json => error.query_json(&self.id),
            service => error.response(service, &self.id),
        }
    }

    fn log_entry(&self) -> Call {
        Call {
            service: self.service,
            operation: self.operation.clone(),
            at: Timestamp::now(),
            body: self.body.clone(),
            user_agent: header(&self.headers, "user-agent")
                .unwrap_or_default()
                .to_owned(),
        }
    }

    /// Refuses what is denied on everything. Single instances are the operation's own affair.
    fn authorize(&self, cloud: &Cloud, caller: &Caller) -> Result<(), ApiError> {
        let action = format!("{}:{}", self.service.name(), self.operation);
        if !cloud.denials.with(|denials| denials.denies(&action)) {
            return Ok(());
        }
        let Caller {
            region, account, ..
        } = caller;
        let resource = match self.operation.as_str() {
            "SendCommand" => format!("arn:aws:ssm:{region}::document/AWS-RunShellScript"),
            _ => format!("arn:aws:ssm:{region}:{account}:*"),
        };
        Err(authorization::denied(
            self.service,
            caller,
            &action,
            &resource,
        ))
    }
}

pub(super) fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}
