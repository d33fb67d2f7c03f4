//! `careweave rekey`: encrypts what is kept secret with the key in force, and the flag that names the keys.

use std::{fs, path::PathBuf};

use clap::Args;

use super::{
    Outcome,
    output::{Output, for_a_person},
    service,
};
use crate::{
    failure::{Failure, counted},
    programs::sealed,
    store::{Seal, Store},
};

/// Encrypt records and secrets with the first key of the key file
///
/// Records of participants, secrets of webhooks, passwords of collections and addresses of subscribed calendars that are not encrypted yet,
/// or with another key of the file, are encrypted anew. The service may run; it must know the keys already. Afterwards the other keys are
/// needed for older backups only.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  echo \"2026-11 $(openssl rand -hex 32)\" > record.keys
  careweave rekey --record-key-file record.keys
  careweave rekey --record-key-file record.keys --database sqlite:///var/lib/careweave/careweave.db")]
pub struct Rekey {
    #[command(flatten)]
    keys: RecordKeys,
    #[command(flatten)]
    database: service::Database,
    /// Print a sentence even where standard output is no terminal
    #[arg(long)]
    text: bool,
}

/// Which keys.
#[derive(Debug, Args)]
pub struct RecordKeys {
    /// A file with the keys that encrypt the records of participants and the secrets of what is sent: a line for each, an id and 64 hexadecimal digits; the
    /// first is in force, the others are for what was encrypted before
    #[arg(long, env = "CAREWEAVE_RECORD_KEY_FILE", value_name = "FILE")]
    record_key_file: Option<PathBuf>,
}

impl RecordKeys {
    /// The keys, if a file is named.
    pub fn seal(&self) -> Result<Option<Seal>, Failure> {
        let Some(file) = &self.record_key_file else { return Ok(None) };
        let text = fs::read_to_string(file).map(zeroize::Zeroizing::new);
        let text = text.map_err(|e| Failure::Outside(format!("{} can't be read: {e}.", file.display())))?;
        let wrong = |why| Failure::Usage(format!("{} is not a file of keys: {why}.", file.display()));
        Seal::read(&text).map(Some).map_err(wrong)
    }
}

impl Rekey {
    pub fn run(self) -> Result<Outcome, Failure> {
        let seal = self.keys.seal()?;
        let seal = seal.ok_or_else(|| Failure::Usage("Which keys? --record-key-file names a file of them.".into()))?;
        let key = seal.keys().next().unwrap_or_default().to_owned();
        let address = self.database.address()?;
        let count = service::runtime()?.block_on(async {
            let store = Store::open(&address).await?.sealed_by(seal);
            sealed::reseal(&store).await
        })?;
        if for_a_person(self.text) {
            let told = format!("{} encrypted with the key {key}.\n", counted(count, "text"));
            Output::Standard.write(told.as_bytes())?;
        } else {
            Output::Standard.write_json(&serde_json::json!({ "key": key, "encrypted": count }))?;
        }
        Ok(Outcome::Done)
    }
}
