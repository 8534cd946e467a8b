//! Rungs that answer, fail, or are barred.

use std::sync::atomic::{AtomicUsize, Ordering};

use futures::FutureExt as _;

use super::*;

/// What a rung does for each node.
struct Step {
    name: &'static str,
    right: &'static str,
    barred: Option<&'static str>,
    fails: Mutex<Option<Cause>>,
    page_fails: Option<Cause>,
    asked: AtomicUsize,
}

fn step(name: &'static str, right: &'static str) -> Step {
    Step {
        name,
        right,
        barred: None,
        fails: Mutex::default(),
        page_fails: None,
        asked: AtomicUsize::new(0),
    }
}

impl Step {
    fn barred(mut self, why: &'static str) -> Self {
        self.barred = Some(why);
        self
    }

    fn fails(self, cause: Cause) -> Self {
        *self.fails.lock().unwrap() = Some(cause);
        self
    }

    fn error(&self, cause: Cause) -> CallError {
        CallError::new(Service::Kubernetes, self.right, "prod", cause)
    }

    fn answer(&self) -> Result<(), CallError> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        match self.fails.lock().unwrap().clone() {
            Some(cause) => Err(self.error(cause)),
            None => Ok(()),
        }
    }
}

impl NodeLogs for Step {
    fn page<'a>(&'a self, _: &'a str, _: KubeletPage) -> Answer<'a, Option<Value>> {
        let failed = self.page_fails.clone().map(|cause| self.error(cause));
        let answer = self.answer().and_then(|()| failed.map_or(Ok(None), Err));
        async move { answer }.boxed()
    }

    fn list<'a>(&'a self, _: &'a str, _: &'a LogPath) -> Answer<'a, Option<Vec<String>>> {
        let answer = self.answer().map(|()| Some(vec![self.name.to_owned()]));
        async move { answer }.boxed()
    }

    fn open<'a>(&'a self, _: &'a str, _: &'a LogPath, _: Part) -> Answer<'a, Option<OpenFile>> {
        let answer = self.answer().map(|()| None);
        async move { answer }.boxed()
    }
}

impl Rung for Step {
    fn name(&self) -> &'static str {
        self.name
    }

    fn right(&self) -> &'static str {
        self.right
    }

    fn barred<'a>(&'a self, _: Option<&'a str>) -> Answer<'a, Option<String>> {
        async move { Ok(self.barred.map(str::to_owned)) }.boxed()
    }
}

fn ways(first: Step, second: Step) -> (Ways, Arc<Step>, Arc<Step>) {
    let (first, second) = (Arc::new(first), Arc::new(second));
    let rungs: Vec<Arc<dyn Rung>> = vec![first.clone(), second.clone()];
    (Ways::new("prod", rungs), first, second)
}

fn asked(step: &Step) -> usize {
    step.asked.load(Ordering::Relaxed)
}

fn silent() -> Cause {
    Cause::Unavailable("HTTP 503 connection refused".to_owned())
}

async fn listed(ways: &Ways) -> Result<String, CallError> {
    let names = ways.list("n1", &LogPath::root()).await?;
    Ok(names.unwrap_or_default().concat())
}

#[tokio::test]
async fn the_first_rung_is_taken_and_nobody_else_is_asked() {
    let (ways, first, second) = ways(step("a", "get a"), step("b", "get b"));
    assert!(ways.are_open_to_all().await.unwrap());
    assert_eq!(ways.taken("n1"), None);
    assert_eq!(listed(&ways).await.unwrap(), "a");
    assert_eq!((asked(&first), asked(&second)), (1, 0));
    assert_eq!(ways.taken("n1").unwrap().words(), "a");
}

#[tokio::test]
async fn a_rung_that_is_barred_is_not_asked_and_said() {
    let (ways, first, second) = ways(
        step("a", "get a").barred("not allowed: get a"),
        step("b", "get b"),
    );
    assert!(ways.are_open_to_all().await.unwrap());
    ways.may_reach("n1").await.unwrap();
    for _ in 0..3 {
        assert_eq!(listed(&ways).await.unwrap(), "b");
    }
    assert_eq!((asked(&first), asked(&second)), (0, 3));
    let taken = ways.all_taken();
    assert_eq!(taken[0].1.words(), "b; not the a: not allowed: get a");
}

#[tokio::test]
async fn a_rung_that_failed_is_not_tried_for_each_file() {
    let (ways, first, second) = ways(step("a", "get a").fails(silent()), step("b", "get b"));
    for _ in 0..3 {
        assert_eq!(listed(&ways).await.unwrap(), "b");
    }
    assert_eq!((asked(&first), asked(&second)), (1, 3));
    let said = ways.taken("n1").unwrap().words();
    assert!(
        said.starts_with("b; not the a: ") && said.contains("connection refused"),
        "{said}"
    );
}

#[tokio::test]
async fn where_the_admin_container_is_off_another_way_may_lead_on() {
    let off = Cause::AdminOff("the admin container is off".to_owned());
    let (ways, ..) = ways(step("a", "get a").fails(off), step("b", "get b"));
    assert_eq!(listed(&ways).await.unwrap(), "b");
    let said = ways.taken("n1").unwrap().words();
    assert_eq!(said, "b; not the a: the admin container is off");
}

#[tokio::test]
async fn a_rung_that_has_worked_is_kept_to() {
    let (ways, first, second) = ways(step("a", "get a"), step("b", "get b"));
    listed(&ways).await.unwrap();
    *first.fails.lock().unwrap() = Some(silent());
    assert_eq!(listed(&ways).await.unwrap_err().cause, silent());
    *first.fails.lock().unwrap() = None;
    assert_eq!(listed(&ways).await.unwrap(), "a");
    assert_eq!(asked(&second), 0);
}

#[tokio::test]
async fn where_all_fail_what_may_pass_leads_and_is_tried_again() {
    let barred = step("b", "get b").barred("not allowed: get b");
    let (ways, first, _) = ways(step("a", "get a").fails(silent()), barred);
    let error = listed(&ways).await.unwrap_err();
    assert!(error.is_passing());
    let what = error.what();
    assert!(
        what.contains("connection refused; not the b: not allowed: get b"),
        "{what}"
    );
    *first.fails.lock().unwrap() = None;
    assert_eq!(listed(&ways).await.unwrap(), "a");
}

#[tokio::test]
async fn where_every_rung_is_barred_each_is_named_with_its_right() {
    let (ways, ..) = ways(
        step("a", "get a").barred("no a"),
        step("b", "get b").barred("no b"),
    );
    assert!(!ways.are_open_to_all().await.unwrap());
    for error in [
        ways.may_reach("n1").await.unwrap_err(),
        listed(&ways).await.unwrap_err(),
    ] {
        assert_eq!(error.code(), "forbidden");
        assert_eq!(
            error.what(),
            "not allowed: get a or get b n1: not the a: no a; not the b: no b; nothing was asked of the node"
        );
    }
}

#[tokio::test]
async fn what_the_node_itself_answers_leads_to_no_other_rung() {
    let gone = Cause::NotFound("there is no node n1".to_owned());
    let (ways, _, second) = ways(step("a", "get a").fails(gone.clone()), step("b", "get b"));
    assert_eq!(listed(&ways).await.unwrap_err().cause, gone);
    assert_eq!(asked(&second), 0);
}

#[tokio::test]
async fn who_may_read_logs_and_no_pages_goes_on_reading_logs() {
    let mut first = step("a", "get a");
    first.page_fails = Some(Cause::Forbidden("no pages".to_owned()));
    let (ways, _, second) = ways(first, step("b", "get b"));
    listed(&ways).await.unwrap();
    let page = ways.page("n1", KubeletPage::Configuration).await;
    assert_eq!(page.unwrap_err().code(), "forbidden");
    assert_eq!(listed(&ways).await.unwrap(), "a");
    assert_eq!(asked(&second), 0);
}

#[tokio::test]
async fn a_page_that_is_asked_for_first_takes_no_way_and_closes_none() {
    let mut first = step("a", "get a");
    first.page_fails = Some(Cause::Forbidden("no pages".to_owned()));
    let (ways, first, second) = ways(first, step("b", "get b"));
    let page = ways.page("n1", KubeletPage::Configuration).await;
    assert_eq!(page.unwrap(), None);
    assert_eq!((asked(&first), asked(&second)), (1, 1));
    assert_eq!(ways.taken("n1"), None);
    assert_eq!(listed(&ways).await.unwrap(), "a");
}
