//! Mail on its way: the trace of messages and the quarantine.

use postern_shared::value::{PsStr, Uuid};

use super::{DOMAIN, Moment, RecipientId, random::Random};

/// All of it.
#[derive(Clone, Debug, Default)]
pub struct MailFlow {
    /// Messages of the last ten days, the newest first.
    pub trace: Vec<TracedMessage>,
    /// Messages held back.
    pub quarantine: Vec<QuarantinedMessage>,
}

/// One recipient of one message, as the trace has it.
#[derive(Clone, Copy, Debug)]
pub struct TracedMessage {
    /// When it arrived.
    pub received: Moment,
    /// Who here sent or got it; the other side is outside.
    pub insider: RecipientId,
    /// Whether the insider sent it.
    pub outgoing: bool,
    /// Draws subject, size, partner and status.
    pub seed: u32,
}

/// A message held back.
#[derive(Clone, Debug)]
pub struct QuarantinedMessage {
    /// Its id in the quarantine.
    pub id: Uuid,
    /// When it arrived.
    pub received: Moment,
    /// Who sent it.
    pub sender: PsStr,
    /// Whom it is for.
    pub recipient: RecipientId,
    /// Its subject.
    pub subject: PsStr,
    /// `Spam`, `Phish`, `Bulk` or `TransportRule`.
    pub kind: &'static str,
    /// Whether it was released.
    pub released: bool,
}

/// What a traced message says: made from its seed.
#[derive(Clone, Debug)]
pub struct MessageDetail {
    /// Its subject.
    pub subject: PsStr,
    /// `Delivered`, `Failed`, `Pending`, `Expanded`, `Quarantined` or `FilteredAsSpam`.
    pub status: &'static str,
    /// Bytes.
    pub size: u32,
    /// The address outside.
    pub partner: PsStr,
    /// Its trace id.
    pub trace_id: Uuid,
}

const SUBJECTS: &[&str] = &[
    "Befund Patient 4711",
    "Dienstplan KW 48",
    "Re: Rückfrage zur Rechnung",
    "Appointment for MRI",
    "Laborwerte",
    "Invoice 2026-1183",
    "Einladung: Qualitätszirkel",
    "Re: Übergabe Station 7",
    "Your order has shipped",
    "Fortbildung Reanimation",
    "Discharge letter",
    "Wartung Röntgengerät",
];

impl TracedMessage {
    /// What it says.
    pub fn detail(&self) -> MessageDetail {
        let mut draw = Random::new(u64::from(self.seed));
        let subject = draw.pick(SUBJECTS).copied().unwrap_or_default();
        let status = match draw.below(100) {
            0..=88 => "Delivered",
            89..=91 => "Failed",
            92..=93 => "Pending",
            94..=96 => "FilteredAsSpam",
            97 => "Quarantined",
            _ => "Expanded",
        };
        let domain = draw.pick(super::names::PARTNERS).map_or(DOMAIN, |partner| partner.1);
        let local =
            draw.pick(&["info", "labor", "post", "newsletter", "termin"]).copied().unwrap_or_default();
        MessageDetail {
            subject: PsStr::from_static(subject),
            status,
            size: 3_000 + 1_000 * draw.skewed(13) as u32,
            partner: format!("{local}@{domain}").into(),
            trace_id: draw.guid(),
        }
    }
}
