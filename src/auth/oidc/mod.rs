//! Login by a provider of identities: OpenID Connect, by authorization code with PKCE, state and nonce.

mod mapping;
mod provider;

use std::{fmt, str::FromStr};

use openidconnect::{
    AccessTokenHash, AuthorizationCode, ClientId, ClientSecret, CsrfToken, IssuerUrl, Nonce, OAuth2TokenResponse,
    PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope, SubjectIdentifier, TokenResponse, UserInfoClaims,
    core::{CoreAuthenticationFlow, CoreGenderClaim},
};

pub use self::mapping::{Given, Mapping, Tenant, Unmapped};
use self::provider::{Client, Extra, Provider, Tokens};
use super::Caller;

/// Which provider, who we are to it, and who its people are to us.
#[derive(Debug)]
pub struct Settings {
    /// What its tokens say who issued them; `/.well-known/openid-configuration` is found below it.
    pub issuer: IssuerUrl,
    /// Who we are to it.
    pub client_id: String,
    /// How we show that; a public client has none.
    pub client_secret: Option<String>,
    /// What is asked for beside `openid`.
    pub scopes: Vec<String>,
    /// What the page calls it.
    pub name: String,
    /// Who may do what.
    pub mapping: Mapping,
}

/// Logins by one provider.
pub struct Oidc {
    name: String,
    issuer: IssuerUrl,
    scopes: Vec<Scope>,
    mapping: Mapping,
    provider: Provider,
}

/// A login that has begun: what the browser keeps until it comes back.
pub struct Begun {
    state: String,
    nonce: String,
    verifier: String,
}

/// What the browser brings back.
pub struct Returned {
    pub code: String,
    pub state: String,
    /// Who says so (RFC 9207), where the provider tells.
    pub issuer: Option<String>,
}

/// Why nobody is logged in.
#[derive(Debug, PartialEq, Eq)]
pub enum Refused {
    /// The provider does not answer, or not as a provider.
    Unreachable(String),
    /// What came back is not what was sent out, or not from whom it should be.
    Failed(String),
    /// Known there, but nobody here.
    Unmapped(Unmapped),
}

impl fmt::Display for Begun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.state, self.nonce, self.verifier)
    }
}

impl FromStr for Begun {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let mut parts = text.split('.').map(str::to_owned);
        match (parts.next(), parts.next(), parts.next(), parts.next()) {
            (Some(state), Some(nonce), Some(verifier), None)
                if ![&state, &nonce, &verifier].iter().any(|p| p.is_empty()) =>
            {
                Ok(Begun { state, nonce, verifier })
            }
            _ => Err(()),
        }
    }
}

impl Oidc {
    /// Logins as these settings say; the provider is asked when somebody logs in.
    pub fn new(settings: Settings) -> Result<Self, String> {
        let Settings { issuer, client_id, client_secret, scopes, name, mapping } = settings;
        let secret = client_secret.map(ClientSecret::new);
        let provider = Provider::new(issuer.clone(), ClientId::new(client_id), secret)?;
        let scopes = scopes.into_iter().map(Scope::new).collect();
        Ok(Oidc { name, issuer, scopes, mapping, provider })
    }

    /// What the page calls the provider.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Begins a login: where the browser goes, and what it keeps meanwhile. It comes back to `redirect`.
    pub async fn begin(&self, redirect: &str) -> Result<(String, Begun), Refused> {
        let client = self.client(redirect).await?;
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let flow = CoreAuthenticationFlow::AuthorizationCode;
        let request = client.authorize_url(flow, CsrfToken::new_random, Nonce::new_random);
        let (url, state, nonce) = request.add_scopes(self.scopes.clone()).set_pkce_challenge(challenge).url();
        let (state, nonce) = (state.into_secret(), nonce.secret().clone());
        Ok((url.into(), Begun { state, nonce, verifier: verifier.into_secret() }))
    }

    /// Ends a login: who it is.
    pub async fn end(&self, redirect: &str, begun: Begun, returned: Returned) -> Result<Caller, Refused> {
        if begun.state != returned.state {
            return Err(failed("the `state` is not the one that was sent out"));
        }
        if returned.issuer.is_some_and(|issuer| issuer != self.issuer.as_str()) {
            return Err(failed("the answer is another provider's"));
        }
        let client = self.client(redirect).await?;
        let exchange = client.exchange_code(AuthorizationCode::new(returned.code)).map_err(failed)?;
        let exchange = exchange.set_pkce_verifier(PkceCodeVerifier::new(begun.verifier));
        let tokens = exchange.request_async(&self.provider.transport()).await.map_err(failed)?;
        let verified = verified(&client, &tokens, begun.nonce);
        if verified.is_err() {
            // Its keys may be others by now.
            self.provider.forget().await;
        }
        let (subject, mut given) = verified?;
        if self.mapping.lacks(&given) {
            self.ask_for_more(&client, &tokens, &subject, &mut given).await?;
        }
        self.mapping.caller(&subject, &given).map_err(Refused::Unmapped)
    }

    async fn client(&self, redirect: &str) -> Result<Client, Refused> {
        let redirect = RedirectUrl::new(redirect.to_owned()).map_err(|_| failed("the way back is no URL"))?;
        let client = self.provider.client().await.map_err(Refused::Unreachable)?;
        Ok(client.set_redirect_uri(redirect))
    }

    /// Adds what the provider says of somebody where it is asked, and did not say by itself.
    async fn ask_for_more(
        &self,
        client: &Client,
        tokens: &Tokens,
        subject: &SubjectIdentifier,
        given: &mut Given,
    ) -> Result<(), Refused> {
        let Ok(request) = client.user_info(tokens.access_token().clone(), Some(subject.clone())) else { return Ok(()) };
        let answer = request.request_async(&self.provider.transport()).await;
        let told: UserInfoClaims<Extra, CoreGenderClaim> = answer.map_err(failed)?;
        for (name, value) in &told.additional_claims().0 {
            given.entry(name).or_insert_with(|| value.clone());
        }
        Ok(())
    }
}

/// Who the identity token speaks of, and what it says, once it is known to be the provider's, for us, and for this login.
fn verified(client: &Client, tokens: &Tokens, nonce: String) -> Result<(SubjectIdentifier, Given), Refused> {
    let token = tokens.id_token().ok_or_else(|| failed("there is no identity token"))?;
    let verifier = client.id_token_verifier();
    let claims = token.claims(&verifier, &Nonce::new(nonce)).map_err(failed)?;
    if let Some(hash) = claims.access_token_hash() {
        let (algorithm, key) = (token.signing_alg().map_err(failed)?, token.signing_key(&verifier).map_err(failed)?);
        let ours = AccessTokenHash::from_token(tokens.access_token(), algorithm, key).map_err(failed)?;
        if ours != *hash {
            return Err(failed("the access token is not the identity token's"));
        }
    }
    Ok((claims.subject().clone(), claims.additional_claims().0.clone()))
}

fn failed(why: impl fmt::Display) -> Refused {
    Refused::Failed(why.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_browser_keeps_is_read_again_and_nothing_else_is() {
        let kept = Begun { state: "a".into(), nonce: "b-_".into(), verifier: "c~".into() }.to_string();
        assert_eq!(kept.parse::<Begun>().map(|b| b.to_string()), Ok(kept));
        for text in ["", "a", "a.b", "a..c", "a.b.c.d", ".."] {
            assert!(text.parse::<Begun>().is_err(), "{text}");
        }
    }
}
