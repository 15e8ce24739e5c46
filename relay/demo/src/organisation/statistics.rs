//! What is in a mailbox: sizes, counts and times, the same for a mailbox each time they are asked for.

use super::{Moment, Organisation, RecipientId, Traits};

/// Bytes of a gibibyte.
pub const GIB: u64 = 1 << 30;
/// The databases' quota for a warning.
pub const DATABASE_WARNING_QUOTA: u64 = 49 * GIB;
/// The databases' quota for sending.
pub const DATABASE_SEND_QUOTA: u64 = 49 * GIB + GIB / 2;
/// The databases' quota for sending and receiving.
pub const DATABASE_RECEIVE_QUOTA: u64 = 50 * GIB;

/// Sizes, counts and times of a mailbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MailboxStatistics {
    /// Visible items.
    pub items: u32,
    /// Hidden items.
    pub associated: u32,
    /// Items in Recoverable Items.
    pub deleted: u32,
    /// Bytes of the visible items.
    pub size: u64,
    /// Bytes of Recoverable Items.
    pub deleted_size: u64,
    /// When someone last logged on, if ever.
    pub logon: Option<Moment>,
    /// When someone last logged off.
    pub logoff: Option<Moment>,
}

/// A mailbox's quotas in bytes; `None` where there is no limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quotas {
    /// Above it the owner is warned.
    pub warning: Option<u64>,
    /// Above it nothing can be sent.
    pub send: Option<u64>,
    /// Above it nothing is received.
    pub receive: Option<u64>,
}

impl Organisation {
    /// What is in the mailbox, or in its archive.
    pub fn mailbox_statistics(&self, id: RecipientId, archive: bool) -> MailboxStatistics {
        let traits = self.recipient(id).traits;
        if traits.has(Traits::NEVER_USED) {
            return MailboxStatistics {
                items: 0,
                associated: 11,
                deleted: 0,
                size: 0,
                deleted_size: 0,
                logon: None,
                logoff: None,
            };
        }
        let mut draw = self.draw(id, if archive { 11 } else { 10 });
        let items = 40 + draw.skewed(17) as u32;
        let mean = 20_000 + draw.below(180_000);
        let mut size = u64::from(items) * mean;
        if traits.has(Traits::OVER_QUOTA) && !archive {
            let limit = self.own_quotas(id).send.unwrap_or(DATABASE_SEND_QUOTA);
            size = limit + draw.below(GIB / 2);
        } else {
            // Only those marked are above the quota.
            size = size.min(DATABASE_WARNING_QUOTA - GIB);
        }
        let deleted = draw.below(u64::from(items) / 5 + 1) as u32;
        let minutes = draw.below(60 * 24) as u32;
        let days = if traits.has(Traits::LEAVER) { 30 + draw.below(200) } else { draw.skewed(6) };
        let logon = self.made_at.minutes_before(minutes).days_before(days as u32);
        MailboxStatistics {
            items,
            associated: 20 + draw.below(80) as u32,
            deleted,
            size,
            deleted_size: u64::from(deleted) * (mean / 2),
            logon: Some(logon),
            logoff: Some(Moment(logon.0 + 60 * (1 + draw.below(8 * 60) as u32)).min(self.made_at)),
        }
    }

    /// The mailbox's own quotas; no limits where the database's apply.
    pub fn own_quotas(&self, id: RecipientId) -> Quotas {
        let recipient = self.recipient(id);
        if !recipient.traits.has(Traits::OWN_QUOTA) {
            return Quotas { warning: None, send: None, receive: None };
        }
        let sizes = [2, 5, 10, 50, 100];
        let send = sizes[usize::from(recipient.guid.as_bytes()[3]) % sizes.len()] * GIB;
        Quotas { warning: Some(send - GIB / 2), send: Some(send), receive: Some(send + GIB / 2) }
    }
}
