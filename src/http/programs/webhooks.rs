//! `/v1/programs/{program}/webhooks`: addresses that are told what happens, what they were told, and told again.

use std::sync::Arc;

use axum::{
    Json,
    body::Body,
    extract::{Path, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::super::{
    App, Error,
    caller::Caller,
    error::ProblemDetails,
    json::Reading,
    listing::Page,
    params::{self, Params},
};
use crate::{
    failure::{Document, Failure},
    outbound::Outbound,
    programs::{
        self,
        outbox::Delivery,
        webhooks::{self, EVENTS, Webhook, Wish},
    },
};

/// The routes.
pub fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(get, patch, delete))
        .routes(routes!(deliveries))
        .routes(routes!(replay))
}

/// What a webhook is to be.
#[derive(ToSchema)]
#[allow(dead_code, reason = "describes a body that is read member by member")]
struct NewWebhook {
    /// Where messages go: https, a public address; a new webhook needs it.
    url: Option<String>,
    /// What it is told, of `week.published`, `solve.finished`; all where nothing is said.
    events: Option<Vec<String>>,
    /// Whether it is told anything for now; true at first.
    active: Option<bool>,
}

/// A webhook that was made.
#[derive(Serialize, ToSchema)]
struct MadeWebhook {
    #[serde(flatten)]
    webhook: Webhook,
    /// Signs its messages, as Standard Webhooks says; shown this once.
    secret: String,
}

/// What a webhook was told.
#[derive(Serialize, ToSchema)]
struct DeliveryPage {
    /// Messages of the last 30 days, the latest first.
    items: Vec<Delivery>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Most {
    /// How many, at most 1000; 100 by default
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<i64>,
}

/// Reads what a webhook is to be.
fn read(body: &[u8], outbound: &Outbound, new: bool) -> Result<Wish, Failure> {
    let mut reading = Reading::body(body, &["url", "events", "active"])?;
    let url = if new { reading.required("url") } else { reading.optional("url") };
    let url = url.and_then(|value| match serde_json::from_str::<String>(value.get()) {
        Ok(text) => outbound
            .address(&text)
            .map_err(|why| reading.fault("url", "invalid-address", why, None))
            .ok()
            .map(|url| url.to_string()),
        Err(_) => {
            reading.fault("url", "wrong-type", "An address is expected here.".into(), None);
            None
        }
    });
    let events = reading.optional("events").map(|value| {
        let list = serde_json::from_str::<Vec<String>>(value.get()).unwrap_or_default();
        if list.is_empty() || list.iter().any(|e| !EVENTS.contains(&&**e)) {
            let detail = format!("`events` is a list of {}.", EVENTS.map(|e| format!("`{e}`")).join(" and "));
            reading.fault("events", "unknown-value", detail, None);
        }
        list
    });
    let active = reading.optional("active").map(|value| {
        let read = serde_json::from_str::<bool>(value.get());
        if read.is_err() {
            reading.fault("active", "wrong-type", "`active` is true or false.".into(), None);
        }
        read.unwrap_or_default()
    });
    let faults = reading.faults();
    if faults.is_empty() {
        Ok(Wish { url, events, active })
    } else {
        Err(Failure::Invalid { document: Document::Request, faults })
    }
}

/// Makes a webhook.
///
/// Messages are signed as Standard Webhooks says, tried again for a day where they do not arrive, and may come twice: the
/// `webhook-id` tells.
#[utoipa::path(
    post, path = "/v1/programs/{program}/webhooks", operation_id = "create_webhook", tag = "webhooks", request_body = NewWebhook,
    params(("program" = String, Path, description = "Id of the programme")),
    responses(
        (status = 201, description = "It is made", body = MadeWebhook, headers(("Location" = String, description = "Where it is"))),
        (status = 400, description = "Not JSON", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 404, description = "No such programme", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 409, description = "The programme has too many (`too-many`)", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 422, description = "Invalid; all errors at once (`invalid-address`: not https, or not public)", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
async fn create(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(program): Path<String>,
    body: Body,
) -> Result<Response, Error> {
    let (store, body) = (app.jobs.store(), app.bodies.read(body).await?);
    programs::is_there(store, &caller.tenant, &program).await?;
    let mut wish = read(&body.bytes, app.delivery.outbound(), true)?;
    let url = wish.url.take().unwrap_or_default();
    let (webhook, secret) = webhooks::create(store, (&caller.tenant, &program), &caller.actor, &url, wish).await?;
    let location = [(header::LOCATION, format!("/v1/programs/{program}/webhooks/{}", webhook.id))];
    Ok((StatusCode::CREATED, location, Json(MadeWebhook { webhook, secret })).into_response())
}

/// The programme's webhooks, without their secrets.
#[utoipa::path(
    get, path = "/v1/programs/{program}/webhooks", operation_id = "list_webhooks", tag = "webhooks",
    params(("program" = String, Path, description = "Id of the programme")),
    responses(
        (status = 200, description = "The webhooks", body = Page<Webhook>),
        (status = 404, description = "No such programme", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(program): Path<String>,
) -> Result<Json<Page<Webhook>>, Error> {
    Ok(Page::whole(webhooks::list(app.jobs.store(), &caller.tenant, &program).await?))
}

/// A webhook, without its secret.
#[utoipa::path(
    get, path = "/v1/programs/{program}/webhooks/{id}", operation_id = "get_webhook", tag = "webhooks",
    params(("program" = String, Path, description = "Id of the programme"), ("id" = String, Path, description = "Id of the webhook")),
    responses(
        (status = 200, description = "The webhook", body = Webhook),
        (status = 404, description = "No such webhook", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
async fn get(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((program, id)): Path<(String, String)>,
) -> Result<Json<Webhook>, Error> {
    Ok(Json(webhooks::get(app.jobs.store(), &caller.tenant, &program, &id).await?))
}

/// Changes a webhook; what is not said stays, its secret always.
#[utoipa::path(
    patch, path = "/v1/programs/{program}/webhooks/{id}", operation_id = "patch_webhook", tag = "webhooks", request_body = NewWebhook,
    params(("program" = String, Path, description = "Id of the programme"), ("id" = String, Path, description = "Id of the webhook")),
    responses(
        (status = 200, description = "The webhook as it is now", body = Webhook),
        (status = 400, description = "Not JSON", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 404, description = "No such webhook", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 422, description = "Invalid; all errors at once", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
async fn patch(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((program, id)): Path<(String, String)>,
    body: Body,
) -> Result<Json<Webhook>, Error> {
    let (store, body) = (app.jobs.store(), app.bodies.read(body).await?);
    webhooks::get(store, &caller.tenant, &program, &id).await?;
    let wish = read(&body.bytes, app.delivery.outbound(), false)?;
    Ok(Json(webhooks::change(store, (&caller.tenant, &program), &id, wish).await?))
}

/// Ends a webhook; what it was not told yet, it is not told any more.
#[utoipa::path(
    delete, path = "/v1/programs/{program}/webhooks/{id}", operation_id = "delete_webhook", tag = "webhooks",
    params(("program" = String, Path, description = "Id of the programme"), ("id" = String, Path, description = "Id of the webhook")),
    responses(
        (status = 204, description = "It is ended"),
        (status = 404, description = "No such webhook", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
async fn delete(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((program, id)): Path<(String, String)>,
) -> Result<StatusCode, Error> {
    webhooks::delete(app.jobs.store(), &caller.tenant, &program, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What a webhook was told and is to be told, and what came of it.
#[utoipa::path(
    get, path = "/v1/programs/{program}/webhooks/{id}/deliveries", operation_id = "list_deliveries", tag = "webhooks",
    params(("program" = String, Path, description = "Id of the programme"), ("id" = String, Path, description = "Id of the webhook"), Most),
    responses(
        (status = 200, description = "The messages", body = DeliveryPage),
        (status = 404, description = "No such webhook", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 422, description = "Unknown parameter", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
async fn deliveries(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((program, id)): Path<(String, String)>,
    Params(Most { limit }): Params<Most>,
) -> Result<Json<DeliveryPage>, Error> {
    let most = params::limit(limit)?;
    let items = webhooks::deliveries(app.jobs.store(), (&caller.tenant, &program), &id, most).await?;
    Ok(Json(DeliveryPage { items }))
}

/// Sends a message again, at once and with the same id.
#[utoipa::path(
    post, path = "/v1/programs/{program}/webhooks/{id}/deliveries/{delivery}/replay", operation_id = "replay_delivery", tag = "webhooks",
    params(
        ("program" = String, Path, description = "Id of the programme"), ("id" = String, Path, description = "Id of the webhook"),
        ("delivery" = String, Path, description = "Id of the message"),
    ),
    responses(
        (status = 202, description = "It is sent again", body = Delivery),
        (status = 404, description = "No such message", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
async fn replay(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((program, id, delivery)): Path<(String, String, String)>,
) -> Result<Response, Error> {
    let again = webhooks::replay(app.jobs.store(), (&caller.tenant, &program), &id, &delivery).await?;
    Ok((StatusCode::ACCEPTED, Json(again)).into_response())
}
