//! How small values are read: texts with a form of their own, and whole numbers within the contract's range.

use deserr::{DeserializeError, ErrorKind, IntoValue, Value, ValueKind, ValuePointerRef, take_cf_content};

/// The largest integer that a document may hold.
pub const LARGEST: u64 = 1_000_000_000;

/// Reads a whole number of 0 to 10⁹.
pub(crate) fn whole_number<E: DeserializeError, V: IntoValue>(
    value: Value<V>,
    location: ValuePointerRef,
) -> Result<u32, E> {
    let fault = |kind| Err(take_cf_content(E::error::<V>(None, kind, location)));
    match value {
        Value::Integer(n) if n <= LARGEST => Ok(n as u32),
        Value::Integer(n) => fault(ErrorKind::Unexpected { msg: format!("{n} is too large: at most {LARGEST}") }),
        Value::NegativeInteger(n) => fault(ErrorKind::Unexpected { msg: format!("{n} is negative") }),
        other => fault(ErrorKind::IncorrectValueKind { actual: other, accepted: &[ValueKind::Integer] }),
    }
}

/// A type that is written as a text of a certain form: reads it through `FromStr`, writes it through `Display`.
macro_rules! text_type {
    ($name:ident, $form:literal) => {
        impl<E: deserr::DeserializeError> deserr::Deserr<E> for $name {
            fn deserialize_from_value<V: deserr::IntoValue>(
                value: deserr::Value<V>,
                location: deserr::ValuePointerRef,
            ) -> Result<Self, E> {
                let text: String = deserr::Deserr::<E>::deserialize_from_value(value, location)?;
                text.parse().map_err(|_| {
                    let shown: String = text.chars().take(80).collect();
                    deserr::take_cf_content(E::error::<V>(
                        None,
                        deserr::ErrorKind::Unexpected { msg: format!("{shown:?} is not {}", $form) },
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
    };
}
pub(crate) use text_type;
