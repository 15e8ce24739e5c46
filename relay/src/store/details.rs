//! One object whole, for the details view: every property with its type and its value, within bounds.

use postern_shared::{
    value::{Content, PsObject, PsValue},
    wire::{Detail, DetailValue},
};

use super::cells;

/// Bytes of text in one answer; a frame holds it with room to spare.
const MOST_BYTES: usize = 1 << 20;
/// Objects within objects within the object; further down only their text is shown.
const DEPTH: u32 = 4;
/// Items of one list.
const MOST_ITEMS: usize = 1000;
/// What a value costs apart from its text, so that a million empty ones are too many too.
const VALUE: usize = 16;

/// An object whole.
pub(super) fn detail(value: &PsValue) -> Detail {
    let mut left = MOST_BYTES;
    let name = ["DisplayName", "Name", "Identity"].iter().find_map(|name| {
        value.get(name).filter(|value| !value.is_null()).map(cells::text).filter(|text| !text.is_empty())
    });
    let title = cells::shorten(name.unwrap_or_else(|| cells::text(value)), 200);
    let Some(object) = value.as_object() else {
        let type_name = cells::type_name(value);
        let properties = vec![("Value".to_owned(), type_name.clone(), convert(value, DEPTH, &mut left))];
        return Detail { title, type_names: vec![type_name], properties };
    };
    let type_names =
        object.type_names.iter().map(|name| cells::plain_type(name.as_str()).to_owned()).collect();
    let mut properties = Vec::new();
    if !matches!(object.content, Content::None) {
        properties.push(("Value".to_owned(), cells::type_name(value), content(object, DEPTH, &mut left)));
    }
    for (name, value) in object.properties() {
        if left == 0 {
            properties.push(("…".to_owned(), String::new(), cut()));
            break;
        }
        properties.push((name.to_string(), cells::type_name(value), convert(value, DEPTH, &mut left)));
    }
    Detail { title, type_names, properties }
}

fn convert(value: &PsValue, depth: u32, left: &mut usize) -> DetailValue {
    *left = left.saturating_sub(VALUE);
    match value {
        PsValue::Null => DetailValue::Null,
        PsValue::Bool(value) => DetailValue::Bool(*value),
        PsValue::Object(object) if !object.is_enum() => {
            let plain = matches!(object.content, Content::None | Content::Value(_));
            let Some(depth) = depth.checked_sub(1) else { return text(value, left) };
            if !plain {
                return content(object, depth, left);
            }
            if object.properties().next().is_none() {
                return text(value, left);
            }
            let own = cells::shorten(cells::text(value), *left);
            *left = left.saturating_sub(own.len());
            let mut properties = Vec::new();
            for (name, value) in object.properties() {
                if *left == 0 {
                    properties.push(("…".to_owned(), cut()));
                    break;
                }
                *left = left.saturating_sub(name.as_str().len());
                properties.push((name.to_string(), convert(value, depth, left)));
            }
            DetailValue::Object(own, properties)
        }
        value => text(value, left),
    }
}

fn content(object: &PsObject, depth: u32, left: &mut usize) -> DetailValue {
    match &object.content {
        Content::None => DetailValue::Null,
        Content::Value(value) => convert(value, depth, left),
        Content::List(items) | Content::Enumerable(items) | Content::Stack(items) | Content::Queue(items) => {
            let mut list = Vec::new();
            for item in items {
                if list.len() >= MOST_ITEMS || *left == 0 {
                    let more = items.len().saturating_sub(list.len());
                    list.push(DetailValue::Text(format!("… and {more} more")));
                    break;
                }
                list.push(convert(item, depth, left));
            }
            DetailValue::List(list)
        }
        Content::Dictionary(pairs) => {
            let mut entries = Vec::new();
            for (key, value) in pairs {
                if entries.len() >= MOST_ITEMS || *left == 0 {
                    let more = pairs.len().saturating_sub(entries.len());
                    entries.push(("…".to_owned(), DetailValue::Text(format!("and {more} more"))));
                    break;
                }
                let key = cells::shorten(cells::text(key), *left);
                *left = left.saturating_sub(key.len());
                entries.push((key, convert(value, depth, left)));
            }
            DetailValue::Object(String::new(), entries)
        }
    }
}

fn text(value: &PsValue, left: &mut usize) -> DetailValue {
    let text = cells::shorten(cells::text(value), *left);
    *left = left.saturating_sub(text.len());
    DetailValue::Text(text)
}

fn cut() -> DetailValue {
    DetailValue::Text("the rest is too long to show".to_owned())
}
