//! A participant's `record`: name, telephone, address; kept apart from everything that a problem is made of, and encrypted
//! where a key is configured.

use careweave_solver::problem::Fault;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::{
    edit::merge,
    sealed::{At, RECORDS},
    stored,
};
use crate::{
    failure::{Document, Failure},
    store::{On, Store, Tx, args},
};

/// Fields of a record.
const FIELDS: [&str; 6] = ["name", "preferred_name", "phone", "email", "language", "address"];

/// Which participant.
#[derive(Debug, Clone, Copy)]
pub struct Whose<'a> {
    pub tenant: &'a str,
    pub program: &'a str,
    pub participant: &'a str,
}

impl<'a> Whose<'a> {
    fn at(self) -> At<'a> {
        At { tenant: self.tenant, program: self.program, id: self.participant }
    }
}

/// A record, if there is one.
pub async fn get(on: &mut On<'_>, of: Whose<'_>) -> Result<Option<Value>, Failure> {
    RECORDS.get(on, of.at()).await?.map(|text| stored(&text)).transpose()
}

/// Whom an id stands for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Named {
    /// The id.
    pub participant: String,
    /// The first letters of the name's words, such as `M.G.`.
    pub initials: String,
    /// What the participant is called: the preferred name, where there is one.
    pub name: String,
    /// The language of what is printed for them, where that is told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
}

/// Whom the ids of a programme stand for, of each record with a name.
pub async fn names(store: &Store, tenant: &str, program: &str) -> Result<Vec<Named>, Failure> {
    let sql = "SELECT participant, body, seal FROM records WHERE tenant = $1 AND program = $2 ORDER BY participant";
    let mut all = Vec::new();
    for row in store.read(sql, args![tenant, program]).await? {
        let participant = row.text(0)?;
        let at = Whose { tenant, program, participant: &participant }.at();
        let record: Value = stored(&RECORDS.open(&store.seal(), at, &row, 1)?)?;
        let field = |name: &str| record[name].as_str().map(str::trim).filter(|text| !text.is_empty());
        let Some(name) = field("preferred_name").or_else(|| field("name")).map(str::to_owned) else { continue };
        // Who is called by a first name alone is known by all initials of the full name.
        let full = field("name").unwrap_or(&name);
        let language = field("language").map(str::to_owned);
        all.push(Named { initials: initials(full), participant, name, language });
    }
    Ok(all)
}

/// The first letters of a name's words.
fn initials(name: &str) -> String {
    name.split_whitespace().filter_map(|word| word.chars().next()).fold(String::new(), |mut all, letter| {
        all.extend(letter.to_uppercase());
        all.push('.');
        all
    })
}

/// Puts a record, or merges a patch into it; null removes it.
pub async fn change(tx: &mut Tx, of: Whose<'_>, new: Value, patch: bool) -> Result<(), Failure> {
    let mut record = match get(&mut On::Inside(tx), of).await? {
        Some(record) if patch => record,
        _ => Value::Null,
    };
    if patch && new.is_object() {
        merge(&mut record, new);
    } else {
        record = new;
    }
    if record.is_null() {
        return remove(tx, of).await;
    }
    let faults = faults(&record);
    if !faults.is_empty() {
        return Err(Failure::Invalid { document: Document::Request, faults });
    }
    let sql = "INSERT INTO records (tenant, program, participant, body, seal) VALUES ($1, $2, $3, $4, $5) \
               ON CONFLICT (tenant, program, participant) DO UPDATE SET body = excluded.body, seal = excluded.seal";
    let (body, seal) = RECORDS.close(&tx.seal(), of.at(), record.to_string())?;
    tx.run(sql, args![of.tenant, of.program, of.participant, body, seal]).await?;
    Ok(())
}

/// Removes a record.
pub async fn remove(tx: &mut Tx, of: Whose<'_>) -> Result<(), Failure> {
    let sql = "DELETE FROM records WHERE tenant = $1 AND program = $2 AND participant = $3";
    tx.run(sql, args![of.tenant, of.program, of.participant]).await?;
    Ok(())
}

/// What is wrong with a record.
fn faults(record: &Value) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut fault = |pointer: String, code, detail: String| {
        faults.push(Fault { path: pointer.clone(), pointer, code, detail, hint: None });
    };
    let Some(members) = record.as_object() else {
        fault("/record".into(), "wrong-type", "A record is an object.".into());
        return faults;
    };
    for (name, value) in members {
        let shown: String = name.chars().filter(|c| !c.is_control()).take(80).collect();
        let pointer = format!("/record/{}", shown.replace('~', "~0").replace('/', "~1"));
        if !FIELDS.contains(&&**name) {
            let detail = format!("`{shown}` is not a field of a record; there are {}.", FIELDS.join(", "));
            fault(pointer, "unknown-field", detail);
        } else if value.as_str().is_none_or(|text| text.chars().count() > 1000) {
            fault(pointer, "invalid-value", format!("`{shown}` is a text of at most 1000 characters."));
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::initials;

    #[test]
    fn initials_are_the_first_letters_of_all_words() {
        assert_eq!(initials("Maria  de la Cruz"), "M.D.L.C.");
        assert_eq!(initials("ángel"), "Á.");
        assert_eq!(initials(""), "");
    }
}
