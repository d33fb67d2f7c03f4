//! A calendar that is subscribed to: fetched, and read for when its owner is busy. While it can't be had, what it said
//! last still holds.

use std::time::Duration;

use hyper::{Method, header};
use url::Url;

use crate::{
    calendars::busy::BYTES,
    failure::Failure,
    outbound::{Answer, Outbound, Request, Trouble},
    programs::{
        Refusal,
        busy::{self, Weeks},
        outbox::{Item, Outcome},
    },
    store::Store,
};

/// Between two looks.
const EVERY: Duration = Duration::from_secs(3600);

/// Fetches and reads it.
pub async fn read(store: &Store, outbound: &Outbound, item: &Item) -> Result<Outcome, Failure> {
    let outcome = attempt(store, outbound, item).await?;
    if let Outcome::Not(why) = &outcome {
        busy::failed(store, &item.target, why).await?;
    }
    Ok(outcome)
}

async fn attempt(store: &Store, outbound: &Outbound, item: &Item) -> Result<Outcome, Failure> {
    let Some(subscribed) = busy::subscribed(store, &item.tenant, &item.target).await? else {
        return Ok(Outcome::Never("the calendar is gone".into()));
    };
    let key = (&*item.tenant, &*item.program);
    let about = match busy::about(store, key, &subscribed.whose, Weeks::default()).await {
        Ok(about) => about,
        Err(Refusal::Failure(failure @ (Failure::Unavailable(_) | Failure::Internal(_)))) => return Err(failure),
        Err(_) => return Ok(Outcome::Not("whose calendar it is, is not in the programme".into())),
    };
    let url = match outbound.address(&subscribed.url) {
        Ok(url) => url,
        Err(why) => return Ok(Outcome::Not(why)),
    };
    let answer = match fetch(outbound, url, subscribed.etag.as_deref()).await {
        Ok(answer) => answer,
        Err(trouble) => return Ok(Outcome::Not(trouble.0)),
    };
    let told = format!("answered {}", answer.status.as_u16());
    match answer.status.as_u16() {
        200 => {}
        304 if subscribed.etag.is_some() => {
            busy::note(store, key, &item.target, None).await?;
            return Ok(Outcome::Again(told, EVERY));
        }
        _ => return Ok(Outcome::Not(told)),
    }
    let etag = answer.headers.get(header::ETAG).and_then(|tag| tag.to_str().ok()).map(str::to_owned);
    match busy::read(answer.body, about).await? {
        Ok(read) => {
            busy::note(store, key, &item.target, Some((read, etag))).await?;
            Ok(Outcome::Again(told, EVERY))
        }
        Err(unreadable) => Ok(Outcome::Not(unreadable.detail)),
    }
}

async fn fetch(outbound: &Outbound, url: Url, known: Option<&str>) -> Result<Answer, Trouble> {
    let mut request = Request::new(Method::GET, url).with(header::ACCEPT, "text/calendar");
    if let Some(etag) = known {
        request = request.with(header::IF_NONE_MATCH, etag);
    }
    outbound.fetch(request, BYTES).await
}

/// Fetches a calendar to which nobody has subscribed yet.
pub async fn look(outbound: &Outbound, url: Url) -> Result<Vec<u8>, Trouble> {
    let answer = fetch(outbound, url, None).await?;
    match answer.status.as_u16() {
        200 => Ok(answer.body),
        status => Err(Trouble(format!("The server answered {status}."))),
    }
}
