//! Where everything is kept: SQLite by default, PostgreSQL for many machines. One schema and one text of each statement
//! serve both.

mod migrate;
mod seal;
mod sql;

use std::{
    str::FromStr,
    sync::Arc,
    time::{Duration, Instant},
};

use sqlx::{
    Connection, Executor,
    postgres::{PgConnectOptions, PgPoolOptions},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous},
};

use self::sql::Pool;
pub(crate) use self::sql::args;
pub use self::{
    seal::{Seal, Sealed},
    sql::{Arg, On, Row, Store, Tx},
};
use crate::failure::Failure;

/// How long a statement waits for another writer of the file, and a caller for a connection to it.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long somebody waits who was turned away while another opens the file.
const TURN: Duration = Duration::from_millis(20);
/// How long a caller waits for a connection to a server, which may be gone: who asked is to hear of it.
const SERVER_PATIENCE: Duration = Duration::from_secs(5);
/// Has a server end whoever begins a change and then says nothing.
const ENDS: &str = "SET idle_in_transaction_session_timeout = '30s'";
/// Connections that only read, of SQLite; all of PostgreSQL.
const CONNECTIONS: u32 = 8;

impl Store {
    /// Opens the database of an address and brings it to this version.
    pub async fn open(address: &str) -> Result<Self, Failure> {
        let store = Store { pool: connect(address).await?, seal: Arc::default() };
        migrate::migrate(&store).await?;
        Ok(store)
    }

    /// The same with keys that encrypt what is kept about people.
    pub fn sealed_by(mut self, seal: Seal) -> Self {
        self.seal = Arc::new(seal);
        self
    }
}

async fn connect(address: &str) -> Result<Pool, Failure> {
    if address.starts_with("postgres://") || address.starts_with("postgresql://") {
        let options = PgConnectOptions::from_str(address).map_err(|e| wrong_address(address, &e.to_string()))?;
        let pool = PgPoolOptions::new().max_connections(CONNECTIONS).acquire_timeout(SERVER_PATIENCE);
        // A process that is frozen in the middle of a change shall not hold others up for ever.
        let pool =
            pool.after_connect(|connection, _| Box::pin(async move { connection.execute(ENDS).await.map(drop) }));
        return Ok(Pool::Postgres(pool.connect_with(options).await.map_err(unreachable)?));
    }
    if !address.starts_with("sqlite:") || address.contains(":memory:") {
        return Err(wrong_address(address, "it begins with `sqlite://` or `postgres://`"));
    }
    let options = SqliteConnectOptions::from_str(address)
        .map_err(|e| wrong_address(address, &e.to_string()))?
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        // A solve that was accepted is there after a power cut, too.
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(PATIENCE);
    // When the disk is full a transaction ends by itself, which the connection does not notice: it would begin no other.
    // A file does not go away, so nobody asks before each use whether it has: that costs as much as a short statement.
    let pool = || SqlitePoolOptions::new().acquire_timeout(PATIENCE).test_before_acquire(false);
    let write = pool().max_connections(1).before_acquire(|connection, _| {
        let usable = !connection.is_in_transaction();
        Box::pin(async move { Ok(usable) })
    });
    let closed = |e: sqlx::Error| {
        let file = address.split('?').next().unwrap_or(address);
        Failure::Outside(format!("{file} can't be opened: {e}. Is its folder there, and may it be written in?"))
    };
    let write = in_turn(write, options.clone()).await.map_err(closed)?;
    let read = pool().max_connections(CONNECTIONS);
    let read = in_turn(read, options.pragma("query_only", "on")).await.map_err(unreachable)?;
    Ok(Pool::Sqlite { read, write })
}

/// Opens a file, in turn with other processes: a new one is switched to its write-ahead log by one of them alone, and SQLite
/// turns the others away at once, whatever time they have.
async fn in_turn(pool: SqlitePoolOptions, options: SqliteConnectOptions) -> Result<SqlitePool, sqlx::Error> {
    let until = Instant::now() + PATIENCE;
    loop {
        match pool.clone().connect_with(options.clone()).await {
            Err(error) if is_busy(&error) && Instant::now() < until => tokio::time::sleep(TURN).await,
            opened => return opened,
        }
    }
}

/// Whether SQLite says that somebody else has the file (`SQLITE_BUSY`, the lower eight bits of its codes).
fn is_busy(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(|e| e.code()?.parse::<u32>().ok());
    code.is_some_and(|code| code & 0xff == 5)
}

fn wrong_address(address: &str, why: &str) -> Failure {
    let shown = without_password(address);
    Failure::Usage(format!("{shown} is not the address of a database: {why}."))
}

/// An address as it may be shown: what stands before an `@` may be a password.
pub fn without_password(address: &str) -> String {
    match (address.split_once("://"), address.rsplit_once('@')) {
        (Some((scheme, _)), Some((_, place))) => format!("{scheme}://…@{place}"),
        _ => address.to_owned(),
    }
}

fn unreachable(error: sqlx::Error) -> Failure {
    Failure::Outside(format!("The database can't be opened: {error}."))
}

impl From<sqlx::Error> for Failure {
    fn from(error: sqlx::Error) -> Self {
        match error {
            sqlx::Error::ColumnDecode { .. } | sqlx::Error::ColumnNotFound(_) | sqlx::Error::Decode(_) => {
                Failure::Internal(format!("The database holds what can't be read: {error}."))
            }
            _ => Failure::Unavailable(format!("The database does not answer: {error}.")),
        }
    }
}

/// Milliseconds since 1970, as all times are stored.
pub fn now() -> i64 {
    chrono::Utc::now().timestamp_millis()
}

#[cfg(test)]
pub mod testing;
#[cfg(test)]
mod tests;
