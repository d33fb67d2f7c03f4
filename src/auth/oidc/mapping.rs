//! What a provider says of somebody, as a role and a tenant of ours.

use careweave_solver::problem::Id;
use serde_json::{Map, Value};

use super::super::{Caller, Role};

/// What a provider says of somebody, beside the names that the standard has.
pub type Given = Map<String, Value>;

/// Who may do what.
#[derive(Debug, Clone)]
pub struct Mapping {
    /// The claim with somebody's groups or roles: a text or a list of texts. A name, or a JSON pointer to go deeper.
    pub role_claim: String,
    /// The role for each of its values; the first in this list that somebody has counts.
    pub roles: Vec<(String, Role)>,
    /// The claim with the id of the clinician that somebody is.
    pub clinician_claim: Option<String>,
    /// Whose data.
    pub tenant: Tenant,
}

/// Whose data somebody sees.
#[derive(Debug, Clone)]
pub enum Tenant {
    /// Always this one's.
    Fixed(String),
    /// The one's that a claim names.
    Claim(String),
}

/// Why somebody who is known to the provider is nobody here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unmapped {
    /// No value of the claim has a role.
    Role,
    /// The role is a clinician's, and no claim says which one.
    Clinician,
    /// No claim says whose data.
    Tenant,
}

impl Unmapped {
    /// What is missing, as a sentence.
    pub fn detail(self) -> &'static str {
        match self {
            Unmapped::Role => "The provider knows you, but gives you no group that has a role here.",
            Unmapped::Clinician => "The provider does not say which clinician you are.",
            Unmapped::Tenant => "The provider does not say whose data you may see.",
        }
    }
}

impl Mapping {
    /// Whether something is missing that the provider may say if it is asked.
    pub fn lacks(&self, given: &Given) -> bool {
        let tenant = if let Tenant::Claim(claim) = &self.tenant { Some(claim) } else { None };
        let claims = [Some(&self.role_claim), self.clinician_claim.as_ref(), tenant];
        claims.into_iter().flatten().any(|claim| find(given, claim).is_none())
    }

    /// Who somebody is here.
    pub fn caller(&self, subject: &str, given: &Given) -> Result<Caller, Unmapped> {
        let values = texts(find(given, &self.role_claim));
        let role = self.roles.iter().find(|(value, _)| values.contains(&value.as_str())).map(|(_, role)| *role);
        let role = role.ok_or(Unmapped::Role)?;
        let clinician = self.clinician_claim.as_ref().and_then(|claim| id(given, claim));
        if role == Role::Clinician && clinician.is_none() {
            return Err(Unmapped::Clinician);
        }
        let tenant = match &self.tenant {
            Tenant::Fixed(tenant) => tenant.clone(),
            Tenant::Claim(claim) => id(given, claim).ok_or(Unmapped::Tenant)?,
        };
        let actor = actor(subject);
        Ok(Caller { tenant, actor, role, scopes: role.scopes().to_vec(), clinician })
    }
}

/// What the audit and the sessions call somebody: the provider's own id, which is at most 255 characters of ASCII.
fn actor(subject: &str) -> String {
    let fit = subject.chars().filter(|c| c.is_ascii_graphic()).take(255);
    format!("oidc:{}", fit.collect::<String>())
}

fn find<'g>(given: &'g Given, claim: &str) -> Option<&'g Value> {
    match claim.strip_prefix('/') {
        None => given.get(claim),
        Some(path) => {
            let (first, rest) = path.split_once('/').map_or((path, ""), |(first, _)| (first, &path[first.len()..]));
            given.get(&first.replace("~1", "/").replace("~0", "~"))?.pointer(rest)
        }
    }
}

fn texts(value: Option<&Value>) -> Vec<&str> {
    match value {
        Some(Value::String(text)) => vec![text],
        Some(Value::Array(list)) => list.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

fn id(given: &Given, claim: &str) -> Option<String> {
    Some(find(given, claim)?.as_str()?.parse::<Id>().ok()?.to_string())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn mapping() -> Mapping {
        Mapping {
            role_claim: "groups".into(),
            roles: vec![
                ("heads".into(), Role::Owner),
                ("desk".into(), Role::Coordinator),
                ("therapists".into(), Role::Clinician),
            ],
            clinician_claim: Some("clinician".into()),
            tenant: Tenant::Fixed("default".into()),
        }
    }

    fn given(value: Value) -> Given {
        value.as_object().unwrap().clone()
    }

    fn role(value: Value) -> Result<Role, Unmapped> {
        mapping().caller("s", &given(value)).map(|caller| caller.role)
    }

    #[test]
    fn the_first_role_of_the_list_counts_and_without_any_nobody_gets_in() {
        assert_eq!(role(json!({ "groups": ["desk", "heads"] })), Ok(Role::Owner));
        assert_eq!(role(json!({ "groups": "desk" })), Ok(Role::Coordinator));
        for value in [
            json!({}),
            json!({ "groups": [] }),
            json!({ "groups": ["Desk", 1, null] }),
            json!({ "groups": { "desk": 1 } }),
        ] {
            assert_eq!(role(value), Err(Unmapped::Role));
        }
    }

    #[test]
    fn a_clinician_is_one_that_is_named() {
        assert_eq!(role(json!({ "groups": "therapists" })), Err(Unmapped::Clinician));
        assert_eq!(role(json!({ "groups": "therapists", "clinician": "no id" })), Err(Unmapped::Clinician));
        let ana = mapping().caller("s", &given(json!({ "groups": "therapists", "clinician": "ana" }))).unwrap();
        assert_eq!((ana.clinician.as_deref(), ana.scopes), (Some("ana"), Role::Clinician.scopes().to_vec()));
    }

    #[test]
    fn the_tenant_may_be_in_a_claim_and_is_never_guessed() {
        let by_claim = Mapping { tenant: Tenant::Claim("clinic".into()), ..mapping() };
        let north = by_claim.caller("s", &given(json!({ "groups": "desk", "clinic": "north" }))).unwrap();
        assert_eq!(north.tenant, "north");
        for clinic in [json!(null), json!(""), json!("a b"), json!(["north"])] {
            let caller = by_claim.caller("s", &given(json!({ "groups": "desk", "clinic": clinic })));
            assert_eq!(caller.map(|c| c.tenant), Err(Unmapped::Tenant));
        }
    }

    #[test]
    fn a_claim_may_be_found_by_a_pointer() {
        let given = given(json!({ "realm_access": { "roles": ["heads"] }, "https://a/b": "x" }));
        assert_eq!(texts(find(&given, "/realm_access/roles")), ["heads"]);
        assert_eq!(texts(find(&given, "https://a/b")), ["x"]);
        assert_eq!(texts(find(&given, "/https:~1~1a~1b")), ["x"]);
        assert_eq!(find(&given, "/realm_access/nothing/there"), None);
    }

    #[test]
    fn an_actor_is_of_printable_ascii_whatever_the_provider_calls_somebody() {
        assert_eq!(actor("a\nb c\u{e9}"), "oidc:abc");
        assert_eq!(actor(&"x".repeat(1000)).len(), 260);
    }
}
