//! Who saw or changed which record, when: written in the background, many at once, and never changed afterwards.

use std::{sync::Mutex, time::Duration};

use serde::Serialize;
use tokio::{sync::mpsc, task::JoinHandle};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    failure::Failure,
    store::{Arg, Store, args, now},
};

/// Entries that may wait to be written.
const WAITING: usize = 65_536;
/// Entries written at once.
const AT_ONCE: usize = 1_000;
/// Entries of one statement: each statement costs more than what it writes.
const ROWS: usize = 50;

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
    let (whole, rest) = entries.as_chunks::<ROWS>();
    let (many, one) = (statement(ROWS), statement(1));
    for some in whole {
        tx.run(&many, some.iter().flat_map(row).collect()).await?;
    }
    for entry in rest {
        tx.run(&one, row(entry)).await?;
    }
    tx.commit().await
}

fn row(e: &Entry) -> Vec<Arg> {
    args![Uuid::new_v4().to_string(), e.at, &e.tenant, &e.actor, &e.action, &e.record, i64::from(e.status)]
}

/// Inserts so many rows: few texts, so that a connection knows them all.
fn statement(rows: usize) -> String {
    let values: Vec<String> = (0..rows)
        .map(|row| format!("({})", (1..=7).map(|k| format!("${}", 7 * row + k)).collect::<Vec<_>>().join(", ")))
        .collect();
    format!("INSERT INTO audit (id, at, tenant, actor, action, record, status) VALUES {}", values.join(", "))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing::both;

    #[tokio::test]
    async fn each_entry_is_written_once_however_many_come_together() {
        for scratch in both() {
            let store = Store::open(&scratch.address).await.unwrap();
            let audit = Audit::start(store.clone());
            let count = 2 * ROWS + 3;
            for k in 0..count {
                let text = |what: &str| format!("{what} {k}");
                let (actor, action, record) = (text("actor"), text("action"), text("record"));
                audit.note(Entry { at: k as i64, tenant: "t".into(), actor, action, record, status: 200 }).await;
            }
            audit.close(Duration::from_secs(60)).await;
            let all = list(&store, "t", None, 1000).await.unwrap();
            assert_eq!(all.len(), count);
            for (k, entry) in all.iter().rev().enumerate() {
                assert_eq!((entry.at, &*entry.record, entry.status), (k as i64, &*format!("record {k}"), 200));
            }
        }
    }
}
