//! A JSON document as a tree that borrows from its text and keeps what other trees lose: equal keys, and their order.

use std::{borrow::Cow, cell::Cell, fmt};

use deserr::{IntoValue, Value, ValueKind};
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::limits::{LONGEST_LIST, MOST_VALUES};

/// A member of an object.
pub(crate) type Member<'t> = (Cow<'t, str>, Node<'t>);

/// A JSON value.
#[derive(Debug, Clone)]
pub(crate) enum Node<'t> {
    Null,
    Bool(bool),
    Whole(u64),
    Negative(i64),
    Float(f64),
    Text(Cow<'t, str>),
    List(Vec<Node<'t>>),
    Object(Vec<Member<'t>>),
    /// A list or object with more entries than anything needs, left unread.
    Endless,
    /// What was taken out, to read the rest: as if it had never been there.
    Gone,
}

/// Why a text has no tree.
pub(crate) enum TreeError {
    /// It is no JSON.
    Syntax(serde_json::Error),
    /// It has more values than a problem can have.
    TooLarge,
}

impl<'t> Node<'t> {
    /// The tree of a JSON text.
    pub fn parse(text: &'t [u8]) -> Result<Self, TreeError> {
        let budget = Cell::new(MOST_VALUES);
        let mut reader = serde_json::Deserializer::from_slice(text);
        let read = Seed(&budget).deserialize(&mut reader).and_then(|node| reader.end().map(|()| node));
        read.map_err(|e| if budget.get() == 0 { TreeError::TooLarge } else { TreeError::Syntax(e) })
    }

    /// The member of an object with this key.
    pub fn get(&self, key: &str) -> Option<&Node<'t>> {
        match self {
            Node::Object(members) => members.iter().find(|m| m.0 == key && !m.1.is_gone()).map(|m| &m.1),
            _ => None,
        }
    }

    /// The entry of a list or the member of an object that one step of a pointer leads to.
    pub fn step(&self, step: &str) -> Option<&Node<'t>> {
        match self {
            Node::List(list) => list.get(step.parse::<usize>().ok()?),
            _ => self.get(step),
        }
    }

    /// The same, to be changed.
    pub fn step_mut(&mut self, step: &str) -> Option<&mut Node<'t>> {
        match self {
            Node::List(list) => list.get_mut(step.parse::<usize>().ok()?),
            Node::Object(members) => members.iter_mut().find(|m| m.0 == step && !m.1.is_gone()).map(|m| &mut m.1),
            _ => None,
        }
    }

    /// Whether it was taken out.
    pub fn is_gone(&self) -> bool {
        matches!(self, Node::Gone)
    }

    /// The text of its member `id`.
    pub fn id(&self) -> Option<&str> {
        self.get("id")?.text()
    }

    /// The text that it is.
    pub fn text(&self) -> Option<&str> {
        match self {
            Node::Text(text) => Some(text),
            _ => None,
        }
    }

    /// A number written with a fraction or exponent: whole where it has no fraction, as in JSON Schema.
    fn number(value: f64) -> Self {
        match value {
            v if v.fract() != 0.0 || v.abs() > 9e15 => Node::Float(v),
            v if v < 0.0 => Node::Negative(v as i64),
            v => Node::Whole(v as u64),
        }
    }
}

struct Seed<'b>(&'b Cell<usize>);

impl<'t> DeserializeSeed<'t> for Seed<'_> {
    type Value = Node<'t>;
    fn deserialize<D: Deserializer<'t>>(self, deserializer: D) -> Result<Node<'t>, D::Error> {
        self.0.set(self.0.get().saturating_sub(1));
        if self.0.get() == 0 {
            return Err(D::Error::custom("too many values"));
        }
        deserializer.deserialize_any(self)
    }
}

impl<'t> Visitor<'t> for Seed<'_> {
    type Value = Node<'t>;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a JSON value")
    }
    fn visit_unit<E>(self) -> Result<Node<'t>, E> {
        Ok(Node::Null)
    }
    fn visit_bool<E>(self, value: bool) -> Result<Node<'t>, E> {
        Ok(Node::Bool(value))
    }
    fn visit_u64<E>(self, value: u64) -> Result<Node<'t>, E> {
        Ok(Node::Whole(value))
    }
    fn visit_i64<E>(self, value: i64) -> Result<Node<'t>, E> {
        Ok(u64::try_from(value).map_or(Node::Negative(value), Node::Whole))
    }
    fn visit_f64<E>(self, value: f64) -> Result<Node<'t>, E> {
        Ok(Node::number(value))
    }
    fn visit_borrowed_str<E>(self, text: &'t str) -> Result<Node<'t>, E> {
        Ok(Node::Text(Cow::Borrowed(text)))
    }
    fn visit_str<E>(self, text: &str) -> Result<Node<'t>, E> {
        Ok(Node::Text(Cow::Owned(text.to_owned())))
    }
    fn visit_seq<A: SeqAccess<'t>>(self, mut items: A) -> Result<Node<'t>, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(Seed(self.0))? {
            if list.len() == LONGEST_LIST {
                while items.next_element::<IgnoredAny>()?.is_some() {}
                return Ok(Node::Endless);
            }
            list.push(item);
        }
        Ok(Node::List(list))
    }
    fn visit_map<A: MapAccess<'t>>(self, mut entries: A) -> Result<Node<'t>, A::Error> {
        let mut members = Vec::new();
        while let Some(key) = entries.next_key_seed(Key)? {
            if members.len() == LONGEST_LIST {
                entries.next_value::<IgnoredAny>()?;
                while entries.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                return Ok(Node::Endless);
            }
            members.push((key, entries.next_value_seed(Seed(self.0))?));
        }
        Ok(Node::Object(members))
    }
}

struct Key;

impl<'t> DeserializeSeed<'t> for Key {
    type Value = Cow<'t, str>;
    fn deserialize<D: Deserializer<'t>>(self, deserializer: D) -> Result<Cow<'t, str>, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'t> Visitor<'t> for Key {
    type Value = Cow<'t, str>;
    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a key")
    }
    fn visit_borrowed_str<E>(self, text: &'t str) -> Result<Cow<'t, str>, E> {
        Ok(Cow::Borrowed(text))
    }
    fn visit_str<E>(self, text: &str) -> Result<Cow<'t, str>, E> {
        Ok(Cow::Owned(text.to_owned()))
    }
}

impl<'a, 't> IntoValue for &'a Node<'t> {
    type Sequence = Vec<&'a Node<'t>>;
    type Map = Members<'a, 't>;

    fn kind(&self) -> ValueKind {
        match self {
            Node::Null | Node::Endless | Node::Gone => ValueKind::Null,
            Node::Bool(_) => ValueKind::Boolean,
            Node::Whole(_) => ValueKind::Integer,
            Node::Negative(_) => ValueKind::NegativeInteger,
            Node::Float(_) => ValueKind::Float,
            Node::Text(_) => ValueKind::String,
            Node::List(_) => ValueKind::Sequence,
            Node::Object(_) => ValueKind::Map,
        }
    }

    fn into_value(self) -> Value<Self> {
        match self {
            // What was left unread has a fault of its own, told before those of reading.
            Node::Null | Node::Endless | Node::Gone => Value::Null,
            Node::Bool(value) => Value::Boolean(*value),
            Node::Whole(value) => Value::Integer(*value),
            Node::Negative(value) => Value::NegativeInteger(*value),
            Node::Float(value) => Value::Float(*value),
            Node::Text(text) => Value::String(text.to_string()),
            Node::List(list) => Value::Sequence(list.iter().filter(|item| !item.is_gone()).collect()),
            Node::Object(members) => Value::Map(Members(members.iter().filter(|m| !m.1.is_gone()).collect())),
        }
    }
}

/// The members of an object, for deserr.
pub(crate) struct Members<'a, 't>(Vec<&'a Member<'t>>);

type Entry<'a, 't> = (String, &'a Node<'t>);

impl<'a, 't> deserr::Map for Members<'a, 't> {
    type Value = &'a Node<'t>;
    type Iter = std::iter::Map<std::vec::IntoIter<&'a Member<'t>>, fn(&'a Member<'t>) -> Entry<'a, 't>>;
    fn len(&self) -> usize {
        self.0.len()
    }
    fn remove(&mut self, key: &str) -> Option<Self::Value> {
        let found = self.0.iter().position(|m| m.0 == key)?;
        Some(&self.0.remove(found).1)
    }
    fn into_iter(self) -> Self::Iter {
        fn entry<'a, 't>(member: &'a Member<'t>) -> Entry<'a, 't> {
            (member.0.to_string(), &member.1)
        }
        self.0.into_iter().map(entry)
    }
}
