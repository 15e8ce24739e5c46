//! The views of types: what PowerShell's own format files say of the types that there are here, and what the remote
//! side says of its own.

use std::rc::Rc;

use postern_shared::{value::PsStr, view::FormatViews, wire::ViewKind};

use super::{Align, Column, Layout, Row, Spec, aligned, property_text};
use crate::{
    interp::{Engine, Flow},
    ops::date_format,
    value::{Hash, Object, Value},
};

/// Type name of a dictionary's entry, as it is enumerated for showing.
const ENTRY: &str = "System.Collections.DictionaryEntry";

/// A type's view.
#[derive(Clone, Debug)]
pub(crate) enum View {
    /// A table: properties, labels, widths (0 for the rest of the line), alignment.
    Table(Vec<(PsStr, Column)>, bool),
    /// A list of properties with their labels.
    List(Vec<(PsStr, String)>),
    /// A date's long form.
    Date,
    /// The object's own text.
    Text,
}

/// Types that are shown as their own text.
const TEXTS: [&str; 2] = ["Microsoft.PowerShell.Commands.MatchInfo", HELP];
/// Help about a command.
const HELP: &str = "MamlCommandHelpInfo";

/// The text of an object that is a document to be read, and nothing to be sorted or filtered: help about a command.
pub fn document(value: &Value) -> Option<PsStr> {
    match value {
        Value::Object(object) if object.type_name() == HELP => object.label.borrow().clone(),
        _ => None,
    }
}

/// Tables: type, and the columns with property, width, and whether it stands right. A width of 0 everywhere means that
/// the columns are as wide as what is in them.
type Columns = &'static [(&'static str, usize, bool)];

const TABLES: [(&str, Columns); 16] = [
    ("System.IO.FileInfo", FILE),
    ("System.IO.DirectoryInfo", FILE),
    ("System.Guid", &[("Guid", 0, false)]),
    (ENTRY, &[("Name", 30, false), ("Value", 0, false)]),
    (
        "System.Version",
        &[("Major", 6, false), ("Minor", 6, false), ("Build", 6, false), ("Revision", 8, false)],
    ),
    (
        "System.Management.Automation.SemanticVersion",
        &[
            ("Major", 6, false),
            ("Minor", 6, false),
            ("Patch", 6, false),
            ("PreReleaseLabel", 15, false),
            ("BuildLabel", 10, false),
        ],
    ),
    (
        "Microsoft.PowerShell.Commands.GroupInfo",
        &[("Count", 5, true), ("Name", 25, false), ("Group", 0, false)],
    ),
    ("Microsoft.PowerShell.Commands.GroupInfoNoElement", &[("Count", 5, true), ("Name", 0, false)]),
    (
        "System.RuntimeType",
        &[("IsPublic", 8, false), ("IsSerial", 8, false), ("Name", 40, false), ("BaseType", 0, false)],
    ),
    (
        "Microsoft.PowerShell.Commands.HistoryInfo",
        &[("Id", 4, true), ("Duration", 12, true), ("CommandLine", 0, false)],
    ),
    ("System.Management.Automation.CmdletInfo", COMMAND),
    ("System.Management.Automation.FunctionInfo", COMMAND),
    ("System.Management.Automation.AliasInfo", COMMAND),
    ("System.Management.Automation.PSVariable", &[("Name", 30, false), ("Value", 0, false)]),
    (
        "System.Globalization.CultureInfo",
        &[("LCID", 16, false), ("Name", 16, false), ("DisplayName", 0, false)],
    ),
    (
        "Microsoft.PowerShell.Commands.MemberDefinition",
        &[("Name", 0, false), ("MemberType", 0, false), ("Definition", 0, false)],
    ),
];

const FILE: Columns =
    &[("Mode", 7, false), ("LastWriteTime", 26, true), ("Length", 14, true), ("Name", 0, false)];

const COMMAND: Columns =
    &[("CommandType", 15, false), ("Name", 50, false), ("Version", 10, false), ("Source", 0, false)];

const LISTS: [(&str, &[&str]); 3] = [
    (
        "System.TimeSpan",
        &[
            "Days",
            "Hours",
            "Minutes",
            "Seconds",
            "Milliseconds",
            "Ticks",
            "TotalDays",
            "TotalHours",
            "TotalMinutes",
            "TotalSeconds",
            "TotalMilliseconds",
        ],
    ),
    (
        "Microsoft.PowerShell.Commands.GenericMeasureInfo",
        &["Count", "Average", "Sum", "Maximum", "Minimum", "StandardDeviation", "Property"],
    ),
    ("System.Collections.DictionaryEntry", &["Name", "Value"]),
];

/// A table that a type has beside its list, for Format-Table.
const SPAN: [&str; 5] = ["Days", "Hours", "Minutes", "Seconds", "Milliseconds"];

/// The view of an object's type, with the name of the type that has it.
pub(super) fn view_of(value: &Value, remote: &FormatViews) -> Option<(PsStr, View)> {
    if let Value::DateTime(_) = value.base() {
        return Some((value.type_name(), View::Date));
    }
    if let Value::Remote(object) = value.base()
        && let Some((name, kind, columns)) = remote.own(object)
    {
        let view = match kind {
            ViewKind::List => View::List(
                columns.into_iter().map(|column| (column.property.as_str().into(), column.label)).collect(),
            ),
            ViewKind::Table => {
                let auto = columns.iter().all(|column| column.width == 0);
                let column = |column: postern_shared::wire::ColumnMeta| {
                    let align = object
                        .get(&column.property)
                        .map_or(Align::Left, |value| aligned(&Value::from(value.clone())));
                    let align = if auto { align } else { Align::Left };
                    (
                        column.property.as_str().into(),
                        Column { label: column.label, align, width: column.width.into() },
                    )
                };
                View::Table(columns.into_iter().map(column).collect(), auto)
            }
        };
        return Some((name.into(), view));
    }
    if let Value::Object(object) = value.base()
        && object.label.borrow().is_some()
    {
        let name = object.type_name();
        if TEXTS.contains(&name.as_str()) {
            return Some((name, View::Text));
        }
    }
    value.type_names().iter().find_map(|name| {
        let plain = name.strip_prefix("Deserialized.").unwrap_or(name);
        table(plain).or_else(|| list(plain)).map(|view| (name.clone(), view))
    })
}

fn table(name: &str) -> Option<View> {
    let (_, columns) = TABLES.iter().find(|(own, _)| *own == name)?;
    let auto = columns.iter().all(|(_, width, _)| *width == 0);
    let columns = columns
        .iter()
        .map(|(property, width, right)| {
            let align = if *right { Align::Right } else { Align::Left };
            let column = Column { label: (*property).to_owned(), align, width: *width };
            (PsStr::from_static(property), column)
        })
        .collect();
    Some(View::Table(columns, auto))
}

fn list(name: &str) -> Option<View> {
    let (_, properties) = LISTS.iter().find(|(own, _)| *own == name)?;
    Some(View::List(properties.iter().map(|name| (PsStr::from_static(name), (*name).to_owned())).collect()))
}

/// The list that a type has of its own.
pub(crate) fn own_list(engine: &Engine, value: &Value) -> Option<Vec<(PsStr, String)>> {
    if let Value::Remote(_) = value.base() {
        return match view_of(value, &engine.remote.views()) {
            Some((_, View::List(properties))) => Some(properties),
            _ => None,
        };
    }
    value.type_names().iter().find_map(|name| {
        match list(name.strip_prefix("Deserialized.").unwrap_or(name)) {
            Some(View::List(properties)) => Some(properties),
            _ => None,
        }
    })
}

/// The table that a type has of its own, and whether its columns are as wide as what is in them.
pub(crate) fn own_table(engine: &Engine, value: &Value) -> Option<(Vec<(PsStr, Column)>, bool)> {
    if let Value::TimeSpan(_) = value.base() {
        let column = |name: &&'static str| {
            (PsStr::from_static(name), Column { label: (*name).to_owned(), ..Column::default() })
        };
        return Some((SPAN.iter().map(column).collect(), true));
    }
    match view_of(value, &engine.remote.views()) {
        Some((_, View::Table(columns, auto))) => Some((columns, auto)),
        _ => None,
    }
}

/// The property whose values the objects of a type are grouped by.
pub(super) fn group_of(type_name: &str) -> Option<&'static str> {
    (type_name == "Microsoft.PowerShell.Commands.MemberDefinition").then_some("TypeName")
}

impl View {
    /// The view as entries name it.
    pub(super) fn spec(&self) -> Spec {
        match self {
            Self::Table(columns, auto) => Spec::Table {
                columns: columns.iter().map(|(_, column)| column.clone()).collect(),
                layout: Layout { auto_size: *auto, ..Layout::default() },
            },
            Self::List(_) => Spec::List,
            Self::Date | Self::Text => Spec::Lines,
        }
    }

    /// An object in it.
    pub(super) fn row(&self, engine: &mut Engine, value: &Value) -> Flow<Row> {
        Ok(match self {
            Self::Table(columns, _) => {
                let mut cells = Vec::with_capacity(columns.len());
                for (property, _) in columns {
                    cells.push(property_text(engine, value, property)?);
                }
                Row::Cells(cells)
            }
            Self::List(properties) => {
                let mut fields = Vec::with_capacity(properties.len());
                for (property, label) in properties {
                    fields.push((label.clone(), property_text(engine, value, property)?));
                }
                Row::Fields(fields)
            }
            Self::Text => Row::Text(value.text().as_str().to_owned()),
            Self::Date => Row::Text(match value.base() {
                Value::DateTime(at) => date_format::date(*at, "F").unwrap_or_default(),
                other => other.text().as_str().to_owned(),
            }),
        })
    }
}

/// A dictionary's entries as objects.
pub(super) fn entries(hash: &Rc<Hash>) -> Vec<Value> {
    let entry = |(key, value): (Value, Value)| {
        Value::Object(Object::typed(ENTRY, [("Key", key.clone()), ("Value", value), ("Name", key)]))
    };
    hash.entries().into_iter().map(entry).collect()
}
