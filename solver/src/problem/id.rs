//! Ids: what people, rooms, services, groups and orders are called.

use std::{borrow::Borrow, fmt, ops::Deref, str::FromStr, sync::Arc};

use super::text::text_type;

/// An id: 1 to 64 of `A-Z a-z 0-9 . _ : -`. Cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id(Arc<str>);

text_type!(Id, "an id: 1 to 64 of A-Z a-z 0-9 . _ : -", r"^[A-Za-z0-9._:-]{1,64}$", "s1-p3");

impl Id {
    /// An id of our own making: what does not belong into one becomes `-`, what is too long is cut.
    pub(crate) fn made(text: String) -> Self {
        text.parse().unwrap_or_else(|()| {
            let fits = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | ':' | '-') { c } else { '-' };
            Id(format!("{text:-<1}").chars().map(fits).take(64).collect::<String>().into())
        })
    }
}

impl Id {
    /// An id as somebody wrote it, whether or not it has the form of one: what `previous` names and is gone.
    pub(crate) fn as_written(text: &str) -> Self {
        Id(text.into())
    }
}

impl FromStr for Id {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        let fits = (1..=64).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b':' | b'-'));
        if fits { Ok(Id(text.into())) } else { Err(()) }
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Deref for Id {
    type Target = str;
    fn deref(&self) -> &str {
        &self.0
    }
}

impl Borrow<str> for Id {
    fn borrow(&self) -> &str {
        &self.0
    }
}
