//! A part of a result: its objects one by one while it grows, in columns when it is complete.

use postern_shared::value::PsValue;

use super::{column::Column, pack::pack};

/// Objects in a chunk: a reader copies at most one, the unfinished one.
pub(super) const CHUNK: usize = 1024;

/// Consecutive rows of a result.
pub(super) enum Chunk {
    /// As they came.
    Objects(Vec<PsValue>),
    /// So many of them in a column, and its columns.
    Packed(usize, Column),
}

impl Chunk {
    /// The same rows in columns, with the bytes that they take so; `None` if they are already.
    pub(super) fn packed(&self) -> Option<(Self, usize)> {
        let Self::Objects(objects) = self else { return None };
        let (column, weight) = pack(objects);
        Some((Self::Packed(objects.len(), column), weight))
    }

    pub(super) fn len(&self) -> usize {
        match self {
            Self::Objects(objects) => objects.len(),
            Self::Packed(len, _) => *len,
        }
    }

    /// The object of a row.
    pub(super) fn get(&self, row: usize) -> Option<PsValue> {
        match self {
            Self::Objects(objects) => objects.get(row).cloned(),
            Self::Packed(len, column) => (row < *len).then(|| column.get(row)),
        }
    }

    /// The value that a row's object has for a property; null if it has none.
    pub(super) fn property(&self, row: usize, name: &str) -> PsValue {
        match self {
            Self::Objects(objects) => {
                objects.get(row).and_then(|object| object.get(name)).cloned().unwrap_or_default()
            }
            Self::Packed(_, column) => column.property(row, name),
        }
    }

    /// What a function says of each row's property; it is asked once where the value repeats.
    pub(super) fn map_property<T: Clone>(&self, name: &str, of: impl Fn(&PsValue) -> T) -> Vec<T> {
        match self {
            Self::Objects(objects) => {
                objects.iter().map(|object| of(object.get(name).unwrap_or(&PsValue::Null))).collect()
            }
            Self::Packed(len, column) => column.map_property(*len, name, &of),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use postern_shared::value::{
        Content, DateTimeKind, Decimal, Properties, PsDateTime, PsObject, PsStr, Shape, TypeNames, Uuid,
    };

    use super::{super::same::same, *};

    /// Objects like a server's: a few values, many values, nulls, objects in objects, lists.
    fn mailboxes(count: usize) -> Vec<PsValue> {
        let names: TypeNames = Arc::from(["Mailbox".into(), "System.Object".into()]);
        let id_names: TypeNames = Arc::from(["ADObjectId".into()]);
        let labels = [
            "Name",
            "Id",
            "Identity",
            "Database",
            "Addresses",
            "Guid",
            "Quota",
            "Hidden",
            "When",
            "Office",
            "Odd",
            "Table",
            "Alias",
        ];
        let shape = Shape::new(labels.map(PsStr::from).to_vec());
        let notes = Shape::new(["name".into(), "Note".into()].to_vec());
        let id_shape = Shape::new(["DistinguishedName".into(), "Depth".into(), "Guid".into()].to_vec());
        let id = |text: String, n: usize| {
            PsValue::from(PsObject {
                to_string: Some(text.as_str().into()),
                ..PsObject::bag(
                    Arc::clone(&id_names),
                    Properties::new(
                        Arc::clone(&id_shape),
                        vec![
                            format!("CN={text},OU=Users of the organisation,DC=example").into(),
                            7.into(),
                            Uuid::from_u128(n as u128).into(),
                        ],
                    ),
                )
            })
        };
        (0..count)
            .map(|n| {
                let name = format!("a mailbox with the number {n}");
                let addresses =
                    (0..n % 4).map(|at| format!("smtp:m{n}.{at}@example.org").into()).collect::<Vec<_>>();
                let odd = match n % 6 {
                    0 => PsValue::Double(0.0),
                    1 => PsValue::Double(-0.0),
                    2 => PsValue::Decimal(Decimal::new(10, 1)),
                    3 => PsValue::Decimal(Decimal::new(100, 2)),
                    4 => PsStr::from_utf16(&[0xD800, n as u16]).into(),
                    _ => PsValue::I64(n as i64),
                };
                let list = PsObject { content: Content::List(addresses), ..PsObject::default() };
                let table = PsObject {
                    content: Content::Dictionary(vec![("n".into(), PsValue::I32(n as i32))]),
                    ..PsObject::default()
                };
                let quota = PsObject {
                    content: Content::Value(PsValue::I64(n as i64)),
                    to_string: Some("Unlimited".into()),
                    ..PsObject::default()
                };
                let values = vec![
                    name.as_str().into(),
                    id(name.clone(), n),
                    id(name.clone(), n),
                    id(format!("DB{}", n % 3), n % 3),
                    list.into(),
                    Uuid::from_u128(n as u128 * 7).into(),
                    if n % 2 == 0 { quota.into() } else { PsValue::Null },
                    PsValue::Bool(n % 5 == 0),
                    PsDateTime { ticks: n as i64, kind: DateTimeKind::Utc }.into(),
                    if n % 7 == 0 { PsValue::Null } else { format!("Room {n}").into() },
                    odd,
                    table.into(),
                    name.as_str().into(),
                ];
                let mut object = PsObject::bag(
                    if n % 100 == 99 { TypeNames::default() } else { Arc::clone(&names) },
                    Properties::new(Arc::clone(&shape), values),
                );
                if n % 10 == 0 {
                    object.extended =
                        Properties::new(Arc::clone(&notes), vec![format!("note {n}").into(), PsValue::Null]);
                }
                PsValue::from(object)
            })
            .collect()
    }

    fn check(values: &[PsValue]) {
        let (packed, _) = Chunk::Objects(values.to_vec()).packed().unwrap();
        assert_eq!(packed.len(), values.len());
        for (row, value) in values.iter().enumerate() {
            let again = packed.get(row).unwrap();
            assert!(same(&again, value), "row {row}: {again:?} is not {value:?}");
            for name in ["name", "Identity", "ODD", "Note", "none"] {
                let expected = value.get(name).cloned().unwrap_or_default();
                assert!(same(&packed.property(row, name), &expected), "{name} of row {row}");
            }
        }
        for name in ["Name", "Database", "Hidden", "Office", "Odd", "none"] {
            let expected: Vec<String> =
                values.iter().map(|value| value.get(name).unwrap_or(&PsValue::Null).to_string()).collect();
            assert_eq!(packed.map_property(name, PsValue::to_string), expected);
        }
        assert!(packed.get(values.len()).is_none());
        assert!(packed.packed().is_none());
    }

    #[test]
    fn packed_rows_are_what_they_were() {
        check(&mailboxes(CHUNK));
        check(&mailboxes(9));
        check(&mailboxes(3));
        // Of one kind: a column of objects, without one for the kinds.
        let mut alike = mailboxes(99);
        let mut row = 0;
        alike.retain(|_| (row += 1, row % 10 != 1).1);
        check(&alike);
    }

    #[test]
    fn anything_can_be_packed() {
        check(&[]);
        check(&[PsValue::Null, PsValue::Null]);
        let mut mixed = mailboxes(30);
        mixed.extend((0..30).map(PsValue::I32));
        mixed.extend((0..30).map(|n| format!("text {n}").into()));
        // More shapes than there may be kinds.
        mixed.extend((0..40).map(|n| {
            let properties = [(format!("P{n}"), PsValue::I32(n)), ("Name".to_owned(), PsValue::I32(-n))];
            PsObject::bag(TypeNames::default(), properties.into_iter().collect()).into()
        }));
        check(&mixed);
        // Deeper than objects are packed.
        let deep = (0..50).map(|n| {
            (0..20).fold(PsValue::I32(n), |value, level| {
                let content = if level % 2 == 0 {
                    Content::Value(value)
                } else {
                    Content::Queue(vec![PsValue::Ancestor(0), value])
                };
                PsObject { content, ..PsObject::default() }.into()
            })
        });
        check(&deep.collect::<Vec<_>>());
    }

    /// `cargo test --release -- --nocapture mailboxes` tells the figures.
    #[test]
    fn mailboxes_of_an_organisation_take_little_memory() {
        use postern_demo::{
            objects::{MAILBOX, Row},
            organisation::{Kind, Moment, Options, Organisation},
        };

        // A whole chunk of them takes seconds to make without optimisation.
        let count = if cfg!(debug_assertions) { 200 } else { CHUNK };
        let options = Options { mailboxes: 2 * count as u32, clock: || Moment(1_795_435_200) };
        let organisation = Organisation::generate(options);
        let mut decoder = postern_psrp::clixml::Decoder::default().deserialized(true);
        let mut xml = Vec::new();
        let mailboxes = organisation.ids().filter(|id| organisation.recipient(*id).kind == Kind::UserMailbox);
        let values: Vec<PsValue> = mailboxes
            .take(count)
            .map(|id| {
                xml.clear();
                postern_psrp::clixml::encode(&MAILBOX.object(&Row::new(&organisation, id)), &mut xml);
                decoder.decode(&xml).unwrap()
            })
            .collect();
        let plain: usize = values.iter().map(super::super::weight::weight).sum();
        let began = std::time::Instant::now();
        let (_, packed) = Chunk::Objects(values.clone()).packed().unwrap();
        let (packed, plain) = (packed / values.len(), plain / values.len());
        println!("bytes of a mailbox: {plain}, packed {packed}; a chunk is packed in {:?}", began.elapsed());
        check(&values[..100]);
        assert_eq!(values.len(), count);
        assert!(packed < 3000, "{packed}");
    }

    #[test]
    fn what_repeats_takes_little_memory() {
        let values = mailboxes(CHUNK);
        let plain: usize = values.iter().map(super::super::weight::weight).sum();
        let (_, packed) = Chunk::Objects(values).packed().unwrap();
        assert!(packed * 2 < plain, "{packed} of {plain} bytes");
    }
}
