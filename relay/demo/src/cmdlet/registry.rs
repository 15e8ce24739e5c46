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

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use crate::{
        cmdlet::{COMMON_PARAMETERS, CONFIRM_PARAMETERS},
        cmdlets,
    };

    #[test]
    fn declarations_agree_with_each_other() {
        let mut names = HashSet::new();
        for cmdlet in cmdlets::ALL.all() {
            let name = cmdlet.name;
            assert!(names.insert(name.to_ascii_lowercase()), "{name} is declared twice");
            assert!(name.contains('-') && !cmdlet.synopsis.is_empty(), "{name}");
            let mut parameters = HashSet::new();
            let common = COMMON_PARAMETERS.iter().chain(CONFIRM_PARAMETERS);
            for parameter in cmdlet.parameters.iter().chain(common) {
                for own in std::iter::once(&parameter.name).chain(parameter.aliases) {
                    assert!(parameters.insert(own.to_ascii_lowercase()), "{name} has -{own} twice");
                }
            }
            let by_value = cmdlet.parameters.iter().filter(|parameter| parameter.by_value).count();
            assert!(by_value <= 1, "{name} binds the same object to several parameters");
            if cmdlet.impact.is_some_and(|impact| impact == crate::cmdlet::Impact::High) {
                assert!(!name.starts_with("Get-"), "{name} asks before it reads");
            }
        }
    }
}
