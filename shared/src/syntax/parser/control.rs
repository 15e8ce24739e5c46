//! Statements that choose, repeat and catch: `if`, `foreach`, `for`, `while`, `do`, `switch`, `try`, `trap`.

use super::{
    super::{
        ast::{Block, Expr, Statement, StatementKind},
        lexer::Kind,
        token::{Span, TokenKind},
    },
    Parser,
};

/// What is behind a keyword that was not read to its end.
const NOTHING: StatementKind = StatementKind::Pipeline(Vec::new());

/// The parameters of `switch`.
const SWITCH_FLAGS: [&str; 6] = ["regex", "wildcard", "exact", "casesensitive", "parallel", "file"];

impl Parser<'_> {
    /// A pipeline in parentheses or a loop's head.
    #[inline(never)]
    fn inner_pipeline(&mut self) -> Option<Statement> {
        self.blanks();
        let start = self.position as u32;
        let kind = self.pipeline_chain()?;
        Some(Statement { kind, span: self.trimmed(start) })
    }

    #[inline(never)]
    pub(super) fn if_statement(&mut self, mut keyword: Span) -> StatementKind {
        let mut branches: Vec<(Statement, Block)> = Vec::new();
        loop {
            let word = keyword.text(self.text).to_ascii_lowercase();
            self.newlines();
            let Some(open) = self.eat(Kind::OpenParen) else {
                let sentence = format!("The ( behind {word} is missing.");
                self.error_open("MissingOpenParenthesisInIfStatement", Self::after(keyword), sentence);
                return NOTHING;
            };
            self.newlines();
            let condition = self.inner_pipeline();
            if condition.is_none() {
                let sentence = format!("The condition of {word} is missing.");
                self.error_open("IfStatementMissingCondition", Self::after(open), sentence);
            }
            self.newlines();
            let Some(close) = self.eat(Kind::CloseParen) else {
                if condition.is_some() {
                    let next = self.next_span();
                    let sentence = format!("The ) behind the condition of {word} is missing.");
                    self.error_open("MissingEndParenthesisAfterStatement", next, sentence);
                }
                return NOTHING;
            };
            let condition = condition.unwrap_or_else(|| self.missing_statement());
            let Some(body) = self.braced_block() else {
                let sentence = format!("The block of {word} in braces {{ }} is missing.");
                self.error_open("MissingStatementBlock", close, sentence);
                return NOTHING;
            };
            branches.push((condition, body));
            if let Some(word) = self.word_below("elseif") {
                keyword = word;
                continue;
            }
            let mut otherwise = None;
            if let Some(word) = self.word_below("else") {
                otherwise = self.braced_block();
                if otherwise.is_none() {
                    let sentence = "The block of else in braces { } is missing.";
                    self.error_open("MissingStatementBlockAfterElse", Self::after(word), sentence);
                }
            }
            return StatementKind::If { branches, otherwise };
        }
    }

    /// A word that may stand on a later line, such as `else`; nothing is read if it does not follow.
    fn word_below(&mut self, word: &str) -> Option<Span> {
        let mark = (self.position, self.tokens.len(), self.errors.len());
        self.newlines();
        if self.at_word(word) {
            return Some(self.bump(word.len(), TokenKind::Keyword));
        }
        self.position = mark.0;
        self.tokens.truncate(mark.1);
        self.errors.truncate(mark.2);
        None
    }

    #[inline(never)]
    pub(super) fn foreach_statement(&mut self, label: Option<String>, keyword: Span) -> StatementKind {
        self.newlines();
        while let Kind::Parameter { .. } = self.peek_kind() {
            let next = self.peek();
            let flag = self.take(next, TokenKind::Parameter);
            let name = flag_name(flag.text(self.text));
            if "parallel".starts_with(&name) && !name.is_empty() {
                let sentence = "The parameter -Parallel is reserved by the language for future use.";
                self.error("KeywordParameterReservedForFutureUse", flag, sentence);
            } else {
                let sentence = format!("foreach has no parameter -{name}.");
                self.error("InvalidForeachFlag", flag, sentence);
            }
            self.newlines();
        }
        let Some(open) = self.eat(Kind::OpenParen) else {
            let sentence = "The ( behind foreach is missing.";
            self.error_open("MissingOpenParenthesisAfterKeyword", Self::after(keyword), sentence);
            return NOTHING;
        };
        self.newlines();
        if !matches!(self.peek_kind(), Kind::Variable | Kind::Splat) {
            let sentence = "A variable is missing behind foreach (.";
            self.error_open("MissingVariableNameAfterForeach", Self::after(open), sentence);
            return NOTHING;
        }
        let variable = self.variable();
        self.newlines();
        let mut values = self.missing_statement();
        let mut body = Block::default();
        if self.at_word("in") {
            let word = self.bump(2, TokenKind::Keyword);
            self.newlines();
            match self.inner_pipeline() {
                None => {
                    let sentence = "The values of foreach are missing behind 'in'.";
                    self.error_open("MissingForeachExpression", Self::after(word), sentence);
                }
                Some(found) => {
                    self.newlines();
                    let end = Self::after(found.span);
                    values = found;
                    match self.eat(Kind::CloseParen) {
                        None => {
                            let sentence = "The ) behind the values of foreach is missing.";
                            self.error_open("MissingEndParenthesisAfterForeach", end, sentence);
                        }
                        Some(close) => {
                            if let Some(block) = self.braced_block() {
                                body = block;
                            } else {
                                let sentence = "The block of foreach in braces { } is missing.";
                                self.error_open("MissingForeachStatement", Self::after(close), sentence);
                            }
                        }
                    }
                }
            }
        } else {
            let sentence = "'in' is missing behind the variable of foreach.";
            self.error_open("MissingInInForeach", Self::after(variable.span), sentence);
        }
        StatementKind::ForEach { label, variable, values: Box::new(values), body }
    }

    #[inline(never)]
    pub(super) fn for_statement(&mut self, label: Option<String>, keyword: Span) -> StatementKind {
        self.newlines();
        let Some(open) = self.eat(Kind::OpenParen) else {
            let sentence = "The ( behind for is missing.";
            self.error_open("MissingOpenParenthesisAfterKeyword", Self::after(keyword), sentence);
            return NOTHING;
        };
        let mut end = open;
        let mut parts = [None, None, None];
        for (at, part) in parts.iter_mut().enumerate() {
            self.newlines();
            if let Some(found) = self.inner_pipeline() {
                end = found.span;
                *part = Some(Box::new(found));
            }
            if at < 2
                && let Some(semicolon) = self.eat(Kind::Semicolon)
            {
                end = semicolon;
            }
        }
        self.newlines();
        let [start, condition, step] = parts;
        let mut body = Block::default();
        match self.eat(Kind::CloseParen) {
            None => {
                let sentence = "The ) behind the head of for is missing.";
                self.error_open("MissingEndParenthesisAfterStatement", Self::after(end), sentence);
            }
            Some(close) => match self.braced_block() {
                Some(block) => body = block,
                None => self.missing_loop_body("for", close),
            },
        }
        StatementKind::For { label, start, condition, step, body }
    }

    #[inline(never)]
    fn missing_loop_body(&mut self, word: &str, behind: Span) {
        let sentence = format!("The block of {word} in braces {{ }} is missing.");
        self.error_open("MissingLoopStatement", Self::after(behind), sentence);
    }

    /// A loop's condition in parentheses, and where it ends; `None` if it is not whole.
    #[inline(never)]
    fn loop_condition(&mut self, word: &str, keyword: Span) -> Option<(Statement, Span)> {
        self.newlines();
        let Some(open) = self.eat(Kind::OpenParen) else {
            let sentence = format!("The ( behind {word} is missing.");
            self.error_open("MissingOpenParenthesisAfterKeyword", Self::after(keyword), sentence);
            return None;
        };
        self.newlines();
        let condition = self.inner_pipeline();
        if condition.is_none() {
            let sentence = format!("The condition of {word} is missing.");
            self.error_open("MissingExpressionAfterKeyword", Self::after(open), sentence);
        }
        self.newlines();
        let close = self.eat(Kind::CloseParen);
        if close.is_none()
            && let Some(condition) = &condition
        {
            let sentence = format!("The ) behind the condition of {word} is missing.");
            self.error_open("MissingEndParenthesisAfterStatement", Self::after(condition.span), sentence);
        }
        Some((condition.unwrap_or_else(|| self.missing_statement()), close?))
    }

    #[inline(never)]
    pub(super) fn while_statement(&mut self, label: Option<String>, keyword: Span) -> StatementKind {
        let Some((condition, close)) = self.loop_condition("while", keyword) else { return NOTHING };
        let body = self.braced_block().unwrap_or_else(|| {
            self.missing_loop_body("while", close);
            Block::default()
        });
        StatementKind::While { label, condition: Box::new(condition), body_first: false, until: false, body }
    }

    #[inline(never)]
    pub(super) fn do_statement(&mut self, label: Option<String>, keyword: Span) -> StatementKind {
        let Some(body) = self.braced_block() else {
            self.missing_loop_body("do", keyword);
            return NOTHING;
        };
        let end = Self::after(self.trimmed(keyword.start));
        self.newlines();
        let until = self.at_word("until");
        if !until && !self.at_word("while") {
            let sentence = "while or until is missing behind the block of do.";
            self.error_open("MissingWhileOrUntilInDoWhile", end, sentence);
            return NOTHING;
        }
        let word = self.bump(5, TokenKind::Keyword);
        let name = if until { "until" } else { "while" };
        let Some((condition, _)) = self.loop_condition(name, word) else { return NOTHING };
        StatementKind::While { label, condition: Box::new(condition), body_first: true, until, body }
    }

    #[inline(never)]
    pub(super) fn switch_statement(&mut self, label: Option<String>, keyword: Span) -> StatementKind {
        let mut end = keyword;
        let mut flags: Vec<String> = Vec::new();
        let mut values = None;
        let mut said = false;
        self.newlines();
        while let Kind::Parameter { .. } = self.peek_kind() {
            let next = self.peek();
            let flag = self.take(next, TokenKind::Parameter);
            end = flag;
            let name = flag_name(flag.text(self.text));
            let Some(known) =
                SWITCH_FLAGS.into_iter().find(|known| !name.is_empty() && known.starts_with(&name))
            else {
                self.error("InvalidSwitchFlag", flag, format!("switch has no parameter -{name}."));
                continue;
            };
            if known == "parallel" {
                let sentence = "The parameter -Parallel is reserved by the language for future use.";
                self.error("KeywordParameterReservedForFutureUse", flag, sentence);
            } else if known == "file" {
                self.newlines();
                if let Some(name) = self.single_argument() {
                    end = name.span;
                    values = Some(Statement::from(name));
                } else {
                    let sentence = "The name of a file is missing behind -File.";
                    self.error_open("MissingFilenameOption", Self::after(flag), sentence);
                    said = self.only_blanks_behind(flag.end as usize);
                }
            }
            // Of -Regex, -Wildcard and -Exact the last one counts.
            if matches!(known, "regex" | "wildcard" | "exact") {
                flags.retain(|flag| !matches!(flag.as_str(), "regex" | "wildcard" | "exact"));
            }
            flags.push(known.to_owned());
        }
        let from_file = flags.iter().any(|flag| flag == "file");
        if let Some(open) = self.eat(Kind::OpenParen) {
            end = open;
            if from_file {
                let sentence = "switch reads either a file or the values in parentheses.";
                self.error("PipelineValueRequired", open, sentence);
            }
            self.newlines();
            values = self.inner_pipeline();
            if let Some(found) = &values {
                end = found.span;
            } else {
                let sentence = "The values of switch are missing between the parentheses.";
                self.error_open("PipelineValueRequired", Self::after(open), sentence);
                said = self.only_blanks_behind(open.end as usize);
            }
            self.newlines();
            match self.eat(Kind::CloseParen) {
                Some(close) => end = close,
                None if !said => {
                    let sentence = "The ) behind the values of switch is missing.";
                    self.error_open("MissingEndParenthesisInSwitchStatement", Self::after(end), sentence);
                    said = self.only_blanks_behind(end.end as usize);
                }
                None => {}
            }
        } else if values.is_none() && !from_file {
            let sentence = "The values of switch in parentheses are missing.";
            self.error_open("PipelineValueRequired", Self::after(end), sentence);
            said = self.only_blanks_behind(end.end as usize);
        }
        self.newlines();
        let cases = if let Some(open) = self.eat(Kind::OpenBrace) {
            self.nested(Vec::new(), |parser| parser.switch_cases(open))
        } else {
            if !said {
                let sentence = "The cases of switch in braces { } are missing.";
                self.error_open("MissingCurlyBraceInSwitchStatement", Self::after(end), sentence);
            }
            Vec::new()
        };
        let values = Box::new(values.unwrap_or_else(|| self.missing_statement()));
        StatementKind::Switch { label, flags, values, cases }
    }

    #[inline(never)]
    fn switch_cases(&mut self, open: Span) -> Vec<(Option<Expr>, Block)> {
        let mut cases = Vec::new();
        let mut end = open;
        let mut said = false;
        let mut default = false;
        self.newlines();
        loop {
            let Some(condition) = self.single_argument() else {
                let sentence = "A case of switch, a value and a block in braces { }, is missing.";
                self.error_open("MissingSwitchConditionExpression", Self::after(end), sentence);
                self.eat(Kind::CloseBrace);
                return cases;
            };
            end = condition.span;
            let is_default = condition.is_bare_word("default");
            match self.braced_block() {
                None => {
                    let sentence = "The block in braces { } behind the case of switch is missing.";
                    self.error_open("MissingSwitchStatementClause", Self::after(end), sentence);
                    said = self.only_blanks_behind(end.end as usize);
                }
                Some(body) => {
                    end = self.trimmed(end.start);
                    if is_default && default {
                        let sentence = "switch can have only one case 'default'.";
                        self.error("MultipleSwitchDefaultClauses", condition.span, sentence);
                    }
                    default |= is_default;
                    cases.push(((!is_default).then_some(condition), body));
                }
            }
            self.separators();
            if self.eat(Kind::CloseBrace).is_some() {
                return cases;
            }
            if self.peek_kind() == Kind::End {
                if !said {
                    self.close_brace(open, open);
                }
                return cases;
            }
        }
    }

    #[inline(never)]
    pub(super) fn try_statement(&mut self, keyword: Span) -> StatementKind {
        let Some(body) = self.braced_block() else {
            let sentence = "The block of try in braces { } is missing.";
            self.error_open("MissingTryStatementBlock", Self::after(keyword), sentence);
            return NOTHING;
        };
        let end = Self::after(self.trimmed(keyword.start));
        let mut catches: Vec<(Vec<String>, Block)> = Vec::new();
        let mut failed = false;
        let mut before = end;
        while let Some(word) = self.word_below("catch") {
            let mut names = Vec::new();
            let mut last = word;
            let mut comma = None;
            let mut wrong = false;
            loop {
                self.newlines_before_type();
                let Some((attribute, span)) = self.attribute() else {
                    if let Some(comma) = comma {
                        let sentence = "A type's name in brackets is missing behind the comma.";
                        self.error_open("MissingTypeLiteralToken", Self::after(comma), sentence);
                        wrong = true;
                    }
                    break;
                };
                names.push(attribute.name);
                last = span;
                comma = self.eat(Kind::Comma);
                if comma.is_none() {
                    break;
                }
            }
            let Some(block) = self.braced_block() else {
                if !wrong {
                    let sentence = "The block of catch in braces { } is missing.";
                    self.error_open("MissingCatchHandlerBlock", Self::after(last), sentence);
                }
                failed = true;
                break;
            };
            if catches.last().is_some_and(|(before, _)| before.is_empty()) {
                let sentence = "A catch without types must be the last one.";
                self.error("EmptyCatchNotLast", before, sentence);
            }
            before = Self::after(self.trimmed(word.start));
            catches.push((names, block));
        }
        let mut finally = None;
        if let Some(word) = self.word_below("finally") {
            finally = self.braced_block();
            if finally.is_none() {
                let sentence = "The block of finally in braces { } is missing.";
                self.error_open("MissingFinallyStatementBlock", Self::after(word), sentence);
                failed = true;
            }
        }
        if catches.is_empty() && finally.is_none() && !failed {
            let sentence = "catch or finally is missing behind the block of try.";
            self.error_open("MissingCatchOrFinally", end, sentence);
        }
        StatementKind::Try { body, catches, finally }
    }

    fn newlines_before_type(&mut self) {
        let mark = (self.position, self.tokens.len());
        self.newlines();
        if !self.rest().starts_with('[') {
            self.position = mark.0;
            self.tokens.truncate(mark.1);
        }
    }

    #[inline(never)]
    pub(super) fn trap_statement(&mut self, keyword: Span) -> StatementKind {
        self.newlines_before_type();
        let mut last = keyword;
        let name = self.attribute().map(|(attribute, span)| {
            last = span;
            attribute.name
        });
        let block = self.braced_block().unwrap_or_else(|| {
            let sentence = "The block of trap in braces { } is missing.";
            self.error_open("MissingTrapStatement", Self::after(last), sentence);
            Block::default()
        });
        StatementKind::Trap(name, block)
    }
}

/// A parameter's name without hyphen and colon, in lower case.
fn flag_name(text: &str) -> String {
    text.chars().skip(1).filter(|c| *c != ':').collect::<String>().to_ascii_lowercase()
}
