//! What is written is read: for every value there is.

use std::sync::Arc;

use postern_psrp::{
    clixml::{Decoder, decode, encode, encode_with},
    secure::{Secrets, SessionKey},
};
use postern_shared::value::{
    Content, DateTimeKind, Decimal, Properties, PsDateTime, PsObject, PsStr, PsTimeSpan, PsValue, PsVersion,
    SecureString, Uuid,
};
use proptest::prelude::*;

/// Text of all kinds: any characters, any UTF-16 units (lone surrogates among them), and what looks like an escape.
fn texts() -> impl Strategy<Value = PsStr> {
    prop_oneof![
        any::<String>().prop_map(PsStr::from),
        prop::collection::vec(any::<u16>(), 0..12).prop_map(|units| PsStr::from_utf16(&units)),
        prop::collection::vec(0xD800_u16..=0xDFFF, 1..6).prop_map(|units| PsStr::from_utf16(&units)),
        "[_x0-9A-Fa-f]{0,16}".prop_map(PsStr::from),
    ]
}

fn numbers() -> impl Strategy<Value = PsValue> {
    prop_oneof![
        any::<i8>().prop_map(PsValue::from),
        any::<u8>().prop_map(PsValue::from),
        any::<i16>().prop_map(PsValue::from),
        any::<u16>().prop_map(PsValue::U16),
        any::<i32>().prop_map(PsValue::from),
        any::<u32>().prop_map(PsValue::from),
        any::<i64>().prop_map(PsValue::from),
        any::<u64>().prop_map(PsValue::from),
        any::<f64>().prop_filter("NaN is not equal to itself", |n| !n.is_nan()).prop_map(PsValue::from),
        any::<f32>().prop_filter("NaN is not equal to itself", |n| !n.is_nan()).prop_map(PsValue::from),
        // All 96 bits, and all scales that .NET has.
        (any::<u32>(), any::<u32>(), any::<u32>(), any::<bool>(), 0_u32..=28).prop_map(
            |(low, mid, high, negative, scale)| {
                PsValue::from(Decimal::from_parts(low, mid, high, negative, scale))
            }
        ),
    ]
}

/// What has no parts, and is not null.
fn primitives() -> impl Strategy<Value = PsValue> {
    let kinds = prop_oneof![
        Just(DateTimeKind::Unspecified),
        Just(DateTimeKind::Utc),
        (-840_i16..=840).prop_map(DateTimeKind::Local)
    ];
    let versions =
        (0..i32::MAX, 0..i32::MAX, -1..i32::MAX, -1..i32::MAX).prop_map(|(major, minor, build, revision)| {
            PsVersion { major, minor, build, revision: if build < 0 { -1 } else { revision } }
        });
    prop_oneof![
        4 => numbers(),
        4 => texts().prop_map(PsValue::Str),
        1 => any::<bool>().prop_map(PsValue::from),
        1 => any::<u16>().prop_map(PsValue::Char),
        1 => (0_i64..3_155_378_976_000_000_000, kinds)
            .prop_map(|(ticks, kind)| PsValue::from(PsDateTime { ticks, kind })),
        1 => any::<i64>().prop_map(|ticks| PsValue::from(PsTimeSpan { ticks })),
        1 => any::<u128>().prop_map(|id| PsValue::Guid(Uuid::from_u128(id))),
        1 => versions.prop_map(PsValue::from),
        1 => texts().prop_map(|text| PsValue::Uri(Arc::new(text))),
        1 => texts().prop_map(|text| PsValue::Xml(Arc::new(text))),
        1 => texts().prop_map(|text| PsValue::ScriptBlock(Arc::new(text))),
        1 => prop::collection::vec(any::<u8>(), 0..40).prop_map(|bytes| PsValue::Bytes(bytes.into())),
        1 => prop::collection::vec(any::<u8>(), 0..40)
            .prop_map(|bytes| PsValue::SecureString(SecureString::Encrypted(bytes).into())),
    ]
}

/// Objects with every kind of content and members, within each other; a [`PsValue::Ancestor`] among them means whatever
/// object is around it in the end.
fn values() -> impl Strategy<Value = PsValue> {
    let leaf = prop_oneof![
        8 => primitives(),
        1 => Just(PsValue::Null),
        2 => (0_u32..4).prop_map(PsValue::Ancestor),
    ];
    let values = leaf.prop_recursive(5, 60, 6, |inner| {
        let members = || prop::collection::vec((texts(), inner.clone()), 0..4);
        let items = || prop::collection::vec(inner.clone(), 0..5);
        let content = prop_oneof![
            Just(Content::None),
            primitives().prop_map(Content::Value),
            items().prop_map(Content::List),
            items().prop_map(Content::Enumerable),
            items().prop_map(Content::Stack),
            items().prop_map(Content::Queue),
            prop::collection::vec((inner.clone(), inner.clone()), 0..4).prop_map(Content::Dictionary),
        ];
        let types = prop::collection::vec(texts(), 0..3);
        (types, prop::option::of(texts()), content, members(), members()).prop_map(
            |(types, to_string, content, adapted, extended)| {
                PsValue::from(PsObject {
                    type_names: types.into(),
                    to_string,
                    content,
                    adapted: adapted.into_iter().collect(),
                    extended: extended.into_iter().collect(),
                })
            },
        )
    });
    values.prop_map(|value| settle(&value, 0))
}

/// Makes ancestors out of those that are there: one too many levels up becomes one that exists, or null.
fn settle(value: &PsValue, depth: u32) -> PsValue {
    match value {
        PsValue::Ancestor(up) => up.checked_rem(depth).map_or(PsValue::Null, PsValue::Ancestor),
        PsValue::Object(object) => {
            let each = |value: &PsValue| settle(value, depth + 1);
            let all = |values: &[PsValue]| values.iter().map(each).collect::<Vec<_>>();
            let members = |from: &Properties| Properties::new(Arc::clone(from.shape()), all(from.values()));
            PsObject {
                type_names: Arc::clone(&object.type_names),
                to_string: object.to_string.clone(),
                content: match &object.content {
                    Content::None => Content::None,
                    Content::Value(value) => Content::Value(value.clone()),
                    Content::List(items) => Content::List(all(items)),
                    Content::Enumerable(items) => Content::Enumerable(all(items)),
                    Content::Stack(items) => Content::Stack(all(items)),
                    Content::Queue(items) => Content::Queue(all(items)),
                    Content::Dictionary(entries) => Content::Dictionary(
                        entries.iter().map(|(key, value)| (each(key), each(value))).collect(),
                    ),
                },
                adapted: members(&object.adapted),
                extended: members(&object.extended),
            }
            .into()
        }
        other => other.clone(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// WIRE 20 to 24: every value, lone surrogates and cycles included.
    #[test]
    fn wire_20_21_22_23_24_what_is_written_is_read(value in values()) {
        let mut out = Vec::new();
        encode(&value, &mut out);
        prop_assert_eq!(decode(&out), Ok(value.clone()), "{}", String::from_utf8_lossy(&out));
        // A decoder that has seen it before reads the same.
        let mut decoder = Decoder::default();
        for _ in 0..2 {
            prop_assert_eq!(decoder.decode(&out), Ok(value.clone()));
        }
    }

    /// An object that occurs twice is written once and shared again.
    #[test]
    fn what_is_shared_stays_shared(object in values()) {
        let shared = PsValue::from(PsObject { content: Content::List(vec![object]), ..PsObject::default() });
        let twice = PsObject { content: Content::List(vec![shared.clone(), shared]), ..PsObject::default() };
        let value = PsValue::from(twice);
        let mut out = Vec::new();
        encode(&value, &mut out);
        let read = decode(&out).unwrap();
        prop_assert_eq!(&read, &value);
        let Some([PsValue::Object(one), PsValue::Object(two)]) = read.as_list() else { panic!("{read:?}") };
        prop_assert!(Arc::ptr_eq(one, two));
    }

    /// WIRE 25: secrets of any length and script survive their encryption.
    #[test]
    fn wire_25_secrets_are_read_again(text in any::<String>()) {
        let secret = PsValue::SecureString(SecureString::Clear(text.into()).into());
        let key = Secrets::Encrypted(Arc::new(SessionKey::generate().unwrap()));
        for secrets in [key, Secrets::Clear] {
            let mut out = Vec::new();
            prop_assert!(encode_with(&secret, &secrets, &mut out));
            let mut decoder = Decoder::default();
            decoder.set_secrets(secrets);
            prop_assert_eq!(decoder.decode(&out), Ok(secret.clone()));
        }
    }
}
