//! Statements over either database: the same text, the same arguments, the same rows.

use std::sync::Arc;

use sqlx::{
    Executor, PgPool, Postgres, Row as _, Sqlite, SqlitePool, Transaction,
    postgres::{PgArguments, PgRow},
    query::Query,
    sqlite::{SqliteArguments, SqliteRow},
};

use super::Seal;
use crate::failure::Failure;

/// A database.
#[derive(Debug, Clone)]
pub struct Store {
    pub(super) pool: Pool,
    pub(super) seal: Arc<Seal>,
}

/// Connections to it.
#[derive(Debug, Clone)]
pub(super) enum Pool {
    /// A file: many readers, one writer.
    Sqlite { read: SqlitePool, write: SqlitePool },
    /// A server.
    Postgres(PgPool),
}

/// A transaction; dropped without `commit`, nothing of it has happened.
pub struct Tx {
    begun: Begun,
    seal: Arc<Seal>,
}

enum Begun {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

/// An argument of a statement.
#[derive(Debug, Clone)]
pub enum Arg {
    Text(Option<String>),
    Int(Option<i64>),
    Bytes(Option<Vec<u8>>),
}

/// The arguments of a statement, `$1` first.
macro_rules! args {
    ($($arg:expr),* $(,)?) => { vec![$($crate::store::Arg::from($arg)),*] };
}
pub(crate) use args;

/// A row of an answer; columns go by position.
pub enum Row {
    Sqlite(SqliteRow),
    Postgres(PgRow),
}

impl Store {
    /// Asks.
    pub async fn read(&self, sql: &str, args: Vec<Arg>) -> Result<Vec<Row>, Failure> {
        Ok(match &self.pool {
            Pool::Sqlite { read, .. } => sqlite(read, sql, args).await?,
            Pool::Postgres(pool) => postgres(pool, sql, args).await?,
        })
    }

    /// Changes by one statement, which may return rows.
    pub async fn write(&self, sql: &str, args: Vec<Arg>) -> Result<Vec<Row>, Failure> {
        Ok(match &self.pool {
            Pool::Sqlite { write, .. } => sqlite(write, sql, args).await?,
            Pool::Postgres(pool) => postgres(pool, sql, args).await?,
        })
    }

    /// Begins a transaction that will write.
    pub async fn begin(&self) -> Result<Tx, Failure> {
        let begun = match &self.pool {
            // Who is to write waits here, not in the middle, where SQLite could only give up.
            Pool::Sqlite { write, .. } => Begun::Sqlite(write.begin_with("BEGIN IMMEDIATE").await?),
            Pool::Postgres(pool) => Begun::Postgres(pool.begin().await?),
        };
        Ok(Tx { begun, seal: self.seal.clone() })
    }

    /// What encrypts what is kept about people.
    pub fn seal(&self) -> Arc<Seal> {
        self.seal.clone()
    }

    /// Leaves nothing in the file of what was overwritten or removed; a server sees to that by itself.
    pub async fn compact(&self) -> Result<(), Failure> {
        if let Pool::Sqlite { write, .. } = &self.pool {
            sqlite(write, "VACUUM", args![]).await?;
            sqlite(write, "PRAGMA wal_checkpoint(TRUNCATE)", args![]).await?;
        }
        Ok(())
    }

    /// Whether it is a server.
    pub fn is_server(&self) -> bool {
        matches!(self.pool, Pool::Postgres(_))
    }
}

impl Tx {
    /// Asks or changes.
    pub async fn run(&mut self, sql: &str, args: Vec<Arg>) -> Result<Vec<Row>, Failure> {
        Ok(match &mut self.begun {
            Begun::Sqlite(tx) => sqlite(&mut **tx, sql, args).await?,
            Begun::Postgres(tx) => postgres(&mut **tx, sql, args).await?,
        })
    }

    /// Makes it so.
    pub async fn commit(self) -> Result<(), Failure> {
        match self.begun {
            Begun::Sqlite(tx) => tx.commit().await?,
            Begun::Postgres(tx) => tx.commit().await?,
        }
        Ok(())
    }

    /// Whether it is one of a server.
    pub fn is_servers(&self) -> bool {
        matches!(self.begun, Begun::Postgres(_))
    }

    /// What encrypts what is kept about people.
    pub fn seal(&self) -> Arc<Seal> {
        self.seal.clone()
    }
}

/// Where a statement that asks runs: by itself, or inside a change.
pub enum On<'a> {
    Alone(&'a Store),
    Inside(&'a mut Tx),
}

impl On<'_> {
    /// Asks.
    pub async fn read(&mut self, sql: &str, args: Vec<Arg>) -> Result<Vec<Row>, Failure> {
        match self {
            On::Alone(store) => store.read(sql, args).await,
            On::Inside(tx) => tx.run(sql, args).await,
        }
    }

    /// What encrypts what is kept about people.
    pub fn seal(&self) -> Arc<Seal> {
        match self {
            On::Alone(store) => store.seal(),
            On::Inside(tx) => tx.seal(),
        }
    }
}

async fn sqlite<'c, E: Executor<'c, Database = Sqlite>>(
    on: E,
    sql: &str,
    args: Vec<Arg>,
) -> Result<Vec<Row>, sqlx::Error> {
    let mut query: Query<Sqlite, SqliteArguments> = sqlx::query(sql);
    for arg in args {
        query = match arg {
            Arg::Text(text) => query.bind(text),
            Arg::Int(int) => query.bind(int),
            Arg::Bytes(bytes) => query.bind(bytes),
        };
    }
    Ok(query.fetch_all(on).await?.into_iter().map(Row::Sqlite).collect())
}

async fn postgres<'c, E: Executor<'c, Database = Postgres>>(
    on: E,
    sql: &str,
    args: Vec<Arg>,
) -> Result<Vec<Row>, sqlx::Error> {
    let mut query: Query<Postgres, PgArguments> = sqlx::query(sql);
    for arg in args {
        query = match arg {
            Arg::Text(text) => query.bind(text),
            Arg::Int(int) => query.bind(int),
            Arg::Bytes(bytes) => query.bind(bytes),
        };
    }
    Ok(query.fetch_all(on).await?.into_iter().map(Row::Postgres).collect())
}

macro_rules! column {
    ($name:ident: $type:ty) => {
        pub fn $name(&self, column: usize) -> Result<$type, Failure> {
            // The databases name types differently, so only the value itself is looked at.
            Ok(match self {
                Row::Sqlite(row) => row.try_get_unchecked(column)?,
                Row::Postgres(row) => row.try_get_unchecked(column)?,
            })
        }
    };
}

impl Row {
    column!(text: String);
    column!(maybe_text: Option<String>);
    column!(int: i64);
    column!(maybe_int: Option<i64>);
    column!(bytes: Vec<u8>);
    column!(maybe_bytes: Option<Vec<u8>>);
}

impl From<&str> for Arg {
    fn from(text: &str) -> Self {
        Arg::Text(Some(text.to_owned()))
    }
}

impl From<&String> for Arg {
    fn from(text: &String) -> Self {
        Arg::Text(Some(text.clone()))
    }
}

impl From<String> for Arg {
    fn from(text: String) -> Self {
        Arg::Text(Some(text))
    }
}

impl From<Option<String>> for Arg {
    fn from(text: Option<String>) -> Self {
        Arg::Text(text)
    }
}

impl From<Option<&str>> for Arg {
    fn from(text: Option<&str>) -> Self {
        Arg::Text(text.map(str::to_owned))
    }
}

impl From<i64> for Arg {
    fn from(int: i64) -> Self {
        Arg::Int(Some(int))
    }
}

impl From<Option<i64>> for Arg {
    fn from(int: Option<i64>) -> Self {
        Arg::Int(int)
    }
}

impl From<Vec<u8>> for Arg {
    fn from(bytes: Vec<u8>) -> Self {
        Arg::Bytes(Some(bytes))
    }
}

impl From<&[u8]> for Arg {
    fn from(bytes: &[u8]) -> Self {
        Arg::Bytes(Some(bytes.to_vec()))
    }
}
