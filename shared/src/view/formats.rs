//! The tables of types, from what `Get-FormatData` gives (`ExtendedTypeDefinition` objects).

use std::collections::HashMap;

use super::cell::cell_kind;
use crate::{
    value::{PsObject, PsStr, PsValue},
    wire::{ColumnMeta, ViewKind},
};

/// Types whose views are kept; Exchange has some 300.
const MAX_TYPES: usize = 10_000;
/// Columns of one view.
const MAX_COLUMNS: usize = 100;
/// Up to this many properties are shown as a table where a type has no view, as PowerShell does.
const TABLE_PROPERTIES: usize = 4;
/// Columns given to a grid where a type has no view and many properties.
const GRID_COLUMNS: usize = 8;

/// Tables of the local session's own types, as PowerShell's `.format.ps1xml` files have them.
const LOCAL: [(&str, &[&str]); 2] = [
    ("Microsoft.PowerShell.Commands.GroupInfo", &["Count", "Name", "Group"]),
    ("Microsoft.PowerShell.Commands.GroupInfoNoElement", &["Count", "Name"]),
];

/// Members that say where an object came from and that no default view shows.
const ORIGIN: [&str; 3] = ["PSComputerName", "RunspaceId", "PSShowComputerName"];

/// The views of types.
#[derive(Clone, Debug, Default)]
pub struct FormatViews {
    /// Type name in lower case, without `Deserialized.`.
    types: HashMap<String, TypeView>,
}

#[derive(Clone, Debug)]
struct TypeView {
    kind: ViewKind,
    columns: Vec<ViewColumn>,
}

#[derive(Clone, Debug)]
struct ViewColumn {
    property: String,
    label: String,
    width: u16,
}

impl FormatViews {
    /// Reads the objects of `Get-FormatData`. What is no view, or a view of a kind that a grid cannot show, is left
    /// out. A type's first table wins, and a table wins over a list.
    pub fn from_format_data(definitions: &[PsValue]) -> Self {
        let mut views = Self::default();
        for definition in definitions {
            let Some(view) = best_view(definition) else { continue };
            for name in type_names(definition) {
                if views.types.len() >= MAX_TYPES {
                    return views;
                }
                views.types.entry(plain(&name).to_lowercase()).or_insert_with(|| view.clone());
            }
        }
        views
    }

    /// How many types have a view.
    pub fn len(&self) -> usize {
        self.types.len()
    }

    /// Whether no type has a view.
    pub fn is_empty(&self) -> bool {
        self.types.is_empty()
    }

    /// The view that the remote side has for an object's type, with the name of the type that has it.
    pub fn own<'o>(&self, object: &'o PsObject) -> Option<(&'o str, ViewKind, Vec<ColumnMeta>)> {
        let (name, view) = object
            .type_names
            .iter()
            .find_map(|name| Some((name.as_str(), self.types.get(&plain(name).to_lowercase())?)))?;
        let meta = |column: &ViewColumn| ColumnMeta {
            property: column.property.clone(),
            label: column.label.clone(),
            kind: object.get(&column.property).map(cell_kind).unwrap_or_default(),
            width: column.width,
        };
        Some((name, view.kind, view.columns.iter().map(meta).collect()))
    }

    /// How objects like this one are shown, and the columns of a table of them. The columns are given also where the
    /// view is a list.
    pub fn columns(&self, object: &PsObject) -> (ViewKind, Vec<ColumnMeta>) {
        let meta = |property: &str, label: &str, width: u16| ColumnMeta {
            property: property.to_owned(),
            label: label.to_owned(),
            kind: object.get(property).map(cell_kind).unwrap_or_default(),
            width,
        };
        if let Some((_, kind, columns)) = self.own(object) {
            return (kind, columns);
        }
        if let Some((_, properties)) = LOCAL.iter().find(|(name, _)| object.type_name() == *name) {
            return (ViewKind::Table, properties.iter().map(|name| meta(name, name, 0)).collect());
        }
        let names: Vec<&PsStr> = object
            .properties()
            .map(|(name, _)| name)
            .filter(|name| !ORIGIN.iter().any(|origin| name.eq_ignore_ascii_case(origin)))
            .collect();
        let kind = if names.len() <= TABLE_PROPERTIES { ViewKind::Table } else { ViewKind::List };
        // What was selected was asked for, and is shown whole.
        let selected = object.type_name().starts_with("Selected.");
        let most = if selected { MAX_COLUMNS } else { GRID_COLUMNS };
        let shown: Vec<&PsStr> = if selected || names.len() <= most { names } else { foremost(&names, most) };
        (kind, shown.into_iter().take(most).map(|name| meta(name, name, 0)).collect())
    }
}

/// Of many properties, those that name an object first, then the first ones.
fn foremost<'a>(names: &[&'a PsStr], most: usize) -> Vec<&'a PsStr> {
    let naming = ["Name", "DisplayName", "Identity"];
    let mut chosen: Vec<&PsStr> = naming
        .iter()
        .filter_map(|naming| names.iter().find(|name| name.eq_ignore_ascii_case(naming)).copied())
        .take(1)
        .collect();
    for name in names {
        if chosen.len() < most && !chosen.contains(name) {
            chosen.push(name);
        }
    }
    chosen
}

fn plain(name: &str) -> &str {
    name.strip_prefix("Deserialized.").unwrap_or(name)
}

fn list<'a>(value: &'a PsValue, name: &str) -> &'a [PsValue] {
    value.get(name).and_then(PsValue::as_list).unwrap_or(&[])
}

fn text(value: &PsValue, name: &str) -> Option<String> {
    value.get(name).filter(|value| !value.is_null()).map(ToString::to_string).filter(|text| !text.is_empty())
}

fn type_names(definition: &PsValue) -> Vec<String> {
    let mut names: Vec<String> = list(definition, "TypeNames").iter().map(ToString::to_string).collect();
    names.extend(text(definition, "TypeName").filter(|name| !names.contains(name)));
    names
}

fn best_view(definition: &PsValue) -> Option<TypeView> {
    let controls = || list(definition, "FormatViewDefinition").iter().filter_map(|view| view.get("Control"));
    let table = controls().filter(|control| !list(control, "Rows").is_empty()).find_map(table_view);
    table.or_else(|| controls().find_map(list_view))
}

fn table_view(control: &PsValue) -> Option<TypeView> {
    let headers = list(control, "Headers");
    let row = list(control, "Rows").first()?;
    let mut columns = Vec::new();
    for (at, column) in list(row, "Columns").iter().take(MAX_COLUMNS).enumerate() {
        let header = headers.get(at);
        let label = header.and_then(|header| text(header, "Label"));
        let width = header.and_then(|header| header.get("Width")).and_then(PsValue::as_i64);
        let width = width.and_then(|width| u16::try_from(width).ok()).unwrap_or(0);
        columns.extend(entry(column, label, width));
    }
    (!columns.is_empty()).then_some(TypeView { kind: ViewKind::Table, columns })
}

fn list_view(control: &PsValue) -> Option<TypeView> {
    let items = list(list(control, "Entries").first()?, "Items");
    let columns: Vec<ViewColumn> =
        items.iter().take(MAX_COLUMNS).filter_map(|item| entry(item, text(item, "Label"), 0)).collect();
    (!columns.is_empty()).then_some(TypeView { kind: ViewKind::List, columns })
}

/// A column of its display entry. A calculated one shows the property that its script reads, if it reads one and
/// nothing else of the object; any other is left out, since no script of the remote side runs here.
fn entry(column: &PsValue, label: Option<String>, width: u16) -> Option<ViewColumn> {
    let entry = column.get("DisplayEntry")?;
    let value = text(entry, "Value")?;
    let script =
        text(entry, "ValueType").is_some_and(|kind| kind.eq_ignore_ascii_case("ScriptBlock") || kind == "1");
    let property = if script { sole_property(&value)? } else { value };
    Some(ViewColumn { label: label.unwrap_or_else(|| property.clone()), property, width })
}

/// The one property of `$_` that a script reads.
fn sole_property(script: &str) -> Option<String> {
    let mut found: Option<&str> = None;
    for part in script.split("$_.").skip(1) {
        let end = part.find(|c: char| !(c == '_' || c.is_alphanumeric())).unwrap_or(part.len());
        let name = part.get(..end).filter(|name| !name.is_empty())?;
        if found.is_some_and(|found| !found.eq_ignore_ascii_case(name)) {
            return None;
        }
        found = Some(name);
    }
    found.map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_have_powershells_table() {
        let names = [PsStr::from_static("Microsoft.PowerShell.Commands.GroupInfo")];
        let members = ["Values", "Count", "Group", "Name"].map(|name| (name, PsValue::I32(1)));
        let group = PsObject::bag(names.into(), members.into_iter().collect());
        let (kind, columns) = FormatViews::default().columns(&group);
        assert_eq!(kind, ViewKind::Table);
        assert_eq!(
            columns.iter().map(|column| &*column.property).collect::<Vec<_>>(),
            ["Count", "Name", "Group"]
        );
    }
    use crate::{value::Content, wire::CellKind};

    fn bag(properties: Vec<(&str, PsValue)>) -> PsValue {
        PsObject { adapted: properties.into_iter().collect(), ..PsObject::default() }.into()
    }

    fn items(values: Vec<PsValue>) -> PsValue {
        PsObject { content: Content::List(values), ..PsObject::default() }.into()
    }

    fn definition() -> PsValue {
        let entry = |kind: &str, value: &str| {
            bag(vec![("DisplayEntry", bag(vec![("ValueType", kind.into()), ("Value", value.into())]))])
        };
        let columns = vec![
            entry("Property", "Name"),
            entry("ScriptBlock", " $_.Size.ToString() "),
            entry("ScriptBlock", "Get-Something"),
            entry("Property", "Enabled"),
        ];
        let header = |label: PsValue, width: i32| bag(vec![("Label", label), ("Width", width.into())]);
        let headers = vec![
            header("Who".into(), 25),
            header("Size".into(), 0),
            header("X".into(), 1),
            header(PsValue::Null, -1),
        ];
        let control = bag(vec![
            ("Headers", items(headers)),
            ("Rows", items(vec![bag(vec![("Columns", items(columns))])])),
        ]);
        bag(vec![
            ("TypeName", "Some.Mailbox".into()),
            ("FormatViewDefinition", items(vec!["lost in depth".into(), bag(vec![("Control", control)])])),
        ])
    }

    #[test]
    fn a_types_own_table_is_found() {
        let views = FormatViews::from_format_data(&[PsValue::Null, definition(), "nothing".into()]);
        assert_eq!(views.len(), 1);
        let PsValue::Object(object) = bag(vec![("Name", "a".into()), ("Enabled", true.into())]) else {
            panic!()
        };
        let mut object = PsObject::clone(&object);
        object.type_names = ["Deserialized.Special", "Deserialized.Some.Mailbox"].map(PsStr::from).into();
        let (kind, columns) = views.columns(&object);
        assert_eq!(kind, ViewKind::Table);
        let shown: Vec<_> = columns
            .iter()
            .map(|column| (column.property.as_str(), column.label.as_str(), column.width, column.kind))
            .collect();
        assert_eq!(
            shown,
            [
                ("Name", "Who", 25, CellKind::Text),
                ("Size", "Size", 0, CellKind::Text),
                ("Enabled", "Enabled", 0, CellKind::Bool),
            ]
        );
    }

    #[test]
    fn without_a_view_few_properties_are_a_table() {
        let views = FormatViews::default();
        let object = |count: i32| {
            let adapted =
                (0..count).map(|n| (format!("P{n}"), n)).chain([("PSComputerName".to_owned(), 0)]).collect();
            PsObject { adapted, ..PsObject::default() }
        };
        assert_eq!(views.columns(&object(4)).0, ViewKind::Table);
        assert_eq!(views.columns(&object(4)).1.len(), 4);
        assert_eq!(views.columns(&object(5)).0, ViewKind::List);
        assert_eq!(views.columns(&object(50)).1.len(), GRID_COLUMNS);
    }
}
