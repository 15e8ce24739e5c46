//! What the language forbids although it can be parsed: targets that nothing can be assigned to, keys that are there
//! twice, leaving a `finally`.

use std::collections::HashSet;

use super::{
    MAX_ERRORS, SyntaxError,
    ast::{
        Argument, Attribute, Block, Element, ElementKind, Expr, ExprKind, ParameterDeclaration, Part,
        ScriptBlock, Statement, StatementKind, UnaryOp,
    },
    token::Span,
};

/// Looks through a whole tree.
pub(super) fn check(tree: &ScriptBlock, errors: &mut Vec<SyntaxError>) {
    Check { errors, loops: 0, finally: None }.script_block(tree);
}

struct Check<'a> {
    errors: &'a mut Vec<SyntaxError>,
    /// Loops around.
    loops: usize,
    /// Within a `finally`: the loops around it.
    finally: Option<usize>,
}

impl Check<'_> {
    fn error(&mut self, id: &'static str, span: Span, message: impl Into<String>) {
        let again = self.errors.iter().any(|error| error.id == id && error.span == span);
        if !again && self.errors.len() < MAX_ERRORS {
            self.errors.push(SyntaxError { id, span, message: message.into(), incomplete: false });
        }
    }

    fn script_block(&mut self, block: &ScriptBlock) {
        let around = (std::mem::take(&mut self.loops), self.finally.take());
        for attribute in &block.attributes {
            self.attribute(attribute);
        }
        self.parameters(&block.parameters);
        for (_, block) in &block.named {
            self.block(block);
        }
        self.block(&block.body);
        (self.loops, self.finally) = around;
    }

    fn parameters(&mut self, parameters: &[ParameterDeclaration]) {
        let mut names = HashSet::new();
        for parameter in parameters {
            for attribute in &parameter.attributes {
                self.attribute(attribute);
            }
            if let Some(default) = &parameter.default {
                self.expr(default);
            }
            if !parameter.name.is_empty() && !names.insert(parameter.name.to_lowercase()) {
                let sentence = format!("There is a parameter ${} already.", parameter.name);
                self.error("DuplicateFormalParameter", parameter.span, sentence);
            }
        }
    }

    fn attribute(&mut self, attribute: &Attribute) {
        for (_, value) in attribute.arguments.iter().flatten() {
            if is_constant(value) {
                self.expr(value);
            } else {
                let sentence = "An attribute's argument must be a constant or a script block.";
                self.error("ParameterAttributeArgumentNeedsToBeConstantOrScriptBlock", value.span, sentence);
            }
        }
    }

    fn block(&mut self, block: &Block) {
        for statement in &block.statements {
            self.statement(statement);
        }
    }

    fn looped(&mut self, block: &Block) {
        self.loops += 1;
        self.block(block);
        self.loops -= 1;
    }

    fn statement(&mut self, statement: &Statement) {
        match &statement.kind {
            StatementKind::Pipeline(elements) => elements.iter().for_each(|element| self.element(element)),
            StatementKind::Chain(chain) => chain.iter().for_each(|(_, statement)| self.statement(statement)),
            StatementKind::Assignment { target, operator, value } => {
                self.target(target, operator.is_none());
                let mut inner = target;
                while let ExprKind::Attributed(attribute, operand) = &inner.kind {
                    self.attribute(attribute);
                    inner = operand;
                }
                self.expr(inner);
                self.statement(value);
            }
            StatementKind::If { branches, otherwise } => {
                for (condition, block) in branches {
                    self.statement(condition);
                    self.block(block);
                }
                if let Some(block) = otherwise {
                    self.block(block);
                }
            }
            StatementKind::ForEach { values, body, .. } => {
                self.statement(values);
                self.looped(body);
            }
            StatementKind::For { start, condition, step, body, .. } => {
                for part in [start, condition, step].into_iter().flatten() {
                    self.statement(part);
                }
                self.looped(body);
            }
            StatementKind::While { condition, body, .. } => {
                self.statement(condition);
                self.looped(body);
            }
            StatementKind::Switch { values, cases, .. } => {
                self.statement(values);
                for (condition, block) in cases {
                    if let Some(condition) = condition {
                        self.expr(condition);
                    }
                    self.looped(block);
                }
            }
            StatementKind::Try { body, catches, finally } => {
                self.block(body);
                for (_, block) in catches {
                    self.block(block);
                }
                if let Some(finally) = finally {
                    let around = self.finally.replace(self.loops);
                    self.block(finally);
                    self.finally = around;
                }
            }
            StatementKind::Function { body, .. } => self.script_block(body),
            StatementKind::Leave { keyword, value } => {
                let leaves = match *keyword {
                    "return" => self.finally.is_some(),
                    "break" | "continue" => self.finally.is_some_and(|around| around >= self.loops),
                    _ => false,
                };
                if leaves {
                    let sentence = format!("'{keyword}' cannot leave a finally block.");
                    self.error("ControlLeavingFinally", statement.span, sentence);
                }
                if let Some(value) = value {
                    self.statement(value);
                }
            }
            StatementKind::Trap(_, block) => self.block(block),
            StatementKind::Refused(_) => {}
        }
    }

    fn element(&mut self, element: &Element) {
        match &element.kind {
            ElementKind::Expr(expr) => self.expr(expr),
            ElementKind::Command(command) => {
                self.expr(&command.name);
                for argument in &command.arguments {
                    match argument {
                        Argument::Value(Expr { kind: ExprKind::Variable(_), .. }) => {}
                        Argument::Value(value) => self.expr(value),
                        Argument::Parameter { value, .. } => value.iter().for_each(|value| self.expr(value)),
                    }
                }
            }
        }
        for redirection in &element.redirections {
            if let Some(target) = &redirection.target {
                self.expr(target);
            }
        }
    }

    /// Whether something can be assigned to the target.
    fn target(&mut self, target: &Expr, plain: bool) {
        match &target.kind {
            ExprKind::Variable(_) | ExprKind::Index { .. } | ExprKind::Member { .. } => {}
            ExprKind::Missing if target.span.start == target.span.end => {}
            ExprKind::List(items) if plain => items.iter().for_each(|item| self.target(item, plain)),
            ExprKind::Unary(UnaryOp::Comma, operand) if plain => self.target(operand, plain),
            ExprKind::Cast(_, operand) | ExprKind::Attributed(_, operand) => self.target(operand, plain),
            ExprKind::Paren(statement) => match only_expr(statement) {
                Some(inner) => self.target(inner, plain),
                None => self.invalid(target.span),
            },
            _ => self.invalid(target.span),
        }
    }

    fn invalid(&mut self, span: Span) {
        let sentence = "Only variables, properties and items can be assigned to.";
        self.error("InvalidLeftHandSide", span, sentence);
    }

    fn expr(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Missing | ExprKind::Number(_) | ExprKind::Text { .. } | ExprKind::Type(_) => {}
            ExprKind::Variable(variable) => {
                if variable.splat {
                    let name = &variable.name;
                    let sentence =
                        format!("@{name} can only be an argument of a command. The variable is ${name}.");
                    self.error("SplattingNotPermitted", expr.span, sentence);
                }
            }
            ExprKind::Expandable { parts, .. } => {
                for part in parts {
                    if let Part::Expr(expr) = part {
                        self.expr(expr);
                    }
                }
            }
            ExprKind::List(items) => items.iter().for_each(|item| self.expr(item)),
            ExprKind::Array(block) | ExprKind::Subexpression(block) => self.block(block),
            ExprKind::Paren(statement) => self.statement(statement),
            ExprKind::Hash(entries) => self.hash(entries),
            ExprKind::ScriptBlock(block) => self.script_block(block),
            ExprKind::Unary(op, operand) => {
                let steps = matches!(
                    op,
                    UnaryOp::PreIncrement
                        | UnaryOp::PreDecrement
                        | UnaryOp::PostIncrement
                        | UnaryOp::PostDecrement
                );
                if steps && !is_steppable(operand) {
                    let sentence = "++ and -- work on variables and properties only.";
                    self.error("OperatorRequiresVariableOrProperty", operand.span, sentence);
                }
                self.expr(operand);
            }
            ExprKind::Binary { operands, .. } => {
                // Long sums are deep on the left.
                let mut spine = vec![&operands.1];
                let mut left = &operands.0;
                while let ExprKind::Binary { operands, .. } = &left.kind {
                    spine.push(&operands.1);
                    left = &operands.0;
                }
                self.expr(left);
                while let Some(right) = spine.pop() {
                    self.expr(right);
                }
            }
            ExprKind::Ternary(parts) => {
                let (condition, yes, no) = &**parts;
                for part in [condition, yes, no] {
                    self.expr(part);
                }
            }
            ExprKind::Cast(name, operand) => {
                if name.eq_ignore_ascii_case("ordered") && !matches!(operand.kind, ExprKind::Hash(_)) {
                    let sentence = "[ordered] can only stand before a hash table @{ }.";
                    self.error("OrderedAttributeOnlyOnHashLiteralNode", expr.span, sentence);
                }
                self.expr(operand);
            }
            ExprKind::Attributed(attribute, operand) => {
                let mut inner = operand;
                while let ExprKind::Cast(_, next) | ExprKind::Attributed(_, next) = &inner.kind {
                    inner = next;
                }
                if !matches!(inner.kind, ExprKind::Variable(_)) {
                    let span = Span { start: expr.span.start, end: operand.span.start };
                    let name = &attribute.name;
                    let sentence = format!("The attribute [{name}] can only stand before a variable.");
                    self.error("UnexpectedAttribute", span, sentence);
                }
                self.attribute(attribute);
                self.expr(operand);
            }
            ExprKind::Member { target, name, arguments, .. } => {
                self.expr(target);
                self.expr(name);
                arguments.iter().flatten().for_each(|argument| self.expr(argument));
            }
            ExprKind::Index { target, index, .. } => {
                self.expr(target);
                self.expr(index);
            }
        }
    }

    fn hash(&mut self, entries: &[(Expr, Statement)]) {
        let mut keys = HashSet::new();
        for (key, value) in entries {
            let text = match &key.kind {
                ExprKind::Text { text, .. } => Some(text.as_str().to_lowercase()),
                ExprKind::Number(number) => Some(number.to_string()),
                _ => None,
            };
            if let Some(text) = text
                && !keys.insert(text.clone())
            {
                let sentence = format!("The key '{text}' is in the hash table already.");
                self.error("DuplicateKeyInHashLiteral", key.span, sentence);
            }
            self.expr(key);
            self.statement(value);
        }
    }
}

/// The expression that is all of a statement.
fn only_expr(statement: &Statement) -> Option<&Expr> {
    match &statement.kind {
        StatementKind::Pipeline(elements) => match elements.as_slice() {
            [Element { kind: ElementKind::Expr(expr), redirections, .. }] if redirections.is_empty() => {
                Some(expr)
            }
            _ => None,
        },
        _ => None,
    }
}

fn is_steppable(operand: &Expr) -> bool {
    match &operand.kind {
        ExprKind::Variable(_) | ExprKind::Member { .. } | ExprKind::Index { .. } | ExprKind::Missing => true,
        ExprKind::Paren(statement) => only_expr(statement).is_some_and(is_steppable),
        ExprKind::Cast(_, operand) | ExprKind::Attributed(_, operand) => is_steppable(operand),
        _ => false,
    }
}

/// Whether the value is known without running anything.
fn is_constant(value: &Expr) -> bool {
    match &value.kind {
        ExprKind::Missing
        | ExprKind::Number(_)
        | ExprKind::Text { .. }
        | ExprKind::ScriptBlock(_)
        | ExprKind::Type(_) => true,
        ExprKind::Variable(variable) => {
            variable.scope.is_none()
                && ["true", "false", "null"].iter().any(|known| variable.name.eq_ignore_ascii_case(known))
        }
        ExprKind::List(items) => items.iter().all(is_constant),
        ExprKind::Array(block) => {
            block.statements.iter().all(|statement| only_expr(statement).is_some_and(is_constant))
        }
        ExprKind::Paren(statement) => only_expr(statement).is_some_and(is_constant),
        ExprKind::Unary(_, operand) | ExprKind::Cast(_, operand) => is_constant(operand),
        ExprKind::Binary { operands, .. } => is_constant(&operands.0) && is_constant(&operands.1),
        ExprKind::Member { target, arguments: None, is_static: true, .. } => is_constant(target),
        ExprKind::Hash(entries) => {
            entries.iter().all(|(key, value)| is_constant(key) && only_expr(value).is_some_and(is_constant))
        }
        _ => false,
    }
}
