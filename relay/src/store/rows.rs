//! One result: its objects in chunks that readers share, and the rows of it that a page asks for.

use std::{
    ops::Range,
    sync::{Arc, Mutex, PoisonError, RwLock, RwLockWriteGuard},
};

use postern_shared::{
    value::PsValue,
    wire::{BlockId, Cell, Column, HEADING, Heading, RequestId, RowBatch, View},
};

use super::{
    budget::Share,
    cells,
    chunk::{CHUNK, Chunk},
    layout::{Layout, Place},
    order::{Order, Orders},
    parallel,
};

/// Rows in one answer; the page shows some fifty and asks ahead.
const MOST_ROWS: u32 = 2000;
/// Columns in one answer; no type has more properties than this.
const MOST_COLUMNS: usize = 512;
/// Bytes of text in one answer, well within a frame, so that one tab's rows do not hold up the others' events.
const MOST_BYTES: usize = 1 << 20;

/// Which rows a page asks for.
#[derive(Clone, Debug)]
pub(crate) struct RowsRequest {
    pub(crate) request: RequestId,
    pub(crate) view: View,
    pub(crate) columns: Vec<String>,
    pub(crate) from: u64,
    pub(crate) count: u32,
}

/// One result.
pub(super) struct StoredResult {
    block: BlockId,
    rows: RwLock<Rows>,
    orders: Mutex<Orders>,
}

#[derive(Default)]
struct Rows {
    full: Vec<Arc<Chunk>>,
    last: Vec<PsValue>,
    /// Bytes that all take, and of them the last chunk.
    weight: usize,
    last_weight: usize,
    /// Its weight was given back; nothing more is to be.
    closed: bool,
}

/// A chunk that became complete, and may be packed.
pub(super) struct Complete {
    at: usize,
    chunk: Arc<Chunk>,
    weight: usize,
}

/// A result as it stood at one moment.
pub(super) struct Snapshot {
    chunks: Vec<Arc<Chunk>>,
    len: usize,
}

impl StoredResult {
    pub(super) fn new(block: BlockId) -> Self {
        Self { block, rows: RwLock::default(), orders: Mutex::default() }
    }

    pub(super) fn block(&self) -> BlockId {
        self.block
    }

    /// Adds an object that takes so many bytes; gives the number of rows, and the chunk that it made complete.
    pub(super) fn push(&self, value: PsValue, weight: usize) -> (u64, Option<Complete>) {
        let mut rows = self.write();
        let rows = &mut *rows;
        rows.last.push(value);
        rows.weight = rows.weight.saturating_add(weight);
        rows.last_weight = rows.last_weight.saturating_add(weight);
        let complete = (rows.last.len() == CHUNK).then(|| {
            let chunk = Arc::new(Chunk::Objects(std::mem::take(&mut rows.last)));
            rows.full.push(Arc::clone(&chunk));
            let weight = std::mem::take(&mut rows.last_weight);
            Complete { at: rows.full.len() - 1, chunk, weight }
        });
        (rows.len() as u64, complete)
    }

    /// Packs a chunk, and gives back the memory that this saves.
    pub(super) fn pack(&self, Complete { at, chunk, weight }: Complete, share: &Share) {
        if self.rows.read().unwrap_or_else(PoisonError::into_inner).closed {
            return;
        }
        let Some((packed, packed_weight)) = chunk.packed() else { return };
        let Some(saved) = weight.checked_sub(packed_weight) else { return };
        let mut rows = self.write();
        if rows.closed {
            return;
        }
        if let Some(place) = rows.full.get_mut(at) {
            *place = Arc::new(packed);
            rows.weight = rows.weight.saturating_sub(saved);
            share.give_back(saved);
        }
    }

    /// Ends the count of the result's memory; gives the bytes to be given back.
    pub(super) fn close(&self) -> usize {
        let mut rows = self.write();
        rows.closed = true;
        std::mem::take(&mut rows.weight)
    }

    /// The object of a row.
    pub(super) fn row(&self, row: u64) -> Option<PsValue> {
        let row = usize::try_from(row).ok()?;
        let rows = self.rows.read().unwrap_or_else(PoisonError::into_inner);
        match rows.full.get(row / CHUNK) {
            Some(chunk) => chunk.get(row % CHUNK),
            None => rows.last.get(row.checked_sub(rows.full.len() * CHUNK)?).cloned(),
        }
    }

    /// The rows that a page asks for. May sort or filter the whole result.
    pub(super) fn rows(&self, request: &RowsRequest) -> RowBatch {
        let snapshot = self.snapshot();
        let columns: Vec<&str> = request.columns.iter().take(MOST_COLUMNS).map(String::as_str).collect();
        let layout = self.layout(&snapshot, &request.view, &columns);
        let total = layout.total();
        let from = usize::try_from(request.from).unwrap_or(usize::MAX).min(total);
        let to = from.saturating_add(request.count.min(MOST_ROWS) as usize).min(total);
        let mut batch = project(&snapshot, &columns, &layout, from..to);
        batch.request = request.request;
        batch
    }

    /// Where the rows of a view stand.
    pub(super) fn layout(&self, snapshot: &Snapshot, view: &View, shown: &[&str]) -> Layout {
        if *view == View::default() {
            return Layout::new(snapshot.len, None, None);
        }
        let mut orders = self.orders.lock().unwrap_or_else(PoisonError::into_inner);
        orders.layout(snapshot, view, shown)
    }

    /// The rows of a view, in its order; `None` for all of them in the order of arrival.
    pub(super) fn order(&self, snapshot: &Snapshot, view: &View, shown: &[&str]) -> Option<Arc<Order>> {
        (*view != View::default()).then(|| {
            let mut orders = self.orders.lock().unwrap_or_else(PoisonError::into_inner);
            orders.order(snapshot, view, shown)
        })
    }

    pub(super) fn snapshot(&self) -> Snapshot {
        let rows = self.rows.read().unwrap_or_else(PoisonError::into_inner);
        let mut chunks = rows.full.clone();
        if !rows.last.is_empty() {
            chunks.push(Arc::new(Chunk::Objects(rows.last.clone())));
        }
        Snapshot { chunks, len: rows.len() }
    }

    fn write(&self) -> RwLockWriteGuard<'_, Rows> {
        self.rows.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Rows {
    fn len(&self) -> usize {
        self.full.len() * CHUNK + self.last.len()
    }
}

impl Snapshot {
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// What some work gives for the rows from one on, a chunk at a time; it is told which of the chunk's rows those
    /// are, and their first one's number. Several threads do it where there are many.
    pub(super) fn per_chunk<T: Send>(
        &self,
        from: usize,
        work: impl Fn(&Chunk, usize, usize) -> Vec<T> + Sync,
    ) -> Vec<T> {
        let first = from / CHUNK;
        let chunks = self.chunks.get(first..).unwrap_or_default();
        let size = chunks.len().div_ceil(parallel::threads(self.len.saturating_sub(from))).max(1);
        let parts = chunks.chunks(size).enumerate().map(|(at, part)| (first + at * size, part)).collect();
        parallel::concat(parts, |(first, part): (usize, &[Arc<Chunk>])| {
            let mut all = Vec::with_capacity(part.len() * CHUNK);
            for (at, chunk) in (first..).zip(part) {
                let start = at * CHUNK;
                all.extend(work(chunk, from.saturating_sub(start), start.max(from)));
            }
            all
        })
    }

    /// The object of a row.
    pub(super) fn object(&self, row: usize) -> PsValue {
        self.chunks.get(row / CHUNK).and_then(|chunk| chunk.get(row % CHUNK)).unwrap_or_default()
    }

    /// What a function says of a property of the rows from one on, in the order of arrival; it is asked once where a
    /// chunk's value repeats.
    pub(super) fn map_property<T: Clone + Send>(
        &self,
        name: &str,
        from: usize,
        of: impl Fn(&PsValue) -> T + Sync,
    ) -> Vec<T> {
        self.per_chunk(from, |chunk, skip, _| {
            let mut values = chunk.map_property(name, &of);
            values.drain(..skip.min(values.len()));
            values
        })
    }

    /// The value that a row's object has for a property; null if it has none.
    pub(super) fn value(&self, row: usize, property: &str) -> PsValue {
        self.chunks.get(row / CHUNK).map_or(PsValue::Null, |chunk| chunk.property(row % CHUNK, property))
    }
}

/// Cells of the rows at these places, until the answer is large enough; at least one row.
fn project(snapshot: &Snapshot, columns: &[&str], layout: &Layout, places: Range<usize>) -> RowBatch {
    let mut batch = RowBatch {
        from: places.start as u64,
        total: layout.total() as u64,
        objects: layout.objects() as u64,
        groups: layout.groups() as u64,
        ..RowBatch::default()
    };
    let mut cells: Vec<Vec<Cell>> = columns.iter().map(|_| Vec::new()).collect();
    let mut bytes = 0_usize;
    for place in places {
        match layout.at(place) {
            None => break,
            Some(Place::Heading(group)) => {
                let Some((group, folded)) = layout.heading(group) else { break };
                bytes = bytes.saturating_add(group.text.len());
                batch.headings.push(Heading { at: batch.rows.len() as u32, group, folded });
                batch.rows.push(HEADING);
                for column in &mut cells {
                    column.push(Cell::Empty);
                }
            }
            Some(Place::Row(row)) => {
                batch.rows.push(row as u64);
                for (name, column) in columns.iter().zip(&mut cells) {
                    let cell = cells::cell(&snapshot.value(row, name));
                    if let Cell::Text(text) = &cell {
                        bytes = bytes.saturating_add(text.len());
                    }
                    column.push(cell);
                }
            }
        }
        if bytes > MOST_BYTES {
            break;
        }
    }
    batch.columns = cells.into_iter().map(pack).collect();
    batch
}

/// The densest form that a column's cells fit into.
fn pack(cells: Vec<Cell>) -> Column {
    if !cells.is_empty() && cells.iter().all(|cell| matches!(cell, Cell::Bool(_))) {
        return Column::Bool(cells.iter().map(|cell| *cell == Cell::Bool(true)).collect());
    }
    if cells.is_empty() || !cells.iter().all(|cell| matches!(cell, Cell::Text(_))) {
        return Column::Mixed(cells);
    }
    let (mut text, mut ends) = (String::new(), Vec::with_capacity(cells.len()));
    for cell in &cells {
        if let Cell::Text(cell) = cell {
            text.push_str(cell);
        }
        ends.push(u32::try_from(text.len()).unwrap_or(u32::MAX));
    }
    Column::Text { text, ends }
}
