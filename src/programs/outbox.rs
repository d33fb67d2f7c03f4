//! What is to be done outside: written in the transaction of what it follows from, so that neither is without the other;
//! claimed by one process at a time, and tried again until it is done or has failed too often.

use std::time::Duration;

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::sealed;
use crate::{
    failure::Failure,
    store::{Row, Store, Tx, args, now},
};

/// How long after each try that fails the next one comes, in seconds; after the last of them it has failed.
const AGAIN: [i64; 11] = [1, 5, 30, 120, 600, 1800, 3600, 7200, 14_400, 28_800, 28_800];
/// For how long what was done or has failed can be looked at.
const KEPT: Duration = Duration::from_secs(30 * 24 * 3600);
/// For how long a claim holds: whoever made it is gone then. Longer than anything that is tried may take.
pub const LEASE: Duration = Duration::from_secs(300);

/// What kind of thing is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Errand {
    /// A message to a webhook.
    Webhook,
    /// A calendar that is subscribed to: read again and again.
    Subscription,
    /// A collection on a CalDAV server: written into at each publication.
    CalDav,
}

impl Errand {
    const ALL: [Errand; 3] = [Errand::Webhook, Errand::Subscription, Errand::CalDav];

    fn name(self) -> &'static str {
        match self {
            Errand::Webhook => "webhook",
            Errand::Subscription => "subscription",
            Errand::CalDav => "caldav",
        }
    }
}

/// Something to be done.
#[derive(Debug, Clone)]
pub struct Item {
    pub id: String,
    pub tenant: String,
    pub program: String,
    pub errand: Errand,
    /// Id of what it is done to: the webhook.
    pub target: String,
    /// What is told.
    pub body: String,
    /// How often it was tried, this time included.
    pub tries: i64,
    /// The claim: whoever has an older one writes nothing any more.
    attempt: i64,
}

/// What became of a try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It is done; with what was answered.
    Done(String),
    /// It is not done this time, and why.
    Not(String),
    /// It is done, and is to be done again after a while.
    Again(String, Duration),
    /// It can't be done, and why.
    Never(String),
}

/// A thing to be done, as it may be shown.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Delivery {
    /// Its id: the `webhook-id` of the message.
    pub id: String,
    /// What happened.
    pub event: String,
    /// `waiting`, `delivered` or `failed`.
    pub status: String,
    /// How often it was tried.
    pub tries: i64,
    /// When it is tried next, in milliseconds since 1970.
    pub due: Option<i64>,
    /// What came of the last try.
    pub answer: Option<String>,
    /// When it happened, in milliseconds since 1970.
    pub created: i64,
    /// When it was delivered or has failed.
    pub ended: Option<i64>,
}

/// A new thing to be done.
#[derive(Debug, Clone, Copy)]
pub struct New<'a> {
    pub tenant: &'a str,
    pub program: &'a str,
    pub errand: Errand,
    pub target: &'a str,
    pub event: &'a str,
    pub body: &'a str,
}

/// Puts something to be done, now.
pub async fn put(tx: &mut Tx, new: New<'_>) -> Result<(), Failure> {
    let sql = "INSERT INTO outbox (id, tenant, program, kind, target, event, body, status, due, tries, attempt, created) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, 'waiting', $8, 0, 0, $8)";
    let id = format!("msg_{}", Uuid::new_v4().simple());
    let row = args![id, new.tenant, new.program, new.errand.name(), new.target, new.event, new.body, now()];
    tx.run(sql, row).await?;
    Ok(())
}

/// Claims the next thing that is due and that this process can do.
pub async fn claim(store: &Store) -> Result<Option<Item>, Failure> {
    let can = sealed::sendable(&store.seal());
    let sql = format!(
        "SELECT id, attempt FROM outbox WHERE status = 'waiting' AND due <= $1 AND {can} ORDER BY due, id LIMIT 16"
    );
    // Who loses the race for the first takes the next.
    for row in store.read(&sql, args![now()]).await? {
        let sql = "UPDATE outbox SET attempt = attempt + 1, tries = tries + 1, due = $3 \
                   WHERE id = $1 AND attempt = $2 AND status = 'waiting' \
                   RETURNING id, tenant, program, kind, target, body, tries, attempt";
        let until = now() + LEASE.as_millis() as i64;
        let rows = store.write(sql, args![row.text(0)?, row.int(1)?, until]).await?;
        if let Some(row) = rows.first() {
            return item(row).map(Some);
        }
    }
    Ok(None)
}

fn item(row: &Row) -> Result<Item, Failure> {
    let kind = row.text(3)?;
    let errand = Errand::ALL.into_iter().find(|e| e.name() == kind);
    Ok(Item {
        id: row.text(0)?,
        tenant: row.text(1)?,
        program: row.text(2)?,
        errand: errand.ok_or_else(|| Failure::Internal("What is to be done is of an unknown kind.".into()))?,
        target: row.text(4)?,
        body: row.text(5)?,
        tries: row.int(6)?,
        attempt: row.int(7)?,
    })
}

/// Notes what became of a try; false if the claim was no longer ours.
pub async fn note(store: &Store, item: &Item, outcome: &Outcome) -> Result<bool, Failure> {
    let next = usize::try_from(item.tries - 1).ok().and_then(|k| AGAIN.get(k));
    // What is done again and again is never given up.
    let next = if item.errand == Errand::Subscription { next.or(AGAIN.last()) } else { next };
    let (status, due, answer) = match (outcome, next) {
        (Outcome::Done(answer), _) => ("delivered", 0, answer),
        (Outcome::Again(answer, after), _) => ("waiting", now() + after.as_millis() as i64, answer),
        (Outcome::Not(why), Some(seconds)) => ("waiting", now() + seconds * 1000, why),
        (Outcome::Not(why), None) | (Outcome::Never(why), _) => ("failed", 0, why),
    };
    let ended = if status == "waiting" { None } else { Some(now()) };
    let tries = if matches!(outcome, Outcome::Again(..)) { 0 } else { item.tries };
    let sql = "UPDATE outbox SET status = $3, due = $4, answer = $5, ended = $6, tries = $7 \
               WHERE id = $1 AND attempt = $2 RETURNING id";
    let rows = store.write(sql, args![&item.id, item.attempt, status, due, answer, ended, tries]).await?;
    Ok(!rows.is_empty())
}

/// What is or was to be done to a target, the latest first.
pub async fn of_target(store: &Store, target: &str, most: i64) -> Result<Vec<Delivery>, Failure> {
    let sql = "SELECT id, event, status, tries, due, answer, created, ended FROM outbox WHERE target = $1 \
               ORDER BY created DESC, id LIMIT $2";
    store.read(sql, args![target, most]).await?.iter().map(delivery).collect()
}

fn delivery(row: &Row) -> Result<Delivery, Failure> {
    let (status, due) = (row.text(2)?, row.int(4)?);
    Ok(Delivery {
        id: row.text(0)?,
        event: row.text(1)?,
        tries: row.int(3)?,
        due: (status == "waiting").then_some(due),
        status,
        answer: row.maybe_text(5)?,
        created: row.int(6)?,
        ended: row.maybe_int(7)?,
    })
}

/// Has something done again, or at once; nothing if the target has no such thing.
pub async fn replay(store: &Store, target: &str, id: &str) -> Result<Option<Delivery>, Failure> {
    // Whoever is at it now has lost its claim.
    let sql = "UPDATE outbox SET status = 'waiting', due = $3, tries = 0, attempt = attempt + 1, ended = NULL, answer = NULL \
               WHERE target = $1 AND id = $2 RETURNING id, event, status, tries, due, answer, created, ended";
    store.write(sql, args![target, id, now()]).await?.first().map(delivery).transpose()
}

/// Has what is done again and again to a target done now.
pub async fn hurry(tx: &mut Tx, target: &str) -> Result<(), Failure> {
    let sql = "UPDATE outbox SET status = 'waiting', due = $2, tries = 0, attempt = attempt + 1, ended = NULL, answer = NULL WHERE target = $1";
    tx.run(sql, args![target, now()]).await?;
    Ok(())
}

/// Forgets all of a target.
pub async fn forget(tx: &mut Tx, target: &str) -> Result<(), Failure> {
    tx.run("DELETE FROM outbox WHERE target = $1", args![target]).await?;
    Ok(())
}

/// How many things are tried again because they failed, and how many have failed for good.
pub async fn troubles(store: &Store) -> Result<(i64, i64), Failure> {
    let sql = "SELECT COUNT(CASE WHEN status = 'waiting' AND tries > 0 AND answer IS NOT NULL THEN 1 END), \
               COUNT(CASE WHEN status = 'failed' THEN 1 END) FROM outbox";
    let rows = store.read(sql, args![]).await?;
    rows.first().map_or(Ok((0, 0)), |row| Ok((row.int(0)?, row.int(1)?)))
}

/// Forgets what ended long ago.
pub async fn sweep(store: &Store) -> Result<(), Failure> {
    let oldest = now() - KEPT.as_millis() as i64;
    // All else is done again when there is occasion to.
    let sql = "DELETE FROM outbox WHERE ended < $1 AND kind = $2";
    store.write(sql, args![oldest, Errand::Webhook.name()]).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{Seal, testing::both};

    async fn put_one(store: &Store) {
        let mut tx = store.begin().await.unwrap();
        let new = New { tenant: "t", program: "p", errand: Errand::Webhook, target: "w", event: "e", body: "{}" };
        put(&mut tx, new).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// Makes what waits due at once.
    async fn hurry(store: &Store) {
        store.write("UPDATE outbox SET due = 0", args![]).await.unwrap();
    }

    #[tokio::test]
    async fn each_thing_is_claimed_once_however_many_ask() {
        for scratch in both() {
            let store = Store::open(&scratch.address).await.unwrap();
            for _ in 0..5 {
                put_one(&store).await;
            }
            let claims = futures_util::future::join_all((0..12).map(|_| claim(&store))).await;
            let mut ids: Vec<String> = claims.into_iter().filter_map(|c| c.unwrap()).map(|i| i.id).collect();
            // Who lost every race may have found nothing; the rest is still there.
            while let Some(item) = claim(&store).await.unwrap() {
                ids.push(item.id);
            }
            ids.sort();
            ids.dedup();
            assert_eq!(ids.len(), 5);
            assert!(of_target(&store, "w", 10).await.unwrap().iter().all(|d| d.tries == 1));
        }
    }

    #[tokio::test]
    async fn who_has_no_key_leaves_what_is_sealed_to_who_has_one() {
        for scratch in both() {
            let plain = Store::open(&scratch.address).await.unwrap();
            let keyed = plain.clone().sealed_by(Seal::read(&format!("k {}", "07".repeat(32))).unwrap());
            put_one(&plain).await;
            let sql = "INSERT INTO webhooks (id, tenant, program, url, events, active, secret, seal, created, actor) \
                       VALUES ('w', 't', 'p', '', '', 1, '', 'k', 0, '')";
            plain.write(sql, args![]).await.unwrap();
            assert!(claim(&plain).await.unwrap().is_none());
            assert!(claim(&keyed).await.unwrap().is_some());
            hurry(&plain).await;
            plain.write("UPDATE webhooks SET seal = NULL", args![]).await.unwrap();
            assert!(claim(&plain).await.unwrap().is_some());
        }
    }

    #[tokio::test]
    async fn who_has_lost_the_claim_writes_nothing() {
        for scratch in both() {
            let store = Store::open(&scratch.address).await.unwrap();
            put_one(&store).await;
            let slow = claim(&store).await.unwrap().unwrap();
            assert!(claim(&store).await.unwrap().is_none());
            hurry(&store).await;
            let quick = claim(&store).await.unwrap().unwrap();
            assert!(!note(&store, &slow, &Outcome::Done("late".into())).await.unwrap());
            assert!(note(&store, &quick, &Outcome::Done("200".into())).await.unwrap());
            let shown = of_target(&store, "w", 10).await.unwrap();
            assert_eq!((&*shown[0].status, shown[0].answer.as_deref()), ("delivered", Some("200")));
        }
    }

    #[tokio::test]
    async fn what_fails_is_tried_later_and_later_and_fails_in_the_end() {
        for scratch in both() {
            let store = Store::open(&scratch.address).await.unwrap();
            put_one(&store).await;
            for seconds in AGAIN {
                let item = claim(&store).await.unwrap().unwrap();
                let before = now();
                note(&store, &item, &Outcome::Not("500".into())).await.unwrap();
                assert_eq!(troubles(&store).await.unwrap(), (1, 0));
                let shown = of_target(&store, "w", 10).await.unwrap().remove(0);
                let wait = shown.due.unwrap() - before;
                assert!((seconds * 1000..seconds * 1000 + 5000).contains(&wait), "{wait}");
                assert!(claim(&store).await.unwrap().is_none());
                hurry(&store).await;
            }
            let item = claim(&store).await.unwrap().unwrap();
            note(&store, &item, &Outcome::Not("500".into())).await.unwrap();
            hurry(&store).await;
            assert!(claim(&store).await.unwrap().is_none());
            let failed = of_target(&store, "w", 10).await.unwrap().remove(0);
            assert_eq!((&*failed.status, failed.tries), ("failed", 12));
            assert_eq!(troubles(&store).await.unwrap(), (0, 1));
            // Again from the beginning.
            assert_eq!(replay(&store, "w", &failed.id).await.unwrap().unwrap().tries, 0);
            assert_eq!(claim(&store).await.unwrap().unwrap().tries, 1);
            assert!(replay(&store, "other", &failed.id).await.unwrap().is_none());
        }
    }
}
