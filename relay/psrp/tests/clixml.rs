//! CLIXML against PowerShell's own: values as its serializer wrote them, and what its deserializer made of them
//! (`data/clixml.jsonl`; the fields are those of the file's `back`).

use std::path::Path;

use postern_conformance::{Counts, clixml::describe};
use postern_psrp::clixml::{ClixmlError, Decoder, Limits, decode, encode, encode_document};
use postern_shared::value::{PsObject, PsValue};
use serde_json::Value;

const CASES: &str = include_str!("data/clixml.jsonl");

#[test]
fn values_are_read_and_written_as_powershell_does() {
    let mut counts = Counts::default();
    let mut failed = Vec::new();
    counts.add(CASES, Path::new("tests/data"), |id, mismatches| {
        failed.extend(mismatches.iter().map(|mismatch| format!("{id}: {mismatch}")));
    });
    assert!(failed.is_empty(), "{}", failed.join("\n"));
    assert_eq!(counts, Counts { passed: 146, failed: 0 });
}

/// Read without prefixing, a value is written as PowerShell wrote it.
#[test]
fn values_are_written_with_the_bytes_of_powershell() {
    let lines_matter = ["string-lines", "string-space", "xml", "exception", "errorrecord", "scriptblock"];
    for line in CASES.lines() {
        let case: Value = serde_json::from_str(line).expect("a case");
        let (id, xml) = (case["id"].as_str().expect("text"), case["clixml"].as_str().expect("text"));
        let live = decode(xml.as_bytes()).expect("CLIXML");
        let mut written = Vec::new();
        encode_document([&live], &mut written);
        let written = String::from_utf8(written).expect("UTF-8");
        let compact = xml.lines().map(str::trim).collect::<String>();
        if !lines_matter.iter().any(|name| id.starts_with(name)) {
            assert_eq!(written, compact, "{id}");
        }
        // Compared by description, since NaN is not equal to itself.
        assert_eq!(describe(&decode(written.as_bytes()).expect("CLIXML")), describe(&live), "{id}");
    }
}

#[test]
fn references_share_and_cycles_close() {
    let xml = br#"<Obj RefId="0"><TN RefId="0"><T>System.Object[]</T></TN><LST><Obj RefId="1"><MS><I32 N="S">1</I32><Ref
        N="Self" RefId="1" /><Ref N="Top" RefId="0" /></MS></Obj><Ref RefId="1" /></LST></Obj>"#;
    let value = decode(xml).expect("CLIXML");
    let items = value.as_list().expect("a list");
    let (PsValue::Object(first), PsValue::Object(second)) = (&items[0], &items[1]) else {
        panic!("{items:?}")
    };
    assert!(std::sync::Arc::ptr_eq(first, second));
    assert_eq!(first.get("Self"), Some(&PsValue::Ancestor(0)));
    assert_eq!(first.get("Top"), Some(&PsValue::Ancestor(1)));
    let mut out = Vec::new();
    encode(&value, &mut out);
    assert_eq!(decode(&out), Ok(value));
}

/// An ancestor is counted from its place: an object that is referred to at another place gets other numbers, and
/// the ancestor itself where that is finished by then.
#[test]
fn an_object_with_an_ancestor_can_be_referred_to_elsewhere() {
    let xml = br#"<Obj RefId="0"><LST><Obj RefId="1"><MS><Obj N="Child" RefId="2"><MS><Ref N="Up" RefId="1" /><Ref
        N="Top" RefId="0" /></MS></Obj><Obj N="Box" RefId="3"><MS><Ref N="Child" RefId="2" /></MS></Obj></MS></Obj><Ref
        RefId="2" /></LST></Obj>"#;
    let value = decode(xml).expect("CLIXML");
    let items = value.as_list().expect("a list");
    let boxed = items[0].get("Box").and_then(|holder| holder.get("Child")).expect("a child");
    assert_eq!(boxed.get("Up"), Some(&PsValue::Ancestor(2)));
    assert_eq!(boxed.get("Top"), Some(&PsValue::Ancestor(3)));
    // Outside of its parent, the parent is a whole object below it, whose own ancestor is the list.
    assert_eq!(items[1].get("Top"), Some(&PsValue::Ancestor(1)));
    let parent = items[1].get("Up").expect("the parent");
    assert_eq!(parent.get("Child").and_then(|child| child.get("Up")), Some(&PsValue::Ancestor(1)));
    assert_eq!(parent.get("Child").and_then(|child| child.get("Top")), Some(&PsValue::Ancestor(3)));
}

#[test]
fn references_that_mean_too_much_are_refused() {
    let mut xml = String::from(r#"<Obj RefId="0"><LST>"#);
    for n in 1..60 {
        let inside =
            if n == 1 { "<I32>1</I32>".into() } else { format!(r#"<Ref RefId="{}" />"#, n - 1).repeat(2) };
        xml.extend([r#"<Obj RefId=""#, &n.to_string(), r#""><LST>"#, &inside, "</LST></Obj>"]);
    }
    xml += "</LST></Obj>";
    assert!(matches!(decode(xml.as_bytes()), Err(ClixmlError::Limit { .. })));
}

#[test]
fn a_far_ref_id_costs_nothing() {
    let value =
        decode(br#"<Obj RefId="4000000000"><LST><Ref RefId="4000000000" /></LST></Obj>"#).expect("CLIXML");
    assert_eq!(value.as_list(), Some(&[PsValue::Ancestor(0)][..]));
}

#[test]
fn member_sets_are_no_properties() {
    let xml =
        br#"<Obj RefId="0"><MS><MS N="PSStandardMembers"><S N="a">b</S></MS><I32 N="A">1</I32></MS></Obj>"#;
    let value = decode(xml).expect("CLIXML");
    assert_eq!(value.as_object().map(|object| object.extended.len()), Some(1));
    assert_eq!(value.get("A"), Some(&PsValue::I32(1)));
}

#[test]
fn objects_of_a_type_share_names_and_constants() {
    let mut decoder = Decoder::new(Limits::default()).deserialized(true);
    let mut read = |n: u32| {
        let xml = format!(
            r#"<Obj RefId="0"><TN RefId="0"><T>M</T></TN><Props><S N="Name">user{n}</S><Obj N="Kind" RefId="1"><TN
            RefId="1"><T>K</T><T>System.Enum</T></TN><ToString>A</ToString><I32>1</I32></Obj></Props></Obj>"#
        );
        decoder.decode(xml.as_bytes()).expect("CLIXML")
    };
    let (one, two) = (read(1), read(2));
    let (one, two) = (one.as_object().expect("an object"), two.as_object().expect("an object"));
    assert_eq!(one.type_name(), "Deserialized.M");
    assert!(std::sync::Arc::ptr_eq(&one.type_names, &two.type_names));
    assert!(std::sync::Arc::ptr_eq(one.adapted.shape(), two.adapted.shape()));
    let kind = |object: &PsObject| match object.get("Kind") {
        Some(PsValue::Object(kind)) => std::sync::Arc::clone(kind),
        other => panic!("{other:?}"),
    };
    assert!(std::sync::Arc::ptr_eq(&kind(one), &kind(two)));
    assert!(kind(one).is_enum());
}

#[test]
fn a_property_more_or_less_is_not_mixed_up() {
    let mut decoder = Decoder::default();
    for names in
        [&["A", "B", "C"][..], &["A", "B"], &["A", "X", "C", "D"], &["A", "B", "C"], &[], &["a_x0041_"]]
    {
        let members: Vec<String> = names.iter().map(|name| format!(r#"<S N="{name}">{name}</S>"#)).collect();
        let members = members.concat();
        let xml = format!(r#"<Obj RefId="0"><TN RefId="0"><T>M</T></TN><Props>{members}</Props></Obj>"#);
        let value = decoder.decode(xml.as_bytes()).expect("CLIXML");
        let object = value.as_object().expect("an object");
        let read: Vec<(String, String)> =
            object.adapted.iter().map(|(n, v)| (n.to_string(), v.to_string())).collect();
        let expected: Vec<(String, String)> =
            names.iter().map(|name| name.replace("_x0041_", "A")).map(|name| (name.clone(), name)).collect();
        assert_eq!(read, expected);
    }
}

#[test]
fn hostile_bytes_are_errors() {
    let deep = "<Obj RefId=\"0\"><LST>".repeat(100_000);
    for xml in [
        &*deep,
        "<!DOCTYPE x [<!ENTITY a \"b\">]><S>&a;</S>",
        "<S>&a;</S>",
        "<S>a<B/>b</S>",
        "<Ref RefId=\"7\"/>",
        "<Obj RefId=\"0\"><TNRef RefId=\"1\"/></Obj>",
        "<I32>2147483648</I32>",
        "<I32>one</I32>",
        "<Nope>1</Nope>",
        "</S>",
        "<S",
        "<S a=\"",
        "text",
        "<Obj RefId=\"0\"></LST>",
        "<S></S><S></S>",
        "<G>123</G>",
        "<BA>%</BA>",
        "<C>65536</C>",
    ] {
        assert!(decode(xml.as_bytes()).is_err(), "{}", &xml[..xml.len().min(60)]);
    }
}

#[test]
fn every_cut_of_a_message_is_an_error_or_a_value() {
    let line = include_str!("data/clixml.jsonl")
        .lines()
        .find(|line| line.contains("errorrecord-2"))
        .expect("a case");
    let case: Value = serde_json::from_str(line).expect("a case");
    let xml = case["clixml"].as_str().expect("text").as_bytes();
    for end in 0..xml.len() {
        let _ = decode(&xml[..end]);
        let mut flipped = xml.to_vec();
        flipped[end] ^= 0x11;
        let _ = decode(&flipped);
    }
}
