//! Limits of what a peer's bytes may cost: memory, depth, references, and time.

use std::fmt::Write as _;

use allocation_counter::measure;
use postern_psrp::{
    clixml::{ClixmlError, Decoder, Limits, decode, encode},
    fragment::{FragmentError, HEADER_LEN, MAX_MESSAGE_LEN, Reassembler},
};
use postern_shared::value::{PsObject, PsValue};

/// Memory that the default limits may let a message cost beside its own bytes.
const MOST: usize = 640 << 20;
/// The tests take a message of a part of the longest length with a part of the limits, and so need no minutes.
const PART: usize = 16;

/// Levels of objects in a value, without recursion.
fn depth(value: &PsValue) -> usize {
    let mut deepest = 0;
    let mut waiting = vec![(value, 1)];
    while let Some((value, level)) = waiting.pop() {
        let Some(object) = value.as_object() else { continue };
        deepest = deepest.max(level);
        waiting.extend(parts(object).map(|part| (part, level + 1)));
    }
    deepest
}

fn parts(object: &PsObject) -> impl Iterator<Item = &PsValue> {
    let items = PsValue::from(object.clone()).as_list().map(<[_]>::len).unwrap_or_default();
    let list = match &object.content {
        postern_shared::value::Content::List(items) => items.as_slice(),
        _ => &[],
    };
    assert_eq!(items, list.len(), "only lists are used here");
    list.iter().chain(object.properties().map(|(_, value)| value))
}

fn is_limit(result: &Result<PsValue, ClixmlError>) -> bool {
    matches!(result, Err(ClixmlError::Limit { .. }))
}

/// An object with the one before in it, so many levels deep, and a reference to `inner` at the bottom.
fn nested(first: usize, levels: usize, inner: Option<usize>) -> String {
    let mut xml = String::new();
    for id in first..first + levels {
        let _ = write!(xml, "<Obj RefId=\"{id}\"><LST>");
    }
    if let Some(inner) = inner {
        let _ = write!(xml, "<Ref RefId=\"{inner}\" />");
    }
    xml.push_str(&"</LST></Obj>".repeat(levels));
    xml
}

#[test]
fn depth_has_a_limit() {
    let limit = Limits::default().depth;
    assert_eq!(depth(&decode(nested(0, limit, None).as_bytes()).unwrap()), limit);
    assert!(is_limit(&decode(nested(0, limit + 1, None).as_bytes())));
    // Unfinished, and without end.
    assert!(is_limit(&decode("<Obj><LST>".repeat(1_000_000).as_bytes())));
}

/// Each object alone is within the limit; through references they would be 100,000 levels deep, and whoever drops or
/// walks over them would run out of stack.
#[test]
fn references_count_for_depth() {
    let limit = Limits::default().depth;
    let mut xml = String::from("<Obj RefId=\"1000000\"><LST>");
    let (mut id, mut last) = (0, None);
    for _ in 0..1200 {
        xml.push_str(&nested(id, limit - 10, last));
        last = Some(id);
        id += limit - 10;
    }
    xml.push_str("</LST></Obj>");
    assert!(is_limit(&decode(xml.as_bytes())));
    // Two that fit together are still read.
    let xml = format!("<Obj><LST>{}{}</LST></Obj>", nested(0, limit / 2 - 1, None), nested(500, 10, Some(0)));
    assert_eq!(depth(&decode(xml.as_bytes()).unwrap()), 1 + 10 + limit / 2 - 1);
}

/// Objects that refer to what is around them are copied where they are referred to from elsewhere; the copies bring
/// more such references with them.
#[test]
fn copies_of_cycles_count_for_depth() {
    let levels = 60;
    let mut xml = String::from("<Obj RefId=\"0\"><LST>");
    for id in 1..levels {
        let _ = write!(xml, "<Obj RefId=\"{id}\"><LST>");
    }
    for id in 0..levels {
        let _ = write!(xml, "<Ref RefId=\"{id}\" />");
    }
    xml.push_str(&"</LST></Obj>".repeat(levels - 1));
    for id in (1..levels).rev() {
        let _ = write!(xml, "<Obj RefId=\"{}\"><LST><Ref RefId=\"{id}\" /></LST></Obj>", 1000 + id);
    }
    xml.push_str("</LST></Obj>");
    match decode(xml.as_bytes()) {
        Ok(value) => assert!(depth(&value) <= Limits::default().depth),
        result => assert!(is_limit(&result), "{result:?}"),
    }
}

/// Ten levels, each of which refers to the one before ten times: ten thousand million values, if they are followed.
#[test]
fn a_billion_laughs_are_refused() {
    let mut xml = String::from("<Obj RefId=\"100\"><LST><Obj RefId=\"0\"><LST><S>ha</S></LST></Obj>");
    for id in 1..12 {
        let references = format!("<Ref RefId=\"{}\" />", id - 1).repeat(10);
        let _ = write!(xml, "<Obj RefId=\"{id}\"><LST>{references}</LST></Obj>");
    }
    xml.push_str("</LST></Obj>");
    let info = measure(|| assert!(is_limit(&decode(xml.as_bytes()))));
    assert!(info.bytes_max < 1 << 20, "{info:?}");
}

/// What costs the most memory for the fewest bytes.
#[test]
fn a_message_costs_no_more_memory_than_allowed() {
    let fill = |part: &str| part.repeat(MAX_MESSAGE_LEN / PART / part.len());
    let Limits { depth, values, expanded } = Limits::default();
    let limits = Limits { depth, values: values / PART, expanded: expanded / PART };
    for (name, part) in [
        ("objects", "<Obj/>"),
        ("objects with ids", "<Obj RefId=\"999999\"/>"),
        ("nulls", "<Nil/>"),
        ("strings", "<S/>"),
        ("lists", "<Obj><LST/></Obj>"),
        ("properties", "<Obj><MS><S N=\"a\"/><S N=\"b\"/></MS></Obj>"),
        ("entries", "<Obj><DCT><En></En></DCT></Obj>"),
        ("many entries", "<En></En>"),
        ("types", "<Obj><TN><T/></TN></Obj>"),
        ("escapes", "<S>_xD800_</S>"),
    ] {
        let (open, close) = match name {
            "many entries" => ("<Obj><DCT>", "</DCT></Obj>"),
            _ => ("<Obj><LST>", "</LST></Obj>"),
        };
        let xml = format!("{open}{}{close}", fill(part));
        let info = measure(|| drop(Decoder::new(limits).decode(xml.as_bytes())));
        eprintln!("{name}: {} MB, {} allocations", (info.bytes_max as usize * PART) >> 20, info.count_total);
        assert!((info.bytes_max as usize) < MOST / PART, "{name}: {info:?}");
    }
}

/// Types and shapes that are all different: a decoder remembers them, but not without end.
#[test]
fn a_decoder_does_not_grow_with_its_messages() {
    let mut decoder = Decoder::default();
    let mut number = 0;
    let mut kept = 0;
    for _ in 0..60 {
        let mut xml = String::from("<Obj><LST>");
        for _ in 0..2000 {
            number += 1;
            let long = "x".repeat(200);
            let _ = write!(
                xml,
                "<Obj><TN><T>Type{}{long}</T></TN><ToString>{number}{long}</ToString>\
                 <Props><S N=\"Name{number}{long}\">{long}</S></Props></Obj>",
                number % 5000
            );
        }
        xml.push_str("</LST></Obj>");
        let info = measure(|| drop(decoder.decode(xml.as_bytes()).unwrap()));
        kept += info.bytes_current;
        assert!(kept < 64 << 20, "{kept} bytes are kept");
    }
    eprintln!("{} kB are kept after {number} types and shapes", kept >> 10);
}

#[test]
fn declarations_are_refused() {
    for xml in [
        "<!DOCTYPE Objs [<!ENTITY a \"b\">]><Objs><S>&a;</S></Objs>",
        "<Objs><!DOCTYPE x><S>a</S></Objs>",
        "<Objs><![CDATA[<S>a</S>]]></Objs>",
        "<S>&a;</S>",
        "<S><![CDATA[a]]></S>",
    ] {
        assert!(matches!(decode(xml.as_bytes()), Err(ClixmlError::Syntax { .. })), "{xml}");
    }
}

/// Nothing takes more than a walk over the bytes.
#[test]
fn no_message_takes_long() {
    for part in [
        "<!-- -->",
        "<? ?>",
        "<Obj><Foo><Foo></Foo></Foo></Obj>",
        "<S>&amp;_x0041_</S>",
        "<Obj><TN RefId=\"0\"><T>a</T></TN></Obj>",
        "<Obj RefId=\"7\"/><Ref RefId=\"7\"/>",
        "<Obj><MS><S N=\"a\"/></MS></Obj><Obj><MS><S N=\"b\"/></MS></Obj>",
    ] {
        let time = |length: usize| {
            let xml = format!("<Obj><LST>{}</LST></Obj>", part.repeat(length / part.len()));
            let run = || {
                let began = std::time::Instant::now();
                let result = decode(xml.as_bytes());
                assert!(result.is_ok(), "{part}: {result:?}");
                began.elapsed()
            };
            (0..5).map(|_| run()).min().unwrap()
        };
        // A hundred times as much takes a hundred times as long, or ten times that on a machine that is busy just
        // now; were it quadratic, ten thousand times.
        let (short, long) = (time(10_000), time(1_000_000));
        assert!(long < short * 1000, "{part}: {short:?}, then {long:?}");
    }
}

#[test]
fn what_is_written_stays_within_the_depth() {
    let mut value = PsValue::from("bottom");
    for _ in 0..500 {
        value = PsObject { extended: [("In", value)].into_iter().collect(), ..PsObject::default() }.into();
    }
    let mut xml = Vec::new();
    encode(&value, &mut xml);
    assert!(depth(&decode(&xml).unwrap()) <= Limits::default().depth);
}

fn fragment(object: u64, number: u64, flags: u8, length: u32, piece: &[u8]) -> Vec<u8> {
    let mut bytes = object.to_be_bytes().to_vec();
    bytes.extend_from_slice(&number.to_be_bytes());
    bytes.push(flags);
    bytes.extend_from_slice(&length.to_be_bytes());
    bytes.extend_from_slice(piece);
    bytes
}

/// An object whose fragments never end, and objects that only ever begin.
#[test]
fn fragments_without_end_are_not_kept() {
    let limit = 1 << 20;
    let piece = vec![b'x'; 32 * 1024];
    let info = measure(|| {
        let mut reassembler = Reassembler::new(limit);
        let ended = (0..1000).find_map(|number| {
            let flags = u8::from(number == 0);
            let data = fragment(1, number, flags, piece.len() as u32, &piece);
            reassembler.feed(&data, |_| panic!("no message ends")).err()
        });
        assert_eq!(ended, Some(FragmentError::TooLong { limit }));

        let mut reassembler = Reassembler::new(limit);
        for object in 0..1000 {
            let data = fragment(object, 0, 1, piece.len() as u32, &piece);
            reassembler.feed(&data, |_| panic!("no message ends")).unwrap();
        }
        // Fragments of nothing.
        let mut reassembler = Reassembler::new(limit);
        for number in 0..100_000 {
            let data = fragment(1, number, u8::from(number == 0), 0, &[]);
            reassembler.feed(&data, |_| panic!("no message ends")).unwrap();
        }
        // A fragment that is announced whole and comes byte by byte.
        let mut reassembler = Reassembler::new(limit);
        reassembler.feed(&fragment(1, 0, 3, limit as u32, &[]), |_| panic!("not yet")).unwrap();
        for _ in 0..limit - 1 {
            reassembler.feed(b"x", |_| panic!("not yet")).unwrap();
        }
        let mut messages = 0;
        reassembler.feed(b"x", |_| messages += 1).unwrap();
        assert_eq!(messages, 1);
    });
    assert!(info.bytes_max < 4 * limit as u64 + 8 * HEADER_LEN as u64, "{info:?}");
}
