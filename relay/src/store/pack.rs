//! Putting a chunk's objects into columns.
//!
//! Of an organisation's mailboxes most properties are the same in all of them, and many of the others take few values;
//! what differs is mostly strings, GUIDs, and objects that hold such.

use std::{collections::HashMap, sync::Arc};

use postern_shared::value::{Content, Properties, PsObject, PsValue, Uuid};

use super::{
    column::{Column, Contents, Members, Objects, Text},
    same::{Exact, same, same_names},
    weight,
};

/// Objects within objects that are put into columns.
const DEPTH: u32 = 6;
/// Fewer values than this are kept one by one: the columns of their properties would take more.
const FEWEST: usize = 8;
/// Kinds of values in a column; those of further kinds are kept one by one.
const MOST_KINDS: usize = 16;
/// Values that an index of a byte can tell apart.
const MOST_FEW: usize = 256;
/// Columns of strings or GUIDs that are compared with a further one, so that those that repeat (a name as display
/// name, an object's identity as `Id`) are kept once.
const MOST_COMPARED: usize = 64;

/// Puts values into a column; gives what it takes in memory, in bytes, too.
pub(super) fn pack(values: &[PsValue]) -> (Column, usize) {
    let mut packer = Packer::default();
    let values: Vec<&PsValue> = values.iter().collect();
    let column = packer.column(&values, DEPTH);
    let own = weight::column(&column);
    (column, own.saturating_add(packer.shared))
}

/// What was packed of a chunk so far.
#[derive(Default)]
struct Packer {
    texts: Vec<Arc<Text>>,
    guids: Vec<Arc<[Uuid]>>,
    /// Bytes that the strings and GUIDs take; the columns share them.
    shared: usize,
}

/// Values of one kind can be in a column together.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Null,
    Text,
    Guid,
    Object,
    Other,
}

impl Kind {
    fn of(value: &PsValue) -> Self {
        match value {
            PsValue::Null => Self::Null,
            PsValue::Str(text) if text.lone_surrogates().is_none() => Self::Text,
            PsValue::Guid(_) => Self::Guid,
            PsValue::Object(object) if !matches!(object.content, Content::Dictionary(_)) => Self::Object,
            _ => Self::Other,
        }
    }
}

/// The values of a column that are of one kind.
struct Group<'a> {
    kind: Kind,
    values: Vec<&'a PsValue>,
}

impl Group<'_> {
    fn takes(&self, kind: Kind, value: &PsValue) -> bool {
        kind == self.kind
            && (kind != Kind::Object
                || match (self.values.first().and_then(|first| first.as_object()), value.as_object()) {
                    (Some(one), Some(other)) => {
                        std::mem::discriminant(&one.content) == std::mem::discriminant(&other.content)
                            && same_names(one, other)
                    }
                    _ => false,
                })
    }
}

impl Packer {
    fn column(&mut self, values: &[&PsValue], depth: u32) -> Column {
        let Some(first) = values.first() else { return Column::Same(PsValue::Null) };
        if values.iter().all(|value| same(first, value)) {
            return Column::Same(PsValue::clone(first));
        }
        let each = || Column::Each(values.iter().copied().cloned().collect());
        if values.len() < FEWEST {
            return each();
        }
        if let Some(column) = few(values) {
            return column;
        }
        let Some(depth) = depth.checked_sub(1) else { return each() };
        self.kinds(values, depth).unwrap_or_else(each)
    }

    fn kinds(&mut self, values: &[&PsValue], depth: u32) -> Option<Column> {
        let mut groups: Vec<Group<'_>> = Vec::new();
        let (mut kinds, mut places) = (Vec::with_capacity(values.len()), Vec::with_capacity(values.len()));
        for value in values {
            let mut kind = Kind::of(value);
            let mut at = groups.iter().position(|group| group.takes(kind, value));
            if at.is_none() && groups.len() >= MOST_KINDS {
                kind = Kind::Other;
                at = groups.iter().position(|group| group.kind == kind);
            }
            let at = at.unwrap_or_else(|| {
                groups.push(Group { kind, values: Vec::new() });
                groups.len() - 1
            });
            let group = groups.get_mut(at)?;
            kinds.push(u8::try_from(at).ok()?);
            places.push(u32::try_from(group.values.len()).ok()?);
            group.values.push(value);
        }
        if let [group] = groups.as_slice() {
            return self.one_kind(group.kind, values, depth);
        }
        let columns = groups.iter().map(|group| self.column(&group.values, depth)).collect();
        Some(Column::Kinds { columns, kinds: kinds.into(), places: places.into() })
    }

    fn one_kind(&mut self, kind: Kind, values: &[&PsValue], depth: u32) -> Option<Column> {
        match kind {
            Kind::Text => self.text(values),
            Kind::Guid => Some(self.guids(values)),
            Kind::Object => self.objects(values, depth),
            Kind::Null | Kind::Other => None,
        }
    }

    fn text(&mut self, values: &[&PsValue]) -> Option<Column> {
        let (mut text, mut ends) = (String::new(), Vec::with_capacity(values.len()));
        for value in values {
            text.push_str(value.as_str()?);
            ends.push(u32::try_from(text.len()).ok()?);
        }
        let text = Text { text: text.into(), ends: ends.into() };
        if let Some(known) = self.texts.iter().find(|known| ***known == text) {
            return Some(Column::Text(Arc::clone(known)));
        }
        self.shared = self.shared.saturating_add(weight::text(&text));
        let text = Arc::new(text);
        if self.texts.len() < MOST_COMPARED {
            self.texts.push(Arc::clone(&text));
        }
        Some(Column::Text(text))
    }

    fn guids(&mut self, values: &[&PsValue]) -> Column {
        let guid = |value: &&PsValue| match value {
            PsValue::Guid(guid) => Some(*guid),
            _ => None,
        };
        let guids: Vec<Uuid> = values.iter().filter_map(guid).collect();
        if let Some(known) = self.guids.iter().find(|known| ***known == *guids) {
            return Column::Guids(Arc::clone(known));
        }
        let guids: Arc<[Uuid]> = guids.into();
        self.shared = self.shared.saturating_add(weight::guids(&guids));
        if self.guids.len() < MOST_COMPARED {
            self.guids.push(Arc::clone(&guids));
        }
        Column::Guids(guids)
    }

    fn objects(&mut self, values: &[&PsValue], depth: u32) -> Option<Column> {
        let objects: Vec<&PsObject> = values.iter().filter_map(|value| value.as_object()).collect();
        let first = objects.first()?;
        let texts: Vec<PsValue> =
            objects.iter().map(|object| PsValue::from(object.to_string.clone())).collect();
        Some(Column::Objects(Box::new(Objects {
            type_names: Arc::clone(&first.type_names),
            to_string: self.column(&texts.iter().collect::<Vec<_>>(), depth),
            content: self.contents(&objects, depth)?,
            adapted: self.members(&objects, |object| &object.adapted, depth)?,
            extended: self.members(&objects, |object| &object.extended, depth)?,
        })))
    }

    fn members(
        &mut self,
        objects: &[&PsObject],
        of: fn(&PsObject) -> &Properties,
        depth: u32,
    ) -> Option<Members> {
        let shape = Arc::clone(of(objects.first()?).shape());
        let columns = (0..shape.names().len()).map(|at| {
            let values: Option<Vec<&PsValue>> =
                objects.iter().map(|object| of(object).values().get(at)).collect();
            Some(self.column(&values?, depth))
        });
        let columns = columns.collect::<Option<_>>()?;
        Some(Members { shape, columns })
    }

    fn contents(&mut self, objects: &[&PsObject], depth: u32) -> Option<Contents> {
        let wrap: fn(Vec<PsValue>) -> Content = match &objects.first()?.content {
            Content::None => return Some(Contents::None),
            Content::Value(_) => {
                let mut values = Vec::with_capacity(objects.len());
                for object in objects {
                    let Content::Value(value) = &object.content else { return None };
                    values.push(value);
                }
                return Some(Contents::Value(self.column(&values, depth)));
            }
            Content::List(_) => Content::List,
            Content::Enumerable(_) => Content::Enumerable,
            Content::Stack(_) => Content::Stack,
            Content::Queue(_) => Content::Queue,
            Content::Dictionary(_) => return None,
        };
        let (mut all, mut ends) = (Vec::new(), Vec::with_capacity(objects.len()));
        for object in objects {
            match &object.content {
                Content::List(items)
                | Content::Enumerable(items)
                | Content::Stack(items)
                | Content::Queue(items) => all.extend(items),
                _ => return None,
            }
            ends.push(u32::try_from(all.len()).ok()?);
        }
        Some(Contents::Items { wrap, items: self.column(&all, depth), ends: ends.into() })
    }
}

/// Values that repeat, as a dictionary; `None` if there are too many of them for that, or for that to be smaller.
fn few(values: &[&PsValue]) -> Option<Column> {
    let most = MOST_FEW.min(values.len() / 2);
    #[allow(clippy::mutable_key_type)] // what changes is a shape's index of names, which is not compared
    let mut known: HashMap<Exact<'_>, u8> = HashMap::new();
    let mut distinct: Vec<PsValue> = Vec::new();
    let mut indexes = Vec::with_capacity(values.len());
    // Equal ones often follow each other.
    let mut last: Option<(&PsValue, u8)> = None;
    for value in values {
        let index = match last {
            Some((last, index)) if same(last, value) => index,
            _ => match known.get(&Exact(value)) {
                Some(index) => *index,
                None if distinct.len() >= most => return None,
                None => {
                    let index = u8::try_from(distinct.len()).ok()?;
                    known.insert(Exact(value), index);
                    distinct.push(PsValue::clone(value));
                    index
                }
            },
        };
        last = Some((value, index));
        indexes.push(index);
    }
    Some(Column::Few { values: distinct.into(), indexes: indexes.into() })
}
