//! Reading CLIXML.

use std::sync::Arc;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use postern_shared::value::{
    Content, Properties, PsObject, PsStr, PsValue, PsVersion, SecureString, TypeNames, Uuid,
};

use super::{
    ClixmlError, Limits, OBJECT_COST,
    intern::{Expected, Members, TypeNumber, Types},
    lexical,
    references::{Expanded, References},
    scan::{RawText, Scanner, Tag, attribute},
    text,
};
use crate::secure::Secrets;

/// Lists of type names in a document; PowerShell's largest have some hundreds.
const MAX_TYPE_REFERENCES: usize = 1 << 16;
/// Room made for an object's properties before they are read.
const MAX_RESERVED: usize = 1024;

/// Reads one value; see [`Decoder::decode`].
///
/// # Errors
/// If the bytes are not CLIXML, or more than [`Limits::default`] allow.
pub fn decode(xml: &[u8]) -> Result<PsValue, ClixmlError> {
    Decoder::default().decode(xml)
}

/// Reads values, and remembers names between them: keep one for all messages of a session.
#[derive(Debug)]
pub struct Decoder {
    limits: Limits,
    deserialized: bool,
    secrets: Secrets,
    types: Types,
    /// Of the message that is being read; kept for their room.
    references: References,
    type_references: Vec<Option<(TypeNumber, TypeNames)>>,
}

impl Default for Decoder {
    fn default() -> Self {
        Self::new(Limits::default())
    }
}

impl Decoder {
    /// A decoder that has seen nothing yet.
    pub fn new(limits: Limits) -> Self {
        Self {
            limits,
            deserialized: false,
            secrets: Secrets::Withheld,
            types: Types::new(),
            references: References::new(limits.depth),
            type_references: Vec::new(),
        }
    }

    /// Whether to make what PowerShell's client makes of a pipeline's output: `Deserialized.` before type names that
    /// do not have it, strings of script blocks.
    #[must_use]
    pub fn deserialized(mut self, on: bool) -> Self {
        self.deserialized = on;
        self.types = Types::new();
        self
    }

    /// How secure strings are protected from now on. What cannot be read stays encrypted.
    pub fn set_secrets(&mut self, secrets: Secrets) {
        self.secrets = secrets;
    }

    /// Reads one value: an element, or an `<Objs>` document with one. Nothing at all is null
    /// (MS-PSRP section 2.2.1: a body may be empty).
    ///
    /// # Errors
    /// If the bytes are not CLIXML, or more than the limits allow.
    pub fn decode(&mut self, xml: &[u8]) -> Result<PsValue, ClixmlError> {
        let mut values = self.decode_all(xml)?;
        match values.len() {
            0 => Ok(PsValue::Null),
            1 => Ok(values.swap_remove(0)),
            _ => Err(ClixmlError::UnexpectedElement(xml.len())),
        }
    }

    /// Reads all values of an `<Objs>` document, as `Export-Clixml` writes it, or of a row of elements.
    ///
    /// # Errors
    /// If the bytes are not CLIXML, or more than the limits allow.
    pub fn decode_all(&mut self, xml: &[u8]) -> Result<Vec<PsValue>, ClixmlError> {
        self.types.tidy();
        let read = Reader {
            scanner: Scanner::new(xml),
            limits: self.limits,
            deserialized: self.deserialized,
            secrets: &self.secrets,
            types: &mut self.types,
            type_references: &mut self.type_references,
            references: &mut self.references,
            expanded: Expanded { count: 0, limit: self.limits.expanded },
            values: 0,
        }
        .document();
        // The room stays for the next message, what is in it does not.
        self.references.clear();
        self.type_references.clear();
        read
    }
}

struct Reader<'a> {
    scanner: Scanner<'a>,
    limits: Limits,
    deserialized: bool,
    secrets: &'a Secrets,
    types: &'a mut Types,
    type_references: &'a mut Vec<Option<(TypeNumber, TypeNames)>>,
    references: &'a mut References,
    expanded: Expanded,
    values: usize,
}

/// What came of an object's content.
enum Read {
    /// An object that was seen before.
    Known(Arc<PsObject>),
    /// Another one; where what follows its type names begins and how many values are in it, if that can come again.
    New { object: PsObject, content: Option<(usize, usize)> },
}

impl<'a> Reader<'a> {
    /// Reads everything.
    fn document(mut self) -> Result<Vec<PsValue>, ClixmlError> {
        let mut values = Vec::new();
        while !self.scanner.at_end()? {
            let at = self.scanner.position();
            match self.scanner.tag()? {
                Tag::Open { name: b"Objs", empty, .. } => {
                    if !empty {
                        self.items(b"Objs", &mut values)?;
                    }
                }
                Tag::Open { name, attributes, empty } => values.push(self.value(name, attributes, empty)?),
                Tag::Close(_) => {
                    return Err(ClixmlError::Syntax { what: "a closing tag without an opening one", at });
                }
            }
        }
        Ok(values)
    }

    /// Reads the element whose opening tag was read.
    fn value(&mut self, name: &'a [u8], attributes: &'a [u8], empty: bool) -> Result<PsValue, ClixmlError> {
        self.count(1)?;
        self.expanded.add(1)?;
        match name {
            b"Obj" => return self.object(attributes, empty),
            b"Ref" => {
                let at = self.scanner.position();
                let value = self.reference(attributes, at)?;
                self.finish(empty)?;
                return Ok(value);
            }
            b"Nil" => {
                self.finish(empty)?;
                return Ok(PsValue::Null);
            }
            _ => {}
        }
        let at = self.scanner.position();
        let raw = if empty { RawText::default() } else { self.scanner.text(name)? };
        match primitive(name, raw, at)?.ok_or(ClixmlError::UnexpectedElement(at))? {
            // PowerShell's deserialiser never makes code of what it receives.
            PsValue::ScriptBlock(text) if self.deserialized => Ok(PsValue::Str(PsStr::clone(&text))),
            PsValue::SecureString(secret) => match Arc::unwrap_or_clone(secret) {
                SecureString::Encrypted(bytes) => {
                    Ok(PsValue::SecureString(Arc::new(self.secrets.reveal(bytes))))
                }
                clear @ SecureString::Clear(_) => Ok(PsValue::SecureString(Arc::new(clear))),
            },
            value => Ok(value),
        }
    }

    /// Counts values, or what costs as much.
    fn count(&mut self, values: usize) -> Result<(), ClixmlError> {
        self.values += values;
        if self.values > self.limits.values {
            return Err(ClixmlError::Limit { what: "values", limit: self.limits.values });
        }
        Ok(())
    }

    /// Reads to the end of an element that has no content.
    fn finish(&mut self, empty: bool) -> Result<(), ClixmlError> {
        if empty { Ok(()) } else { self.scanner.skip_element() }
    }

    fn reference(&mut self, attributes: &[u8], at: usize) -> Result<PsValue, ClixmlError> {
        let id = ref_id(attributes).ok_or(ClixmlError::UnknownReference(at))?;
        self.references.resolve(id, &mut self.expanded)?.ok_or(ClixmlError::UnknownReference(at))
    }

    fn object(&mut self, attributes: &'a [u8], empty: bool) -> Result<PsValue, ClixmlError> {
        self.count(OBJECT_COST - 1)?;
        let open = self.references.open(ref_id(attributes), &self.expanded)?;
        if empty {
            return self.references.close(&open, &mut self.expanded, |_| Arc::default());
        }
        let (number, read) = self.object_content()?;
        let (types, scanner) = (&mut *self.types, &self.scanner);
        self.references.close(&open, &mut self.expanded, |is_whole| match read {
            Read::Known(object) => object,
            Read::New { object, .. } if !is_whole => Arc::new(object),
            Read::New { object, content } => {
                let content = content.map(|(start, values)| (scanner.since(start), values));
                types.share(number, object, content)
            }
        })
    }

    fn object_content(&mut self) -> Result<(TypeNumber, Read), ClixmlError> {
        let mut object = PsObject::default();
        let mut number: TypeNumber = 0;
        // Where the type names end, if they were the first thing, and what was counted by then.
        let mut content = None;
        let mut only_types = true;
        loop {
            let at = self.scanner.position();
            let (name, attributes, empty) = match self.scanner.tag()? {
                Tag::Open { name, attributes, empty } => (name, attributes, empty),
                Tag::Close(b"Obj") => break,
                Tag::Close(_) => {
                    return Err(ClixmlError::Syntax { what: "a closing tag of another element", at });
                }
            };
            match name {
                b"TN" | b"TNRef" => {
                    (number, object.type_names) = if name == b"TN" {
                        self.type_names(attributes, empty)?
                    } else {
                        let known =
                            ref_id(attributes).and_then(|id| self.type_references.get(id).cloned().flatten());
                        self.finish(empty)?;
                        known.ok_or(ClixmlError::UnknownReference(at))?
                    };
                    content = None;
                    if only_types {
                        if let Some((known, length, values)) = self.types.recent(number, self.scanner.rest())
                        {
                            self.scanner.skip(length);
                            self.count(values)?;
                            self.expanded.add(values)?;
                            return Ok((number, Read::Known(known)));
                        }
                        content = Some((self.scanner.position(), self.values, self.references.uses));
                    }
                    continue;
                }
                b"ToString" => {
                    let raw = if empty { RawText::default() } else { self.scanner.text(name)? };
                    object.to_string = Some(text::decode(raw, at)?);
                }
                b"Props" | b"MS" if empty => {}
                b"Props" => object.adapted = self.properties(name, number, Members::Adapted)?,
                b"MS" => object.extended = self.properties(name, number, Members::Extended)?,
                b"LST" => object.content = Content::List(self.list(name, empty)?),
                b"IE" => object.content = Content::Enumerable(self.list(name, empty)?),
                b"STK" => object.content = Content::Stack(self.list(name, empty)?),
                b"QUE" => object.content = Content::Queue(self.list(name, empty)?),
                b"DCT" => object.content = Content::Dictionary(self.dictionary(empty)?),
                b"Obj" => object.content = Content::Value(self.value(name, attributes, empty)?),
                _ => {
                    // A primitive that carries type names or notes; PowerShell skips what it does not know.
                    if is_primitive(name) {
                        object.content = Content::Value(self.value(name, attributes, empty)?);
                    } else {
                        self.finish(empty)?;
                    }
                }
            }
            only_types = false;
        }
        // What has objects in it is not the same just because it is written the same.
        let content = content
            .filter(|(.., uses)| *uses == self.references.uses)
            .map(|(start, values, _)| (start, self.values - values));
        Ok((number, Read::New { object, content }))
    }

    fn type_names(&mut self, attributes: &[u8], empty: bool) -> Result<(TypeNumber, TypeNames), ClixmlError> {
        const CLOSE: &[u8] = b"</TN>";
        let at = self.scanner.position();
        // Messages of a kind have the same types in the same order.
        let (number, names) = if let Some((number, length)) =
            self.types.expected_next(self.scanner.rest(), CLOSE).filter(|_| !empty)
        {
            self.scanner.skip(length);
            (number, self.types.names(number))
        } else {
            let bytes = if empty { &[] } else { self.scanner.until_close(CLOSE)? };
            match self.types.find(bytes) {
                Some(number) => (number, self.types.names(number)),
                None => self.types.add(bytes, type_names(bytes, at, self.deserialized)?),
            }
        };
        if let Some(id) = ref_id(attributes) {
            put(self.type_references, id, (number, TypeNames::clone(&names)))?;
        }
        Ok((number, names))
    }

    /// Reads named members up to the closing tag. Their names are compared with those of the last object of the
    /// type, and only read where they differ.
    fn properties(
        &mut self,
        close: &[u8],
        number: TypeNumber,
        members: Members,
    ) -> Result<Properties, ClixmlError> {
        let Expected { shape: expected, plain } = self.types.expected(number, members);
        let expected_names = expected.as_ref().map_or(&[][..], |shape| shape.names());
        let mut values = Vec::with_capacity(expected_names.len().min(MAX_RESERVED));
        // The names, once they are other than expected.
        let mut own: Option<Vec<PsStr>> = None;
        loop {
            let expected_name = expected_names.get(values.len()).filter(|_| own.is_none());
            if plain
                && let Some((element, attributes, empty)) =
                    expected_name.and_then(|name| self.scanner.member(name.as_bytes()))
                && element != b"MS"
            {
                values.push(self.value(element, attributes, empty)?);
                continue;
            }
            let at = self.scanner.position();
            let (name, attributes, empty) = match self.scanner.tag()? {
                Tag::Open { name, attributes, empty } => (name, attributes, empty),
                Tag::Close(closed) if closed == close => break,
                Tag::Close(_) => {
                    return Err(ClixmlError::Syntax { what: "a closing tag of another element", at });
                }
            };
            if name == b"MS" {
                // A member set among the members, such as PSStandardMembers, is no property.
                self.finish(empty)?;
                continue;
            }
            let property = text::decode(RawText::of(attribute(attributes, b"N").unwrap_or_default()), at)?;
            if expected_name != Some(&property) {
                own.get_or_insert_with(|| expected_names.get(..values.len()).unwrap_or_default().to_vec())
                    .push(property);
            }
            values.push(self.value(name, attributes, empty)?);
        }
        let shape = match (own, expected) {
            (None, Some(shape)) if shape.names().len() == values.len() => shape,
            (None, shape) => {
                let names = shape.map(|shape| shape.names().get(..values.len()).unwrap_or_default().to_vec());
                self.types.shape(number, members, names.unwrap_or_default())
            }
            (Some(names), _) => self.types.shape(number, members, names),
        };
        values.shrink_to_fit();
        Ok(Properties::new(shape, values))
    }

    fn list(&mut self, close: &[u8], empty: bool) -> Result<Vec<PsValue>, ClixmlError> {
        let mut items = Vec::new();
        if !empty {
            self.items(close, &mut items)?;
        }
        items.shrink_to_fit();
        Ok(items)
    }

    /// Reads values up to the closing tag.
    fn items(&mut self, close: &[u8], items: &mut Vec<PsValue>) -> Result<(), ClixmlError> {
        loop {
            let at = self.scanner.position();
            match self.scanner.tag()? {
                Tag::Open { name, attributes, empty } => items.push(self.value(name, attributes, empty)?),
                Tag::Close(closed) if closed == close => return Ok(()),
                Tag::Close(_) => {
                    return Err(ClixmlError::Syntax { what: "a closing tag of another element", at });
                }
            }
        }
    }

    fn dictionary(&mut self, empty: bool) -> Result<Vec<(PsValue, PsValue)>, ClixmlError> {
        let mut entries = Vec::new();
        if empty {
            return Ok(entries);
        }
        loop {
            let at = self.scanner.position();
            match self.scanner.tag()? {
                Tag::Open { name: b"En", empty: false, .. } => {
                    self.count(1)?;
                    self.expanded.add(1)?;
                    entries.push(self.entry()?);
                }
                Tag::Close(b"DCT") => return Ok(entries),
                _ => return Err(ClixmlError::UnexpectedElement(at)),
            }
        }
    }

    fn entry(&mut self) -> Result<(PsValue, PsValue), ClixmlError> {
        let (mut key, mut value) = (PsValue::Null, PsValue::Null);
        loop {
            let at = self.scanner.position();
            match self.scanner.tag()? {
                Tag::Open { name, attributes, empty } => {
                    let part = self.value(name, attributes, empty)?;
                    match attribute(attributes, b"N") {
                        Some(b"Key") => key = part,
                        Some(b"Value") => value = part,
                        _ => return Err(ClixmlError::UnexpectedElement(at)),
                    }
                }
                Tag::Close(b"En") => return Ok((key, value)),
                Tag::Close(_) => return Err(ClixmlError::UnexpectedElement(at)),
            }
        }
    }
}

/// The number of a `RefId`.
fn ref_id(attributes: &[u8]) -> Option<usize> {
    // As PowerShell writes it; else as XML allows it.
    if let Some([digits @ .., b'"']) = attributes.strip_prefix(b" RefId=\"")
        && digits.len() < 10
    {
        let number = digits.iter().try_fold(0, |number: usize, digit| {
            digit.is_ascii_digit().then(|| number * 10 + usize::from(digit - b'0'))
        });
        if number.is_some() && !digits.is_empty() {
            return number;
        }
    }
    std::str::from_utf8(attribute(attributes, b"RefId")?).ok()?.parse().ok()
}

/// Puts a value at a place of a growing table.
fn put<T>(table: &mut Vec<Option<T>>, at: usize, value: T) -> Result<(), ClixmlError> {
    // Ids count up from 0; one far beyond what was seen would only cost memory.
    if at > table.len().saturating_add(1024) || at >= MAX_TYPE_REFERENCES {
        return Err(ClixmlError::Limit { what: "types", limit: MAX_TYPE_REFERENCES });
    }
    if at >= table.len() {
        table.resize_with(at + 1, || None);
    }
    if let Some(slot) = table.get_mut(at) {
        *slot = Some(value);
    }
    Ok(())
}

/// Reads `<T>…</T><T>…</T>`.
fn type_names(bytes: &[u8], at: usize, deserialized: bool) -> Result<Vec<PsStr>, ClixmlError> {
    let mut scanner = Scanner::new(bytes);
    let mut names = Vec::new();
    while !scanner.at_end()? {
        match scanner.tag()? {
            Tag::Open { name: b"T", empty: false, .. } => {
                let name = text::decode(scanner.text(b"T")?, at)?;
                names.push(if deserialized && !has_prefix(&name) {
                    format!("Deserialized.{name}").into()
                } else {
                    name
                });
            }
            Tag::Open { name: b"T", .. } => names.push(PsStr::EMPTY),
            _ => return Err(ClixmlError::UnexpectedElement(at + scanner.position())),
        }
    }
    Ok(names)
}

/// PowerShell compares without case.
fn has_prefix(name: &str) -> bool {
    const PREFIX: &str = "Deserialized.";
    name.get(..PREFIX.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(PREFIX))
}

fn is_primitive(name: &[u8]) -> bool {
    const NAMES: [&[u8]; 24] = [
        b"S", b"C", b"B", b"DT", b"TS", b"By", b"SB", b"U16", b"I16", b"U32", b"I32", b"U64", b"I64", b"Sg",
        b"Db", b"D", b"BA", b"G", b"URI", b"Version", b"XD", b"SBK", b"SS", b"PR",
    ];
    NAMES.contains(&name)
}

/// Reads a primitive's text; `None` if there is no such element.
fn primitive(name: &[u8], text: RawText<'_>, at: usize) -> Result<Option<PsValue>, ClixmlError> {
    let raw = text.bytes;
    let plain = || text::utf8(raw, at).map(str::trim);
    macro_rules! parsed {
        ($element:literal, $variant:ident) => {
            plain()?
                .parse()
                .map(PsValue::$variant)
                .map_err(|_| ClixmlError::Value { element: $element, at })?
        };
        ($element:literal, $variant:ident, $read:expr) => {
            $read.map(PsValue::$variant).ok_or(ClixmlError::Value { element: $element, at })?
        };
    }
    Ok(Some(match name {
        b"S" => PsValue::Str(text::decode(text, at)?),
        b"B" => match plain()? {
            "true" | "1" => PsValue::Bool(true),
            "false" | "0" => PsValue::Bool(false),
            _ => return Err(ClixmlError::Value { element: "B", at }),
        },
        b"I32" => parsed!("I32", I32),
        b"I64" => parsed!("I64", I64),
        b"DT" => parsed!("DT", DateTime, lexical::date_time(plain()?)),
        b"G" => parsed!("G", Guid, Uuid::try_parse_ascii(raw.trim_ascii()).ok()),
        b"TS" => parsed!("TS", TimeSpan, lexical::time_span(plain()?)),
        b"C" => parsed!("C", Char),
        b"By" => parsed!("By", U8),
        b"SB" => parsed!("SB", I8),
        b"U16" => parsed!("U16", U16),
        b"I16" => parsed!("I16", I16),
        b"U32" => parsed!("U32", U32),
        b"U64" => parsed!("U64", U64),
        b"Sg" => parsed!("Sg", Single, lexical::double(plain()?).map(|n| single(n, plain()))),
        b"Db" => parsed!("Db", Double, lexical::double(plain()?)),
        b"D" => parsed!("D", Decimal, lexical::decimal(plain()?)),
        b"BA" => parsed!("BA", Bytes, bytes(raw).map(Into::into)),
        b"URI" => PsValue::Uri(Arc::new(text::decode(text, at)?)),
        b"XD" => PsValue::Xml(Arc::new(text::decode(text, at)?)),
        b"SBK" => PsValue::ScriptBlock(Arc::new(text::decode(text, at)?)),
        b"Version" => parsed!("Version", Version, PsVersion::parse(plain()?)),
        b"SS" => {
            let bytes = bytes(raw).ok_or(ClixmlError::Value { element: "SS", at })?;
            PsValue::SecureString(Arc::new(SecureString::Encrypted(bytes)))
        }
        _ => return Ok(None),
    }))
}

/// A single is read from its own text, so that it is rounded once.
fn single(number: f64, text: Result<&str, ClixmlError>) -> f32 {
    text.ok().and_then(|text| text.parse().ok()).unwrap_or(number as f32)
}

/// Base64, which may be broken into lines.
fn bytes(raw: &[u8]) -> Option<Vec<u8>> {
    if raw.iter().any(u8::is_ascii_whitespace) {
        let packed: Vec<u8> = raw.iter().copied().filter(|b| !b.is_ascii_whitespace()).collect();
        return STANDARD.decode(packed).ok();
    }
    STANDARD.decode(raw).ok()
}
