//! `HostInfo` (MS-PSRP section 2.2.3.14): what the client's host is like, so that the server need not ask.

use postern_shared::value::{PsStr, PsValue};

use crate::members::{dictionary, entries, hashtable, int, notes, plain_text};

/// What a host can do (section 2.2.3.14).
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "these four flags are the message's")]
pub struct HostInfo {
    /// There is no host.
    pub is_host_null: bool,
    /// There is no user interface: nothing can be asked.
    pub is_ui_null: bool,
    /// There is no raw user interface: no cursor, no window, no keys.
    pub is_raw_ui_null: bool,
    /// A pipeline uses the host of the pool.
    pub use_runspace_host: bool,
    /// What the raw user interface is like.
    pub default_data: Option<HostDefaultData>,
}

/// Data of the raw user interface (`HostDefaultData`). Positions are (column, row), sizes (width, height) in cells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HostDefaultData {
    /// Text colour, a `System.ConsoleColor`.
    pub foreground: i32,
    /// Background colour, a `System.ConsoleColor`.
    pub background: i32,
    /// Where the cursor is.
    pub cursor_position: (i32, i32),
    /// Where the window is in the buffer.
    pub window_position: (i32, i32),
    /// How much of a cell the cursor fills, in per cent.
    pub cursor_size: i32,
    /// The buffer.
    pub buffer_size: (i32, i32),
    /// The window.
    pub window_size: (i32, i32),
    /// The largest window for this buffer.
    pub max_window_size: (i32, i32),
    /// The largest window for this screen.
    pub max_physical_window_size: (i32, i32),
    /// The window's title.
    pub window_title: PsStr,
}

impl HostInfo {
    /// A pipeline's: the pool's host is used.
    pub const fn runspace() -> Self {
        Self {
            is_host_null: true,
            is_ui_null: true,
            is_raw_ui_null: true,
            use_runspace_host: true,
            default_data: None,
        }
    }

    /// A pool's without a host: nobody can be asked.
    pub fn none() -> Self {
        Self { use_runspace_host: false, ..Self::runspace() }
    }

    /// A pool's with a console of that many columns and rows.
    pub fn console(title: impl Into<PsStr>, columns: i32, rows: i32) -> Self {
        Self {
            is_host_null: false,
            is_ui_null: false,
            is_raw_ui_null: false,
            use_runspace_host: false,
            default_data: Some(HostDefaultData {
                foreground: 7,
                background: 0,
                cursor_position: (0, 0),
                window_position: (0, 0),
                cursor_size: 25,
                buffer_size: (columns, 3000),
                window_size: (columns, rows),
                max_window_size: (columns, rows),
                max_physical_window_size: (columns, rows),
                window_title: title.into(),
            }),
        }
    }

    pub(crate) fn to_value(&self) -> PsValue {
        let mut object = crate::members::notes_object([
            ("_isHostNull", self.is_host_null.into()),
            ("_isHostUINull", self.is_ui_null.into()),
            ("_isHostRawUINull", self.is_raw_ui_null.into()),
            ("_useRunspaceHost", self.use_runspace_host.into()),
        ]);
        if let Some(data) = &self.default_data {
            object.extended.set("_hostDefaultData", notes([("data", data.to_value())]));
        }
        object.into()
    }

    pub(crate) fn from_value(value: &PsValue) -> Self {
        // A flag that is missing counts as set: then nothing is expected of the host.
        let flag = |name| value.get(name).and_then(PsValue::as_bool).unwrap_or(true);
        Self {
            is_host_null: flag("_isHostNull"),
            is_ui_null: flag("_isHostUINull"),
            is_raw_ui_null: flag("_isHostRawUINull"),
            use_runspace_host: flag("_useRunspaceHost"),
            default_data: value
                .get("_hostDefaultData")
                .and_then(|data| data.get("data"))
                .and_then(HostDefaultData::from_value),
        }
    }
}

impl HostDefaultData {
    fn to_value(&self) -> PsValue {
        let typed = |name: &'static str, value| notes([("T", name.into()), ("V", value)]);
        let color = |number: i32| typed("System.ConsoleColor", number.into());
        let position = |(x, y): (i32, i32)| {
            typed("System.Management.Automation.Host.Coordinates", notes([("x", x.into()), ("y", y.into())]))
        };
        let size = |(width, height): (i32, i32)| {
            let size = notes([("width", width.into()), ("height", height.into())]);
            typed("System.Management.Automation.Host.Size", size)
        };
        let values = [
            color(self.foreground),
            color(self.background),
            position(self.cursor_position),
            position(self.window_position),
            typed("System.Int32", self.cursor_size.into()),
            size(self.buffer_size),
            size(self.window_size),
            size(self.max_window_size),
            size(self.max_physical_window_size),
            typed("System.String", self.window_title.clone().into()),
        ];
        let entries = (0..).zip(values).map(|(key, value)| (PsValue::I32(key), value)).collect();
        dictionary(hashtable(), entries)
    }

    fn from_value(value: &PsValue) -> Option<Self> {
        let entries = entries(value)?;
        let at = |key: i64| {
            entries.iter().find(|(own, _)| own.as_i64() == Some(key)).and_then(|(_, value)| value.get("V"))
        };
        let number = |key| i32::try_from(at(key)?.as_i64()?).ok();
        let pair = |key, first, second| Some((int(at(key)?, first)?, int(at(key)?, second)?));
        Some(Self {
            foreground: number(0)?,
            background: number(1)?,
            cursor_position: pair(2, "x", "y")?,
            window_position: pair(3, "x", "y")?,
            cursor_size: number(4)?,
            buffer_size: pair(5, "width", "height")?,
            window_size: pair(6, "width", "height")?,
            max_window_size: pair(7, "width", "height")?,
            max_physical_window_size: pair(8, "width", "height")?,
            window_title: at(9).and_then(plain_text).unwrap_or_default(),
        })
    }
}
