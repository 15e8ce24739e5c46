//! What can be asked of a shell.

use std::time::Duration;

use uuid::Uuid;

/// An operation on a shell.
#[derive(Clone, Debug)]
pub enum Operation<'a> {
    /// Creates it.
    Create(CreateShell<'a>),
    /// Starts a command, which for PowerShell is a pipeline with the same id.
    Command {
        /// The pipeline's id.
        command_id: Uuid,
        /// For the server's eyes only: the first command's name.
        command_line: &'a str,
        /// The first fragment of `CREATE_PIPELINE` or `GET_COMMAND_METADATA`.
        arguments: &'a [u8],
    },
    /// Sends fragments to a pipeline, or to the runspace pool.
    Send {
        /// The pipeline; `None` for the pool, and for every host response.
        command_id: Option<Uuid>,
        /// Which stream.
        stream: InputStream,
        /// The fragments.
        data: &'a [u8],
    },
    /// Asks for fragments of a pipeline, or of the runspace pool.
    Receive {
        /// The pipeline; `None` for the pool.
        command_id: Option<Uuid>,
    },
    /// Stops or ends a command.
    Signal {
        /// The pipeline.
        command_id: Uuid,
        /// Which of the two.
        code: SignalCode,
    },
    /// Deletes the shell.
    Delete,
    /// Leaves the shell running without a client (MS-WSMV 3.1.4.13).
    Disconnect {
        /// How long it may stay so; `None` for the shell's own idle timeout.
        idle_timeout: Option<Duration>,
        /// What becomes of output while nobody receives it; `None` for the shell's own way.
        buffer_mode: Option<BufferMode>,
    },
    /// Comes back to a shell that the same client session left (MS-WSMV 3.1.4.14).
    Reconnect,
    /// Takes over a disconnected shell, or a command in it, as another client session (MS-WSMV 3.1.4.15).
    Connect {
        /// The command; `None` for the shell itself, which comes first.
        command_id: Option<Uuid>,
        /// PSRP version that both sides must speak, for example `2.3`; for the shell alone.
        protocol_version: &'a str,
        /// Fragments of `SESSION_CAPABILITY` and `CONNECT_RUNSPACEPOOL`; empty for a command.
        connect_xml: &'a [u8],
    },
    /// Lists shells, or the commands of one (MS-WSMV 3.1.4.8, WS-Enumeration with DSP0226 8.7's optimisation).
    Enumerate {
        /// The shell whose commands are wanted; `None` for the shells.
        commands_of: Option<&'a str>,
    },
    /// Goes on with a list that did not fit into one answer.
    Pull {
        /// The list, as the server named it.
        context: &'a str,
    },
    /// Asks what kind of service it is (DSP0226 11); the only operation without a header.
    Identify,
}

/// What becomes of the output of a disconnected shell's commands (MS-WSMV 2.2.4.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BufferMode {
    /// It is kept, and a command whose buffer is full waits.
    Block,
    /// The oldest is dropped.
    Drop,
}

impl BufferMode {
    /// Its name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::Block => "Block",
            Self::Drop => "Drop",
        }
    }

    /// The mode of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Block, Self::Drop].into_iter().find(|mode| mode.name() == name)
    }
}

/// What a new shell is to be.
#[derive(Clone, Debug)]
pub struct CreateShell<'a> {
    /// Its name, for the administrator's list of shells.
    pub name: Option<&'a str>,
    /// Its id, as the client wishes; for PowerShell the runspace pool's id.
    pub shell_id: Uuid,
    /// PSRP version that both sides must speak, for example `2.3`.
    pub protocol_version: &'a str,
    /// How long it may be unused; `None` for the server's own value.
    pub idle_timeout: Option<Duration>,
    /// Fragments of `SESSION_CAPABILITY` and `INIT_RUNSPACEPOOL`.
    pub creation_xml: &'a [u8],
}

/// A shell's input streams.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum InputStream {
    /// Messages of the pool or the pipeline.
    Stdin,
    /// Answers to host calls.
    PromptResponse,
}

impl InputStream {
    /// Its name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::Stdin => "stdin",
            Self::PromptResponse => "pr",
        }
    }

    /// The stream of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Stdin, Self::PromptResponse].into_iter().find(|stream| stream.name() == name)
    }
}

/// What a signal means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignalCode {
    /// Stops the pipeline; its Stopped state can still be received.
    Stop,
    /// Ends the command and frees what it holds; nothing more can be received.
    Terminate,
}

impl SignalCode {
    /// Its code on the wire. The first is the protocol's own spelling: any other code *closes* the command.
    pub fn uri(self) -> &'static str {
        match self {
            Self::Stop => "powershell/signal/crtl_c",
            Self::Terminate => "http://schemas.microsoft.com/wbem/wsman/1/windows/shell/signal/terminate",
        }
    }
}
