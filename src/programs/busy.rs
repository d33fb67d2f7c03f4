//! Other calendars of clinicians and participants: uploaded, or subscribed to. When they are busy is kept, and nothing else
//! that the calendars say; in the problem of a week clinicians are away then, and participants have a commitment.

use std::collections::BTreeMap;

use careweave_solver::problem::{Date, Fault, Problem};
use chrono::{DateTime, Datelike, Days, Duration, NaiveTime, SecondsFormat, Utc};
use chrono_tz::Tz;
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    Key, Kind, Refusal,
    assemble::{self, BusyTimes},
    compute, feeds, is_there, json, outbox,
    outbox::{Errand, New},
    program,
    sealed::{At, SUBSCRIPTIONS},
    stored, table,
};
use crate::{
    calendars::busy::{self, About, Busy, NotUnderstood, Span, Unreadable},
    failure::{Document, Failure},
    store::{On, Row, Seal, Store, Tx, args, now},
};

/// Days before today that a calendar is read for, and weeks after them.
const BACK: u64 = 28;
const WEEKS: u32 = 56;
/// Most weeks that a calendar is read for.
pub const MOST_WEEKS: u32 = 160;
/// Calendars that a programme may have.
const MOST: i64 = 10_000;
/// How far the first and the last zone are from UTC.
const ZONES: Duration = Duration::hours(14);
/// Milliseconds of a day.
const DAY: i64 = 24 * 3_600_000;
/// Times that a report names one by one.
const NAMED: usize = 1000;

/// Whose calendar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whose {
    Clinician(String),
    Participant(String),
}

impl Whose {
    fn kind(&self) -> Kind {
        match self {
            Whose::Clinician(_) => Kind::Clinicians,
            Whose::Participant(_) => Kind::Participants,
        }
    }

    /// As it is called, and the id.
    fn named(&self) -> (&'static str, &str) {
        match self {
            Whose::Clinician(id) => ("clinician", id),
            Whose::Participant(id) => ("participant", id),
        }
    }
}

/// From when to when somebody is busy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct BusyTime {
    #[schema(format = "date-time")]
    pub from: String,
    #[schema(format = "date-time")]
    pub to: String,
}

/// A calendar, as it may be shown.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Source {
    pub id: String,
    /// Whose: one of the two.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clinician: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub participant: Option<String>,
    /// The host of a subscribed calendar; the address itself is a secret of whose calendar it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// How many times it has that are kept.
    pub times: usize,
    /// What was left out.
    pub not_understood: Vec<NotUnderstood>,
    /// When it was made known, in milliseconds since 1970.
    pub created: i64,
    /// Id of the key that did.
    pub actor: String,
    /// When it was last read.
    pub fetched: Option<i64>,
    /// Why it could not be read last time.
    pub failure: Option<String>,
}

/// What was read of an uploaded calendar.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Report {
    /// Its id; null where nothing was changed.
    pub id: Option<String>,
    /// Whether nothing was changed: it was only asked what would be.
    pub dry_run: bool,
    /// For which time it was read.
    #[schema(format = "date-time")]
    pub from: String,
    #[schema(format = "date-time")]
    pub to: String,
    /// When somebody is busy: the first 1000 times; times that touch are one.
    pub busy: Vec<BusyTime>,
    /// How many there are in all.
    pub times: usize,
    /// What was left out.
    pub not_understood: Vec<NotUnderstood>,
}

/// The weeks for which a calendar is read: from a day on.
#[derive(Debug, Clone, Copy)]
pub struct Weeks {
    pub from: Date,
    pub count: u32,
}

impl Default for Weeks {
    /// Some that are over, and a year.
    fn default() -> Self {
        let today = crate::clock::now().date_naive();
        let monday = today - Days::new(u64::from(today.weekday().num_days_from_monday()));
        Weeks { from: Date(monday.checked_sub_days(Days::new(BACK)).unwrap_or(monday)), count: WEEKS }
    }
}

impl Weeks {
    fn bounds(self) -> Result<(DateTime<Utc>, DateTime<Utc>), Failure> {
        let outside = || Failure::Usage("There are no weeks so far from now.".into());
        let begin = self.from.0.and_time(NaiveTime::MIN).and_utc();
        let end = begin.checked_add_signed(Duration::weeks(self.count.into())).ok_or_else(outside)?;
        let (from, to) = (begin.checked_sub_signed(ZONES), end.checked_add_signed(ZONES));
        let fits = |at: DateTime<Utc>| (1970..9000).contains(&at.year());
        from.zip(to).filter(|(from, to)| fits(*from) && fits(*to)).ok_or_else(outside)
    }
}

fn written(at: i64) -> String {
    DateTime::from_timestamp(at, 0).unwrap_or_default().to_rfc3339_opts(SecondsFormat::Secs, true)
}

fn shown(spans: &[Span], most: usize) -> Vec<BusyTime> {
    spans.iter().take(most).map(|(from, to)| BusyTime { from: written(*from), to: written(*to) }).collect()
}

/// What is known of somebody before the own calendar is read.
pub async fn about(
    store: &Store,
    (tenant, program): (&str, &str),
    whose: &Whose,
    weeks: Weeks,
) -> Result<About, Refusal> {
    let (name, id) = whose.named();
    is_there(store, tenant, program).await?;
    if table::get(store, tenant, program, whose.kind(), id).await.is_err() {
        let (pointer, detail) = (format!("/{name}"), format!("The programme has no such {name}."));
        let fault = Fault { path: pointer.clone(), pointer, code: "unknown-id", detail, hint: None };
        return Err(Failure::Invalid { document: Document::Request, faults: vec![fault] }.into());
    }
    let parts = table::parts(store, tenant, program).await?;
    let owner = whose.clone();
    let zone = compute(move || -> Result<_, Failure> { Ok(zone(&assemble::read(&parts.whole()?)?, &owner)) }).await??;
    let ours = feeds::own_uids(store, tenant, program).await?;
    let (from, to) = weeks.bounds()?;
    Ok(About { zone, from, to, ours })
}

/// The zone in which somebody lives.
fn zone(problem: &Problem, whose: &Whose) -> Tz {
    let (own, home) = match whose {
        Whose::Clinician(id) => {
            problem.clinicians.iter().find(|c| *c.id == **id).map(|c| (c.time_zone.clone(), c.home_site.clone()))
        }
        Whose::Participant(id) => {
            problem.participants.iter().find(|p| *p.id == **id).map(|p| (p.time_zone.clone(), p.home_site.clone()))
        }
    }
    .unzip();
    let of_home = home.and_then(|home| Some(problem.sites.iter().find(|s| s.id == home)?.time_zone.clone()));
    own.flatten().or(of_home).and_then(|zone| zone.parse().ok()).unwrap_or(Tz::UTC)
}

/// Reads a calendar, on a thread for work.
pub async fn read(bytes: Vec<u8>, about: About) -> Result<Result<Busy, Unreadable>, Failure> {
    compute(move || busy::read(&bytes, &about)).await
}

/// Takes an uploaded calendar of somebody in the place of the one before.
pub async fn upload(
    store: &Store,
    (tenant, program): (&str, &str),
    actor: &str,
    (whose, weeks): (&Whose, Weeks),
    bytes: Vec<u8>,
    dry_run: bool,
) -> Result<Report, Refusal> {
    let about = about(store, (tenant, program), whose, weeks).await?;
    let (from, to) = (written(about.from.timestamp()), written(about.to.timestamp()));
    let read = read(bytes, about).await?.map_err(|Unreadable { code, detail }| match code {
        "too-large" => Failure::TooLarge(detail),
        _ => {
            let fault = Fault { pointer: String::new(), path: String::new(), code, detail, hint: None };
            Failure::Invalid { document: Document::Request, faults: vec![fault] }
        }
    })?;
    let (times, busy) = (read.spans.len(), shown(&read.spans, NAMED));
    let mut report = Report { id: None, dry_run, from, to, busy, times, not_understood: read.not_understood };
    if dry_run {
        return Ok(report);
    }
    let (name, subject) = whose.named();
    let mut tx = store.begin().await?;
    program::hold(&mut tx, tenant, program).await?;
    let sql = "DELETE FROM busy WHERE tenant = $1 AND program = $2 AND part = $3 AND subject = $4 AND url IS NULL";
    tx.run(sql, args![tenant, program, name, subject]).await?;
    room(&mut tx, tenant, program).await?;
    let id = Uuid::new_v4().to_string();
    let sql = "INSERT INTO busy (id, tenant, program, part, subject, spans, doubts, created, actor, fetched) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $8)";
    let (spans, doubts) = (json(&read.spans)?, json(&report.not_understood)?);
    tx.run(sql, args![&id, tenant, program, name, subject, spans, doubts, now(), actor]).await?;
    changed(&mut tx, tenant, program).await?;
    tx.commit().await?;
    report.id = Some(id);
    Ok(report)
}

async fn room(tx: &mut Tx, tenant: &str, program: &str) -> Result<(), Refusal> {
    let sql = "SELECT COUNT(*) FROM busy WHERE tenant = $1 AND program = $2";
    let count = tx.run(sql, args![tenant, program]).await?.first().map(|row| row.int(0)).transpose()?;
    if count.unwrap_or(0) >= MOST {
        return Err(Refusal::Clash("too-many", format!("A programme has at most {MOST} calendars of others.")));
    }
    Ok(())
}

/// The programme's weeks are others now.
async fn changed(tx: &mut Tx, tenant: &str, program: &str) -> Result<(), Failure> {
    tx.run("UPDATE programs SET clock = clock + 1 WHERE tenant = $1 AND id = $2", args![tenant, program]).await?;
    Ok(())
}

/// Subscribes to somebody's calendar; it is read at once, and again and again, in the background.
pub async fn subscribe(
    store: &Store,
    (tenant, program): (&str, &str),
    actor: &str,
    whose: &Whose,
    url: &str,
) -> Result<Source, Refusal> {
    about(store, (tenant, program), whose, Weeks::default()).await?;
    let (name, subject) = whose.named();
    let mut tx = store.begin().await?;
    program::hold(&mut tx, tenant, program).await?;
    room(&mut tx, tenant, program).await?;
    let id = Uuid::new_v4().to_string();
    let sql = format!(
        "INSERT INTO busy (id, tenant, program, part, subject, url, seal, spans, doubts, created, actor) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, '[]', '[]', $8, $9) RETURNING {COLUMNS}"
    );
    let (seal, at) = (tx.seal(), At { tenant, program, id: &id });
    let (url, key) = SUBSCRIPTIONS.close(&seal, at, url.to_owned())?;
    let rows = tx.run(&sql, args![&id, tenant, program, name, subject, url, key, now(), actor]).await?;
    let made = rows.first().map(|row| source(&seal, (tenant, program), row)).transpose()?;
    let new = New { tenant, program, errand: Errand::Subscription, target: &id, event: "refresh", body: "" };
    outbox::put(&mut tx, new).await?;
    tx.commit().await?;
    Ok(made.ok_or_else(|| Failure::Internal("A calendar was not stored.".into()))?)
}

const COLUMNS: &str = "id, part, subject, url, seal, spans, doubts, created, actor, fetched, failure";
const NO_SOURCE: Refusal = Refusal::Missing("There is no such calendar.");

fn source(seal: &Seal, (tenant, program): (&str, &str), row: &Row) -> Result<Source, Failure> {
    let (id, part, subject) = (row.text(0)?, row.text(1)?, row.text(2)?);
    let at = At { tenant, program, id: &id };
    let url = row.maybe_text(3)?.map(|_| SUBSCRIPTIONS.open(seal, at, row, 3)).transpose()?;
    let of = |wanted: &str| (part == wanted).then(|| subject.clone());
    let host = url.and_then(|url| Some(url::Url::parse(&url).ok()?.host_str()?.to_owned()));
    Ok(Source {
        clinician: of("clinician"),
        participant: of("participant"),
        host,
        times: stored::<Vec<Span>>(&row.text(5)?)?.len(),
        not_understood: stored(&row.text(6)?)?,
        created: row.int(7)?,
        actor: row.text(8)?,
        fetched: row.maybe_int(9)?,
        failure: row.maybe_text(10)?,
        id,
    })
}

/// The programme's calendars of others, the first first.
pub async fn list(store: &Store, tenant: &str, program: &str) -> Result<Vec<Source>, Refusal> {
    is_there(store, tenant, program).await?;
    let sql = format!("SELECT {COLUMNS} FROM busy WHERE tenant = $1 AND program = $2 ORDER BY created, id");
    let (rows, seal) = (store.read(&sql, args![tenant, program]).await?, store.seal());
    Ok(rows.iter().map(|row| source(&seal, (tenant, program), row)).collect::<Result<_, _>>()?)
}

/// One of them, with its times.
pub async fn get(store: &Store, tenant: &str, program: &str, id: &str) -> Result<(Source, Vec<BusyTime>), Refusal> {
    let sql = format!("SELECT {COLUMNS} FROM busy WHERE tenant = $1 AND program = $2 AND id = $3");
    let rows = store.read(&sql, args![tenant, program, id]).await?;
    let row = rows.first().ok_or(NO_SOURCE)?;
    let source = source(&store.seal(), (tenant, program), row)?;
    Ok((source, shown(&stored::<Vec<Span>>(&row.text(5)?)?, usize::MAX)))
}

/// Has a subscribed calendar read again at once.
pub async fn refresh(store: &Store, tenant: &str, program: &str, id: &str) -> Result<(), Refusal> {
    let mut tx = store.begin().await?;
    let sql = "SELECT url FROM busy WHERE tenant = $1 AND program = $2 AND id = $3";
    let rows = tx.run(sql, args![tenant, program, id]).await?;
    if rows.first().ok_or(NO_SOURCE)?.maybe_text(0)?.is_none() {
        return Err(Refusal::Clash("not-subscribed", "This calendar was uploaded; upload it again.".into()));
    }
    outbox::hurry(&mut tx, id).await?;
    tx.commit().await?;
    Ok(())
}

/// Forgets a calendar, and when it said that somebody is busy.
pub async fn delete(store: &Store, tenant: &str, program: &str, id: &str) -> Result<(), Refusal> {
    let mut tx = store.begin().await?;
    let sql = "DELETE FROM busy WHERE tenant = $1 AND program = $2 AND id = $3 RETURNING id";
    if tx.run(sql, args![tenant, program, id]).await?.is_empty() {
        return Err(NO_SOURCE);
    }
    outbox::forget(&mut tx, id).await?;
    changed(&mut tx, tenant, program).await?;
    tx.commit().await?;
    Ok(())
}

/// A calendar that is subscribed to, as it was last seen.
#[derive(Debug, Clone)]
pub struct Subscribed {
    pub whose: Whose,
    pub url: String,
    pub etag: Option<String>,
}

/// The calendar of a subscription; nothing if it is gone.
pub async fn subscribed(store: &Store, tenant: &str, id: &str) -> Result<Option<Subscribed>, Failure> {
    // Once a day it is read anew, however it stands: the weeks that it is read for go on.
    let sql = "SELECT part, subject, CASE WHEN read > $3 THEN etag END, program, url, seal FROM busy \
               WHERE tenant = $1 AND id = $2 AND url IS NOT NULL";
    let rows = store.read(sql, args![tenant, id, now() - DAY]).await?;
    let Some(row) = rows.first() else { return Ok(None) };
    let subject = row.text(1)?;
    let whose = if row.text(0)? == "clinician" { Whose::Clinician(subject) } else { Whose::Participant(subject) };
    let url = SUBSCRIPTIONS.open(&store.seal(), At { tenant, program: &row.text(3)?, id }, row, 4)?;
    Ok(Some(Subscribed { whose, url, etag: row.maybe_text(2)? }))
}

/// Notes what was read of a subscribed calendar; `read` is nothing where it is as it was.
pub async fn note(
    store: &Store,
    (tenant, program): (&str, &str),
    id: &str,
    read: Option<(Busy, Option<String>)>,
) -> Result<(), Failure> {
    let mut tx = store.begin().await?;
    if let Some((read, etag)) = read {
        let spans = json(&read.spans)?;
        let sql = "SELECT id FROM busy WHERE id = $1 AND spans <> $2";
        let other = !tx.run(sql, args![id, &spans]).await?.is_empty();
        let sql = "UPDATE busy SET spans = $2, doubts = $3, etag = $4, read = $5 WHERE id = $1";
        tx.run(sql, args![id, spans, json(&read.not_understood)?, etag, now()]).await?;
        if other {
            changed(&mut tx, tenant, program).await?;
        }
    }
    tx.run("UPDATE busy SET fetched = $2, failure = NULL WHERE id = $1", args![id, now()]).await?;
    tx.commit().await
}

/// Notes why a subscribed calendar could not be read; what it said before still holds.
pub async fn failed(store: &Store, id: &str, why: &str) -> Result<(), Failure> {
    store.write("UPDATE busy SET failure = $2 WHERE id = $1", args![id, why]).await?;
    Ok(())
}

/// When people are busy in a week, as dated windows.
pub async fn of_week(on: &mut On<'_>, key: Key<'_>) -> Result<BusyTimes, Failure> {
    let sql = "SELECT part, subject, spans FROM busy WHERE tenant = $1 AND program = $2 ORDER BY created, id";
    let rows = on.read(sql, args![key.tenant, key.program]).await?;
    let Ok(bounds) = (Weeks { from: key.date, count: 1 }).bounds() else { return Ok(BusyTimes::new()) };
    let bounds = (bounds.0.timestamp(), bounds.1.timestamp());
    let mut all = BTreeMap::<(Kind, String), Vec<Span>>::new();
    for row in rows {
        let kind = if row.text(0)? == "clinician" { Kind::Clinicians } else { Kind::Participants };
        all.entry((kind, row.text(1)?)).or_default().extend(stored::<Vec<Span>>(&row.text(2)?)?);
    }
    // Minutes are the contract's: what begins or ends within one takes all of it.
    let whole = |(from, to): Span| (from - from.rem_euclid(60), to + (60 - to.rem_euclid(60)) % 60);
    let windows = |spans: Vec<Span>| -> Vec<Value> {
        let spans = busy::merged(spans.into_iter().map(whole).collect(), bounds);
        spans.iter().map(|(from, to)| json!({ "from": written(*from), "to": written(*to) })).collect()
    };
    Ok(all.into_iter().map(|(who, spans)| (who, windows(spans))).filter(|(_, windows)| !windows.is_empty()).collect())
}
