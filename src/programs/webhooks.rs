//! Webhooks: addresses that are told when a week is published and when a solve has ended. What is told has ids only.

use base64::{Engine, engine::general_purpose::STANDARD};
use chrono::{DateTime, SecondsFormat};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    Refusal, is_there,
    outbox::{self, Delivery, Errand, New},
    program,
    sealed::{At, WEBHOOKS},
};
use crate::{
    failure::Failure,
    store::{Row, Store, Tx, args, now},
};

/// What a webhook can be told.
pub const EVENTS: [&str; 2] = ["week.published", "solve.finished"];
/// Webhooks that a programme may have.
const MOST: i64 = 20;

/// A webhook as it may be shown.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Webhook {
    pub id: String,
    /// Where messages go.
    pub url: String,
    /// What it is told.
    pub events: Vec<String>,
    /// Whether it is told anything for now.
    pub active: bool,
    /// When it was made, in milliseconds since 1970.
    pub created: i64,
    /// Id of the key that made it.
    pub actor: String,
}

/// What is to be of a webhook; what is not said stays.
#[derive(Debug, Clone, Default)]
pub struct Wish {
    pub url: Option<String>,
    pub events: Option<Vec<String>>,
    pub active: Option<bool>,
}

const COLUMNS: &str = "id, url, events, active, created, actor";
const NO_WEBHOOK: Refusal = Refusal::Missing("There is no such webhook.");

fn webhook(row: &Row) -> Result<Webhook, Failure> {
    Ok(Webhook {
        id: row.text(0)?,
        url: row.text(1)?,
        events: row.text(2)?.split(' ').filter(|e| !e.is_empty()).map(str::to_owned).collect(),
        active: row.int(3)? != 0,
        created: row.int(4)?,
        actor: row.text(5)?,
    })
}

/// Makes a webhook; gives it with its secret, this once.
pub async fn create(
    store: &Store,
    (tenant, program): (&str, &str),
    actor: &str,
    url: &str,
    wish: Wish,
) -> Result<(Webhook, String), Refusal> {
    let mut tx = store.begin().await?;
    program::hold(&mut tx, tenant, program).await?;
    let sql = "SELECT COUNT(*) FROM webhooks WHERE tenant = $1 AND program = $2";
    let count = tx.run(sql, args![tenant, program]).await?.first().map(|row| row.int(0)).transpose()?;
    if count.unwrap_or(0) >= MOST {
        return Err(Refusal::Clash("too-many", format!("A programme has at most {MOST} webhooks.")));
    }
    let id = Uuid::new_v4().to_string();
    let secret =
        format!("whsec_{}", STANDARD.encode([*Uuid::new_v4().as_bytes(), *Uuid::new_v4().as_bytes()].concat()));
    let events = wish.events.map_or(EVENTS.join(" "), |events| events.join(" "));
    let sql = format!(
        "INSERT INTO webhooks (id, tenant, program, url, events, active, secret, seal, created, actor) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING {COLUMNS}"
    );
    let active = i64::from(wish.active.unwrap_or(true));
    let (kept, seal) = WEBHOOKS.close(&tx.seal(), At { tenant, program, id: &id }, secret.clone())?;
    let rows = tx.run(&sql, args![id, tenant, program, url, events, active, kept, seal, now(), actor]).await?;
    let made = rows.first().map(webhook).transpose()?;
    tx.commit().await?;
    Ok((made.ok_or_else(|| Failure::Internal("A webhook was not stored.".into()))?, secret))
}

/// The programme's webhooks, the first first.
pub async fn list(store: &Store, tenant: &str, program: &str) -> Result<Vec<Webhook>, Refusal> {
    is_there(store, tenant, program).await?;
    let sql = format!("SELECT {COLUMNS} FROM webhooks WHERE tenant = $1 AND program = $2 ORDER BY created, id");
    Ok(store.read(&sql, args![tenant, program]).await?.iter().map(webhook).collect::<Result<_, _>>()?)
}

/// One of them.
pub async fn get(store: &Store, tenant: &str, program: &str, id: &str) -> Result<Webhook, Refusal> {
    let sql = format!("SELECT {COLUMNS} FROM webhooks WHERE tenant = $1 AND program = $2 AND id = $3");
    let rows = store.read(&sql, args![tenant, program, id]).await?;
    rows.first().map(webhook).transpose()?.ok_or(NO_WEBHOOK)
}

/// Changes a webhook.
pub async fn change(store: &Store, (tenant, program): (&str, &str), id: &str, wish: Wish) -> Result<Webhook, Refusal> {
    let sql = format!(
        "UPDATE webhooks SET url = COALESCE($4, url), events = COALESCE($5, events), active = COALESCE($6, active) \
         WHERE tenant = $1 AND program = $2 AND id = $3 RETURNING {COLUMNS}"
    );
    let events = wish.events.map(|events| events.join(" "));
    let row = args![tenant, program, id, wish.url, events, wish.active.map(i64::from)];
    let rows = store.write(&sql, row).await?;
    rows.first().map(webhook).transpose()?.ok_or(NO_WEBHOOK)
}

/// Ends a webhook, and forgets what it was told.
pub async fn delete(store: &Store, tenant: &str, program: &str, id: &str) -> Result<(), Refusal> {
    let mut tx = store.begin().await?;
    let sql = "DELETE FROM webhooks WHERE tenant = $1 AND program = $2 AND id = $3 RETURNING id";
    if tx.run(sql, args![tenant, program, id]).await?.is_empty() {
        return Err(NO_WEBHOOK);
    }
    outbox::forget(&mut tx, id).await?;
    tx.commit().await?;
    Ok(())
}

/// What a webhook was told and is to be told, the latest first.
pub async fn deliveries(
    store: &Store,
    (tenant, program): (&str, &str),
    id: &str,
    most: i64,
) -> Result<Vec<Delivery>, Refusal> {
    get(store, tenant, program, id).await?;
    Ok(outbox::of_target(store, id, most).await?)
}

/// Tells a webhook something again, with the same id.
pub async fn replay(
    store: &Store,
    (tenant, program): (&str, &str),
    id: &str,
    delivery: &str,
) -> Result<Delivery, Refusal> {
    get(store, tenant, program, id).await?;
    outbox::replay(store, id, delivery).await?.ok_or(Refusal::Missing("There is no such delivery."))
}

/// Where a message goes, and the secret that signs it; nothing if the webhook is gone.
pub async fn target(store: &Store, tenant: &str, id: &str) -> Result<Option<(String, String)>, Failure> {
    let sql = "SELECT url, program, secret, seal FROM webhooks WHERE tenant = $1 AND id = $2";
    let rows = store.read(sql, args![tenant, id]).await?;
    let Some(row) = rows.first() else { return Ok(None) };
    let secret = WEBHOOKS.open(&store.seal(), At { tenant, program: &row.text(1)?, id }, row, 2)?;
    Ok(Some((row.text(0)?, secret)))
}

/// Has all webhooks told that want to hear of it.
async fn tell(tx: &mut Tx, (tenant, program): (&str, &str), event: &str, data: Value) -> Result<(), Failure> {
    let at = DateTime::from_timestamp_millis(now()).unwrap_or_default().to_rfc3339_opts(SecondsFormat::Millis, true);
    let body = json!({ "type": event, "timestamp": at, "data": data }).to_string();
    let sql = "SELECT id, events FROM webhooks WHERE tenant = $1 AND program = $2 AND active = 1";
    for row in tx.run(sql, args![tenant, program]).await? {
        if row.text(1)?.split(' ').any(|e| e == event) {
            let target = row.text(0)?;
            outbox::put(tx, New { tenant, program, errand: Errand::Webhook, target: &target, event, body: &body })
                .await?;
        }
    }
    Ok(())
}

/// A week was published.
pub async fn week_published(tx: &mut Tx, tenant: &str, program: &str, week: &str, version: i64) -> Result<(), Failure> {
    let data = json!({ "program": program, "week": week, "version": version });
    tell(tx, (tenant, program), EVENTS[0], data).await
}

/// A solve has ended, if it has; what belongs to no programme is told to nobody.
pub async fn solve_ended(tx: &mut Tx, solve: &str) -> Result<(), Failure> {
    let sql = "SELECT tenant, program, week, status FROM solves WHERE id = $1 AND program IS NOT NULL \
               AND status IN ('finished', 'stopped', 'failed')";
    for row in tx.run(sql, args![solve]).await? {
        let (tenant, program) = (row.text(0)?, row.text(1)?);
        let data = json!({ "program": program, "week": row.maybe_text(2)?, "solve": solve, "status": row.text(3)? });
        tell(tx, (&tenant, &program), EVENTS[1], data).await?;
    }
    Ok(())
}
