//! From the parser's tree to code.

use std::{cell::OnceCell, rc::Rc};

use postern_shared::{
    syntax::ast::{self, BinaryOp, UnaryOp},
    value::PsStr,
};

use super::{
    ArgCode, AttributeCode, Block, Code, CommandCode, CommandName, ElementCode, ElementKind, Expr, ExprKind,
    Name, ParamCode, Part, RedirectionCode, Source, Span, Stmt, StmtKind, SwitchCode, SwitchMode, Sym,
    TryCode, TypeRef, Var, VarScope, known_names,
};
use crate::value::{Object, Value, Wrapped};

/// Makes code of a text's tree.
pub(crate) fn lower(source: &Rc<Source>, tree: &ast::ScriptBlock) -> Rc<Code> {
    let mut lowering = Lowering { source: Rc::clone(source), uses_input: false, uses_bound: false };
    let code = lowering.code(tree, false);
    Rc::new(code)
}

struct Lowering {
    source: Rc<Source>,
    uses_input: bool,
    uses_bound: bool,
}

impl Lowering {
    fn code(&mut self, block: &ast::ScriptBlock, filter: bool) -> Code {
        let outer = (std::mem::take(&mut self.uses_input), std::mem::take(&mut self.uses_bound));
        let attributes = self.attributes(&block.attributes);
        let params = block.parameters.iter().map(|parameter| self.param(parameter)).collect();
        let (mut begin, mut process, mut end) = (None, None, None);
        for (word, part) in &block.named {
            let part = self.block(part);
            match word.as_str() {
                "begin" => begin = Some(part),
                "process" => process = Some(part),
                "end" => end = Some(part),
                _ => {}
            }
        }
        if block.named.is_empty() {
            let body = self.block(&block.body);
            if filter {
                process = Some(body);
            } else {
                end = Some(body);
            }
        }
        let (uses_input, uses_bound) = (self.uses_input, self.uses_bound);
        // A block within may read the function's own variables too.
        (self.uses_input, self.uses_bound) = (outer.0 || uses_input, outer.1 || uses_bound);
        Code {
            source: Rc::clone(&self.source),
            span: block.span,
            attributes,
            params,
            begin,
            process,
            end,
            uses_input,
            uses_bound,
            signature: OnceCell::new(),
        }
    }

    fn attributes(&mut self, attributes: &[ast::Attribute]) -> Box<[AttributeCode]> {
        attributes
            .iter()
            .filter_map(|attribute| {
                let arguments = attribute.arguments.as_ref()?;
                let arguments = arguments
                    .iter()
                    .map(|(name, value)| {
                        let value = if matches!(value.kind, ast::ExprKind::Missing) {
                            None
                        } else {
                            Some(self.expr(value))
                        };
                        (name.as_deref().map(PsStr::from), value)
                    })
                    .collect();
                Some(AttributeCode { name: attribute.name.as_str().into(), arguments })
            })
            .collect()
    }

    fn param(&mut self, parameter: &ast::ParameterDeclaration) -> ParamCode {
        ParamCode {
            name: parameter.name.as_str().into(),
            sym: Sym::new(&parameter.name),
            types: parameter
                .attributes
                .iter()
                .filter(|attribute| attribute.arguments.is_none())
                .map(|attribute| TypeRef::new(&attribute.name))
                .collect(),
            attributes: self.attributes(&parameter.attributes),
            default: parameter.default.as_ref().map(|default| self.expr(default)),
        }
    }

    fn block(&mut self, block: &ast::Block) -> Block {
        let mut traps = Vec::new();
        let mut statements = Vec::with_capacity(block.statements.len());
        for statement in &block.statements {
            if let ast::StatementKind::Trap(name, body) = &statement.kind {
                traps.push((name.as_deref().map(TypeRef::new), self.block(body)));
            } else {
                statements.push(self.stmt(statement));
            }
        }
        Block { statements: statements.into(), traps: traps.into() }
    }

    fn boxed(&mut self, statement: &ast::Statement) -> Box<Stmt> {
        Box::new(self.stmt(statement))
    }

    fn stmt(&mut self, statement: &ast::Statement) -> Stmt {
        Stmt { kind: self.stmt_kind(&statement.kind), span: statement.span }
    }

    fn stmt_kind(&mut self, kind: &ast::StatementKind) -> StmtKind {
        let label = |label: &Option<String>| label.as_deref().map(Sym::new);
        match kind {
            ast::StatementKind::Pipeline(elements) => self.pipeline(elements),
            ast::StatementKind::Chain(parts) => {
                StmtKind::Chain(parts.iter().map(|(and, part)| (*and, self.stmt(part))).collect())
            }
            ast::StatementKind::Assignment { target, operator, value } => {
                StmtKind::Assign { target: self.expr(target), op: *operator, value: self.boxed(value) }
            }
            ast::StatementKind::If { branches, otherwise } => StmtKind::If {
                branches: branches.iter().map(|(when, then)| (self.stmt(when), self.block(then))).collect(),
                otherwise: otherwise.as_ref().map(|block| self.block(block)),
            },
            ast::StatementKind::ForEach { label: name, variable, values, body } => StmtKind::ForEach {
                label: label(name),
                variable: self.expr(variable),
                values: self.boxed(values),
                body: self.block(body),
            },
            ast::StatementKind::For { label: name, start, condition, step, body } => StmtKind::For {
                label: label(name),
                start: start.as_ref().map(|part| self.boxed(part)),
                condition: condition.as_ref().map(|part| self.boxed(part)),
                step: step.as_ref().map(|part| self.boxed(part)),
                body: self.block(body),
            },
            ast::StatementKind::While { label: name, condition, body_first, until, body } => {
                StmtKind::While {
                    label: label(name),
                    condition: self.boxed(condition),
                    body_first: *body_first,
                    until: *until,
                    body: self.block(body),
                }
            }
            ast::StatementKind::Switch { label: name, flags, values, cases } => {
                let has = |flag: &str| flags.iter().any(|own| flag.starts_with(own.as_str()));
                let mode = if has("regex") {
                    SwitchMode::Regex
                } else if has("wildcard") {
                    SwitchMode::Wildcard
                } else {
                    SwitchMode::Exact
                };
                StmtKind::Switch(Box::new(SwitchCode {
                    label: label(name),
                    mode,
                    case_sensitive: has("casesensitive"),
                    file: has("file"),
                    values: self.stmt(values),
                    cases: cases
                        .iter()
                        .map(|(when, then)| (when.as_ref().map(|when| self.expr(when)), self.block(then)))
                        .collect(),
                }))
            }
            ast::StatementKind::Try { body, catches, finally } => StmtKind::Try(Box::new(TryCode {
                body: self.block(body),
                catches: catches
                    .iter()
                    .map(|(types, block)| {
                        (types.iter().map(|name| TypeRef::new(name)).collect(), self.block(block))
                    })
                    .collect(),
                finally: finally.as_ref().map(|block| self.block(block)),
            })),
            ast::StatementKind::Function { filter, name, body } => StmtKind::Function {
                name: name.as_str().into(),
                filter: *filter,
                code: Rc::new(self.code(body, *filter)),
            },
            ast::StatementKind::Leave { keyword, value } => {
                let part = value.as_ref().map(|value| self.boxed(value));
                match *keyword {
                    "return" => StmtKind::Return(part),
                    "throw" => StmtKind::Throw(part),
                    "exit" => StmtKind::Exit(part),
                    "break" => StmtKind::Break(value.as_ref().map(|value| self.label_expr(value))),
                    _ => StmtKind::Continue(value.as_ref().map(|value| self.label_expr(value))),
                }
            }
            ast::StatementKind::Trap(..) => StmtKind::Refused("trap".into()),
            ast::StatementKind::Refused(word) => StmtKind::Refused(word.as_str().into()),
        }
    }

    /// The label behind `break`: a bare word is the label, which the parser takes for a command.
    fn label_expr(&mut self, statement: &ast::Statement) -> Expr {
        if let ast::StatementKind::Pipeline(elements) = &statement.kind
            && let [element] = elements.as_slice()
        {
            return match &element.kind {
                ast::ElementKind::Command(command) => self.expr(&command.name),
                ast::ElementKind::Expr(expr) => self.expr(expr),
            };
        }
        Expr { kind: ExprKind::Paren(self.boxed(statement)), span: statement.span }
    }

    fn pipeline(&mut self, elements: &[ast::Element]) -> StmtKind {
        if let [element] = elements
            && element.redirections.is_empty()
        {
            return match &element.kind {
                ast::ElementKind::Expr(expr) => {
                    let expr = self.expr(expr);
                    if is_step(&expr) { StmtKind::Silent(expr) } else { StmtKind::Expr(expr) }
                }
                ast::ElementKind::Command(command) => {
                    StmtKind::Command(Box::new(self.command(command, element.span)))
                }
            };
        }
        StmtKind::Pipeline(
            elements
                .iter()
                .map(|element| ElementCode {
                    kind: match &element.kind {
                        ast::ElementKind::Expr(expr) => ElementKind::Expr(self.expr(expr)),
                        ast::ElementKind::Command(command) => {
                            ElementKind::Command(self.command(command, element.span))
                        }
                    },
                    redirections: element.redirections.iter().map(|found| self.redirection(found)).collect(),
                })
                .collect(),
        )
    }

    fn redirection(&mut self, redirection: &ast::Redirection) -> RedirectionCode {
        let sign = redirection.sign.as_str();
        let from = match sign.as_bytes().first() {
            Some(b'*') => 0,
            Some(digit @ b'1'..=b'6') => digit - b'0',
            _ => 1,
        };
        RedirectionCode {
            from,
            append: sign.contains(">>"),
            target: redirection.target.as_ref().map(|target| self.expr(target)),
        }
    }

    fn command(&mut self, command: &ast::Command, span: Span) -> CommandCode {
        let name = match &command.name.kind {
            ast::ExprKind::Text { text, .. } => CommandName::Static(Sym::new(text), text.clone()),
            _ => CommandName::Dynamic(self.expr(&command.name)),
        };
        let mut arguments = Vec::with_capacity(command.arguments.len());
        // Behind `--` everything is a value.
        let mut verbatim = false;
        for argument in &command.arguments {
            match argument {
                ast::Argument::Value(ast::Expr {
                    kind: ast::ExprKind::Text { text, bare: true }, ..
                }) if text == "--" && !verbatim => {
                    verbatim = true;
                }
                ast::Argument::Value(ast::Expr { kind: ast::ExprKind::Text { text, bare: true }, span })
                    if text.starts_with("--%") =>
                {
                    for word in text[3..].split_whitespace() {
                        arguments.push(ArgCode::Value(Expr {
                            kind: ExprKind::Const(Value::str(word)),
                            span: *span,
                        }));
                    }
                }
                ast::Argument::Parameter { span, .. } if verbatim => {
                    let text = span.text(&self.source.text);
                    arguments
                        .push(ArgCode::Value(Expr { kind: ExprKind::Const(Value::str(text)), span: *span }));
                }
                ast::Argument::Parameter { name, value, span } => {
                    let text = span.text(&self.source.text).into();
                    let value = value.as_ref().map(|value| self.argument(value));
                    arguments.push(ArgCode::Param { name: name.as_str().into(), value, text });
                }
                ast::Argument::Value(ast::Expr { kind: ast::ExprKind::Variable(variable), .. })
                    if variable.splat =>
                {
                    arguments.push(ArgCode::Splat(self.variable(variable)));
                }
                ast::Argument::Value(value) => arguments.push(ArgCode::Value(self.argument(value))),
            }
        }
        CommandCode {
            dot: command.invocation == Some('.'),
            name,
            arguments: arguments.into(),
            span,
            name_span: command.name.span,
            source: Rc::clone(&self.source),
        }
    }

    /// An argument: a number keeps how it was written.
    fn argument(&mut self, expr: &ast::Expr) -> Expr {
        if let ast::ExprKind::Number(number) = &expr.kind {
            let written = expr.span.text(&self.source.text);
            let base = Value::from(number.clone());
            if base.text() != *written {
                let wrapped = Wrapped { base, text: Some(written.into()), notes: Object::default() };
                return Expr { kind: ExprKind::Const(Value::Wrapped(Rc::new(wrapped))), span: expr.span };
            }
        }
        self.expr(expr)
    }

    fn variable(&mut self, variable: &ast::Variable) -> Var {
        let name: PsStr = variable.name.replace('`', "").into();
        let sym = Sym::new(&name);
        let scope = match variable.scope.as_deref().map(str::to_ascii_lowercase).as_deref() {
            None if sym == known_names::UNDER || sym == known_names::ITEM => VarScope::Under,
            None => VarScope::Default,
            Some("local") => VarScope::Local,
            Some("script") => VarScope::Script,
            Some("global") => VarScope::Global,
            Some("private") => VarScope::Private,
            Some("env") => VarScope::Env,
            Some("using" | "variable") => VarScope::Default,
            Some(_) => VarScope::Drive(variable.scope.as_deref().unwrap_or("").into()),
        };
        if sym == known_names::INPUT {
            self.uses_input = true;
        }
        if sym == known_names::BOUND || sym == known_names::MY_INVOCATION || sym == known_names::CMDLET {
            self.uses_bound = true;
        }
        Var { sym, name, scope }
    }

    fn exprs(&mut self, exprs: &[ast::Expr]) -> Box<[Expr]> {
        exprs.iter().map(|expr| self.expr(expr)).collect()
    }

    fn pair(&mut self, operands: &(ast::Expr, ast::Expr)) -> Box<(Expr, Expr)> {
        Box::new((self.expr(&operands.0), self.expr(&operands.1)))
    }

    fn expr(&mut self, expr: &ast::Expr) -> Expr {
        Expr { kind: self.expr_kind(expr), span: expr.span }
    }

    fn expr_kind(&mut self, expr: &ast::Expr) -> ExprKind {
        match &expr.kind {
            ast::ExprKind::Missing => ExprKind::Const(Value::Null),
            ast::ExprKind::Number(number) => ExprKind::Const(Value::from(number.clone())),
            ast::ExprKind::Text { text, .. } => ExprKind::Const(Value::Str(text.clone())),
            ast::ExprKind::Expandable { parts, .. } => ExprKind::Expand(
                parts
                    .iter()
                    .map(|part| match part {
                        ast::Part::Text(text) => Part::Text(text.as_str().into()),
                        ast::Part::Expr(expr) => Part::Expr(self.expr(expr)),
                    })
                    .collect(),
            ),
            ast::ExprKind::Variable(variable) => {
                let variable = self.variable(variable);
                if variable.scope == VarScope::Default {
                    match variable.sym {
                        known_names::NULL => return ExprKind::Const(Value::Null),
                        known_names::TRUE => return ExprKind::Const(Value::Bool(true)),
                        known_names::FALSE => return ExprKind::Const(Value::Bool(false)),
                        _ => {}
                    }
                }
                ExprKind::Var(variable)
            }
            ast::ExprKind::List(items) => ExprKind::List(self.exprs(items)),
            ast::ExprKind::Array(block) => ExprKind::Array(self.block(block)),
            ast::ExprKind::Subexpression(block) => ExprKind::Sub(self.block(block)),
            ast::ExprKind::Paren(statement) => {
                // Parentheses around an expression change nothing once it is parsed.
                let inner = self.stmt(statement);
                ExprKind::Paren(Box::new(inner))
            }
            ast::ExprKind::Hash(entries) => ExprKind::Hash(
                entries.iter().map(|(key, value)| (self.expr(key), self.stmt(value))).collect(),
            ),
            ast::ExprKind::ScriptBlock(block) => ExprKind::Block(Rc::new(self.code(block, false))),
            ast::ExprKind::Unary(op, operand) => {
                let operand = Box::new(self.expr(operand));
                let step = |by, post, target| ExprKind::Step { target, by, post };
                match op {
                    UnaryOp::PreIncrement => step(1, false, operand),
                    UnaryOp::PreDecrement => step(-1, false, operand),
                    UnaryOp::PostIncrement => step(1, true, operand),
                    UnaryOp::PostDecrement => step(-1, true, operand),
                    op => ExprKind::Unary(*op, operand),
                }
            }
            ast::ExprKind::Binary { op, case_sensitive, operands } => {
                let operands = self.pair(operands);
                match op {
                    BinaryOp::And => ExprKind::And(operands),
                    BinaryOp::Or => ExprKind::Or(operands),
                    BinaryOp::Coalesce => ExprKind::Coalesce(operands),
                    op => ExprKind::Binary { op: *op, case_sensitive: *case_sensitive, operands },
                }
            }
            ast::ExprKind::Ternary(parts) => {
                ExprKind::Ternary(Box::new((self.expr(&parts.0), self.expr(&parts.1), self.expr(&parts.2))))
            }
            ast::ExprKind::Type(name) => ExprKind::Type(TypeRef::new(name)),
            ast::ExprKind::Attributed(attribute, operand) => {
                let attribute = self.attributes(std::slice::from_ref(attribute)).into_vec().pop();
                let operand = Box::new(self.expr(operand));
                match attribute {
                    Some(attribute) => ExprKind::Attributed(Box::new(attribute), operand),
                    None => operand.kind,
                }
            }
            ast::ExprKind::Cast(name, operand) => {
                ExprKind::Cast(TypeRef::new(name), Box::new(self.expr(operand)))
            }
            ast::ExprKind::Member { target, name, arguments, is_static, null_conditional } => {
                let target = Box::new(self.expr(target));
                let name = match &name.kind {
                    ast::ExprKind::Text { text, .. } => Name::Static(text.clone()),
                    _ => Name::Dynamic(Box::new(self.expr(name))),
                };
                let (is_static, null_conditional) = (*is_static, *null_conditional);
                match arguments {
                    Some(arguments) => {
                        let arguments = self.exprs(arguments);
                        ExprKind::Call { target, name, arguments, is_static, null_conditional }
                    }
                    None => ExprKind::Member { target, name, is_static, null_conditional },
                }
            }
            ast::ExprKind::Index { target, index, null_conditional } => ExprKind::Index {
                target: Box::new(self.expr(target)),
                index: Box::new(self.expr(index)),
                null_conditional: *null_conditional,
            },
        }
    }
}

fn is_step(expr: &Expr) -> bool {
    matches!(expr.kind, ExprKind::Step { .. })
}
