//! The local commands that objects stream through.

mod bind;
mod filter;
mod group;
mod select;
mod selector;
mod sort;

use postern_shared::{
    syntax::ast::{Command, Element, ElementKind},
    value::PsValue,
    wire::{Failure, ViewKind},
};

use crate::{
    error::{Error, Result},
    limits::{MAX_ERRORS, MAX_HELD},
    plan::{Flow, command_name},
};

/// One local command at work.
pub(super) trait Stage: std::fmt::Debug + Send {
    /// Takes an object. An error of kind [`Error::Statement`] concerns this object alone.
    fn push(&mut self, value: PsValue, out: &mut Vec<PsValue>) -> Result<Flow>;

    /// No more objects come.
    fn finish(&mut self, _out: &mut Vec<PsValue>) -> Result<()> {
        Ok(())
    }
}

/// Local commands one behind the other.
#[derive(Debug, Default)]
pub(crate) struct Stages {
    chain: Vec<Box<dyn Stage>>,
    format: Option<(ViewKind, Vec<String>)>,
    errors: Vec<Failure>,
    more_errors: u64,
}

/// The local command of a name or alias.
fn resolve(name: &str) -> Option<&'static str> {
    Some(match name.to_ascii_lowercase().as_str() {
        "where-object" | "where" | "?" => "Where-Object",
        "select-object" | "select" => "Select-Object",
        "sort-object" | "sort" => "Sort-Object",
        "foreach-object" | "foreach" | "%" => "ForEach-Object",
        "group-object" | "group" => "Group-Object",
        "measure-object" | "measure" => "Measure-Object",
        "format-table" | "ft" => "Format-Table",
        "format-list" | "fl" => "Format-List",
        _ => return None,
    })
}

impl Stages {
    /// Whether there is a local command of this name.
    pub(crate) fn has(name: &str) -> bool {
        resolve(name).is_some()
    }

    /// Compiles the elements of a pipeline.
    pub(crate) fn compile(line: &str, elements: &[Element]) -> Result<Self> {
        let mut compiled = Self::default();
        let line: std::sync::Arc<str> = line.into();
        for element in elements {
            if let Some(redirection) = element.redirections.first() {
                return Err(crate::plan::unsupported_redirection(redirection));
            }
            let ElementKind::Command(command) = &element.kind else {
                let what = "Expressions are only allowed as the first element of a pipeline.";
                return Err(Error::statement(element.span, "ExpressionsMustBeFirstInPipeline", what));
            };
            let name = command_name(command).filter(|_| command.invocation.is_none());
            let Some(own) = name.and_then(resolve) else {
                let what =
                    format!("{} is not available behind a pipe.", name.unwrap_or("A computed command"));
                let instead = "Available are Where-Object, Select-Object, Sort-Object, ForEach-Object, Group-Object, \
                               Measure-Object, Format-Table and Format-List.";
                return Err(Error::unsupported(command.name.span, what, instead));
            };
            if compiled.format.is_some() {
                let what = format!("{own} behind Format-Table or Format-List is not available.");
                return Err(Error::unsupported(element.span, what, "Put the format command last."));
            }
            match own {
                "Format-Table" => {
                    compiled.format = Some((ViewKind::Table, compiled.formatted(&line, own, command)?));
                }
                "Format-List" => {
                    compiled.format = Some((ViewKind::List, compiled.formatted(&line, own, command)?));
                }
                "Where-Object" => compiled.chain.push(filter::where_object(&line, command)?),
                "ForEach-Object" => compiled.chain.push(filter::for_each(&line, command)?),
                "Select-Object" => compiled.chain.push(select::select(&line, command)?),
                "Sort-Object" => compiled.chain.push(sort::sort(&line, command)?),
                "Group-Object" => compiled.chain.push(group::group(&line, command)?),
                _ => compiled.chain.push(group::measure(&line, command)?),
            }
        }
        Ok(compiled)
    }

    /// The properties that a format command names. With calculated ones, a selection comes before it.
    fn formatted(
        &mut self,
        line: &std::sync::Arc<str>,
        name: &'static str,
        command: &Command,
    ) -> Result<Vec<String>> {
        let declared =
            bind::Declaration { name, switches: &["AutoSize", "Wrap"], values: &["Property"], positional: 1 };
        let bound = bind::bind(&declared, command)?;
        let Some(expr) = bound.get("Property") else { return Ok(Vec::new()) };
        let selectors = selector::compile(line, expr)?;
        if selectors.iter().all(selector::Selector::is_plain) {
            return Ok(selectors.into_iter().map(|selector| selector.label).collect());
        }
        self.chain.push(select::of(line, selectors));
        Ok(Vec::new())
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.chain.is_empty()
    }

    pub(crate) fn format(&self) -> Option<(ViewKind, Vec<String>)> {
        self.format.clone()
    }

    pub(crate) fn push(&mut self, value: PsValue, out: &mut Vec<PsValue>) -> Result<Flow> {
        self.push_from(0, value, out)
    }

    fn push_from(&mut self, at: usize, value: PsValue, out: &mut Vec<PsValue>) -> Result<Flow> {
        let Some(stage) = self.chain.get_mut(at) else {
            out.push(value);
            return Ok(Flow::Continue);
        };
        let mut made = Vec::new();
        let flow = match stage.push(value, &mut made) {
            Ok(flow) => flow,
            Err(Error::Statement(failure)) => {
                self.keep_error(*failure);
                Flow::Continue
            }
            Err(other) => return Err(other),
        };
        let mut done = flow == Flow::Done;
        for value in made {
            if self.push_from(at + 1, value, out)? == Flow::Done {
                done = true;
                break;
            }
        }
        Ok(if done { Flow::Done } else { Flow::Continue })
    }

    pub(crate) fn finish(&mut self, out: &mut Vec<PsValue>) -> Result<()> {
        for at in 0..self.chain.len() {
            let mut made = Vec::new();
            if let Some(stage) = self.chain.get_mut(at) {
                match stage.finish(&mut made) {
                    Err(Error::Statement(failure)) => self.keep_error(*failure),
                    other => other?,
                }
            }
            for value in made {
                if self.push_from(at + 1, value, out)? == Flow::Done {
                    break;
                }
            }
        }
        Ok(())
    }

    /// Sends values that are there already through the stages; the first error ends it.
    pub(crate) fn run(&mut self, values: Vec<PsValue>, out: &mut Vec<PsValue>) -> Result<()> {
        for value in values {
            if self.push(value, out)? == Flow::Done {
                break;
            }
        }
        self.finish(out)?;
        match self.errors.pop() {
            Some(failure) => Err(Error::Statement(Box::new(failure))),
            None => Ok(()),
        }
    }

    fn keep_error(&mut self, failure: Failure) {
        if self.errors.len() < MAX_ERRORS {
            self.errors.push(failure);
        } else {
            self.more_errors += 1;
        }
    }

    pub(crate) fn take_errors(&mut self) -> Vec<Failure> {
        let mut errors = std::mem::take(&mut self.errors);
        let more = std::mem::take(&mut self.more_errors);
        if more > 0 {
            let what = format!("{more} more objects gave errors.");
            errors.push(Failure { what, code: "MoreErrors".to_owned(), ..Failure::default() });
        }
        errors
    }
}

/// Keeps a value for later, within the bound on what a stage may hold.
fn hold<T>(held: &mut Vec<T>, value: T, span: postern_shared::syntax::Span) -> Result<()> {
    if held.len() >= MAX_HELD {
        return Err(Error::limit(
            span,
            format!("More than {MAX_HELD} objects would have to be held at once."),
        ));
    }
    held.push(value);
    Ok(())
}
