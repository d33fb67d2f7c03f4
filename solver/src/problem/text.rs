//! How small values are read: texts with a form of their own, and whole numbers within the contract's range.

use deserr::{DeserializeError, ErrorKind, IntoValue, Value, ValueKind, ValuePointerRef, take_cf_content};

pub use super::limits::LARGEST;

/// Reads a whole number of 0 to 10⁹.
pub(crate) fn whole_number<E: DeserializeError, V: IntoValue>(
    value: Value<V>,
    location: ValuePointerRef,
) -> Result<u32, E> {
    match value {
        Value::Integer(n) if n <= LARGEST => Ok(n as u32),
        actual => {
            let kind = ErrorKind::IncorrectValueKind { actual, accepted: &[ValueKind::Integer] };
            Err(take_cf_content(E::error::<V>(None, kind, location)))
        }
    }
}

/// The schema of a whole number of 0 to 10⁹.
macro_rules! number_schema {
    ($name:ident, $what:literal) => {
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                utoipa::openapi::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::schema::Type::Integer)
                    .description(Some($what))
                    .minimum(Some(0))
                    .maximum(Some($crate::problem::LARGEST))
                    .into()
            }
        }

        impl utoipa::ToSchema for $name {}
    };
}
pub(crate) use number_schema;

/// A count as it is written: a whole number of 0 to 10⁹.
pub(crate) struct Count(u32);

number_schema!(Count, "A count.");

impl From<Count> for u32 {
    fn from(count: Count) -> Self {
        count.0
    }
}

impl<E: DeserializeError> deserr::Deserr<E> for Count {
    fn deserialize_from_value<V: IntoValue>(value: Value<V>, location: ValuePointerRef) -> Result<Self, E> {
        whole_number(value, location).map(Count)
    }
}

/// The count that an optional field holds.
pub(crate) fn maybe_count(count: Option<Count>) -> Option<u32> {
    count.map(u32::from)
}

/// The first 80 characters of a text: what a fault quotes of a value.
pub(crate) fn shortened(text: &str) -> String {
    match text.char_indices().nth(80) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// The one of `known` that is so like `given` that it was probably meant.
pub(crate) fn nearest<'a>(given: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let letters = given.chars().count();
    if letters > 80 {
        return None;
    }
    let typos = if letters < 4 { 0 } else { 1 + letters / 6 };
    known
        .filter(|word| word.chars().count().abs_diff(letters) <= typos)
        .map(|word| (strsim::osa_distance(&given.to_lowercase(), &word.to_lowercase()), word))
        .filter(|(distance, word)| *distance <= typos && *distance < word.chars().count())
        .min()
        .map(|(_, word)| word)
}

/// A type that is written as a text of a certain form: reads it through `FromStr`, writes it through `Display`.
macro_rules! text_type {
    ($name:ident, $form:literal, $pattern:literal, $example:literal) => {
        impl<E: deserr::DeserializeError> deserr::Deserr<E> for $name {
            fn deserialize_from_value<V: deserr::IntoValue>(
                value: deserr::Value<V>,
                location: deserr::ValuePointerRef,
            ) -> Result<Self, E> {
                let text: String = deserr::Deserr::<E>::deserialize_from_value(value, location)?;
                text.parse().map_err(|()| {
                    let shown = crate::problem::text::shortened(&text);
                    deserr::take_cf_content(E::error::<V>(
                        None,
                        deserr::ErrorKind::Unexpected { msg: format!("{shown:?} is not {}.", $form) },
                        location,
                    ))
                })
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                utoipa::openapi::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::schema::Type::String)
                    .description(Some($form))
                    .pattern(Some($pattern))
                    .examples([$example])
                    .into()
            }
        }

        impl utoipa::ToSchema for $name {}
    };
}
pub(crate) use text_type;
