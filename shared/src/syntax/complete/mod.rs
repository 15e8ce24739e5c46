//! What is being typed: from a text and a cursor to what could stand there, as far as the text alone can say.
//!
//! The text up to the cursor is parsed. What is unfinished there, and only that, ends at the cursor, so everything around
//! the cursor is found on the way down the last branch of the tree. Which names there are (commands, their parameters,
//! properties) is known elsewhere.

mod around;
mod names;
mod word;

use std::collections::HashSet;

use self::{around::Around, names::Names};
use super::{
    Parse,
    ast::{Argument, Command, Element, ElementKind, Expr, ExprKind, StatementKind},
    brackets::bracket_pairs,
    parse,
    token::{Span, Token, TokenKind},
};

/// What stands at a cursor.
#[derive(Clone, Debug, PartialEq)]
pub struct Context {
    /// What a completion replaces: the whole word that the cursor is in or behind.
    pub span: Span,
    /// What was typed of it before the cursor, without quotes, hyphens and dollar signs.
    pub typed: String,
    /// What could stand there.
    pub target: Target,
}

/// What could stand at a cursor.
#[derive(Clone, Debug, PartialEq)]
pub enum Target {
    /// Nothing that has names: a comment, a number, free text.
    Nothing,
    /// A command's name or a word of the language. `upstream` is what feeds it through a pipe.
    Command {
        /// Names of the commands before it in the pipeline, variables with their `$`.
        upstream: Vec<String>,
    },
    /// A parameter's name.
    Parameter {
        /// Of which command.
        command: String,
        /// Parameters that were written already.
        given: Vec<String>,
    },
    /// An argument.
    Value {
        /// Of which command.
        command: String,
        /// The parameter right before it. If that one takes no value, this is a positional argument.
        parameter: Option<String>,
        /// How many arguments without a parameter before them precede it.
        position: usize,
        /// Parameters that were written already.
        given: Vec<String>,
    },
    /// The name of a property that objects in the pipeline have.
    Property {
        /// What the objects come from: commands and variables before this one in the pipeline.
        upstream: Vec<String>,
        /// The command that asks for it.
        command: String,
    },
    /// A variable's name.
    Variable {
        /// What is before the colon.
        scope: Option<String>,
        /// Names that the text before the cursor gives a value, in order of appearance.
        known: Vec<String>,
    },
    /// A member of something.
    Member {
        /// Of what.
        of: MemberOf,
        /// Whether it is behind two colons.
        is_static: bool,
    },
    /// A key of a hash table.
    Key {
        /// Keys that are there already.
        known: Vec<String>,
        /// The command that the table is an argument of, or a cast before it.
        of: Option<String>,
    },
    /// A type's name.
    Type,
    /// A file of the workspace.
    File,
}

/// What a member belongs to.
#[derive(Clone, Debug, PartialEq)]
pub enum MemberOf {
    /// The object that goes through the pipeline (`$_`), with what it comes from.
    Pipeline(Vec<String>),
    /// A variable, with the commands that its value comes from, if the text says so.
    Variable(String, Vec<String>),
    /// A type.
    Type(String),
    /// Any other expression.
    Expression,
}

/// Commands whose arguments name properties of what comes through the pipeline, and their parameters that do.
const PROPERTY_COMMANDS: [&str; 26] = [
    "select-object",
    "select",
    "sort-object",
    "sort",
    "group-object",
    "group",
    "measure-object",
    "measure",
    "format-table",
    "ft",
    "format-list",
    "fl",
    "format-wide",
    "fw",
    "where-object",
    "where",
    "?",
    "foreach-object",
    "foreach",
    "%",
    "convertto-html",
    "compare-object",
    "compare",
    "diff",
    "format-custom",
    "fc",
];
const PROPERTY_PARAMETERS: [&str; 5] =
    ["property", "expandproperty", "excludeproperty", "groupby", "membername"];

/// Says what stands at a cursor, which is a position in bytes.
pub fn context(text: &str, cursor: usize) -> Context {
    let mut cursor = cursor.min(text.len());
    while !text.is_char_boundary(cursor) {
        cursor -= 1;
    }
    let before = text.get(..cursor).unwrap_or("");
    let parsed = parse(before);
    let mut found = Finder::new(before, &parsed).find();
    // The rest of the word behind the cursor is replaced as well.
    if (found.span.start as usize) < cursor && cursor < text.len() {
        let whole = parse(text);
        let at = whole.tokens.partition_point(|token| token.span.end as usize <= cursor);
        if let Some(token) = whole.tokens.get(at)
            && (token.span.start as usize) < cursor
            && !token.kind.is_blank()
            && token.kind != TokenKind::String
        {
            found.span.end = token.span.end;
        }
    }
    found
}

struct Finder<'a> {
    text: &'a str,
    parsed: &'a Parse,
    /// Opening brackets that are closed before the cursor.
    closed: HashSet<u32>,
    /// Where the last token that is not blank ends.
    end: u32,
    /// Constructs around the cursor, the innermost last.
    around: Vec<Around<'a>>,
}

impl<'a> Finder<'a> {
    fn new(text: &'a str, parsed: &'a Parse) -> Self {
        let closed = bracket_pairs(text, &parsed.tokens).into_iter().map(|(open, _)| open.start).collect();
        let solid = parsed.tokens.iter().rev().find(|token| !token.kind.is_blank());
        let end = solid.map_or(0, |token| token.span.end);
        Self { text, parsed, closed, end, around: Vec::new() }
    }

    fn find(mut self) -> Context {
        let parsed = self.parsed;
        self.script_block(&parsed.tree);
        let cursor = self.text.len() as u32;
        let here =
            |target| Context { span: Span { start: cursor, end: cursor }, typed: String::new(), target };
        let Some(last) = parsed.tokens.last() else { return here(self.command()) };
        let typed = last.span.text(self.text);
        let within = |from: usize, target| {
            let typed = typed.get(from..).unwrap_or("");
            let start = last.span.end - typed.len() as u32;
            Context { span: Span { start, end: cursor }, typed: typed.to_owned(), target }
        };
        match last.kind {
            _ if typed.ends_with('$') && !last.kind.is_blank() && last.kind != TokenKind::Variable => {
                let mut found = here(Target::Variable { scope: None, known: self.assigned() });
                found.span.start = cursor - 1;
                found
            }
            TokenKind::Comment if !typed.ends_with("#>") => here(Target::Nothing),
            TokenKind::Variable => self.variable(last),
            TokenKind::Member => within(0, self.member()),
            TokenKind::Type => within(0, Target::Type),
            TokenKind::Key => within(0, self.key()),
            TokenKind::Parameter if typed.ends_with(':') => here(self.argument()),
            TokenKind::Parameter => {
                let hyphen = typed.chars().next().map_or(0, char::len_utf8);
                let mut found = within(hyphen, self.parameter());
                found.span.start = last.span.start;
                found
            }
            TokenKind::Command | TokenKind::Argument if typed == "[" => here(Target::Type),
            TokenKind::Command | TokenKind::Keyword => within(0, self.command()),
            TokenKind::Argument if typed == "-" => {
                let mut found = here(self.parameter());
                found.span.start = last.span.start;
                found
            }
            TokenKind::Argument | TokenKind::String => self.word(),
            TokenKind::Number | TokenKind::Label | TokenKind::Unknown => within(0, Target::Nothing),
            _ => here(self.gap(last)),
        }
    }

    /// What stands where nothing was typed yet.
    fn gap(&self, last: &Token) -> Target {
        let behind = self.parsed.tokens.iter().rev().find(|token| !token.kind.is_blank());
        let sign = behind.map_or("", |token| token.span.text(self.text));
        let blank = last.kind.is_blank();
        let broken = self
            .parsed
            .tokens
            .iter()
            .rev()
            .take_while(|token| token.kind.is_blank())
            .any(|token| token.kind == TokenKind::Newline);
        match sign {
            "." | "::" | "?." if !blank => return self.member(),
            "[" if !blank
                && !matches!(
                    self.around.last(),
                    Some(Around::Expr(Expr { kind: ExprKind::Index { .. }, .. }))
                ) =>
            {
                return Target::Type;
            }
            "@{" => return self.key(),
            "|" => return self.command(),
            "&&" | "||" | "&" | "{" | "$(" | "@(" | "=" => return Target::Command { upstream: Vec::new() },
            "(" => {
                return match self.around.last() {
                    Some(Around::Expr(Expr { kind: ExprKind::Member { .. }, .. })) => Target::Nothing,
                    _ => Target::Command { upstream: Vec::new() },
                };
            }
            _ => {}
        }
        if behind.is_some_and(|token| token.kind == TokenKind::Redirection) {
            return Target::File;
        }
        let ended = broken || sign == ";" || behind.is_none();
        if ended {
            return match self.around.last() {
                Some(Around::Hash(_)) => self.key(),
                // A comma or an operator goes on in the next line.
                _ if matches!(sign, ",") => self.argument(),
                _ => self.command(),
            };
        }
        if !blank && sign != "," {
            return Target::Nothing;
        }
        self.argument()
    }

    /// The names before the last element of the innermost pipeline.
    fn upstream(&self) -> Vec<String> {
        match self.around.last() {
            Some(Around::Element(elements)) => self.sources(elements),
            _ => Vec::new(),
        }
    }

    fn sources(&self, elements: &[Element]) -> Vec<String> {
        let whole = elements.last().is_none_or(|last| last.span.end < self.end);
        let before = if whole { elements } else { elements.get(..elements.len() - 1).unwrap_or(&[]) };
        sources(before)
    }

    fn command(&self) -> Target {
        Target::Command { upstream: self.upstream() }
    }

    /// The command that the cursor is an argument of, with the elements before it.
    fn innermost(&self) -> Option<(&'a Command, &'a [Element])> {
        match self.around.last() {
            Some(Around::Element(elements)) => match &elements.last()?.kind {
                ElementKind::Command(command) => Some((command, elements)),
                ElementKind::Expr(_) => None,
            },
            _ => None,
        }
    }

    fn parameter(&self) -> Target {
        let Some((command, _)) = self.innermost() else { return Target::Nothing };
        let mut given = given(command);
        let typing = self.parsed.tokens.last().is_some_and(|last| last.kind == TokenKind::Parameter);
        if typing {
            given.pop();
        }
        Target::Parameter { command: name(command), given }
    }

    /// An argument that begins at the cursor, or that is being typed there.
    fn argument(&self) -> Target {
        let Some((command, elements)) = self.innermost() else { return Target::Nothing };
        let mut parameter = None;
        let mut position = 0;
        for argument in &command.arguments {
            match argument {
                Argument::Parameter { name, value, span } => {
                    let open = value.as_ref().is_none_or(|value| {
                        value.span.end >= self.end || matches!(value.kind, ExprKind::Missing)
                    });
                    parameter = (value.is_none() || open && span.end >= self.end).then(|| name.clone());
                }
                // A value that ends at the cursor is the one that is being typed, and so is one with a comma behind it.
                Argument::Value(value) if value.span.end >= self.end && self.is_typing(value) => {}
                Argument::Value(_) => {
                    position += usize::from(parameter.take().is_none());
                }
            }
        }
        let command_name = name(command);
        let lower = command_name.to_lowercase();
        let asks = match &parameter {
            None => position == 0,
            Some(parameter) => {
                let parameter = parameter.to_lowercase();
                PROPERTY_PARAMETERS.iter().any(|known| known.starts_with(&parameter))
            }
        };
        if asks && PROPERTY_COMMANDS.contains(&lower.as_str()) && elements.len() > 1 {
            return Target::Property { upstream: self.sources(elements), command: command_name };
        }
        Target::Value { command: command_name, parameter, position, given: given(command) }
    }

    fn is_typing(&self, value: &Expr) -> bool {
        let cursor = self.text.len() as u32;
        let open_list = matches!(&value.kind, ExprKind::List(items)
            if items.last().is_some_and(|last| matches!(last.kind, ExprKind::Missing)));
        open_list || self.end == cursor
    }

    fn key(&self) -> Target {
        let mut around = self.around.iter().rev();
        let Some(Around::Hash(entries)) = around.next() else { return Target::Nothing };
        let typing = self.parsed.tokens.last().is_some_and(|last| last.kind == TokenKind::Key);
        let known = entries
            .iter()
            .filter(|(key, _)| !(typing && key.span.end >= self.end))
            .filter_map(|(key, _)| match &key.kind {
                ExprKind::Text { text, .. } => Some(text.as_str().to_owned()),
                _ => None,
            })
            .collect();
        let of = around.find_map(|around| match around {
            Around::Cast(name) => Some(Some((*name).to_owned())),
            Around::Element(elements) => Some(match &elements.last()?.kind {
                ElementKind::Command(command) => Some(name(command)),
                ElementKind::Expr(_) => None,
            }),
            Around::Expr(_) | Around::Hash(_) => None,
            Around::ScriptBlock => Some(None),
        });
        Target::Key { known, of: of.flatten() }
    }

    /// The member that is being typed.
    fn member(&self) -> Target {
        let found = self.around.iter().rev().find_map(|around| match around {
            Around::Expr(Expr { kind: ExprKind::Member { target, is_static, .. }, .. }) => {
                Some((&**target, *is_static))
            }
            _ => None,
        });
        let Some((target, is_static)) = found else {
            return Target::Member { of: MemberOf::Expression, is_static: false };
        };
        let of = match &target.kind {
            ExprKind::Type(name) => MemberOf::Type(name.clone()),
            ExprKind::Variable(variable)
                if matches!(variable.name.to_lowercase().as_str(), "_" | "psitem") =>
            {
                MemberOf::Pipeline(self.pipeline_object())
            }
            ExprKind::Variable(variable) => {
                MemberOf::Variable(variable.name.clone(), self.assigned_from(&variable.name))
            }
            _ => MemberOf::Expression,
        };
        Target::Member { of, is_static }
    }

    /// What the object comes from that a script block sees as `$_`.
    fn pipeline_object(&self) -> Vec<String> {
        let mut around = self.around.iter().rev().skip_while(|around| !matches!(around, Around::ScriptBlock));
        around
            .find_map(|around| match around {
                Around::Element(elements) => match elements.split_last()? {
                    (Element { kind: ElementKind::Command(_), .. }, before) => Some(sources(before)),
                    _ => None,
                },
                _ => None,
            })
            .unwrap_or_default()
    }

    /// Variables that get a value before the cursor.
    fn assigned(&self) -> Vec<String> {
        let mut names = Names::default();
        names.script_block(&self.parsed.tree);
        if self.end == self.text.len() as u32 {
            names.found.retain(|(_, span, _)| span.end < self.end);
        }
        let mut seen = HashSet::new();
        names
            .found
            .into_iter()
            .map(|(name, ..)| name)
            .filter(|name| seen.insert(name.to_lowercase()))
            .collect()
    }

    fn assigned_from(&self, name: &str) -> Vec<String> {
        let mut names = Names::default();
        names.script_block(&self.parsed.tree);
        let last = names.found.into_iter().rev().find(|(found, ..)| found.eq_ignore_ascii_case(name));
        last.map(|(_, _, from)| from).unwrap_or_default()
    }
}

/// Commands that let objects through as they came.
const PASSING: [&str; 8] =
    ["where-object", "where", "?", "sort-object", "sort", "get-unique", "tee-object", "tee"];

/// The command or variable (with its `$`) whose objects a line gives as they came, if it is one pipeline of that kind.
pub fn gives(text: &str) -> Option<String> {
    let parsed = parse(text);
    let [statement] = parsed.tree.body.statements.as_slice() else { return None };
    let StatementKind::Pipeline(elements) = &statement.kind else { return None };
    let names = sources(elements);
    let (first, rest) = names.split_first().filter(|_| names.len() == elements.len())?;
    rest.iter().all(|name| PASSING.contains(&name.to_lowercase().as_str())).then(|| first.clone())
}

/// The names of what elements are: commands and variables.
fn sources(elements: &[Element]) -> Vec<String> {
    let of = |element: &Element| match &element.kind {
        ElementKind::Command(command) => Some(name(command)),
        ElementKind::Expr(Expr { kind: ExprKind::Variable(variable), .. }) => {
            Some(format!("${}", variable.name))
        }
        ElementKind::Expr(Expr { kind: ExprKind::Paren(statement), .. }) => match &statement.kind {
            StatementKind::Pipeline(inner) => sources(inner).pop(),
            _ => None,
        },
        ElementKind::Expr(_) => None,
    };
    elements.iter().filter_map(of).collect()
}

fn name(command: &Command) -> String {
    match &command.name.kind {
        ExprKind::Text { text, .. } => text.as_str().to_owned(),
        _ => String::new(),
    }
}

fn given(command: &Command) -> Vec<String> {
    let parameter = |argument: &Argument| match argument {
        Argument::Parameter { name, .. } => Some(name.clone()),
        Argument::Value(_) => None,
    };
    command.arguments.iter().filter_map(parameter).collect()
}

#[cfg(test)]
mod tests;
