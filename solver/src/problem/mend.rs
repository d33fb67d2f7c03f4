//! What can still be read of a document with faults of shape, so that its faults of meaning are told with them: the
//! broken places are taken out, the rest is read and validated, and what is only a consequence is left untold.

use std::{borrow::Cow, collections::HashSet};

use deserr::{Deserr, IntoValue, ValuePointerRef};

use super::{
    faults::{Fault, Faults},
    node::Node,
    place::{path, steps},
};

/// A member that a document must have, and what stands in for it where it cannot be read.
pub(crate) type StandIn = (&'static str, Node<'static>);

/// How often what is broken is taken out: what a missing part breaks further up takes another round.
const ROUNDS: usize = 6;

/// The faults of meaning of a document whose faults of shape are `told`.
pub(super) fn further<T: Deserr<Faults>>(
    document: Node,
    told: &Faults,
    stand_ins: &[StandIn],
    check: impl Fn(&T) -> Faults,
) -> Vec<Fault> {
    let mut mend = Mend {
        document,
        stand_ins,
        lost: HashSet::new(),
        hurt: HashSet::new(),
        lists: HashSet::new(),
        touched: HashSet::new(),
    };
    let mut broken = told.0.clone();
    for _ in 0..ROUNDS {
        if !broken.iter().all(|fault| mend.take_out(fault)) {
            break;
        }
        match T::deserialize_from_value((&mend.document).into_value(), ValuePointerRef::Origin) {
            Err(Faults(faults)) => {
                broken = faults.into_iter().map(|f| Fault { pointer: mend.original(&f.pointer), ..f }).collect();
            }
            Ok(value) => {
                let known: HashSet<&str> = told.0.iter().map(|f| f.pointer.as_str()).collect();
                let faults = check(&value).0.into_iter();
                let faults = faults.map(|f| Fault { pointer: mend.original(&f.pointer), ..f });
                return faults
                    .filter(|f| !known.contains(f.pointer.as_str()) && !mend.is_consequence(f))
                    .map(|f| Fault { path: path(&mend.document, &f.pointer), ..f })
                    .collect();
            }
        }
    }
    Vec::new()
}

struct Mend<'t, 's> {
    document: Node<'t>,
    stand_ins: &'s [StandIn],
    /// Ids of what was taken out.
    lost: HashSet<String>,
    /// Ids of that of which a part was taken out.
    hurt: HashSet<String>,
    /// Lists that lost an entry whose id nobody knows.
    lists: HashSet<String>,
    /// Objects and lists of which a part was taken out.
    touched: HashSet<String>,
}

impl Mend<'_, '_> {
    /// Takes out what a fault is about; false where nothing would be left.
    fn take_out(&mut self, fault: &Fault) -> bool {
        match fault.code {
            "duplicate-key" => true,
            "unknown-field" => {
                self.remove(&fault.pointer);
                true
            }
            "missing-field" if fault.pointer.is_empty() => self.stand_in(),
            _ if fault.pointer.is_empty() => false,
            _ => {
                self.lose(&fault.pointer);
                true
            }
        }
    }

    /// Adds what the document itself lacks; false where that is not what it lacks.
    fn stand_in(&mut self) -> bool {
        let Node::Object(members) = &mut self.document else { return false };
        let before = members.len();
        for (name, node) in self.stand_ins {
            if !members.iter().any(|m| m.0 == *name && !m.1.is_gone()) {
                members.push((Cow::Borrowed(*name), node.clone()));
                self.touched.insert(format!("/{name}"));
                self.lists.insert((*name).to_owned());
            }
        }
        members.len() > before
    }

    /// Takes out a place, and remembers what may now look wrong because of it.
    fn lose(&mut self, pointer: &str) {
        let mut at = Some(&self.document);
        let mut list = None;
        for step in steps(pointer) {
            let in_list = matches!(at, Some(Node::List(_)));
            at = at.and_then(|node| node.step(&step));
            self.hurt.extend(at.and_then(Node::id).map(str::to_owned));
            list = if in_list { list } else { Some(step) };
        }
        let is_entry = parent(pointer).rsplit('/').next() == list.as_deref();
        match (at.and_then(Node::id), list) {
            (Some(id), _) => {
                self.lost.insert(id.to_owned());
            }
            (None, Some(list)) if is_entry => {
                self.lists.insert(list);
            }
            _ => {}
        }
        // Sessions refer to orders, too.
        if let Some(Node::List(orders)) = at.and_then(|node| node.get("orders")) {
            self.lost.extend(orders.iter().filter_map(Node::id).map(str::to_owned));
        }
        self.touched.insert(parent(pointer).to_owned());
        self.remove(pointer);
    }

    fn remove(&mut self, pointer: &str) {
        let mut at = Some(&mut self.document);
        for step in steps(parent(pointer)) {
            at = at.and_then(|node| node.step_mut(&step));
        }
        let Some(last) = steps(pointer).last() else { return };
        match at {
            Some(Node::Object(members)) => {
                members.iter_mut().filter(|m| m.0 == last).for_each(|m| m.1 = Node::Gone);
            }
            Some(Node::List(list)) => {
                if let Some(item) = last.parse::<usize>().ok().and_then(|k| list.get_mut(k)) {
                    *item = Node::Gone;
                }
            }
            _ => {}
        }
    }

    /// The pointer in the document as it came, of one in what is left of it.
    fn original(&self, pointer: &str) -> String {
        let mut at = Some(&self.document);
        let mut original = String::new();
        for (step, written) in steps(pointer).zip(pointer.split('/').skip(1)) {
            let mut here = written.to_owned();
            if let Some(Node::List(list)) = at {
                let left = list.iter().enumerate().filter(|item| !item.1.is_gone());
                let found = step.parse().ok().and_then(|k: usize| left.map(|item| item.0).nth(k));
                here = found.map_or(here, |k| k.to_string());
            }
            at = at.and_then(|node| node.step(&here.replace("~1", "/").replace("~0", "~")));
            original.push('/');
            original.push_str(&here);
        }
        original
    }

    /// Whether a fault of meaning may be there only because something was taken out.
    fn is_consequence(&self, fault: &Fault) -> bool {
        let mut at = Some(&self.document);
        let (mut field, mut service) = (String::new(), None);
        for step in steps(&fault.pointer) {
            let in_list = matches!(at, Some(Node::List(_)));
            service = at.and_then(|node| node.get("service")).or(service);
            at = at.and_then(|node| node.step(&step));
            field = if in_list { field } else { step };
        }
        let inside = parent(&fault.pointer);
        let touched_object = self.touched.contains(inside)
            && fault.pointer.get(inside.len() + 1..).is_some_and(|last| last.parse::<usize>().is_err());
        if self.touched.contains(&fault.pointer) || (touched_object && !inside.is_empty()) {
            return true;
        }
        match fault.code {
            "duplicate-id" => false,
            "unknown-id" => self.is_lost(at) || list_of(&field).is_some_and(|list| self.lists.contains(list)),
            "unknown-length" => {
                ["service", "group", "order"].iter().any(|name| self.is_lost(at.and_then(|node| node.get(name))))
                    || !self.lists.is_empty()
            }
            "out-of-range" => inside.starts_with("/previous/") && self.touched.contains("/week_start"),
            _ => self.is_lost(service) || service.and_then(Node::text).is_some_and(|id| self.hurt.contains(id)),
        }
    }

    fn is_lost(&self, reference: Option<&Node>) -> bool {
        reference.and_then(Node::text).is_some_and(|id| self.lost.contains(id))
    }
}

/// The list into which references of a field lead.
fn list_of(field: &str) -> Option<&'static str> {
    match field {
        "home_site" | "site" | "sites" | "a" | "b" => Some("sites"),
        "service" => Some("services"),
        "clinician" | "clinicians" | "prefer" | "not_with" => Some("clinicians"),
        "groups" => Some("groups"),
        "members" | "apart_from" => Some("participants"),
        "family" => Some("family"),
        _ => None,
    }
}

fn parent(pointer: &str) -> &str {
    pointer.rsplit_once('/').map_or("", |(before, _)| before)
}
