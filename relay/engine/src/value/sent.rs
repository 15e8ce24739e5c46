//! An object as the remote side sent it.

use std::{cell::RefCell, ops::Deref, rc::Rc, sync::Arc};

use postern_shared::value::{PsObject, PsStr, PsValue};

use super::{Object, Value};

/// An object as the remote side sent it, and beside it what scripts have set or added here: what was sent is shared
/// with the page and never changes.
#[derive(Debug)]
pub struct Sent {
    object: Arc<PsObject>,
    notes: RefCell<Option<Rc<Object>>>,
}

impl Sent {
    /// The object without anything of our own.
    pub fn new(object: Arc<PsObject>) -> Rc<Self> {
        Rc::new(Self { object, notes: RefCell::default() })
    }

    /// The object as it was sent.
    pub fn object(&self) -> &Arc<PsObject> {
        &self.object
    }

    /// What was set or added here, if anything was.
    pub fn notes(&self) -> Option<Rc<Object>> {
        self.notes.borrow().clone()
    }

    /// What was set or added here, to add more.
    pub fn own_notes(&self) -> Rc<Object> {
        Rc::clone(self.notes.borrow_mut().get_or_insert_with(Object::new))
    }

    /// Sets a property that was sent; `false` if there is none.
    pub fn replace(&self, name: &str, value: Value) -> bool {
        let Some(own) =
            self.object.properties().map(|(own, _)| own).find(|own| own.eq_ignore_ascii_case(name))
        else {
            return false;
        };
        self.own_notes().set(own.clone(), value);
        true
    }

    /// The type names, with those that were added here.
    pub fn type_names(&self) -> Vec<PsStr> {
        let own =
            self.notes().and_then(|notes| notes.type_names.borrow().as_ref().map(|names| names.to_vec()));
        own.unwrap_or_else(|| self.object.type_names.to_vec())
    }

    /// A copy with notes of its own.
    pub fn copy(&self) -> Rc<Self> {
        let notes = RefCell::new(self.notes().map(|notes| notes.copy()));
        Rc::new(Self { object: Arc::clone(&self.object), notes })
    }

    /// The object with what was set or added here; `of` makes the wire's form of a value.
    pub(super) fn merged(&self, of: impl Fn(&Value) -> PsValue) -> Arc<PsObject> {
        let Some(notes) = self.notes() else { return Arc::clone(&self.object) };
        let replaced = |(name, sent): (&PsStr, &PsValue)| {
            (name.clone(), notes.get(name).map_or_else(|| sent.clone(), |value| of(&value)))
        };
        let added = notes.properties().into_iter().filter(|(name, _)| self.object.get(name).is_none());
        let extended = self.object.extended.iter().map(replaced);
        Arc::new(PsObject {
            adapted: self.object.adapted.iter().map(replaced).collect(),
            extended: extended.chain(added.map(|(name, value)| (name, of(&value)))).collect(),
            type_names: self.type_names().into(),
            to_string: self.object.to_string.clone(),
            content: self.object.content.clone(),
        })
    }
}

impl Deref for Sent {
    type Target = PsObject;

    fn deref(&self) -> &PsObject {
        &self.object
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use postern_shared::value::{PsObject, PsValue};

    use super::Sent;
    use crate::value::Value;

    #[test]
    fn what_was_set_here_takes_the_place_of_what_was_sent() {
        let properties = [("Name", PsValue::from("a")), ("Size", PsValue::I32(7))];
        let object = PsObject::bag(Arc::from(["T".into()]), properties.into_iter().collect());
        let sent = Sent::new(Arc::new(object));
        assert!(Arc::ptr_eq(sent.object(), &sent.merged(Value::to_ps)), "nothing was set");
        assert!(sent.replace("size", Value::I32(8)) && !sent.replace("none", Value::Null));
        let notes = sent.own_notes();
        // As `Add-Member name b -Force` does.
        notes.set("name", Value::str("b"));
        notes.set("Extra", Value::I32(1));
        let merged = sent.merged(Value::to_ps);
        let all: Vec<_> = merged.properties().map(|(name, value)| format!("{name}={value}")).collect();
        assert_eq!(all, ["Name=b", "Size=8", "Extra=1"]);
        assert_eq!(sent.get("Size"), Some(&PsValue::I32(7)), "what was sent stays");
    }
}
