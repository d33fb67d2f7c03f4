//! Calendar feeds: private addresses, each of one participant, clinician, room or group. A token is shown once, kept as a
//! hash, and reaches exactly one feed. What a feed says tells nothing of why somebody is in treatment, and of nobody else.

use std::collections::BTreeSet;

use careweave_solver::problem::{Fault, Problem};
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{Kind, Parts, Refusal, assemble, compute, history, is_there, stored, table};
use crate::{
    auth::keys,
    calendars::{Event, Part, write_events},
    failure::{Document, Failure},
    store::{Row, Store, args, now},
};

/// Hours after which a subscriber looks again.
const REFRESH: u32 = 1;
/// What UIDs are made in (UUID version 5).
const NAMESPACE: Uuid = Uuid::from_u128(0xb1d6_0c5e_7a2f_4f0b_9c44_0e6f_6f5b_92ad);

/// A feed as it may be shown.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Feed {
    pub id: String,
    /// Whose: one of these.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub participant: Option<String>,
    /// Of a participant's family: who, and only sessions to which they come too.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub family: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clinician: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub room: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// When it was made, in milliseconds since 1970.
    pub created: i64,
    /// Id of the key that made it, and with it noted the consent.
    pub actor: String,
}

/// A feed that a token has reached.
#[derive(Debug, Clone)]
pub struct Reached {
    pub id: String,
    pub tenant: String,
    pub program: String,
    part: Part,
    /// Who of the participant's family.
    family: Option<String>,
}

const PARTS: [&str; 4] = ["participant", "clinician", "room", "group"];

fn part(name: &str, id: String) -> Part {
    match name {
        "participant" => Part::Participant(id),
        "clinician" => Part::Clinician(id),
        "room" => Part::Room(id),
        _ => Part::Group(id),
    }
}

/// Reads what a feed is to be: whose, who of the family, and that there is consent.
fn read(body: &[u8]) -> Result<(&'static str, String, Option<String>), Failure> {
    let value: Value = serde_json::from_slice(body).map_err(|e| Failure::Syntax {
        document: Document::Request,
        line: e.line(),
        column: e.column(),
        detail: "this is not JSON".into(),
    })?;
    let mut faults = Vec::new();
    let mut fault = |pointer: &str, code, detail: &str| {
        let detail = detail.to_owned();
        faults.push(Fault { pointer: pointer.into(), path: pointer.into(), code, detail, hint: None });
    };
    let empty = serde_json::Map::new();
    let members = value.as_object().unwrap_or(&empty);
    for name in members.keys().filter(|name| !PARTS.contains(&&***name) && !["family", "consent"].contains(&&***name)) {
        let shown: String = name.chars().filter(|c| !c.is_control()).take(80).collect();
        let pointer = format!("/{}", shown.replace('~', "~0").replace('/', "~1"));
        fault(&pointer, "unknown-field", &format!("`{shown}` is not a field of a feed."));
    }
    let named: Vec<&'static str> = PARTS.into_iter().filter(|name| members.contains_key(*name)).collect();
    let mut subject = String::new();
    match named[..] {
        [name] => match &members[name] {
            Value::String(id) => subject = id.clone(),
            _ => fault(&format!("/{name}"), "wrong-type", "An id is expected here."),
        },
        _ => fault("", "one-of", "A feed is of one `participant`, `clinician`, `room` or `group`."),
    }
    let family = match members.get("family") {
        None | Some(Value::Null) => None,
        Some(Value::String(id)) if named[..] == ["participant"] => Some(id.clone()),
        Some(_) => {
            fault("/family", "wrong-type", "`family` is the id of somebody of a `participant`'s family.");
            None
        }
    };
    match members.get("consent") {
        Some(Value::Bool(true)) => {}
        // Of rooms, groups and staff a feed names nobody; refused all the same, where somebody says no.
        None if named[..] != ["participant"] && named.len() == 1 => {}
        None | Some(Value::Bool(false)) => {
            fault("/consent", "consent-needed", "A feed is only made once consent is recorded: `\"consent\": true`.");
        }
        Some(_) => fault("/consent", "wrong-type", "`consent` is true or false."),
    }
    match named.first() {
        Some(name) if faults.is_empty() => Ok((*name, subject, family)),
        _ => Err(Failure::Invalid { document: Document::Request, faults }),
    }
}

/// Makes a feed; gives its id and its token, this once.
pub async fn create(
    store: &Store,
    (tenant, program): (&str, &str),
    actor: &str,
    body: &[u8],
) -> Result<(String, String), Refusal> {
    is_there(store, tenant, program).await?;
    let (name, subject, family) = read(body)?;
    let kind = match name {
        "participant" => Kind::Participants,
        "clinician" => Kind::Clinicians,
        "room" => Kind::Rooms,
        _ => Kind::Groups,
    };
    let unknown = |pointer: String, detail: String| {
        let fault = Fault { path: pointer.clone(), pointer, code: "unknown-id", detail, hint: None };
        Refusal::from(Failure::Invalid { document: Document::Request, faults: vec![fault] })
    };
    let Ok(entity) = table::get(store, tenant, program, kind, &subject).await else {
        return Err(unknown(format!("/{name}"), format!("The programme has no such {name}.")));
    };
    let known: Value = stored(&entity.body)?;
    if let Some(member) = &family
        && !known["family"].as_array().is_some_and(|all| all.iter().any(|m| m["id"] == **member))
    {
        return Err(unknown("/family".into(), "The participant has nobody of this id in the family.".into()));
    }
    let (id, token) = (Uuid::new_v4().to_string(), keys::secret());
    let sql = "INSERT INTO feeds (id, tenant, program, part, subject, hash, created, actor, family) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    let row = args![&id, tenant, program, name, subject, keys::hashed(&token), now(), actor, family];
    store.write(sql, row).await?;
    Ok((id, token))
}

/// The programme's feeds, the first first.
pub async fn list(store: &Store, tenant: &str, program: &str) -> Result<Vec<Feed>, Refusal> {
    is_there(store, tenant, program).await?;
    let sql = "SELECT id, part, subject, created, actor, family FROM feeds WHERE tenant = $1 AND program = $2 ORDER BY created, id";
    let feed = |row: &Row| {
        let (name, subject) = (row.text(1)?, row.text(2)?);
        let of = |wanted: &str| if name == wanted { Some(subject.clone()) } else { None };
        Ok(Feed {
            id: row.text(0)?,
            participant: of("participant"),
            family: row.maybe_text(5)?,
            clinician: of("clinician"),
            room: of("room"),
            group: of("group"),
            created: row.int(3)?,
            actor: row.text(4)?,
        })
    };
    Ok(store.read(sql, args![tenant, program]).await?.iter().map(feed).collect::<Result<_, Failure>>()?)
}

/// Ends a feed: from now on its address leads nowhere.
pub async fn revoke(store: &Store, tenant: &str, program: &str, id: &str) -> Result<(), Refusal> {
    let sql = "DELETE FROM feeds WHERE tenant = $1 AND program = $2 AND id = $3 RETURNING id";
    if store.write(sql, args![tenant, program, id]).await?.is_empty() {
        return Err(Refusal::Missing("There is no such feed."));
    }
    Ok(())
}

/// The feed that a token reaches, and a name for the state of what it shows; in one look, so that who polls in vain costs
/// little.
pub async fn reach(store: &Store, token: &str) -> Result<Option<(Reached, String)>, Failure> {
    let hash = keys::hashed(token);
    // What was published; addresses, zones and public names; and whoever was erased. A change of a participant changes no
    // feed but those of the family, who come to what orders say; one that is gone does.
    let versions = "FROM week_versions v WHERE v.tenant = f.tenant AND v.program = f.program";
    let entities = "FROM entities e WHERE e.tenant = f.tenant AND e.program = f.program AND e.kind";
    let sql = format!(
        "SELECT f.id, f.tenant, f.program, f.part, f.subject, f.hash, (SELECT COUNT(*) {versions}), \
         (SELECT CAST(COALESCE(SUM(v.version), 0) AS BIGINT) {versions}), (SELECT COALESCE(MAX(v.at), 0) {versions}), \
         (SELECT COUNT(*) {entities} = 'sites'), (SELECT COALESCE(MAX(e.revision), 0) {entities} = 'sites'), \
         (SELECT COUNT(*) {entities} = 'services'), (SELECT COALESCE(MAX(e.revision), 0) {entities} = 'services'), \
         (SELECT COUNT(*) {entities} = 'participants'), \
         (SELECT COALESCE(MAX(e.revision), 0) {entities} = 'participants' AND e.id = f.subject AND f.family IS NOT NULL), \
         f.family FROM feeds f WHERE f.hash = $1"
    );
    let rows = store.read(&sql, args![&hash]).await?;
    let Some(row) = rows.first() else { return Ok(None) };
    // The index has compared hashes, which nobody can choose; this comparison takes the same time for each of them.
    let differing = row.text(5)?.bytes().zip(hash.bytes()).fold(0, |all, (a, b)| all | (a ^ b));
    if differing != 0 {
        return Ok(None);
    }
    let (id, part) = (row.text(0)?, part(&row.text(3)?, row.text(4)?));
    let mut state = Sha256::new().chain_update(&id);
    for column in 6..15 {
        state = state.chain_update(format!("/{}", row.int(column)?));
    }
    let state = format!("{:x}", state.finalize()).chars().take(32).collect();
    Ok(Some((Reached { id, tenant: row.text(1)?, program: row.text(2)?, part, family: row.maybe_text(15)? }, state)))
}

/// The feed as iCalendar.
pub async fn show(store: &Store, feed: &Reached) -> Result<String, Refusal> {
    let parts = table::parts(store, &feed.tenant, &feed.program).await?;
    let versions = match history::latest(store, &feed.tenant, &feed.program).await? {
        Some(span) => history::versions(store, &feed.tenant, &feed.program, span).await?,
        None => Vec::new(),
    };
    let feed = feed.clone();
    Ok(compute(move || -> Result<_, Failure> {
        let events: Vec<Event> = events(&parts, versions, &feed)?.into_iter().map(|(_, event)| event).collect();
        Ok(write_events(&events, Some(REFRESH)))
    })
    .await??)
}

impl Reached {
    /// Ids of the orders to which somebody of the family comes too; nothing where the feed is nobody's of a family.
    fn family_orders<'p>(&self, problem: &'p Problem) -> Option<BTreeSet<&'p str>> {
        let (Part::Participant(id), Some(member)) = (&self.part, &self.family) else { return None };
        let participant = problem.participants.iter().find(|p| *p.id == **id);
        let orders = participant.into_iter().flat_map(|p| &p.orders);
        Some(orders.filter(|o| o.family.iter().any(|m| **m == **member)).map(|o| &*o.id).collect())
    }
}

/// The events of a feed, each with the first day of its week.
fn events(parts: &Parts, versions: history::Versions, feed: &Reached) -> Result<Vec<(String, Event)>, Failure> {
    let problem = assemble::read(&parts.whole()?)?;
    let orders = feed.family_orders(&problem);
    let concerns = |s: &Value| {
        let theirs = orders.as_ref().is_none_or(|orders| s["order"].as_str().is_some_and(|o| orders.contains(o)));
        theirs && feed.part.has_json(s)
    };
    let occasions = history::occasions(versions, concerns, |s| shown(&feed.part, s))?;
    let dated = |o: history::Occasion| Some((o.week.clone(), event(&problem, feed, &o)?));
    Ok(occasions.into_iter().filter_map(dated).collect())
}

/// What is published, for those who are told of it.
#[derive(Debug, Default)]
pub struct Shown {
    /// The first day of the first week that is shown.
    pub from: Option<String>,
    /// Events, each with the first day of its week.
    pub events: Vec<(String, Event)>,
}

/// What is published of a programme, or of a clinician: as a feed shows it.
pub async fn published(
    store: &Store,
    tenant: &str,
    program: &str,
    clinician: Option<String>,
) -> Result<Shown, Refusal> {
    let parts = table::parts(store, tenant, program).await?;
    let Some(span) = history::latest(store, tenant, program).await? else { return Ok(Shown::default()) };
    let versions = history::versions(store, tenant, program, span).await?;
    let part = clinician.map_or(Part::Whole, Part::Clinician);
    let (tenant, program) = (tenant.to_owned(), program.to_owned());
    let of = Reached { id: String::new(), tenant, program, part, family: None };
    let events = compute(move || events(&parts, versions, &of)).await??;
    Ok(Shown { from: Some(span.bounds().0), events })
}

/// What of a session a feed shows.
fn shown(part: &Part, session: &Value) -> Value {
    let count = match part {
        Part::Participant(_) => 0,
        _ => session["participants"].as_array().map_or(0, Vec::len),
    };
    json!([session["start"], session["end"], session["site"], session["modality"], session["service"], count])
}

fn event(problem: &Problem, feed: &Reached, occasion: &history::Occasion) -> Option<Event> {
    let session = &occasion.session;
    let text = |name: &str| session[name].as_str().unwrap_or_default();
    let at = |name: &str| DateTime::parse_from_rfc3339(text(name)).ok().map(|t| t.to_utc());
    let site = problem.sites.iter().find(|s| *s.id == *text("site"));
    let service = problem.services.iter().find(|s| *s.id == *text("service"));
    let place = || match (text("modality"), site) {
        ("telehealth", _) => "By video or telephone".to_owned(),
        (_, Some(site)) => site.address.clone().unwrap_or_else(|| site.name.clone()),
        (_, None) => String::new(),
    };
    let description = match feed.part {
        Part::Participant(_) => None,
        _ => Some(crate::failure::counted(session["participants"].as_array().map_or(0, Vec::len), "participant")),
    };
    Some(Event {
        uid: uid(&feed.tenant, &feed.program, &occasion.week, text("id")),
        sequence: occasion.sequence,
        stamp: DateTime::from_timestamp_millis(occasion.at).unwrap_or_else(Utc::now),
        start: at("start")?,
        end: at("end")?,
        zone: site.map_or(text("time_zone").to_owned(), |s| s.time_zone.clone()),
        summary: service.map_or("Appointment".to_owned(), |s| s.public_name.clone()),
        location: place(),
        description,
        cancelled: Some(occasion.cancelled),
    })
}

/// The same session of the same week has the same UID wherever it is shown.
fn uid(tenant: &str, program: &str, week: &str, session: &str) -> Uuid {
    Uuid::new_v5(&NAMESPACE, format!("{tenant}/{program}/{week}/{session}").as_bytes())
}

/// UIDs of all sessions that feeds show now: somebody's calendar may give them back.
pub async fn own_uids(store: &Store, tenant: &str, program: &str) -> Result<BTreeSet<String>, Failure> {
    let versions = match history::latest(store, tenant, program).await? {
        Some(span) => history::versions(store, tenant, program, span).await?,
        None => return Ok(BTreeSet::new()),
    };
    let (tenant, program) = (tenant.to_owned(), program.to_owned());
    compute(move || {
        let occasions = history::occasions(versions, |_| true, |_| Value::Null)?;
        let id = |o: &history::Occasion| o.session["id"].as_str().map(str::to_owned);
        let of = |o: history::Occasion| Some(uid(&tenant, &program, &o.week, &id(&o)?).to_string());
        Ok(occasions.into_iter().filter_map(of).collect())
    })
    .await?
}
