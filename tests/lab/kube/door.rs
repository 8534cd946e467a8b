//! A kubelet's own port: who comes there is asked for a token, and for the right to what they want, of which it
//! knows finer ones than the API server's proxy. Measured on kubernetes 1.36.

use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::Context as _;
use axum::Router;
use axum::extract::{Request, State};
use axum::http::header::AUTHORIZATION;
use axum::http::{Method, StatusCode};
use axum::response::Response;
use jiff::Timestamp;
use nix::sys::socket::{Backlog, listen};

use crate::kube::access::Access;
use crate::kube::calls::{Call, CallLog};
use crate::kube::content::typed_response;
use crate::kube::server::Server;
use crate::kube::service::header;
use crate::kube::tls::Authority;
use crate::kubelet::{Kubelet, Reach};

/// A kubelet as those find it who ask it straight.
#[derive(Debug)]
pub struct Door {
    server: Server,
    desk: Arc<Desk>,
    address: SocketAddr,
    /// What keeps its port from everybody.
    held: Mutex<Option<Held>>,
}

/// Whose certificate is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// Its own, of the cluster's authority.
    Own,
    /// One for the same address, of an authority that nobody in the cluster knows.
    OfAnotherAuthority,
    /// One of the cluster's authority, for another address.
    OfAnotherAddress,
}

/// A port that takes connections and says nothing, or not even takes them.
#[derive(Debug)]
struct Held {
    _listener: TcpListener,
    _filling: Vec<TcpStream>,
}

/// Who answers.
#[derive(Debug)]
struct Desk {
    kubelet: Kubelet,
    access: Arc<Access>,
    calls: CallLog,
}

impl Door {
    pub(crate) fn open(
        kubelet: &Kubelet,
        access: Arc<Access>,
        authority: &Authority,
        on: Ipv4Addr,
    ) -> anyhow::Result<Arc<Self>> {
        let desk = Arc::new(Desk {
            kubelet: kubelet.clone(),
            access,
            calls: CallLog::default(),
        });
        let app = Router::new().fallback(answer).with_state(Arc::clone(&desk));
        let identity = authority.certify(&[&on.to_string()])?;
        let server = Server::bind(app, Some(identity), on)?;
        let door = Arc::new(Self {
            address: server.address(),
            server,
            desk,
            held: Mutex::default(),
        });
        let own = Arc::downgrade(&door);
        kubelet.faults().on_reach(move |reach| match own.upgrade() {
            Some(door) => door.set_reach(reach),
            None => Ok(()),
        });
        Ok(door)
    }

    /// Where it is.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Every request so far, in the order of arrival.
    pub fn calls(&self) -> Vec<Call> {
        self.desk.calls.all()
    }

    /// How many connections were taken, also those on which nothing was asked.
    pub fn connections(&self) -> usize {
        self.server.connections()
    }

    /// Shows a certificate to those who come from now on; open connections break.
    ///
    /// # Errors
    /// When the port can't be had again.
    pub fn show(&self, shown: Shown, cluster: &super::KubeLab) -> anyhow::Result<()> {
        let own = self.address.ip().to_string();
        self.server.stop()?;
        self.server.identify(match shown {
            Shown::Own => cluster.authority().certify(&[&own])?,
            Shown::OfAnotherAuthority => Authority::generate()?.certify(&[&own])?,
            Shown::OfAnotherAddress => cluster.authority().certify(&["10.255.255.254"])?,
        });
        self.server.start()
    }

    fn set_reach(&self, reach: Reach) -> anyhow::Result<()> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        *held = None;
        if reach == Reach::Open {
            return self.server.start();
        }
        self.server.stop()?;
        *held = match reach {
            Reach::Open | Reach::Refused => None,
            Reach::Frozen => Some(Held {
                _listener: TcpListener::bind(self.address)?,
                _filling: Vec::new(),
            }),
            Reach::Dropped => Some(full(self.address)?),
        };
        Ok(())
    }
}

/// A port whose queue is full, so that the kernel answers nobody.
fn full(address: SocketAddr) -> anyhow::Result<Held> {
    let listener = TcpListener::bind(address)?;
    listen(&listener, Backlog::new(0)?).context("shorten the queue of a port")?;
    let mut filling = Vec::new();
    while let Ok(stream) = TcpStream::connect_timeout(&address, Duration::from_millis(200)) {
        filling.push(stream);
        anyhow::ensure!(filling.len() < 64, "the queue of a port has no end");
    }
    Ok(Held {
        _listener: listener,
        _filling: filling,
    })
}

async fn answer(State(desk): State<Arc<Desk>>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    let (method, path) = (&parts.method, parts.uri.path());
    let user = desk
        .access
        .authenticate(header(&parts.headers, AUTHORIZATION.as_str()))
        .ok();
    let call = desk.calls.arrived(Call {
        method: method.to_string(),
        path: path.to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        user: user.clone(),
        status: None,
        at: Timestamp::now(),
    });
    let response = match user {
        None => plain(StatusCode::UNAUTHORIZED, "Unauthorized"),
        Some(user) => match refusal(&desk.access, &user, method, path) {
            Some(why) => plain(StatusCode::FORBIDDEN, &why),
            None => desk.kubelet.answer(method, path, &parts.headers).await,
        },
    };
    desk.calls.answered(call, response.status().as_u16());
    response
}

/// Why a user may not have this: any one of the parts of nodes that it belongs to is enough.
fn refusal(access: &Access, user: &str, method: &Method, path: &str) -> Option<String> {
    let verb = match *method {
        Method::POST => "create",
        Method::PUT => "update",
        Method::PATCH => "patch",
        Method::DELETE => "delete",
        _ => "get",
    };
    let parts = parts(path);
    let may = |part: &&str| access.allows(user, verb, &format!("nodes/{part}"));
    (!parts.iter().any(may)).then(|| {
        let parts = parts.join(" ");
        format!("Forbidden (user={user}, verb={verb}, resource=nodes, subresource(s)=[{parts}])")
    })
}

/// The parts of nodes that a path belongs to.
fn parts(path: &str) -> &'static [&'static str] {
    let below = |folder: &str| {
        let rest = path.strip_prefix(folder);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    match () {
        () if below("/logs") => &["log"],
        () if below("/stats") => &["stats"],
        () if below("/metrics") => &["metrics"],
        () if below("/configz") => &["configz", "proxy"],
        () if below("/healthz") => &["healthz", "proxy"],
        () if below("/pods") || below("/runningpods") => &["pods", "proxy"],
        () => &["proxy"],
    }
}

fn plain(status: StatusCode, text: &str) -> Response {
    typed_response(status, "text/plain; charset=utf-8", text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kube::access::User;

    #[test]
    fn a_port_is_open_shut_silent_or_not_there_at_once() -> anyhow::Result<()> {
        let folder = tempfile::tempdir()?;
        let kubelet = Kubelet::new(folder.path());
        let access = Arc::new(Access::new(&[User::new("alice")]));
        let door = Door::open(
            &kubelet,
            access,
            &Authority::generate()?,
            Ipv4Addr::LOCALHOST,
        )?;
        let come = || TcpStream::connect_timeout(&door.address(), Duration::from_millis(300));
        let kind = |reach: Reach| -> anyhow::Result<_> {
            kubelet.faults().set_reach(reach)?;
            Ok(come().map(drop).map_err(|error| error.kind()))
        };
        use std::io::ErrorKind::{ConnectionRefused, TimedOut};
        assert_eq!(kind(Reach::Open)?, Ok(()));
        assert_eq!(kind(Reach::Refused)?, Err(ConnectionRefused));
        assert_eq!(kind(Reach::Frozen)?, Ok(()));
        assert_eq!(kind(Reach::Dropped)?, Err(TimedOut));
        assert_eq!(kind(Reach::Open)?, Ok(()));
        Ok(())
    }

    #[test]
    fn rights_are_finer_than_those_of_the_proxy() {
        let access = Access::new(&[User::new("alice"), User::new("bob")]);
        access.deny("alice", "get", "nodes/log");
        access.deny("alice", "get", "nodes/stats");
        access.deny("bob", "get", "nodes/proxy");
        access.deny("bob", "get", "nodes/stats");
        let may = |user: &str, path: &str| refusal(&access, user, &Method::GET, path).is_none();
        for (path, alice, bob) in [
            ("/logs/pods/", false, true),
            ("/logs", false, true),
            ("/stats/summary", false, false),
            ("/configz", true, true),
            ("/exec/a/b/c", true, false),
            ("/logsmore", true, false),
        ] {
            assert_eq!(
                (may("alice", path), may("bob", path)),
                (alice, bob),
                "{path}"
            );
        }
        assert_eq!(
            refusal(&access, "alice", &Method::GET, "/logs/").unwrap_or_default(),
            "Forbidden (user=alice, verb=get, resource=nodes, subresource(s)=[log])"
        );
    }
}
