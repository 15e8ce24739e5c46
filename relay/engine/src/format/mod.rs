//! Objects as text: PowerShell's output formatting.
//!
//! Format-Table and its relatives turn objects into [`Entry`] values: texts for the cells and the view that they belong
//! to. Whatever shows text (Out-String, Out-File, a console) gives everything that comes to a [`Formatter`], which lays
//! entries out and chooses a view for all other objects by the rules of a console: the first object decides, up to four
//! properties make a table, and a type's own view comes before that.
//!
//! | file | is for |
//! | --- | --- |
//! | `cells` | text that is cut, wrapped and padded by the cells that it takes |
//! | `table`, `list` | the layout of tables, lists and wide views |
//! | `text` | what a property shows |
//! | `views` | the views of types |
//! | `entry` | what the Format cmdlets give |
//! | `render` | lines from entries: groups, blank lines, widths from the first rows |

mod cells;
mod entry;
mod list;
mod render;
mod table;
mod text;
mod views;

use std::rc::Rc;

use postern_shared::{value::PsStr, view::FormatViews};

pub use self::entry::{Grid, grid};
pub use self::views::document;
pub(crate) use self::{
    cells::Align,
    entry::{Entry, Row, Spec},
    table::{Column, Layout},
    text::{aligned, is_scalar, shown},
    views::{View, own_list, own_table},
};
use self::{
    render::Renderer,
    views::{group_of, view_of},
};
use crate::{
    interp::{Engine, Flow},
    members,
    ops::list as items_of,
    value::{Member, Value},
};

/// Up to this many properties make a table where a type has no view of its own.
const TABLE_PROPERTIES: usize = 4;
/// Format-Table without properties shows so many.
pub(crate) const TABLE_COLUMNS: usize = 10;

/// Turns a sequence of objects into lines.
#[derive(Debug)]
pub struct Formatter {
    renderer: Renderer,
    /// The remote side's views, once they were asked for.
    views: Option<Rc<FormatViews>>,
    auto: Auto,
}

/// The view that the objects before chose.
#[derive(Debug, Default)]
enum Auto {
    #[default]
    None,
    /// A table of properties; every object is a row of it.
    Table(Rc<Spec>),
    /// A list; every object shows its own properties.
    List(Rc<Spec>),
    /// A type's own view, for objects of that type only.
    Typed(PsStr, View, Rc<Spec>),
}

impl Formatter {
    /// A formatter for lines of so many cells.
    pub fn new(width: usize) -> Self {
        Self { renderer: Renderer::new(width.max(2)), views: None, auto: Auto::None }
    }

    /// Takes an object.
    pub(crate) fn push(&mut self, engine: &mut Engine, value: &Value) -> Flow<()> {
        engine.step()?;
        if let Some(entry) = Entry::of(value) {
            self.auto = Auto::None;
            self.renderer.push(entry);
            return engine.check_text(self.renderer.size());
        }
        for value in enumerated(value) {
            self.one(engine, &value)?;
        }
        engine.check_text(self.renderer.size())
    }

    /// The lines that are ready.
    pub(crate) fn take(&mut self) -> Vec<String> {
        self.renderer.take()
    }

    /// Ends the sequence; the lines that are left.
    pub(crate) fn finish(&mut self) -> Vec<String> {
        self.auto = Auto::None;
        self.renderer.close();
        self.renderer.take()
    }

    fn one(&mut self, engine: &mut Engine, value: &Value) -> Flow<()> {
        if value.is_null() {
            return Ok(());
        }
        if is_scalar(value) {
            let spec = match &self.auto {
                Auto::None => Rc::new(Spec::Text),
                Auto::Table(spec) | Auto::List(spec) | Auto::Typed(_, _, spec) => Rc::clone(spec),
            };
            let text = shown(engine, value, None)?;
            self.renderer.push(&Entry { spec, group: None, row: Row::Text(text), grid: None });
            return Ok(());
        }
        let views = self.views.get_or_insert_with(|| engine.remote.views());
        let own = view_of(value, views);
        // The first object decides. What comes behind is a row of the same view, or, where that is a type's own, a list
        // within it.
        if let Auto::None = self.auto {
            self.auto = if let Some((name, view)) = own.clone() {
                let spec = Rc::new(view.spec());
                Auto::Typed(name, view, spec)
            } else {
                let names = display_names(value);
                if names.is_empty() {
                    let (spec, row) = (Rc::new(Spec::Text), Row::Text(String::new()));
                    self.renderer.push(&Entry { spec, group: None, row, grid: None });
                    return Ok(());
                }
                if names.len() <= TABLE_PROPERTIES {
                    Auto::Table(Rc::new(default_table(engine, value, names)?))
                } else {
                    Auto::List(Rc::new(Spec::List))
                }
            };
        }
        let foreign = match (&self.auto, &own) {
            (Auto::Typed(name, ..), own) => own.as_ref().is_none_or(|(own, _)| own != name),
            _ => false,
        };
        let (spec, row) = match &self.auto {
            Auto::None => return Ok(()),
            Auto::Table(spec) => (Rc::clone(spec), Row::Cells(cells_of(engine, value, spec)?)),
            Auto::List(spec) => (Rc::clone(spec), Row::Fields(all_fields(engine, value)?)),
            Auto::Typed(_, _, spec) if foreign => (Rc::clone(spec), Row::Block(all_fields(engine, value)?)),
            Auto::Typed(_, view, spec) => (Rc::clone(spec), view.row(engine, value)?),
        };
        let group = match &self.auto {
            Auto::Typed(name, ..) if !foreign => match group_of(name) {
                Some(property) => Some(format!("{property}: {}", property_text(engine, value, property)?)),
                None => None,
            },
            _ => None,
        };
        self.renderer.push(&Entry { spec, group, row, grid: None });
        Ok(())
    }
}

impl Engine {
    /// The text of objects as a console of that width shows them, with a line's end behind each line.
    ///
    /// # Errors
    /// With a sentence, if that takes more than the engine may.
    pub fn show(&mut self, values: &[Value], width: usize) -> Result<String, PsStr> {
        self.begin_run();
        let mut formatter = Formatter::new(width);
        for value in values {
            if formatter.push(self, value).is_err() {
                return Err("The output could not be formatted within the bounds of a command.".into());
            }
        }
        let mut text = String::new();
        for line in formatter.finish() {
            text.push_str(&line);
            text.push('\n');
        }
        Ok(text)
    }
}

/// What a value is shown as: the items of a collection, a dictionary's entries, or itself.
pub(crate) fn enumerated(value: &Value) -> Vec<Value> {
    if let Value::Hash(hash) = value.base() {
        return views::entries(hash);
    }
    match items_of::items(value) {
        Some(items) => items,
        None => vec![value.clone()],
    }
}

/// Names of the properties that are shown where nothing else was asked for.
pub(crate) fn display_names(value: &Value) -> Vec<PsStr> {
    if let Value::Object(object) = value.base()
        && let Some(Member::PropertySet(names)) = object.member("DefaultDisplayPropertySet")
    {
        return names;
    }
    let hidden = |name: &PsStr| {
        ["PSShowComputerName", "PSComputerName"].iter().any(|hidden| name.eq_ignore_ascii_case(hidden))
    };
    let remote = matches!(value.base(), Value::Remote(_));
    let names = members::properties_of(value).into_iter().map(|(name, _)| name);
    names.filter(|name| !(remote && hidden(name))).collect()
}

/// All properties with what they show.
fn all_fields(engine: &mut Engine, value: &Value) -> Flow<Vec<(String, String)>> {
    let mut fields = Vec::new();
    for name in display_names(value) {
        let text = property_text(engine, value, &name)?;
        fields.push((name.as_str().to_owned(), text));
    }
    Ok(fields)
}

/// What a property shows; nothing if there is none of that name.
pub(crate) fn property_text(engine: &mut Engine, value: &Value, name: &str) -> Flow<String> {
    match engine.property(value, name)? {
        Some(found) => shown(engine, &found, None),
        None => Ok(String::new()),
    }
}

/// A table of properties, aligned by the values of the first object.
pub(crate) fn default_table(engine: &mut Engine, first: &Value, names: Vec<PsStr>) -> Flow<Spec> {
    let mut columns = Vec::with_capacity(names.len());
    for name in names {
        let value = engine.property(first, &name)?.unwrap_or_default();
        columns.push(Column { label: name.as_str().to_owned(), align: aligned(&value), width: 0 });
    }
    Ok(Spec::Table { columns, layout: Layout { auto_size: true, ..Layout::default() } })
}

/// The cells of a row of a table whose labels are the names of properties.
pub(crate) fn cells_of(engine: &mut Engine, value: &Value, spec: &Spec) -> Flow<Vec<String>> {
    let Spec::Table { columns, .. } = spec else { return Ok(Vec::new()) };
    let mut cells = Vec::with_capacity(columns.len());
    for column in columns {
        cells.push(property_text(engine, value, &column.label)?);
    }
    Ok(cells)
}
