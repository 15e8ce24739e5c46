//! What a decoder remembers between objects, so that 100,000 of a type share their names.
//!
//! Type names are remembered by the bytes they were written in. Each list of type names remembers the property names
//! ([`Shape`]s) last seen with it, so that the next object's names are only compared, and the small objects (an enum's
//! member, an unset quota, an empty list) that come with every mailbox, so that they are kept once.

use std::{
    collections::{HashMap, hash_map::RandomState},
    hash::{BuildHasher, Hash},
    sync::Arc,
};

use postern_shared::value::{Content, PsObject, PsStr, Shape, TypeNames};

/// Lists of type names remembered; a server has some hundreds.
const MAX_TYPES: usize = 4096;
/// Bytes of one list of type names that is remembered; Exchange's longest are about 1 kB.
const MAX_TYPE_BYTES: usize = 8192;
/// Shapes remembered a type: objects of one type differ little in their properties.
const MAX_SHAPES: usize = 8;
/// Small objects remembered a type. Values that repeat come early; what comes later is kept by itself.
const MAX_OBJECTS: usize = 256;

/// Number of a type in [`Types`]; 0 is the type of objects without type names.
pub(super) type TypeNumber = usize;

/// Which of an object's two lists of properties.
#[derive(Clone, Copy)]
pub(super) enum Members {
    Adapted,
    Extended,
}

#[derive(Debug)]
pub(super) struct Types {
    by_bytes: HashMap<Box<[u8]>, TypeNumber>,
    all: Vec<Type>,
    hasher: RandomState,
}

#[derive(Debug, Default)]
struct Type {
    names: TypeNames,
    adapted: Shapes,
    extended: Shapes,
    objects: HashMap<u64, Arc<PsObject>>,
}

/// The shapes seen, the last one first.
#[derive(Debug, Default)]
struct Shapes(Vec<Arc<Shape>>);

impl Types {
    pub(super) fn new() -> Self {
        Self { by_bytes: HashMap::new(), all: vec![Type::default()], hasher: RandomState::new() }
    }

    /// The type that these bytes (between `<TN …>` and `</TN>`) were seen to name.
    pub(super) fn find(&self, bytes: &[u8]) -> Option<TypeNumber> {
        self.by_bytes.get(bytes).copied()
    }

    /// Remembers a type. Where too many are, it is known for this message only.
    pub(super) fn add(&mut self, bytes: &[u8], names: Vec<PsStr>) -> TypeNumber {
        self.all.push(Type { names: names.into(), ..Type::default() });
        let number = self.all.len() - 1;
        if self.by_bytes.len() < MAX_TYPES && bytes.len() <= MAX_TYPE_BYTES {
            self.by_bytes.insert(bytes.into(), number);
        }
        number
    }

    /// Forgets everything before the next message, if a hostile server made it too much.
    pub(super) fn tidy(&mut self) {
        if self.all.len() > 2 * MAX_TYPES {
            *self = Self::new();
        }
    }

    pub(super) fn names(&self, number: TypeNumber) -> TypeNames {
        self.all.get(number).map(|own| Arc::clone(&own.names)).unwrap_or_default()
    }

    fn shapes(&self, number: TypeNumber, members: Members) -> Option<&Shapes> {
        let own = self.all.get(number)?;
        Some(match members {
            Members::Adapted => &own.adapted,
            Members::Extended => &own.extended,
        })
    }

    /// The property names expected next.
    pub(super) fn expected(&self, number: TypeNumber, members: Members) -> Option<Arc<Shape>> {
        self.shapes(number, members)?.0.first().cloned()
    }

    /// The shape of these names: a remembered one, or a new one that is remembered.
    pub(super) fn shape(&mut self, number: TypeNumber, members: Members, names: Vec<PsStr>) -> Arc<Shape> {
        let Some(own) = self.all.get_mut(number) else { return Shape::new(names) };
        let shapes = match members {
            Members::Adapted => &mut own.adapted.0,
            Members::Extended => &mut own.extended.0,
        };
        let shape = match shapes.iter().position(|shape| shape.names() == names) {
            Some(at) => shapes.remove(at),
            None => Shape::new(names),
        };
        shapes.truncate(MAX_SHAPES - 1);
        shapes.insert(0, Arc::clone(&shape));
        shape
    }

    /// Shares an object: an equal one that was seen before, if it is of the kind that repeats.
    pub(super) fn share(&mut self, number: TypeNumber, object: PsObject) -> Arc<PsObject> {
        let Some(key) = self.key(&object) else { return Arc::new(object) };
        let Some(own) = self.all.get_mut(number) else { return Arc::new(object) };
        match own.objects.get(&key) {
            Some(known) if **known == object => Arc::clone(known),
            Some(_) => Arc::new(object),
            None => {
                let object = Arc::new(object);
                if own.objects.len() < MAX_OBJECTS {
                    own.objects.insert(key, Arc::clone(&object));
                }
                object
            }
        }
    }

    /// A hash of what usually tells small objects of a type apart; `None` for objects that do not repeat.
    fn key(&self, object: &PsObject) -> Option<u64> {
        if !object.extended.is_empty() {
            return None;
        }
        match &object.content {
            Content::List(items) if items.is_empty() && object.adapted.is_empty() => Some(0),
            Content::None | Content::Value(_) => {
                let text = object.to_string.as_ref()?;
                let mut key = self.hasher.build_hasher();
                text.hash(&mut key);
                Some(std::hash::Hasher::finish(&key))
            }
            _ => None,
        }
    }
}
