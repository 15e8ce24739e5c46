//! The cmdlets, one file a family, and how a cmdlet is declared.
//!
//! # Adding a cmdlet
//!
//! Write a type that implements [`Cmdlet`], and declare it in the family's `declare` function:
//!
//! ```text
//! pub(super) fn declare(registry: &mut Registry) {
//!     registry.add(
//!         Declare::new("Get-Unique", "Returns the different items of a sorted list.")
//!             .alias("gu")
//!             .param(P::input("InputObject", "The objects.").ty(Type::PSObject))
//!             .param(P::switch("AsString", "Compares the texts."))
//!             .example("1,1,2 | Get-Unique", "Gives 1 and 2.")
//!             .run(|| Box::<Unique>::default()),
//!     );
//! }
//!
//! #[derive(Default)]
//! struct Unique { before: Option<Value> }
//!
//! impl Cmdlet for Unique {
//!     fn process(&mut self, cx: &mut Cx<'_>, input: Value) -> Flow<()> {
//!         …
//!         cx.write(input)
//!     }
//! }
//! ```
//!
//! One declaration serves the binder, completion, Get-Help and Get-Command. `begin` runs once before the first object,
//! `process` for each object of the pipeline (once, with `Value::Empty` or what `-InputObject` gave, where the command
//! is the first of its pipeline), `end` once behind the last. A cmdlet that does one thing and takes no pipeline input
//! implements `process` alone, or is declared with [`Declare::simple`].
//!
//! What a call gave is read from [`Cx`]: [`Cx::arg`], [`Cx::text`], [`Cx::flag`], [`Cx::int`], [`Cx::list`]. Where
//! parameters are bound from the pipeline (`by_name`), they have the object's values during `process`.
//!
//! Results go out with [`Cx::write`] (one object) or [`Cx::write_all`] (the items of a collection one by one), errors
//! that do not end the command with [`Cx::error`], those that do are returned as `Err(cx.fail(…))`. Script blocks run
//! with [`Cx::call`] and `engine.run_here`. Everything that is held (`Sort-Object`) must be counted with
//! `engine.check_items`, text that is made with `engine.check_text`, and loops without evaluation with `engine.steps`.
//!
//! A type of output with members of its own is an [`Object::typed`](crate::value::Object::typed) where its properties
//! are plain, or implements [`NetObject`](crate::value::NetObject) where it has methods.

mod chance;
mod clixml;
mod command;
mod compare_object;
mod content;
mod csv;
mod culture;
mod date;
mod file_hash;
mod filter;
mod format;
mod get_member;
mod group;
pub(crate) mod help;
mod history;
mod host;
mod html;
mod item;
mod json;
mod measure;
mod object;
pub(crate) mod out_file;
mod out_grid_view;
mod out_host;
mod out_string;
mod output;
mod path;
pub(crate) mod refused;
mod select;
mod select_string;
pub(crate) mod selector;
mod session;
mod sort;
mod text_data;
mod unique;
mod variable;

use std::{collections::HashMap, rc::Rc};

use postern_shared::value::PsStr;

use crate::{
    code::ScriptBlock,
    convert,
    interp::{Args, Collect, Engine, Flow, Param, ParamSet, Signature, Sink, Stop, Validate},
    ops::list,
    value::{Category, ErrorRecord, Exception, Type, Value},
};

/// What a cmdlet does.
pub(crate) trait Cmdlet {
    /// Before the first object.
    fn begin(&mut self, cx: &mut Cx<'_>) -> Flow<()> {
        let _ = cx;
        Ok(())
    }

    /// For each object of the pipeline.
    fn process(&mut self, cx: &mut Cx<'_>, input: Value) -> Flow<()> {
        let _ = (cx, input);
        Ok(())
    }

    /// Behind the last object.
    fn end(&mut self, cx: &mut Cx<'_>) -> Flow<()> {
        let _ = cx;
        Ok(())
    }

    /// Instead of `end`, where the pipeline was over before: an error, or a later command that has enough. Files get
    /// what came so far; output goes nowhere.
    fn close(&mut self, cx: &mut Cx<'_>) -> Flow<()> {
        let _ = cx;
        Ok(())
    }
}

/// A cmdlet's declaration.
pub(crate) struct CmdletInfo {
    /// Its name.
    pub(crate) name: PsStr,
    pub(crate) aliases: Vec<&'static str>,
    /// The module that it belongs to in PowerShell.
    pub(crate) module: &'static str,
    /// One line of help.
    pub(crate) synopsis: &'static str,
    /// More help.
    pub(crate) description: &'static str,
    /// Lines and what they do.
    pub(crate) examples: Vec<(&'static str, &'static str)>,
    pub(crate) signature: Rc<Signature>,
    /// Whether the pipeline binds to one parameter only, which takes any object as it is.
    pub(crate) only_input: bool,
    pub(crate) make: Box<dyn Fn() -> Box<dyn Cmdlet>>,
}

/// Declares a cmdlet.
pub(crate) struct Declare {
    info: CmdletInfo,
    params: Vec<Param>,
    default_set: &'static str,
    should_process: bool,
    origin: Option<&'static str>,
}

/// Declares a parameter.
pub(crate) struct P(Param);

#[allow(dead_code, reason = "the form is whole, also where no cmdlet needs a word of it yet")]
impl P {
    /// A parameter that takes any value.
    pub(crate) fn new(name: &'static str, help: &'static str) -> Self {
        Self(Param { name: PsStr::from_static(name), help: PsStr::from_static(help), ..Param::default() })
    }

    /// A switch.
    pub(crate) fn switch(name: &'static str, help: &'static str) -> Self {
        Self::new(name, help).ty(Type::Switch)
    }

    /// The parameter that takes the pipeline's objects.
    pub(crate) fn input(name: &'static str, help: &'static str) -> Self {
        Self::new(name, help).ty(Type::PSObject).by_value()
    }

    /// Its type.
    pub(crate) fn ty(mut self, ty: Type) -> Self {
        self.0.types = vec![ty];
        self
    }

    /// Text.
    pub(crate) fn text(self) -> Self {
        self.ty(Type::String)
    }

    /// Several texts.
    pub(crate) fn texts(self) -> Self {
        self.ty(Type::ArrayOf(&Type::String))
    }

    /// Several values of any type.
    pub(crate) fn many(self) -> Self {
        self.ty(Type::ArrayOf(&Type::Object))
    }

    /// An Int32.
    pub(crate) fn int(self) -> Self {
        self.ty(Type::Int32)
    }

    /// Another name.
    pub(crate) fn alias(mut self, alias: &'static str) -> Self {
        self.0.aliases.push(PsStr::from_static(alias));
        self
    }

    fn set_mut(&mut self) -> &mut ParamSet {
        if self.0.sets.is_empty() {
            self.0.sets.push(ParamSet::default());
        }
        let last = self.0.sets.len() - 1;
        &mut self.0.sets[last]
    }

    /// From here on, what is said holds for this parameter set.
    pub(crate) fn set(mut self, name: &'static str) -> Self {
        self.0.sets.push(ParamSet { name: PsStr::from_static(name), ..ParamSet::default() });
        self
    }

    /// Its place among values without a name.
    pub(crate) fn at(mut self, position: i32) -> Self {
        self.set_mut().position = Some(position);
        self
    }

    /// It has to be given.
    pub(crate) fn mandatory(mut self) -> Self {
        self.set_mut().mandatory = true;
        self
    }

    /// Takes pipeline objects.
    pub(crate) fn by_value(mut self) -> Self {
        self.set_mut().by_value = true;
        self
    }

    /// Takes the property of its name of pipeline objects.
    pub(crate) fn by_name(mut self) -> Self {
        self.set_mut().by_name = true;
        self
    }

    /// Takes all values that are left.
    pub(crate) fn remaining(mut self) -> Self {
        self.set_mut().remaining = true;
        self
    }

    /// May be null.
    pub(crate) fn nullable(mut self) -> Self {
        self.0.allow_null = true;
        self.0.allow_empty_text = true;
        self.0.allow_empty_list = true;
        self
    }

    /// Only these values.
    pub(crate) fn one_of(mut self, values: &[&'static str]) -> Self {
        let values: Vec<PsStr> = values.iter().map(|value| PsStr::from_static(value)).collect();
        self.0.values.clone_from(&values);
        self.0.validate.push(Validate::Set(values, true));
        self
    }

    /// A check.
    pub(crate) fn check(mut self, check: Validate) -> Self {
        self.0.validate.push(check);
        self
    }

    /// Not listed in help and completion.
    pub(crate) fn hidden(mut self) -> Self {
        self.0.hidden = true;
        self
    }
}

#[allow(dead_code, reason = "the form is whole, also where no cmdlet needs a word of it yet")]
impl Declare {
    /// A cmdlet with its one line of help.
    pub(crate) fn new(name: &'static str, synopsis: &'static str) -> Self {
        Self {
            info: CmdletInfo {
                name: PsStr::from_static(name),
                aliases: Vec::new(),
                module: "Microsoft.PowerShell.Utility",
                synopsis,
                description: "",
                examples: Vec::new(),
                signature: Rc::default(),
                only_input: false,
                make: Box::new(|| Box::new(Nothing)),
            },
            params: Vec::new(),
            default_set: "",
            should_process: false,
            origin: None,
        }
    }

    /// Another name.
    pub(crate) fn alias(mut self, alias: &'static str) -> Self {
        self.info.aliases.push(alias);
        self
    }

    /// More help.
    pub(crate) fn describe(mut self, description: &'static str) -> Self {
        self.info.description = description;
        self
    }

    /// The module that it belongs to in PowerShell, if it is not Microsoft.PowerShell.Utility.
    pub(crate) fn module(mut self, module: &'static str) -> Self {
        self.info.module = module;
        self
    }

    /// A parameter.
    pub(crate) fn param(mut self, param: P) -> Self {
        self.params.push(param.0);
        self
    }

    /// The parameter set that is taken when nothing decides.
    pub(crate) fn default_set(mut self, set: &'static str) -> Self {
        self.default_set = set;
        self
    }

    /// It changes something: `-WhatIf` and `-Confirm` are there.
    pub(crate) fn should_process(mut self) -> Self {
        self.should_process = true;
        self
    }

    /// The class in PowerShell, for error ids, where it is not `Microsoft.PowerShell.Commands.VerbNounCommand`.
    pub(crate) fn class(mut self, class: &'static str) -> Self {
        self.origin = Some(class);
        self
    }

    /// A line and what it does.
    pub(crate) fn example(mut self, line: &'static str, what: &'static str) -> Self {
        self.info.examples.push((line, what));
        self
    }

    /// What it does.
    pub(crate) fn run(mut self, make: impl Fn() -> Box<dyn Cmdlet> + 'static) -> Self {
        self.info.make = Box::new(make);
        self
    }

    /// What it does, where that is one function of each input.
    pub(crate) fn simple(self, body: fn(&mut Cx<'_>, Value) -> Flow<()>) -> Self {
        self.run(move || Box::new(Simple(body)))
    }

    fn finish(mut self) -> CmdletInfo {
        let plain: String = self.info.name.chars().filter(|c| *c != '-').collect();
        let origin = match self.origin {
            Some(class) => PsStr::from_static(class),
            None => format!("Microsoft.PowerShell.Commands.{plain}Command").into(),
        };
        let mut signature = Signature {
            params: self.params,
            advanced: true,
            should_process: self.should_process,
            origin,
            ..Signature::default()
        };
        signature.finish(self.default_set);
        let takes = |param: &&Param| param.sets.iter().any(|set| set.by_value || set.by_name);
        let takers: Vec<&Param> = signature.params.iter().filter(takes).collect();
        self.info.only_input = matches!(
            takers.as_slice(),
            [only] if matches!(only.ty(), Type::PSObject | Type::Object) && !only.sets.iter().any(|set| set.by_name)
        );
        self.info.signature = Rc::new(signature);
        self.info
    }
}

struct Nothing;

impl Cmdlet for Nothing {}

struct Simple(fn(&mut Cx<'_>, Value) -> Flow<()>);

impl Cmdlet for Simple {
    fn process(&mut self, cx: &mut Cx<'_>, input: Value) -> Flow<()> {
        (self.0)(cx, input)
    }
}

/// All cmdlets.
#[derive(Default)]
pub(crate) struct Registry {
    by_name: HashMap<String, Rc<CmdletInfo>>,
    aliases: HashMap<&'static str, PsStr>,
    order: Vec<Rc<CmdletInfo>>,
}

impl Registry {
    /// Adds a cmdlet.
    pub(crate) fn add(&mut self, declare: Declare) {
        let info = Rc::new(declare.finish());
        for alias in &info.aliases {
            self.aliases.insert(alias, info.name.clone());
        }
        self.by_name.insert(info.name.to_ascii_lowercase(), Rc::clone(&info));
        self.order.push(info);
    }
}

thread_local! {
    static REGISTRY: Registry = {
        let mut registry = Registry::default();
        filter::declare(&mut registry);
        format::declare(&mut registry);
        select::declare(&mut registry);
        sort::declare(&mut registry);
        measure::declare(&mut registry);
        out_string::declare(&mut registry);
        output::declare(&mut registry);
        variable::declare(&mut registry);
        session::declare(&mut registry);
        object::declare(&mut registry);
        command::declare(&mut registry);
        group::declare(&mut registry);
        get_member::declare(&mut registry);
        compare_object::declare(&mut registry);
        unique::declare(&mut registry);
        out_file::declare(&mut registry);
        out_grid_view::declare(&mut registry);
        content::declare(&mut registry);
        item::declare(&mut registry);
        file_hash::declare(&mut registry);
        path::declare(&mut registry);
        csv::declare(&mut registry);
        json::declare(&mut registry);
        clixml::declare(&mut registry);
        html::declare(&mut registry);
        select_string::declare(&mut registry);
        date::declare(&mut registry);
        chance::declare(&mut registry);
        culture::declare(&mut registry);
        text_data::declare(&mut registry);
        help::declare(&mut registry);
        host::declare(&mut registry);
        history::declare(&mut registry);
        out_host::declare(&mut registry);
        registry
    };
}

/// The cmdlet of that name, compared without case.
pub(crate) fn find(name: &str) -> Option<Rc<CmdletInfo>> {
    REGISTRY.with(|registry| {
        if let Some(found) = registry.by_name.get(name) {
            return Some(Rc::clone(found));
        }
        registry.by_name.get(name.to_ascii_lowercase().as_str()).map(Rc::clone)
    })
}

/// The name of the cmdlet that an alias means.
pub(crate) fn alias(name: &str) -> Option<PsStr> {
    REGISTRY.with(|registry| registry.aliases.get(name.to_ascii_lowercase().as_str()).cloned())
}

/// All cmdlets in the order of their declaration.
pub(crate) fn all() -> Vec<Rc<CmdletInfo>> {
    REGISTRY.with(|registry| registry.order.clone())
}

/// All aliases with what they mean, sorted.
pub(crate) fn aliases() -> Vec<(&'static str, PsStr)> {
    let mut all: Vec<_> = REGISTRY
        .with(|registry| registry.aliases.iter().map(|(alias, name)| (*alias, name.clone())).collect());
    all.sort_unstable_by_key(|(alias, _)| *alias);
    all
}

/// What a cmdlet has while it runs.
pub(crate) struct Cx<'a> {
    /// The engine.
    pub(crate) engine: &'a mut Engine,
    /// What was bound.
    pub(crate) args: &'a mut Args,
    /// Where output goes.
    pub(crate) out: &'a mut dyn Sink,
    /// The declaration.
    pub(crate) info: &'a Rc<CmdletInfo>,
    /// The stage's number, for [`Cx::done`].
    pub(crate) id: u32,
    /// Whether an error was written.
    pub(crate) failed: &'a mut bool,
}

#[allow(dead_code, reason = "the form is whole, also where no cmdlet needs a word of it yet")]
impl Cx<'_> {
    /// The value of a parameter, if it was given.
    pub(crate) fn arg(&self, name: &str) -> Option<Value> {
        let at = self.info.signature.params.iter().position(|param| param.name.eq_ignore_ascii_case(name))?;
        self.args.values.get(at)?.clone()
    }

    /// Whether a parameter was given.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.arg(name).is_some()
    }

    /// The text of a parameter.
    pub(crate) fn text(&self, name: &str) -> Option<PsStr> {
        self.arg(name).filter(|value| !value.is_null()).map(|value| value.text())
    }

    /// Whether a switch is on.
    pub(crate) fn flag(&self, name: &str) -> bool {
        self.arg(name).is_some_and(|value| convert::truth(&value))
    }

    /// The number of a parameter.
    pub(crate) fn int(&self, name: &str) -> Option<i64> {
        self.arg(name).as_ref().and_then(convert::integer)
    }

    /// The items of a parameter, none if it was not given.
    pub(crate) fn list(&self, name: &str) -> Vec<Value> {
        match self.arg(name) {
            Some(value) if value.is_null() => Vec::new(),
            Some(value) => list::items(&value).unwrap_or_else(|| vec![value]),
            None => Vec::new(),
        }
    }

    /// The texts of a parameter.
    pub(crate) fn texts(&self, name: &str) -> Vec<PsStr> {
        self.list(name).iter().map(Value::text).collect()
    }

    /// The script block of a parameter.
    pub(crate) fn block(&self, name: &str) -> Option<Rc<ScriptBlock>> {
        match self.arg(name)?.base() {
            Value::Block(block) => Some(Rc::clone(block)),
            _ => None,
        }
    }

    /// Gives an object.
    pub(crate) fn write(&mut self, value: impl Into<Value>) -> Flow<()> {
        self.out.put(self.engine, value.into())
    }

    /// Gives the items of a collection one by one, or a single value.
    pub(crate) fn write_all(&mut self, value: Value) -> Flow<()> {
        self.engine.emit(value, self.out)
    }

    /// No more input is wanted: the stages before this one stop.
    pub(crate) fn done(&self) -> Stop {
        Stop::Upstream(self.id)
    }

    /// What a block gives for an object, as one value.
    pub(crate) fn call(&mut self, block: &Rc<ScriptBlock>, under: &Value) -> Flow<Value> {
        let mut out = Collect::default();
        self.engine.run_here(block, Some(under.clone()), &mut out)?;
        Ok(Value::from_output(out.0))
    }

    /// What a block gives, where any error in it ends it and is the caller's.
    pub(crate) fn call_trying(&mut self, block: &Rc<ScriptBlock>, under: &Value) -> Flow<Value> {
        self.engine.trying += 1;
        let given = self.call(block, under);
        self.engine.trying -= 1;
        given
    }

    /// An error record of this cmdlet.
    pub(crate) fn record(
        &self,
        exception: &str,
        id: impl Into<PsStr>,
        category: Category,
        target: Value,
        message: impl Into<PsStr>,
    ) -> ErrorRecord {
        let record = ErrorRecord::of(Rc::new(Exception::new(exception, message)), id, category, target);
        *record.origin.borrow_mut() = self.info.signature.origin.clone();
        *record.activity.borrow_mut() = self.info.name.clone();
        *record.command.borrow_mut() = Some(self.info.name.clone());
        record
    }

    /// Writes an error that does not end the cmdlet.
    pub(crate) fn error(
        &mut self,
        exception: &str,
        id: impl Into<PsStr>,
        category: Category,
        target: Value,
        message: impl Into<PsStr>,
    ) -> Flow<()> {
        let record = self.record(exception, id, category, target, message);
        self.write_error(Rc::new(record))
    }

    /// Writes an error record.
    pub(crate) fn write_error(&mut self, record: Rc<ErrorRecord>) -> Flow<()> {
        *self.failed = true;
        self.engine.write_error(record, Some(&self.args.common))
    }

    /// An error that ends the cmdlet.
    pub(crate) fn fail(
        &mut self,
        exception: &str,
        id: impl Into<PsStr>,
        category: Category,
        target: Value,
        message: impl Into<PsStr>,
    ) -> Stop {
        *self.failed = true;
        Stop::Throw(Rc::new(self.record(exception, id, category, target, message)), false)
    }

    /// A warning.
    pub(crate) fn warn(&mut self, text: &str) -> Flow<()> {
        self.engine.warn(text, Some(&self.args.common))
    }

    /// A verbose line.
    pub(crate) fn verbose(&mut self, text: &str) -> Flow<()> {
        self.engine.verbose(text, Some(&self.args.common))
    }

    /// Whether a change is to be made.
    pub(crate) fn should_process(&mut self, target: &str, action: &str) -> Flow<bool> {
        self.engine.should_process(target, action, &self.args.common)
    }
}
