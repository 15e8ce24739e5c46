//! Writing CLIXML, as PowerShell's serializer does.

use std::{collections::HashMap, fmt::Display, io::Write as _, sync::Arc};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use postern_shared::value::{Content, PsObject, PsStr, PsValue, TypeNames};
use zeroize::Zeroizing;

use super::{
    lexical,
    text::{self, Place},
};
use crate::secure::Secrets;

/// Objects inside each other that are written; deeper ones are written as their text, as PowerShell does beyond its
/// depth.
const MAX_DEPTH: usize = 96;

/// Writes one value in the form that travels in PSRP messages: no `<Objs>` around it, no white space.
///
/// An object that occurs twice (the same `Arc`) is written once and then referred to. The clear text of a secure
/// string is not written: null stands in its place.
pub fn encode(value: &PsValue, out: &mut Vec<u8>) {
    encode_with(value, &Secrets::Withheld, out);
}

/// As [`encode`], with the secure strings protected as `secrets` says. Gives whether all was written: `false` if null
/// stands for a secret that has no key yet.
pub fn encode_with(value: &PsValue, secrets: &Secrets, out: &mut Vec<u8>) -> bool {
    let mut writer = Writer::new(secrets, out);
    writer.value(value, None);
    writer.complete
}

/// Writes values as an `<Objs>` document, as `Export-Clixml` does, but without white space.
pub fn encode_document<'a>(values: impl IntoIterator<Item = &'a PsValue>, out: &mut Vec<u8>) {
    out.extend_from_slice(
        b"<Objs Version=\"1.1.0.1\" xmlns=\"http://schemas.microsoft.com/powershell/2004/04\">",
    );
    let mut writer = Writer::new(&Secrets::Withheld, out);
    for value in values {
        writer.value(value, None);
    }
    out.extend_from_slice(b"</Objs>");
}

/// Writes values of one document one by one, in the memory of one value; what stands around them is the caller's.
#[derive(Default)]
pub struct Encoder {
    types: Vec<TypeNames>,
    next: usize,
}

impl Encoder {
    /// Writes the next value. Objects within it that occur twice are written once; those of earlier values are not
    /// referred to.
    pub fn encode(&mut self, value: &PsValue, out: &mut Vec<u8>) {
        let types = std::mem::take(&mut self.types);
        let mut writer = Writer { types, next: self.next, ..Writer::new(&Secrets::Withheld, out) };
        writer.value(value, None);
        (self.types, self.next) = (writer.types, writer.next);
    }
}

struct Writer<'a> {
    out: &'a mut Vec<u8>,
    /// Objects written, by address, with their `RefId`. Their owners outlive the writer, so an address stays theirs.
    objects: HashMap<*const PsObject, usize>,
    /// Type names written; their place is their `RefId`.
    types: Vec<TypeNames>,
    /// `RefId`s of the objects that are open.
    open: Vec<usize>,
    next: usize,
    secrets: &'a Secrets,
    /// No secret had to be left out.
    complete: bool,
}

impl<'a> Writer<'a> {
    fn new(secrets: &'a Secrets, out: &'a mut Vec<u8>) -> Self {
        Self {
            out,
            objects: HashMap::new(),
            types: Vec::new(),
            open: Vec::new(),
            next: 0,
            secrets,
            complete: true,
        }
    }

    fn value(&mut self, value: &PsValue, name: Option<&PsStr>) {
        match value {
            PsValue::Null => self.empty("Nil", name),
            PsValue::Bool(b) => self.plain("B", name, if *b { "true" } else { "false" }),
            PsValue::Char(n) => self.shown("C", name, n),
            PsValue::I8(n) => self.shown("SB", name, n),
            PsValue::U8(n) => self.shown("By", name, n),
            PsValue::I16(n) => self.shown("I16", name, n),
            PsValue::U16(n) => self.shown("U16", name, n),
            PsValue::I32(n) => self.shown("I32", name, n),
            PsValue::U32(n) => self.shown("U32", name, n),
            PsValue::I64(n) => self.shown("I64", name, n),
            PsValue::U64(n) => self.shown("U64", name, n),
            PsValue::Single(n) => self.plain("Sg", name, &lexical::single_text(*n)),
            PsValue::Double(n) => self.plain("Db", name, &lexical::double_text(*n)),
            PsValue::Decimal(n) => self.shown("D", name, n),
            PsValue::DateTime(at) => {
                let mut text = String::with_capacity(33);
                lexical::write_date_time(*at, &mut text);
                self.plain("DT", name, &text);
            }
            PsValue::TimeSpan(span) => {
                let mut text = String::with_capacity(27);
                lexical::write_time_span(*span, &mut text);
                self.plain("TS", name, &text);
            }
            PsValue::Guid(guid) => self.shown("G", name, guid),
            PsValue::Version(version) => self.shown("Version", name, version),
            PsValue::Str(text) => self.text("S", name, text),
            PsValue::Uri(text) => self.text("URI", name, text),
            PsValue::Xml(text) => self.text("XD", name, text),
            PsValue::ScriptBlock(text) => self.text("SBK", name, text),
            PsValue::Bytes(bytes) if bytes.is_empty() => self.empty("BA", name),
            PsValue::Bytes(bytes) => self.plain("BA", name, &STANDARD.encode(bytes)),
            PsValue::SecureString(secret) => match self.secrets.protect(secret) {
                Some(bytes) if bytes.is_empty() => self.empty("SS", name),
                Some(bytes) => self.plain("SS", name, &Zeroizing::new(STANDARD.encode(bytes))),
                None => {
                    self.complete = false;
                    self.empty("Nil", name);
                }
            },
            PsValue::Object(object) => self.object(object, name),
            PsValue::Ancestor(levels) => {
                let above = self.open.iter().rev().nth(*levels as usize).copied();
                match above {
                    Some(id) => self.reference(name, id),
                    None => self.empty("Nil", name),
                }
            }
        }
    }

    fn object(&mut self, object: &Arc<PsObject>, name: Option<&PsStr>) {
        if let Some(id) = self.objects.get(&Arc::as_ptr(object)) {
            return self.reference(name, *id);
        }
        if self.open.len() >= MAX_DEPTH {
            return self.text("S", name, &object.to_string().into());
        }
        let id = self.next;
        self.next += 1;
        // Only what is held more than once can come again. A primitive with a type, an enum above all, has no identity:
        // PowerShell writes it each time.
        if Arc::strong_count(object) > 1 && !matches!(object.content, Content::Value(_)) {
            self.objects.insert(Arc::as_ptr(object), id);
        }
        self.open.push(id);
        self.start("Obj", name);
        self.attribute_number(" RefId=\"", id);
        self.raw(">");
        self.type_names(&object.type_names);
        match &object.to_string {
            Some(text) if text.is_empty() => self.raw("<ToString />"),
            Some(text) => self.text("ToString", None, text),
            None => {}
        }
        match &object.content {
            Content::None => {}
            Content::Value(value) => self.value(value, None),
            Content::List(items) => self.items("LST", items),
            Content::Enumerable(items) => self.items("IE", items),
            Content::Stack(items) => self.items("STK", items),
            Content::Queue(items) => self.items("QUE", items),
            Content::Dictionary(entries) => self.dictionary(entries),
        }
        for (element, members) in [("Props", &object.adapted), ("MS", &object.extended)] {
            if !members.is_empty() {
                self.start(element, None);
                self.raw(">");
                for (name, value) in members.iter() {
                    self.value(value, Some(name));
                }
                self.end(element);
            }
        }
        self.end("Obj");
        self.open.pop();
    }

    fn type_names(&mut self, names: &TypeNames) {
        if names.is_empty() {
            return;
        }
        // Nearly always the same list is the same allocation; equal lists share an id as well.
        let known = self.types.iter().position(|known| Arc::ptr_eq(known, names) || known == names);
        if let Some(id) = known {
            self.attribute_number("<TNRef RefId=\"", id);
            self.raw(" />");
            return;
        }
        self.attribute_number("<TN RefId=\"", self.types.len());
        self.raw(">");
        self.types.push(Arc::clone(names));
        for name in names.iter() {
            self.text("T", None, name);
        }
        self.end("TN");
    }

    fn items(&mut self, element: &str, items: &[PsValue]) {
        if items.is_empty() {
            return self.empty(element, None);
        }
        self.start(element, None);
        self.raw(">");
        for item in items {
            self.value(item, None);
        }
        self.end(element);
    }

    fn dictionary(&mut self, entries: &[(PsValue, PsValue)]) {
        if entries.is_empty() {
            return self.empty("DCT", None);
        }
        self.raw("<DCT>");
        for (key, value) in entries {
            self.raw("<En>");
            self.value(key, Some(&PsStr::from_static("Key")));
            self.value(value, Some(&PsStr::from_static("Value")));
            self.raw("</En>");
        }
        self.raw("</DCT>");
    }

    fn reference(&mut self, name: Option<&PsStr>, id: usize) {
        self.start("Ref", name);
        self.attribute_number(" RefId=\"", id);
        self.raw(" />");
    }

    fn raw(&mut self, text: &str) {
        self.out.extend_from_slice(text.as_bytes());
    }

    fn attribute_number(&mut self, before: &str, number: usize) {
        self.raw(before);
        let mut digits = [0; 20];
        let mut at = digits.len();
        let mut left = number;
        loop {
            at -= 1;
            digits[at] = b'0' + (left % 10) as u8;
            left /= 10;
            if left == 0 {
                break;
            }
        }
        self.out.extend_from_slice(&digits[at..]);
        self.raw("\"");
    }

    /// `<element N="name"`, without the end of the tag.
    fn start(&mut self, element: &str, name: Option<&PsStr>) {
        self.raw("<");
        self.raw(element);
        if let Some(name) = name {
            self.raw(" N=\"");
            text::encode(name, Place::Attribute, self.out);
            self.raw("\"");
        }
    }

    fn end(&mut self, element: &str) {
        self.raw("</");
        self.raw(element);
        self.raw(">");
    }

    fn empty(&mut self, element: &str, name: Option<&PsStr>) {
        self.start(element, name);
        self.raw(" />");
    }

    fn plain(&mut self, element: &str, name: Option<&PsStr>, text: &str) {
        self.start(element, name);
        self.raw(">");
        self.raw(text);
        self.end(element);
    }

    /// A value as it shows itself, in marks that need no escape.
    fn shown(&mut self, element: &str, name: Option<&PsStr>, value: impl Display) {
        self.start(element, name);
        self.raw(">");
        // Writing to a vector does not fail.
        let _ = write!(self.out, "{value}");
        self.end(element);
    }

    fn text(&mut self, element: &str, name: Option<&PsStr>, text: &PsStr) {
        self.start(element, name);
        self.raw(">");
        text::encode(text, Place::Element, self.out);
        self.end(element);
    }
}
