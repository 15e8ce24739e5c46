//! Rules of mailboxes: the ones that were made up until they are changed.

use postern_shared::value::PsStr;

use super::{Organisation, RecipientId, Traits, configuration::Item};

impl Organisation {
    /// A mailbox's rules in the order of their priority.
    pub fn inbox_rules(&self, id: RecipientId) -> Vec<Item> {
        if let Some(rules) = self.inbox_rules.get(&id) {
            return rules.clone();
        }
        let recipient = self.recipient(id);
        if !recipient.traits.has(Traits::RULES) {
            return Vec::new();
        }
        let mut draw = self.draw(id, 50);
        let mut rule = |name: &'static str, values: &[(&'static str, &'static str)]| {
            let mut item = Item::new(draw.guid(), PsStr::from_static(name), recipient.created);
            for (property, value) in values {
                item.set(PsStr::from_static(property), PsStr::from_static(value));
            }
            item
        };
        let mut rules = vec![rule(
            "Newsletter",
            &[("FromAddressContainsWords", "newsletter"), ("MoveToFolder", "Junk Email")],
        )];
        if recipient.guid.as_bytes()[5].is_multiple_of(3) {
            rules.push(rule(
                "Befunde",
                &[("SubjectContainsWords", "Befund"), ("MoveToFolder", "Inbox\\Befunde")],
            ));
        }
        // What one looks for after an account was taken over.
        if recipient.guid.as_bytes()[6].is_multiple_of(9) {
            rules.push(rule(
                ".",
                &[("SubjectOrBodyContainsWords", "Rechnung"), ("ForwardTo", "mail@postfach.example")],
            ));
        }
        rules
    }

    /// Replaces a mailbox's rules.
    pub fn set_inbox_rules(&mut self, id: RecipientId, rules: Vec<Item>) {
        self.inbox_rules.insert(id, rules);
    }
}
