//! Code in the form that is run: the tree with names interned, literals made and types resolved, shared by `Rc`.

mod lower;
mod names;

use std::{cell::OnceCell, fmt, rc::Rc};

pub(crate) use self::{
    lower::lower,
    names::{Sym, known as known_names},
};
use crate::{
    interp::{Scope, Signature},
    value::{Type, Value},
};
pub(crate) use postern_shared::syntax::Span;
use postern_shared::{
    syntax::ast::{BinaryOp, UnaryOp},
    value::PsStr,
};

/// A text that code came from.
#[derive(Debug, Default)]
pub struct Source {
    /// The file's name, empty for what was typed.
    pub name: PsStr,
    /// The text.
    pub text: String,
    /// Byte positions at which lines begin, found when first asked for.
    lines: OnceCell<Vec<u32>>,
}

impl Source {
    /// A text with the name of its file, if it has one.
    pub fn new(name: impl Into<PsStr>, text: impl Into<String>) -> Rc<Self> {
        Rc::new(Self { name: name.into(), text: text.into(), lines: OnceCell::new() })
    }

    /// Line and column (both from 1, the column in characters) of a byte position.
    pub fn line_and_column(&self, at: u32) -> (usize, usize) {
        let lines = self.lines.get_or_init(|| {
            let starts = self.text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
            std::iter::once(0).chain(starts.map(|(at, _)| at as u32 + 1)).collect()
        });
        let line = lines.partition_point(|start| *start <= at).max(1);
        let start = lines.get(line - 1).copied().unwrap_or(0);
        let column = self.text.get(start as usize..at as usize).map_or(0, |text| text.chars().count());
        (line, column + 1)
    }

    /// The text of a line, by its number from 1.
    pub fn line(&self, number: usize) -> &str {
        self.text.lines().nth(number.saturating_sub(1)).unwrap_or("")
    }
}

/// A script block as a value.
pub struct ScriptBlock {
    /// Its code.
    pub(crate) code: Rc<Code>,
    /// The variables of a closure.
    pub(crate) captured: Option<Rc<Scope>>,
}

impl ScriptBlock {
    /// A script block.
    pub(crate) fn new(code: Rc<Code>) -> Rc<Self> {
        Rc::new(Self { code, captured: None })
    }

    /// The text between its braces.
    pub fn text(&self) -> &str {
        self.code.span.text(&self.code.source.text)
    }
}

impl fmt::Debug for ScriptBlock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{{{}}}", self.text())
    }
}

/// A script block's or a function's code.
#[derive(Debug)]
pub(crate) struct Code {
    pub(crate) source: Rc<Source>,
    /// The text between the braces.
    pub(crate) span: Span,
    pub(crate) attributes: Box<[AttributeCode]>,
    pub(crate) params: Box<[ParamCode]>,
    pub(crate) begin: Option<Block>,
    pub(crate) process: Option<Block>,
    pub(crate) end: Option<Block>,
    /// Whether it mentions `$input`.
    pub(crate) uses_input: bool,
    /// Whether it mentions `$PSBoundParameters`.
    pub(crate) uses_bound: bool,
    /// Its parameters as the binder takes them, made at the first call.
    pub(crate) signature: OnceCell<Rc<Signature>>,
}

impl Code {
    /// Whether it has `[CmdletBinding()]` or a parameter with `[Parameter()]`.
    pub(crate) fn is_advanced(&self) -> bool {
        self.attributes.iter().any(|attribute| attribute.is("CmdletBinding"))
            || self
                .params
                .iter()
                .any(|param| param.attributes.iter().any(|attribute| attribute.is("Parameter")))
    }
}

/// A parameter of a script block.
#[derive(Debug)]
pub(crate) struct ParamCode {
    pub(crate) name: PsStr,
    pub(crate) sym: Sym,
    /// Type names, in order; the last applies first.
    pub(crate) types: Box<[TypeRef]>,
    pub(crate) attributes: Box<[AttributeCode]>,
    pub(crate) default: Option<Expr>,
}

/// An attribute with arguments.
#[derive(Debug)]
pub(crate) struct AttributeCode {
    pub(crate) name: PsStr,
    /// Names and values; a name without a value is on.
    pub(crate) arguments: Box<[(Option<PsStr>, Option<Expr>)]>,
}

impl AttributeCode {
    /// Whether it is the attribute of that name.
    pub(crate) fn is(&self, name: &str) -> bool {
        let own = self.name.as_str();
        let own = own.rsplit('.').next().unwrap_or(own);
        own.eq_ignore_ascii_case(name)
            || own.len() > 9
                && own.is_char_boundary(own.len() - 9)
                && own[own.len() - 9..].eq_ignore_ascii_case("Attribute")
                && own[..own.len() - 9].eq_ignore_ascii_case(name)
    }
}

/// A list of statements.
#[derive(Debug, Default)]
pub(crate) struct Block {
    pub(crate) statements: Box<[Stmt]>,
    /// `trap`s: the type, if one is given, and what to do.
    pub(crate) traps: Box<[(Option<TypeRef>, Block)]>,
}

#[derive(Debug)]
pub(crate) struct Stmt {
    pub(crate) kind: StmtKind,
    pub(crate) span: Span,
}

#[derive(Debug)]
pub(crate) enum StmtKind {
    /// An expression whose value is output.
    Expr(Expr),
    /// `$i++` as a statement: gives nothing.
    Silent(Expr),
    /// One command.
    Command(Box<CommandCode>),
    /// Several elements, or one with redirections.
    Pipeline(Box<[ElementCode]>),
    /// `true` stands for `&&`.
    Chain(Box<[(bool, Stmt)]>),
    Assign {
        target: Expr,
        op: Option<BinaryOp>,
        value: Box<Stmt>,
    },
    If {
        branches: Box<[(Stmt, Block)]>,
        otherwise: Option<Block>,
    },
    ForEach {
        label: Option<Sym>,
        variable: Expr,
        values: Box<Stmt>,
        body: Block,
    },
    For {
        label: Option<Sym>,
        start: Option<Box<Stmt>>,
        condition: Option<Box<Stmt>>,
        step: Option<Box<Stmt>>,
        body: Block,
    },
    While {
        label: Option<Sym>,
        condition: Box<Stmt>,
        body_first: bool,
        until: bool,
        body: Block,
    },
    Switch(Box<SwitchCode>),
    Try(Box<TryCode>),
    Function {
        name: PsStr,
        filter: bool,
        code: Rc<Code>,
    },
    Return(Option<Box<Stmt>>),
    Throw(Option<Box<Stmt>>),
    Exit(Option<Box<Stmt>>),
    Break(Option<Expr>),
    Continue(Option<Expr>),
    Refused(PsStr),
}

#[derive(Debug)]
pub(crate) struct SwitchCode {
    pub(crate) label: Option<Sym>,
    pub(crate) mode: SwitchMode,
    pub(crate) case_sensitive: bool,
    pub(crate) file: bool,
    pub(crate) values: Stmt,
    pub(crate) cases: Box<[(Option<Expr>, Block)]>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SwitchMode {
    Exact,
    Wildcard,
    Regex,
}

#[derive(Debug)]
pub(crate) struct TryCode {
    pub(crate) body: Block,
    pub(crate) catches: Box<[(Box<[TypeRef]>, Block)]>,
    pub(crate) finally: Option<Block>,
}

#[derive(Debug)]
pub(crate) struct ElementCode {
    pub(crate) kind: ElementKind,
    pub(crate) redirections: Box<[RedirectionCode]>,
}

#[derive(Debug)]
pub(crate) enum ElementKind {
    Expr(Expr),
    Command(CommandCode),
}

#[derive(Debug)]
pub(crate) struct RedirectionCode {
    /// The stream's number; 0 for all.
    pub(crate) from: u8,
    pub(crate) append: bool,
    /// `None` merges into the output.
    pub(crate) target: Option<Expr>,
}

#[derive(Debug)]
pub(crate) struct CommandCode {
    /// Whether it was called with `.`, which makes no scope.
    pub(crate) dot: bool,
    pub(crate) name: CommandName,
    pub(crate) arguments: Box<[ArgCode]>,
    pub(crate) span: Span,
    /// The name's place, for messages.
    pub(crate) name_span: Span,
    pub(crate) source: Rc<Source>,
}

#[derive(Debug)]
pub(crate) enum CommandName {
    Static(Sym, PsStr),
    Dynamic(Expr),
}

#[derive(Debug)]
pub(crate) enum ArgCode {
    Param { name: PsStr, value: Option<Expr>, text: PsStr },
    Value(Expr),
    Splat(Var),
}

/// A type as a script wrote it.
#[derive(Clone, Debug)]
pub(crate) struct TypeRef {
    pub(crate) name: PsStr,
    pub(crate) ty: Option<Type>,
}

impl TypeRef {
    pub(crate) fn new(name: &str) -> Self {
        Self { name: name.into(), ty: Type::parse(name) }
    }
}

#[derive(Debug)]
pub(crate) struct Expr {
    pub(crate) kind: ExprKind,
    /// Where it stands, for what a debugger or a finer position may ask.
    #[expect(dead_code, reason = "positions of errors are those of statements and commands so far")]
    pub(crate) span: Span,
}

#[derive(Debug)]
pub(crate) enum ExprKind {
    Const(Value),
    Var(Var),
    Expand(Box<[Part]>),
    List(Box<[Expr]>),
    /// `@( … )`.
    Array(Block),
    /// `$( … )`.
    Sub(Block),
    Paren(Box<Stmt>),
    Hash(Box<[(Expr, Stmt)]>),
    Block(Rc<Code>),
    Unary(UnaryOp, Box<Expr>),
    /// `++` and `--`: by how much, and whether the value before is the result.
    Step {
        target: Box<Expr>,
        by: i32,
        post: bool,
    },
    And(Box<(Expr, Expr)>),
    Or(Box<(Expr, Expr)>),
    Coalesce(Box<(Expr, Expr)>),
    Binary {
        op: BinaryOp,
        case_sensitive: bool,
        operands: Box<(Expr, Expr)>,
    },
    Ternary(Box<(Expr, Expr, Expr)>),
    Type(TypeRef),
    Cast(TypeRef, Box<Expr>),
    /// `[ValidateSet(…)]$x` on the left of an assignment.
    Attributed(Box<AttributeCode>, Box<Expr>),
    Member {
        target: Box<Expr>,
        name: Name,
        is_static: bool,
        null_conditional: bool,
    },
    Call {
        target: Box<Expr>,
        name: Name,
        arguments: Box<[Expr]>,
        is_static: bool,
        null_conditional: bool,
    },
    Index {
        target: Box<Expr>,
        index: Box<Expr>,
        null_conditional: bool,
    },
}

/// A member's name.
#[derive(Debug)]
pub(crate) enum Name {
    Static(PsStr),
    Dynamic(Box<Expr>),
}

#[derive(Debug)]
pub(crate) enum Part {
    Text(PsStr),
    Expr(Expr),
}

/// A variable.
#[derive(Clone, Debug)]
pub(crate) struct Var {
    pub(crate) sym: Sym,
    pub(crate) name: PsStr,
    pub(crate) scope: VarScope,
}

/// Where a variable is looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum VarScope {
    Default,
    Local,
    Script,
    Global,
    Private,
    Env,
    /// `$_`.
    Under,
    /// `function:`, `variable:`, `alias:`, or a drive that there is not.
    Drive(PsStr),
}
