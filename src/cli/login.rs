//! Flags of `serve` for logins by a provider of identities.

use std::{fs, path::PathBuf};

use careweave_solver::problem::Id;
use clap::{Args, ValueEnum};
use openidconnect::IssuerUrl;
use serde_json::{Value, json};

use crate::{
    auth::{
        DEFAULT_TENANT, Role,
        oidc::{Mapping, Oidc, Settings, Tenant},
    },
    failure::Failure,
};

/// Which provider, and who its people are here.
#[derive(Debug, Args)]
pub struct Login {
    /// Let people log in by this OpenID Connect provider
    #[arg(long, env = "CAREWEAVE_OIDC_ISSUER", value_name = "URL", value_parser = issuer, requires_all = ["oidc_client_id", "oidc_role"])]
    oidc_issuer: Option<IssuerUrl>,
    /// Who the service is to the provider
    #[arg(long, env = "CAREWEAVE_OIDC_CLIENT_ID", value_name = "ID", requires = "oidc_issuer")]
    oidc_client_id: Option<String>,
    /// A file with the secret by which the service shows that
    #[arg(long, env = "CAREWEAVE_OIDC_CLIENT_SECRET_FILE", value_name = "FILE", requires = "oidc_issuer")]
    oidc_client_secret_file: Option<PathBuf>,
    /// What the page calls the provider
    #[arg(long, env = "CAREWEAVE_OIDC_NAME", value_name = "TEXT", default_value = "your organisation")]
    oidc_name: String,
    /// What is asked for beside `openid`, comma-separated
    #[arg(
        long,
        env = "CAREWEAVE_OIDC_SCOPES",
        value_name = "SCOPES",
        default_value = "profile",
        value_delimiter = ','
    )]
    oidc_scopes: Vec<String>,
    /// The claim with somebody's groups; a JSON pointer such as `/realm_access/roles` goes deeper
    #[arg(long, env = "CAREWEAVE_OIDC_ROLE_CLAIM", value_name = "CLAIM", default_value = "groups")]
    oidc_role_claim: String,
    /// The role of a group, such as `front-desk=coordinator`; again, or comma-separated, for each. The first that fits counts
    #[arg(long, env = "CAREWEAVE_OIDC_ROLES", value_name = "GROUP=ROLE", value_delimiter = ',', value_parser = role, requires = "oidc_issuer")]
    oidc_role: Vec<(String, Role)>,
    /// The claim with the id of the clinician that somebody is
    #[arg(long, env = "CAREWEAVE_OIDC_CLINICIAN_CLAIM", value_name = "CLAIM")]
    oidc_clinician_claim: Option<String>,
    /// Whose data those who log in see
    #[arg(long, env = "CAREWEAVE_OIDC_TENANT", value_name = "TENANT", default_value = DEFAULT_TENANT, value_parser = tenant)]
    oidc_tenant: String,
    /// The claim that says whose data, where the provider serves several
    #[arg(long, env = "CAREWEAVE_OIDC_TENANT_CLAIM", value_name = "CLAIM", conflicts_with = "oidc_tenant")]
    oidc_tenant_claim: Option<String>,
}

impl Login {
    /// Logins as the flags say, if they name a provider.
    pub fn oidc(&self) -> Result<Option<Oidc>, Failure> {
        let Some((issuer, client_id)) = self.oidc_issuer.clone().zip(self.oidc_client_id.clone()) else {
            return Ok(None);
        };
        let secret = self.oidc_client_secret_file.as_ref().map(|file| {
            let fault = |e| Failure::Outside(format!("{} can't be read: {e}.", file.display()));
            fs::read_to_string(file).map(|text| text.trim().to_owned()).map_err(fault)
        });
        let tenant = match &self.oidc_tenant_claim {
            Some(claim) => Tenant::Claim(claim.clone()),
            None => Tenant::Fixed(self.oidc_tenant.clone()),
        };
        let mapping = Mapping {
            role_claim: self.oidc_role_claim.clone(),
            roles: self.oidc_role.clone(),
            clinician_claim: self.oidc_clinician_claim.clone(),
            tenant,
        };
        let settings = Settings {
            issuer,
            client_id,
            client_secret: secret.transpose()?,
            scopes: self.oidc_scopes.iter().filter(|s| !s.is_empty()).cloned().collect(),
            name: self.oidc_name.clone(),
            mapping,
        };
        let oidc = Oidc::new(settings);
        oidc.map(Some).map_err(|why| Failure::Outside(format!("Nothing can be asked over TLS: {why}.")))
    }

    /// What is in force, without secrets; null where nobody logs in.
    pub fn shown(&self) -> Value {
        let Some(issuer) = &self.oidc_issuer else { return Value::Null };
        let roles = self.oidc_role.iter().map(|(group, role)| json!({ "group": group, "role": role.name() }));
        json!({
            "issuer": issuer.as_str(),
            "client_id": self.oidc_client_id,
            "name": self.oidc_name,
            "scopes": self.oidc_scopes,
            "role_claim": self.oidc_role_claim,
            "roles": roles.collect::<Vec<_>>(),
            "clinician_claim": self.oidc_clinician_claim,
            "tenant": if self.oidc_tenant_claim.is_some() { None } else { Some(&self.oidc_tenant) },
            "tenant_claim": self.oidc_tenant_claim,
        })
    }
}

/// A provider beyond this machine is asked over TLS only: keys fetched in the clear could be anybody's.
fn issuer(text: &str) -> Result<IssuerUrl, String> {
    let url = IssuerUrl::new(text.to_owned()).map_err(|_| "not a URL".to_owned())?;
    let local = |host: &str| host == "localhost" || host.parse().is_ok_and(|ip: std::net::IpAddr| ip.is_loopback());
    match url.url().scheme() {
        "https" => Ok(url),
        "http" if url.url().host_str().is_some_and(|h| local(h.trim_matches(['[', ']']))) => Ok(url),
        _ => Err("a provider is asked over https, or on a loopback address".to_owned()),
    }
}

fn role(text: &str) -> Result<(String, Role), String> {
    let (group, role) = text.rsplit_once('=').filter(|(group, _)| !group.is_empty()).ok_or("it is GROUP=ROLE")?;
    Ok((group.to_owned(), Role::from_str(role, false)?))
}

/// A tenant's id.
pub fn tenant(text: &str) -> Result<String, String> {
    let id: Id = text.parse().map_err(|()| "1 to 64 of A-Z a-z 0-9 . _ : -".to_owned())?;
    Ok(id.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_provider_beyond_this_machine_is_asked_over_tls() {
        for text in ["https://id.example", "http://127.0.0.1:9/realms/a", "http://[::1]:9", "http://localhost:9"] {
            assert!(issuer(text).is_ok(), "{text}");
        }
        for text in ["http://id.example", "http://127.0.0.1.example", "ftp://localhost", "id.example", ""] {
            assert!(issuer(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_group_may_have_an_equals_sign_and_a_role_is_one_of_ours() {
        assert_eq!(role("cn=desk=coordinator"), Ok(("cn=desk".to_owned(), Role::Coordinator)));
        for text in ["desk", "=owner", "desk=boss", "desk="] {
            assert!(role(text).is_err(), "{text}");
        }
    }
}
