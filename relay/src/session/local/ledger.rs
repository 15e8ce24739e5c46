//! Memory of remote objects that the engine holds: in variables, or on their way through a pipeline.
//!
//! The engine shares such objects and does not copy them, so that it is enough to remember each with its weight: it is
//! held as long as somebody besides the ledger knows it.

use std::sync::{Arc, Weak};

use postern_shared::value::{PsObject, PsValue};

use crate::store::{Full, Store};

/// Objects between two looks at what has been dropped.
const SWEEP: usize = 4096;

/// The remote objects that the engine may hold.
pub(super) struct Ledger {
    store: Arc<Store>,
    held: Vec<(Weak<PsObject>, usize)>,
    /// How many there may be before the next look.
    sweep_at: usize,
}

impl Ledger {
    pub(super) fn new(store: Arc<Store>) -> Self {
        Self { store, held: Vec::new(), sweep_at: SWEEP }
    }

    /// Notes an object that the engine gets. Where there is no room, `make_room` is asked for some, as long as it can.
    pub(super) fn hold(&mut self, value: &PsValue, mut make_room: impl FnMut() -> bool) -> Result<(), Full> {
        let PsValue::Object(object) = value else { return Ok(()) };
        let weight = Store::weight(value);
        if self.held.len() >= self.sweep_at {
            self.sweep();
        }
        if self.store.take(weight).is_err() {
            self.sweep();
            while let Err(full) = self.store.take(weight) {
                if !make_room() {
                    return Err(full);
                }
            }
        }
        self.held.push((Arc::downgrade(object), weight));
        Ok(())
    }

    /// An object goes out, to be counted where it is shown: if nothing else of the engine holds it, it is not counted
    /// here any more.
    pub(super) fn release(&mut self, object: &Arc<PsObject>) {
        if Arc::strong_count(object) == 1
            && let Some((_, weight)) =
                self.held.pop_if(|(held, _)| std::ptr::eq(held.as_ptr(), Arc::as_ptr(object)))
        {
            self.store.give_back(weight);
        }
    }

    /// Gives back the memory of what is no longer held.
    pub(super) fn sweep(&mut self) {
        let store = &self.store;
        self.held.retain(|(object, weight)| {
            let is_held = object.strong_count() > 0;
            if !is_held {
                store.give_back(*weight);
            }
            is_held
        });
        self.held.shrink_to(self.held.len().saturating_mul(2).max(SWEEP));
        self.sweep_at = self.held.len().saturating_mul(2).max(SWEEP);
    }
}

impl Drop for Ledger {
    fn drop(&mut self) {
        self.held.drain(..).for_each(|(_, weight)| self.store.give_back(weight));
    }
}
