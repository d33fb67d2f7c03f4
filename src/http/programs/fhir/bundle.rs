//! `POST /v1/programs/{program}/fhir`: a Bundle from an EHR becomes drafts.

use std::sync::Arc;

use axum::{
    Json,
    body::Body,
    extract::{Path, State},
};
use careweave_solver::problem::Date;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::super::super::{App, Error, caller::Caller, error::ProblemDetails, params::Params};
use crate::{
    auth::Scope,
    programs::{
        self,
        referrals::{self, Referral, Referred},
    },
};

/// The route.
pub fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(refer))
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct DryRun {
    /// Whether it is only told what would change
    #[serde(default)]
    dry_run: bool,
}

/// Takes a Bundle of Practitioner, Location, Patient and ServiceRequest; what it says becomes clinicians, sites and rooms,
/// participants, orders.
///
/// New participants are on the waiting list, new clinicians have no shifts, new sites and rooms no hours: nobody is planned
/// before `to_complete` is done. What is there keeps what the Bundle does not say.
#[utoipa::path(
    post, path = "/v1/programs/{program}/fhir", operation_id = "fhir_refer", tag = "fhir",
    request_body(content = Value, content_type = "application/fhir+json"),
    params(("program" = String, Path, description = "Id of the programme"), DryRun),
    responses(
        (status = 200, description = "What became of it, and what was not understood", body = Referred),
        (status = 400, description = "Not JSON", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 404, description = "No such programme", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 413, description = "Too large", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 422, description = "No Bundle, or what it would make is invalid; all errors at once", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
async fn refer(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(program): Path<String>,
    Params(DryRun { dry_run }): Params<DryRun>,
    body: Body,
) -> Result<Json<Referred>, Error> {
    let (store, body) = (app.jobs.store(), app.bodies.read(body).await?);
    programs::is_there(store, &caller.tenant, &program).await?;
    let bundle = super::super::value(&body.bytes)?;
    let of = Referral {
        tenant: &caller.tenant,
        program: &program,
        today: Date(crate::clock::now().date_naive()),
        records: caller.scopes.contains(&Scope::Record),
        dry_run,
    };
    Ok(Json(referrals::refer(store, of, bundle).await?))
}
