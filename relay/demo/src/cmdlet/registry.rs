//! The cmdlets that a session knows.

use super::{Cmdlet, Pattern};

/// All cmdlets, in families.
#[derive(Clone, Copy, Debug)]
pub struct Registry {
    families: &'static [&'static [Cmdlet]],
}

impl Registry {
    /// A registry of these families.
    pub const fn new(families: &'static [&'static [Cmdlet]]) -> Self {
        Self { families }
    }

    /// All cmdlets.
    pub fn all(&self) -> impl Iterator<Item = &'static Cmdlet> {
        self.families.iter().flat_map(|family| family.iter())
    }

    /// The cmdlet of that name, compared without case.
    pub fn find(&self, name: &str) -> Option<&'static Cmdlet> {
        self.all().find(|cmdlet| cmdlet.name.eq_ignore_ascii_case(name))
    }

    /// The cmdlets whose names match one of the patterns, sorted by name; no pattern means all.
    pub fn matching(&self, patterns: &[Pattern]) -> Vec<&'static Cmdlet> {
        let mut found: Vec<_> = self
            .all()
            .filter(|cmdlet| {
                patterns.is_empty() || patterns.iter().any(|pattern| pattern.matches(cmdlet.name))
            })
            .collect();
        found.sort_by_key(|cmdlet| cmdlet.name);
        found
    }
}
