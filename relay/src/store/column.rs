//! Values in columns: what a chunk of a result is when it is complete, and the properties of its objects, and theirs.

use std::sync::Arc;

use postern_shared::value::{Content, Properties, PsObject, PsStr, PsValue, Shape, TypeNames, Uuid};

/// A column of values, in the form that takes the least memory. It does not know its length: the value of a row that
/// it does not have is any.
pub(super) enum Column {
    /// One value in all rows.
    Same(PsValue),
    /// Few values: a dictionary, and each row's place in it.
    Few { values: Box<[PsValue]>, indexes: Box<[u8]> },
    /// Strings.
    Text(Arc<Text>),
    /// GUIDs.
    Guids(Arc<[Uuid]>),
    /// Objects of one type and shape.
    Objects(Box<Objects>),
    /// Values of several kinds: a column for each kind, and each row's column and place in it.
    Kinds { columns: Box<[Column]>, kinds: Box<[u8]>, places: Box<[u32]> },
    /// Anything else.
    Each(Box<[PsValue]>),
}

/// Strings in one piece of memory.
#[derive(PartialEq, Eq)]
pub(super) struct Text {
    pub(super) text: Box<str>,
    /// Where each string ends.
    pub(super) ends: Box<[u32]>,
}

/// Objects with the same type names and the same names of properties.
pub(super) struct Objects {
    pub(super) type_names: TypeNames,
    /// Strings; null for none.
    pub(super) to_string: Column,
    pub(super) content: Contents,
    pub(super) adapted: Members,
    pub(super) extended: Members,
}

/// What the objects are, apart from their members.
pub(super) enum Contents {
    None,
    Value(Column),
    /// All objects' items, and where each one's end.
    Items {
        wrap: fn(Vec<PsValue>) -> Content,
        items: Column,
        ends: Box<[u32]>,
    },
}

/// The properties of objects of one shape.
pub(super) struct Members {
    pub(super) shape: Arc<Shape>,
    pub(super) columns: Box<[Column]>,
}

impl Column {
    /// The value of a row.
    pub(super) fn get(&self, row: usize) -> PsValue {
        match self {
            Self::Same(value) => value.clone(),
            Self::Few { values, indexes } => indexes
                .get(row)
                .and_then(|index| values.get(usize::from(*index)))
                .cloned()
                .unwrap_or_default(),
            Self::Text(text) => text.get(row).map_or(PsValue::Null, PsValue::from),
            Self::Guids(guids) => guids.get(row).copied().map_or(PsValue::Null, PsValue::Guid),
            Self::Objects(objects) => PsValue::from(objects.get(row)),
            Self::Kinds { columns, kinds, places } => {
                kind(columns, kinds, places, row).map_or(PsValue::Null, |(column, place)| column.get(place))
            }
            Self::Each(values) => values.get(row).cloned().unwrap_or_default(),
        }
    }

    /// The value that the object of a row has for a property; null if it has none.
    pub(super) fn property(&self, row: usize, name: &str) -> PsValue {
        match self {
            Self::Objects(objects) => objects.column(name).map_or(PsValue::Null, |column| column.get(row)),
            Self::Kinds { columns, kinds, places } => kind(columns, kinds, places, row)
                .map_or(PsValue::Null, |(column, place)| column.property(place, name)),
            Self::Each(values) => {
                values.get(row).and_then(|value| value.get(name)).cloned().unwrap_or_default()
            }
            Self::Same(value) => value.get(name).cloned().unwrap_or_default(),
            column => column.get(row).get(name).cloned().unwrap_or_default(),
        }
    }

    /// What a function says of each row's property; it is asked once where the value repeats.
    pub(super) fn map_property<T: Clone>(
        &self,
        rows: usize,
        name: &str,
        of: &impl Fn(&PsValue) -> T,
    ) -> Vec<T> {
        match self {
            Self::Objects(objects) => match objects.column(name) {
                Some(column) => column.map(rows, of),
                None => vec![of(&PsValue::Null); rows],
            },
            column => (0..rows).map(|row| of(&column.property(row, name))).collect(),
        }
    }

    fn map<T: Clone>(&self, rows: usize, of: &impl Fn(&PsValue) -> T) -> Vec<T> {
        match self {
            Self::Same(value) => vec![of(value); rows],
            Self::Few { values, indexes } => {
                let known: Vec<T> = values.iter().map(of).collect();
                let one = |row| indexes.get(row).and_then(|index| known.get(usize::from(*index))).cloned();
                (0..rows).map(|row| one(row).unwrap_or_else(|| of(&PsValue::Null))).collect()
            }
            column => (0..rows).map(|row| of(&column.get(row))).collect(),
        }
    }
}

/// The column that a row's value is in, and its place there.
fn kind<'a>(columns: &'a [Column], kinds: &[u8], places: &[u32], row: usize) -> Option<(&'a Column, usize)> {
    Some((columns.get(usize::from(*kinds.get(row)?))?, *places.get(row)? as usize))
}

impl Text {
    fn get(&self, row: usize) -> Option<&str> {
        let (start, end) = span(&self.ends, row)?;
        self.text.get(start..end)
    }
}

/// Where a row begins and ends, by where all rows end.
fn span(ends: &[u32], row: usize) -> Option<(usize, usize)> {
    let start = row.checked_sub(1).map_or(Some(0), |before| ends.get(before).copied())?;
    Some((start as usize, *ends.get(row)? as usize))
}

impl Objects {
    fn get(&self, row: usize) -> PsObject {
        let to_string = match self.to_string.get(row) {
            PsValue::Str(text) => Some(text),
            _ => None::<PsStr>,
        };
        let content = match &self.content {
            Contents::None => Content::None,
            Contents::Value(column) => Content::Value(column.get(row)),
            Contents::Items { wrap, items, ends } => {
                let (start, end) = span(ends, row).unwrap_or_default();
                wrap((start..end).map(|at| items.get(at)).collect())
            }
        };
        PsObject {
            type_names: Arc::clone(&self.type_names),
            to_string,
            content,
            adapted: self.adapted.get(row),
            extended: self.extended.get(row),
        }
    }

    /// The property of that name, extended ones before adapted ones as in [`PsObject::get`].
    fn column(&self, name: &str) -> Option<&Column> {
        self.extended.column(name).or_else(|| self.adapted.column(name))
    }
}

impl Members {
    fn get(&self, row: usize) -> Properties {
        let values = self.columns.iter().map(|column| column.get(row)).collect();
        Properties::new(Arc::clone(&self.shape), values)
    }

    fn column(&self, name: &str) -> Option<&Column> {
        self.columns.get(self.shape.position(name)?)
    }
}
