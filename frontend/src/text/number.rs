//! Numbers and times, written for people.

use postern_shared::wire::Amount;

use super::Language;

/// A number with its thousands apart.
pub(crate) fn count(number: u64) -> String {
    let separator = if Language::current() == Language::German { '.' } else { ',' };
    let digits = number.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(separator);
        }
        grouped.push(digit);
    }
    grouped
}

/// With so many decimals.
fn decimal(number: f64, decimals: usize) -> String {
    let text = format!("{number:.decimals$}");
    if Language::current() == Language::German { text.replace('.', ",") } else { text }
}

/// A size.
pub(crate) fn bytes(bytes: u64) -> String {
    let mut size = bytes as f64;
    for unit in ["B", "kB", "MB"] {
        if size < 1000.0 {
            return format!("{} {unit}", decimal(size, usize::from(unit == "MB")));
        }
        size /= 1000.0;
    }
    format!("{} GB", decimal(size, 1))
}

/// A number of a result: a size in the units that servers count in, or a number with its thousands apart.
pub(crate) fn amount(Amount { number, is_size }: Amount) -> String {
    if is_size {
        let mut size = number;
        for unit in ["B", "KB", "MB", "GB"] {
            if size.abs() < 1024.0 {
                return format!("{} {unit}", decimal(size, usize::from(unit != "B")));
            }
            size /= 1024.0;
        }
        return format!("{} TB", decimal(size, 1));
    }
    let number = if number.abs() < 1e13 { (number * 100.0).round() / 100.0 } else { number };
    let whole = number.abs().trunc();
    if whole >= 1e15 {
        return format!("{number:e}");
    }
    let sign = if number < 0.0 { "-" } else { "" };
    let part = decimal(number.abs() - whole, 2);
    let part = part.get(1..).filter(|part| !part.ends_with("00") && !part.is_empty()).unwrap_or_default();
    format!("{sign}{}{part}", count(whole as u64))
}

/// A duration, from milliseconds.
pub(crate) fn duration(millis: f64) -> String {
    let millis = millis.max(0.0);
    if millis < 995.0 {
        format!("{millis:.0} ms")
    } else if millis < 9_950.0 {
        format!("{} s", decimal(millis / 1000.0, 2))
    } else if millis < 59_950.0 {
        format!("{} s", decimal(millis / 1000.0, 1))
    } else {
        let seconds = (millis / 1000.0) as u64;
        if seconds < 3600 {
            format!("{} min {} s", seconds / 60, seconds % 60)
        } else {
            format!("{} h {} min", seconds / 3600, seconds % 3600 / 60)
        }
    }
}

/// How long something has been running: in steps that can be read as they change.
pub(crate) fn elapsed(millis: f64) -> String {
    if millis < 59_950.0 { format!("{} s", decimal(millis.max(0.0) / 1000.0, 1)) } else { duration(millis) }
}

/// Time left, as minutes and seconds.
pub(crate) fn countdown(millis: f64) -> String {
    let seconds = (millis.max(0.0) / 1000.0).ceil() as u64;
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    use postern_shared::wire::Amount;

    use super::{amount, bytes, count, countdown, duration};

    #[test]
    fn amounts_are_numbers_or_sizes() {
        let of = |number, is_size| amount(Amount { number, is_size });
        assert_eq!([of(1234.0, false), of(-0.5, false), of(119.5, false)], ["1,234", "-0.50", "119.50"]);
        assert_eq!([of(512.0, true), of(1536.0, true), of(3.5e12, true)], ["512 B", "1.5 KB", "3.2 TB"]);
    }

    #[test]
    fn numbers_and_times_are_written_for_people() {
        assert_eq!([count(0), count(999), count(1000), count(1_234_567)], ["0", "999", "1,000", "1,234,567"]);
        let times = [12.0, 994.6, 2345.0, 61_000.0, 3_700_000.0].map(duration);
        assert_eq!(times, ["12 ms", "995 ms", "2.35 s", "1 min 1 s", "1 h 1 min"]);
        assert_eq!([countdown(0.0), countdown(872_000.0), countdown(59_001.0)], ["0:00", "14:32", "1:00"]);
        assert_eq!([bytes(999), bytes(12_345), bytes(1_234_567)], ["999 B", "12 kB", "1.2 MB"]);
    }
}
