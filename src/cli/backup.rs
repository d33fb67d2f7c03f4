//! `careweave backup`: a copy of a SQLite database, whole and consistent, while the service runs.

use std::path::PathBuf;

use clap::Args;

use super::{Outcome, service};
use crate::{
    failure::Failure,
    store::{Store, args},
};

/// Copy the database into a file while the service runs
///
/// To restore, end the service and put the copy in the place of the database. A PostgreSQL is copied by pg_dump.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  careweave backup /var/backups/careweave-2026-11-30.db
  careweave backup --database sqlite:///var/lib/careweave/careweave.db copy.db")]
pub struct Backup {
    /// Where the copy goes; there must be no such file
    file: PathBuf,
    #[command(flatten)]
    database: service::Database,
}

impl Backup {
    pub fn run(self) -> Result<Outcome, Failure> {
        if self.file.exists() {
            return Err(Failure::Usage(format!("{} is there already.", self.file.display())));
        }
        let file = self.file.to_str().ok_or_else(|| Failure::Usage("The file's name is no text.".into()))?;
        let address = self.database.address()?;
        service::runtime()?.block_on(async {
            let store = Store::open(&address).await?;
            if store.is_server() {
                return Err(Failure::Usage("A PostgreSQL is copied by pg_dump, and restored by pg_restore.".into()));
            }
            store.write("VACUUM INTO $1", args![file]).await?;
            Ok(Outcome::Done)
        })
    }
}
