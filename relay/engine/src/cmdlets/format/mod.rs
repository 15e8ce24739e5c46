//! Format-Table, Format-List, Format-Wide and Format-Custom.

mod custom;
mod wide;

use std::rc::Rc;

use postern_shared::{value::PsStr, wire::ViewKind};

use super::{
    Cmdlet, Cx, Declare, P, Registry,
    selector::{Selector, Source},
};
use crate::{
    format::{
        Align, Column, Entry, Grid, Layout, Row, Spec, TABLE_COLUMNS, aligned, display_names, enumerated,
        is_scalar, own_list, own_table, shown,
    },
    interp::Flow,
    value::{Category, Object, Type, Value},
};

/// Entries of a property's hashtable, beside `Expression`.
const KEYS: [&str; 5] = ["name", "formatstring", "width", "alignment", "depth"];
/// Widest column that is asked for.
const MAX_WIDTH: i64 = 100_000;

pub(super) fn declare(registry: &mut Registry) {
    let common = |name, synopsis| {
        Declare::new(name, synopsis)
            .param(
                P::new(
                    "Property",
                    "Names of properties, with wildcards, script blocks, or hashtables that calculate.",
                )
                .many()
                .at(0),
            )
            .param(P::input("InputObject", "The objects."))
            .param(P::new("GroupBy", "A property; objects with the same value stand together below it."))
            .param(P::new("View", "Views are chosen by the type here.").text().hidden())
            .param(P::new("DisplayError", "Has no meaning here.").ty(Type::Switch).hidden())
            .param(P::new("ShowError", "Has no meaning here.").ty(Type::Switch).hidden())
            .param(P::switch("Force", "Shows all there is."))
            .param(
                P::new("Expand", "Which part of a collection is shown.")
                    .one_of(&["CoreOnly", "EnumOnly", "Both"]),
            )
    };
    registry.add(
        common("Format-Table", "Formats the output as a table.")
            .alias("ft")
            .param(P::switch("AutoSize", "Columns as wide as what is in them."))
            .param(P::switch("RepeatHeader", "Headers again on each page; there are no pages here."))
            .param(P::switch("HideTableHeaders", "No headers."))
            .param(P::switch("Wrap", "Text that does not fit goes on in the next line."))
            .example("Get-Mailbox | Format-Table Name, Alias", "A table of two columns.")
            .run(|| Box::<Table>::default()),
    );
    registry.add(
        common(
            "Format-List",
            "Formats the output as a list of properties in which each property appears on a new line.",
        )
        .alias("fl")
        .example("Get-Mailbox nora | Format-List *", "All properties of a mailbox.")
        .run(|| Box::<List>::default()),
    );
    registry.add(
        common(
            "Format-Wide",
            "Formats objects as a wide table that displays only one property of each object.",
        )
        .alias("fw")
        .param(P::switch("AutoSize", "As many columns as fit."))
        .param(P::new("Column", "How many columns.").int())
        .example("Get-Mailbox | Format-Wide Name -Column 4", "Names in four columns.")
        .run(|| Box::<wide::Wide>::default()),
    );
    registry.add(
        common("Format-Custom", "Formats objects with all that is in them.")
            .alias("fc")
            .param(P::new("Depth", "Levels of objects within objects.").int())
            .example("Get-Date | Format-Custom", "A date with its properties.")
            .run(|| Box::<custom::Custom>::default()),
    );
}

/// What the four have in common.
#[derive(Default)]
struct Asked {
    properties: Option<Vec<Selector>>,
    group_by: Option<Selector>,
}

impl Asked {
    fn read(cx: &mut Cx<'_>) -> Flow<Self> {
        let mut properties = None;
        if cx.has("Property") {
            let mut selectors = Vec::new();
            for value in cx.list("Property") {
                selectors.push(Selector::parse(cx, &value, &KEYS)?);
            }
            properties = Some(selectors);
        }
        let group_by = match cx.arg("GroupBy") {
            Some(value) if !value.is_null() => Some(Selector::parse(cx, &value, &KEYS)?),
            _ => None,
        };
        Ok(Self { properties, group_by })
    }

    /// The line above an object's group.
    fn group(&self, cx: &mut Cx<'_>, object: &Value) -> Flow<Option<String>> {
        let Some(selector) = &self.group_by else { return Ok(None) };
        let value = selector.value(cx, object)?.unwrap_or_default();
        let text = text_of(cx, selector, &value)?;
        Ok(Some(format!("{}: {text}", selector.name())))
    }
}

fn text_of(cx: &mut Cx<'_>, selector: &Selector, value: &Value) -> Flow<String> {
    let format = selector.option("formatstring").map(|format| format.text());
    shown(cx.engine, value, format.as_deref())
}

/// The selectors for an object, with wildcards replaced by the names that there are.
fn expanded(selectors: &[Selector], object: &Value) -> Vec<Selector> {
    let mut out = Vec::new();
    for selector in selectors {
        let name = |name: PsStr| Selector {
            source: Source::Name(name),
            label: selector.label.clone(),
            options: selector.options.clone(),
        };
        match &selector.source {
            Source::Pattern(pattern) => {
                let names = crate::members::properties_of(object).into_iter().map(|(name, _)| name);
                out.extend(names.filter(|own| pattern.matches(own)).map(name));
            }
            Source::Name(asked) => {
                // The header is spelled as the object spells it.
                let names = crate::members::properties_of(object);
                let own = names.into_iter().map(|(name, _)| name).find(|own| own.eq_ignore_ascii_case(asked));
                out.push(name(own.unwrap_or_else(|| asked.clone())));
            }
            Source::Block(_) => out.push(selector.clone()),
        }
    }
    out
}

/// Gives the items of what came to a body one by one; scalars go out as text of the view.
fn each(
    cx: &mut Cx<'_>,
    input: &Value,
    spec: &mut Option<Rc<Spec>>,
    mut body: impl FnMut(&mut Cx<'_>, &mut Option<Rc<Spec>>, &Value) -> Flow<Entry>,
) -> Flow<()> {
    if Entry::of(input).is_some() {
        return cx.write(input.clone());
    }
    for object in enumerated(input) {
        if object.is_null() {
            continue;
        }
        let entry = if is_scalar(&object) {
            let spec = Rc::clone(spec.get_or_insert_with(|| Rc::new(Spec::Text)));
            Entry { spec, group: None, row: Row::Text(shown(cx.engine, &object, None)?), grid: None }
        } else {
            body(cx, spec, &object)?
        };
        cx.write(entry.into_value())?;
    }
    Ok(())
}

#[derive(Default)]
struct Table {
    asked: Asked,
    /// The columns' selectors, from the first object on.
    columns: Vec<Selector>,
    /// The same as a grid names them.
    names: Option<Rc<[(PsStr, PsStr)]>>,
    spec: Option<Rc<Spec>>,
}

impl Cmdlet for Table {
    fn begin(&mut self, cx: &mut Cx<'_>) -> Flow<()> {
        self.asked = Asked::read(cx)?;
        Ok(())
    }

    fn process(&mut self, cx: &mut Cx<'_>, input: Value) -> Flow<()> {
        let Self { asked, columns, names, spec } = self;
        each(cx, &input, spec, |cx, spec, object| {
            if !matches!(spec.as_deref(), Some(Spec::Table { .. })) {
                let (selectors, table) = table_for(cx, asked, object)?;
                *columns = selectors;
                *spec = Some(Rc::new(table));
            }
            let mut cells = Vec::with_capacity(columns.len());
            let mut values = Vec::with_capacity(columns.len());
            for column in columns.iter() {
                let value = column.value(cx, object)?.unwrap_or_default();
                cells.push(text_of(cx, column, &value)?);
                values.push(value);
            }
            let spec = spec.clone().unwrap_or_else(|| Rc::new(Spec::Text));
            let names = Rc::clone(names.get_or_insert_with(|| grid_columns(columns)));
            let grid = grid_of(ViewKind::Table, columns, names, object, values);
            Ok(Entry { spec, group: asked.group(cx, object)?, row: Row::Cells(cells), grid: Some(grid) })
        })
    }
}

fn named(name: PsStr) -> Selector {
    Selector { source: Source::Name(name), label: None, options: None }
}

/// The properties that a grid shows, and what stands above each.
fn grid_columns(selectors: &[Selector]) -> Rc<[(PsStr, PsStr)]> {
    let plain = is_plain(selectors);
    let column = |selector: &Selector| match &selector.source {
        Source::Name(property) if plain => (property.clone(), selector.name()),
        _ => (selector.name(), selector.name()),
    };
    selectors.iter().map(column).collect()
}

/// Whether all that was asked for are properties as they are.
fn is_plain(selectors: &[Selector]) -> bool {
    selectors.iter().all(|selector| {
        matches!(selector.source, Source::Name(_)) && selector.option("formatstring").is_none()
    })
}

/// What a grid shows of an object: the object itself, or what was calculated of it.
fn grid_of(
    kind: ViewKind,
    selectors: &[Selector],
    columns: Rc<[(PsStr, PsStr)]>,
    object: &Value,
    values: Vec<Value>,
) -> Grid {
    let object = if is_plain(selectors) {
        object.clone()
    } else {
        Value::Object(Object::of(columns.iter().map(|(property, _)| property.clone()).zip(values)))
    };
    Grid { kind, columns, object }
}

/// The columns of a table, from its first object.
fn table_for(cx: &mut Cx<'_>, asked: &Asked, first: &Value) -> Flow<(Vec<Selector>, Spec)> {
    let mut layout = Layout {
        auto_size: cx.flag("AutoSize"),
        wrap: cx.flag("Wrap"),
        hide_headers: cx.flag("HideTableHeaders"),
    };
    if asked.properties.is_none()
        && let Some((own, auto)) = own_table(cx.engine, first)
    {
        layout.auto_size |= auto;
        let (selectors, columns) = own.into_iter().map(|(name, column)| (named(name), column)).unzip();
        return Ok((selectors, Spec::Table { columns, layout }));
    }
    let selectors = match &asked.properties {
        Some(properties) => expanded(properties, first),
        None => display_names(first).into_iter().take(TABLE_COLUMNS).map(named).collect(),
    };
    let mut columns = Vec::with_capacity(selectors.len());
    for selector in &selectors {
        let value = selector.value(cx, first)?.unwrap_or_default();
        let align = match selector.option("alignment") {
            Some(asked) => match asked.text().to_ascii_lowercase().as_str() {
                "right" => Align::Right,
                "center" => Align::Center,
                "left" => Align::Left,
                other => {
                    let text = format!(
                        "The value \"{other}\" is not valid for the alignment: Left, Center and Right are."
                    );
                    return Err(cx.fail(
                        "System.NotSupportedException",
                        "AlignmentIllegalValue",
                        Category::InvalidArgument,
                        Value::Null,
                        text,
                    ));
                }
            },
            None => aligned(&value),
        };
        let width = selector.option("width").as_ref().and_then(crate::convert::integer).unwrap_or(0);
        let width = usize::try_from(width.clamp(0, MAX_WIDTH)).unwrap_or(0);
        columns.push(Column { label: selector.name().as_str().to_owned(), align, width });
    }
    // Where the first column has a width, the widths count; otherwise the columns fit what is in them.
    layout.auto_size |= columns.first().is_none_or(|first| first.width == 0);
    Ok((selectors, Spec::Table { columns, layout }))
}

#[derive(Default)]
struct List {
    asked: Asked,
    spec: Option<Rc<Spec>>,
}

impl Cmdlet for List {
    fn begin(&mut self, cx: &mut Cx<'_>) -> Flow<()> {
        self.asked = Asked::read(cx)?;
        Ok(())
    }

    fn process(&mut self, cx: &mut Cx<'_>, input: Value) -> Flow<()> {
        let Self { asked, spec } = self;
        each(cx, &input, spec, |cx, spec, object| {
            if !matches!(spec.as_deref(), Some(Spec::List)) {
                *spec = Some(Rc::new(Spec::List));
            }
            let selectors = match (&asked.properties, own_list(cx.engine, object)) {
                (Some(properties), _) => expanded(properties, object),
                (None, Some(own)) => own.into_iter().map(|(property, _)| named(property)).collect(),
                (None, None) => display_names(object).into_iter().map(named).collect(),
            };
            let mut fields = Vec::with_capacity(selectors.len());
            let mut shown = Vec::with_capacity(selectors.len());
            let mut values = Vec::with_capacity(selectors.len());
            for selector in selectors {
                // A property that an object does not have is left out.
                let Some(value) = selector.value(cx, object)? else { continue };
                fields.push((selector.name().as_str().to_owned(), text_of(cx, &selector, &value)?));
                shown.push(selector);
                values.push(value);
            }
            let grid = grid_of(ViewKind::List, &shown, grid_columns(&shown), object, values);
            let spec = spec.clone().unwrap_or_else(|| Rc::new(Spec::List));
            Ok(Entry { spec, group: asked.group(cx, object)?, row: Row::Fields(fields), grid: Some(grid) })
        })
    }
}
