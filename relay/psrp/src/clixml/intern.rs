//! What a decoder remembers between objects, so that 100,000 of a type share their names.
//!
//! Type names are remembered by the bytes they were written in. Each list of type names remembers the property names
//! ([`Shape`]s) last seen with it, so that the next object's names are only compared, and the small objects (an enum's
//! member, an unset quota, an empty list) that come with every mailbox, so that they are kept once.
//!
//! All of it is guesses that are checked byte by byte: a decoder that remembers gives what a new one would.

use std::{
    collections::{HashMap, hash_map::RandomState},
    hash::{BuildHasher, Hash},
    sync::Arc,
};

use postern_shared::value::{Content, PsObject, PsStr, PsValue, Shape, TypeNames};

use super::text;

/// Lists of type names remembered; a server has some hundreds.
const MAX_TYPES: usize = 4096;
/// Bytes of one list of type names that is remembered; Exchange's longest are about 1 kB.
const MAX_TYPE_BYTES: usize = 8192;
/// Shapes remembered a type: objects of one type differ little in their properties.
const MAX_SHAPES: usize = 8;
/// Small objects remembered a type. Values that repeat come early; what comes later is kept by itself.
const MAX_OBJECTS: usize = 256;
/// Small objects a type that are known by how they were written, without reading them again.
const MAX_WRITTEN: usize = 8;
/// Longest small object, in bytes, and longest text in one.
const MAX_SMALL: usize = 256;
/// Properties of a small object; an unset quota has one.
const MAX_SMALL_PROPERTIES: usize = 8;
/// About how many bytes are remembered before everything is forgotten; a session with Exchange takes some 200 kB.
const MAX_REMEMBERED: usize = 16 << 20;

/// Number of a type in [`Types`]; 0 is the type of objects without type names, and of those that are not remembered.
pub(super) type TypeNumber = usize;

/// Which of an object's two lists of properties.
#[derive(Clone, Copy)]
pub(super) enum Members {
    Adapted,
    Extended,
}

/// What the next list of properties will be, if it is like the last one.
#[derive(Default)]
pub(super) struct Expected {
    pub(super) shape: Option<Arc<Shape>>,
    /// Whether all names stand for themselves as they are written.
    pub(super) plain: bool,
}

#[derive(Debug)]
pub(super) struct Types {
    by_bytes: HashMap<Arc<[u8]>, TypeNumber>,
    all: Vec<Type>,
    /// The type that came last.
    last: TypeNumber,
    /// About how many bytes are remembered. What is forgotten again is not taken off.
    remembered: usize,
    hasher: RandomState,
}

#[derive(Debug, Default)]
struct Type {
    bytes: Arc<[u8]>,
    names: TypeNames,
    /// The type that came after this one the last time.
    next: TypeNumber,
    adapted: Shapes,
    extended: Shapes,
    objects: HashMap<u64, Arc<PsObject>>,
    written: Vec<Written>,
}

/// The shapes seen, the last one first, and whether its names are plain.
#[derive(Debug, Default)]
struct Shapes(Vec<(Arc<Shape>, bool)>);

/// A small object, by what followed its type names, closing tag included.
#[derive(Debug)]
struct Written {
    bytes: Box<[u8]>,
    /// Values in it.
    values: usize,
    object: Arc<PsObject>,
}

impl Types {
    pub(super) fn new() -> Self {
        Self {
            by_bytes: HashMap::new(),
            all: vec![Type::default()],
            last: 0,
            remembered: 0,
            hasher: RandomState::new(),
        }
    }

    /// The type that came after the last one before, if its names follow again, and how long they are with their
    /// closing tag.
    pub(super) fn expected_next(&mut self, rest: &[u8], close: &[u8]) -> Option<(TypeNumber, usize)> {
        let number = self.all.get(self.last)?.next;
        let bytes = &self.all.get(number).filter(|_| number != 0)?.bytes;
        let after = rest.strip_prefix(&**bytes)?;
        let length = after.starts_with(close).then_some(bytes.len() + close.len())?;
        self.last = number;
        Some((number, length))
    }

    /// The type that these bytes (between `<TN …>` and `</TN>`) were seen to name.
    pub(super) fn find(&mut self, bytes: &[u8]) -> Option<TypeNumber> {
        let number = self.by_bytes.get(bytes).copied()?;
        self.comes_now(number);
        Some(number)
    }

    fn comes_now(&mut self, number: TypeNumber) {
        if let Some(last) = self.all.get_mut(self.last) {
            last.next = number;
        }
        self.last = number;
    }

    /// Remembers a type, unless there are too many.
    pub(super) fn add(&mut self, bytes: &[u8], names: Vec<PsStr>) -> (TypeNumber, TypeNames) {
        let names = TypeNames::from(names);
        if self.all.len() > MAX_TYPES || bytes.len() > MAX_TYPE_BYTES {
            return (0, names);
        }
        let number = self.all.len();
        let bytes: Arc<[u8]> = bytes.into();
        self.remembered += 2 * bytes.len() + size_of::<Type>();
        self.by_bytes.insert(Arc::clone(&bytes), number);
        self.all.push(Type { bytes, names: Arc::clone(&names), ..Type::default() });
        self.comes_now(number);
        (number, names)
    }

    /// Forgets everything before the next message, if a hostile server made it too much.
    pub(super) fn tidy(&mut self) {
        if self.all.len() > MAX_TYPES || self.remembered > MAX_REMEMBERED {
            *self = Self::new();
        }
    }

    pub(super) fn names(&self, number: TypeNumber) -> TypeNames {
        self.all.get(number).map(|own| Arc::clone(&own.names)).unwrap_or_default()
    }

    /// The property names expected next.
    pub(super) fn expected(&self, number: TypeNumber, members: Members) -> Expected {
        let shapes = self.all.get(number).map(|own| match members {
            Members::Adapted => &own.adapted,
            Members::Extended => &own.extended,
        });
        match shapes.and_then(|shapes| shapes.0.first()) {
            Some((shape, plain)) => Expected { shape: Some(Arc::clone(shape)), plain: *plain },
            None => Expected::default(),
        }
    }

    /// The shape of these names: a remembered one, or a new one that is remembered.
    pub(super) fn shape(&mut self, number: TypeNumber, members: Members, names: Vec<PsStr>) -> Arc<Shape> {
        let Some(own) = self.all.get_mut(number) else { return Shape::new(names) };
        let shapes = match members {
            Members::Adapted => &mut own.adapted.0,
            Members::Extended => &mut own.extended.0,
        };
        let known = if let Some(at) = shapes.iter().position(|(shape, _)| shape.names() == names) {
            shapes.remove(at)
        } else {
            let text: usize = names.iter().map(|name| name.len() + size_of::<PsStr>()).sum();
            self.remembered += text + size_of::<Shape>();
            let plain = names.iter().all(text::stands_for_itself);
            (Shape::new(names), plain)
        };
        let shape = Arc::clone(&known.0);
        shapes.truncate(MAX_SHAPES - 1);
        shapes.insert(0, known);
        shape
    }

    /// The small object of the type that was seen written as `rest` begins, how many bytes that is, and how many
    /// values are in it.
    pub(super) fn recent(&self, number: TypeNumber, rest: &[u8]) -> Option<(Arc<PsObject>, usize, usize)> {
        let known = &self.all.get(number).filter(|_| number != 0)?.written;
        let known = known.iter().find(|known| rest.starts_with(&known.bytes))?;
        Some((Arc::clone(&known.object), known.bytes.len(), known.values))
    }

    /// Shares an object: an equal one that was seen before, if it is of the kind that repeats. `written` is what
    /// followed its type names and how many values are in it, if writing the same means the same.
    pub(super) fn share(
        &mut self,
        number: TypeNumber,
        object: PsObject,
        written: Option<(&[u8], usize)>,
    ) -> Arc<PsObject> {
        let Some(key) = self.key(&object) else { return Arc::new(object) };
        let Some(own) = self.all.get_mut(number) else { return Arc::new(object) };
        let object = match own.objects.get(&key) {
            Some(known) if **known == object => Arc::clone(known),
            Some(_) => return Arc::new(object),
            None => {
                let object = Arc::new(object);
                if own.objects.len() >= MAX_OBJECTS {
                    return object;
                }
                self.remembered += size_of::<PsObject>() + 2 * MAX_SMALL;
                own.objects.insert(key, Arc::clone(&object));
                object
            }
        };
        if let Some((bytes, values)) = written
            && number != 0
            && own.written.len() < MAX_WRITTEN
            && bytes.len() <= MAX_SMALL
        {
            self.remembered += bytes.len() + size_of::<Written>();
            own.written.push(Written { bytes: bytes.into(), values, object: Arc::clone(&object) });
        }
        object
    }

    /// A hash of what usually tells small objects of a type apart; `None` for objects that do not repeat.
    fn key(&self, object: &PsObject) -> Option<u64> {
        let few = object.adapted.len() <= MAX_SMALL_PROPERTIES && object.extended.is_empty();
        if !few || !object.adapted.values().iter().all(is_small) {
            return None;
        }
        let text = object.to_string.as_ref();
        match &object.content {
            Content::List(items) if items.is_empty() && object.adapted.is_empty() && text.is_none() => {
                return Some(0);
            }
            Content::None => {}
            Content::Value(value) if is_small(value) => {}
            _ => return None,
        }
        let text = text.filter(|text| text.len() <= MAX_SMALL)?;
        let mut key = self.hasher.build_hasher();
        text.hash(&mut key);
        Some(std::hash::Hasher::finish(&key))
    }
}

/// Whether a value is a primitive of few bytes.
fn is_small(value: &PsValue) -> bool {
    match value {
        PsValue::Str(text) => text.len() <= MAX_SMALL,
        PsValue::Object(_)
        | PsValue::Ancestor(_)
        | PsValue::Bytes(_)
        | PsValue::SecureString(_)
        | PsValue::Uri(_)
        | PsValue::Xml(_)
        | PsValue::ScriptBlock(_) => false,
        _ => true,
    }
}
