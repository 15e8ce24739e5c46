//! Down the last branch of a tree: the constructs around its end.

use super::{
    super::{
        ast::{
            Argument, Block, Element, ElementKind, Expr, ExprKind, Part, ScriptBlock, Statement,
            StatementKind,
        },
        token::Span,
    },
    Finder,
};

/// A construct around the cursor.
#[derive(Clone, Copy)]
pub(super) enum Around<'a> {
    /// An element of a pipeline, and the ones before it.
    Element(&'a [Element]),
    ScriptBlock,
    Hash(&'a [(Expr, Statement)]),
    Cast(&'a str),
    Expr(&'a Expr),
}

impl<'a> Finder<'a> {
    pub(super) fn script_block(&mut self, block: &'a ScriptBlock) {
        if let Some(last) = block.body.statements.last() {
            self.statement(last);
        } else if let Some((_, last)) = block.named.last() {
            self.block(last);
        } else if let Some(last) = block.parameters.last()
            && let Some(default) = &last.default
        {
            self.expr(default);
        }
    }

    fn block(&mut self, block: &'a Block) {
        if let Some(last) = block.statements.last() {
            self.statement(last);
        }
    }

    fn reaches(&self, span: Span) -> bool {
        span.end >= self.end
    }

    /// Whether the bracket that an expression begins with is open.
    fn is_open(&self, span: Span) -> bool {
        !self.closed.contains(&span.start)
    }

    fn statement(&mut self, statement: &'a Statement) {
        match &statement.kind {
            StatementKind::Pipeline(elements) => self.pipeline(elements, statement.span),
            StatementKind::Chain(chain) => {
                if let Some((_, last)) = chain.last() {
                    self.statement(last);
                }
            }
            StatementKind::If { branches, otherwise } => {
                if let Some(block) = otherwise {
                    self.block(block);
                } else if let Some((condition, block)) = branches.last() {
                    self.either(condition, block);
                }
            }
            StatementKind::ForEach { values, body, .. } => self.either(values, body),
            StatementKind::While { condition, body, body_first: false, .. } => self.either(condition, body),
            StatementKind::While { body, .. } | StatementKind::For { body, .. } => self.block(body),
            StatementKind::Switch { values, cases, .. } => match cases.last() {
                Some((_, block)) => self.block(block),
                None => self.statement(values),
            },
            StatementKind::Try { body, catches, finally } => {
                let catches = catches.last().map(|(_, block)| block);
                self.block(finally.as_ref().or(catches).unwrap_or(body));
            }
            StatementKind::Function { body, .. } => self.script_block(body),
            StatementKind::Assignment { value, .. } | StatementKind::Leave { value: Some(value), .. } => {
                self.statement(value);
            }
            StatementKind::Trap(_, block) => self.block(block),
            StatementKind::Leave { .. } | StatementKind::Refused(_) => {}
        }
    }

    fn either(&mut self, condition: &'a Statement, block: &'a Block) {
        if block.span.end > condition.span.end || !block.statements.is_empty() {
            self.block(block);
        } else {
            self.statement(condition);
        }
    }

    fn pipeline(&mut self, elements: &'a [Element], span: Span) {
        if elements.is_empty() || !self.reaches(span) {
            return;
        }
        self.around.push(Around::Element(elements));
        let Some(last) = elements.last().filter(|last| self.reaches(last.span)) else { return };
        match &last.kind {
            ElementKind::Expr(expr) => self.expr(expr),
            ElementKind::Command(command) => match command.arguments.last() {
                Some(Argument::Value(value) | Argument::Parameter { value: Some(value), .. }) => {
                    self.expr(value);
                }
                Some(Argument::Parameter { .. }) | None => self.expr(&command.name),
            },
        }
        if let Some(target) = last.redirections.last().and_then(|last| last.target.as_ref()) {
            self.expr(target);
        }
    }

    fn expr(&mut self, expr: &'a Expr) {
        if !self.reaches(expr.span) {
            return;
        }
        match &expr.kind {
            ExprKind::List(items) => items.iter().rev().take(1).for_each(|item| self.expr(item)),
            ExprKind::Expandable { parts, .. } => {
                if let Some(Part::Expr(inner)) = parts.last() {
                    self.expr(inner);
                }
            }
            ExprKind::Array(block) | ExprKind::Subexpression(block) if self.is_open(expr.span) => {
                self.around.push(Around::Expr(expr));
                self.block(block);
            }
            ExprKind::Paren(statement) if self.is_open(expr.span) => {
                self.around.push(Around::Expr(expr));
                self.statement(statement);
            }
            ExprKind::Hash(entries) if self.is_open(expr.span) => {
                self.around.push(Around::Hash(entries));
                if let Some((_, value)) = entries.last()
                    && self.reaches(value.span)
                {
                    self.statement(value);
                }
            }
            ExprKind::ScriptBlock(block) if self.is_open(expr.span) => {
                self.around.push(Around::ScriptBlock);
                self.script_block(block);
            }
            ExprKind::Unary(_, operand) | ExprKind::Attributed(_, operand) => self.expr(operand),
            ExprKind::Cast(name, operand) => {
                self.around.push(Around::Cast(name));
                self.expr(operand);
            }
            ExprKind::Binary { operands, .. } => self.expr(&operands.1),
            ExprKind::Ternary(parts) => self.expr(&parts.2),
            ExprKind::Member { name, arguments, .. } => {
                self.around.push(Around::Expr(expr));
                match arguments.as_ref().and_then(|arguments| arguments.last()) {
                    Some(last) => self.expr(last),
                    None => self.expr(name),
                }
            }
            ExprKind::Index { index, .. } => {
                self.around.push(Around::Expr(expr));
                self.expr(index);
            }
            _ => {}
        }
    }
}
