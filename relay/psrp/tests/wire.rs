//! Statements of docs/WIRE.md about CLIXML, one by one. Whole values as PowerShell writes them are in `clixml.rs`.

use std::fmt::Write as _;

use postern_psrp::clixml::{ClixmlError, Decoder, decode, encode};
use postern_shared::value::{Content, PsObject, PsStr, PsTimeSpan, PsValue};

fn written(value: impl Into<PsValue>) -> String {
    let mut out = Vec::new();
    encode(&value.into(), &mut out);
    String::from_utf8(out).unwrap()
}

fn read(xml: &str) -> PsValue {
    decode(xml.as_bytes()).unwrap()
}

#[test]
fn wire_20_text_is_escaped_as_powershell_does() {
    let lone = PsStr::from_utf16(&[0x61, 0xD83D, 0x62]);
    for (text, xml) in [
        (PsStr::from("\t\n\r\u{0}\u{1f}"), "<S>_x0009__x000A__x000D__x0000__x001F_</S>"),
        ("\u{7f}\u{85}\u{9f}\u{a0}".into(), "<S>_x007F__x0085__x009F_\u{a0}</S>"),
        ("\u{1f600}".into(), "<S>_xD83D__xDE00_</S>"),
        (lone.clone(), "<S>a_xD83D_b</S>"),
        ("_x0041_ _X _x _ x".into(), "<S>_x005F_x0041_ _x005F_X _x005F_x _ x</S>"),
        ("<&>'\"".into(), "<S>&lt;&amp;&gt;'\"</S>"),
    ] {
        assert_eq!(written(text.clone()), xml);
        assert_eq!(read(xml), text.into());
    }
    // In names, type names and texts of objects too.
    let object = PsObject {
        type_names: vec![lone.clone()].into(),
        to_string: Some(lone.clone()),
        extended: [(lone.clone(), PsValue::Null)].into_iter().collect(),
        ..PsObject::default()
    };
    let xml = written(object.clone());
    assert_eq!(xml.matches("a_xD83D_b").count(), 3, "{xml}");
    assert_eq!(read(&xml), object.into());
}

#[test]
fn wire_21_primitives_enums_and_children_in_any_order() {
    assert_eq!(read("<C>55357</C>"), PsValue::Char(0xD83D));
    assert_eq!(written(PsValue::Char(0xD83D)), "<C>55357</C>");
    for (number, text) in
        [(f64::INFINITY, "INF"), (f64::NEG_INFINITY, "-INF"), (f64::NAN, "NaN"), (-0.0, "-0")]
    {
        assert_eq!(written(number), format!("<Db>{text}</Db>"));
    }
    assert!(matches!(read("<Db>-0</Db>"), PsValue::Double(zero) if zero.is_sign_negative()));
    assert_eq!(written(PsTimeSpan { ticks: -1 }), "<TS>-PT0.0000001S</TS>");
    for tag in ["I32", "By", "I64", "U64"] {
        let xml = format!(
            "<Obj RefId=\"0\"><TN RefId=\"0\"><T>E</T><T>System.Enum</T></TN><ToString>A</ToString><{tag}>1</{tag}></Obj>"
        );
        let value = read(&xml);
        assert!(value.as_object().unwrap().is_enum());
        assert_eq!(value.as_i64(), Some(1), "{tag}");
        assert_eq!(written(value), xml);
    }
    let ordered = "<TN RefId=\"0\"><T>E</T></TN><ToString>t</ToString><S>x</S><MS><I32 N=\"n\">1</I32></MS>";
    let mixed = "<MS><I32 N=\"n\">1</I32></MS><S>x</S><ToString>t</ToString><TN RefId=\"0\"><T>E</T></TN>";
    let object = |inner: &str| read(&format!("<Obj RefId=\"0\">{inner}</Obj>"));
    assert_eq!(object(mixed), object(ordered));
    let noted = "<Obj RefId=\"0\"><S>text</S><MS><I32 N=\"n\">1</I32></MS></Obj>";
    assert_eq!(read(noted).get("n"), Some(&PsValue::I32(1)));
    assert_eq!(read(noted).to_string(), "text");
    assert_eq!(written(read(noted)), noted);
    let cycle = "<Obj RefId=\"0\"><MS><Ref N=\"Self\" RefId=\"0\" /></MS></Obj>";
    assert_eq!(read(cycle).get("Self"), Some(&PsValue::Ancestor(0)));
    assert_eq!(written(read(cycle)), cycle);
}

#[test]
fn wire_22_enumerables_carry_props_and_empty_values_are_closed() {
    let xml = "<Obj RefId=\"0\"><IE><I32>1</I32></IE><Props><I32 N=\"Count\">1</I32></Props></Obj>";
    let value = read(xml);
    assert!(matches!(value.as_object().unwrap().content, Content::Enumerable(_)));
    assert_eq!((value.get("Count"), value.as_list().map(<[_]>::len)), (Some(&PsValue::I32(1)), Some(1)));
    assert_eq!(written(value), xml);
    let list = xml.replace("IE>", "LST>");
    assert_eq!(read(&list).get("Count"), Some(&PsValue::I32(1)));
    assert_eq!(written(PsValue::Null), "<Nil />");
    assert_eq!(written(PsValue::Bytes(Vec::new().into())), "<BA />");
    for (empty, tag) in [
        (Content::List(Vec::new()), "LST"),
        (Content::Enumerable(Vec::new()), "IE"),
        (Content::Dictionary(Vec::new()), "DCT"),
    ] {
        let xml = format!("<Obj RefId=\"0\"><{tag} /></Obj>");
        assert_eq!(written(PsObject { content: empty, ..PsObject::default() }), xml);
    }
    assert_eq!(read("<S />"), "".into());
}

#[test]
fn wire_23_references_are_bounded() {
    let deep = "<Obj RefId=\"0\"><LST>".repeat(5000);
    assert!(matches!(decode(deep.as_bytes()), Err(ClixmlError::Limit { .. })));
    let mut xml = String::from("<Obj RefId=\"0\"><LST><Obj RefId=\"1\"><LST><I32>1</I32></LST></Obj>");
    for id in 2..60 {
        let inner = format!("<Ref RefId=\"{}\" />", id - 1).repeat(2);
        write!(xml, "<Obj RefId=\"{id}\"><LST>{inner}</LST></Obj>").unwrap();
    }
    xml += "</LST></Obj>";
    assert!(matches!(decode(xml.as_bytes()), Err(ClixmlError::Limit { .. })));
    // A reference stands for a key, a value, an item or a member.
    let anywhere =
        "<Obj RefId=\"0\"><DCT><En><S N=\"Key\">k</S><Ref N=\"Value\" RefId=\"0\" /></En></DCT></Obj>";
    let Content::Dictionary(entries) = &read(anywhere).as_object().unwrap().content.clone() else { panic!() };
    assert_eq!(entries[0].1, PsValue::Ancestor(0));
}

#[test]
fn wire_24_a_script_block_is_sbk() {
    let block = PsValue::ScriptBlock(std::sync::Arc::new("param($a)".into()));
    assert_eq!(written(block.clone()), "<SBK>param($a)</SBK>");
    assert_eq!(read("<SBK>param($a)</SBK>"), block);
    // A client never makes code of what it receives.
    let received = Decoder::default().deserialized(true).decode(b"<SBK>param($a)</SBK>");
    assert_eq!(received, Ok("param($a)".into()));
}

#[test]
fn wire_30_type_names_are_marked_once() {
    let xml = "<Obj RefId=\"0\"><TN RefId=\"0\"><T>M</T><T>Deserialized.N</T><T>deserialized.O</T><T>System.Object</T></TN></Obj>";
    let value = Decoder::default().deserialized(true).decode(xml.as_bytes()).unwrap();
    let names: Vec<&str> = value.as_object().unwrap().type_names.iter().map(|name| &**name).collect();
    assert_eq!(names, ["Deserialized.M", "Deserialized.N", "deserialized.O", "Deserialized.System.Object"]);
    // A server that receives it writes it on as it is.
    assert!(written(value).contains("<T>Deserialized.M</T>"));
}
