//! Points in time and spans, with .NET's 100-nanosecond ticks.

use time::{Date, Month, PrimitiveDateTime, Time};

/// Ticks in a second.
const TICKS_PER_SECOND: i64 = 10_000_000;
/// Ticks in a day.
const TICKS_PER_DAY: i64 = 86_400 * TICKS_PER_SECOND;

/// `System.DateTime`: 100 ns ticks since 0001-01-01T00:00:00 in its own zone, and what zone that is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PsDateTime {
    /// 100 ns ticks since 0001-01-01T00:00:00, as the clock of the value's own zone shows it.
    pub ticks: i64,
    /// Which zone the clock is in.
    pub kind: DateTimeKind,
}

/// `System.DateTimeKind`, with the offset that a local time has on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DateTimeKind {
    /// No zone was given.
    Unspecified,
    /// UTC (`…Z`).
    Utc,
    /// Local time of the sender (`…+01:00`): minutes east of UTC.
    Local(i16),
}

/// `System.TimeSpan`: 100 ns ticks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PsTimeSpan {
    /// 100 ns ticks; may be negative.
    pub ticks: i64,
}

impl PsDateTime {
    /// A time from calendar fields and 100 ns ticks within the second; `None` if there is no such time in the
    /// years 1 to 9999.
    pub fn from_fields(
        (year, month, day): (i32, u8, u8),
        (hour, minute, second): (u8, u8, u8),
        ticks: u32,
        kind: DateTimeKind,
    ) -> Option<Self> {
        if !(1..=9999).contains(&year) || ticks >= TICKS_PER_SECOND as u32 {
            return None;
        }
        let date = Date::from_calendar_date(year, Month::try_from(month).ok()?, day).ok()?;
        Time::from_hms(hour, minute, second).ok()?;
        let days = i64::from(date.to_julian_day()) - i64::from(first_day().to_julian_day());
        let seconds = i64::from(hour) * 3600 + i64::from(minute) * 60 + i64::from(second);
        Some(Self { ticks: days * TICKS_PER_DAY + seconds * TICKS_PER_SECOND + i64::from(ticks), kind })
    }

    /// A UTC time from seconds since 1970-01-01T00:00:00Z; `None` beyond the years 1 to 9999.
    pub fn from_unix_seconds(seconds: i64) -> Option<Self> {
        let ticks = seconds.checked_mul(TICKS_PER_SECOND)?.checked_add(unix_epoch_ticks())?;
        (0..max_ticks()).contains(&ticks).then_some(Self { ticks, kind: DateTimeKind::Utc })
    }

    /// The ticks of the same instant in UTC; a time of no zone counts as UTC.
    pub fn utc_ticks(self) -> i64 {
        match self.kind {
            DateTimeKind::Local(minutes) => {
                self.ticks.saturating_sub(i64::from(minutes) * 60 * TICKS_PER_SECOND)
            }
            _ => self.ticks,
        }
    }

    /// The same instant in UTC.
    #[must_use]
    pub fn to_utc(self) -> Self {
        Self { ticks: self.utc_ticks(), kind: DateTimeKind::Utc }
    }

    /// Date and time of day of the value's own zone, without the part below a second; see
    /// [`Self::subsecond_ticks`]. Ticks outside the years 1 to 9999 are clamped.
    pub fn fields(self) -> PrimitiveDateTime {
        let ticks = self.ticks.clamp(0, max_ticks() - 1);
        let day = i32::try_from(ticks / TICKS_PER_DAY).unwrap_or(0) + first_day().to_julian_day();
        let second = ticks % TICKS_PER_DAY / TICKS_PER_SECOND;
        let time = Time::from_hms((second / 3600) as u8, (second / 60 % 60) as u8, (second % 60) as u8);
        PrimitiveDateTime::new(
            Date::from_julian_day(day).unwrap_or(first_day()),
            time.unwrap_or(Time::MIDNIGHT),
        )
    }

    /// 100 ns ticks within the second.
    pub fn subsecond_ticks(self) -> u32 {
        self.ticks.rem_euclid(TICKS_PER_SECOND) as u32
    }
}

impl PsTimeSpan {
    /// A span of whole seconds.
    pub const fn from_seconds(seconds: i64) -> Self {
        Self { ticks: seconds.saturating_mul(TICKS_PER_SECOND) }
    }
}

fn first_day() -> Date {
    const FIRST: Date = match Date::from_calendar_date(1, Month::January, 1) {
        Ok(date) => date,
        Err(_) => Date::MIN,
    };
    FIRST
}

/// 1970-01-01 in .NET's ticks.
const fn unix_epoch_ticks() -> i64 {
    621_355_968_000_000_000
}

/// One past the last tick of the year 9999.
const fn max_ticks() -> i64 {
    3_155_378_976_000_000_000
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_dotnets() {
        let epoch = PsDateTime::from_fields((1970, 1, 1), (0, 0, 0), 0, DateTimeKind::Utc).unwrap();
        assert_eq!(epoch.ticks, unix_epoch_ticks());
        assert_eq!(PsDateTime::from_unix_seconds(0), Some(epoch));
        let last =
            PsDateTime::from_fields((9999, 12, 31), (23, 59, 59), 9_999_999, DateTimeKind::Utc).unwrap();
        assert_eq!(last.ticks, max_ticks() - 1);
        assert_eq!(last.fields().year(), 9999);
        assert_eq!(PsDateTime::from_fields((2026, 2, 29), (0, 0, 0), 0, DateTimeKind::Utc), None);
    }

    #[test]
    fn a_local_time_is_converted_to_utc() {
        let local = PsDateTime::from_fields((2026, 3, 2), (9, 14, 5), 0, DateTimeKind::Local(60)).unwrap();
        assert_eq!(local.to_utc().fields().hour(), 8);
    }
}
