//! Who saw or changed which record, when: written in the background, many at once, and never changed afterwards.

use std::{sync::Mutex, time::Duration};

use serde::Serialize;
use tokio::{sync::mpsc, task::JoinHandle};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    failure::Failure,
    store::{Store, args, now},
};

/// Entries that may wait to be written.
const WAITING: usize = 65_536;
/// Entries written at once.
const AT_ONCE: usize = 1_000;

/// Something that was done.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Entry {
    /// Milliseconds since 1970.
    pub at: i64,
    /// Whose data.
    #[serde(skip)]
    pub tenant: String,
    /// Id of the key; `oidc:` and the provider's id of who logged in there; `local` where none was needed.
    pub actor: String,
    /// Method and route.
    pub action: String,
    /// The record, by its address.
    pub record: String,
    /// The status it was answered with.
    pub status: u16,
}

/// Writes entries in the background.
pub struct Audit {
    send: Mutex<Option<mpsc::Sender<Entry>>>,
    writer: Mutex<Option<JoinHandle<()>>>,
}

impl Audit {
    /// Starts the writer.
    pub fn start(store: Store) -> Self {
        let (send, receive) = mpsc::channel(WAITING);
        let writer = tokio::spawn(write(store, receive));
        Audit { send: Mutex::new(Some(send)), writer: Mutex::new(Some(writer)) }
    }

    /// Notes an entry; waits while too many are not written yet.
    pub async fn note(&self, entry: Entry) {
        let send = self.send.lock().ok().and_then(|s| s.clone());
        if let Some(send) = send
            && send.send(entry).await.is_err()
        {
            tracing::error!("the audit has no writer");
        }
    }

    /// Takes no more and waits until all is written, or the time is over.
    pub async fn close(&self, patience: Duration) {
        drop(self.send.lock().map(|mut s| s.take()));
        let writer = self.writer.lock().ok().and_then(|mut w| w.take());
        if let Some(writer) = writer
            && tokio::time::timeout(patience, writer).await.is_err()
        {
            tracing::error!("part of the audit is not written");
        }
    }
}

async fn write(store: Store, mut receive: mpsc::Receiver<Entry>) {
    let mut entries = Vec::new();
    while receive.recv_many(&mut entries, AT_ONCE).await > 0 {
        // The database may be gone for a while; entries wait for it.
        while let Err(failure) = insert(&store, &entries).await {
            tracing::warn!(detail = %failure, "the audit is not written yet");
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        entries.clear();
        // More come together meanwhile.
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

async fn insert(store: &Store, entries: &[Entry]) -> Result<(), Failure> {
    let mut tx = store.begin().await?;
    let sql = "INSERT INTO audit (id, at, tenant, actor, action, record, status) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    for e in entries {
        let id = Uuid::new_v4().to_string();
        tx.run(sql, args![id, e.at, &e.tenant, &e.actor, &e.action, &e.record, i64::from(e.status)]).await?;
    }
    tx.commit().await
}

/// A tenant's entries before a moment, the latest first.
pub async fn list(store: &Store, tenant: &str, before: Option<i64>, most: i64) -> Result<Vec<Entry>, Failure> {
    let sql = "SELECT at, actor, action, record, status FROM audit WHERE tenant = $1 AND at < $2 ORDER BY at DESC, id LIMIT $3";
    let rows = store.read(sql, args![tenant, before.unwrap_or_else(|| now() + 1), most]).await?;
    let entry = |row: &crate::store::Row| {
        Ok(Entry {
            at: row.int(0)?,
            tenant: tenant.to_owned(),
            actor: row.text(1)?,
            action: row.text(2)?,
            record: row.text(3)?,
            status: u16::try_from(row.int(4)?).unwrap_or(0),
        })
    };
    rows.iter().map(entry).collect()
}
