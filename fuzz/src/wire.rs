//! The messages between page and relay: what can be read can be written, and is read back the same.

use postern_shared::wire::{
    Answer, ClientMessage, Condition, Event, EventKind, Failure, Grouping, NoteStream, ServerMessage,
    SortKey, Test, View, decode, encode,
};

/// A frame, taken for each side's.
pub fn run(data: &[u8]) {
    round_trip::<ClientMessage>(data);
    round_trip::<ServerMessage>(data);
}

fn round_trip<T>(data: &[u8])
where
    T: serde::Serialize + serde::de::DeserializeOwned + PartialEq + std::fmt::Debug,
{
    if let Ok(message) = decode::<T>(data) {
        let frame = encode(&message).expect("a message is written");
        assert_eq!(decode::<T>(&frame).expect("own frame"), message);
    }
}

/// One message of each kind.
pub fn seeds() -> Vec<Vec<u8>> {
    let text = |text: &str| text.to_owned();
    let view = View {
        sort: vec![SortKey { property: text("Name"), descending: true }],
        filter: text("a"),
        conditions: vec![Condition { property: text("Alias"), test: Test::Contains(text("b")) }],
        group: Some(Grouping {
            property: text("Office"),
            sums: vec![text("Items")],
            folded: true,
            except: vec![text("Graz")],
        }),
    };
    let client = [
        ClientMessage::Hello { build: text("build"), after: 7 },
        ClientMessage::Run { line: text("Get-Mailbox | Select-Object Name") },
        ClientMessage::Stop { block: 1 },
        ClientMessage::Answer { prompt: 1, answer: Answer::Cancel },
        ClientMessage::Rows { request: 1, result: 2, view, columns: vec![text("Name")], from: 0, count: 50 },
        ClientMessage::Details { request: 1, result: 1, row: 3 },
        ClientMessage::SignOut,
    ];
    let note = EventKind::Note { block: 1, stream: NoteStream::Warning, text: text("careful") };
    let server = [
        ServerMessage::Hello { build: text("build"), newest: 300 },
        ServerMessage::Event(Event { number: 1, at: 2, kind: note }),
        ServerMessage::Grew { result: 1, rows: 1000 },
        ServerMessage::Ended(Failure::default()),
    ];
    let client = client.iter().map(|message| encode(message).expect("a frame"));
    client.chain(server.iter().map(|message| encode(message).expect("a frame"))).collect()
}
