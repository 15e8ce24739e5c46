//! The tree: what a text means, with the position of every part.

use super::token::Span;
use crate::value::{PsStr, PsValue};

/// A list of statements: a whole text, or what is between two brackets.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Block {
    /// The statements in order.
    pub statements: Vec<Statement>,
    /// From the first byte to the last, without the brackets.
    pub span: Span,
}

/// A statement.
#[derive(Clone, Debug, PartialEq)]
pub struct Statement {
    /// What it is.
    pub kind: StatementKind,
    /// Where it stands.
    pub span: Span,
}

/// What a statement is.
#[derive(Clone, Debug, PartialEq)]
pub enum StatementKind {
    /// One or more elements with `|` between them.
    Pipeline(Vec<Element>),
    /// Pipelines with `&&` or `||` between them; `true` stands for `&&`. The first pipeline's flag means nothing.
    Chain(Vec<(bool, Statement)>),
    /// `target = value` and its relatives.
    Assignment {
        /// What is assigned to.
        target: Expr,
        /// The operation of `+=` and so on; `None` for `=`.
        operator: Option<BinaryOp>,
        /// What is assigned.
        value: Box<Statement>,
    },
    /// `if`, its `elseif`s and its `else`.
    If {
        /// Conditions and what to do.
        branches: Vec<(Statement, Block)>,
        /// What to do if no condition holds.
        otherwise: Option<Block>,
    },
    /// `foreach ($variable in values) { … }`.
    ForEach {
        /// The loop's label.
        label: Option<String>,
        /// The variable.
        variable: Expr,
        /// What it takes one after the other.
        values: Box<Statement>,
        /// The loop.
        body: Block,
    },
    /// `for (start; condition; step) { … }`.
    For {
        /// The loop's label.
        label: Option<String>,
        /// Before the first round.
        start: Option<Box<Statement>>,
        /// Whether there is a round more.
        condition: Option<Box<Statement>>,
        /// After each round.
        step: Option<Box<Statement>>,
        /// The loop.
        body: Block,
    },
    /// `while (condition) { … }`, `do { … } while (condition)`, `do { … } until (condition)`.
    While {
        /// The loop's label.
        label: Option<String>,
        /// The condition.
        condition: Box<Statement>,
        /// Whether the body comes first.
        body_first: bool,
        /// Whether the loop ends when the condition holds.
        until: bool,
        /// The loop.
        body: Block,
    },
    /// `switch`.
    Switch {
        /// The loop's label.
        label: Option<String>,
        /// Its parameters in lower case, for example `regex`.
        flags: Vec<String>,
        /// What is compared.
        values: Box<Statement>,
        /// What it is compared with; `None` for `default`.
        cases: Vec<(Option<Expr>, Block)>,
    },
    /// `try`, its `catch`es with their type names, its `finally`.
    Try {
        /// What is tried.
        body: Block,
        /// Type names (none for all) and what to do.
        catches: Vec<(Vec<String>, Block)>,
        /// What is done in any case.
        finally: Option<Block>,
    },
    /// `function` or `filter`.
    Function {
        /// Whether it is a filter.
        filter: bool,
        /// Its name.
        name: String,
        /// Parameters between parentheses and the body.
        body: ScriptBlock,
    },
    /// `return`, `throw`, `exit`, `break`, `continue`, with the word and what follows it.
    Leave {
        /// The word in lower case.
        keyword: &'static str,
        /// Value or label.
        value: Option<Box<Statement>>,
    },
    /// `trap`.
    Trap(Option<String>, Block),
    /// A construct that this console does not have, by its word (`class`, `using`, …).
    Refused(String),
}

/// An element of a pipeline.
#[derive(Clone, Debug, PartialEq)]
pub struct Element {
    /// What it is.
    pub kind: ElementKind,
    /// Redirections behind it.
    pub redirections: Vec<Redirection>,
    /// Where it stands.
    pub span: Span,
}

/// What an element of a pipeline is.
#[derive(Clone, Debug, PartialEq)]
pub enum ElementKind {
    /// An expression.
    Expr(Expr),
    /// A command.
    Command(Command),
}

/// A redirection.
#[derive(Clone, Debug, PartialEq)]
pub struct Redirection {
    /// The sign, for example `2>&1`.
    pub sign: String,
    /// The file; `None` for a merge.
    pub target: Option<Expr>,
    /// Where it stands.
    pub span: Span,
}

/// A command with its arguments.
#[derive(Clone, Debug, PartialEq)]
pub struct Command {
    /// `&` or `.` before it.
    pub invocation: Option<char>,
    /// Its name: a bare word, or any expression behind `&`.
    pub name: Expr,
    /// Parameters and arguments in order.
    pub arguments: Vec<Argument>,
}

/// A parameter or an argument.
#[derive(Clone, Debug, PartialEq)]
pub enum Argument {
    /// `-Name` or `-Name:value`.
    Parameter {
        /// The name without hyphen and colon.
        name: String,
        /// The value behind a colon. Without a colon the next argument may be the value: the command decides.
        value: Option<Expr>,
        /// Where it stands.
        span: Span,
    },
    /// A value.
    Value(Expr),
}

/// An expression.
#[derive(Clone, Debug, PartialEq)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Where it stands.
    pub span: Span,
}

impl Expr {
    /// Whether it is this word, without quotes and without regard to case.
    pub fn is_bare_word(&self, word: &str) -> bool {
        matches!(&self.kind, ExprKind::Text { text, bare: true } if text.as_str().eq_ignore_ascii_case(word))
    }
}

impl From<Expr> for Statement {
    fn from(expr: Expr) -> Self {
        let span = expr.span;
        let element = Element { kind: ElementKind::Expr(expr), redirections: Vec::new(), span };
        Self { kind: StatementKind::Pipeline(vec![element]), span }
    }
}

/// What an expression is.
#[derive(Clone, Debug, PartialEq)]
pub enum ExprKind {
    /// Nothing, where something should be; an error says so.
    Missing,
    /// A number.
    Number(PsValue),
    /// A string without variables in it.
    Text {
        /// The text.
        text: PsStr,
        /// Whether it had no quotes.
        bare: bool,
    },
    /// A string with variables or expressions in it.
    Expandable {
        /// Its pieces in order.
        parts: Vec<Part>,
        /// Whether it had no quotes.
        bare: bool,
    },
    /// A variable.
    Variable(Variable),
    /// `a, b`.
    List(Vec<Expr>),
    /// `@( … )`.
    Array(Block),
    /// `$( … )`.
    Subexpression(Block),
    /// `( … )`.
    Paren(Box<Statement>),
    /// `@{ … }`.
    Hash(Vec<(Expr, Statement)>),
    /// `{ … }`.
    ScriptBlock(ScriptBlock),
    /// An operator before its operand.
    Unary(UnaryOp, Box<Expr>),
    /// An operator between its operands.
    Binary {
        /// Which one.
        op: BinaryOp,
        /// Whether it is the form that heeds case (`-ceq`).
        case_sensitive: bool,
        /// Left and right operand.
        operands: Box<(Expr, Expr)>,
    },
    /// `condition ? yes : no`.
    Ternary(Box<(Expr, Expr, Expr)>),
    /// `[type]`.
    Type(String),
    /// `[type] operand`.
    Cast(String, Box<Expr>),
    /// `[Attribute(…)] operand`.
    Attributed(Attribute, Box<Expr>),
    /// `target.name`, `[type]::name`.
    Member {
        /// Of what.
        target: Box<Expr>,
        /// The name; bare text as a rule.
        name: Box<Expr>,
        /// Arguments, if it is called.
        arguments: Option<Vec<Expr>>,
        /// Whether it is behind two colons.
        is_static: bool,
        /// Whether it is behind `?.`.
        null_conditional: bool,
    },
    /// `target[index]`.
    Index {
        /// Of what.
        target: Box<Expr>,
        /// Which item.
        index: Box<Expr>,
        /// Whether it is behind `?`.
        null_conditional: bool,
    },
}

/// A piece of an expandable string.
#[derive(Clone, Debug, PartialEq)]
pub enum Part {
    /// Text.
    Text(String),
    /// A variable or a subexpression.
    Expr(Expr),
}

/// A variable.
#[derive(Clone, Debug, PartialEq)]
pub struct Variable {
    /// What is before the colon, for example `script` or `env`.
    pub scope: Option<String>,
    /// Its name.
    pub name: String,
    /// Whether it was written with `@`.
    pub splat: bool,
}

/// A script block or a function's body.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ScriptBlock {
    /// Attributes before `param`, such as `[CmdletBinding()]`.
    pub attributes: Vec<Attribute>,
    /// Its parameters.
    pub parameters: Vec<ParameterDeclaration>,
    /// Whether it declares them with `param(…)`.
    pub has_param: bool,
    /// `begin`, `process`, `end`, … by their words in lower case; without any, the statements are the end block.
    pub named: Vec<(String, Block)>,
    /// The statements, if there are no named blocks.
    pub body: Block,
    /// The text between the braces.
    pub span: Span,
}

/// A parameter of a script block.
#[derive(Clone, Debug, PartialEq)]
pub struct ParameterDeclaration {
    /// Its name.
    pub name: String,
    /// Type names and attributes before it, in order.
    pub attributes: Vec<Attribute>,
    /// Its default value.
    pub default: Option<Expr>,
    /// Where it stands.
    pub span: Span,
}

/// `[type]` or `[Attribute(arguments)]`.
#[derive(Clone, Debug, PartialEq)]
pub struct Attribute {
    /// Its name.
    pub name: String,
    /// Arguments with their names; `None` for a type.
    pub arguments: Option<Vec<(Option<String>, Expr)>>,
}

/// An operator before (or, for two of them, behind) its operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum UnaryOp {
    /// `-`.
    Negate,
    /// `+`.
    Plus,
    /// `!` and `-not`.
    Not,
    /// `-bnot`.
    BitNot,
    /// `-join`.
    Join,
    /// `-split`.
    Split,
    /// `,`.
    Comma,
    /// `++x`.
    PreIncrement,
    /// `--x`.
    PreDecrement,
    /// `x++`.
    PostIncrement,
    /// `x--`.
    PostDecrement,
}

/// An operator between two operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "each is the operator of its name")]
pub enum BinaryOp {
    And,
    Or,
    Xor,
    BitAnd,
    BitOr,
    BitXor,
    ShiftLeft,
    ShiftRight,
    Eq,
    Ne,
    Gt,
    Ge,
    Lt,
    Le,
    Like,
    NotLike,
    Match,
    NotMatch,
    Contains,
    NotContains,
    In,
    NotIn,
    Replace,
    Split,
    Join,
    Is,
    IsNot,
    As,
    Coalesce,
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
    Format,
    Range,
}

impl BinaryOp {
    /// How tightly it binds; higher is tighter. The comma and all unary operators bind tighter still.
    pub(super) fn precedence(self) -> u8 {
        match self {
            Self::And | Self::Or | Self::Xor => 1,
            Self::BitAnd | Self::BitOr | Self::BitXor => 2,
            Self::Coalesce => 4,
            Self::Add | Self::Subtract => 5,
            Self::Multiply | Self::Divide | Self::Remainder => 6,
            Self::Format => 7,
            Self::Range => 8,
            _ => 3,
        }
    }
}

/// The operator that is a hyphen and this word, and whether the word says to heed case.
pub(super) fn dash_operator(word: &str) -> Option<(BinaryOp, bool)> {
    use BinaryOp::{
        And, As, BitAnd, BitOr, BitXor, Contains, Eq, Format, Ge, Gt, In, Is, IsNot, Join, Le, Like, Lt,
        Match, Ne, NotContains, NotIn, NotLike, NotMatch, Or, Replace, ShiftLeft, ShiftRight, Split, Xor,
    };
    let word = word.to_ascii_lowercase();
    let plain = match word.as_str() {
        "and" => And,
        "or" => Or,
        "xor" => Xor,
        "band" => BitAnd,
        "bor" => BitOr,
        "bxor" => BitXor,
        "shl" => ShiftLeft,
        "shr" => ShiftRight,
        "is" => Is,
        "isnot" => IsNot,
        "as" => As,
        "f" => Format,
        "join" => Join,
        _ => {
            // `in` and `contains` begin with the letters of the prefixes themselves.
            let find = |word: &str| {
                Some(match word {
                    "eq" => Eq,
                    "ne" => Ne,
                    "gt" => Gt,
                    "ge" => Ge,
                    "lt" => Lt,
                    "le" => Le,
                    "like" => Like,
                    "notlike" => NotLike,
                    "match" => Match,
                    "notmatch" => NotMatch,
                    "contains" => Contains,
                    "notcontains" => NotContains,
                    "in" => In,
                    "notin" => NotIn,
                    "replace" => Replace,
                    "split" => Split,
                    _ => return None,
                })
            };
            if let Some(op) = find(&word) {
                return Some((op, false));
            }
            let case_sensitive = word.starts_with('c');
            return find(word.strip_prefix(['c', 'i'])?).map(|op| (op, case_sensitive));
        }
    };
    Some((plain, false))
}
