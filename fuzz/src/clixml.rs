//! CLIXML: what is decoded, encoded and decoded again is the same, whatever a decoder has seen before.

use postern_psrp::clixml::{Decoder, Limits, decode, encode, encode_document};
use postern_shared::value::PsValue;

/// What CLIXML is made of.
pub const WORDS: &[&str] = &[
    "<Objs>",
    "</Objs>",
    "<Obj RefId=\"0\">",
    "</Obj>",
    "<Ref RefId=\"0\" />",
    "<TN RefId=\"0\">",
    "</TN>",
    "<TNRef RefId=\"0\" />",
    "<T>",
    "</T>",
    "<ToString>",
    "</ToString>",
    "<Props>",
    "</Props>",
    "<MS>",
    "</MS>",
    "<LST>",
    "</LST>",
    "<IE>",
    "</IE>",
    "<STK>",
    "</STK>",
    "<QUE>",
    "</QUE>",
    "<DCT>",
    "</DCT>",
    "<En>",
    "</En>",
    "<S>",
    "</S>",
    "<S N=\"",
    "<C>",
    "</C>",
    "<B>true</B>",
    "<DT>",
    "</DT>",
    "<TS>",
    "</TS>",
    "<By>",
    "<SB>",
    "<U16>",
    "<I16>",
    "<U32>",
    "<I32>",
    "</I32>",
    "<U64>",
    "<I64>",
    "<Sg>",
    "<Db>",
    "</Db>",
    "<D>",
    "</D>",
    "<BA>",
    "</BA>",
    "<G>",
    "<URI>",
    "<Version>",
    "</Version>",
    "<XD>",
    "<SBK>",
    "<SS>",
    "<Nil />",
    " N=\"Key\"",
    " N=\"Value\"",
    "RefId=\"",
    "_x000A_",
    "_x005F_",
    "_xD83D_",
    "&amp;",
    "&#65;",
    "<!--",
    "-->",
    "<?",
    "?>",
    "<!DOCTYPE",
    "INF",
    "NaN",
    "P1DT",
    "2024-02-29T23:59:59.1234567+01:00",
    "Deserialized.",
];

/// Bounds under which a hostile input stays quick.
const LIMITS: Limits = Limits { depth: 32, values: 20_000, expanded: 20_000 };

/// Several documents, with a byte between them that XML cannot hold.
pub fn run(data: &[u8]) {
    let mut plain = Decoder::new(LIMITS);
    let mut marked = Decoder::new(LIMITS).deserialized(true);
    for document in data.split(|byte| *byte == 0) {
        // What a decoder remembers of other messages is for speed only.
        let fresh = Decoder::new(LIMITS).decode_all(document);
        let remembered = plain.decode_all(document);
        match (&fresh, &remembered) {
            (Ok(fresh), Ok(remembered)) => assert_same(fresh, remembered),
            // What is wrong may be noticed in another place.
            _ => assert_eq!(fresh.is_err(), remembered.is_err()),
        }
        if let Ok(values) = fresh {
            values.iter().for_each(round_trip);
            let mut written = Vec::new();
            encode_document(&values, &mut written);
            assert_same(
                &Decoder::new(Limits::default()).decode_all(&written).expect("own document"),
                &values,
            );
        }
        if let Ok(values) = marked.decode_all(document) {
            values.iter().for_each(round_trip);
        }
    }
}

fn round_trip(value: &PsValue) {
    let mut first = Vec::new();
    encode(value, &mut first);
    let again = decode(&first).unwrap_or_else(|why| panic!("{why}: {}", String::from_utf8_lossy(&first)));
    assert_same(std::slice::from_ref(value), std::slice::from_ref(&again));
}

/// Equal, or with something in it that is not equal to itself: a NaN.
fn assert_same(a: &[PsValue], b: &[PsValue]) {
    #[expect(clippy::eq_op, reason = "a NaN is not equal to itself")]
    if a == a {
        assert_eq!(a, b);
    } else {
        assert_eq!(format!("{a:?}"), format!("{b:?}"));
    }
}

/// The documents that PowerShell wrote for each kind of value, and bodies of its messages.
pub fn seeds() -> Vec<Vec<u8>> {
    let values = include_str!("../../relay/psrp/tests/data/clixml.jsonl");
    let values = values.lines().filter_map(|line| {
        let case: serde_json::Value = serde_json::from_str(line).ok()?;
        Some(case.get("clixml")?.as_str()?.as_bytes().to_vec())
    });
    values.chain(bodies().map(|(_, _, body)| body.as_bytes().to_vec())).collect()
}

/// Direction (whether to the server), message id and body of the messages that PowerShell wrote.
pub(crate) fn bodies() -> impl Iterator<Item = (bool, u32, &'static str)> {
    include_str!("../../relay/psrp/tests/captures/powershell-7.6.txt").lines().filter_map(|line| {
        let mut parts = line.splitn(3, ' ');
        let direction = parts.next()?;
        let id = u32::from_str_radix(parts.next()?, 16).ok()?;
        Some((direction == "->", id, parts.next().unwrap_or_default()))
    })
}
