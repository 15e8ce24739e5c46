//! Numbers as they are written: `0x1F`, `1.5e3`, `10d`, `100L`, `2GB`.

use super::{lexer::Mode, scan};
use crate::value::{Decimal, PsValue};

/// Length and value of the number at the start of the text, with a sign if one is there; the value is `None` where no
/// type can hold it. `None` if no number begins here, or if what begins like one goes on as a word.
pub(super) fn number(text: &str, mode: Mode, in_ternary: bool) -> Option<(usize, Option<PsValue>)> {
    let sign = text.chars().next().filter(|c| scan::is_dash(*c) || *c == '+').map_or(0, char::len_utf8);
    let negative = sign > 0 && !text.starts_with('+');
    let text = text.get(sign..)?;
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
        // `0x` alone is a number to PowerShell.
        if count == 0 && radix == 2 {
            return None;
        }
        len = 2 + count;
        body = text.get(2..len)?;
    } else {
        len = digits(0, u8::is_ascii_digit);
        // `1..3` is a range.
        if bytes.get(len) == Some(&b'.') && bytes.get(len + 1) != Some(&b'.') {
            let fraction = digits(len + 1, u8::is_ascii_digit);
            if len == 0 && fraction == 0 {
                return None;
            }
            len += 1 + fraction;
            real = true;
        }
        if len == 0 {
            return None;
        }
        if matches!(bytes.get(len), Some(b'e' | b'E')) {
            let sign = text.get(len + 1..)?.chars().next().filter(|c| scan::is_dash(*c) || *c == '+');
            let sign = sign.map_or(0, char::len_utf8);
            let exponent = digits(len + 1 + sign, u8::is_ascii_digit);
            if exponent == 0 {
                return None;
            }
            len += 1 + sign + exponent;
            real = true;
        }
        body = text.get(..len)?;
    }
    let (suffix, suffix_len) = suffix(text.get(len..)?)?;
    len += suffix_len;
    let (multiplier, multiplier_len) = multiplier(text.get(len..)?)?;
    len += multiplier_len;
    // A letter right behind makes it a word, such as `7zip`.
    if let Some(next) = text.get(len..)?.chars().next() {
        let operator = mode == Mode::Expression
            && (matches!(next, '!' | '#' | '%' | '*' | '+' | '.' | '/' | '<' | '=' | '>' | ']')
                || scan::is_dash(next)
                || (in_ternary && matches!(next, '?' | ':')));
        if !operator && !scan::ends_word(next) {
            return None;
        }
    }
    Some((sign + len, value(body, negative, radix, real, suffix, multiplier)))
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
    Big,
}

fn suffix(text: &str) -> Option<(Suffix, usize)> {
    let lower = |at: usize| text.as_bytes().get(at).map(u8::to_ascii_lowercase);
    let is_suffix = |at| matches!(lower(at), Some(b'd' | b'l' | b'n' | b's' | b'u' | b'y'));
    Some(match (lower(0), lower(1)) {
        (Some(b'u'), Some(b'l')) => (Suffix::ULong, 2),
        (Some(b'u'), Some(b's')) => (Suffix::UShort, 2),
        (Some(b'u'), Some(b'y')) => (Suffix::Byte, 2),
        _ if is_suffix(0) && is_suffix(1) => return None,
        (Some(b'u'), _) => (Suffix::UInt, 1),
        (Some(b'l'), _) => (Suffix::Long, 1),
        (Some(b'd'), _) => (Suffix::Decimal, 1),
        (Some(b's'), _) => (Suffix::Short, 1),
        (Some(b'y'), _) => (Suffix::SByte, 1),
        (Some(b'n'), _) => (Suffix::Big, 1),
        _ => (Suffix::None, 0),
    })
}

/// `None` if it begins like a multiplier and is none.
fn multiplier(text: &str) -> Option<(i64, usize)> {
    let lower = |at: usize| text.as_bytes().get(at).map(u8::to_ascii_lowercase);
    let power = match lower(0) {
        Some(b'k') => 1,
        Some(b'm') => 2,
        Some(b'g') => 3,
        Some(b't') => 4,
        Some(b'p') => 5,
        _ => return Some((1, 0)),
    };
    (lower(1) == Some(b'b')).then_some((1 << (10 * power), 2))
}

fn value(
    body: &str,
    negative: bool,
    radix: Option<u32>,
    real: bool,
    suffix: Suffix,
    multiplier: i64,
) -> Option<PsValue> {
    if real {
        let body: String = body.chars().map(|c| if scan::is_dash(c) { '-' } else { c }).collect();
        if suffix == Suffix::Decimal {
            let number: Decimal = body.parse().or_else(|_| Decimal::from_scientific(&body)).ok()?;
            let number = number.checked_mul(multiplier.into())?;
            return Some(PsValue::Decimal(if negative { -number } else { number }));
        }
        let number = body.parse::<f64>().ok()? * multiplier as f64;
        let number = if negative { -number } else { number };
        // With a suffix for integers, the fraction is rounded as a cast rounds it.
        return match suffix {
            Suffix::None => Some(number.into()),
            _ => integer(number.round_ties_even() as i128, suffix),
        };
    }
    let number = match radix {
        Some(radix) => prefixed(body, radix, suffix)?,
        None => match body.parse::<i128>() {
            Ok(number) => number,
            Err(_) if suffix == Suffix::None => {
                let number = body.parse::<f64>().ok()? * multiplier as f64;
                return Some(if negative { -number } else { number }.into());
            }
            Err(_) => return None,
        },
    };
    let number = number.checked_mul(multiplier.into())?;
    let number = if negative { -number } else { number };
    // All 16 digits of a hexadecimal number say that it is a long one.
    let long = match radix {
        Some(16) => body.len() == 16 || (suffix == Suffix::UInt && body.len() == 15),
        Some(_) => body.len() == 64,
        None => false,
    };
    match suffix {
        Suffix::None if long => return integer(number, Suffix::Long),
        Suffix::UInt if long => return integer(number, Suffix::ULong),
        Suffix::None => {}
        suffix => return integer(number, suffix),
    }
    if let Ok(number) = i32::try_from(number) {
        return Some(number.into());
    }
    if let Ok(number) = i64::try_from(number) {
        return Some(number.into());
    }
    if radix.is_some() {
        return None;
    }
    Decimal::try_from_i128_with_scale(number, 0).map(PsValue::Decimal).ok().or(Some((number as f64).into()))
}

/// The value of hexadecimal or binary digits: two's complement where they fill a type, unless an unsigned one is meant.
fn prefixed(body: &str, radix: u32, suffix: Suffix) -> Option<i128> {
    if body.is_empty() {
        return Some(0);
    }
    let number = i128::from(u128::from_str_radix(body, radix).ok().and_then(|n| u64::try_from(n).ok())?);
    let unsigned = matches!(suffix, Suffix::UInt | Suffix::ULong | Suffix::UShort | Suffix::Byte);
    let bits = body.len() * if radix == 16 { 4 } else { 1 };
    let fills = match (radix, suffix) {
        (2, _) => matches!(bits, 8 | 16 | 32 | 64),
        (_, Suffix::SByte) => bits == 8,
        (_, Suffix::Short) => bits == 16,
        (_, Suffix::Long) => bits == 64,
        _ => bits == if body.len() < 15 { 32 } else { 64 },
    };
    let negative = !unsigned && fills && (number >> (bits - 1)) & 1 == 1;
    Some(if negative { number - (1i128 << bits) } else { number })
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
        // There is no type for integers of any length here; a decimal number holds 28 digits.
        Suffix::Decimal | Suffix::Big => {
            Decimal::try_from_i128_with_scale(number, 0).map(PsValue::Decimal).ok()?
        }
        Suffix::None => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<(usize, Option<PsValue>)> {
        number(text, Mode::Expression, false)
    }

    #[test]
    fn numbers_have_powershells_types() {
        let decimal = |text: &str| PsValue::Decimal(text.parse().expect("decimal"));
        for (text, len, value) in [
            ("1kb", 3, PsValue::I32(1024)),
            ("2GB ", 3, PsValue::I64(2 << 30)),
            ("0x1F", 4, PsValue::I32(31)),
            ("0xFFFFFFFF", 10, PsValue::I32(-1)),
            ("0x100000000", 11, PsValue::I64(1 << 32)),
            ("0xFFFFFFFFFFFFFFFF", 18, PsValue::I64(-1)),
            ("0x0FFFFFFFFFFFFFFF", 18, PsValue::I64(1_152_921_504_606_846_975)),
            ("0xFFFFFFFFu", 11, PsValue::U32(u32::MAX)),
            ("0xFFFFFFFFl", 11, PsValue::I64(4_294_967_295)),
            ("0xFFy", 5, PsValue::I8(-1)),
            ("0xFFs", 5, PsValue::I16(255)),
            ("0xFFuy", 6, PsValue::U8(255)),
            ("0x", 2, PsValue::I32(0)),
            ("0b101", 5, PsValue::I32(5)),
            ("0b11111111", 10, PsValue::I32(-1)),
            ("0b11111111uy", 12, PsValue::U8(255)),
            ("1..3", 1, PsValue::I32(1)),
            ("1.5kb,", 5, PsValue::Double(1536.0)),
            (".5", 2, PsValue::Double(0.5)),
            ("-.5", 3, PsValue::Double(-0.5)),
            ("1e3", 3, PsValue::Double(1000.0)),
            ("100L", 4, PsValue::I64(100)),
            ("2.5l", 4, PsValue::I64(2)),
            ("3000000000", 10, PsValue::I64(3_000_000_000)),
            ("-2147483648", 11, PsValue::I32(i32::MIN)),
            ("-9223372036854775808", 20, PsValue::I64(i64::MIN)),
            ("99999999999999999999", 20, decimal("99999999999999999999")),
            ("1.10d", 5, decimal("1.10")),
            ("1e3d", 4, decimal("1000")),
            ("5.", 2, PsValue::Double(5.0)),
            ("4294967296u", 11, PsValue::U64(4_294_967_296)),
        ] {
            assert_eq!(read(text), Some((len, Some(value))), "{text}");
        }
        for text in ["300y", "70000s", "-5u", "0x1FFFFFFFFFFFFFFFF"] {
            assert_eq!(read(text), Some((text.len(), None)), "{text}");
        }
        for text in ["7zip", ".", "0b", "1e", "1_0", "1[0]", "1dl", "1k", "1.ToString()", "1$a"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
