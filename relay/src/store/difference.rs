//! What differs between two results: objects that came, went or changed.

use std::{
    collections::HashMap,
    hash::{DefaultHasher, Hash as _, Hasher as _},
};

use postern_shared::{
    value::PsValue,
    wire::{Difference, Different},
};

use super::{cells, rows::Snapshot, same::same};

/// Objects told.
const MOST_OBJECTS: usize = 500;
/// Changes told of one object.
const MOST_CHANGES: usize = 100;
/// The longest text of a value.
const LONGEST: usize = 300;
/// Bytes of text in all.
const MOST_BYTES: usize = 1 << 20;

/// Properties that name an object, the surest first. The one is taken that all objects of both results have, each
/// its own.
const NAMING: [&str; 14] = [
    "ExchangeGuid",
    "Guid",
    "Id",
    "Identity",
    "DistinguishedName",
    "ObjectId",
    "MailboxGuid",
    "PrimarySmtpAddress",
    "SamAccountName",
    "Alias",
    "Name",
    "DisplayName",
    "FullName",
    "Key",
];

/// What differs.
pub(super) fn difference(before: &Snapshot, after: &Snapshot) -> Difference {
    let Some((key, old, new)) = NAMING.iter().find_map(|name| {
        let old = keys(before, name)?;
        Some((*name, old, keys(after, name)?))
    }) else {
        return by_whole(before, after);
    };
    let mut found = Difference { key: key.to_owned(), ..Difference::default() };
    let mut room = MOST_BYTES;
    let mut add = |found: &mut Difference, title: &PsValue, sides: (bool, bool), changes| {
        if found.objects.len() < MOST_OBJECTS && room > 0 {
            let object = Different { title: self::title(title), before: sides.0, after: sides.1, changes };
            room = room.saturating_sub(weight(&object));
            found.objects.push(object);
        }
    };
    for row in 0..after.len() {
        let now = after.object(row);
        let Some(then) = now.get(key).and_then(|key| old.get(&cells::text(key))) else {
            found.added += 1;
            add(&mut found, &now, (false, true), Vec::new());
            continue;
        };
        let then = before.object(*then);
        if same(&then, &now) {
            found.same += 1;
            continue;
        }
        let changes = changes(&then, &now);
        if changes.is_empty() {
            found.same += 1;
        } else {
            found.changed += 1;
            add(&mut found, &now, (true, true), changes);
        }
    }
    for row in 0..before.len() {
        let then = before.object(row);
        if then.get(key).is_none_or(|key| !new.contains_key(&cells::text(key))) {
            found.removed += 1;
            add(&mut found, &then, (true, false), Vec::new());
        }
    }
    found
}

/// Where each object is, by a property; `None` unless all have it and no two the same.
fn keys(rows: &Snapshot, name: &str) -> Option<HashMap<String, usize>> {
    let texts = rows.map_property(name, 0, |value| (!value.is_null()).then(|| cells::text(value)));
    let mut keys = HashMap::with_capacity(texts.len());
    for (row, text) in texts.into_iter().enumerate() {
        if keys.insert(text.filter(|text| !text.is_empty())?, row).is_some() {
            return None;
        }
    }
    Some(keys)
}

/// Where nothing names the objects, they are the same only as a whole.
fn by_whole(before: &Snapshot, after: &Snapshot) -> Difference {
    let mut counts = HashMap::<u64, i64>::new();
    for row in 0..before.len() {
        *counts.entry(fingerprint(&before.object(row))).or_default() += 1;
    }
    let mut found = Difference::default();
    for row in 0..after.len() {
        let now = after.object(row);
        let count = counts.entry(fingerprint(&now)).or_default();
        *count -= 1;
        if *count >= 0 {
            found.same += 1;
        } else {
            found.added += 1;
            if found.objects.len() < MOST_OBJECTS {
                let title = title(&now);
                found.objects.push(Different { title, before: false, after: true, changes: Vec::new() });
            }
        }
    }
    for row in 0..before.len() {
        let then = before.object(row);
        let count = counts.entry(fingerprint(&then)).or_default();
        if *count > 0 {
            *count -= 1;
            found.removed += 1;
            if found.objects.len() < MOST_OBJECTS {
                let title = title(&then);
                found.objects.push(Different { title, before: true, after: false, changes: Vec::new() });
            }
        }
    }
    found
}

fn changes(then: &PsValue, now: &PsValue) -> Vec<(String, String, String)> {
    let (Some(then), Some(now)) = (then.as_object(), now.as_object()) else { return Vec::new() };
    let null = PsValue::Null;
    let mut changes = Vec::new();
    let gone = then.properties().filter(|(name, _)| now.get(name.as_str()).is_none()).map(|(name, _)| name);
    for name in now.properties().map(|(name, _)| name).chain(gone) {
        let (old, new) = (then.get(name.as_str()).unwrap_or(&null), now.get(name.as_str()).unwrap_or(&null));
        if same(old, new) || changes.len() >= MOST_CHANGES {
            continue;
        }
        let (old, new) = (whole(old), whole(new));
        // What reads the same is the same to the user.
        if old != new {
            changes.push((name.to_string(), cells::shorten(old, LONGEST), cells::shorten(new, LONGEST)));
        }
    }
    changes
}

/// A value's text with all items of a list.
fn whole(value: &PsValue) -> String {
    match value.as_list() {
        Some(items) => items.iter().map(cells::text).collect::<Vec<_>>().join("; "),
        None => cells::text(value),
    }
}

fn title(value: &PsValue) -> String {
    let named = ["DisplayName", "Name", "Identity"].iter().filter_map(|name| value.get(name));
    let text = named.map(cells::text).find(|text| !text.is_empty()).unwrap_or_else(|| cells::text(value));
    cells::shorten(text, LONGEST)
}

fn weight(object: &Different) -> usize {
    let changes = object.changes.iter().map(|(name, old, new)| name.len() + old.len() + new.len());
    object.title.len() + changes.sum::<usize>()
}

fn fingerprint(value: &PsValue) -> u64 {
    let mut hasher = DefaultHasher::new();
    match value.as_object() {
        Some(object) => {
            for (name, value) in object.properties() {
                name.as_str().hash(&mut hasher);
                whole(value).hash(&mut hasher);
            }
        }
        None => cells::text(value).hash(&mut hasher),
    }
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use postern_shared::value::{PsObject, TypeNames};

    use super::{super::rows::StoredResult, *};

    fn result(rows: &[(&str, i32)]) -> StoredResult {
        let result = StoredResult::new(1);
        for (name, size) in rows {
            let properties = [("Name", PsValue::from(*name)), ("Size", PsValue::I32(*size))];
            result.push(PsObject::bag(TypeNames::default(), properties.into_iter().collect()).into(), 1);
        }
        result
    }

    #[test]
    fn objects_are_found_by_what_names_them() {
        let (before, after) =
            (result(&[("a", 1), ("b", 2), ("c", 3)]), result(&[("c", 3), ("b", 5), ("d", 1)]));
        let found = difference(&before.snapshot(), &after.snapshot());
        assert_eq!(
            (found.key.as_str(), found.added, found.removed, found.changed, found.same),
            ("Name", 1, 1, 1, 1)
        );
        let b = found.objects.iter().find(|object| object.title == "b").unwrap();
        assert_eq!(b.changes, [("Size".to_owned(), "2".to_owned(), "5".to_owned())]);
        assert!(found.objects.iter().any(|object| object.title == "a" && object.before && !object.after));
    }

    #[test]
    fn objects_that_nothing_names_are_compared_whole() {
        let (before, after) =
            (result(&[("a", 1), ("a", 1), ("b", 2)]), result(&[("a", 1), ("b", 2), ("b", 2)]));
        let found = difference(&before.snapshot(), &after.snapshot());
        assert_eq!((found.key.as_str(), found.added, found.removed, found.same), ("", 1, 1, 2));
    }
}
