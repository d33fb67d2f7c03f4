//! What is published, written into a collection on a CalDAV server (RFC 4791): each session an event of its own, put with
//! `If-None-Match` or `If-Match`, taken away when it is called off. What is published goes before what somebody has made of
//! an event there. Whatever was written is noted at once, so that a try that breaks off has not been in vain.

use std::{
    collections::{BTreeMap, BTreeSet},
    pin::pin,
};

use base64::{Engine, engine::general_purpose::STANDARD};
use futures_util::{StreamExt, stream};
use hyper::{
    Method, StatusCode,
    header::{self, HeaderName},
};
use sha2::{Digest, Sha256};
use url::Url;

use crate::{
    calendars::write_events,
    failure::Failure,
    outbound::{Answer, Outbound, Request, Trouble},
    programs::{
        Refusal,
        caldav::{self, Access, Deed, Written},
        feeds::{self, Shown},
        outbox::{Item, Outcome},
    },
    store::Store,
};

/// Bytes of an answer that are read.
const ANSWER: usize = 1 << 20;
/// Requests to one server at once.
const AT_ONCE: usize = 8;

/// Why a writing ends before its end.
enum Stop {
    /// The server, or the way there.
    Outside(String),
    Failure(Failure),
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Stop::Failure(failure)
    }
}

impl From<Trouble> for Stop {
    fn from(trouble: Trouble) -> Self {
        Stop::Outside(trouble.0)
    }
}

/// Writes what is published.
pub async fn sync(store: &Store, outbound: &Outbound, item: &Item) -> Result<Outcome, Failure> {
    let Some(access) = caldav::access(store, &item.tenant, &item.target).await? else {
        return Ok(Outcome::Never("the collection is gone".into()));
    };
    let shown = match feeds::published(store, &item.tenant, &item.program, access.clinician.clone()).await {
        Ok(shown) => shown,
        Err(Refusal::Failure(failure)) => return Err(failure),
        Err(_) => return Ok(Outcome::Never("the programme is gone".into())),
    };
    let url = match outbound.address(&access.url) {
        Ok(url) => url,
        Err(why) => return Ok(Outcome::Not(why)),
    };
    let server = Server { outbound, url, access: &access };
    match write(store, &server, &item.target, shown).await {
        Ok((put, removed)) => {
            caldav::synced(store, &item.target).await?;
            Ok(Outcome::Done(format!("{put} written, {removed} taken away")))
        }
        Err(Stop::Outside(why)) => Ok(Outcome::Not(why)),
        Err(Stop::Failure(failure)) => Err(failure),
    }
}

/// What is to be done with one event.
enum Step {
    Put { body: String, new: Written, old: Option<Written> },
    Remove(Written),
}

/// Writes what is published and not there yet; how many events were put and taken away.
async fn write(store: &Store, server: &Server<'_>, id: &str, shown: Shown) -> Result<(usize, usize), Stop> {
    let mut written: BTreeMap<String, Written> =
        caldav::written(store, id).await?.into_iter().map(|w| (w.uid.clone(), w)).collect();
    let mut steps = Vec::new();
    let mut standing = BTreeSet::new();
    for (week, event) in shown.events {
        let uid = event.uid.to_string();
        if event.cancelled == Some(true) {
            continue;
        }
        standing.insert(uid.clone());
        let body = write_events(&[event], None);
        let fingerprint = format!("{:x}", Sha256::digest(&body));
        let old = written.remove(&uid);
        if old.as_ref().is_none_or(|old| old.fingerprint != fingerprint) {
            steps.push(Step::Put { body, new: Written { uid, week, etag: None, fingerprint }, old });
        }
    }
    // What is left is called off, or gone; weeks that are no longer shown stay as they are.
    let from = shown.from.unwrap_or_default();
    let gone = written.into_values().filter(|w| w.week >= from && !standing.contains(&w.uid));
    steps.extend(gone.map(Step::Remove));
    let (puts, all) = (steps.iter().filter(|s| matches!(s, Step::Put { .. })).count(), steps.len());
    let done = stream::iter(steps).map(|step| take(server, step)).buffer_unordered(AT_ONCE);
    // What has ended while the last was noted is noted together.
    let mut done = pin!(done.ready_chunks(AT_ONCE));
    while let Some(some) = done.next().await {
        let (mut deeds, mut stop) = (Vec::new(), None);
        for taken in some {
            match taken {
                Ok(deed) => deeds.push(deed),
                Err(why) => stop = Some(why),
            }
        }
        caldav::note(store, id, deeds).await?;
        if let Some(stop) = stop {
            return Err(stop);
        }
    }
    Ok((puts, all - puts))
}

async fn take(server: &Server<'_>, step: Step) -> Result<Deed, Stop> {
    Ok(match step {
        Step::Put { body, mut new, old } => {
            new.etag = server.put(&new.uid, &body, old.and_then(|old| old.etag)).await?;
            Deed::Put(new)
        }
        Step::Remove(old) => {
            server.remove(&old.uid, old.etag).await?;
            Deed::Removed(old.uid)
        }
    })
}

/// A collection on its server.
struct Server<'a> {
    outbound: &'a Outbound,
    url: Url,
    access: &'a Access,
}

impl Server<'_> {
    /// Puts an event, whatever is there; gives its new state.
    async fn put(&self, uid: &str, body: &str, etag: Option<String>) -> Result<Option<String>, Stop> {
        let put = |condition: (HeaderName, String)| {
            let mut request = self.request(Method::PUT, uid).with(condition.0, &condition.1);
            request.body = body.as_bytes().to_vec();
            self.send(request.with(header::CONTENT_TYPE, "text/calendar; charset=utf-8"))
        };
        let first = match etag {
            Some(etag) => (header::IF_MATCH, etag),
            None => (header::IF_NONE_MATCH, "*".to_owned()),
        };
        let mut answer = put(first).await?;
        if answer.status == StatusCode::PRECONDITION_FAILED || answer.status == StatusCode::NOT_FOUND {
            // Somebody has changed it, or taken it away, or an earlier try went further than we know.
            let now = match self.etag(uid).await? {
                Some(etag) => (header::IF_MATCH, etag),
                None => (header::IF_NONE_MATCH, "*".to_owned()),
            };
            answer = put(now).await?;
        }
        if !answer.status.is_success() {
            return Err(refused(&answer));
        }
        match tag(&answer) {
            Some(etag) => Ok(Some(etag)),
            // A server that writes an event in another form than it got tells no state.
            None => self.etag(uid).await,
        }
    }

    /// Takes an event away, whatever became of it.
    async fn remove(&self, uid: &str, etag: Option<String>) -> Result<(), Stop> {
        let remove = |etag: Option<String>| {
            let request = self.request(Method::DELETE, uid);
            self.send(match etag {
                Some(etag) => request.with(header::IF_MATCH, &etag),
                None => request,
            })
        };
        let mut answer = remove(etag).await?;
        if answer.status == StatusCode::PRECONDITION_FAILED {
            match self.etag(uid).await? {
                Some(etag) => answer = remove(Some(etag)).await?,
                None => return Ok(()),
            }
        }
        let gone = matches!(answer.status, StatusCode::NOT_FOUND | StatusCode::GONE);
        if answer.status.is_success() || gone { Ok(()) } else { Err(refused(&answer)) }
    }

    /// The state of an event; nothing if it is not there.
    async fn etag(&self, uid: &str) -> Result<Option<String>, Stop> {
        let answer = self.send(self.request(Method::GET, uid)).await?;
        match answer.status {
            StatusCode::NOT_FOUND | StatusCode::GONE => Ok(None),
            status if status.is_success() => Ok(tag(&answer)),
            _ => Err(refused(&answer)),
        }
    }

    fn request(&self, method: Method, uid: &str) -> Request {
        let mut url = self.url.clone();
        url.set_query(None);
        // Adding to an address with a host can't fail.
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().push(&format!("{uid}.ics"));
        }
        let who = STANDARD.encode(format!("{}:{}", self.access.username, self.access.password));
        Request::new(method, url).with(header::AUTHORIZATION, &format!("Basic {who}"))
    }

    async fn send(&self, request: Request) -> Result<Answer, Trouble> {
        self.outbound.send(request, ANSWER).await
    }
}

fn tag(answer: &Answer) -> Option<String> {
    answer.headers.get(header::ETAG).and_then(|tag| tag.to_str().ok()).map(str::to_owned)
}

fn refused(answer: &Answer) -> Stop {
    let why = match answer.status.as_u16() {
        401 | 403 => ": user or password may be wrong",
        404 | 409 => ": there may be no such collection",
        507 => ": it is full",
        _ => "",
    };
    Stop::Outside(format!("the server answered {}{why}", answer.status.as_u16()))
}
