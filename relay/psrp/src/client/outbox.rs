//! What a client has to send, by stream.

use std::collections::VecDeque;

use postern_shared::value::Uuid;

use crate::fragment::FragmentBuffer;

/// An input stream of a WS-Management shell. The two are separate sequences of fragments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stream {
    /// `stdin`.
    Stdin,
    /// `pr`: responses to host calls.
    PromptResponse,
}

impl Stream {
    /// Its name in WS-Management.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Stdin => "stdin",
            Self::PromptResponse => "pr",
        }
    }

    /// The stream with that name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Stdin, Self::PromptResponse].into_iter().find(|stream| stream.name() == name)
    }
}

/// Something to send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transmit {
    /// The pipeline: WS-Management's command. `None` for the pool, and for responses to host calls.
    pub pipeline: Option<Uuid>,
    /// On which stream.
    pub stream: Stream,
    /// The pipeline's first fragment: goes into the Arguments of WS-Management's Command, not into a Send.
    pub first: bool,
    /// Whole fragments.
    pub data: Vec<u8>,
}

#[derive(Debug, Default)]
pub(super) struct Outbox {
    responses: FragmentBuffer,
    pool: FragmentBuffer,
    /// In the order in which they were invoked; one that was served goes to the end.
    pipelines: VecDeque<PipelineBuffer>,
    objects: u64,
}

#[derive(Debug)]
struct PipelineBuffer {
    id: Uuid,
    is_new: bool,
    fragments: FragmentBuffer,
}

impl Outbox {
    /// The next object id; ids are unique in the pool.
    pub(super) fn next_object(&mut self) -> u64 {
        self.objects += 1;
        self.objects
    }

    // What is pushed is written by `write`, which says whether it is to be sent after all; so does the result.

    pub(super) fn push_command(&mut self, id: Uuid, write: impl FnOnce(&mut Vec<u8>) -> bool) -> bool {
        let object = self.next_object();
        let mut fragments = FragmentBuffer::default();
        let pushed = fragments.try_write(object, write);
        if pushed {
            self.pipelines.push_back(PipelineBuffer { id, is_new: true, fragments });
        }
        pushed
    }

    pub(super) fn push_response(&mut self, write: impl FnOnce(&mut Vec<u8>) -> bool) -> bool {
        let object = self.next_object();
        self.responses.try_write(object, write)
    }

    pub(super) fn push(&mut self, pipeline: Option<Uuid>, write: impl FnOnce(&mut Vec<u8>) -> bool) -> bool {
        let object = self.next_object();
        let Some(id) = pipeline else { return self.pool.try_write(object, write) };
        let at = if let Some(at) = self.pipelines.iter().position(|buffer| buffer.id == id) {
            at
        } else {
            self.pipelines.push_back(PipelineBuffer {
                id,
                is_new: false,
                fragments: FragmentBuffer::default(),
            });
            self.pipelines.len() - 1
        };
        self.pipelines.get_mut(at).is_some_and(|buffer| buffer.fragments.try_write(object, write))
    }

    pub(super) fn remove(&mut self, pipeline: Uuid) {
        self.pipelines.retain(|buffer| buffer.id != pipeline);
    }

    pub(super) fn queued(&self, pipeline: Option<Uuid>) -> usize {
        match pipeline {
            None => self.pool.len() + self.responses.len(),
            Some(id) => self
                .pipelines
                .iter()
                .filter(|buffer| buffer.id == id)
                .map(|buffer| buffer.fragments.len())
                .sum(),
        }
    }

    /// Responses come first, since a pipeline waits for them, then the pool's messages, then the pipelines in turn.
    pub(super) fn poll(&mut self, max_bytes: usize) -> Option<Transmit> {
        if let Some(data) = self.responses.take(max_bytes) {
            return Some(Transmit { pipeline: None, stream: Stream::PromptResponse, first: false, data });
        }
        if let Some(data) = self.pool.take(max_bytes) {
            return Some(Transmit { pipeline: None, stream: Stream::Stdin, first: false, data });
        }
        for _ in 0..self.pipelines.len() {
            let Some(mut buffer) = self.pipelines.pop_front() else { break };
            let first = std::mem::replace(&mut buffer.is_new, false);
            let data =
                if first { buffer.fragments.take_fragment() } else { buffer.fragments.take(max_bytes) };
            let id = buffer.id;
            if !buffer.fragments.is_empty() {
                self.pipelines.push_back(buffer);
            }
            if let Some(data) = data {
                return Some(Transmit { pipeline: Some(id), stream: Stream::Stdin, first, data });
            }
        }
        None
    }
}
