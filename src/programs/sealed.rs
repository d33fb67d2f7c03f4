//! What is kept encrypted where a key is configured: which columns of which tables, how each is read and written, and how
//! all of them are encrypted anew. Each text is bound to its row.

use base64::{Engine, engine::general_purpose::STANDARD};

use crate::{
    failure::Failure,
    store::{Arg, On, Row, Seal, Sealed, Store, args},
};

/// A column that is kept sealed, of a table whose rows have a tenant, a program and an id; the id of the key is in `seal`.
#[derive(Debug)]
pub struct Shelf {
    /// Names the column in what a text is bound to.
    place: &'static str,
    table: &'static str,
    id: &'static str,
    column: &'static str,
    /// Whether the column has bytes; else what is encrypted is written in base64.
    bytes: bool,
}

/// Records of participants.
pub const RECORDS: Shelf = Shelf { place: "record", table: "records", id: "participant", column: "body", bytes: true };
/// What signs the messages to a webhook.
pub const WEBHOOKS: Shelf = Shelf { place: "webhook", table: "webhooks", id: "id", column: "secret", bytes: false };
/// Passwords of collections on CalDAV servers.
pub const COLLECTIONS: Shelf = Shelf { place: "caldav", table: "caldav", id: "id", column: "password", bytes: false };
/// Addresses of subscribed calendars: whoever has one can read all of it.
pub const SUBSCRIPTIONS: Shelf = Shelf { place: "busy", table: "busy", id: "id", column: "url", bytes: false };

const ALL: [&Shelf; 4] = [&RECORDS, &WEBHOOKS, &COLLECTIONS, &SUBSCRIPTIONS];
/// What is needed to do something outside.
const SENDING: [&Shelf; 3] = [&WEBHOOKS, &COLLECTIONS, &SUBSCRIPTIONS];

/// Which row.
#[derive(Debug, Clone, Copy)]
pub struct At<'a> {
    pub tenant: &'a str,
    pub program: &'a str,
    pub id: &'a str,
}

impl Shelf {
    /// A text as it is kept: the column and its `seal`.
    pub fn close(&self, seal: &Seal, at: At<'_>, clear: String) -> Result<(Arg, Option<String>), Failure> {
        let sealed = seal.close(&self.bound(at), clear.into_bytes())?;
        Ok((self.written(&sealed)?, sealed.key))
    }

    /// The text of a row that has the column at a position and its `seal` after it.
    pub fn open(&self, seal: &Seal, at: At<'_>, row: &Row, position: usize) -> Result<String, Failure> {
        self.clear(seal, at, self.sealed(row, position)?)
    }

    /// The text of a row, if it is there.
    pub async fn get(&self, on: &mut On<'_>, at: At<'_>) -> Result<Option<String>, Failure> {
        let Shelf { table, id, column, .. } = self;
        let sql = format!("SELECT {column}, seal FROM {table} WHERE tenant = $1 AND program = $2 AND {id} = $3");
        let rows = on.read(&sql, args![at.tenant, at.program, at.id]).await?;
        rows.first().map(|row| self.open(&on.seal(), at, row, 0)).transpose()
    }

    fn bound<'a>(&self, at: At<'a>) -> [&'a str; 4] {
        [self.place, at.tenant, at.program, at.id]
    }

    fn sealed(&self, row: &Row, position: usize) -> Result<Sealed, Failure> {
        let key = row.maybe_text(position + 1)?;
        let bytes = match (self.bytes, &key) {
            (true, _) => row.bytes(position)?,
            (false, None) => row.text(position)?.into_bytes(),
            (false, Some(_)) => STANDARD.decode(row.text(position)?).map_err(|_| self.broken())?,
        };
        Ok(Sealed { key, bytes })
    }

    fn written(&self, sealed: &Sealed) -> Result<Arg, Failure> {
        Ok(match (self.bytes, &sealed.key) {
            (true, _) => sealed.bytes.clone().into(),
            (false, None) => String::from_utf8(sealed.bytes.clone()).map_err(|_| self.broken())?.into(),
            (false, Some(_)) => STANDARD.encode(&sealed.bytes).into(),
        })
    }

    fn clear(&self, seal: &Seal, at: At<'_>, sealed: Sealed) -> Result<String, Failure> {
        String::from_utf8(seal.open(&self.bound(at), sealed)?).map_err(|_| self.broken())
    }

    fn broken(&self) -> Failure {
        Failure::Internal(format!("The {} of {} holds what is no text.", self.column, self.table))
    }

    /// Encrypts each of the column that is not yet with the key in force; gives how many.
    async fn reseal(&self, store: &Store) -> Result<usize, Failure> {
        let (seal, Shelf { table, id, column, .. }) = (store.seal(), self);
        let key = seal.keys().next().unwrap_or_default();
        let old = format!(
            "SELECT tenant, program, {id}, {column}, seal FROM {table} \
             WHERE COALESCE(seal, '') <> $1 AND {column} IS NOT NULL LIMIT $2"
        );
        // Who has changed it meanwhile has done so with the key in force, or it comes again.
        let new = format!(
            "UPDATE {table} SET {column} = $4, seal = $5 \
             WHERE tenant = $1 AND program = $2 AND {id} = $3 AND {column} = $6 RETURNING {id}"
        );
        let mut count = 0;
        loop {
            let rows = store.read(&old, args![key, AT_ONCE]).await?;
            if rows.is_empty() {
                return Ok(count);
            }
            for row in rows {
                let (tenant, program, id) = (row.text(0)?, row.text(1)?, row.text(2)?);
                let at = At { tenant: &tenant, program: &program, id: &id };
                let sealed = self.sealed(&row, 3)?;
                let was = self.written(&sealed)?;
                let (now, key) = self.close(&seal, at, self.clear(&seal, at, sealed)?)?;
                let changed = store.write(&new, args![at.tenant, at.program, at.id, now, key, was]).await?;
                count += changed.len();
            }
        }
    }

    /// Whether each of the column can be read: one of each key is tried.
    async fn readable(&self, store: &Store) -> Result<(), Failure> {
        let Shelf { table, id, .. } = self;
        let sql = format!(
            "SELECT tenant, program, MIN({id}) FROM {table} WHERE seal IS NOT NULL GROUP BY seal, tenant, program"
        );
        for row in store.read(&sql, args![]).await? {
            let (tenant, program, id) = (row.text(0)?, row.text(1)?, row.text(2)?);
            self.get(&mut On::Alone(store), At { tenant: &tenant, program: &program, id: &id }).await?;
        }
        Ok(())
    }
}

/// Texts that are encrypted anew in one go.
const AT_ONCE: i64 = 100;

/// Encrypts everything with the key in force that is not yet; gives how many.
pub async fn reseal(store: &Store) -> Result<usize, Failure> {
    let mut count = 0;
    for shelf in ALL {
        count += shelf.reseal(store).await?;
    }
    store.compact().await?;
    Ok(count)
}

/// Whether everything can be read.
pub async fn readable(store: &Store) -> Result<(), Failure> {
    for shelf in ALL {
        shelf.readable(store).await.map_err(|failure| match failure {
            Failure::Outside(why) | Failure::Internal(why) => {
                Failure::Usage(format!("What is encrypted can't be read. {why} See --record-key-file."))
            }
            other => other,
        })?;
    }
    Ok(())
}

/// A condition on rows of the outbox: what this process can do. One without keys leaves what is sealed to the others.
pub fn sendable(seal: &Seal) -> String {
    if seal.keys().next().is_some() {
        return "1 = 1".to_owned();
    }
    let needs = |shelf: &&Shelf| {
        format!("NOT EXISTS (SELECT 1 FROM {0} WHERE {0}.id = outbox.target AND {0}.seal IS NOT NULL)", shelf.table)
    };
    SENDING.iter().map(needs).collect::<Vec<_>>().join(" AND ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing::both;

    const OLD: &str = "old 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
    const NEW: &str = "new ff0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

    /// A row of each column, kept as the store keeps it.
    async fn fill(store: &Store) {
        for shelf in ALL {
            let at = At { tenant: "t", program: "p", id: shelf.place };
            let (body, seal) = shelf.close(&store.seal(), at, format!("secret of {}", shelf.place)).unwrap();
            let rest = match shelf.table {
                "records" => ("", ""),
                "webhooks" => (", url, events, active, created, actor", ", '', '', 1, 0, ''"),
                "caldav" => (", url, username, created, actor", ", '', '', 0, ''"),
                _ => (", part, subject, spans, doubts, created, actor", ", '', '', '[]', '[]', 0, ''"),
            };
            let Shelf { table, id, column, .. } = shelf;
            let sql = format!(
                "INSERT INTO {table} (tenant, program, {id}, {column}, seal{}) VALUES ('t', 'p', $1, $2, $3{})",
                rest.0, rest.1
            );
            store.write(&sql, args![shelf.place, body, seal]).await.unwrap();
        }
    }

    /// The text of each column, and what is kept of it.
    async fn all(store: &Store) -> Vec<(String, Option<String>)> {
        let mut all = Vec::new();
        for shelf in ALL {
            let at = At { tenant: "t", program: "p", id: shelf.place };
            let text = shelf.get(&mut On::Alone(store), at).await.unwrap().unwrap();
            let sql = format!("SELECT {}, seal FROM {}", shelf.column, shelf.table);
            let rows = store.read(&sql, args![]).await.unwrap();
            let kept = shelf.sealed(&rows[0], 0).unwrap();
            assert_eq!(kept.bytes == text.as_bytes(), kept.key.is_none());
            all.push((text, kept.key));
        }
        all
    }

    #[tokio::test]
    async fn each_column_is_kept_in_the_clear_until_there_is_a_key_and_then_sealed_with_the_first() {
        for scratch in both() {
            let plain = Store::open(&scratch.address).await.unwrap();
            fill(&plain).await;
            let texts = ALL.map(|shelf| format!("secret of {}", shelf.place));
            let with = |key: Option<&str>| texts.clone().map(|text| (text, key.map(str::to_owned))).to_vec();
            assert_eq!(all(&plain).await, with(None));
            for (keys, key) in [(OLD.to_owned(), "old"), (format!("{NEW}\n{OLD}"), "new")] {
                let store = plain.clone().sealed_by(Seal::read(&keys).unwrap());
                assert_eq!(all(&store).await.len(), reseal(&store).await.unwrap());
                assert_eq!(all(&store).await, with(Some(key)));
                assert_eq!(reseal(&store).await.unwrap(), 0);
                readable(&store).await.unwrap();
            }
            for keys in [None, Some(OLD)] {
                let store = plain.clone().sealed_by(keys.map(|k| Seal::read(k).unwrap()).unwrap_or_default());
                assert!(readable(&store).await.unwrap_err().to_string().contains("key new"));
            }
        }
    }
}
