//! Commands: what a name means, and a stage for a call of it.

use std::rc::Rc;

use postern_shared::value::PsStr;

use super::{
    Args, Engine, Flow, Given, Signature, Stage, Stop, exo,
    pipeline::{BlockStage, CmdletStage, StageKind},
};
use crate::{
    cmdlets::{self, CmdletInfo},
    code::{ArgCode, Code, CommandCode, CommandName, ExprKind, Name, ScriptBlock, Sym, Var},
    ops::list,
    value::{Category, ErrorRecord, Hash, Value},
};

/// A function.
#[derive(Debug)]
pub(crate) struct Function {
    pub(crate) name: PsStr,
    pub(crate) code: Rc<Code>,
    pub(crate) filter: bool,
}

/// What a command's name means.
#[derive(Clone)]
pub(crate) enum Resolved {
    Function(Rc<Function>),
    Cmdlet(Rc<CmdletInfo>),
    /// A command of the remote side.
    Remote(PsStr),
    Block(Rc<ScriptBlock>),
}

impl Engine {
    /// What a name means.
    pub(crate) fn resolve(&self, sym: Sym, name: &str) -> Option<Resolved> {
        let mut sym = sym;
        let mut target = PsStr::EMPTY;
        for _ in 0..8 {
            match self.aliases.get(&sym) {
                Some(found) => {
                    target = found.clone();
                    sym = Sym::new(&target);
                }
                None => break,
            }
        }
        let name = if target.is_empty() { name } else { target.as_str() };
        if let Some(function) = self.scope.function(sym) {
            return Some(Resolved::Function(function));
        }
        let plain =
            name.rsplit_once('\\').filter(|(module, _)| !module.is_empty() && !module.starts_with('.'));
        let plain = plain.map_or(name, |(_, plain)| plain);
        if let Some(info) = cmdlets::find(plain)
            && !self.remote.covers(plain)
        {
            return Some(Resolved::Cmdlet(info));
        }
        if self.remote.has(plain) {
            return Some(Resolved::Remote(self.remote.spelling(plain)));
        }
        if let Some(own) = exo::plain(plain).filter(|own| self.remote.has(own)) {
            return Some(Resolved::Remote(self.remote.spelling(&own)));
        }
        if let Some(name) = cmdlets::alias(plain) {
            return self.resolve(Sym::new(&name), &name);
        }
        // A noun alone is `Get-` and the noun.
        if !plain.contains('-') && plain.starts_with(char::is_alphabetic) {
            let get = format!("Get-{plain}");
            if let Some(info) = cmdlets::find(&get) {
                return Some(Resolved::Cmdlet(info));
            }
            if self.remote.has(&get) {
                return Some(Resolved::Remote(self.remote.spelling(&get)));
            }
        }
        None
    }

    pub(crate) fn command_not_found(&self, name: &str) -> Stop {
        let record = ErrorRecord::new(
            "System.Management.Automation.CommandNotFoundException",
            "CommandNotFoundException",
            Category::ObjectNotFound,
            Value::str(name),
            format!(
                "The term '{name}' is not recognized as a name of a cmdlet, function, script file, or executable program.\nCheck the spelling of the name, or if a path was included, verify that the path is correct and try again."
            ),
        );
        *record.command.borrow_mut() = Some(name.into());
        Stop::Throw(Rc::new(record), false)
    }

    /// The stage of a command of a pipeline.
    pub(crate) fn stage(&mut self, command: &CommandCode, expects_input: bool) -> Flow<Stage> {
        let (resolved, name) = match &command.name {
            CommandName::Static(sym, name) => {
                let Some(resolved) = self.resolve(*sym, name) else {
                    let stop =
                        if name.is_empty() { self.no_command() } else { self.not_found_or_refused(name) };
                    return Err(self.locate(stop, &command.source, command.name_span));
                };
                (resolved, name.clone())
            }
            CommandName::Dynamic(expr) => {
                let value = self.eval(expr)?;
                match self.resolve_value(&value) {
                    Some(found) => found,
                    None if value.is_null() || value.text().is_empty() => {
                        return Err(self.locate(self.no_command(), &command.source, command.name_span));
                    }
                    None => {
                        let stop = self.not_found_or_refused(&value.text());
                        return Err(self.locate(stop, &command.source, command.name_span));
                    }
                }
            }
        };
        let given = self.arguments(&command.arguments)?;
        let stage = self.stage_of(resolved, &name, given, expects_input, command.dot, Some(command));
        stage.map_err(|stop| self.locate(stop, &command.source, command.span))
    }

    fn no_command(&self) -> Stop {
        self.runtime_error(
            "BadExpression",
            "The expression after '&' in a pipeline element produced an object that was not valid. It must result in a command name, a script block, or a CommandInfo object.",
        )
    }

    fn not_found_or_refused(&self, name: &str) -> Stop {
        if let Some(message) = cmdlets::refused::refusal(name) {
            return self.refused(message);
        }
        self.command_not_found(name)
    }

    /// What a value behind `&` means, and its name.
    pub(crate) fn resolve_value(&mut self, value: &Value) -> Option<(Resolved, PsStr)> {
        match value.base() {
            Value::Block(block) => Some((Resolved::Block(Rc::clone(block)), PsStr::EMPTY)),
            Value::Net(object) => {
                let info = object.as_any().downcast_ref::<crate::members::command::CommandInfo>()?;
                Some((info.resolved.clone(), info.name.clone()))
            }
            other => {
                let name = other.text();
                if name.is_empty() {
                    return None;
                }
                self.resolve(Sym::new(&name), &name).map(|found| (found, name))
            }
        }
    }

    /// A stage of what a name means, with what is given to it.
    pub(crate) fn stage_of(
        &mut self,
        resolved: Resolved,
        invoked: &PsStr,
        given: Vec<Given>,
        expects_input: bool,
        dot: bool,
        at: Option<&CommandCode>,
    ) -> Flow<Stage> {
        let kind = match resolved {
            Resolved::Function(function) => {
                let code = Rc::clone(&function.code);
                self.block_stage(code, &function.name, invoked, given, expects_input, dot, None, at)?
            }
            Resolved::Block(block) => {
                let code = Rc::clone(&block.code);
                self.block_stage(
                    code,
                    &PsStr::EMPTY,
                    invoked,
                    given,
                    expects_input,
                    dot,
                    block.captured.as_ref(),
                    at,
                )?
            }
            Resolved::Cmdlet(info) => {
                let signature = Rc::clone(&info.signature);
                let args = self.bind(&signature, given, expects_input, &info.name)?;
                let body = (info.make)();
                StageKind::Cmdlet(Box::new(CmdletStage {
                    info,
                    body,
                    args,
                    failed: false,
                    given_input: None,
                }))
            }
            Resolved::Remote(name) => {
                let at = at.map(|command| (Rc::clone(&command.source), command.span));
                let given =
                    if exo::plain(invoked).is_some() { exo::without_properties(given) } else { given };
                StageKind::Remote(Box::new(self.remote_stage(name, given, expects_input, at)?))
            }
        };
        self.next_stage = self.next_stage.wrapping_add(1);
        Ok(Stage::new(kind, self.next_stage, self, at))
    }

    #[expect(clippy::too_many_arguments, reason = "a call has as many parts")]
    fn block_stage(
        &mut self,
        code: Rc<Code>,
        name: &PsStr,
        invoked: &PsStr,
        given: Vec<Given>,
        expects_input: bool,
        dot: bool,
        captured: Option<&Rc<super::Scope>>,
        at: Option<&CommandCode>,
    ) -> Flow<StageKind> {
        let signature = self.signature(&code, name)?;
        let args = self.bind_code(&signature, given, expects_input, name)?;
        Ok(StageKind::Block(Box::new(BlockStage::new(
            self,
            code,
            signature,
            args,
            name,
            invoked,
            dot,
            captured,
            expects_input,
            at,
        ))))
    }

    /// Binds a call of code; the common case, values for parameters that take any, without the whole binder.
    fn bind_code(
        &mut self,
        signature: &Signature,
        given: Vec<Given>,
        expects_input: bool,
        name: &PsStr,
    ) -> Flow<Args> {
        if signature.plain && given.iter().all(|given| matches!(given, Given::Value(_))) {
            let mut args =
                Args { sets: 1, values: Vec::with_capacity(signature.params.len()), ..Args::default() };
            for given in given {
                let Given::Value(value) = given else { continue };
                if args.values.len() < signature.params.len() {
                    args.values.push(Some(value));
                } else {
                    args.rest.push(value);
                }
            }
            args.values.resize(signature.params.len(), None);
            return Ok(args);
        }
        self.bind(signature, given, expects_input, name)
    }

    /// The values of a command's arguments.
    fn arguments(&mut self, arguments: &[ArgCode]) -> Flow<Vec<Given>> {
        let mut given = Vec::with_capacity(arguments.len());
        for argument in arguments {
            match argument {
                ArgCode::Value(expr) => given.push(Given::Value(self.argument(expr)?)),
                ArgCode::Param { name, value, text } => {
                    let value = match value {
                        Some(expr) => Some(self.argument(expr)?),
                        None => None,
                    };
                    given.push(Given::Named { name: name.clone(), value, text: text.clone(), splat: false });
                }
                ArgCode::Splat(variable) => self.splat(variable, &mut given)?,
            }
        }
        Ok(given)
    }

    /// An argument: nothing becomes null, and a call of a static member in a bare word is its text.
    fn argument(&mut self, expr: &crate::code::Expr) -> Flow<Value> {
        if let ExprKind::Member { name: Name::Static(_), .. } = &expr.kind {
            // As in expressions: `$a.Length`.
        }
        let value = self.eval(expr)?;
        Ok(if let Value::Empty = value { Value::Null } else { value })
    }

    fn splat(&mut self, variable: &Var, given: &mut Vec<Given>) -> Flow<()> {
        let value = self.variable(variable)?;
        match value.base() {
            Value::Hash(hash) => splat_hash(hash, given),
            Value::Null | Value::Empty => {}
            other => {
                let items = list::items(other).unwrap_or_else(|| vec![other.clone()]);
                let is_args = variable.sym == crate::code::known_names::ARGS;
                for item in items {
                    // `@args` passes on `-Name` as a parameter.
                    if is_args
                        && let Some(text) = item.as_str()
                        && let Some(name) =
                            text.strip_prefix('-').filter(|name| name.starts_with(char::is_alphabetic))
                    {
                        let name = name.trim_end_matches(':');
                        given.push(Given::Named {
                            name: name.into(),
                            value: None,
                            text: text.into(),
                            splat: false,
                        });
                        continue;
                    }
                    given.push(Given::Value(item));
                }
            }
        }
        Ok(())
    }
}

fn splat_hash(hash: &Hash, given: &mut Vec<Given>) {
    for (key, value) in hash.entries() {
        let name = key.text();
        given.push(Given::Named { text: format!("-{name}").into(), name, value: Some(value), splat: true });
    }
}
