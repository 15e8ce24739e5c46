//! Bounds on the work that one command line may cause.

/// Longest string that an expression may make, in bytes.
pub const MAX_TEXT: usize = 16 << 20;

/// Longest list that an expression may make, in items.
pub const MAX_ITEMS: usize = 1_000_000;

/// Steps back that one regular expression may take on one text.
pub const MAX_BACKTRACKS: usize = 1_000_000;

/// Longest regular expression, in bytes.
pub const MAX_PATTERN: usize = 4 << 10;

/// Compiled size of a regular expression, in bytes.
pub const MAX_PATTERN_MEMORY: usize = 4 << 20;

/// Steps of evaluation of one command.
pub const MAX_TOTAL_STEPS: u64 = 50_000_000;

/// Local work of one command; waiting for the remote side or a person does not count.
pub const MAX_TIME: std::time::Duration = std::time::Duration::from_secs(30);

/// Calls within calls.
pub const MAX_CALLS: u32 = 200;

/// Stack that the thread of an engine needs for that depth, in bytes. Only what is touched takes memory.
pub const STACK: usize = 256 << 20;

/// Longest file of the workspace, in bytes.
pub const MAX_FILE: usize = 32 << 20;

/// Files that a workspace holds.
pub const MAX_FILES: usize = 1_000;

/// Bytes that a workspace holds, in all files.
pub const MAX_WORKSPACE: usize = 128 << 20;

/// Folders that a workspace holds.
pub const MAX_FOLDERS: usize = 1_000;

/// Levels of nested values in JSON.
pub const MAX_JSON_DEPTH: usize = 1_024;
/// What ends a line of text that the engine makes.
pub const NEWLINE: &str = "\n";

/// What variables and gathered output may hold, in bytes: an import of 100,000 rows takes some 100 MB.
pub const MAX_MEMORY: usize = 256 << 20;
