//! Statements.

use std::rc::Rc;

use postern_shared::value::PsStr;

use super::{Collect, Discard, Engine, Flow, Function, Sink, Stop};
use crate::{
    code::{
        Block, Expr, ExprKind, ScriptBlock, Stmt, StmtKind, SwitchCode, SwitchMode, Sym, TryCode, known_names,
    },
    convert,
    ops::{self, list},
    value::{Array, Category, ErrorRecord, Exception, Type, Value},
};

impl Engine {
    /// Runs statements; what they give goes to `out`.
    pub(crate) fn run_block(&mut self, block: &Block, out: &mut dyn Sink) -> Flow<()> {
        if block.traps.is_empty() {
            for statement in &block.statements {
                self.broken = false;
                if let Err(stop) = self.run_statement(statement, out) {
                    self.failed(stop, statement)?;
                }
            }
            return Ok(());
        }
        // With a trap, errors come to it and not to the person.
        for statement in &block.statements {
            self.trying += 1;
            let result = self.run_statement(statement, out);
            self.trying -= 1;
            if let Err(stop) = result {
                self.trap(block, stop, out)?;
            }
        }
        Ok(())
    }

    fn failed(&mut self, stop: Stop, statement: &Stmt) -> Flow<()> {
        let stop = match self.frames.last().and_then(|frame| frame.code.clone()) {
            Some(code) => self.locate(stop, &code.source, statement.span),
            None => stop,
        };
        self.statement_failed(stop)
    }

    fn trap(&mut self, block: &Block, stop: Stop, out: &mut dyn Sink) -> Flow<()> {
        let Stop::Throw(record, _) = &stop else { return Err(stop) };
        let record = Rc::clone(record);
        let found = block.traps.iter().find(|(ty, _)| ty.as_ref().is_some_and(|ty| catches(ty, &record)));
        let found = found.or_else(|| block.traps.iter().find(|(ty, _)| ty.is_none()));
        let Some((_, body)) = found else { return self.statement_failed(stop) };
        self.note_error(&record);
        let under = std::mem::replace(&mut self.under, Value::Error(Rc::clone(&record)));
        let result = self.run_block(body, out);
        self.under = under;
        match result {
            // `continue` goes on with the next statement, `break` leaves.
            Err(Stop::Continue(None)) => Ok(()),
            Err(Stop::Break(None)) => Err(Stop::Throw(record, true)),
            Err(stop) => Err(stop),
            // Without either, the error is shown as well.
            Ok(()) => {
                if self.trying > 0 {
                    return Err(stop);
                }
                self.success = false;
                self.emit_error(&record)
            }
        }
    }

    /// Runs a statement.
    pub(crate) fn run_statement(&mut self, statement: &Stmt, out: &mut dyn Sink) -> Flow<()> {
        self.step()?;
        match &statement.kind {
            StmtKind::Expr(expr) => {
                self.emit_expr(expr, out)?;
                self.success = true;
                Ok(())
            }
            StmtKind::Silent(expr) => {
                self.eval(expr)?;
                self.success = true;
                Ok(())
            }
            StmtKind::Command(command) => self.run_command(command, out),
            StmtKind::Pipeline(elements) => self.run_pipeline(elements, out),
            StmtKind::Chain(parts) => {
                for (at, (and, part)) in parts.iter().enumerate() {
                    if at > 0 && self.success != *and {
                        continue;
                    }
                    if let Err(stop) = self.run_statement(part, out) {
                        self.failed(stop, part)?;
                    }
                }
                Ok(())
            }
            StmtKind::Assign { target, op, value } => {
                self.assign(target, *op, value)?;
                Ok(())
            }
            StmtKind::If { branches, otherwise } => {
                for (condition, block) in branches {
                    if self.condition(condition)? {
                        return self.run_block(block, out);
                    }
                }
                match otherwise {
                    Some(block) => self.run_block(block, out),
                    None => Ok(()),
                }
            }
            StmtKind::While { label, condition, body_first, until, body } => {
                if *body_first && self.round(*label, body, out)? {
                    return Ok(());
                }
                while self.condition(condition)? != *until {
                    self.step()?;
                    if self.round(*label, body, out)? {
                        break;
                    }
                }
                Ok(())
            }
            StmtKind::For { label, start, condition, step, body } => {
                if let Some(start) = start {
                    self.run_statement(start, &mut Discard)?;
                }
                loop {
                    self.step()?;
                    if let Some(condition) = condition
                        && !self.condition(condition)?
                    {
                        return Ok(());
                    }
                    if self.round(*label, body, out)? {
                        return Ok(());
                    }
                    if let Some(step) = step {
                        self.run_statement(step, &mut Discard)?;
                    }
                }
            }
            StmtKind::ForEach { label, variable, values, body } => {
                self.for_each(*label, variable, values, body, out)
            }
            StmtKind::Switch(code) => self.switch(code, out),
            StmtKind::Try(code) => self.try_catch(code, out),
            StmtKind::Function { name, filter, code } => {
                let (scope, name) = self.function_scope(name);
                let function = Function { name: name.clone(), code: Rc::clone(code), filter: *filter };
                scope.define(Sym::new(&name), Rc::new(function));
                Ok(())
            }
            StmtKind::Return(value) => {
                if let Some(value) = value {
                    self.run_statement(value, out)?;
                }
                Err(Stop::Return)
            }
            StmtKind::Throw(value) => Err(self.throw_statement(value.as_deref(), statement)?),
            StmtKind::Exit(value) => {
                let code = match value {
                    Some(value) => convert::integer(&self.value_of(value)?).unwrap_or(0),
                    None => 0,
                };
                Err(Stop::Exit(code as i32))
            }
            StmtKind::Break(label) => {
                let label = self.label(label.as_ref())?;
                Err(Stop::leave(Stop::Break, label))
            }
            StmtKind::Continue(label) => {
                let label = self.label(label.as_ref())?;
                Err(Stop::leave(Stop::Continue, label))
            }
            StmtKind::Refused(word) => {
                Err(self.refused(format!("'{word}' is not available in this console.")))
            }
        }
    }

    fn function_scope(&self, name: &PsStr) -> (Rc<super::Scope>, PsStr) {
        match name.split_once(':') {
            Some((scope, name)) if scope.eq_ignore_ascii_case("global") => {
                (Rc::clone(&self.global), name.into())
            }
            Some((scope, name)) if scope.eq_ignore_ascii_case("script") => {
                (Rc::clone(&self.script), name.into())
            }
            Some((scope, name))
                if scope.eq_ignore_ascii_case("local") || scope.eq_ignore_ascii_case("private") =>
            {
                (Rc::clone(&self.scope), name.into())
            }
            _ => (Rc::clone(&self.scope), name.clone()),
        }
    }

    fn label(&mut self, label: Option<&Expr>) -> Flow<Option<Sym>> {
        match label {
            Some(expr) => {
                let text = self.eval(expr)?.text();
                Ok((!text.is_empty()).then(|| Sym::new(&text)))
            }
            None => Ok(None),
        }
    }

    /// Whether a condition holds.
    pub(crate) fn condition(&mut self, statement: &Stmt) -> Flow<bool> {
        let value = match &statement.kind {
            StmtKind::Expr(expr) | StmtKind::Silent(expr) => self.eval(expr)?,
            _ => self.value_of(statement)?,
        };
        Ok(convert::truth(&value))
    }

    /// One round of a loop; whether it was the last.
    fn round(&mut self, label: Option<Sym>, body: &Block, out: &mut dyn Sink) -> Flow<bool> {
        let own = |stop: Option<u32>| stop.is_none() || stop == label.map(|label| label.0);
        match self.run_block(body, out) {
            Ok(()) => Ok(false),
            Err(Stop::Break(stop)) if own(stop) => Ok(true),
            Err(Stop::Continue(stop)) if own(stop) => Ok(false),
            Err(stop) => Err(stop),
        }
    }

    fn for_each(
        &mut self,
        label: Option<Sym>,
        variable: &Expr,
        values: &Stmt,
        body: &Block,
        out: &mut dyn Sink,
    ) -> Flow<()> {
        let ExprKind::Var(variable) = &variable.kind else { return Ok(()) };
        // A range is never made whole.
        if let StmtKind::Expr(Expr {
            kind: ExprKind::Binary { op: postern_shared::syntax::ast::BinaryOp::Range, operands, .. },
            ..
        }) = &values.kind
        {
            let (low, high) = (self.eval(&operands.0)?, self.eval(&operands.1)?);
            if let (Some(low), Some(high)) = (convert::range_end(&low), convert::range_end(&high))
                && low.abs_diff(high) > 64
            {
                self.check_items(low.abs_diff(high) as usize)?;
                let by = if low <= high { 1 } else { -1 };
                let mut at = low;
                loop {
                    self.step()?;
                    self.set_variable(variable, Value::I32(at))?;
                    if self.round(label, body, out)? || at == high {
                        return Ok(());
                    }
                    at += by;
                }
            }
        }
        let value = self.value_of(values)?;
        let items = match &value {
            Value::Null | Value::Empty => return Ok(()),
            value => list::items(value).unwrap_or_else(|| vec![value.clone()]),
        };
        let enumerator = crate::members::enumerator::Enumerator::new(items);
        let outer = self.scope.own(known_names::FOREACH);
        self.scope.set(known_names::FOREACH, Value::Net(enumerator.clone()));
        let result = loop {
            if !enumerator.advance() {
                break Ok(());
            }
            let run = (|| {
                self.step()?;
                self.set_variable(variable, enumerator.current())?;
                self.round(label, body, out)
            })();
            match run {
                Ok(false) => {}
                Ok(true) => break Ok(()),
                Err(stop) => break Err(stop),
            }
        };
        match outer {
            Some(outer) => self.scope.set(known_names::FOREACH, outer),
            None => {
                self.scope.remove(known_names::FOREACH);
            }
        }
        result
    }

    fn switch(&mut self, code: &SwitchCode, out: &mut dyn Sink) -> Flow<()> {
        let value = self.value_of(&code.values)?;
        let items = if code.file {
            self.file_lines(&value.text())?
        } else {
            match &value {
                Value::Empty => Vec::new(),
                value => list::items(value).unwrap_or_else(|| vec![value.clone()]),
            }
        };
        let label = code.label.map(|label| label.0);
        let own = |stop: Option<u32>| stop.is_none() || stop == label;
        let enumerator = crate::members::enumerator::Enumerator::new(items);
        self.scope.set(known_names::SWITCH, Value::Net(enumerator.clone()));
        while enumerator.advance() {
            let item = enumerator.current();
            let under = std::mem::replace(&mut self.under, item.clone());
            let result = self.switch_item(code, &item, out);
            self.under = under;
            match result {
                Ok(()) => {}
                Err(Stop::Break(stop)) if own(stop) => break,
                Err(Stop::Continue(stop)) if own(stop) => {}
                Err(stop) => return Err(stop),
            }
        }
        Ok(())
    }

    fn switch_item(&mut self, code: &SwitchCode, item: &Value, out: &mut dyn Sink) -> Flow<()> {
        self.step()?;
        let mut any = false;
        for (condition, block) in &code.cases {
            let Some(condition) = condition else { continue };
            if self.case_fits(code, condition, item)? {
                any = true;
                self.under = item.clone();
                self.run_block(block, out)?;
            }
        }
        if !any && let Some((_, block)) = code.cases.iter().find(|(condition, _)| condition.is_none()) {
            self.run_block(block, out)?;
        }
        Ok(())
    }

    fn case_fits(&mut self, code: &SwitchCode, condition: &Expr, item: &Value) -> Flow<bool> {
        if let ExprKind::Block(block) = &condition.kind {
            self.under = item.clone();
            let block = ScriptBlock::new(Rc::clone(block));
            let result = self.call_block_here(&block, Some(item.clone()))?;
            return Ok(convert::truth(&result));
        }
        let pattern = self.eval(condition)?;
        match code.mode {
            SwitchMode::Wildcard => {
                Ok(ops::pattern::wildcard(&pattern.text(), &item.text(), code.case_sensitive))
            }
            SwitchMode::Regex => self.match_text(&item.text(), &pattern, code.case_sensitive),
            SwitchMode::Exact => Ok(ops::compare::equal(item, &pattern, code.case_sensitive)),
        }
    }

    fn try_catch(&mut self, code: &TryCode, out: &mut dyn Sink) -> Flow<()> {
        self.trying += 1;
        let result = self.run_block(&code.body, out);
        self.trying -= 1;
        let result = match result {
            Err(Stop::Throw(record, terminates)) if !code.catches.is_empty() => {
                let fits = |types: &[crate::code::TypeRef]| types.iter().any(|ty| catches(ty, &record));
                // The most derived type that fits, whatever the order; then the one for all.
                let found = code
                    .catches
                    .iter()
                    .find(|(types, _)| fits(types))
                    .or_else(|| code.catches.iter().find(|(types, _)| types.is_empty()));
                match found {
                    Some((_, block)) => {
                        self.note_error(&record);
                        self.success = false;
                        let types = code.catches.iter().find(|(_, own)| std::ptr::eq(own, block));
                        let record = caught(types.map_or(&[][..], |(types, _)| types), &record);
                        let under = std::mem::replace(&mut self.under, Value::Error(record));
                        let result = self.run_block(block, out);
                        self.under = under;
                        result
                    }
                    None => Err(Stop::Throw(record, terminates)),
                }
            }
            result => result,
        };
        if let Some(finally) = &code.finally
            && !matches!(result, Err(Stop::Halt(Some(_))))
        {
            self.run_block(finally, out)?;
        }
        result
    }

    fn throw_statement(&mut self, value: Option<&Stmt>, statement: &Stmt) -> Flow<Stop> {
        let _ = statement;
        let value = match value {
            Some(value) => self.value_of(value)?,
            None => match &self.under {
                // In a `catch` block, `throw` alone throws the error again.
                Value::Error(record) => return Ok(Stop::Throw(Rc::clone(record), true)),
                _ => Value::str("ScriptHalted"),
            },
        };
        Ok(Stop::Throw(thrown(&value), true))
    }

    /// The value of a statement in parentheses, as an operand.
    pub(crate) fn value_of(&mut self, statement: &Stmt) -> Flow<Value> {
        match &statement.kind {
            StmtKind::Expr(expr) | StmtKind::Silent(expr) => self.eval(expr),
            StmtKind::Assign { target, op, value } => self.assign(target, *op, value),
            _ => {
                let mut out = Collect::default();
                self.run_statement(statement, &mut out)?;
                Ok(Value::from_output(out.0))
            }
        }
    }

    /// The value of a statement on the right of an assignment.
    pub(crate) fn assigned_value(&mut self, statement: &Stmt) -> Flow<Value> {
        match &statement.kind {
            StmtKind::Expr(expr) | StmtKind::Silent(expr) => self.eval(expr),
            StmtKind::Assign { target, op, value } => self.assign(target, *op, value),
            _ => {
                let mut out = Collect::default();
                let result = self.run_statement(statement, &mut out);
                result?;
                Ok(Value::from_output(out.0))
            }
        }
    }

    /// The values of statements in `@( … )`.
    pub(crate) fn array_of(&mut self, block: &Block) -> Flow<Value> {
        // `@(1, 2)` is the array itself.
        if let [Stmt { kind: StmtKind::Expr(expr), .. }] = &*block.statements
            && block.traps.is_empty()
        {
            if let ExprKind::List(_) = &expr.kind {
                return self.eval(expr);
            }
            let value = self.eval(expr)?;
            return Ok(match &value {
                Value::Empty => Value::array(Vec::new()),
                Value::Array(array) if matches!(expr.kind, ExprKind::Var(_)) => {
                    Value::Array(Array::new(Type::Object, array.items.borrow().clone()))
                }
                Value::Array(_) => value,
                _ => match list::items(&value) {
                    Some(items) => Value::array(items),
                    None => Value::array(vec![value]),
                },
            });
        }
        let mut out = Collect::default();
        self.run_block(block, &mut out)?;
        Ok(Value::array(out.0))
    }

    /// The lines of a file of the workspace.
    pub(crate) fn file_lines(&mut self, name: &str) -> Flow<Vec<Value>> {
        let bytes = self.read_file(name)?;
        let text = String::from_utf8_lossy(&bytes);
        Ok(text.trim_start_matches('\u{feff}').lines().map(Value::str).collect())
    }
}

/// What `throw` makes of a value.
pub(crate) fn thrown(value: &Value) -> Rc<ErrorRecord> {
    match value.base() {
        Value::Error(record) => Rc::clone(record),
        Value::Exception(exception) => {
            if let Some(record) = &*exception.record.borrow() {
                return Rc::clone(record);
            }
            let record = ErrorRecord::of(
                Rc::clone(exception),
                exception.message.clone(),
                Category::OperationStopped,
                Value::Null,
            );
            let record = Rc::new(record);
            *exception.record.borrow_mut() = Some(Rc::clone(&record));
            record
        }
        other => {
            let text = value.text();
            let exception = Exception::new("System.Management.Automation.RuntimeException", text.clone());
            Rc::new(ErrorRecord::of(Rc::new(exception), text, Category::OperationStopped, other.clone()))
        }
    }
}

/// Whether `catch [type]` takes the error.
fn catches(ty: &crate::code::TypeRef, record: &ErrorRecord) -> bool {
    matching(ty, record).is_some()
}

/// The exception that `catch [type]` takes: the error's own, or one inside, since a method's exception is wrapped.
fn matching<'r>(ty: &crate::code::TypeRef, record: &'r ErrorRecord) -> Option<&'r Rc<Exception>> {
    let fits = |exception: &Exception| match ty.ty {
        Some(Type::Exception(wanted)) => {
            exception.ty.is_a(wanted)
                || exception.remote_type.as_ref().is_some_and(|name| name.eq_ignore_ascii_case(wanted.name))
        }
        Some(_) => false,
        None => {
            let name = exception.type_name();
            let short = name.strip_prefix("System.").unwrap_or(&name);
            name.eq_ignore_ascii_case(&ty.name) || short.eq_ignore_ascii_case(&ty.name)
        }
    };
    let mut exception = Some(&record.exception);
    while let Some(found) = exception {
        if fits(found) {
            return Some(found);
        }
        exception = found.inner.as_ref();
    }
    None
}

/// The record that a `catch` of these types sees: of the exception inside, if that is what fits.
fn caught(types: &[crate::code::TypeRef], record: &Rc<ErrorRecord>) -> Rc<ErrorRecord> {
    let Some(found) = types.iter().find_map(|ty| matching(ty, record)) else { return Rc::clone(record) };
    if Rc::ptr_eq(found, &record.exception) {
        return Rc::clone(record);
    }
    let mut inner =
        ErrorRecord::of(Rc::clone(found), record.id.clone(), Category::NotSpecified, record.target.clone());
    inner.category.set(record.category.get());
    inner.origin.clone_from(&record.origin);
    inner.activity.clone_from(&record.activity);
    inner.position.clone_from(&record.position);
    inner.command.clone_from(&record.command);
    inner.stack.clone_from(&record.stack);
    inner.noted.set(true);
    Rc::new(inner)
}
