//! OPATH: the language of `-Filter`, such as `(Department -eq 'Legal') -and -not(Office -like 'Lind*')`.
//!
//! A filter is parsed once; its properties are numbered, so that the caller can resolve each to where it finds its
//! values and evaluate the filter for 100,000 objects.

mod compare;
mod parse;

use postern_shared::value::{PsStr, PsValue};

pub use self::compare::Like;

/// Nested parentheses and `-not`s: deeper ones are no filter that a person wrote.
const MAX_DEPTH: usize = 64;
/// Characters of a filter, as Exchange allows at most for a recipient filter.
const MAX_LENGTH: usize = 16_384;

/// A parsed filter.
#[derive(Clone, Debug, PartialEq)]
pub struct Filter {
    root: Node,
    properties: Vec<PsStr>,
}

/// Why a filter cannot be parsed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "Invalid filter syntax. For a description of the filter parameter syntax see the command help.\r\n\"{filter}\" at position {position}."
)]
pub struct FilterError {
    /// The whole filter.
    pub filter: String,
    /// Where the parser stopped, in characters from 1.
    pub position: usize,
}

#[derive(Clone, Debug, PartialEq)]
enum Node {
    And(Box<Node>, Box<Node>),
    Or(Box<Node>, Box<Node>),
    Not(Box<Node>),
    Compare { property: usize, operator: Operator, value: Literal },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    Equal,
    NotEqual,
    Like,
    NotLike,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

#[derive(Clone, Debug, PartialEq)]
enum Literal {
    Null,
    Text { text: PsStr, like: Like },
}

impl Filter {
    /// Reads a filter; braces around it, as a script block has them, may be there.
    pub fn parse(text: &str) -> Result<Self, FilterError> {
        parse::parse(text)
    }

    /// The names of the properties that it asks for, in the order of their numbers.
    pub fn properties(&self) -> &[PsStr] {
        &self.properties
    }

    /// Whether an object matches; `value` gives the value of the property of that number.
    pub fn matches(&self, mut value: impl FnMut(usize) -> PsValue) -> bool {
        evaluate(&self.root, &mut value)
    }
}

fn evaluate(node: &Node, value: &mut impl FnMut(usize) -> PsValue) -> bool {
    match node {
        Node::And(a, b) => evaluate(a, value) && evaluate(b, value),
        Node::Or(a, b) => evaluate(a, value) || evaluate(b, value),
        Node::Not(inner) => !evaluate(inner, value),
        Node::Compare { property, operator, value: literal } => {
            compare::compare(&value(*property), *operator, literal)
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use postern_shared::value::{Content, DateTimeKind, PsDateTime, PsObject};

    use super::*;

    fn value(name: &str) -> PsValue {
        match name {
            "Department" => "Radiology".into(),
            "Empty" => "".into(),
            "Enabled" => true.into(),
            "Count" => 12.into(),
            "Created" => {
                PsDateTime::from_fields((2026, 3, 2), (9, 14, 5), 0, DateTimeKind::Local(60)).unwrap().into()
            }
            "Kind" => PsValue::Object(Arc::new(PsObject {
                to_string: Some("SharedMailbox".into()),
                content: Content::Value(PsValue::I64(4)),
                ..PsObject::default()
            })),
            "Quota" => PsValue::Object(Arc::new(PsObject {
                to_string: Some("49.5 GB (53,150,220,288 bytes)".into()),
                ..PsObject::default()
            })),
            "Addresses" => PsValue::Object(Arc::new(PsObject {
                content: Content::List(vec!["SMTP:a@b.example".into(), "smtp:c@d.example".into()]),
                ..PsObject::default()
            })),
            _ => PsValue::Null,
        }
    }

    fn matches(text: &str) -> bool {
        let filter = Filter::parse(text).unwrap_or_else(|error| panic!("{error}"));
        filter.matches(|slot| value(&filter.properties()[slot]))
    }

    #[test]
    fn comparisons() {
        for (filter, expected) in [
            ("Department -eq 'radiology'", true),
            ("Department -ne \"Radiology\"", false),
            ("Department -like 'Radiolog*'", true),
            ("Department -like '*log*'", true),
            ("Department -notlike 'Card*'", true),
            ("Department -gt 'Cardiology'", true),
            ("Enabled -eq $true", true),
            ("Enabled -eq 'true'", true),
            ("Enabled -eq 'False'", false),
            ("Count -ge 12", true),
            ("Count -lt '12'", false),
            ("Nothing -eq $null", true),
            ("Empty -eq $null", true),
            ("Empty -ne $null", false),
            ("Department -ne $null", true),
            ("Created -gt '1/1/2026'", true),
            ("Created -lt '2026-03-02T08:00:00'", false),
            ("Kind -eq 'SharedMailbox'", true),
            ("Kind -eq 4", true),
            ("Kind -ne 'UserMailbox'", true),
            ("Quota -gt '49GB'", true),
            ("Quota -gt '50 GB'", false),
            ("Quota -eq '49.5 GB'", true),
            ("Addresses -like '*@d.example'", true),
            ("Addresses -eq 'smtp:C@D.example'", true),
            ("Addresses -eq 'c@d.example'", true),
            ("Addresses -like '*@x.example'", false),
        ] {
            assert_eq!(matches(filter), expected, "{filter}");
        }
    }

    #[test]
    fn logic_binds_as_in_exchange() {
        assert!(matches("Department -eq 'x' -and Count -eq 12 -or Enabled -eq $true"));
        assert!(!matches("Department -eq 'x' -and (Count -eq 12 -or Enabled -eq $true)"));
        assert!(matches("-not(Department -eq 'x') -and -not (Count -eq 1)"));
        assert!(matches("!(Department -eq 'x')"));
        assert!(matches(" { Department -like 'Radio*' } "));
        assert!(matches("((((Count -eq 12))))"));
        assert!(matches("Department -EQ 'Radiology' -AND Nothing -eq $NULL"));
    }

    #[test]
    fn quotes() {
        let filter = Filter::parse("Name -eq 'Seán O''Brien'").unwrap();
        assert!(filter.matches(|_| "Seán O'Brien".into()));
        let filter = Filter::parse("Name -eq \"Seán O'Brien\"").unwrap();
        assert!(filter.matches(|_| "SEÁN O'BRIEN".into()));
    }

    #[test]
    fn what_is_no_filter_says_where() {
        for (filter, position) in [
            ("", 1),
            ("Name", 5),
            ("Name -eq", 9),
            ("Name -is 'x'", 6),
            ("Name -eq 'x' -and", 18),
            ("(Name -eq 'x'", 14),
            ("Name -eq 'x", 10),
            ("Name -eq 'x')", 13),
            ("Name -eq 'x' Office -eq 'y'", 14),
        ] {
            let error = Filter::parse(filter).expect_err(filter);
            assert_eq!(error.position, position, "{filter}");
        }
        assert!(Filter::parse(&"(".repeat(10_000)).is_err());
        assert!(Filter::parse(&"-not ".repeat(2_000)).is_err());
    }
}
