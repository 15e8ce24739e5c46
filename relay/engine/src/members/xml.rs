//! `[xml]`: a document as objects, read only. Elements are members of the element around them by their names, as are
//! attributes; an element with nothing but text is its text.

use std::{any::Any, rc::Rc};

use postern_shared::value::PsStr;
use quick_xml::{
    Reader,
    events::{BytesStart, Event},
};

use crate::{
    interp::{Engine, Flow},
    value::{NetObject, Type, Value},
};

/// Levels of elements.
const MAX_DEPTH: usize = 64;
/// Elements of a document.
const MAX_NODES: usize = 100_000;

/// An element, or the document itself, whose name is empty.
#[derive(Debug, Default)]
struct Node {
    name: PsStr,
    attributes: Vec<(PsStr, PsStr)>,
    children: Vec<Rc<Node>>,
    /// The text within, of all levels.
    text: String,
    /// As it was written.
    outer: String,
    /// What is between its tags as it was written.
    inner: String,
}

/// The document of a text; an error as a sentence.
pub(crate) fn parse(text: &str) -> Result<Value, String> {
    let mut reader = Reader::from_str(text);
    let mut stack = vec![(Node::default(), 0usize, 0usize)];
    let mut count = 0;
    loop {
        let before = reader.buffer_position() as usize;
        let event = reader.read_event().map_err(|error| error.to_string())?;
        let after = reader.buffer_position() as usize;
        match event {
            Event::Eof => break,
            Event::DocType(_) => return Err("A document type definition is not allowed.".into()),
            Event::Start(tag) => {
                count += 1;
                if count > MAX_NODES || stack.len() > MAX_DEPTH {
                    return Err("The document is too large or too deep.".into());
                }
                stack.push((element(&tag)?, before, after));
            }
            Event::Empty(tag) => {
                count += 1;
                if count > MAX_NODES {
                    return Err("The document is too large.".into());
                }
                let mut node = element(&tag)?;
                text.get(before..after).unwrap_or("").clone_into(&mut node.outer);
                if let Some((parent, ..)) = stack.last_mut() {
                    parent.children.push(Rc::new(node));
                }
            }
            Event::End(_) => {
                let Some((mut node, start, inside)) = stack.pop() else { break };
                text.get(start..after).unwrap_or("").clone_into(&mut node.outer);
                text.get(inside..before).unwrap_or("").clone_into(&mut node.inner);
                match stack.last_mut() {
                    Some((parent, ..)) => {
                        parent.text.push_str(&node.text);
                        parent.children.push(Rc::new(node));
                    }
                    None => return Err("An element is closed that was not opened.".into()),
                }
            }
            Event::Text(part) => {
                push(&mut stack, &part);
            }
            Event::CData(part) => {
                push(&mut stack, &part);
            }
            Event::GeneralRef(name) => {
                let part = quick_xml::escape::unescape(&format!("&{};", &*name))
                    .map_err(|error| error.to_string())?
                    .into_owned();
                push(&mut stack, &part);
            }
            _ => {}
        }
    }
    match <[(Node, usize, usize); 1]>::try_from(stack) {
        Ok([(mut document, ..)]) if !document.children.is_empty() => {
            text.clone_into(&mut document.outer);
            text.clone_into(&mut document.inner);
            Ok(Value::Net(Rc::new(Element(Rc::new(document)))))
        }
        Ok(_) => Err("Root element is missing.".into()),
        Err(_) => Err("An element is not closed.".into()),
    }
}

/// Text between elements counts only where it is more than blanks, or stands alone.
fn push(stack: &mut [(Node, usize, usize)], part: &str) {
    if let Some((node, ..)) = stack.last_mut()
        && !(part.trim().is_empty() && (node.name.is_empty() || part.contains('\n')))
    {
        node.text.push_str(part);
    }
}

fn element(tag: &BytesStart<'_>) -> Result<Node, String> {
    let name = tag.name().as_ref().to_owned();
    let mut attributes = Vec::new();
    for attribute in tag.attributes() {
        let attribute = attribute.map_err(|error| error.to_string())?;
        let key = attribute.key.as_ref().to_owned();
        let raw = attribute.value.to_string();
        let value = quick_xml::escape::unescape(&raw).map_err(|error| error.to_string())?.into_owned();
        attributes.push((key.into(), value.into()));
    }
    Ok(Node { name: name.into(), attributes, ..Node::default() })
}

/// A node as an object.
#[derive(Debug)]
struct Element(Rc<Node>);

/// A node as a member shows it: its text, if it has nothing else.
fn shown(node: &Rc<Node>) -> Value {
    if node.children.is_empty() && node.attributes.is_empty() {
        Value::str(node.text.as_str())
    } else {
        Value::Net(Rc::new(Element(Rc::clone(node))))
    }
}

impl Element {
    fn select(&self, path: &str) -> Vec<Rc<Node>> {
        let mut found = vec![Rc::clone(&self.0)];
        let (mut deep, path) = match path.strip_prefix("//") {
            Some(rest) => (true, rest),
            None => (false, path.trim_start_matches("./").trim_start_matches('/')),
        };
        for step in path.split('/') {
            if step.is_empty() {
                deep = true;
                continue;
            }
            let mut next = Vec::new();
            for node in &found {
                gather(node, step, deep, &mut next);
            }
            found = next;
            deep = false;
        }
        found
    }
}

fn gather(node: &Rc<Node>, name: &str, deep: bool, found: &mut Vec<Rc<Node>>) {
    for child in &node.children {
        if name == "*" || child.name == *name {
            found.push(Rc::clone(child));
        }
        if deep {
            gather(child, name, true, found);
        }
    }
}

impl NetObject for Element {
    fn type_of(&self) -> Type {
        Type::Xml
    }

    fn type_name(&self) -> PsStr {
        if self.0.name.is_empty() { "System.Xml.XmlDocument" } else { "System.Xml.XmlElement" }.into()
    }

    fn text(&self) -> PsStr {
        if self.0.name.is_empty() { self.type_name() } else { self.0.name.clone() }
    }

    fn get(&self, name: &str) -> Option<Value> {
        let node = &self.0;
        let mut values: Vec<Value> = node
            .attributes
            .iter()
            .filter(|(own, _)| own.eq_ignore_ascii_case(name))
            .map(|(_, value)| Value::Str(value.clone()))
            .collect();
        values.extend(node.children.iter().filter(|child| child.name.eq_ignore_ascii_case(name)).map(shown));
        if !values.is_empty() {
            return Some(if values.len() == 1 { values.remove(0) } else { Value::array(values) });
        }
        let nodes = |nodes: &[Rc<Node>]| {
            Value::array(nodes.iter().map(|node| Value::Net(Rc::new(Self(Rc::clone(node))))).collect())
        };
        Some(match name.to_ascii_lowercase().as_str() {
            "innertext" => Value::str(node.text.as_str()),
            "#text" if !node.text.is_empty() => Value::str(node.text.as_str()),
            "innerxml" => Value::str(node.inner.as_str()),
            "outerxml" => Value::str(node.outer.as_str()),
            "name" | "localname" => {
                Value::Str(if node.name.is_empty() { "#document".into() } else { node.name.clone() })
            }
            "childnodes" => nodes(&node.children),
            "haschildnodes" => Value::Bool(!node.children.is_empty()),
            "documentelement" | "firstchild" => {
                node.children.first().map_or(Value::Null, |node| Value::Net(Rc::new(Self(Rc::clone(node)))))
            }
            _ => return None,
        })
    }

    fn call(&self, engine: &mut Engine, name: &str, arguments: &[Value]) -> Option<Flow<Value>> {
        let text = arguments.first().map(Value::text).unwrap_or_default();
        let element = |node: &Rc<Node>| Value::Net(Rc::new(Self(Rc::clone(node))));
        Some(match name.to_ascii_lowercase().as_str() {
            "selectnodes" | "selectsinglenode" if text.contains(['[', '@', '(', ':']) => Err(engine.refused(
                format!("The XPath '{text}' is not available in this console: names, * and // are."),
            )),
            "selectnodes" => Ok(Value::array(self.select(&text).iter().map(element).collect())),
            "selectsinglenode" => Ok(self.select(&text).first().map_or(Value::Null, element)),
            "getelementsbytagname" => {
                let mut found = Vec::new();
                gather(&self.0, &text, true, &mut found);
                Ok(Value::array(found.iter().map(element).collect()))
            }
            "getattribute" => {
                let found = self.0.attributes.iter().find(|(own, _)| *own == text);
                Ok(found.map_or(Value::str(""), |(_, value)| Value::Str(value.clone())))
            }
            "hasattribute" => Ok(Value::Bool(self.0.attributes.iter().any(|(own, _)| *own == text))),
            _ => return None,
        })
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
