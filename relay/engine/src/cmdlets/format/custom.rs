//! Format-Custom.

use std::{fmt::Write as _, rc::Rc};

use postern_shared::value::PsStr;

use super::{
    super::{Cmdlet, Cx, selector::Selector},
    Asked, each, expanded,
};
use crate::{
    format::{Entry, Row, Spec, display_names, is_scalar, shown},
    interp::Flow,
    value::Value,
};

#[derive(Default)]
pub(super) struct Custom {
    asked: Asked,
    depth: usize,
    spec: Option<Rc<Spec>>,
}

impl Cmdlet for Custom {
    fn begin(&mut self, cx: &mut Cx<'_>) -> Flow<()> {
        self.asked = Asked::read(cx)?;
        self.depth = usize::try_from(cx.int("Depth").unwrap_or(5).clamp(1, 5)).unwrap_or(5);
        self.spec = Some(Rc::new(Spec::Lines));
        Ok(())
    }

    fn process(&mut self, cx: &mut Cx<'_>, input: Value) -> Flow<()> {
        let Self { asked, depth, spec } = self;
        each(cx, &input, spec, |cx, spec, object| {
            let names = match &asked.properties {
                Some(properties) => expanded(properties, object).iter().map(Selector::name).collect(),
                None => display_names(object),
            };
            let mut text = String::new();
            nested(cx, object, &names, 0, *depth, &mut text)?;
            let text = text.trim_end().to_owned();
            let spec = spec.clone().unwrap_or_else(|| Rc::new(Spec::Lines));
            Ok(Entry { spec, group: asked.group(cx, object)?, row: Row::Text(text), grid: None })
        })
    }
}

/// An object with the objects in it.
fn nested(
    cx: &mut Cx<'_>,
    object: &Value,
    names: &[PsStr],
    level: usize,
    depth: usize,
    out: &mut String,
) -> Flow<()> {
    cx.engine.step()?;
    cx.engine.check_text(out.len())?;
    let margin = "  ".repeat(level);
    let type_name = object.type_name();
    let short = type_name.rsplit('.').next().unwrap_or("");
    let _ = write!(out, "{margin}class {short}\n{margin}{{\n");
    for name in names {
        let value = cx.engine.property(object, name)?.unwrap_or_default();
        let inner = display_names(&value);
        let plain = is_scalar(&value) || value.is_null() || inner.is_empty() || level + 1 >= depth;
        if plain {
            let text = shown(cx.engine, &value, None)?;
            let _ = writeln!(out, "{margin}  {name} = {text}");
        } else {
            let _ = writeln!(out, "{margin}  {name} = ");
            nested(cx, &value, &inner, level + 2, depth, out)?;
        }
    }
    out.push_str(&margin);
    out.push_str("}\n");
    Ok(())
}
