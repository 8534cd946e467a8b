//! A request's way through the server: who asks, what goes wrong on purpose, who answers.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, USER_AGENT};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::Response;
use jiff::Timestamp;

use crate::kube::access::Access;
use crate::kube::calls::{Call, CallLog};
use crate::kube::content::{self, Form};
use crate::kube::deletion::Nodes;
use crate::kube::discovery;
use crate::kube::faults::FaultPlan;
use crate::kube::lab::KubeConfig;
use crate::kube::request::{ObjectRequest, Verb};
use crate::kube::status::{Answer, Refusal};
use crate::kube::store::Store;
use crate::kube::{eviction, exec, protobuf, proxy, read, review, watch, write};

/// The API server's limit for a request's body.
pub(crate) const MAX_BODY: usize = 3 * 1024 * 1024;

/// Everything that answers a request.
#[derive(Debug)]
pub(crate) struct Api {
    pub(crate) config: KubeConfig,
    pub(crate) access: Arc<Access>,
    pub(crate) plan: Arc<FaultPlan>,
    pub(crate) calls: CallLog,
    pub(crate) nodes: Nodes,
    pub(crate) kubelets: proxy::Kubelets,
    store: Mutex<Store>,
}

impl Api {
    pub(crate) fn new(config: KubeConfig) -> Self {
        let access = Arc::new(Access::new(&config.users));
        let plan = Arc::new(FaultPlan::new(config.latency));
        Self {
            config,
            access,
            plan,
            calls: CallLog::default(),
            nodes: Nodes::default(),
            kubelets: proxy::Kubelets::default(),
            store: Mutex::default(),
        }
    }

    /// The objects, locked.
    pub(crate) fn store(&self) -> MutexGuard<'_, Store> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// All that it answers.
    pub(crate) fn router(self: Arc<Self>) -> Router {
        let answer = |State(api): State<Arc<Self>>, request: Request| async move {
            let is_post = request.method() == Method::POST;
            if !is_post || !request.uri().path().ends_with("/pods") {
                return api.answer(request).await;
            }
            // A pod that is asked for is made, whether or not its client waits for the answer. Other writes
            // that are held go with their clients.
            let answer = tokio::spawn(api.answer(request)).await;
            answer.unwrap_or_else(|error| Refusal::internal(&error.to_string()).into_response())
        };
        Router::new().fallback(answer).with_state(self)
    }

    /// Answers one request.
    pub(crate) async fn answer(self: Arc<Self>, request: Request) -> Response {
        let (parts, body) = request.into_parts();
        let user = self
            .access
            .authenticate(header(&parts.headers, AUTHORIZATION.as_str()));
        let call = self.calls.arrived(Call {
            method: parts.method.to_string(),
            path: parts.uri.path().to_owned(),
            query: parts.uri.query().unwrap_or_default().to_owned(),
            user: user.as_ref().ok().cloned(),
            status: None,
            at: Timestamp::now(),
        });
        let response = match self.plan.pass(&parts.method, &parts.uri).await {
            Ok(()) => self
                .dispatch(&parts, body, user)
                .await
                .unwrap_or_else(Refusal::into_response),
            Err(fault) => fault.into_response(),
        };
        self.calls.answered(call, response.status().as_u16());
        self.plan.cut(&parts, response)
    }

    async fn dispatch(
        self: &Arc<Self>,
        parts: &Parts,
        body: Body,
        user: Answer<String>,
    ) -> Answer<Response> {
        if let Some(response) = discovery::open_to_all(&self.config.version, parts.uri.path()) {
            return Ok(response);
        }
        let user = user?;
        if let Some(response) = discovery::answer(parts) {
            return Ok(response);
        }
        if let Some(target) = proxy::target(parts.uri.path()) {
            return proxy::pass(self, &user, target, parts).await;
        }
        let Some(request) = ObjectRequest::parse(&parts.method, &parts.uri) else {
            return Ok(page_not_found());
        };
        let mut request = request?;
        let agent = header(&parts.headers, USER_AGENT.as_str());
        let program = agent.split('/').next().unwrap_or_default();
        program.clone_into(&mut request.program);
        let what = request.place().resource_path(request.resource);
        if !self.access.allows(&user, &request.verb.to_string(), &what) {
            return Err(Refusal::forbidden(
                &user,
                request.verb,
                request.resource,
                request.place(),
            ));
        }
        let form = Form::negotiate(&parts.headers)?;
        let body = axum::body::to_bytes(body, MAX_BODY).await.map_err(|e| {
            Refusal::bad_request(format!("the body of the request cannot be read: {e}"))
        })?;
        let body = protobuf::as_json(header(&parts.headers, CONTENT_TYPE.as_str()), body)?;
        match (request.resource.kind, request.subresource.as_str()) {
            ("SelfSubjectAccessReview", _) => review::answer(&self.access, &user, &request, &body),
            ("SelfSubjectReview", _) => {
                review::introduction(&self.config.account, &user, &request, &body)
            }
            (_, "eviction") => eviction::evict(self, &request, &body),
            (_, "exec") => exec::exec(self, &request, parts).await,
            _ => self.object_answer(request, form, &parts.headers, &body),
        }
    }

    fn object_answer(
        self: &Arc<Self>,
        request: ObjectRequest,
        form: Form,
        headers: &HeaderMap,
        body: &Bytes,
    ) -> Answer<Response> {
        let content_type = header(headers, CONTENT_TYPE.as_str());
        match request.verb {
            Verb::Get => read::get(self, &request, form),
            Verb::List => read::list(self, &request, form),
            Verb::Watch => watch::watch(self, &request, form),
            Verb::Create => write::create(self, &request, form, content_type, body),
            Verb::Update => write::update(self, &request, form, content_type, body),
            Verb::Patch => write::patch(self, &request, form, content_type, body),
            Verb::Delete => write::delete(self, &request, body),
        }
    }
}

pub(crate) fn header<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers
        .get(name)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
}

fn page_not_found() -> Response {
    content::typed_response(
        StatusCode::NOT_FOUND,
        "text/plain; charset=utf-8",
        "404 page not found\n".to_owned(),
    )
}
