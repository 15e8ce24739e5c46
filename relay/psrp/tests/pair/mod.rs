//! A client and a server in one thread.

// Each test program uses a part of it.
#![allow(dead_code)]

use postern_psrp::{client, host::HostInfo, message::RunspacePoolState, pipeline::PipelineSpec, server};
use postern_shared::value::{PsVersion, Uuid};

pub(crate) struct Pair {
    pub(crate) client: client::RunspacePool,
    pub(crate) server: server::RunspacePool,
    creation: Option<Vec<u8>>,
}

impl Pair {
    /// Both sides before anything was sent.
    pub(crate) fn new() -> Self {
        Self::of_versions(client::PROTOCOL_VERSION, server::PROTOCOL_VERSION)
    }

    /// Both sides before anything was sent, with these protocol versions.
    pub(crate) fn of_versions(client: PsVersion, server: PsVersion) -> Self {
        let mut options =
            client::PoolOptions::new(Uuid::from_u128(0xA1B2_C3D4_E5F6_4789_8ABC_DEF0_1234_5678));
        options.host = HostInfo::console("Postern", 120, 50);
        options.protocol_version = client;
        let mut client = client::RunspacePool::new(options);
        let creation = Some(client.creation_data());
        let options = server::PoolOptions { protocol_version: server, ..server::PoolOptions::default() };
        Self { client, server: server::RunspacePool::new(options), creation }
    }

    /// Both sides with an open pool.
    pub(crate) fn open() -> Self {
        Self::new().opened()
    }

    /// Opens the pool.
    pub(crate) fn opened(self) -> Self {
        let mut pair = self;
        pair.feed_server();
        assert!(matches!(pair.server.poll_event(), Some(server::Event::Open(_))));
        pair.server.open(Vec::new());
        pair.feed_client(None);
        assert_eq!(pair.events().len(), 2);
        assert_eq!(pair.client.state(), RunspacePoolState::Opened);
        pair
    }

    /// Gives the server all that the client has to send.
    pub(crate) fn feed_server(&mut self) {
        if let Some(creation) = self.creation.take() {
            self.server.handle_data(None, client::Stream::Stdin, &creation).unwrap();
        }
        while let Some(transmit) = self.client.poll_transmit(32 * 1024) {
            if transmit.first {
                self.server.add_pipeline(transmit.pipeline.unwrap()).unwrap();
            }
            self.server.handle_data(transmit.pipeline, transmit.stream, &transmit.data).unwrap();
        }
    }

    /// Gives the client all that the server has to send for a pipeline or for the pool.
    pub(crate) fn feed_client(&mut self, pipeline: Option<Uuid>) {
        while let Some(data) = self.server.poll_transmit(pipeline, 100_000) {
            self.client.handle_data(pipeline, &data).unwrap();
        }
    }

    /// Invokes a pipeline and gives what the server understood.
    pub(crate) fn invoke(&mut self, spec: &PipelineSpec) -> (Uuid, PipelineSpec) {
        let pipeline = self.client.create_pipeline(spec);
        self.feed_server();
        match self.server.poll_event() {
            Some(server::Event::CreatePipeline { pipeline: id, spec }) if id == pipeline => (id, *spec),
            other => panic!("{other:?}"),
        }
    }

    /// All that the client was told.
    pub(crate) fn events(&mut self) -> Vec<client::Event> {
        std::iter::from_fn(|| self.client.poll_event()).collect()
    }
}
