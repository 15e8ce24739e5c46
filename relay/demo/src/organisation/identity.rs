//! Finding recipients by what administrators call them: alias, address, name, GUID, DN, canonical name, account.

use std::collections::HashMap;

use postern_shared::value::Uuid;

use super::{DIRECTORY, NETBIOS, Organisation, RecipientId, random};
use crate::opath;

/// Why an identity names no single recipient.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// Nothing has it.
    NotFound,
    /// Several have it.
    Ambiguous,
}

/// Hashes of lower-case names to recipients. A hit is only a candidate: hashes may collide and names change.
#[derive(Debug, Default)]
pub(super) struct Index {
    /// Sorted; made when the organisation was.
    made: Vec<(u64, u32)>,
    /// Added since.
    added: HashMap<u64, Vec<u32>>,
}

impl Index {
    fn candidates(&self, key: u64) -> impl Iterator<Item = RecipientId> + '_ {
        let from = self.made.partition_point(|(hash, _)| *hash < key);
        let made = self.made.iter().skip(from).take_while(move |(hash, _)| *hash == key).map(|(_, id)| *id);
        let added = self.added.get(&key).into_iter().flatten().copied();
        made.chain(added).map(RecipientId)
    }
}

impl Organisation {
    /// The recipient of that identity, if there is exactly one.
    pub fn find(&self, identity: &str) -> Option<RecipientId> {
        self.resolve(identity, |_| true).ok()
    }

    /// The one recipient of that identity for which `wanted` holds.
    pub fn resolve(
        &self,
        identity: &str,
        wanted: impl Fn(RecipientId) -> bool,
    ) -> Result<RecipientId, Missing> {
        let found = self.find_all(identity);
        let mut found = found.into_iter().filter(|id| wanted(*id));
        match (found.next(), found.next()) {
            (Some(id), None) => Ok(id),
            (None, _) => Err(Missing::NotFound),
            // A name that is exactly one recipient's alias or name means that one.
            (Some(first), Some(second)) => {
                let mut exact = [first, second]
                    .into_iter()
                    .chain(found)
                    .filter(|id| same(&self.alias(*id), identity) || same(&self.name(*id), identity));
                match (exact.next(), exact.next()) {
                    (Some(id), None) => Ok(id),
                    _ => Err(Missing::Ambiguous),
                }
            }
        }
    }

    /// All recipients of that identity: several for a display name of namesakes, or with `*` at either end.
    pub fn find_all(&self, identity: &str) -> Vec<RecipientId> {
        let identity = identity.trim();
        if identity.is_empty() {
            return Vec::new();
        }
        if identity.contains('*') {
            let like = opath::Like::new(identity);
            let matches = |id: &RecipientId| {
                like.matches(&self.name(*id))
                    || like.matches(&self.alias(*id))
                    || like.matches(&self.display_name(*id))
            };
            return self.ids().filter(matches).collect();
        }
        let mut keys = vec![hash(identity)];
        let mut key = |text: &str| keys.push(hash(text));
        if let Ok(guid) = Uuid::try_parse(identity) {
            key(&guid.to_string());
        } else if let Some(last) = identity.strip_prefix("/o=").and_then(|dn| dn.rsplit_once("/cn=")) {
            // A legacy DN ends in 32 digits and the alias.
            key(last.1.get(33..).unwrap_or_default());
        } else if identity.get(..3).is_some_and(|start| start.eq_ignore_ascii_case("CN=")) {
            key(&first_rdn(&identity[3..]));
        } else if let Some((_, name)) = identity.rsplit_once('/') {
            key(name);
        } else if let Some((_, account)) = identity.rsplit_once('\\') {
            key(account);
        } else if let Some((local, _)) = address(identity).split_once('@') {
            key(local);
        }
        let mut found: Vec<RecipientId> = keys
            .iter()
            .flat_map(|key| self.index.candidates(*key))
            .filter(|id| self.recipient(*id).exists() && self.is_called(*id, identity))
            .collect();
        found.sort_unstable();
        found.dedup();
        found
    }

    /// Whether that is one of the recipient's names.
    pub fn is_called(&self, id: RecipientId, identity: &str) -> bool {
        let recipient = self.recipient(id);
        if let Ok(guid) = Uuid::try_parse(identity) {
            return guid == recipient.guid || (recipient.kind.is_mailbox() && guid == self.exchange_guid(id));
        }
        if identity.contains('@') {
            let wanted = address(identity);
            return self.addresses(id).iter().any(|own| same(address(own), wanted))
                || same(&self.user_principal_name(id), identity)
                || (recipient.kind == super::Kind::MailUser && same(&self.outside_address(id), wanted));
        }
        if identity.contains('/') {
            return same(&self.canonical_name(id), identity) || same(&self.legacy_dn(id), identity);
        }
        if identity.get(..3).is_some_and(|start| start.eq_ignore_ascii_case("CN=")) {
            return same(&self.distinguished_name(id), identity);
        }
        if let Some((domain, account)) = identity.split_once('\\') {
            let domain_fits = same(domain, NETBIOS) || same(domain, DIRECTORY);
            return domain_fits && same(&self.sam_account_name(id), account);
        }
        [self.alias(id), self.name(id), self.display_name(id), self.sam_account_name(id)]
            .iter()
            .any(|own| same(own, identity))
    }

    /// Whether any recipient but this one has that proxy address (without prefix).
    pub fn address_taken(&self, wanted: &str, but: Option<RecipientId>) -> Option<RecipientId> {
        let holder = self.find_all(wanted).into_iter().find(|id| Some(*id) != but);
        holder.filter(|id| self.addresses(*id).iter().any(|own| same(address(own), wanted)))
    }

    /// Adds the recipient's present names to the index.
    pub(super) fn reindex(&mut self, id: RecipientId) {
        for key in self.keys(id) {
            if !self.index.candidates(key).any(|known| known == id) {
                self.index.added.entry(key).or_default().push(id.0);
            }
        }
    }

    /// Makes the index of all recipients.
    pub(super) fn index_all(&mut self) {
        let mut made = Vec::with_capacity(self.recipients.len() * 5);
        for id in 0..self.end() {
            made.extend(self.keys(RecipientId(id)).into_iter().map(|key| (key, id)));
        }
        made.sort_unstable();
        made.dedup();
        made.shrink_to_fit();
        self.index = Index { made, added: HashMap::new() };
    }

    fn keys(&self, id: RecipientId) -> Vec<u64> {
        let recipient = self.recipient(id);
        let mut keys = vec![hash(&self.name(id)), hash(&self.alias(id)), hash_guid(recipient.guid)];
        if recipient.kind.is_mailbox() {
            keys.push(hash_guid(self.exchange_guid(id)));
        }
        let rest = [self.display_name(id), self.sam_account_name(id)];
        keys.extend(rest.iter().map(|name| hash(name)));
        let upn = self.user_principal_name(id);
        let addresses = self.addresses(id);
        for address in addresses.iter().map(|own| address(own)).chain([upn.as_str()]) {
            if let Some((local, _)) = address.split_once('@') {
                keys.push(hash(local));
            }
        }
        keys.sort_unstable();
        keys.dedup();
        keys
    }
}

/// An address without its prefix (`smtp:`).
fn address(text: &str) -> &str {
    match text.split_once(':') {
        Some((prefix, rest)) if prefix.eq_ignore_ascii_case("smtp") => rest,
        _ => text,
    }
}

/// The value of the first part of a distinguished name, without escapes.
fn first_rdn(dn: &str) -> String {
    let mut value = String::new();
    let mut chars = dn.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => value.extend(chars.next()),
            ',' => break,
            c => value.push(c),
        }
    }
    value
}

/// Whether two names are the same to the directory, which ignores case.
fn same(a: &str, b: &str) -> bool {
    a.eq_ignore_ascii_case(b) || (!a.is_ascii() && a.to_lowercase() == b.to_lowercase())
}

fn hash_guid(guid: Uuid) -> u64 {
    let mut buffer = [0; uuid::fmt::Hyphenated::LENGTH];
    hash(guid.hyphenated().encode_lower(&mut buffer))
}

/// FNV-1a over the lower-case text, mixed.
fn hash(text: &str) -> u64 {
    let step = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3);
    let start = 0xCBF2_9CE4_8422_2325;
    random::mix(if text.is_ascii() {
        text.bytes().fold(start, |hash, byte| step(hash, byte.to_ascii_lowercase()))
    } else {
        text.to_lowercase().bytes().fold(start, step)
    })
}
