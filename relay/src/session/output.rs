//! A block's output: objects go to results, one for each kind of object, everything else is text.

use std::{collections::HashMap, sync::Arc, time::Duration};

use postern_shared::{
    value::{Content, Properties, PsObject, PsStr, PsValue, TypeNames},
    view::{FormatViews, cell_kind},
    wire::{BlockId, ColumnMeta, EventKind, NoteStream, ResultId, ViewKind},
};
use tokio::time::Instant;

use super::{complete::Nameable, failure::shorten, live::Live, log::Log};
use crate::{
    kept::Person,
    store::{Full, Store},
};

/// Results of one block; objects of further kinds go to the last one.
const MOST_RESULTS: usize = 32;
/// Results of a session; the oldest make room.
const MOST_SESSION_RESULTS: usize = 1000;
/// Text is sent when there is so much of it…
const TEXT_BYTES: usize = 16 << 10;
/// …or after this time.
const TEXT_DELAY: Duration = Duration::from_millis(100);
/// Property names told of a result.
const MOST_PROPERTIES: usize = 2000;

/// Where a block's objects go.
pub(super) struct Output {
    block: BlockId,
    log: Arc<Log>,
    live: Arc<Live>,
    store: Arc<Store>,
    nameable: Arc<Nameable>,
    views: Arc<FormatViews>,
    /// Who knows how the user has arranged the columns of a type.
    person: Option<Arc<Person>>,
    /// The results of this block by their kind.
    kinds: HashMap<Kind, ResultId>,
    /// What the last object was, to be compared without making its [`Kind`].
    last: Option<(Arc<PsObject>, ResultId)>,
    /// The view that a Format cmdlet asks for: its kind, and the properties with what stands above each.
    format: Option<(ViewKind, Vec<(PsStr, PsStr)>)>,
    text: String,
    text_since: Option<Instant>,
    objects: u64,
}

/// What objects of one result have in common.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Kind {
    type_name: String,
    /// Where the type says nothing about the properties.
    properties: Vec<String>,
    /// The properties of the view that was asked for.
    format: Option<(bool, Vec<(PsStr, PsStr)>)>,
}

impl Output {
    pub(super) fn new(
        block: BlockId,
        log: Arc<Log>,
        live: Arc<Live>,
        store: Arc<Store>,
        nameable: Arc<Nameable>,
        views: Arc<FormatViews>,
        person: Option<Arc<Person>>,
    ) -> Self {
        Self {
            block,
            log,
            live,
            store,
            nameable,
            views,
            person,
            kinds: HashMap::new(),
            last: None,
            format: None,
            text: String::new(),
            text_since: None,
            objects: 0,
        }
    }

    /// Objects so far.
    pub(super) fn objects(&self) -> u64 {
        self.objects
    }

    /// Takes an object in that is to be shown in a view of these properties, each with what stands above it.
    pub(super) fn push_formatted(
        &mut self,
        value: &PsValue,
        view: ViewKind,
        columns: &[(PsStr, PsStr)],
        last_result: &mut ResultId,
    ) -> Result<(), Full> {
        let format = Some((view, columns.to_vec()));
        if self.format != format {
            // Another view is another result, and the last object says nothing about it.
            self.format = format;
            self.last = None;
        }
        self.take(value, last_result)
    }

    /// Takes an object in.
    pub(super) fn push(&mut self, value: &PsValue, last_result: &mut ResultId) -> Result<(), Full> {
        if self.format.take().is_some() {
            self.last = None;
        }
        self.take(value, last_result)
    }

    fn take(&mut self, value: &PsValue, last_result: &mut ResultId) -> Result<(), Full> {
        if value.is_null() {
            return Ok(());
        }
        self.objects = self.objects.saturating_add(1);
        let PsValue::Object(object) = value else {
            self.line(value);
            return Ok(());
        };
        match &object.content {
            // PowerShell shows a dictionary's entries, not the dictionary.
            Content::Dictionary(pairs) => {
                for (key, value) in pairs {
                    let entry = entry(key, value);
                    self.keep(&entry, &PsValue::Object(Arc::clone(&entry)), last_result)?;
                }
                Ok(())
            }
            Content::Value(_) => {
                self.line(value);
                Ok(())
            }
            _ if object.is_enum() || object.properties().next().is_none() => {
                self.line(value);
                Ok(())
            }
            _ => self.keep(object, value, last_result),
        }
    }

    /// Whether waiting text is to be sent by now.
    pub(super) fn is_due(&self) -> bool {
        self.text_since.is_some_and(|since| since.elapsed() >= TEXT_DELAY)
    }

    /// Sends waiting text. Before anything else is logged, so that the order stays.
    pub(super) fn flush(&mut self) {
        self.text_since = None;
        if !self.text.is_empty() {
            let text = std::mem::take(&mut self.text);
            self.log.append(EventKind::Text { block: self.block, text });
        }
    }

    fn line(&mut self, value: &PsValue) {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        self.text.push_str(&shorten(&value.to_string()));
        self.text_since.get_or_insert_with(Instant::now);
        if self.text.len() >= TEXT_BYTES {
            self.flush();
        }
    }

    fn keep(
        &mut self,
        object: &Arc<PsObject>,
        value: &PsValue,
        last_result: &mut ResultId,
    ) -> Result<(), Full> {
        let result = match &self.last {
            Some((last, result)) if same_kind(last, object) => *result,
            _ => self.result(object, last_result),
        };
        let rows = loop {
            match self.store.push(result, value) {
                Ok(rows) => break rows,
                Err(full) if !self.make_room() => return Err(full),
                Err(_) => {}
            }
        };
        self.live.grew(result, rows);
        Ok(())
    }

    fn result(&mut self, object: &Arc<PsObject>, last_result: &mut ResultId) -> ResultId {
        let format = self.format.as_ref().map(|(view, columns)| (*view == ViewKind::List, columns.clone()));
        let kind = Kind { format, ..kind(object) };
        let result = if let Some(result) = self.kinds.get(&kind) {
            *result
        } else if self.kinds.len() >= MOST_RESULTS {
            *last_result
        } else {
            self.begin(kind, object, last_result)
        };
        self.last = Some((Arc::clone(object), result));
        result
    }

    fn begin(&mut self, kind: Kind, object: &PsObject, last_result: &mut ResultId) -> ResultId {
        self.flush();
        while self.store.len() >= MOST_SESSION_RESULTS && self.make_room() {}
        *last_result = last_result.saturating_add(1);
        let result = *last_result;
        self.store.begin(result, self.block);
        let (view, columns) = self.view(object);
        let properties: Vec<String> =
            object.properties().take(MOST_PROPERTIES).map(|(name, _)| name.to_string()).collect();
        self.nameable.saw(self.block, result, &kind.type_name, &properties);
        let chosen = kind.format.is_some() || !kind.properties.is_empty();
        let arranged = match &self.person {
            Some(person) if !chosen => person.arranged(&kind.type_name, &properties),
            _ => Vec::new(),
        };
        self.log.append(EventKind::Result {
            block: self.block,
            result,
            type_name: kind.type_name.clone(),
            kind: view,
            columns,
            properties,
            chosen,
            arranged,
        });
        self.kinds.insert(kind, result);
        result
    }

    fn view(&self, object: &PsObject) -> (ViewKind, Vec<ColumnMeta>) {
        let (own, columns) = self.views.columns(object);
        let Some((view, named)) = &self.format else { return (own, columns) };
        let column = |(property, label): &(PsStr, PsStr)| {
            let known = columns.iter().find(|column| column.property.eq_ignore_ascii_case(property)).cloned();
            let known = known.unwrap_or_else(|| ColumnMeta {
                property: property.to_string(),
                label: String::new(),
                kind: object.get(property).map(cell_kind).unwrap_or_default(),
                width: 0,
            });
            ColumnMeta { label: label.to_string(), ..known }
        };
        (*view, named.iter().map(column).collect())
    }

    /// Makes room at the cost of an older block, never of this one; whether there was one.
    pub(super) fn make_room(&mut self) -> bool {
        let Some(dropped) = self.store.drop_oldest(self.block) else { return false };
        self.forgotten(dropped);
        true
    }

    fn forgotten(&self, result: ResultId) {
        self.live.grew(result, 0);
        let text = "The rows of an earlier result are no longer kept: the session's memory is used up.";
        self.log.append(EventKind::Note {
            block: self.block,
            stream: NoteStream::Warning,
            text: text.to_owned(),
        });
    }
}

/// Whether two objects surely are of one kind: they share their type names and the names of their properties, as
/// objects of one stream do.
fn same_kind(one: &PsObject, other: &PsObject) -> bool {
    let same = |one: &Properties, other: &Properties| Arc::ptr_eq(one.shape(), other.shape());
    Arc::ptr_eq(&one.type_names, &other.type_names)
        && same(&one.adapted, &other.adapted)
        && same(&one.extended, &other.extended)
}

fn kind(object: &PsObject) -> Kind {
    let type_name = object.type_name();
    let type_name = type_name.strip_prefix("Deserialized.").unwrap_or(type_name).to_owned();
    let is_open = type_name.is_empty()
        || type_name.starts_with("Selected.")
        || type_name == "System.Management.Automation.PSCustomObject"
        || type_name == "System.Object";
    let properties =
        if is_open { object.properties().map(|(name, _)| name.to_string()).collect() } else { Vec::new() };
    Kind { type_name, properties, format: None }
}

/// A dictionary's entry as an object of its own.
fn entry(key: &PsValue, value: &PsValue) -> Arc<PsObject> {
    let type_names: TypeNames = Arc::from([PsStr::from("System.Collections.DictionaryEntry")]);
    let properties = [("Name", PsValue::from(key.to_string())), ("Value", value.clone())];
    Arc::new(PsObject::bag(type_names, properties.into_iter().collect()))
}
