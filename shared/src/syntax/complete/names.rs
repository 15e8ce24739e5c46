//! Variables that a text gives a value.

use super::{
    super::{
        ast::{Argument, Block, Element, ElementKind, Expr, ExprKind, ScriptBlock, Statement, StatementKind},
        token::Span,
    },
    sources,
};

/// Variables that get a value: the name, where, and the commands that the value comes from.
#[derive(Default)]
pub(super) struct Names {
    pub(super) found: Vec<(String, Span, Vec<String>)>,
}

impl Names {
    pub(super) fn script_block(&mut self, block: &ScriptBlock) {
        for parameter in &block.parameters {
            self.found.push((parameter.name.clone(), parameter.span, Vec::new()));
        }
        for (_, block) in &block.named {
            self.block(block);
        }
        self.block(&block.body);
    }

    fn block(&mut self, block: &Block) {
        for statement in &block.statements {
            self.statement(statement);
        }
    }

    fn target(&mut self, target: &Expr, from: &[String]) {
        match &target.kind {
            ExprKind::Variable(variable) => {
                self.found.push((variable.name.clone(), target.span, from.to_vec()));
            }
            ExprKind::List(items) => items.iter().for_each(|item| self.target(item, &[])),
            ExprKind::Cast(_, operand) | ExprKind::Attributed(_, operand) => self.target(operand, from),
            _ => {}
        }
    }

    fn statement(&mut self, statement: &Statement) {
        match &statement.kind {
            StatementKind::Assignment { target, value, .. } => {
                let from = match &value.kind {
                    StatementKind::Pipeline(elements) => sources(elements),
                    _ => Vec::new(),
                };
                self.target(target, &from);
                self.statement(value);
            }
            StatementKind::ForEach { variable, values, body, .. } => {
                let from = match &values.kind {
                    StatementKind::Pipeline(elements) => sources(elements),
                    _ => Vec::new(),
                };
                self.target(variable, &from);
                self.block(body);
            }
            StatementKind::Pipeline(elements) => elements.iter().for_each(|element| self.element(element)),
            StatementKind::Chain(chain) => chain.iter().for_each(|(_, statement)| self.statement(statement)),
            StatementKind::If { branches, otherwise } => {
                for (_, block) in branches {
                    self.block(block);
                }
                if let Some(block) = otherwise {
                    self.block(block);
                }
            }
            StatementKind::For { start, body, .. } => {
                if let Some(start) = start {
                    self.statement(start);
                }
                self.block(body);
            }
            StatementKind::While { body, .. } | StatementKind::Trap(_, body) => self.block(body),
            StatementKind::Switch { cases, .. } => cases.iter().for_each(|(_, block)| self.block(block)),
            StatementKind::Try { body, catches, finally } => {
                self.block(body);
                for (_, block) in catches {
                    self.block(block);
                }
                if let Some(block) = finally {
                    self.block(block);
                }
            }
            StatementKind::Function { body, .. } => self.script_block(body),
            StatementKind::Leave { .. } | StatementKind::Refused(_) => {}
        }
    }

    /// Script blocks that are arguments of a command assign as well.
    fn element(&mut self, element: &Element) {
        let ElementKind::Command(command) = &element.kind else { return };
        for argument in &command.arguments {
            if let Argument::Value(Expr { kind: ExprKind::ScriptBlock(block), .. }) = argument {
                self.script_block(block);
            }
        }
    }
}
