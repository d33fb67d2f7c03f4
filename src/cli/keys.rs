//! `careweave keys`: API keys and their roles.

use std::io::Write;

use clap::{Args, Subcommand};

use super::{
    Outcome,
    login::tenant,
    output::{Output, for_a_person},
    service,
};
use crate::{
    auth::{
        DEFAULT_TENANT, Role, Scope,
        keys::{self, Key, NewKey},
    },
    failure::Failure,
    store::{Store, now},
};

/// Create, list and revoke API keys
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  careweave keys create --role owner --name \"front desk\"
  careweave keys create --role clinician --clinician s1-t1 --name \"Ana\" --expires-days 90\n  careweave keys list
  careweave keys revoke 1f3a5c7e9b2d")]
pub struct Keys {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Make a key; it is shown this once
    Create(Create),
    /// List keys, without their secrets
    List(List),
    /// End a key and its sessions at once
    Revoke(Revoke),
}

#[derive(Debug, Args)]
struct Printed {
    #[command(flatten)]
    database: service::Database,
    /// Print a sentence or table even where standard output is no terminal
    #[arg(long)]
    text: bool,
}

#[derive(Debug, Args)]
struct Create {
    /// What the key may do
    #[arg(long, value_enum)]
    role: Role,
    /// What it is for: a person or a program
    #[arg(long, default_value = "", hide_default_value = true)]
    name: String,
    /// Whose data it opens
    #[arg(long, default_value = DEFAULT_TENANT, value_parser = tenant)]
    tenant: String,
    /// Less than the role may do; again for each
    #[arg(long = "scope", value_enum, value_name = "SCOPE")]
    scopes: Vec<Scope>,
    /// Whose calendar a clinician's key shows
    #[arg(long, value_name = "ID", required_if_eq("role", "clinician"))]
    clinician: Option<String>,
    /// Days after which it ends by itself
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u32).range(1..=3650))]
    expires_days: Option<u32>,
    #[command(flatten)]
    database: Printed,
}

#[derive(Debug, Args)]
struct List {
    /// Only this tenant's
    #[arg(long)]
    tenant: Option<String>,
    #[command(flatten)]
    database: Printed,
}

#[derive(Debug, Args)]
struct Revoke {
    /// The key's id, as `list` shows it; or, of somebody who logged in without a key, what the audit has (`oidc:…`)
    id: String,
    #[command(flatten)]
    database: Printed,
}

impl Keys {
    pub fn run(self) -> Result<Outcome, Failure> {
        service::runtime()?.block_on(async {
            match self.action {
                Action::Create(create) => create.run().await,
                Action::List(list) => list.run().await,
                Action::Revoke(revoke) => revoke.run().await,
            }
        })?;
        Ok(Outcome::Done)
    }
}

impl Create {
    async fn run(self) -> Result<(), Failure> {
        let unfit = self.scopes.iter().find(|s| !self.role.scopes().contains(s));
        if let Some(scope) = unfit {
            let (scope, role) = (scope.name(), self.role.name());
            return Err(Failure::Usage(format!("A key of the role {role} can't have the scope {scope}.")));
        }
        let scopes = if self.scopes.is_empty() { self.role.scopes().to_vec() } else { self.scopes };
        let expires = self.expires_days.map(|days| now() + i64::from(days) * 24 * 3600 * 1000);
        let (tenant, name, role, clinician) = (self.tenant, self.name, self.role, self.clinician);
        let new = NewKey { tenant, name, role, scopes, clinician, expires };
        let store = Store::open(&self.database.database.address()?).await?;
        let (key, text) = keys::create(&store, new).await?;
        if for_a_person(self.database.text) {
            let _ = writeln!(std::io::stderr(), "Key {} ({}). It is shown this once:", key.id, key.role.name());
            return Output::Standard.write(format!("{text}\n").as_bytes());
        }
        let mut value = serde_json::to_value(&key).map_err(|e| Failure::Internal(format!("No JSON: {e}.")))?;
        value["key"] = text.into();
        Output::Standard.write_json(&value)
    }
}

impl List {
    async fn run(self) -> Result<(), Failure> {
        let store = Store::open(&self.database.database.address()?).await?;
        let keys = keys::list(&store, self.tenant.as_deref()).await?;
        if !for_a_person(self.database.text) {
            return Output::Standard.write_json(&serde_json::json!({ "keys": keys }));
        }
        let mut table = comfy_table::Table::new();
        table.set_header(["Id", "Tenant", "Role", "Name", "Created", "Ends"]);
        table.add_rows(keys.iter().map(|k: &Key| {
            let ends = match (k.revoked, k.expires) {
                (Some(at), _) => format!("revoked {}", day(at)),
                (None, Some(at)) => day(at),
                (None, None) => "never".into(),
            };
            [k.id.clone(), k.tenant.clone(), k.role.name().into(), k.name.clone(), day(k.created), ends]
        }));
        Output::Standard.write(format!("{table}\n").as_bytes())
    }
}

impl Revoke {
    async fn run(self) -> Result<(), Failure> {
        let store = Store::open(&self.database.database.address()?).await?;
        if !keys::revoke(&store, &self.id).await? {
            return Err(Failure::Usage(format!("There is no key {} that could be revoked.", self.id)));
        }
        if for_a_person(self.database.text) {
            return Output::Standard.write(format!("Key {} is revoked.\n", self.id).as_bytes());
        }
        Output::Standard.write_json(&serde_json::json!({ "id": self.id, "revoked": true }))
    }
}

fn day(milliseconds: i64) -> String {
    chrono::DateTime::from_timestamp_millis(milliseconds).map_or_else(String::new, |t| t.format("%Y-%m-%d").to_string())
}
