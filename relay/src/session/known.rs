//! What was imported from an endpoint for a user, kept so that the same user's next session is ready at once.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use postern_shared::view::FormatViews;

use super::{catalog::Catalog, connect::Opening};

/// Imports that are kept, those used last; one of Exchange takes about 2 MB.
const MOST: usize = 64;

/// For whom something was imported. Never shared by users: roles decide which commands and parameters each one has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Whom {
    uri: String,
    configuration: String,
    user: String,
}

impl Whom {
    pub(super) fn of(opening: &Opening) -> Self {
        Self {
            uri: opening.uri.clone(),
            configuration: opening.configuration.clone(),
            user: opening.user.to_lowercase(),
        }
    }
}

/// What was imported.
#[derive(Clone)]
pub(super) struct Imported {
    /// The commands.
    pub(super) catalog: Arc<Catalog>,
    /// How objects are shown.
    pub(super) views: Arc<FormatViews>,
}

/// The imports, those used last at the end.
#[derive(Default)]
pub(crate) struct Known(Mutex<VecDeque<(Whom, Imported)>>);

impl Known {
    /// What was imported for somebody. To be asked only once the server has accepted the credentials.
    pub(super) fn find(&self, whom: &Whom) -> Option<Imported> {
        let mut known = self.lock();
        let at = known.iter().position(|(own, _)| own == whom)?;
        let found = known.remove(at)?;
        let imported = found.1.clone();
        known.push_back(found);
        Some(imported)
    }

    /// Keeps what was imported.
    pub(super) fn keep(&self, whom: Whom, imported: Imported) {
        let mut known = self.lock();
        known.retain(|(own, _)| *own != whom);
        if known.len() >= MOST {
            known.pop_front();
        }
        known.push_back((whom, imported));
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<(Whom, Imported)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whom(user: &str) -> Whom {
        Whom {
            uri: "https://mail.example/".into(),
            configuration: "Microsoft.Exchange".into(),
            user: user.into(),
        }
    }

    #[test]
    fn each_user_has_an_import_of_its_own_and_the_oldest_go() {
        let known = Known::default();
        let imported = || Imported { catalog: Arc::default(), views: Arc::default() };
        known.keep(whom("nora"), imported());
        assert!(known.find(&whom("nora")).is_some());
        assert!(known.find(&whom("pia")).is_none());
        for n in 0..MOST {
            assert!(known.find(&whom("nora")).is_some(), "what is used stays");
            known.keep(whom(&format!("user{n}")), imported());
        }
        assert!(known.find(&whom("nora")).is_some());
        assert!(known.find(&whom("user0")).is_none());
        assert_eq!(known.lock().len(), MOST);
    }
}
