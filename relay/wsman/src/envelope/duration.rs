//! `xs:duration`, as OperationTimeout and IdleTimeOut use it.

use std::time::Duration;

/// Writes a duration in seconds with milliseconds, as Windows does: `PT60.000S`.
pub fn format_duration(duration: Duration) -> String {
    format!("PT{}.{:03}S", duration.as_secs(), duration.subsec_millis())
}

/// Reads days, hours, minutes and seconds: `P1DT2H3M4.5S`.
///
/// `None` for anything else: years and months have no fixed length, and a negative time is no timeout.
pub fn parse_duration(text: &str) -> Option<Duration> {
    let (days, time) = match text.trim().strip_prefix('P')?.split_once('T') {
        Some((days, time)) => (days, time),
        None => (text.trim().strip_prefix('P')?, ""),
    };
    let mut total = Duration::ZERO;
    let mut parts = 0;
    let mut add = |text: &str, unit: u64| -> Option<()> {
        // Digits and a dot only: `f64` would take `inf` and exponents as well.
        if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
            return None;
        }
        let seconds = text.parse::<f64>().ok()? * unit as f64;
        total = total.checked_add(Duration::try_from_secs_f64(seconds).ok()?)?;
        parts += 1;
        Some(())
    };
    if !days.is_empty() {
        add(days.strip_suffix('D')?, 86_400)?;
    }
    let mut rest = time;
    for (letter, unit) in [('H', 3600), ('M', 60), ('S', 1)] {
        if let Some((number, after)) = rest.split_once(letter) {
            add(number, unit)?;
            rest = after;
        }
    }
    (rest.is_empty() && parts > 0).then_some(total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_of_servers_are_read() {
        for (text, millis) in [
            ("PT20S", 20_000),
            ("PT60.000S", 60_000),
            ("PT0.25S", 250),
            ("PT1M", 60_000),
            ("P1DT2H3M4.5S", 93_784_500),
            ("P0D", 0),
        ] {
            assert_eq!(parse_duration(text), Some(Duration::from_millis(millis)), "{text}");
        }
    }

    #[test]
    fn what_is_no_duration_is_refused() {
        for text in
            ["", "P", "PT", "20", "PTinfS", "PT1e9S", "-PT1S", "P1Y", "PT1S2M", "PT99999999999999999999999S"]
        {
            assert_eq!(parse_duration(text), None, "{text}");
        }
    }

    #[test]
    fn a_written_duration_is_read_back() {
        let duration = Duration::from_millis(180_250);
        assert_eq!(format_duration(duration), "PT180.250S");
        assert_eq!(parse_duration(&format_duration(duration)), Some(duration));
    }
}
