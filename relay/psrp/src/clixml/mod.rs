//! CLIXML, the serialisation of PowerShell objects (MS-PSRP section 2.2.5), straight from and to bytes.
//!
//! The decoder is a scanner of its own rather than a general XML reader: CLIXML uses a small part of XML (elements,
//! attributes, the five entities and character references), a mailbox has hundreds of elements, and nearly all of the
//! time goes into them. Whatever is outside that part (a document type, above all) is refused.

mod decode;
mod encode;
mod intern;
mod lexical;
mod references;
mod scan;
mod text;

use thiserror::Error;

pub use self::{
    decode::{Decoder, decode},
    encode::{Encoder, encode, encode_document, encode_with},
};

/// What a decoder accepts of one message. A message's size is bounded by the fragment reassembly before it.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Objects inside each other, references followed. PowerShell sends a depth of 1 or 2 unless it is asked for more;
    /// the number keeps the recursion of the decoder, and of whoever walks over a value, far from the end of the stack.
    pub depth: usize,
    /// Values of all kinds in a message, of which an object counts as twelve. Bounds what a message of small elements
    /// costs beside its text: 24 bytes each.
    pub values: usize,
    /// Values if each reference were replaced by the object that it means. A few references can mean an object of
    /// 2^50 values; whoever walks over a value, to show or write it, would never end.
    pub expanded: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { depth: 96, values: 8_000_000, expanded: 16_000_000 }
    }
}

/// What an object costs, in values of 24 bytes: itself, and what is noted about it for references.
const OBJECT_COST: usize = 12;

/// Why bytes are not CLIXML.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum ClixmlError {
    /// The bytes end within an element, or an element is not closed.
    #[error("the text ends early, at byte {0}")]
    Truncated(usize),
    /// Something that XML does not allow, or that CLIXML never uses.
    #[error("{what} at byte {at}")]
    Syntax {
        /// What it is.
        what: &'static str,
        /// Where.
        at: usize,
    },
    /// An element's text is not a value of its type.
    #[error("<{element}> at byte {at} does not hold a value of its type")]
    Value {
        /// The element's name.
        element: &'static str,
        /// Where its text begins.
        at: usize,
    },
    /// An element that does not exist, or not in this place.
    #[error("an unexpected element at byte {0}")]
    UnexpectedElement(usize),
    /// A `<Ref>` or `<TNRef>` to something that was not there before it.
    #[error("a reference to nothing at byte {0}")]
    UnknownReference(usize),
    /// More than [`Limits`] allow.
    #[error("more than {limit} {what}")]
    Limit {
        /// What there is too much of.
        what: &'static str,
        /// How much is allowed.
        limit: usize,
    },
}
