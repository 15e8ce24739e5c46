//! Properties as arguments name them: by name, with wildcards, or calculated.

use std::sync::Arc;

use postern_shared::{
    syntax::ast::{Expr, ExprKind, ScriptBlock},
    value::PsValue,
};

use crate::{
    error::{Error, Result},
    eval::{self, Scope, as_bool, sole_expr},
};

/// A property, or what is calculated in its stead.
#[derive(Clone, Debug)]
pub(super) struct Selector {
    /// Its name or label.
    pub(super) label: String,
    /// Where its value comes from.
    pub(super) source: Source,
    /// `Descending` or `Ascending` of a sort key.
    pub(super) descending: Option<bool>,
}

/// Where a value comes from.
#[derive(Clone, Debug)]
pub(super) enum Source {
    /// A property, perhaps with wildcards.
    Name(String),
    /// A script block.
    Block(Box<ScriptBlock>),
}

impl Selector {
    /// Whether it is a property's name and nothing else.
    pub(super) fn is_plain(&self) -> bool {
        matches!(&self.source, Source::Name(name) if *name == self.label && !name.contains(['*', '?', '[']))
    }

    /// Its value of an object.
    pub(super) fn value(&self, line: &str, object: &PsValue) -> Result<PsValue> {
        match &self.source {
            Source::Name(name) => Ok(eval::property(object, name)),
            Source::Block(block) => match Scope::new(line, object.clone()).value_of(block) {
                // PowerShell too shows nothing where a calculation fails.
                Err(Error::Statement(_)) => Ok(PsValue::Null),
                other => other,
            },
        }
    }
}

/// The selectors of an argument: one or a list.
pub(super) fn compile(line: &Arc<str>, expr: &Expr) -> Result<Vec<Selector>> {
    match &expr.kind {
        ExprKind::List(items) => items.iter().map(|item| one(line, item)).collect(),
        ExprKind::Paren(statement) if sole_expr(statement).is_some() => {
            sole_expr(statement).map_or(Ok(Vec::new()), |inner| compile(line, inner))
        }
        _ => Ok(vec![one(line, expr)?]),
    }
}

fn one(line: &Arc<str>, expr: &Expr) -> Result<Selector> {
    match &expr.kind {
        ExprKind::ScriptBlock(block) => {
            eval::check(block, line)?;
            let label = block.span.text(line).trim().to_owned();
            Ok(Selector { label, source: Source::Block(Box::new(block.clone())), descending: None })
        }
        ExprKind::Hash(entries) => {
            let mut selector =
                Selector { label: String::new(), source: Source::Name(String::new()), descending: None };
            let mut has_source = false;
            for (key, value) in entries {
                let name = eval::constant(key, line)?.to_string().to_ascii_lowercase();
                let Some(value) = sole_expr(value) else {
                    let what = "A command in a calculated property is not available.";
                    return Err(Error::unsupported(
                        value.span,
                        what,
                        "Write @{n='Name'; e={ $_.Property }}.",
                    ));
                };
                let is_prefix = |whole: &str| !name.is_empty() && whole.starts_with(&name);
                if is_prefix("expression") {
                    has_source = true;
                    if let ExprKind::ScriptBlock(block) = &value.kind {
                        eval::check(block, line)?;
                        selector.source = Source::Block(Box::new(block.clone()));
                        if selector.label.is_empty() {
                            block.span.text(line).trim().clone_into(&mut selector.label);
                        }
                    } else {
                        let name = eval::constant(value, line)?.to_string();
                        if selector.label.is_empty() {
                            selector.label.clone_from(&name);
                        }
                        selector.source = Source::Name(name);
                    }
                } else if is_prefix("name") || is_prefix("label") {
                    selector.label = eval::constant(value, line)?.to_string();
                } else if is_prefix("descending") || is_prefix("ascending") {
                    selector.descending =
                        Some(as_bool(&eval::constant(value, line)?) == is_prefix("descending"));
                } else if !["formatstring", "width", "alignment"].iter().any(|own| is_prefix(own)) {
                    let what = format!("The {name} key is not valid.");
                    return Err(Error::statement(key.span, "DictionaryKeyUnknown", what));
                } else {
                    let what = format!("The key {name} of a calculated property is not available.");
                    return Err(Error::unsupported(
                        key.span,
                        what,
                        "Available are Name, Label and Expression.",
                    ));
                }
            }
            if !has_source {
                let what = "The hash table of a calculated property needs the key Expression.";
                return Err(Error::statement(expr.span, "DictionaryKeyMissing", what));
            }
            Ok(selector)
        }
        _ => {
            let name = eval::constant(expr, line)?.to_string();
            Ok(Selector { label: name.clone(), source: Source::Name(name), descending: None })
        }
    }
}
