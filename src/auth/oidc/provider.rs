//! The provider as we know it: its description and keys, fetched when they are needed and kept for a while.

use std::{
    fmt,
    pin::Pin,
    time::{Duration, Instant as Moment},
};

use openidconnect::{
    AdditionalClaims, AuthType, ClientId, ClientSecret, EmptyExtraTokenFields, EndpointMaybeSet, EndpointNotSet,
    EndpointSet, HttpRequest, HttpResponse, IdTokenFields, IssuerUrl, StandardErrorResponse, StandardTokenResponse,
    core::{
        CoreAuthDisplay, CoreAuthPrompt, CoreClientAuthMethod, CoreErrorResponseType, CoreGenderClaim, CoreJsonWebKey,
        CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm, CoreProviderMetadata, CoreRevocableToken,
        CoreRevocationErrorResponse, CoreTokenIntrospectionResponse, CoreTokenType,
    },
};
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;

use super::mapping::Given;
use crate::client::{client, explained};

/// Claims that the standard has no name for, such as groups.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Extra(pub Given);

impl AdditionalClaims for Extra {}

/// What a code is exchanged for.
pub type Tokens = StandardTokenResponse<
    IdTokenFields<
        Extra,
        EmptyExtraTokenFields,
        CoreGenderClaim,
        CoreJweContentEncryptionAlgorithm,
        CoreJwsSigningAlgorithm,
    >,
    CoreTokenType,
>;

/// A client of a provider that was discovered.
pub type Client = openidconnect::Client<
    Extra,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    Tokens,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// How long the description and the keys are believed.
const KEPT: Duration = Duration::from_secs(600);
/// How long it is believed that the provider does not answer.
const PAUSE: Duration = Duration::from_secs(3);
/// Bytes of an answer.
const LONGEST: usize = 1 << 20;

/// A provider.
pub struct Provider {
    issuer: IssuerUrl,
    client_id: ClientId,
    secret: Option<ClientSecret>,
    http: reqwest::Client,
    known: Mutex<Option<(Moment, Result<Client, String>)>>,
}

impl Provider {
    /// A provider that is not asked yet.
    pub fn new(issuer: IssuerUrl, client_id: ClientId, secret: Option<ClientSecret>) -> Result<Self, String> {
        Ok(Provider { issuer, client_id, secret, http: client()?, known: Mutex::default() })
    }

    /// Its description, asked for where it is not known or old.
    pub async fn client(&self) -> Result<Client, String> {
        // Whoever comes meanwhile waits for the same answer.
        let mut known = self.known.lock().await;
        if let Some((since, answer)) = &*known
            && since.elapsed() < if answer.is_ok() { KEPT } else { PAUSE }
        {
            return answer.clone();
        }
        let answer = self.discover().await;
        *known = Some((Moment::now(), answer.clone()));
        answer
    }

    /// Asks anew the next time.
    pub async fn forget(&self) {
        *self.known.lock().await = None;
    }

    async fn discover(&self) -> Result<Client, String> {
        let found = CoreProviderMetadata::discover_async(self.issuer.clone(), &self.transport()).await;
        let found = found.map_err(|e| explained(&e))?;
        let methods = found.token_endpoint_auth_methods_supported().cloned();
        let client = Client::from_provider_metadata(found, self.client_id.clone(), self.secret.clone());
        // Where nothing is said the standard says: by the header.
        let by_header = methods.is_none_or(|m| m.contains(&CoreClientAuthMethod::ClientSecretBasic));
        Ok(if by_header { client } else { client.set_auth_type(AuthType::RequestBody) })
    }

    /// What sends requests to it.
    pub fn transport(&self) -> impl Fn(HttpRequest) -> Sending {
        let http = self.http.clone();
        move |request| Box::pin(send(http.clone(), request))
    }
}

/// An answer that is waited for.
type Sending = Pin<Box<dyn Future<Output = Result<HttpResponse, Unanswered>> + Send>>;

async fn send(http: reqwest::Client, request: HttpRequest) -> Result<HttpResponse, Unanswered> {
    let fault = |e: reqwest::Error| Unanswered(explained(&e));
    let mut answer = http.execute(request.try_into().map_err(fault)?).await.map_err(fault)?;
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(fault)? {
        if body.len() + chunk.len() > LONGEST {
            return Err(Unanswered("its answer is too long".to_owned()));
        }
        body.extend_from_slice(&chunk);
    }
    let mut response = HttpResponse::new(body);
    *response.status_mut() = answer.status();
    *response.headers_mut() = answer.headers().clone();
    Ok(response)
}

/// Why there is no answer.
#[derive(Debug)]
pub struct Unanswered(String);

impl fmt::Display for Unanswered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Unanswered {}
