//! API keys: shown once, kept as a hash, limited in time and scope, gone at once when revoked.

use serde::Serialize;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{Caller, Role, Scope};
use crate::{
    failure::Failure,
    store::{Row, Store, args, now},
};

/// What a new key is to be.
#[derive(Debug, Clone)]
pub struct NewKey {
    pub tenant: String,
    pub name: String,
    pub role: Role,
    pub scopes: Vec<Scope>,
    pub clinician: Option<String>,
    /// Milliseconds since 1970.
    pub expires: Option<i64>,
}

/// A key as it may be shown.
#[derive(Debug, Clone, Serialize)]
pub struct Key {
    pub id: String,
    pub tenant: String,
    pub name: String,
    pub role: Role,
    pub scopes: Vec<Scope>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clinician: Option<String>,
    pub created: i64,
    pub expires: Option<i64>,
    pub revoked: Option<i64>,
}

const COLUMNS: &str = "id, tenant, name, role, scopes, clinician, created, expires, revoked";

/// What the database has of a secret. Secrets are 244 random bits, so that no slow hash is needed.
pub fn hashed(secret: &str) -> String {
    format!("{:x}", Sha256::digest(secret))
}

/// A new secret.
pub fn secret() -> String {
    format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple())
}

/// Makes a key; its text is given this once.
pub async fn create(store: &Store, new: NewKey) -> Result<(Key, String), Failure> {
    let id = Uuid::new_v4().simple().to_string().chars().take(12).collect::<String>();
    let text = format!("cw_{id}_{}", secret());
    let scopes = new.scopes.iter().map(|s| s.name()).collect::<Vec<_>>().join(" ");
    let sql = format!(
        "INSERT INTO api_keys (id, tenant, name, role, scopes, clinician, hash, created, expires) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING {COLUMNS}"
    );
    let row =
        args![id, new.tenant, new.name, new.role.name(), scopes, new.clinician, hashed(&text), now(), new.expires];
    let rows = store.write(&sql, row).await?;
    let made = rows.first().map(key).transpose()?;
    Ok((made.ok_or_else(|| Failure::Internal("A key was not stored.".into()))?, text))
}

/// All keys, of one tenant or of all.
pub async fn list(store: &Store, tenant: Option<&str>) -> Result<Vec<Key>, Failure> {
    let sql = format!("SELECT {COLUMNS} FROM api_keys WHERE tenant = COALESCE($1, tenant) ORDER BY created, id");
    store.read(&sql, args![tenant]).await?.iter().map(key).collect()
}

/// Ends a key and its sessions, or the sessions of somebody without a key (`oidc:…`); false if there is nothing to end.
pub async fn revoke(store: &Store, id: &str) -> Result<bool, Failure> {
    let mut tx = store.begin().await?;
    let sql = "UPDATE api_keys SET revoked = $2 WHERE id = $1 AND revoked IS NULL RETURNING id";
    let keys = tx.run(sql, args![id, now()]).await?;
    let sessions = tx.run("DELETE FROM sessions WHERE api_key = $1 RETURNING hash", args![id]).await?;
    tx.commit().await?;
    Ok(!keys.is_empty() || !sessions.is_empty())
}

/// Whether there is or ever was a key.
pub async fn any(store: &Store) -> Result<bool, Failure> {
    Ok(!store.read("SELECT id FROM api_keys LIMIT 1", args![]).await?.is_empty())
}

/// Who holds a key, while it is good.
pub async fn holder(store: &Store, text: &str) -> Result<Option<Caller>, Failure> {
    let sql = format!(
        "SELECT {COLUMNS} FROM api_keys WHERE hash = $1 AND revoked IS NULL AND COALESCE(expires, $2 + 1) > $2"
    );
    let rows = store.read(&sql, args![hashed(text), now()]).await?;
    rows.first().map(|row| key(row).map(Caller::from)).transpose()
}

/// Who holds the key of this id, while it is good.
pub async fn holder_of(store: &Store, id: &str) -> Result<Option<Caller>, Failure> {
    let sql =
        format!("SELECT {COLUMNS} FROM api_keys WHERE id = $1 AND revoked IS NULL AND COALESCE(expires, $2 + 1) > $2");
    let rows = store.read(&sql, args![id, now()]).await?;
    rows.first().map(|row| key(row).map(Caller::from)).transpose()
}

impl From<Key> for Caller {
    fn from(key: Key) -> Self {
        let Key { id, tenant, role, scopes, clinician, .. } = key;
        Caller { tenant, actor: id, role, scopes, clinician }
    }
}

fn key(row: &Row) -> Result<Key, Failure> {
    let role = row.text(3)?;
    let scopes = row.text(4)?;
    let role = Role::ALL.into_iter().find(|r| r.name() == role);
    let role = role.ok_or_else(|| Failure::Internal("A stored key has an unknown role.".into()))?;
    Ok(Key {
        id: row.text(0)?,
        tenant: row.text(1)?,
        name: row.text(2)?,
        role,
        scopes: role.scopes().iter().copied().filter(|s| scopes.split(' ').any(|name| name == s.name())).collect(),
        clinician: row.maybe_text(5)?,
        created: row.int(6)?,
        expires: row.maybe_int(7)?,
        revoked: row.maybe_int(8)?,
    })
}
