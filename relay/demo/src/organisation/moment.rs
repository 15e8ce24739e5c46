//! Points in time as the demo's server shows them: UTC, and the local time of its site.

use postern_shared::value::{DateTimeKind, PsDateTime, PsValue};

/// 100 ns ticks in a minute.
const TICKS_PER_MINUTE: i64 = 60 * 10_000_000;
/// 1970-01-01 in .NET's ticks.
const UNIX_EPOCH_TICKS: i64 = 621_355_968_000_000_000;

/// A point in time to the second: seconds since 1970-01-01T00:00:00Z. Reaches to the year 2106.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment(pub u32);

impl Moment {
    /// The moment of a .NET time; a time of no zone counts as UTC, one beyond the range as its end.
    pub fn from_date_time(at: PsDateTime) -> Self {
        let seconds = (at.utc_ticks() - UNIX_EPOCH_TICKS) / 10_000_000;
        Self(u32::try_from(seconds.max(0)).unwrap_or(u32::MAX))
    }

    /// That many minutes earlier.
    #[must_use]
    pub fn minutes_before(self, minutes: u32) -> Self {
        Self(self.0.saturating_sub(minutes.saturating_mul(60)))
    }

    /// That many days earlier.
    #[must_use]
    pub fn days_before(self, days: u32) -> Self {
        self.minutes_before(days.saturating_mul(24 * 60))
    }

    /// In UTC, as `WhenChangedUTC` has it.
    pub fn utc(self) -> PsDateTime {
        PsDateTime { ticks: i64::from(self.0) * 10_000_000 + UNIX_EPOCH_TICKS, kind: DateTimeKind::Utc }
    }

    /// In the local time of the server's site (Central Europe), as `WhenChanged` has it.
    pub fn local(self) -> PsDateTime {
        let utc = self.utc();
        let minutes = if is_summer(utc) { 120 } else { 60 };
        PsDateTime {
            ticks: utc.ticks + minutes * TICKS_PER_MINUTE,
            kind: DateTimeKind::Local(minutes as i16),
        }
    }

    /// [`Self::utc`] as a value.
    pub fn utc_value(self) -> PsValue {
        self.utc().into()
    }

    /// [`Self::local`] as a value.
    pub fn local_value(self) -> PsValue {
        self.local().into()
    }
}

/// Whether the European Union's summer time is in force: from the last Sunday of March to that of October, 01:00 UTC.
fn is_summer(utc: PsDateTime) -> bool {
    let at = utc.fields();
    let (month, day, hour) = (u8::from(at.month()), at.day(), at.hour());
    match month {
        4..=9 => true,
        3 | 10 => {
            // Both months have 31 days: the last Sunday is the one from the 25th on.
            let sunday = at.weekday().number_days_from_sunday();
            let last_sunday_passed = day >= 25 + sunday && (sunday > 0 || hour >= 1);
            last_sunday_passed == (month == 3)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utc(month: u8, day: u8, hour: u8) -> Moment {
        Moment::from_date_time(
            PsDateTime::from_fields((2026, month, day), (hour, 0, 0), 0, DateTimeKind::Utc).unwrap(),
        )
    }

    #[test]
    fn summer_time_begins_and_ends_on_the_last_sunday() {
        // In 2026: 29 March and 25 October.
        for (at, offset) in [
            (utc(3, 28, 12), 60),
            (utc(3, 29, 0), 60),
            (utc(3, 29, 1), 120),
            (utc(3, 30, 0), 120),
            (utc(10, 24, 12), 120),
            (utc(10, 25, 0), 120),
            (utc(10, 25, 1), 60),
            (utc(10, 31, 12), 60),
            (utc(12, 1, 0), 60),
        ] {
            assert_eq!(at.local().kind, DateTimeKind::Local(offset), "{:?}", at.utc());
            assert_eq!(at.local().to_utc(), at.utc());
        }
    }
}
