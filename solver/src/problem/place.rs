//! A place in a document: a chain of keys and positions that becomes text only where there is a fault.

use deserr::ValuePointerRef;

use super::node::Node;

/// A place in a document that is being validated.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Place<'a> {
    /// The whole document.
    Root,
    /// A member of an object.
    Field(&'a Place<'a>, &'a str),
    /// An entry of a list, with its id if it has one.
    Entry(&'a Place<'a>, usize, Option<&'a str>),
}

impl<'a> Place<'a> {
    /// The member `name`.
    pub fn field(&'a self, name: &'a str) -> Place<'a> {
        Place::Field(self, name)
    }

    /// The entry at `index`.
    pub fn item(&'a self, index: usize) -> Place<'a> {
        Place::Entry(self, index, None)
    }

    /// The entry at `index`, which has an id.
    pub fn entry(&'a self, index: usize, id: &'a str) -> Place<'a> {
        Place::Entry(self, index, Some(id))
    }

    /// As an RFC 6901 pointer.
    pub fn pointer(&self) -> String {
        match self {
            Place::Root => String::new(),
            Place::Field(before, name) => format!("{}/{}", before.pointer(), escaped(name)),
            Place::Entry(before, index, _) => format!("{}/{index}", before.pointer()),
        }
    }

    /// The same, by ids.
    pub fn path(&self) -> String {
        match self {
            Place::Root => String::new(),
            Place::Field(before, name) => format!("{}/{}", before.path(), escaped(name)),
            Place::Entry(before, _, Some(id)) => format!("{}/{}", before.path(), escaped(id)),
            Place::Entry(before, index, None) => format!("{}/{index}", before.path()),
        }
    }
}

/// The RFC 6901 pointer of a location that deserr gives.
pub(crate) fn pointer(location: ValuePointerRef) -> String {
    match location {
        ValuePointerRef::Origin => String::new(),
        ValuePointerRef::Key { key, prev } => format!("{}/{}", pointer(*prev), escaped(key)),
        ValuePointerRef::Index { index, prev } => format!("{}/{index}", pointer(*prev)),
    }
}

/// The keys and positions of a pointer.
pub(crate) fn steps(pointer: &str) -> impl Iterator<Item = String> + '_ {
    pointer.split('/').skip(1).map(|step| step.replace("~1", "/").replace("~0", "~"))
}

/// The path by ids of a pointer into `document`: entries of lists go by their `id` where they have one.
pub(crate) fn path(document: &Node, pointer: &str) -> String {
    let mut path = String::new();
    let mut at = Some(document);
    for step in steps(pointer) {
        let in_list = matches!(at, Some(Node::List(_)));
        at = at.and_then(|node| node.step(&step));
        let id = at.filter(|_| in_list).and_then(Node::id).filter(|id| (1..=80).contains(&id.len()));
        path.push('/');
        path.push_str(&escaped(id.unwrap_or(&step)));
    }
    path
}

/// A key or id as one step of a pointer, shortened where it is no sensible key at all.
pub(crate) fn escaped(key: &str) -> String {
    super::text::shortened(key).replace('~', "~0").replace('/', "~1")
}
