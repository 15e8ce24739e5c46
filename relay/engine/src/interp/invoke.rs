//! Calls of script blocks and commands from inside the engine.

use std::rc::Rc;

use postern_shared::value::PsStr;

use super::{Collect, Engine, Flow, Given, Resolved, Sink, Stop};
use crate::{
    code::{ScriptBlock, Sym},
    value::Value,
};

impl Engine {
    /// Runs a block in a scope of its own and gives its output as one value.
    pub(crate) fn call_block(
        &mut self,
        block: &Rc<ScriptBlock>,
        under: Option<Value>,
        arguments: Vec<Value>,
    ) -> Flow<Value> {
        let mut out = Collect::default();
        self.run_block_value(block, under, arguments, false, &mut out)?;
        Ok(Value::from_output(out.0))
    }

    /// Runs a block in the scope that runs, as ForEach-Object does, and gives its output as one value.
    pub(crate) fn call_block_here(&mut self, block: &Rc<ScriptBlock>, under: Option<Value>) -> Flow<Value> {
        let mut out = Collect::default();
        self.run_here(block, under, &mut out)?;
        Ok(Value::from_output(out.0))
    }

    /// Runs a block without parameters in the scope that runs.
    pub(crate) fn run_here(
        &mut self,
        block: &Rc<ScriptBlock>,
        under: Option<Value>,
        out: &mut dyn Sink,
    ) -> Flow<()> {
        let code = &block.code;
        if !code.params.is_empty()
            || code.begin.is_some()
            || code.process.is_some()
            || block.captured.is_some()
        {
            return self.run_block_value(block, under, Vec::new(), true, out);
        }
        let Some(body) = &code.end else { return Ok(()) };
        self.step()?;
        let before = under.map(|under| std::mem::replace(&mut self.under, under));
        let result = self.run_block(body, out);
        if let Some(before) = before {
            self.under = before;
        }
        match result {
            Err(Stop::Return) => Ok(()),
            result => result,
        }
    }

    /// Runs a block with arguments.
    pub(crate) fn run_block_value(
        &mut self,
        block: &Rc<ScriptBlock>,
        under: Option<Value>,
        arguments: Vec<Value>,
        here: bool,
        out: &mut dyn Sink,
    ) -> Flow<()> {
        let given = arguments.into_iter().map(Given::Value).collect();
        let before = under.map(|under| std::mem::replace(&mut self.under, under));
        let result = self
            .stage_of(
                Resolved::Block(Rc::clone(block)),
                &PsStr::EMPTY,
                given,
                false,
                here && block.captured.is_none(),
                None,
            )
            .and_then(|stage| self.run_stage(stage, out));
        if let Some(before) = before {
            self.under = before;
        }
        result
    }

    #[allow(dead_code, reason = "for cmdlets that stand for another one")]
    /// Runs a command by name, as cmdlets do that stand for another one.
    pub(crate) fn run_named(
        &mut self,
        name: &str,
        given: Vec<Given>,
        input: Option<Vec<Value>>,
        out: &mut dyn Sink,
    ) -> Flow<()> {
        let Some(resolved) = self.resolve(Sym::new(name), name) else {
            return Err(self.command_not_found(name));
        };
        let stage = self.stage_of(resolved, &name.into(), given, input.is_some(), false, None)?;
        match input {
            Some(input) => self.run_stage_on(stage, input, out),
            None => self.run_stage(stage, out),
        }
    }
}
