//! Collections on CalDAV servers (RFC 4791) into which what is published is written: a programme's, or one clinician's.

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    Kind, Refusal, is_there,
    outbox::{self, Delivery, Errand, New},
    program,
    sealed::{At, COLLECTIONS},
    table,
};
use crate::{
    failure::Failure,
    store::{Row, Store, Tx, args, now},
};

/// Collections that a programme may have.
const MOST: i64 = 1000;

/// A collection, as it may be shown.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Collection {
    pub id: String,
    /// Whose sessions are written there; those of all, where nobody is named.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clinician: Option<String>,
    /// Where it is.
    pub url: String,
    /// As whom we write; the password is never shown.
    pub username: String,
    /// When it was made known, in milliseconds since 1970.
    pub created: i64,
    /// Id of the key that did.
    pub actor: String,
    /// When it last had all that is published.
    pub synced: Option<i64>,
    /// How many events of ours it has.
    pub events: i64,
}

/// A collection, and how the writing goes.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Standing {
    #[serde(flatten)]
    pub collection: Collection,
    /// The last writing: `delivered`, `waiting` (for its next try, where it has failed before), or `failed`.
    pub sync: Option<Delivery>,
}

/// A new collection.
#[derive(Debug, Clone)]
pub struct Wish {
    pub clinician: Option<String>,
    pub url: String,
    pub username: String,
    pub password: String,
}

/// Where to write, and as whom.
#[derive(Debug, Clone)]
pub struct Access {
    pub clinician: Option<String>,
    pub url: String,
    pub username: String,
    pub password: String,
}

/// An event of ours in a collection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    pub uid: String,
    /// First day of its week.
    pub week: String,
    /// What the server called its state.
    pub etag: Option<String>,
    /// A hash of what was written.
    pub fingerprint: String,
}

/// What was done with an event of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Deed {
    Put(Written),
    /// By its UID.
    Removed(String),
}

const COLUMNS: &str = "id, clinician, url, username, created, actor, synced, \
                       (SELECT COUNT(*) FROM caldav_events WHERE collection = caldav.id)";
const NO_COLLECTION: Refusal = Refusal::Missing("There is no such collection.");

fn collection(row: &Row) -> Result<Collection, Failure> {
    Ok(Collection {
        id: row.text(0)?,
        clinician: row.maybe_text(1)?,
        url: row.text(2)?,
        username: row.text(3)?,
        created: row.int(4)?,
        actor: row.text(5)?,
        synced: row.maybe_int(6)?,
        events: row.int(7)?,
    })
}

/// Makes a collection known; what is published is written into it at once.
pub async fn create(
    store: &Store,
    (tenant, program): (&str, &str),
    actor: &str,
    wish: Wish,
) -> Result<Collection, Refusal> {
    if let Some(id) = &wish.clinician
        && table::get(store, tenant, program, Kind::Clinicians, id).await.is_err()
    {
        return Err(Refusal::Clash("unknown-id", "The programme has no such clinician.".into()));
    }
    let mut tx = store.begin().await?;
    program::hold(&mut tx, tenant, program).await?;
    let sql = "SELECT COUNT(*) FROM caldav WHERE tenant = $1 AND program = $2";
    let count = tx.run(sql, args![tenant, program]).await?.first().map(|row| row.int(0)).transpose()?;
    if count.unwrap_or(0) >= MOST {
        return Err(Refusal::Clash("too-many", format!("A programme has at most {MOST} collections.")));
    }
    let id = Uuid::new_v4().to_string();
    let sql = format!(
        "INSERT INTO caldav (id, tenant, program, clinician, url, username, password, seal, created, actor) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING {COLUMNS}"
    );
    let Wish { clinician, url, username, password } = wish;
    let (password, seal) = COLLECTIONS.close(&tx.seal(), At { tenant, program, id: &id }, password)?;
    let row = args![&id, tenant, program, clinician, url, username, password, seal, now(), actor];
    let rows = tx.run(&sql, row).await?;
    let made = rows.first().map(collection).transpose()?;
    let new = New { tenant, program, errand: Errand::CalDav, target: &id, event: "sync", body: "" };
    outbox::put(&mut tx, new).await?;
    tx.commit().await?;
    Ok(made.ok_or_else(|| Failure::Internal("A collection was not stored.".into()))?)
}

/// The programme's collections, the first first.
pub async fn list(store: &Store, tenant: &str, program: &str) -> Result<Vec<Collection>, Refusal> {
    is_there(store, tenant, program).await?;
    let sql = format!("SELECT {COLUMNS} FROM caldav WHERE tenant = $1 AND program = $2 ORDER BY created, id");
    Ok(store.read(&sql, args![tenant, program]).await?.iter().map(collection).collect::<Result<_, _>>()?)
}

/// One of them, and how the writing goes.
pub async fn get(store: &Store, tenant: &str, program: &str, id: &str) -> Result<Standing, Refusal> {
    let sql = format!("SELECT {COLUMNS} FROM caldav WHERE tenant = $1 AND program = $2 AND id = $3");
    let rows = store.read(&sql, args![tenant, program, id]).await?;
    let collection = rows.first().map(collection).transpose()?.ok_or(NO_COLLECTION)?;
    Ok(Standing { collection, sync: outbox::of_target(store, id, 1).await?.pop() })
}

/// Has all that is published written at once.
pub async fn sync(store: &Store, tenant: &str, program: &str, id: &str) -> Result<(), Refusal> {
    get(store, tenant, program, id).await?;
    let mut tx = store.begin().await?;
    outbox::hurry(&mut tx, id).await?;
    tx.commit().await?;
    Ok(())
}

/// Forgets a collection; what was written there stays there.
pub async fn delete(store: &Store, tenant: &str, program: &str, id: &str) -> Result<(), Refusal> {
    let mut tx = store.begin().await?;
    let sql = "DELETE FROM caldav WHERE tenant = $1 AND program = $2 AND id = $3 RETURNING id";
    if tx.run(sql, args![tenant, program, id]).await?.is_empty() {
        return Err(NO_COLLECTION);
    }
    tx.run("DELETE FROM caldav_events WHERE collection = $1", args![id]).await?;
    outbox::forget(&mut tx, id).await?;
    tx.commit().await?;
    Ok(())
}

/// What is published has changed: it is written into all collections of the programme.
pub async fn published(tx: &mut Tx, tenant: &str, program: &str) -> Result<(), Failure> {
    let sql = "SELECT id FROM caldav WHERE tenant = $1 AND program = $2";
    for row in tx.run(sql, args![tenant, program]).await? {
        outbox::hurry(tx, &row.text(0)?).await?;
    }
    Ok(())
}

/// Where a collection is; nothing if it is gone.
pub async fn access(store: &Store, tenant: &str, id: &str) -> Result<Option<Access>, Failure> {
    let sql = "SELECT clinician, url, username, program, password, seal FROM caldav WHERE tenant = $1 AND id = $2";
    let rows = store.read(sql, args![tenant, id]).await?;
    let Some(row) = rows.first() else { return Ok(None) };
    let password = COLLECTIONS.open(&store.seal(), At { tenant, program: &row.text(3)?, id }, row, 4)?;
    Ok(Some(Access { clinician: row.maybe_text(0)?, url: row.text(1)?, username: row.text(2)?, password }))
}

/// What a collection has of ours.
pub async fn written(store: &Store, id: &str) -> Result<Vec<Written>, Failure> {
    let sql = "SELECT uid, week, etag, fingerprint FROM caldav_events WHERE collection = $1";
    let rows = store.read(sql, args![id]).await?;
    let written = |row: &Row| {
        Ok(Written { uid: row.text(0)?, week: row.text(1)?, etag: row.maybe_text(2)?, fingerprint: row.text(3)? })
    };
    rows.iter().map(written).collect()
}

/// Notes what was done with events of ours in a collection, all in one change: each waits for the disk.
pub async fn note(store: &Store, id: &str, deeds: Vec<Deed>) -> Result<(), Failure> {
    let mut tx = store.begin().await?;
    for deed in deeds {
        match deed {
            Deed::Put(Written { uid, week, etag, fingerprint }) => {
                let sql = "INSERT INTO caldav_events (collection, uid, week, etag, fingerprint) VALUES ($1, $2, $3, $4, $5) \
                           ON CONFLICT (collection, uid) DO UPDATE SET week = excluded.week, etag = excluded.etag, fingerprint = excluded.fingerprint";
                tx.run(sql, args![id, uid, week, etag, fingerprint]).await?;
            }
            Deed::Removed(uid) => {
                let sql = "DELETE FROM caldav_events WHERE collection = $1 AND uid = $2";
                tx.run(sql, args![id, uid]).await?;
            }
        }
    }
    tx.commit().await
}

/// Notes that a collection has all that is published.
pub async fn synced(store: &Store, id: &str) -> Result<(), Failure> {
    store.write("UPDATE caldav SET synced = $2 WHERE id = $1", args![id, now()]).await?;
    Ok(())
}
