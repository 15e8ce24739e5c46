//! Format-Wide.

use std::rc::Rc;

use postern_shared::value::PsStr;

use super::{
    super::{
        Cmdlet, Cx,
        selector::{Selector, Source},
    },
    Asked, each, expanded, text_of,
};
use crate::{
    format::{Entry, Row, Spec, display_names},
    interp::Flow,
    value::Value,
};

#[derive(Default)]
pub(super) struct Wide {
    asked: Asked,
    property: Option<Selector>,
    spec: Option<Rc<Spec>>,
}

impl Cmdlet for Wide {
    fn begin(&mut self, cx: &mut Cx<'_>) -> Flow<()> {
        self.asked = Asked::read(cx)?;
        let columns = cx.int("Column").map(|n| usize::try_from(n.clamp(1, 1_000)).unwrap_or(1));
        let columns = if cx.flag("AutoSize") { None } else { Some(columns.unwrap_or(2)) };
        self.spec = Some(Rc::new(Spec::Wide(columns)));
        Ok(())
    }

    fn process(&mut self, cx: &mut Cx<'_>, input: Value) -> Flow<()> {
        let Self { asked, property, spec } = self;
        each(cx, &input, spec, |cx, spec, object| {
            if property.is_none() {
                let asked =
                    asked.properties.as_ref().and_then(|asked| expanded(asked, object).into_iter().next());
                *property = asked.or_else(|| {
                    let name = naming(object)?;
                    Some(Selector { source: Source::Name(name), label: None, options: None })
                });
            }
            let text = match property {
                Some(selector) => {
                    let value = selector.value(cx, object)?.unwrap_or_default();
                    text_of(cx, selector, &value)?
                }
                None => String::new(),
            };
            let spec = spec.clone().unwrap_or_else(|| Rc::new(Spec::Text));
            Ok(Entry { spec, group: asked.group(cx, object)?, row: Row::Text(text), grid: None })
        })
    }
}

/// The property that names an object.
fn naming(object: &Value) -> Option<PsStr> {
    let names = display_names(object);
    let exact = |wanted: &str| names.iter().find(|name| name.eq_ignore_ascii_case(wanted)).cloned();
    let ending =
        |wanted: &str| names.iter().find(|name| name.to_ascii_lowercase().ends_with(wanted)).cloned();
    ["name", "id", "key"]
        .into_iter()
        .find_map(exact)
        .or_else(|| ["key", "name", "id"].into_iter().find_map(ending))
        .or_else(|| names.first().cloned())
}
