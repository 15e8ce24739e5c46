//! XML for envelopes: a small tree that borrows from the bytes it was read from, and text written safely.

use std::borrow::Cow;

use quick_xml::{
    NsReader, XmlVersion,
    escape::resolve_predefined_entity,
    events::{BytesStart, Event},
    name::{Namespace, NamespaceResolver, PrefixDeclaration, ResolveResult},
};

use super::namespace;

/// How much of an envelope is accepted; what exceeds it is an error and nothing is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the whole envelope.
    pub bytes: usize,
    /// Elements within elements.
    pub depth: usize,
    /// Elements in all: one costs about a hundred bytes beyond its text.
    pub elements: usize,
}

impl Default for Limits {
    /// For either side of a PowerShell session.
    fn default() -> Self {
        Self {
            // Four times what we ever ask for or announce: a server may round up, not run away.
            bytes: 4 * super::MAX_ENVELOPE_SIZE as usize,
            // A fault's provider detail is the deepest thing seen, at 8.
            depth: 32,
            // A full Receive response of the smallest messages has about 4,000 streams.
            elements: 16_384,
        }
    }
}

/// Attributes of one element; the most seen is 4, and looking one up is linear.
const MAX_ATTRIBUTES: usize = 32;

/// Why bytes are no envelope.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EnvelopeError {
    /// Larger than [`Limits::bytes`].
    #[error("the envelope has {0} bytes, more than are accepted")]
    TooLarge(usize),
    /// Nested deeper than [`Limits::depth`], or more elements or attributes than are accepted.
    #[error("the envelope is too complex")]
    TooComplex,
    /// There is nothing in it.
    #[error("the body is empty")]
    Empty,
    /// It is encrypted for a sign-in by Negotiate or Kerberos (MS-WSMV 2.2.9.1), which this client does not do.
    #[error("the envelope is encrypted, although the sign-in was by Basic")]
    Encrypted,
    /// Not UTF-8.
    #[error("the envelope is not UTF-8")]
    NotUtf8,
    /// SOAP forbids document types, and they only serve attacks.
    #[error("the envelope has a document type")]
    DocumentType,
    /// Not well-formed XML.
    #[error("not well-formed XML: {0}")]
    Malformed(String),
    /// An entity that XML does not define.
    #[error("the envelope refers to an unknown entity")]
    UnknownEntity,
    /// Something that the message must have is not there.
    #[error("the envelope has no {0}")]
    Missing(&'static str),
    /// Something is there with a value that it cannot have.
    #[error("the envelope's {0} has a value that is not understood")]
    Invalid(&'static str),
    /// Data that is not base64.
    #[error("data in the envelope is not base64")]
    Base64,
}

/// The namespaces that matter here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ns {
    Soap,
    Addressing,
    Transfer,
    Wsman,
    Wsmv,
    Shell,
    Fault,
    PowerShell,
    Enumeration,
    Identity,
    Xml,
    None,
    Other,
}

impl Ns {
    fn of(result: &ResolveResult<'_>) -> Self {
        match result {
            ResolveResult::Bound(Namespace(uri)) => match *uri {
                namespace::SOAP => Self::Soap,
                namespace::ADDRESSING => Self::Addressing,
                namespace::TRANSFER => Self::Transfer,
                namespace::WSMAN => Self::Wsman,
                namespace::WSMV => Self::Wsmv,
                namespace::SHELL => Self::Shell,
                namespace::FAULT => Self::Fault,
                namespace::POWERSHELL => Self::PowerShell,
                namespace::ENUMERATION => Self::Enumeration,
                namespace::IDENTITY => Self::Identity,
                namespace::XML => Self::Xml,
                _ => Self::Other,
            },
            ResolveResult::Unbound => Self::None,
            ResolveResult::Unknown(_) => Self::Other,
        }
    }

    /// The namespace that a prefix stands for in the value of an element (a `QName`), where one says so.
    fn of_uri(uri: &str) -> Self {
        Self::of(&ResolveResult::Bound(Namespace(uri)))
    }
}

#[derive(Debug)]
struct Attribute<'a> {
    ns: Ns,
    name: Cow<'a, str>,
    value: Cow<'a, str>,
}

/// An element with its text and children.
#[derive(Debug)]
pub(crate) struct Element<'a> {
    ns: Ns,
    name: Cow<'a, str>,
    attributes: Vec<Attribute<'a>>,
    text: Cow<'a, str>,
    children: Vec<Element<'a>>,
    /// Namespace of the prefix in the text, if the text is a `QName` such as `w:TimedOut`.
    text_ns: Ns,
}

impl<'a> Element<'a> {
    pub(crate) fn is(&self, ns: Ns, name: &str) -> bool {
        self.ns == ns && self.name == name
    }

    /// The first child of that name.
    pub(crate) fn child(&self, ns: Ns, name: &str) -> Option<&Element<'a>> {
        self.children.iter().find(|child| child.is(ns, name))
    }

    /// The element at the end of a path of children, all in the same namespace.
    pub(crate) fn descend(&self, ns: Ns, path: &[&str]) -> Option<&Element<'a>> {
        path.iter().try_fold(self, |element, name| element.child(ns, name))
    }

    pub(crate) fn children(&self) -> &[Element<'a>] {
        &self.children
    }

    /// The element's own text, its children's left out, as it stands.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// The text without white space around it; `None` if nothing is left.
    pub(crate) fn trimmed(&self) -> Option<&str> {
        Some(self.text.trim()).filter(|text| !text.is_empty())
    }

    /// Namespace of the text taken as a `QName`, and its local name.
    pub(crate) fn qname(&self) -> (Ns, &str) {
        let text = self.text.trim();
        (self.text_ns, text.rsplit_once(':').map_or(text, |(_, local)| local))
    }

    /// An attribute's value.
    pub(crate) fn attribute(&self, ns: Ns, name: &str) -> Option<&str> {
        self.attributes
            .iter()
            .find(|attribute| attribute.ns == ns && attribute.name == name)
            .map(|attribute| &*attribute.value)
    }

    /// All text below, for looking into details of unknown shape.
    pub(crate) fn deep_text(&self, out: &mut String) {
        let text = self.text.trim();
        if !text.is_empty() {
            if !out.is_empty() {
                out.push(' ');
            }
            out.push_str(text);
        }
        for child in &self.children {
            child.deep_text(out);
        }
    }
}

/// Reads a document.
pub(crate) fn parse<'a>(bytes: &'a [u8], limits: &Limits) -> Result<Element<'a>, EnvelopeError> {
    if bytes.len() > limits.bytes {
        return Err(EnvelopeError::TooLarge(bytes.len()));
    }
    if is_encrypted(bytes) {
        return Err(EnvelopeError::Encrypted);
    }
    let text = std::str::from_utf8(bytes).map_err(|_| EnvelopeError::NotUtf8)?;
    let text = text.trim_start_matches('\u{feff}');
    if text.trim_ascii().is_empty() {
        return Err(EnvelopeError::Empty);
    }
    let mut reader = NsReader::from_str(text);
    let config = reader.config_mut();
    config.check_end_names = true;
    config.expand_empty_elements = true;
    let mut open: Vec<Element<'a>> = Vec::new();
    let mut elements = 0_usize;
    let mut root = None;
    loop {
        let event = reader.read_event().map_err(|error| malformed(&error))?;
        match event {
            Event::Start(start) => {
                elements += 1;
                if open.len() >= limits.depth || elements > limits.elements {
                    return Err(EnvelopeError::TooComplex);
                }
                if root.is_some() {
                    return Err(EnvelopeError::Malformed("a second root element".into()));
                }
                open.push(element(&start, reader.resolver())?);
            }
            Event::End(_) => {
                let Some(mut element) = open.pop() else {
                    return Err(EnvelopeError::Malformed("an end without a start".into()));
                };
                element.text_ns = prefix_namespace(&element.text, reader.resolver());
                match open.last_mut() {
                    Some(parent) => parent.children.push(element),
                    None => root = Some(element),
                }
            }
            Event::Text(piece) => append(&mut open, piece.into_inner())?,
            Event::CData(piece) => append(&mut open, piece.into_inner())?,
            Event::GeneralRef(reference) => {
                let resolved = match reference.resolve_char_ref().map_err(|error| malformed(&error))? {
                    Some(character) => Cow::Owned(character.to_string()),
                    None => Cow::Borrowed(
                        resolve_predefined_entity(&reference).ok_or(EnvelopeError::UnknownEntity)?,
                    ),
                };
                append(&mut open, resolved)?;
            }
            Event::DocType(_) => return Err(EnvelopeError::DocumentType),
            Event::Eof => break,
            Event::Decl(_) | Event::Comment(_) | Event::PI(_) | Event::Empty(_) => {}
        }
    }
    if !open.is_empty() {
        return Err(EnvelopeError::Malformed("it ends within an element".into()));
    }
    root.ok_or(EnvelopeError::Empty)
}

/// Whether it is the first part of an encrypted message. IIS writes the boundary with a blank after the dashes.
fn is_encrypted(bytes: &[u8]) -> bool {
    let rest = bytes.trim_ascii_start().strip_prefix(b"--");
    rest.is_some_and(|rest| rest.trim_ascii_start().starts_with(b"Encrypted Boundary"))
}

fn malformed(error: &quick_xml::Error) -> EnvelopeError {
    EnvelopeError::Malformed(error.to_string())
}

fn element<'a>(start: &BytesStart<'a>, resolver: &NamespaceResolver) -> Result<Element<'a>, EnvelopeError> {
    let (ns, local) = resolver.resolve_element(start.name());
    let mut attributes = Vec::new();
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|error| EnvelopeError::Malformed(error.to_string()))?;
        if attribute.key.as_namespace_binding().is_some() {
            continue;
        }
        if attributes.len() >= MAX_ATTRIBUTES {
            return Err(EnvelopeError::TooComplex);
        }
        let (ns, local) = resolver.resolve_attribute(attribute.key);
        let value = attribute.normalized_value(XmlVersion::Implicit1_0).map_err(|error| malformed(&error))?;
        attributes.push(Attribute {
            ns: Ns::of(&ns),
            name: Cow::Owned(local.as_ref().to_owned()),
            value: Cow::Owned(value.into_owned()),
        });
    }
    Ok(Element {
        ns: Ns::of(&ns),
        name: Cow::Owned(local.as_ref().to_owned()),
        attributes,
        text: Cow::Borrowed(""),
        children: Vec::new(),
        text_ns: Ns::None,
    })
}

/// The namespace of a `QName` in text: fault subcodes are told apart by it, whatever the prefix.
fn prefix_namespace(text: &str, resolver: &NamespaceResolver) -> Ns {
    let Some((prefix, _)) = text.trim().split_once(':') else {
        return Ns::None;
    };
    resolver
        .bindings()
        .filter(|(declared, _)| matches!(declared, PrefixDeclaration::Named(name) if *name == prefix))
        .last()
        .map_or(Ns::None, |(_, Namespace(uri))| Ns::of_uri(uri))
}

fn append<'a>(open: &mut [Element<'a>], piece: Cow<'a, str>) -> Result<(), EnvelopeError> {
    match open.last_mut() {
        Some(element) if element.text.is_empty() => element.text = piece,
        // White space between the children of an element that has text by now: kept, as nobody asks for it.
        Some(element) => element.text.to_mut().push_str(&piece),
        None if piece.trim().is_empty() => {}
        None => return Err(EnvelopeError::Malformed("text outside of the root element".into())),
    }
    Ok(())
}

/// Appends text for an element or an attribute in double quotes.
///
/// A character that XML cannot hold becomes U+FFFD, so that no name or message can spoil an envelope.
pub(crate) fn push_text(text: &str, out: &mut String) {
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\t' => out.push_str("&#9;"),
            '\n' => out.push_str("&#10;"),
            '\r' => out.push_str("&#13;"),
            '\u{0}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            _ => out.push(character),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Element<'_>, EnvelopeError> {
        parse(text.as_bytes(), &Limits::default())
    }

    #[test]
    fn namespaces_text_and_entities_are_read() {
        let root = read(concat!(
            "\u{feff}<?xml version=\"1.0\"?><s:Envelope xmlns:s='http://www.w3.org/2003/05/soap-envelope'>",
            "<Body xmlns='http://www.w3.org/2003/05/soap-envelope' a='1 &amp; 2'>x &lt;&#x41;<![CDATA[<]]></Body>",
            "<s:Value xmlns:q='http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd'> q:TimedOut </s:Value></s:Envelope>",
        ))
        .unwrap();
        assert!(root.is(Ns::Soap, "Envelope"));
        let body = root.child(Ns::Soap, "Body").unwrap();
        assert_eq!(body.text(), "x <A<");
        assert_eq!(body.attribute(Ns::None, "a"), Some("1 & 2"));
        assert_eq!(root.child(Ns::Soap, "Value").unwrap().qname(), (Ns::Wsman, "TimedOut"));
    }

    #[test]
    fn text_is_borrowed_where_it_has_no_entity() {
        let root = read("<a>plain</a>").unwrap();
        assert!(matches!(root.text, Cow::Borrowed("plain")));
    }

    #[test]
    fn hostile_documents_are_refused() {
        let deep = format!("{}{}", "<a>".repeat(40), "</a>".repeat(40));
        let wide = format!("<a>{}</a>", "<b/>".repeat(20_000));
        let attributes = (0..40).map(|n| format!("a{n}=''")).collect::<Vec<_>>().join(" ");
        for (text, expected) in [
            (deep, EnvelopeError::TooComplex),
            (wide, EnvelopeError::TooComplex),
            (format!("<a {attributes}/>"), EnvelopeError::TooComplex),
            ("<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>".into(), EnvelopeError::DocumentType),
            ("<a>&x;</a>".into(), EnvelopeError::UnknownEntity),
            ("  ".into(), EnvelopeError::Empty),
        ] {
            assert_eq!(read(&text).unwrap_err(), expected);
        }
        for text in ["<a>", "<a></b>", "<a/><a/>", "x<a/>", "<a", "</a>", "<a b='1' b='2'/>", "<a>&#0;</a>"] {
            assert!(matches!(read(text), Err(EnvelopeError::Malformed(_))), "{text}");
        }
        assert_eq!(parse(&[b'<', 0xff], &Limits::default()).unwrap_err(), EnvelopeError::NotUtf8);
        let small = Limits { bytes: 3, ..Limits::default() };
        assert_eq!(parse(b"<ab/>", &small).unwrap_err(), EnvelopeError::TooLarge(5));
    }

    #[test]
    fn written_text_is_read_back() {
        let mut out = String::from("<a b=\"");
        push_text("<\"&'>\r\n\t ü", &mut out);
        out.push_str("\">");
        push_text("<\"&'>\r\n\t ü\u{1}", &mut out);
        out.push_str("</a>");
        let root = read(&out).unwrap();
        assert_eq!(root.attribute(Ns::None, "b"), Some("<\"&'>\r\n\t ü"));
        assert_eq!(root.text(), "<\"&'>\r\n\t ü\u{fffd}");
    }
}
