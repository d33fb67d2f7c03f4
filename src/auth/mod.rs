//! Who may: keys with roles and scopes, tenants, sessions of the page, and the record of who did what.

pub mod audit;
pub mod keys;
pub mod oidc;
mod permit;
pub mod rate;
pub mod sessions;

use clap::ValueEnum;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use self::permit::{Access, needed};

/// What a key is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ValueEnum, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Everything, the audit and erasure too
    Owner,
    /// All data of the tenant: reads, changes, solves, publishes
    Coordinator,
    /// The own calendar and the participants in it
    Clinician,
    /// Reads
    Viewer,
    /// Another program: reads, changes, solves
    Integration,
}

/// A thing that may be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ValueEnum, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// See what the tenant has
    Read,
    /// Change it
    Write,
    /// Solve
    Solve,
    /// Publish a week
    Publish,
    /// See the audit, give out and erase what is kept of somebody
    Audit,
    /// See and change the records of participants: names, telephones, addresses
    Record,
    /// See the own calendar and who is in it
    Own,
}

impl Role {
    /// All of them.
    pub const ALL: [Role; 5] = [Role::Owner, Role::Coordinator, Role::Clinician, Role::Viewer, Role::Integration];

    /// The most that a key of this role may do.
    pub fn scopes(self) -> &'static [Scope] {
        use Scope::{Audit, Own, Publish, Read, Record, Solve, Write};
        match self {
            Role::Owner => &[Read, Write, Solve, Publish, Audit, Record],
            Role::Coordinator => &[Read, Write, Solve, Publish, Record],
            Role::Clinician => &[Own],
            Role::Viewer => &[Read],
            Role::Integration => &[Read, Write, Solve],
        }
    }

    /// As it is written.
    pub fn name(self) -> &'static str {
        match self {
            Role::Owner => "owner",
            Role::Coordinator => "coordinator",
            Role::Clinician => "clinician",
            Role::Viewer => "viewer",
            Role::Integration => "integration",
        }
    }
}

impl Scope {
    /// As it is written.
    pub fn name(self) -> &'static str {
        match self {
            Scope::Read => "read",
            Scope::Write => "write",
            Scope::Solve => "solve",
            Scope::Publish => "publish",
            Scope::Audit => "audit",
            Scope::Record => "record",
            Scope::Own => "own",
        }
    }
}

/// The caller of a request: whose data, and what may be done with it.
#[derive(Debug, Clone)]
pub struct Caller {
    /// Whose data.
    pub tenant: String,
    /// Id of the key; `oidc:` and the provider's id of who logged in there; `local` where none is needed.
    pub actor: String,
    /// The role.
    pub role: Role,
    /// What it may do.
    pub scopes: Vec<Scope>,
    /// Whose calendar a clinician's key shows.
    pub clinician: Option<String>,
}

impl Default for Caller {
    /// Who asks on this machine while there is no key.
    fn default() -> Self {
        Caller {
            tenant: DEFAULT_TENANT.to_owned(),
            actor: "local".to_owned(),
            role: Role::Owner,
            scopes: Role::Owner.scopes().to_vec(),
            clinician: None,
        }
    }
}

/// The tenant of what was made before there was a key.
pub const DEFAULT_TENANT: &str = "default";
