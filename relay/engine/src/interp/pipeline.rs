//! Pipelines: every object is pushed through all stages before the next one is made.

use std::{cell::RefCell, collections::VecDeque, rc::Rc};

use postern_shared::{syntax::ast::BinaryOp, value::PsStr};

use super::{
    Args, Common, Engine, Flow, Frame, Scope, Signature, Stop, Streams, Target, remote::RemoteStage,
};
use crate::{
    cmdlets::{Cmdlet, CmdletInfo, Cx},
    code::{Code, CommandCode, ElementCode, ElementKind, Expr, ExprKind, RedirectionCode, Source, Span, Sym},
    convert,
    ops::list,
    value::{Category, ErrorRecord, Type, Value},
};

/// Takes objects one after the other.
pub(crate) trait Sink {
    /// Takes an object.
    fn put(&mut self, engine: &mut Engine, value: Value) -> Flow<()>;
}

/// Keeps what it is given.
#[derive(Default)]
pub(crate) struct Collect(pub(crate) Vec<Value>, super::Gathered);

impl Sink for Collect {
    fn put(&mut self, engine: &mut Engine, value: Value) -> Flow<()> {
        if self.0.len() & 1023 == 1023 {
            engine.check_items(self.0.len())?;
        }
        self.1.add(&value);
        self.0.push(value);
        Ok(())
    }
}

/// Drops what it is given.
pub(crate) struct Discard;

impl Sink for Discard {
    fn put(&mut self, _: &mut Engine, _: Value) -> Flow<()> {
        Ok(())
    }
}

type Queue = Rc<RefCell<VecDeque<Value>>>;

/// What a redirection has gathered for a file, the file's name, and whether it is added to.
pub(super) type Redirected = (Rc<RefCell<Vec<Value>>>, PsStr, bool);

/// One command of a pipeline, bound and ready to run.
pub(crate) struct Stage {
    kind: StageKind,
    id: u32,
    streams: Rc<Streams>,
    scope: Rc<Scope>,
    trying: u32,
    merge: Option<Queue>,
    /// Where the output goes, if not down the pipeline.
    output: Option<Target>,
    /// Files to write when the command ends.
    files: Vec<Redirected>,
    begun: bool,
    ended: bool,
    at: Option<(Rc<Source>, Span)>,
}

pub(crate) enum StageKind {
    Cmdlet(Box<CmdletStage>),
    Block(Box<BlockStage>),
    Remote(Box<RemoteStage>),
}

pub(crate) struct CmdletStage {
    pub(crate) info: Rc<CmdletInfo>,
    pub(crate) body: Box<dyn Cmdlet>,
    pub(crate) args: Args,
    /// Whether it wrote an error.
    pub(crate) failed: bool,
    /// The number of the only parameter that takes input, if it takes any object as it is.
    #[expect(clippy::option_option, reason = "not looked for, not there, there")]
    pub(crate) given_input: Option<Option<usize>>,
}

/// A function or a script block as a stage.
pub(crate) struct BlockStage {
    code: Rc<Code>,
    signature: Rc<Signature>,
    args: Args,
    scope: Rc<Scope>,
    frame: Option<Frame>,
    /// What came from the pipeline, where there is no `process` block or the code asks for `$input`.
    input: Vec<Value>,
    any_input: bool,
    under: Value,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    Begin,
    Process,
    End,
}

impl BlockStage {
    #[expect(clippy::too_many_arguments, reason = "a call has as many parts")]
    pub(crate) fn new(
        engine: &mut Engine,
        code: Rc<Code>,
        signature: Rc<Signature>,
        args: Args,
        name: &PsStr,
        invoked: &PsStr,
        dot: bool,
        captured: Option<&Rc<Scope>>,
        expects_input: bool,
        at: Option<&CommandCode>,
    ) -> Self {
        let scope =
            if dot { Rc::clone(&engine.scope) } else { Scope::child(captured.unwrap_or(&engine.scope)) };
        let (source, span) = match at {
            Some(command) => (Rc::clone(&command.source), command.span),
            None => (Rc::clone(&code.source), code.span),
        };
        let frame = Frame {
            name: name.clone(),
            source,
            span,
            invoked: invoked.clone(),
            bound: None,
            set: args.set.clone(),
            advanced: signature.advanced,
            rest: Vec::new(),
            code: Some(Rc::clone(&code)),
            expecting_input: expects_input,
            common: args.common.clone(),
        };
        Self {
            code,
            signature,
            args,
            scope,
            frame: Some(frame),
            input: Vec::new(),
            any_input: false,
            under: Value::Null,
        }
    }
}

impl Stage {
    pub(crate) fn new(kind: StageKind, id: u32, engine: &Engine, at: Option<&CommandCode>) -> Self {
        let streams = engine.streams.within(kind.common());
        Self {
            kind,
            id,
            streams,
            scope: Rc::clone(&engine.scope),
            trying: engine.trying,
            merge: None,
            output: None,
            files: Vec::new(),
            begun: false,
            ended: false,
            at: at.map(|command| (Rc::clone(&command.source), command.span)),
        }
    }

    fn common(&self) -> &Common {
        self.kind.common()
    }

    fn failed(&self) -> bool {
        match &self.kind {
            StageKind::Cmdlet(stage) => stage.failed,
            StageKind::Block(_) => false,
            StageKind::Remote(stage) => stage.failed,
        }
    }

    fn begin(&mut self, engine: &mut Engine, out: &mut dyn Sink) -> Flow<()> {
        if self.begun {
            return Ok(());
        }
        self.begun = true;
        self.run(engine, Phase::Begin, None, out)
    }

    fn process(&mut self, engine: &mut Engine, input: Option<Value>, out: &mut dyn Sink) -> Flow<()> {
        self.begin(engine, out)?;
        self.run(engine, Phase::Process, input, out)
    }

    fn end(&mut self, engine: &mut Engine, out: &mut dyn Sink) -> Flow<()> {
        if std::mem::replace(&mut self.ended, true) {
            return Ok(());
        }
        self.begin(engine, out)?;
        self.run(engine, Phase::End, None, out)
    }

    /// Closes what a cmdlet holds open, where the pipeline was over before the cmdlet was.
    fn close(&mut self, engine: &mut Engine) -> Flow<()> {
        if !self.begun || self.ended {
            return Ok(());
        }
        self.ended = true;
        match &mut self.kind {
            StageKind::Cmdlet(stage) => stage.close(engine, self.id),
            _ => Ok(()),
        }
    }

    fn run(
        &mut self,
        engine: &mut Engine,
        phase: Phase,
        input: Option<Value>,
        out: &mut dyn Sink,
    ) -> Flow<()> {
        let scope = std::mem::replace(&mut engine.scope, Rc::clone(&self.scope));
        let streams = std::mem::replace(&mut engine.streams, Rc::clone(&self.streams));
        let trying = std::mem::replace(&mut engine.trying, self.trying);
        let list = self.common().out_list.clone();
        let variable = self.common().pipeline_variable.clone();
        let result = if self.merge.is_some() || self.output.is_some() || list.is_some() || variable.is_some()
        {
            let mut tap = Tap {
                out,
                merge: self.merge.clone(),
                output: self.output.clone(),
                list,
                variable: variable.map(|name| (Sym::new(&name), Rc::clone(&self.scope))),
            };
            let result = self.kind.run(engine, self.id, phase, input, &mut tap);
            result.and(tap.drain(engine))
        } else {
            self.kind.run(engine, self.id, phase, input, out)
        };
        engine.scope = scope;
        engine.streams = streams;
        engine.trying = trying;
        match (result, &self.at) {
            (Err(stop @ Stop::Throw(..)), Some((source, span))) => Err(engine.locate(stop, source, *span)),
            (result, _) => result,
        }
    }

    /// Applies redirections.
    fn redirect(&mut self, engine: &mut Engine, redirections: &[RedirectionCode]) -> Flow<()> {
        let mut streams = Streams::clone(&self.streams);
        for redirection in redirections {
            let target = match &redirection.target {
                None => Target::Merge(Rc::clone(self.merge.get_or_insert_default())),
                Some(expr) => {
                    let value = engine.eval(expr)?;
                    if value.is_null() {
                        Target::Null
                    } else {
                        let lines: Rc<RefCell<Vec<Value>>> = Rc::default();
                        self.files.push((Rc::clone(&lines), value.text(), redirection.append));
                        Target::File(lines)
                    }
                }
            };
            let all = redirection.from == 0;
            let is = |number| all || redirection.from == number;
            if is(1) && redirection.target.is_some() {
                self.output = Some(target.clone());
            }
            if is(2) {
                streams.error = target.clone();
            }
            if is(3) {
                streams.warning = target.clone();
            }
            if is(4) {
                streams.verbose = target.clone();
            }
            if is(5) {
                streams.debug = target.clone();
            }
            if is(6) {
                streams.information = target;
            }
        }
        self.streams = Rc::new(streams);
        Ok(())
    }
}

/// Stands between a stage and the next one where the output is watched.
struct Tap<'a> {
    out: &'a mut dyn Sink,
    merge: Option<Queue>,
    output: Option<Target>,
    list: Option<Rc<crate::value::List>>,
    variable: Option<(Sym, Rc<Scope>)>,
}

impl Tap<'_> {
    fn drain(&mut self, engine: &mut Engine) -> Flow<()> {
        let Some(queue) = self.merge.clone() else { return Ok(()) };
        loop {
            let Some(value) = queue.borrow_mut().pop_front() else { return Ok(()) };
            self.deliver(engine, value)?;
        }
    }

    fn deliver(&mut self, engine: &mut Engine, value: Value) -> Flow<()> {
        match self.output.clone() {
            None => self.out.put(engine, value),
            Some(target) => engine.redirect(&target, value),
        }
    }
}

impl Sink for Tap<'_> {
    fn put(&mut self, engine: &mut Engine, value: Value) -> Flow<()> {
        self.drain(engine)?;
        if let Some(list) = &self.list {
            list.items.borrow_mut().push(value.clone());
        }
        if let Some((sym, scope)) = &self.variable {
            scope.set(*sym, value.clone());
        }
        self.deliver(engine, value)
    }
}

impl StageKind {
    fn common(&self) -> &Common {
        match self {
            Self::Cmdlet(stage) => &stage.args.common,
            Self::Block(stage) => &stage.args.common,
            Self::Remote(stage) => &stage.common,
        }
    }

    fn run(
        &mut self,
        engine: &mut Engine,
        id: u32,
        phase: Phase,
        input: Option<Value>,
        out: &mut dyn Sink,
    ) -> Flow<()> {
        match self {
            Self::Cmdlet(stage) => stage.run(engine, id, phase, input, out),
            Self::Block(stage) => engine.deeper(|engine| stage.run(engine, phase, input, out)),
            Self::Remote(stage) => match phase {
                // It starts with its first object: what is before it may be remote as well.
                Phase::Begin => Ok(()),
                Phase::Process => stage.process(engine, input, out),
                Phase::End => stage.end(engine, out),
            },
        }
    }
}

impl CmdletStage {
    fn run(
        &mut self,
        engine: &mut Engine,
        id: u32,
        phase: Phase,
        input: Option<Value>,
        out: &mut dyn Sink,
    ) -> Flow<()> {
        engine.step()?;
        let input = if phase == Phase::Process {
            match input {
                Some(input) => match self.take_input(engine, input)? {
                    Some(input) => input,
                    None => return Ok(()),
                },
                None => match self.input_param() {
                    Some(at) => match self.args.values[at].clone() {
                        Some(value) => value,
                        None => Value::Empty,
                    },
                    None => Value::Empty,
                },
            }
        } else {
            Value::Empty
        };
        let mut cx = Cx { engine, args: &mut self.args, out, info: &self.info, id, failed: &mut self.failed };
        let result = match phase {
            Phase::Begin => self.body.begin(&mut cx),
            Phase::Process => self.body.process(&mut cx, input),
            Phase::End => self.body.end(&mut cx),
        };
        if let Err(Stop::Throw(record, _)) = &result {
            self.failed = true;
            if record.command.borrow().is_none() {
                *record.command.borrow_mut() = Some(self.info.name.clone());
            }
        }
        result
    }

    fn close(&mut self, engine: &mut Engine, id: u32) -> Flow<()> {
        let out = &mut Discard;
        let mut cx = Cx { engine, args: &mut self.args, out, info: &self.info, id, failed: &mut self.failed };
        self.body.close(&mut cx)
    }

    fn input_param(&mut self) -> Option<usize> {
        *self.given_input.get_or_insert_with(|| {
            self.info.signature.params.iter().position(|param| {
                param.sets.iter().any(|set| set.by_value)
                    && matches!(param.ty(), Type::Object | Type::PSObject)
            })
        })
    }

    /// Binds an input object; `None` if it fits no parameter, which has been said.
    fn take_input(&mut self, engine: &mut Engine, input: Value) -> Flow<Option<Value>> {
        let info = Rc::clone(&self.info);
        let by_object = self.input_param();
        if info.only_input && by_object.is_some_and(|at| self.args.values[at].is_none()) {
            return Ok(Some(input));
        }
        if !info.signature.takes_input
            || !engine.bind_input(&info.signature, &mut self.args, &input, &info.name)?
                && self.args.delayed.is_empty()
        {
            self.failed = true;
            let record = not_bound(&input, &info.name, &info.signature.origin);
            engine.write_error(Rc::new(record), Some(&self.args.common))?;
            return Ok(None);
        }
        if let Some(name) = engine.missing_after_input(&info.signature, &self.args) {
            return Err(engine.binding(
                "MissingMandatoryParameter",
                &info.name,
                format!(
                    "Cannot process command because of one or more missing mandatory parameters: {name}."
                ),
            ));
        }
        let bits = self.args.sets & info.signature.all();
        if bits.is_power_of_two() {
            self.args.set = info.signature.set_name(bits);
        }
        Ok(Some(input))
    }
}

fn not_bound(input: &Value, command: &str, origin: &PsStr) -> ErrorRecord {
    let record = ErrorRecord::new(
        "System.Management.Automation.ParameterBindingException",
        "InputObjectNotBound",
        Category::InvalidArgument,
        input.clone(),
        "The input object cannot be bound to any parameters for the command either because the command does not take pipeline input or the input and its properties do not match any of the parameters that take pipeline input.",
    );
    *record.origin.borrow_mut() = origin.clone();
    *record.command.borrow_mut() = Some(command.into());
    *record.activity.borrow_mut() = command.into();
    record
}

impl BlockStage {
    fn run(
        &mut self,
        engine: &mut Engine,
        phase: Phase,
        input: Option<Value>,
        out: &mut dyn Sink,
    ) -> Flow<()> {
        engine.step()?;
        engine.scope = Rc::clone(&self.scope);
        if let Some(frame) = self.frame.take() {
            engine.frames.push(frame);
        }
        let under = std::mem::take(&mut engine.under);
        let result = self.phase(engine, phase, input, out, &under);
        engine.under = under;
        self.frame = engine.frames.pop();
        match result {
            Err(Stop::Return) => Ok(()),
            result => result,
        }
    }

    fn phase(
        &mut self,
        engine: &mut Engine,
        phase: Phase,
        input: Option<Value>,
        out: &mut dyn Sink,
        outer: &Value,
    ) -> Flow<()> {
        let code = Rc::clone(&self.code);
        match phase {
            Phase::Begin => {
                engine.under = outer.clone();
                self.set_params(engine)?;
                if let Some(block) = &code.begin {
                    engine.run_block(block, out)?;
                }
                Ok(())
            }
            Phase::Process => {
                if let Some(input) = input {
                    self.any_input = true;
                    if self.signature.takes_input {
                        if !self.bind_input(engine, &input)? {
                            return Ok(());
                        }
                    } else if self.signature.advanced {
                        let name = engine.frames.last().map(|frame| frame.name.clone()).unwrap_or_default();
                        let record = not_bound(&input, &name, &name);
                        return engine.write_error(Rc::new(record), Some(&self.args.common));
                    }
                    if code.process.is_none() || code.uses_input {
                        if code.process.is_some() {
                            *self.scope.input.borrow_mut() = Some(input_of(vec![input.clone()]));
                        } else {
                            self.input.push(input.clone());
                        }
                    }
                    self.under = input.clone();
                    engine.under = input;
                } else {
                    engine.under = outer.clone();
                }
                match &code.process {
                    Some(block) => engine.run_block(block, out),
                    None => Ok(()),
                }
            }
            Phase::End => {
                let expects = engine.frames.last().is_some_and(|frame| frame.expecting_input);
                engine.under =
                    if expects && self.signature.advanced { self.under.clone() } else { outer.clone() };
                let input = std::mem::take(&mut self.input);
                if code.uses_input && (code.process.is_none() || !self.any_input) {
                    *self.scope.input.borrow_mut() = Some(input_of(input));
                }
                match &code.end {
                    Some(block) => engine.run_block(block, out),
                    None => Ok(()),
                }
            }
        }
    }

    /// Binds an input object; whether it fits, which has been said if not.
    fn bind_input(&mut self, engine: &mut Engine, input: &Value) -> Flow<bool> {
        let signature = Rc::clone(&self.signature);
        let name = engine.frames.last().map(|frame| frame.name.clone()).unwrap_or_default();
        let before = self.args.from_input.clone();
        if !engine.bind_input(&signature, &mut self.args, input, &name)? {
            let record = not_bound(input, &name, &name);
            engine.write_error(Rc::new(record), Some(&self.args.common))?;
            return Ok(false);
        }
        for at in before
            .into_iter()
            .chain(self.args.from_input.clone())
            .chain(self.args.delayed.iter().map(|(at, _)| *at))
        {
            let param = &signature.params[at];
            let value = self.args.values[at].clone();
            if let Some(Value::Hash(bound)) = engine.frames.last().and_then(|frame| frame.bound.as_ref()) {
                match &value {
                    Some(value) => bound.set_str(param.name.clone(), value.clone()),
                    None => {
                        bound.remove(&Value::Str(param.name.clone()));
                    }
                }
            }
            if let Some(sym) = param.sym {
                self.scope.set(sym, value.unwrap_or_default());
            }
        }
        Ok(true)
    }

    /// Puts the parameters' values into the scope.
    fn set_params(&mut self, engine: &mut Engine) -> Flow<()> {
        self.scope.is_call.set(true);
        let signature = Rc::clone(&self.signature);
        let code = Rc::clone(&self.code);
        let rest = std::mem::take(&mut self.args.rest);
        if !signature.advanced {
            *self.scope.args.borrow_mut() =
                Some(if rest.is_empty() { Value::Empty } else { Value::array(rest) });
        }
        if code.uses_bound {
            let bound = crate::value::Hash::new(crate::value::HashKind::Dictionary);
            let bound = {
                let _ = bound;
                crate::value::Hash::with_case(crate::value::HashKind::Dictionary, false)
            };
            for (param, value) in signature.params.iter().zip(&self.args.values) {
                if let Some(value) = value {
                    bound.set_str(param.name.clone(), value.clone());
                }
            }
            for (name, value) in self.args.common.given() {
                bound.set_str(name, value);
            }
            if let Some(frame) = engine.frames.last_mut() {
                frame.bound = Some(Value::Hash(bound));
            }
        }
        if signature.advanced {
            self.args.common.set_preferences(&self.scope);
        }
        for (at, param) in signature.params.iter().enumerate() {
            let Some(sym) = param.sym else { continue };
            let value = match self.args.values[at].clone() {
                Some(value) => value,
                None => match &code.params[at].default {
                    Some(default) => {
                        let mut value = engine.eval(default)?;
                        for ty in param.types.iter().rev() {
                            value = engine
                                .convert_argument(value, *ty)
                                .map_err(|error| engine.convert_error(error))?;
                        }
                        value
                    }
                    None => convert::default_of(param.ty(), !param.types.is_empty()),
                },
            };
            let value = if let Value::Empty = value { Value::Null } else { value };
            match &param.options {
                Some(options) => self.scope.set_with(sym, value, Rc::clone(options)),
                None => self.scope.set(sym, value),
            }
        }
        Ok(())
    }
}

/// `$input`: an enumerator, which is empty once it has been read.
fn input_of(items: Vec<Value>) -> Value {
    Value::Net(crate::members::enumerator::Enumerator::new(items))
}

/// Gives to the stages behind one.
struct Next<'a> {
    rest: &'a mut [Stage],
    out: &'a mut dyn Sink,
}

impl Sink for Next<'_> {
    fn put(&mut self, engine: &mut Engine, value: Value) -> Flow<()> {
        match self.rest.split_first_mut() {
            Some((stage, rest)) => stage.process(engine, Some(value), &mut Next { rest, out: self.out }),
            None => self.out.put(engine, value),
        }
    }
}

/// Where a pipeline's objects come from.
enum Start<'c> {
    /// The first stage makes them.
    Stage,
    Expr(&'c Expr),
    Values(Vec<Value>),
}

impl Engine {
    /// Runs one command of a statement.
    pub(crate) fn run_command(&mut self, command: &CommandCode, out: &mut dyn Sink) -> Flow<()> {
        self.success = true;
        let mut stage = self.stage(command, false)?;
        self.drive(std::slice::from_mut(&mut stage), Start::Stage, out)
    }

    /// Runs a pipeline.
    pub(crate) fn run_pipeline(&mut self, elements: &[ElementCode], out: &mut dyn Sink) -> Flow<()> {
        self.success = true;
        let mut stages = Vec::with_capacity(elements.len());
        let mut start = Start::Stage;
        for (at, element) in elements.iter().enumerate() {
            match &element.kind {
                ElementKind::Expr(expr) if at == 0 && element.redirections.is_empty() => {
                    start = Start::Expr(expr);
                }
                ElementKind::Expr(expr) => {
                    // An expression with redirections: as if it were a block.
                    let values = self.redirected(expr, &element.redirections)?;
                    start = Start::Values(values);
                }
                ElementKind::Command(command) => {
                    let mut stage = self.stage(command, at > 0)?;
                    if !element.redirections.is_empty() {
                        stage.redirect(self, &element.redirections)?;
                    }
                    stages.push(stage);
                }
            }
        }
        self.drive(&mut stages, start, out)
    }

    /// The values of an expression whose streams are redirected.
    fn redirected(&mut self, expr: &Expr, redirections: &[RedirectionCode]) -> Flow<Vec<Value>> {
        let code = Rc::new(Code {
            source: Source::new("", ""),
            span: Span::default(),
            attributes: Box::default(),
            params: Box::default(),
            begin: None,
            process: None,
            end: None,
            uses_input: false,
            uses_bound: false,
            signature: std::cell::OnceCell::new(),
        });
        let signature = self.signature(&code, &PsStr::EMPTY)?;
        let block = BlockStage::new(
            self,
            code,
            signature,
            Args::default(),
            &PsStr::EMPTY,
            &PsStr::EMPTY,
            true,
            None,
            false,
            None,
        );
        let mut stage = Stage::new(StageKind::Block(Box::new(block)), 0, self, None);
        stage.redirect(self, redirections)?;
        let streams = std::mem::replace(&mut self.streams, Rc::clone(&stage.streams));
        let mut kept = Collect::default();
        let result = {
            let mut tap = Tap {
                out: &mut kept,
                merge: stage.merge.clone(),
                output: stage.output.clone(),
                list: None,
                variable: None,
            };
            let result = self.emit_expr(expr, &mut tap);
            result.and(tap.drain(self))
        };
        self.streams = streams;
        let files = std::mem::take(&mut stage.files);
        self.write_files(files)?;
        result?;
        Ok(kept.0)
    }

    /// Runs a stage alone, as `& $block` from inside a cmdlet.
    pub(crate) fn run_stage(&mut self, mut stage: Stage, out: &mut dyn Sink) -> Flow<()> {
        self.drive(std::slice::from_mut(&mut stage), Start::Stage, out)
    }

    /// Runs a stage with input.
    pub(crate) fn run_stage_on(
        &mut self,
        mut stage: Stage,
        input: Vec<Value>,
        out: &mut dyn Sink,
    ) -> Flow<()> {
        self.drive(std::slice::from_mut(&mut stage), Start::Values(input), out)
    }

    fn drive(&mut self, stages: &mut [Stage], start: Start<'_>, out: &mut dyn Sink) -> Flow<()> {
        let result = self.drive_to_end(stages, start, out);
        let closed = stages.iter_mut().try_for_each(|stage| stage.close(self));
        for stage in stages.iter_mut() {
            let files = std::mem::take(&mut stage.files);
            if !files.is_empty() {
                self.write_files(files)?;
            }
        }
        result?;
        closed?;
        self.success = !stages.iter().any(Stage::failed);
        Ok(())
    }

    fn drive_to_end(&mut self, stages: &mut [Stage], start: Start<'_>, out: &mut dyn Sink) -> Flow<()> {
        let mut done = 0;
        let result = self.feed(stages, start, out);
        self.stopped_upstream(result, stages, &mut done)?;
        while done < stages.len() {
            let (_, rest) = stages.split_at_mut(done);
            let Some((stage, rest)) = rest.split_first_mut() else { break };
            done += 1;
            let result = stage.end(self, &mut Next { rest, out });
            self.stopped_upstream(result, stages, &mut done)?;
        }
        Ok(())
    }

    /// A stage that wants no more input: those before it are done.
    fn stopped_upstream(&mut self, result: Flow<()>, stages: &mut [Stage], done: &mut usize) -> Flow<()> {
        match result {
            Err(Stop::Upstream(id)) => match stages.iter().position(|stage| stage.id == id) {
                Some(at) => {
                    // The stage itself has given all that it will give.
                    *done = at + 1;
                    Ok(())
                }
                None => Err(Stop::Upstream(id)),
            },
            result => result,
        }
    }

    fn feed(&mut self, stages: &mut [Stage], start: Start<'_>, out: &mut dyn Sink) -> Flow<()> {
        // All begin before the first object comes.
        for at in 0..stages.len() {
            let (_, rest) = stages.split_at_mut(at);
            if let Some((stage, rest)) = rest.split_first_mut() {
                stage.begin(self, &mut Next { rest, out })?;
            }
        }
        match start {
            Start::Stage => {
                let Some((stage, rest)) = stages.split_first_mut() else { return Ok(()) };
                stage.process(self, None, &mut Next { rest, out })
            }
            Start::Expr(expr) => self.emit_expr(expr, &mut Next { rest: stages, out }),
            Start::Values(values) => {
                let mut next = Next { rest: stages, out };
                for value in values {
                    next.put(self, value)?;
                }
                Ok(())
            }
        }
    }

    /// Gives an expression's value to a sink, the items of a collection one by one.
    pub(crate) fn emit_expr(&mut self, expr: &Expr, out: &mut dyn Sink) -> Flow<()> {
        match &expr.kind {
            // A range is never made whole.
            ExprKind::Binary { op: BinaryOp::Range, operands, .. } => {
                let low = self.eval(&operands.0)?;
                let high = self.eval(&operands.1)?;
                if let (Some(low), Some(high)) = (convert::range_end(&low), convert::range_end(&high)) {
                    self.check_items(low.abs_diff(high) as usize)?;
                    let by = if low <= high { 1 } else { -1 };
                    let mut at = low;
                    loop {
                        out.put(self, Value::I32(at))?;
                        if at == high {
                            return Ok(());
                        }
                        at += by;
                    }
                }
                let value = self.binary(BinaryOp::Range, false, &low, &high)?;
                self.emit(value, out)
            }
            ExprKind::Sub(block) => self.run_block(block, out),
            ExprKind::Paren(statement) => {
                if let crate::code::StmtKind::Expr(inner) = &statement.kind {
                    self.emit_expr(inner, out)
                } else {
                    let value = self.eval(expr)?;
                    self.emit(value, out)
                }
            }
            _ => {
                let value = self.eval(expr)?;
                self.emit(value, out)
            }
        }
    }

    /// Gives a value to a sink, the items of a collection one by one.
    pub(crate) fn emit(&mut self, value: Value, out: &mut dyn Sink) -> Flow<()> {
        match &value {
            Value::Empty => Ok(()),
            Value::Array(array) => {
                let mut at = 0;
                while let Some(item) = array.get(at) {
                    out.put(self, item)?;
                    at += 1;
                }
                Ok(())
            }
            Value::List(list) => {
                let items = list.items.borrow().clone();
                for item in items {
                    out.put(self, item)?;
                }
                Ok(())
            }
            Value::Wrapped(_) | Value::Net(_) | Value::Remote(_) => match list::items(&value) {
                Some(items) => {
                    for item in items {
                        out.put(self, item)?;
                    }
                    Ok(())
                }
                None => out.put(self, value),
            },
            _ => out.put(self, value),
        }
    }
}
