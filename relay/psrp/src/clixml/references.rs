//! `<Ref>`: objects of a document by their `RefId`, finished ones and those still open.

use std::{collections::HashMap, sync::Arc};

use postern_shared::value::{Content, Properties, PsObject, PsValue};

use super::{ClixmlError, OBJECT_COST};

/// Room for objects that is kept from one document to the next.
const KEPT_SLOTS: usize = 1024;

/// The objects of a document.
#[derive(Debug)]
pub(super) struct References {
    /// Levels of objects within each other, references followed. Whoever walks over a value recurses that deep.
    depth_limit: usize,
    slots: Vec<Slot>,
    /// Objects whose `RefId` is not their place in the document, as it is in what PowerShell writes.
    irregular: HashMap<usize, usize>,
    /// Slots of the objects that are still open, the outermost first.
    open: Vec<usize>,
    /// The outermost level that a reference within the innermost open object leads to.
    reach: Option<usize>,
    /// Levels of objects within the innermost open object so far, references followed.
    height: usize,
    /// How often an object was begun or referred to.
    pub(super) uses: usize,
}

#[derive(Debug)]
struct Slot {
    state: State,
    /// Whether the object's `RefId` is the slot's number.
    regular: bool,
}

#[derive(Debug)]
enum State {
    Open,
    Done {
        object: Arc<PsObject>,
        /// Values in the object, references followed.
        weight: usize,
        /// Levels of objects within it, references followed.
        height: usize,
        /// If something in it is an ancestor beyond the object itself: the outermost level of such ancestors, and the
        /// slots of the objects around it.
        around: Option<(usize, Box<[usize]>)>,
    },
}

/// What has to be given back when an object is finished.
pub(super) struct OpenObject {
    slot: usize,
    outer_reach: Option<usize>,
    outer_height: usize,
    expanded_before: usize,
}

/// Counts values, with references followed.
pub(super) struct Expanded {
    pub(super) count: usize,
    pub(super) limit: usize,
}

impl Expanded {
    pub(super) fn add(&mut self, count: usize) -> Result<(), ClixmlError> {
        self.count = self.count.saturating_add(count);
        if self.count > self.limit {
            return Err(ClixmlError::Limit { what: "values with references followed", limit: self.limit });
        }
        Ok(())
    }
}

impl References {
    /// No objects yet; they may be in each other `depth_limit` levels deep.
    pub(super) fn new(depth_limit: usize) -> Self {
        Self {
            depth_limit,
            slots: Vec::new(),
            irregular: HashMap::new(),
            open: Vec::new(),
            reach: None,
            height: 0,
            uses: 0,
        }
    }

    /// Forgets the document, and most of the room that a very large one took.
    pub(super) fn clear(&mut self) {
        self.slots.clear();
        self.slots.shrink_to(KEPT_SLOTS);
        self.irregular.clear();
        self.irregular.shrink_to(KEPT_SLOTS);
        self.open.clear();
        self.reach = None;
        self.height = 0;
        self.uses = 0;
    }

    /// Notes that there are so many levels of objects under the innermost open one.
    fn reaches_down(&mut self, levels: usize) -> Result<(), ClixmlError> {
        if self.open.len().saturating_add(levels) > self.depth_limit {
            return Err(ClixmlError::Limit { what: "objects inside each other", limit: self.depth_limit });
        }
        self.height = self.height.max(levels);
        Ok(())
    }

    /// An object begins.
    pub(super) fn open(
        &mut self,
        ref_id: Option<usize>,
        expanded: &Expanded,
    ) -> Result<OpenObject, ClixmlError> {
        self.reaches_down(1)?;
        self.uses += 1;
        let slot = self.slots.len();
        let regular = ref_id == Some(slot);
        if let (Some(id), false) = (ref_id, regular) {
            self.irregular.insert(id, slot);
        }
        self.slots.push(Slot { state: State::Open, regular });
        self.open.push(slot);
        Ok(OpenObject {
            slot,
            outer_reach: self.reach.take(),
            outer_height: std::mem::take(&mut self.height),
            expanded_before: expanded.count,
        })
    }

    /// The object that was opened last is finished. `finish` gives it; it is told whether the object is whole in itself.
    /// One in which an ancestor leads beyond it is not: what is equal elsewhere would mean something else.
    pub(super) fn close(
        &mut self,
        open: &OpenObject,
        expanded: &mut Expanded,
        finish: impl FnOnce(bool) -> Arc<PsObject>,
    ) -> Result<PsValue, ClixmlError> {
        self.open.pop();
        let level = self.open.len();
        let reach = self.reach.filter(|reach| *reach < level);
        if reach.is_some() {
            // The list of what is around it costs 8 bytes a level.
            expanded.add(level / 3)?;
        }
        let object = finish(reach.is_none());
        if let Some(slot) = self.slots.get_mut(open.slot) {
            slot.state = State::Done {
                object: Arc::clone(&object),
                weight: expanded.count.saturating_sub(open.expanded_before).saturating_add(1),
                height: self.height,
                around: reach.map(|reach| (reach, self.open.as_slice().into())),
            };
        }
        self.height = open.outer_height.max(self.height + 1);
        self.reach = match (reach, open.outer_reach) {
            (Some(inner), Some(outer)) => Some(inner.min(outer)),
            (inner, outer) => inner.or(outer),
        };
        Ok(PsValue::Object(object))
    }

    /// What a `<Ref>` in the innermost open object means; `None` if there is no such object.
    pub(super) fn resolve(
        &mut self,
        ref_id: usize,
        expanded: &mut Expanded,
    ) -> Result<Option<PsValue>, ClixmlError> {
        self.uses += 1;
        let regular = || self.slots.get(ref_id).is_some_and(|slot| slot.regular).then_some(ref_id);
        match self.irregular.get(&ref_id).copied().or_else(regular) {
            Some(slot) => self.follow(slot, 0, expanded).map(Some),
            None => Ok(None),
        }
    }

    /// The object of a slot as a value `below` levels under the innermost open object.
    fn follow(&mut self, slot: usize, below: usize, expanded: &mut Expanded) -> Result<PsValue, ClixmlError> {
        if let Some(level) = self.open.iter().rposition(|open| *open == slot) {
            self.reach = Some(self.reach.map_or(level, |reach| reach.min(level)));
            let up = self.open.len() - 1 - level + below;
            return Ok(PsValue::Ancestor(u32::try_from(up).unwrap_or(u32::MAX)));
        }
        let Some(Slot { state: State::Done { object, weight, height, around }, .. }) = self.slots.get(slot)
        else {
            return Ok(PsValue::Null);
        };
        expanded.add(*weight)?;
        let (object, around, levels) = (Arc::clone(object), around.clone(), below + height + 1);
        self.reaches_down(levels)?;
        match around {
            None => Ok(PsValue::Object(object)),
            Some((reach, around)) if below == 0 && *around == *self.open => {
                self.reach = Some(self.reach.map_or(reach, |own| own.min(reach)));
                Ok(PsValue::Object(object))
            }
            // An ancestor is counted from where it stands: elsewhere, the object needs other numbers.
            Some((_, around)) => {
                let moved = Move { around: &around, below };
                Ok(PsValue::Object(Arc::new(self.relocate(&object, 0, &moved, expanded)?)))
            }
        }
    }

    fn relocate(
        &mut self,
        object: &PsObject,
        inside: usize,
        to: &Move<'_>,
        expanded: &mut Expanded,
    ) -> Result<PsObject, ClixmlError> {
        // The copies are memory of their own.
        expanded.add(OBJECT_COST)?;
        self.reaches_down(to.below + inside + 1)?;
        let mut value = |value: &PsValue| match value {
            PsValue::Object(inner) => self.relocate(inner, inside + 1, to, expanded).map(PsValue::from),
            PsValue::Ancestor(up) => match (*up as usize).checked_sub(inside + 1) {
                None => Ok(PsValue::Ancestor(*up)),
                Some(beyond) => {
                    let slot = to.around.iter().rev().nth(beyond).copied().unwrap_or(usize::MAX);
                    self.follow(slot, to.below + inside + 1, expanded)
                }
            },
            other => Ok(other.clone()),
        };
        let mut list = |items: &[PsValue]| items.iter().map(&mut value).collect::<Result<Vec<_>, _>>();
        let content = match &object.content {
            Content::None => Content::None,
            Content::Value(inner) => {
                Content::Value(list(std::slice::from_ref(inner))?.pop().unwrap_or_default())
            }
            Content::List(items) => Content::List(list(items)?),
            Content::Enumerable(items) => Content::Enumerable(list(items)?),
            Content::Stack(items) => Content::Stack(list(items)?),
            Content::Queue(items) => Content::Queue(list(items)?),
            Content::Dictionary(entries) => {
                let (keys, values): (Vec<_>, Vec<_>) = entries.iter().cloned().unzip();
                Content::Dictionary(list(&keys)?.into_iter().zip(list(&values)?).collect())
            }
        };
        let mut properties = |from: &Properties| {
            list(from.values()).map(|values| Properties::new(Arc::clone(from.shape()), values))
        };
        Ok(PsObject {
            adapted: properties(&object.adapted)?,
            extended: properties(&object.extended)?,
            type_names: Arc::clone(&object.type_names),
            to_string: object.to_string.clone(),
            content,
        })
    }
}

/// Where an object goes, and where it comes from.
struct Move<'m> {
    /// The slots around its first place, the outermost first.
    around: &'m [usize],
    /// Levels between the innermost open object and the object.
    below: usize,
}
