//! Numbers as they are written: `0x1F`, `1.5e3`, `10d`, `100L`, `2GB`.

use crate::value::{Decimal, PsValue};

/// Length and value of the number at the start of the text; the value is `None` where no type can hold it.
/// `None` if no number begins here.
pub(super) fn number(text: &str) -> Option<(usize, Option<PsValue>)> {
    let bytes = text.as_bytes();
    let digits = |from: usize, accept: fn(&u8) -> bool| {
        bytes.get(from..).unwrap_or(&[]).iter().take_while(|byte| accept(byte)).count()
    };
    let prefix =
        |letter: u8| bytes.first() == Some(&b'0') && bytes.get(1).map(u8::to_ascii_lowercase) == Some(letter);
    let radix =
        [(b'x', 16), (b'b', 2)].into_iter().find(|(letter, _)| prefix(*letter)).map(|(_, radix)| radix);
    let mut len;
    let mut real = false;
    let body;
    if let Some(radix) = radix {
        let is_digit: fn(&u8) -> bool =
            if radix == 16 { u8::is_ascii_hexdigit } else { |byte| matches!(byte, b'0' | b'1') };
        let count = digits(2, is_digit);
        if count == 0 {
            return None;
        }
        len = 2 + count;
        body = text.get(2..len)?;
    } else {
        len = digits(0, u8::is_ascii_digit);
        let whole = len;
        // `1..3` is a range and `1.ToString` no number with a fraction.
        if bytes.get(len) == Some(&b'.') && bytes.get(len + 1) != Some(&b'.') {
            let fraction = digits(len + 1, u8::is_ascii_digit);
            let letter = bytes.get(len + 1).is_some_and(|byte| byte.is_ascii_alphabetic() || *byte == b'_');
            if fraction > 0 || (whole > 0 && !letter) {
                len += 1 + fraction;
                real = true;
                if whole == 0 && fraction == 0 {
                    return None;
                }
            }
        }
        if len == 0 {
            return None;
        }
        if matches!(bytes.get(len), Some(b'e' | b'E')) {
            let sign = usize::from(matches!(bytes.get(len + 1), Some(b'+' | b'-')));
            let exponent = digits(len + 1 + sign, u8::is_ascii_digit);
            if exponent > 0 {
                len += 1 + sign + exponent;
                real = true;
            }
        }
        body = text.get(..len)?;
    }

    let (suffix, suffix_len) = suffix(text.get(len..)?);
    len += suffix_len;
    let (multiplier, multiplier_len) = multiplier(text.get(len..)?);
    len += multiplier_len;
    // A letter right behind makes it a word, such as `7zip`.
    if text.get(len..)?.starts_with(|c: char| c == '_' || c.is_alphanumeric()) {
        return None;
    }
    Some((len, value(body, radix, real, suffix, multiplier)))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Suffix {
    None,
    Long,
    Decimal,
    SByte,
    Byte,
    Short,
    UShort,
    UInt,
    ULong,
}

fn suffix(text: &str) -> (Suffix, usize) {
    let lower = |at: usize| text.as_bytes().get(at).map(u8::to_ascii_lowercase);
    match (lower(0), lower(1)) {
        (Some(b'u'), Some(b'l')) => (Suffix::ULong, 2),
        (Some(b'u'), Some(b's')) => (Suffix::UShort, 2),
        (Some(b'u'), Some(b'y')) => (Suffix::Byte, 2),
        (Some(b'u'), _) => (Suffix::UInt, 1),
        (Some(b'l'), _) => (Suffix::Long, 1),
        (Some(b'd'), _) => (Suffix::Decimal, 1),
        (Some(b's'), _) => (Suffix::Short, 1),
        (Some(b'y'), _) => (Suffix::SByte, 1),
        _ => (Suffix::None, 0),
    }
}

fn multiplier(text: &str) -> (i64, usize) {
    let lower = |at: usize| text.as_bytes().get(at).map(u8::to_ascii_lowercase);
    let power = match (lower(0), lower(1)) {
        (Some(b'k'), Some(b'b')) => 1,
        (Some(b'm'), Some(b'b')) => 2,
        (Some(b'g'), Some(b'b')) => 3,
        (Some(b't'), Some(b'b')) => 4,
        (Some(b'p'), Some(b'b')) => 5,
        _ => return (1, 0),
    };
    (1 << (10 * power), 2)
}

fn value(body: &str, radix: Option<u32>, real: bool, suffix: Suffix, multiplier: i64) -> Option<PsValue> {
    if suffix == Suffix::Decimal {
        let number = match radix {
            Some(radix) => Decimal::from(i64::from_str_radix(body, radix).ok()?),
            None => body.parse().or_else(|_| Decimal::from_scientific(body)).ok()?,
        };
        return number.checked_mul(multiplier.into()).map(PsValue::Decimal);
    }
    if real {
        let number = body.parse::<f64>().ok()? * multiplier as f64;
        // With a suffix for integers, the fraction is rounded as a cast rounds it.
        return match suffix {
            Suffix::None => Some(number.into()),
            _ => integer(number.round_ties_even() as i128, suffix),
        };
    }
    let number = match radix {
        // Hexadecimal numbers of 8 and 16 digits are two's complement.
        Some(radix) => {
            let number =
                i128::from(u128::from_str_radix(body, radix).ok().and_then(|n| u64::try_from(n).ok())?);
            let bits = body.len() * if radix == 16 { 4 } else { 1 };
            match (suffix, bits) {
                (Suffix::None, 32) => i128::from(number as u32 as i32),
                (Suffix::None | Suffix::Long, 64) => i128::from(number as u64 as i64),
                _ => number,
            }
        }
        None => match body.parse::<i128>() {
            Ok(number) => number,
            Err(_) if suffix == Suffix::None => {
                return body.parse::<f64>().ok().map(|n| (n * multiplier as f64).into());
            }
            Err(_) => return None,
        },
    };
    let number = number.checked_mul(multiplier.into())?;
    if suffix != Suffix::None {
        return integer(number, suffix);
    }
    if let Ok(number) = i32::try_from(number) {
        return Some(number.into());
    }
    if let Ok(number) = i64::try_from(number) {
        return Some(number.into());
    }
    Decimal::try_from_i128_with_scale(number, 0).map(PsValue::Decimal).ok().or(Some((number as f64).into()))
}

fn integer(number: i128, suffix: Suffix) -> Option<PsValue> {
    Some(match suffix {
        Suffix::Long => i64::try_from(number).ok()?.into(),
        Suffix::ULong => u64::try_from(number).ok()?.into(),
        Suffix::UInt => match u32::try_from(number) {
            Ok(number) => number.into(),
            Err(_) => u64::try_from(number).ok()?.into(),
        },
        Suffix::SByte => i8::try_from(number).ok()?.into(),
        Suffix::Byte => u8::try_from(number).ok()?.into(),
        Suffix::Short => i16::try_from(number).ok()?.into(),
        Suffix::UShort => u16::try_from(number).ok()?.into(),
        Suffix::None | Suffix::Decimal => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_powershells_types() {
        for (text, len, value) in [
            ("1kb", 3, PsValue::I32(1024)),
            ("2GB ", 3, PsValue::I64(2 << 30)),
            ("0x1F", 4, PsValue::I32(31)),
            ("0xFFFFFFFF", 10, PsValue::I32(-1)),
            ("1..3", 1, PsValue::I32(1)),
            ("1.5kb,", 5, PsValue::Double(1536.0)),
            (".5", 2, PsValue::Double(0.5)),
            ("1e3", 3, PsValue::Double(1000.0)),
            ("100L", 4, PsValue::I64(100)),
            ("3000000000", 10, PsValue::I64(3_000_000_000)),
            ("1.10d", 5, PsValue::Decimal(Decimal::new(110, 2))),
            ("5.", 2, PsValue::Double(5.0)),
        ] {
            assert_eq!(number(text), Some((len, Some(value))), "{text}");
        }
        assert_eq!(number("7zip"), None);
        assert_eq!(number("."), None);
        assert_eq!(number("0x"), None);
    }
}
