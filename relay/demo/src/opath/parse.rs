//! The parser: recursive descent, `-or` weaker than `-and`.

use postern_shared::value::PsStr;

use super::{Filter, FilterError, Like, Literal, MAX_DEPTH, MAX_LENGTH, Node, Operator};

pub(super) fn parse(text: &str) -> Result<Filter, FilterError> {
    let fail = |position: usize| FilterError { filter: text.chars().take(MAX_LENGTH).collect(), position };
    if text.len() > MAX_LENGTH {
        return Err(fail(MAX_LENGTH));
    }
    let trimmed = text.trim();
    let inner = trimmed.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')).unwrap_or(text);
    let tokens = scan(inner).map_err(fail)?;
    let end = inner.trim_end().chars().count() + 1;
    let mut parser = Parser { tokens, at: 0, properties: Vec::new(), end };
    let root = parser.any(0).map_err(fail)?;
    match parser.tokens.get(parser.at) {
        None => Ok(Filter { root, properties: parser.properties }),
        Some((_, position)) => Err(fail(*position)),
    }
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Open,
    Close,
    /// `-and`, without the hyphen, in lower case.
    Operator(String),
    Quoted(String),
    Word(String),
}

/// The tokens with their positions, in characters from 1.
fn scan(text: &str) -> Result<Vec<(Token, usize)>, usize> {
    let mut tokens = Vec::new();
    let mut chars = text.chars().enumerate().peekable();
    while let Some((at, c)) = chars.next() {
        let token = match c {
            c if c.is_whitespace() => continue,
            '(' => Token::Open,
            ')' => Token::Close,
            '!' => Token::Operator("not".into()),
            '\'' | '"' => {
                let mut quoted = String::new();
                loop {
                    match chars.next() {
                        None => return Err(at + 1),
                        Some((_, next)) if next == c => {
                            // A doubled quote stands for itself.
                            if chars.next_if(|(_, next)| *next == c).is_none() {
                                break;
                            }
                            quoted.push(c);
                        }
                        Some((_, next)) => quoted.push(next),
                    }
                }
                Token::Quoted(quoted)
            }
            c => {
                let mut word = String::from(c);
                while let Some((_, next)) = chars
                    .next_if(|(_, next)| !next.is_whitespace() && !matches!(next, '(' | ')' | '\'' | '"'))
                {
                    word.push(next);
                }
                match word.strip_prefix('-') {
                    Some(name) if name.starts_with(|c: char| c.is_ascii_alphabetic()) => {
                        Token::Operator(name.to_ascii_lowercase())
                    }
                    _ => Token::Word(word),
                }
            }
        };
        tokens.push((token, at + 1));
    }
    Ok(tokens)
}

struct Parser {
    tokens: Vec<(Token, usize)>,
    at: usize,
    properties: Vec<PsStr>,
    /// Position behind the last character.
    end: usize,
}

impl Parser {
    fn any(&mut self, depth: usize) -> Result<Node, usize> {
        let mut left = self.all(depth)?;
        while self.takes("or") {
            left = Node::Or(Box::new(left), Box::new(self.all(depth)?));
        }
        Ok(left)
    }

    fn all(&mut self, depth: usize) -> Result<Node, usize> {
        let mut left = self.one(depth)?;
        while self.takes("and") {
            left = Node::And(Box::new(left), Box::new(self.one(depth)?));
        }
        Ok(left)
    }

    fn one(&mut self, depth: usize) -> Result<Node, usize> {
        if depth > MAX_DEPTH {
            return Err(self.position());
        }
        if self.takes("not") {
            return Ok(Node::Not(Box::new(self.one(depth + 1)?)));
        }
        if matches!(self.peek(), Some(Token::Open)) {
            self.at += 1;
            let inner = self.any(depth + 1)?;
            if !matches!(self.peek(), Some(Token::Close)) {
                return Err(self.position());
            }
            self.at += 1;
            return Ok(inner);
        }
        self.comparison()
    }

    fn comparison(&mut self) -> Result<Node, usize> {
        let Some(Token::Word(name)) = self.peek().cloned() else { return Err(self.position()) };
        self.at += 1;
        let operator = match self.peek() {
            Some(Token::Operator(operator)) => match operator.as_str() {
                "eq" => Operator::Equal,
                "ne" => Operator::NotEqual,
                "like" => Operator::Like,
                "notlike" => Operator::NotLike,
                "lt" => Operator::Less,
                "le" => Operator::LessOrEqual,
                "gt" => Operator::Greater,
                "ge" => Operator::GreaterOrEqual,
                _ => return Err(self.position()),
            },
            _ => return Err(self.position()),
        };
        self.at += 1;
        let value = match self.peek() {
            Some(Token::Quoted(text)) => text_literal(text),
            Some(Token::Word(word)) => match word.to_ascii_lowercase().as_str() {
                "$null" => Literal::Null,
                "$true" => text_literal("True"),
                "$false" => text_literal("False"),
                _ => text_literal(word),
            },
            _ => return Err(self.position()),
        };
        self.at += 1;
        let property = self.number(&name);
        Ok(Node::Compare { property, operator, value })
    }

    fn number(&mut self, name: &str) -> usize {
        let known = self.properties.iter().position(|own| own.eq_ignore_ascii_case(name));
        known.unwrap_or_else(|| {
            self.properties.push(name.into());
            self.properties.len() - 1
        })
    }

    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at).map(|(token, _)| token)
    }

    fn takes(&mut self, operator: &str) -> bool {
        let there = matches!(self.peek(), Some(Token::Operator(name)) if name == operator);
        self.at += usize::from(there);
        there
    }

    fn position(&self) -> usize {
        self.tokens.get(self.at).map_or(self.end, |(_, position)| *position)
    }
}

fn text_literal(text: &str) -> Literal {
    Literal::Text { text: text.into(), like: Like::new(text) }
}
