//! Reading JSON as Newtonsoft's reader does, which PowerShell uses: also comments, single quotes, names without quotes
//! and a comma behind the last item. Depth and number of values are bounded.

use std::{collections::HashMap, rc::Rc};

use postern_shared::value::{DateTimeKind, Decimal, PsDateTime, PsStr};

use crate::{
    convert::dates,
    interp::{Engine, Stop},
    value::{Hash, HashKind, Object, Value},
};

/// Why a text could not be read.
pub(super) enum ReadError {
    /// The error's id and text.
    Wrong(&'static str, String),
    /// Stopped, or a bound was exceeded.
    Stop(Stop),
}

impl From<Stop> for ReadError {
    fn from(stop: Stop) -> Self {
        Self::Stop(stop)
    }
}

/// What texts that look like dates become.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Dates {
    Default,
    Local,
    Utc,
    Text,
}

pub(super) struct Reader<'a> {
    text: &'a str,
    at: usize,
    hashtables: bool,
    depth: usize,
    dates: Dates,
    made: usize,
}

type Read<T> = Result<T, ReadError>;

impl<'a> Reader<'a> {
    pub(super) fn new(text: &'a str, hashtables: bool, depth: usize, dates: &str) -> Self {
        let dates = match dates {
            "local" => Dates::Local,
            "utc" => Dates::Utc,
            "string" => Dates::Text,
            _ => Dates::Default,
        };
        Self { text, at: 0, hashtables, depth, dates, made: 0 }
    }

    /// The one value of the text; nothing if there is none.
    pub(super) fn document(&mut self, engine: &mut Engine) -> Read<Option<Value>> {
        self.blanks()?;
        if self.peek().is_none() {
            return Ok(None);
        }
        let value = self.value(engine, 0)?;
        self.blanks()?;
        match self.peek() {
            None => Ok(Some(value)),
            Some(c) => {
                Err(self
                    .wrong(&format!("Additional text encountered after finished reading JSON content: {c}.")))
            }
        }
    }

    fn peek(&self) -> Option<char> {
        self.text.get(self.at..)?.chars().next()
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or("")
    }

    fn take(&mut self, c: char) -> bool {
        let found = self.peek() == Some(c);
        if found {
            self.at += c.len_utf8();
        }
        found
    }

    fn wrong(&self, message: &str) -> ReadError {
        let before = self.text.get(..self.at).unwrap_or(self.text);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or(before).chars().count();
        ReadError::Wrong(
            "System.ArgumentException",
            format!("Conversion from JSON failed with error: {message} Line {line}, position {column}."),
        )
    }

    fn unexpected(&self) -> ReadError {
        match self.peek() {
            Some(c) => self.wrong(&format!("Unexpected character encountered while parsing value: {c}.")),
            None => self.wrong("Unexpected end when reading JSON."),
        }
    }

    fn blanks(&mut self) -> Read<()> {
        loop {
            let rest = self.rest();
            let trimmed = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
            self.at += rest.len() - trimmed.len();
            if let Some(comment) = trimmed.strip_prefix("//") {
                self.at += 2 + comment.find(['\n', '\r']).unwrap_or(comment.len());
            } else if let Some(comment) = trimmed.strip_prefix("/*") {
                match comment.find("*/") {
                    Some(end) => self.at += end + 4,
                    None => return Err(self.wrong("Unexpected end while parsing comment.")),
                }
            } else {
                return Ok(());
            }
        }
    }

    fn value(&mut self, engine: &mut Engine, depth: usize) -> Read<Value> {
        engine.step()?;
        self.made += 1;
        engine.check_items(self.made)?;
        match self.peek() {
            Some('{' | '[') if depth >= self.depth => Err(ReadError::Wrong(
                "System.ArgumentException",
                format!(
                    "Conversion from JSON failed with error: The reader's MaxDepth of {} has been exceeded.",
                    self.depth
                ),
            )),
            Some('{') => self.object(engine, depth),
            Some('[') => self.array(engine, depth),
            Some('"' | '\'') => {
                let text = self.string()?;
                engine.check_text(text.len())?;
                Ok(self.date(engine, &text).unwrap_or(Value::Str(text)))
            }
            Some('-' | '+' | '.' | '0'..='9') => self.number(),
            Some(c) if c.is_alphabetic() => {
                let word = self.word();
                let value = match word {
                    "true" => Value::Bool(true),
                    "false" => Value::Bool(false),
                    "null" | "undefined" => Value::Null,
                    "NaN" => Value::Double(f64::NAN),
                    "Infinity" => Value::Double(f64::INFINITY),
                    _ => return Err(self.unexpected()),
                };
                self.at += word.len();
                Ok(value)
            }
            _ => Err(self.unexpected()),
        }
    }

    fn word(&self) -> &'a str {
        let rest = self.rest();
        let end = rest.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '$'))).unwrap_or(rest.len());
        rest.get(..end).unwrap_or("")
    }

    fn array(&mut self, engine: &mut Engine, depth: usize) -> Read<Value> {
        self.at += 1;
        let mut items = Vec::new();
        loop {
            self.blanks()?;
            if self.take(']') {
                return Ok(Value::array(items));
            }
            items.push(self.value(engine, depth + 1)?);
            self.blanks()?;
            if !self.take(',') && self.peek() != Some(']') {
                return Err(self.after_value());
            }
        }
    }

    fn after_value(&self) -> ReadError {
        match self.peek() {
            Some(c) => {
                self.wrong(&format!("After parsing a value an unexpected character was encountered: {c}."))
            }
            None => self.wrong("Unexpected end when reading JSON."),
        }
    }

    fn object(&mut self, engine: &mut Engine, depth: usize) -> Read<Value> {
        self.at += 1;
        let mut names: Vec<PsStr> = Vec::new();
        let mut values: Vec<Value> = Vec::new();
        let mut places: HashMap<String, usize> = HashMap::new();
        loop {
            self.blanks()?;
            if self.take('}') {
                break;
            }
            let name: PsStr = match self.peek() {
                Some('"' | '\'') => self.string()?,
                Some(c) if c.is_alphanumeric() || matches!(c, '_' | '$') => {
                    let word = self.word();
                    self.at += word.len();
                    word.into()
                }
                Some(c) => {
                    return Err(self.wrong(&format!("Invalid property identifier character: {c}.")));
                }
                None => return Err(self.wrong("Unexpected end when reading JSON.")),
            };
            self.blanks()?;
            if !self.take(':') {
                return Err(match self.peek() {
                    Some(c) => self.wrong(&format!(
                        "Invalid character after parsing property name. Expected ':' but got: {c}."
                    )),
                    None => self.wrong("Unexpected end when reading JSON."),
                });
            }
            self.blanks()?;
            let value = self.value(engine, depth + 1)?;
            let key = if self.hashtables { name.to_string() } else { name.to_lowercase() };
            match places.get(&key) {
                // The last of several wins.
                Some(at) if names.get(*at) == Some(&name) => {
                    if let Some(slot) = values.get_mut(*at) {
                        *slot = value;
                    }
                }
                Some(at) => {
                    let other = names.get(*at).cloned().unwrap_or_default();
                    return Err(ReadError::Wrong(
                        "KeysWithDifferentCasingInJsonString",
                        format!(
                            "Cannot convert the JSON string because it contains keys with different casing. Please use the -AsHashTable switch instead. The key that was attempted to be added to the existing key '{other}' was '{name}'."
                        ),
                    ));
                }
                None if name.is_empty() && !self.hashtables => {
                    return Err(ReadError::Wrong(
                        "EmptyKeyInJsonString",
                        "The provided JSON includes a property whose name is an empty string, this is only supported using the -AsHashTable switch.".to_owned(),
                    ));
                }
                None => {
                    places.insert(key, names.len());
                    names.push(name);
                    values.push(value);
                }
            }
            self.blanks()?;
            if !self.take(',') && self.peek() != Some('}') {
                return Err(self.after_value());
            }
        }
        if self.hashtables {
            let hash = Hash::with_case(HashKind::Hashtable, true);
            for (name, value) in names.into_iter().zip(values) {
                hash.set(Value::Str(name), value);
            }
            return Ok(Value::Hash(hash));
        }
        Ok(Value::Object(if names.is_empty() {
            Object::new()
        } else {
            Rc::clone(&Object::of(names.into_iter().zip(values)))
        }))
    }

    fn string(&mut self) -> Read<PsStr> {
        let Some(quote) = self.peek() else { return Err(self.unexpected()) };
        self.at += 1;
        let mut out = String::new();
        // UTF-16 units of `\u`, which may be halves of a character.
        let mut units: Vec<u16> = Vec::new();
        let mut lone: Option<Vec<u16>> = None;
        loop {
            let rest = self.rest();
            let Some(at) = rest.find([quote, '\\']) else {
                self.at = self.text.len();
                return Err(self.wrong(&format!("Unterminated string. Expected delimiter: {quote}.")));
            };
            if at > 0 || !rest.starts_with("\\u") {
                flush(&mut units, &mut out, &mut lone);
            }
            let plain = rest.get(..at).unwrap_or("");
            out.push_str(plain);
            if let Some(all) = &mut lone {
                all.extend(plain.encode_utf16());
            }
            self.at += at + 1;
            if rest[at..].starts_with(quote) {
                return Ok(match lone {
                    Some(all) => PsStr::from_utf16(&all),
                    None => out.into(),
                });
            }
            let Some(c) = self.peek() else { return Err(self.unexpected()) };
            self.at += c.len_utf8();
            let c = match c {
                'b' => '\u{8}',
                'f' => '\u{c}',
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                '"' | '\'' | '\\' | '/' => c,
                'u' => {
                    let digits = self.rest().get(..4).unwrap_or("");
                    match u16::from_str_radix(digits, 16) {
                        Ok(unit) if digits.len() == 4 && !digits.starts_with('+') => units.push(unit),
                        _ => return Err(self.wrong("Could not parse a unicode escape.")),
                    }
                    self.at += 4;
                    continue;
                }
                c => return Err(self.wrong(&format!("Bad JSON escape sequence: \\{c}."))),
            };
            flush(&mut units, &mut out, &mut lone);
            out.push(c);
            if let Some(all) = &mut lone {
                all.push(c as u16);
            }
        }
    }

    fn number(&mut self) -> Read<Value> {
        let rest = self.rest();
        if rest.starts_with("-Infinity") {
            self.at += 9;
            return Ok(Value::Double(f64::NEG_INFINITY));
        }
        let end = rest
            .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '+' | '.')))
            .unwrap_or(rest.len());
        let text = rest.get(..end).unwrap_or("");
        let value = if let Some(hex) = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
            i64::from_str_radix(hex, 16).ok().map(Value::I64)
        } else if text.contains(['.', 'e', 'E']) {
            text.parse().ok().map(Value::Double)
        } else {
            match text.parse::<i64>() {
                Ok(n) => Some(Value::I64(n)),
                Err(_) => match text.parse::<Decimal>() {
                    Ok(n) if n.scale() == 0 => Some(Value::Decimal(n)),
                    _ => text.parse().ok().map(Value::Double),
                },
            }
        };
        match value {
            Some(value) => {
                self.at += end;
                Ok(value)
            }
            None => Err(self.wrong(&format!("Input string '{text}' is not a valid number."))),
        }
    }

    /// The date that a text in ISO 8601 is.
    fn date(&self, engine: &Engine, text: &str) -> Option<Value> {
        let bytes = text.as_bytes();
        let like = (19..=40).contains(&bytes.len())
            && bytes.get(4) == Some(&b'-')
            && bytes.get(7) == Some(&b'-')
            && bytes.get(10) == Some(&b'T')
            && bytes.get(13) == Some(&b':')
            && bytes[0].is_ascii_digit()
            && text.is_ascii();
        if !like || self.dates == Dates::Text {
            return None;
        }
        let (plain, zone) = match text[19..].find(['Z', '+', '-']) {
            Some(at) => text.split_at(19 + at),
            None => (text, ""),
        };
        if zone == "Z" || zone.is_empty() {
            let offset = |_: PsDateTime| 0;
            let parsed = dates::parse(&plain.replacen('T', " ", 1), &offset, (engine.environment.now)())?;
            let kind = if zone == "Z" { DateTimeKind::Utc } else { DateTimeKind::Unspecified };
            let at = PsDateTime { ticks: parsed.ticks, kind };
            return Some(Value::DateTime(match (self.dates, kind) {
                (Dates::Local, DateTimeKind::Utc) => engine.environment.local(at),
                (Dates::Utc, DateTimeKind::Unspecified) => PsDateTime { kind: DateTimeKind::Utc, ..at },
                _ => at,
            }));
        }
        let at = dates::parse(text, &*engine.environment.offset, (engine.environment.now)())?;
        Some(Value::DateTime(if self.dates == Dates::Utc { at.to_utc() } else { at }))
    }
}

/// Appends units that were written as `\u`. Where one is half a character, the text is kept as units from there on.
fn flush(units: &mut Vec<u16>, out: &mut String, lone: &mut Option<Vec<u16>>) {
    if units.is_empty() {
        return;
    }
    let taken = std::mem::take(units);
    if let Some(all) = lone {
        all.extend_from_slice(&taken);
        return;
    }
    if let Ok(text) = String::from_utf16(&taken) {
        out.push_str(&text);
        return;
    }
    let mut all: Vec<u16> = out.encode_utf16().collect();
    all.extend_from_slice(&taken);
    *lone = Some(all);
}
