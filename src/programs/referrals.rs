//! FHIR in: a Bundle from an EHR becomes drafts of entities. What is there already keeps what the Bundle does not say; who
//! is new is there, but is planned nowhere before somebody has said what FHIR can't: shifts, hours, an admission.

use std::collections::BTreeMap;

use careweave_solver::problem::{Date, Fault};
use serde::Serialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use super::{
    Kind, Parts, Refusal, Stored, compute,
    edit::merge,
    episode, json,
    records::{self, Whose},
    stored,
    table::{self, Written},
};
use crate::{
    calendars::fhir::{Element, Order, read},
    failure::{Document, Failure},
    store::Store,
};

/// What became of a Bundle.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
pub struct Referred {
    /// Whether nothing was changed: it was only asked what would be.
    pub dry_run: bool,
    /// What is new, by list and id: `/participants/p7`.
    pub created: Vec<String>,
    /// What is another now.
    pub updated: Vec<String>,
    /// What is as the Bundle says already.
    pub unchanged: Vec<String>,
    /// What a person has to say before a draft is planned with.
    pub to_complete: Vec<ToComplete>,
    /// What of the Bundle was not understood, by resource and element.
    pub not_understood: Vec<Element>,
}

/// Fields of a draft that FHIR did not say.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ToComplete {
    /// The draft, by list and id.
    pub path: String,
    /// The fields, which have something in them that plans nobody, or the usual.
    pub fields: Vec<&'static str>,
}

/// Whose programme, and what may be done.
#[derive(Debug, Clone, Copy)]
pub struct Referral<'a> {
    pub tenant: &'a str,
    pub program: &'a str,
    /// The day from which new participants wait.
    pub today: Date,
    /// Whether names, telephones and addresses may be kept.
    pub records: bool,
    pub dry_run: bool,
}

/// Takes a Bundle into a programme, all of it that is understood or nothing.
pub async fn refer(store: &Store, of: Referral<'_>, bundle: Value) -> Result<Referred, Refusal> {
    let Referral { tenant, program, today, records: may, dry_run } = of;
    let mut tx = store.begin().await?;
    let parts = table::lock(&mut tx, tenant, program).await?;
    let (mut referred, changed, records) = compute(move || apply(parts, &bundle, today)).await??;
    referred.dry_run = dry_run;
    if !may {
        for id in records.keys() {
            referred.not_understood.push(Element {
                resource: format!("Patient/{id}"),
                element: "name".into(),
                detail: "Names, telephones and addresses are kept only for keys with the scope `record`.".into(),
            });
        }
    }
    if dry_run {
        return Ok(referred);
    }
    for (kind, entity) in &changed {
        table::put(&mut tx, tenant, program, *kind, entity).await?;
    }
    for (participant, record) in records.into_iter().filter(|_| may) {
        records::change(&mut tx, Whose { tenant, program, participant: &participant }, record, true).await?;
    }
    tx.commit().await?;
    Ok(referred)
}

type Applied = (Referred, Vec<(Kind, Written)>, BTreeMap<String, Value>);

/// What a Bundle makes of a programme.
fn apply(mut parts: Parts, bundle: &Value, today: Date) -> Result<Applied, Failure> {
    let read = read(bundle).map_err(|detail| {
        let fault = Fault { pointer: String::new(), path: String::new(), code: "no-bundle", detail, hint: None };
        Failure::Invalid { document: Document::Request, faults: vec![fault] }
    })?;
    let before = parts.clone();
    let mut drafts =
        Drafts { referred: Referred { not_understood: read.not_understood, ..Referred::default() }, all: Vec::new() };
    let lists = [
        ("sites", Kind::Sites),
        ("rooms", Kind::Rooms),
        ("clinicians", Kind::Clinicians),
        ("participants", Kind::Participants),
    ];
    let mut entities = read.entities;
    for (list, kind) in lists {
        for fields in entities.remove(list).unwrap_or_default() {
            drafts.entity(&parts, kind, fields, today)?;
        }
        // Rooms may be of new sites, people at home at them.
        drafts.put_among(&mut parts, kind);
    }
    let services = parts.list(Kind::Services).iter().map(|e| stored(&e.body));
    let services: Vec<Value> = services.collect::<Result<_, _>>()?;
    for order in read.orders {
        drafts.order(&mut parts, &services, order)?;
    }
    let mut faults = parts.faults()?;
    for (kind, id) in drafts.all.iter().map(|(kind, before)| (*kind, &before.id)) {
        if let Some(entity) = parts.list(kind).iter().find(|e| e.id == *id) {
            let own = episode::faults(kind, &stored(&entity.body)?);
            faults.extend(own.into_iter().map(|f| Fault { path: format!("/{}/{id}{}", kind.name(), f.path), ..f }));
        }
    }
    if !faults.is_empty() {
        return Err(Failure::Invalid { document: Document::Request, faults });
    }
    let records = read.records.into_iter().filter(|(id, _)| has(&parts, Kind::Participants, id)).collect();
    let (referred, changed) = drafts.finish(&before, &parts)?;
    Ok((referred, changed, records))
}

fn has(parts: &Parts, kind: Kind, id: &str) -> bool {
    parts.list(kind).iter().any(|e| e.id == id)
}

/// What is being made of a Bundle.
struct Drafts {
    referred: Referred,
    /// As everything was before, by list; nothing of what is new.
    all: Vec<(Kind, Before)>,
}

struct Before {
    id: String,
    body: Option<String>,
    new: Option<Stored>,
}

impl Drafts {
    fn note(&mut self, resource: &str, element: &str, detail: &str) {
        let (resource, element) = (resource.to_owned(), element.to_owned());
        self.referred.not_understood.push(Element { resource, element, detail: detail.to_owned() });
    }

    /// An entity with the fields that a resource says.
    fn entity(&mut self, parts: &Parts, kind: Kind, fields: Map<String, Value>, today: Date) -> Result<(), Failure> {
        let id = fields["id"].as_str().unwrap_or_default().to_owned();
        if self.all.iter().any(|(of, b)| *of == kind && b.id == id) {
            self.note(&format!("{}/{id}", kind.name()), "", "It is there twice; the first counts.");
            return Ok(());
        }
        let old = parts.list(kind).iter().find(|e| e.id == id);
        let (mut body, position, aside) = match old {
            Some(old) => (stored(&old.body)?, old.position, old.aside.clone()),
            None => {
                let (draft, to_complete) = draft(parts, kind, &fields, today)?;
                let Some(draft) = draft else {
                    self.note(&format!("{}/{id}", kind.name()), "", "The programme has no site at which it could be.");
                    return Ok(());
                };
                let missing: Vec<&str> = to_complete.into_iter().filter(|f| !fields.contains_key(*f)).collect();
                if !missing.is_empty() {
                    let path = format!("/{}/{id}", kind.name());
                    self.referred.to_complete.push(ToComplete { path, fields: missing });
                }
                let behind = self.all.iter().filter(|(of, b)| *of == kind && b.body.is_none()).count() as i64;
                (draft, parts.list(kind).last().map_or(1, |e| e.position + 1) + behind, "{}".to_owned())
            }
        };
        merge(&mut body, Value::Object(fields));
        let new = Stored { id: id.clone(), position, revision: parts.clock, body: json(&body)?, aside };
        self.all.push((kind, Before { id, body: old.map(|e| e.body.clone()), new: Some(new) }));
        Ok(())
    }

    /// Puts the drafts of a list among what the programme has.
    fn put_among(&mut self, parts: &mut Parts, kind: Kind) {
        for new in self.all.iter_mut().filter(|(of, _)| *of == kind).filter_map(|(_, before)| before.new.take()) {
            match parts.list_mut(kind).iter_mut().find(|e| e.id == new.id) {
                Some(place) => *place = new,
                None => parts.list_mut(kind).push(new),
            }
        }
    }

    /// An order of a participant, new or with what a ServiceRequest says of it.
    fn order(&mut self, parts: &mut Parts, services: &[Value], order: Order) -> Result<(), Failure> {
        let Some(service) = service(services, &order.service) else {
            self.note(&order.resource, "code", "The programme has no service of this id, billing code or name.");
            return Ok(());
        };
        let mut fields = order.fields;
        if let Some(list) = fields.get_mut("prefer").and_then(Value::as_array_mut) {
            let known = list.len();
            list.retain(|id| id.as_str().is_some_and(|id| has(parts, Kind::Clinicians, id)));
            if list.len() < known {
                self.note(&order.resource, "performer", "The programme has no such clinician.");
            }
        }
        let clock = parts.clock;
        let Some(entity) = parts.list_mut(Kind::Participants).iter_mut().find(|e| e.id == order.participant) else {
            self.note(&order.resource, "subject", "Neither the programme nor the Bundle has such a Patient.");
            return Ok(());
        };
        if !self.all.iter().any(|(kind, b)| *kind == Kind::Participants && b.id == entity.id) {
            let before = Before { id: entity.id.clone(), body: Some(entity.body.clone()), new: None };
            self.all.push((Kind::Participants, before));
        }
        let mut body: Value = stored(&entity.body)?;
        if body["orders"].is_null() {
            body["orders"] = json!([]);
        }
        let list = body["orders"].as_array_mut();
        let list = list.ok_or_else(|| Failure::Internal("The orders of a participant are no list.".into()))?;
        fields.insert("service".into(), json!(service));
        match list.iter_mut().find(|o| o["id"] == fields["id"]) {
            Some(old) => merge(old, Value::Object(fields)),
            None => {
                if !fields.contains_key("sessions") {
                    fields.insert("sessions".into(), json!(1));
                    let path =
                        format!("/participants/{}/orders/{}", entity.id, fields["id"].as_str().unwrap_or_default());
                    self.referred.to_complete.push(ToComplete { path, fields: vec!["sessions"] });
                }
                list.push(Value::Object(fields));
            }
        }
        (entity.body, entity.revision) = (json(&body)?, clock);
        Ok(())
    }

    /// What has changed.
    fn finish(mut self, was: &Parts, parts: &Parts) -> Result<(Referred, Vec<(Kind, Written)>), Failure> {
        let mut changed = Vec::new();
        for (kind, before) in self.all {
            let Some(now) = parts.list(kind).iter().find(|e| e.id == before.id) else { continue };
            let path = format!("/{}/{}", kind.name(), before.id);
            match before.body {
                None => self.referred.created.push(path),
                Some(body) if stored::<Value>(&body)? == stored::<Value>(&now.body)? => {
                    self.referred.unchanged.push(path);
                    continue;
                }
                Some(_) => self.referred.updated.push(path),
            }
            let was = was.list(kind).iter().find(|e| e.id == before.id);
            changed.push((kind, Written::new(kind, now.clone(), was, None)?));
        }
        Ok((self.referred, changed))
    }
}

/// The first service that goes by one of these names.
fn service(services: &[Value], names: &[String]) -> Option<String> {
    let by = |field: &str| {
        let is = |s: &&Value| s[field].as_str().is_some_and(|own| names.iter().any(|n| n.eq_ignore_ascii_case(own)));
        services.iter().find(is).and_then(|s| s["id"].as_str()).map(str::to_owned)
    };
    by("id").or_else(|| by("billing_code")).or_else(|| by("name"))
}

/// A new entity that plans nobody, and the fields that are still to be said.
fn draft(
    parts: &Parts,
    kind: Kind,
    fields: &Map<String, Value>,
    today: Date,
) -> Result<(Option<Value>, Vec<&'static str>), Failure> {
    let id = &fields["id"];
    let first = parts.list(Kind::Sites).first().map(|e| stored::<Value>(&e.body)).transpose()?;
    let of_first = |field: &str| first.as_ref().map(|site| site[field].clone());
    let several = parts.list(Kind::Sites).len() > 1;
    Ok(match kind {
        Kind::Sites => {
            let draft = json!({
                "id": id, "name": id, "time_zone": of_first("time_zone").unwrap_or(json!("UTC")),
                "jurisdiction": of_first("jurisdiction").unwrap_or(json!("unknown")), "hours": [],
            });
            (Some(draft), vec!["name", "time_zone", "jurisdiction", "hours"])
        }
        Kind::Rooms => {
            let site = fields.get("site").cloned().or(of_first("id"));
            (
                site.map(|site| json!({ "id": id, "site": site, "capacity": 1, "hours": [] })),
                vec!["site", "capacity", "hours"],
            )
        }
        Kind::Clinicians => {
            let mut to_complete = vec!["name", "credentials", "licensed_in", "shifts"];
            if several {
                to_complete.push("home_site");
            }
            (of_first("id").map(|site| json!({ "id": id, "name": id, "home_site": site, "shifts": [] })), to_complete)
        }
        _ => {
            let mut to_complete = vec!["admitted"];
            if several {
                to_complete.push("home_site");
            }
            let waiting = json!({ "since": today.to_string() });
            (
                of_first("id").map(|site| json!({ "id": id, "home_site": site, "orders": [], "waiting": waiting })),
                to_complete,
            )
        }
    })
}
