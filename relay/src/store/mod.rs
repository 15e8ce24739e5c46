//! A session's results: the objects themselves, in bounded memory. The page is a viewport on them.

mod budget;
mod cells;
mod chunk;
mod column;
mod condition;
mod details;
mod difference;
mod extract;
mod layout;
mod order;
mod pack;
mod parallel;
mod rank;
mod rows;
mod same;
mod summary;
mod weight;

use std::{
    collections::BTreeMap,
    sync::{Arc, PoisonError, RwLock},
};

use postern_shared::{
    value::PsValue,
    wire::{BlockId, Copied, Detail, Difference, Extract, ResultId, RowBatch, Summary, View},
};

use self::{budget::Share, rows::StoredResult, weight::weight};
pub(crate) use self::{
    budget::{Budget, Full},
    extract::{Broken, Extraction},
    rows::RowsRequest,
};

/// The results of one session. Its task adds to them, sockets read them.
pub(crate) struct Store {
    share: Arc<Share>,
    results: RwLock<BTreeMap<ResultId, Arc<StoredResult>>>,
}

impl Store {
    /// A store for at most so many bytes, within what all sessions have.
    pub(crate) fn new(limit: usize, all: Arc<Budget>) -> Arc<Self> {
        Arc::new(Self { share: Arc::new(Share::new(limit, all)), results: RwLock::default() })
    }

    /// Begins a result.
    pub(crate) fn begin(&self, result: ResultId, block: BlockId) {
        self.write().insert(result, Arc::new(StoredResult::new(block)));
    }

    /// Adds an object to a result; gives the number of its rows.
    pub(crate) fn push(&self, result: ResultId, value: &PsValue) -> Result<u64, Full> {
        let Some(stored) = self.get(result) else { return Ok(0) };
        let weight = weight(value);
        self.share.take(weight)?;
        let (rows, complete) = stored.push(value.clone(), weight);
        if let Some(chunk) = complete {
            let share = Arc::clone(&self.share);
            // Some milliseconds of work, which the session's task does not wait for.
            aside(move || stored.pack(chunk, &share));
        }
        Ok(rows)
    }

    /// What a value takes in memory, about.
    pub(crate) fn weight(value: &PsValue) -> usize {
        weight(value)
    }

    /// Takes memory for what is held beside the results: what the session's variables hold.
    pub(crate) fn take(&self, bytes: usize) -> Result<(), Full> {
        self.share.take(bytes)
    }

    /// Gives back what [`Self::take`] took.
    pub(crate) fn give_back(&self, bytes: usize) {
        self.share.give_back(bytes);
    }

    /// Drops the oldest result that is not of a block; gives its number, or `None` if there is no such result.
    pub(crate) fn drop_oldest(&self, except: BlockId) -> Option<ResultId> {
        let mut results = self.write();
        let oldest =
            results.iter().find(|(_, stored)| stored.block() != except).map(|(result, _)| *result)?;
        let stored = results.remove(&oldest)?;
        drop(results);
        self.share.give_back(stored.close());
        // 100,000 objects take a while to free.
        aside(move || drop(stored));
        Some(oldest)
    }

    /// How many results there are.
    pub(crate) fn len(&self) -> usize {
        self.results.read().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// The rows of a result that a page shows; none if there is no such result (any more).
    pub(crate) async fn rows(&self, result: ResultId, request: RowsRequest) -> RowBatch {
        let empty = RowBatch { request: request.request, ..RowBatch::default() };
        let Some(stored) = self.get(result) else { return empty };
        // Sorting a large result takes longer than a task may hold up the others.
        tokio::task::spawn_blocking(move || stored.rows(&request)).await.unwrap_or(empty)
    }

    /// One object whole.
    pub(crate) fn details(&self, result: ResultId, row: u64) -> Option<Detail> {
        Some(details::detail(&self.get(result)?.row(row)?))
    }

    /// What a column holds.
    pub(crate) async fn summary(
        &self,
        result: ResultId,
        view: View,
        shown: Vec<String>,
        property: String,
        sums: Vec<String>,
    ) -> Summary {
        let Some(stored) = self.get(result) else { return Summary::default() };
        let work = move || summary::summary(&stored, &view, &shown, &property, &sums);
        tokio::task::spawn_blocking(work).await.unwrap_or_default()
    }

    /// Text for the clipboard.
    pub(crate) async fn copy(&self, extract: Extract) -> Copied {
        let Some(extraction) = self.extract(extract).await else { return Copied::default() };
        tokio::task::spawn_blocking(move || extraction.copy()).await.unwrap_or_default()
    }

    /// A part of a result as it stands now, to be written; `None` if there is no such result (any more).
    pub(crate) async fn extract(&self, extract: Extract) -> Option<Extraction> {
        let stored = self.get(extract.result)?;
        // A sort may be due.
        tokio::task::spawn_blocking(move || Extraction::new(&stored, extract)).await.ok()
    }

    /// What differs between two results.
    pub(crate) async fn difference(&self, before: ResultId, after: ResultId) -> Option<Difference> {
        let (before, after) = (self.get(before)?, self.get(after)?);
        let work = move || difference::difference(&before.snapshot(), &after.snapshot());
        tokio::task::spawn_blocking(work).await.ok()
    }

    fn get(&self, result: ResultId) -> Option<Arc<StoredResult>> {
        self.results.read().unwrap_or_else(PoisonError::into_inner).get(&result).cloned()
    }

    fn write(&self) -> std::sync::RwLockWriteGuard<'_, BTreeMap<ResultId, Arc<StoredResult>>> {
        self.results.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        for (_, stored) in std::mem::take(&mut *self.write()) {
            self.share.give_back(stored.close());
            aside(move || drop(stored));
        }
    }
}

/// Does some work off the async threads, where there are any.
fn aside(work: impl FnOnce() + Send + 'static) {
    match tokio::runtime::Handle::try_current() {
        Ok(runtime) => drop(runtime.spawn_blocking(work)),
        Err(_) => work(),
    }
}

#[cfg(test)]
mod tests {
    use postern_shared::{
        value::PsObject,
        wire::{Cell, View},
    };

    use super::*;

    /// The whole of a result, in order of arrival.
    fn whole(request: u32, columns: Vec<String>, from: u64, count: u32) -> RowsRequest {
        RowsRequest { request, view: View::default(), columns, from, count }
    }

    fn object(name: &str, size: i32) -> PsValue {
        let properties = [
            ("Name", PsValue::from(name)),
            ("Size", PsValue::I32(size)),
            ("On", PsValue::Bool(size % 2 == 0)),
        ];
        PsObject::bag(Arc::from(["T".into()]), properties.into_iter().collect()).into()
    }

    #[tokio::test]
    async fn rows_come_in_order_of_arrival_and_in_columns() {
        let store = Store::new(1 << 20, Budget::new(1 << 20));
        store.begin(1, 1);
        for n in 0..3000 {
            assert_eq!(store.push(1, &object(&format!("m{n}"), n)), Ok(n as u64 + 1));
        }
        let batch = store.rows(1, whole(9, vec!["name".into(), "on".into(), "none".into()], 1022, 4)).await;
        assert_eq!((batch.request, batch.from, batch.total), (9, 1022, 3000));
        assert_eq!(batch.rows, [1022, 1023, 1024, 1025]);
        assert_eq!(batch.columns[0].cell(3), Cell::Text("m1025".into()));
        assert_eq!(batch.columns[1].cell(3), Cell::Bool(false));
        assert_eq!(batch.columns[2].cell(0), Cell::Empty);
        assert_eq!(store.rows(1, whole(1, vec![], 3000, 10)).await.rows.len(), 0);
        assert_eq!(store.rows(7, whole(1, vec![], 0, 10)).await.total, 0);
        assert_eq!(store.details(1, 5).unwrap().properties[0].0, "Name");
        assert!(store.details(1, 3000).is_none());
    }

    #[tokio::test]
    async fn memory_is_bounded_and_given_back() {
        let all = Budget::new(100_000);
        let store = Store::new(60_000, Arc::clone(&all));
        let fill = |store: &Store, result| loop {
            if let Err(full) = store.push(result, &object("x", 1)) {
                break full;
            }
        };
        store.begin(1, 1);
        assert_eq!(fill(&store, 1), Full::Session(60_000));
        let other = Store::new(60_000, Arc::clone(&all));
        other.begin(1, 1);
        assert_eq!(fill(&other, 1), Full::Relay);
        assert_eq!(store.drop_oldest(1), None);
        assert_eq!(store.drop_oldest(2), Some(1));
        assert!(other.push(1, &object("x", 1)).is_ok());
        drop((store, other));
        assert_eq!(all.used(), 0);
    }
}
