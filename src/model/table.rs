//! The description of a table, and the macro that states a row type and its description in one place.
//!
//! The doc comment of a field is the column's description everywhere: in DuckDB's comments, in `describe`
//! and in the docs. `[class]` or `[class, "unit"]` in front of it says who may see it and what it counts.

use super::cell::{CellReader, CellWriter, ReadError};
use super::time::Timestamp;

/// Who may see a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// Says nothing about a person: counts, times, states, ids of teammates and teams.
    Public,
    /// Names, addresses, and what people wrote.
    Personal,
    /// Never leaves the machine.
    Secret,
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// UTF-8 text.
    Text,
    /// Free-form JSON as text.
    Json,
    /// 64-bit whole number.
    Integer,
    /// 64-bit floating point number.
    Float,
    /// True or false.
    Boolean,
    /// UTC, microseconds, without zone.
    Timestamp,
    /// A list of texts.
    TextList,
    /// A list of structs with these fields.
    StructList(&'static [Column]),
}

/// One column of a table, or one field of a struct in a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// Its name in the lake, the views and the answers.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// Whether a value may be missing.
    pub nullable: bool,
    /// Who may see it.
    pub class: Class,
    /// The unit of its numbers, if they have one.
    pub unit: Option<&'static str>,
    doc: &'static [&'static str],
}

impl Column {
    /// For the macro; not called by hand.
    #[doc(hidden)]
    pub const fn new(
        name: &'static str,
        kind: Kind,
        nullable: bool,
        class: Class,
        unit: Option<&'static str>,
        doc: &'static [&'static str],
    ) -> Self {
        Self { name, kind, nullable, class, unit, doc }
    }

    /// What the column means, in one line.
    pub fn description(&self) -> String {
        joined(self.doc)
    }
}

fn joined(doc: &[&str]) -> String {
    doc.iter().map(|line| line.trim()).collect::<Vec<_>>().join(" ")
}

/// One lake table.
#[derive(Debug)]
pub struct TableSpec {
    /// Its name, also the name of its directory and its view.
    pub name: &'static str,
    /// Rises whenever the columns change; older files are rewritten from themselves.
    pub version: u32,
    /// Whether it is split by the conversation's (or ticket's) creation month or day.
    pub is_partitioned: bool,
    /// The columns that make a row unique.
    pub key: &'static [&'static str],
    /// The columns, in the order of the files.
    pub columns: &'static [Column],
    /// For the macro: the doc lines of the row type.
    #[doc(hidden)]
    pub doc: &'static [&'static str],
}

impl TableSpec {
    /// What one row stands for, in one line.
    pub fn grain(&self) -> String {
        joined(self.doc)
    }

    /// Whether its rows are made of those of other tables, by whatever changes those.
    pub fn is_derived(&self) -> bool {
        let derived =
            [super::ConversationMetrics::TABLE, super::ContactActivity::TABLE, super::CompanyActivity::TABLE];
        derived.iter().any(|table| table.name == self.name)
    }

    /// The position of a column by name.
    pub fn column_index(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.name == name)
    }
}

/// A row of a lake table.
pub trait Row: Sized + Clone + PartialEq + std::fmt::Debug + Send + 'static {
    /// The table it belongs to.
    const TABLE: &'static TableSpec;
    /// Writes every column, in the table's order.
    fn write(&self, out: &mut dyn CellWriter);
    /// Reads every column, in the table's order.
    fn read(from: &mut dyn CellReader) -> Result<Self, ReadError>;
}

/// A row that was read from Intercom at some time.
pub trait Synced: Row {
    /// The same row, as if it had been read at another time.
    #[must_use]
    fn read_at(self, synced_at: Timestamp) -> Self;
    /// When it was read.
    fn synced_at(&self) -> Timestamp;

    /// Whether two rows differ in nothing but when they were read.
    fn says_the_same(&self, other: &Self) -> bool {
        *self == other.clone().read_at(self.synced_at())
    }
}

macro_rules! synced {
    ($($row:ident),+ $(,)?) => {
        $(impl Synced for super::$row {
            fn read_at(self, synced_at: Timestamp) -> Self {
                Self { synced_at, ..self }
            }
            fn synced_at(&self) -> Timestamp {
                self.synced_at
            }
        })+
    };
}

synced! {
    Conversation, Contact, Company, Admin, Team, Tag, Segment, ConversationAttribute, Ticket, TicketType,
    DeletedConversation,
}

/// Every lake table, in the order docs and listings show them.
pub const TABLES: &[&TableSpec] = &[
    super::Conversation::TABLE,
    super::ConversationMetrics::TABLE,
    super::ContactActivity::TABLE,
    super::CompanyActivity::TABLE,
    super::Message::TABLE,
    super::Contact::TABLE,
    super::Company::TABLE,
    super::Admin::TABLE,
    super::Team::TABLE,
    super::Tag::TABLE,
    super::Segment::TABLE,
    super::ConversationAttribute::TABLE,
    super::Ticket::TABLE,
    super::TicketType::TABLE,
    super::DeletedConversation::TABLE,
    super::SyncRun::TABLE,
];

/// The table of that name.
pub fn table(name: &str) -> Option<&'static TableSpec> {
    TABLES.iter().copied().find(|table| table.name == name)
}

macro_rules! class_of {
    (public) => {
        $crate::model::table::Class::Public
    };
    (personal) => {
        $crate::model::table::Class::Personal
    };
    (secret) => {
        $crate::model::table::Class::Secret
    };
}

macro_rules! unit_of {
    () => {
        None
    };
    ($unit:literal) => {
        Some($unit)
    };
}

macro_rules! columns {
    ($($(#[doc = $doc:literal])+ [$class:ident $(, $unit:literal)?] $name:ident: $type:ty),+ $(,)?) => {
        &[$($crate::model::table::Column::new(
            stringify!($name),
            <$type as $crate::model::cell::Cell>::KIND,
            <$type as $crate::model::cell::Cell>::NULLABLE,
            $crate::model::table::class_of!($class),
            $crate::model::table::unit_of!($($unit)?),
            &[$($doc),+],
        )),+]
    };
}

macro_rules! row {
    (
        $(#[doc = $table_doc:literal])+
        pub struct $row:ident in $table:literal, version $version:literal,
        partitioned $partitioned:literal, key [$($key:literal),+]
        { $($(#[doc = $doc:literal])+ [$($class:tt)+] $name:ident: $type:ty,)+ }
        $(and $(#[doc = $group_doc:literal])+ $group:ident: $group_type:ty)?
    ) => {
        $(#[doc = $table_doc])+
        #[derive(Debug, Clone, PartialEq)]
        pub struct $row {
            $($(#[doc = $doc])+ pub $name: $type,)+
            $($(#[doc = $group_doc])+ pub $group: $group_type,)?
        }

        impl $crate::model::table::Row for $row {
            const TABLE: &'static $crate::model::table::TableSpec = &$crate::model::table::TableSpec {
                name: $table,
                version: $version,
                is_partitioned: $partitioned,
                key: &[$($key),+],
                columns: {
                    const OWN: &[$crate::model::table::Column] =
                        $crate::model::table::columns!($($(#[doc = $doc])+ [$($class)+] $name: $type),+);
                    $crate::model::table::with_group!(OWN $(, $group_type)?)
                },
                doc: &[$($table_doc),+],
            };
            fn write(&self, out: &mut dyn $crate::model::cell::CellWriter) {
                $($crate::model::cell::Cell::write(&self.$name, out);)+
                $($crate::model::cell::Item::write(&self.$group, out);)?
            }
            fn read(from: &mut dyn $crate::model::cell::CellReader)
                -> Result<Self, $crate::model::cell::ReadError> {
                Ok(Self {
                    $($name: $crate::model::cell::Cell::read(from)?,)+
                    $($group: $crate::model::cell::Item::read(from)?,)?
                })
            }
        }
    };
}

/// The columns of a row followed by those of a group of columns that has a struct of its own.
macro_rules! with_group {
    ($own:ident) => {
        $own
    };
    ($own:ident, $group:ty) => {{
        const GROUP: &[$crate::model::table::Column] = <$group as $crate::model::cell::Item>::FIELDS;
        const ALL: [$crate::model::table::Column; $own.len() + GROUP.len()] =
            $crate::model::table::joined_columns($own, GROUP);
        &ALL
    }};
}

/// One list of columns after the other, for `with_group`.
pub(super) const fn joined_columns<const N: usize>(first: &[Column], second: &[Column]) -> [Column; N] {
    let mut all = [first[0]; N];
    let mut index = 1;
    while index < N {
        all[index] = if index < first.len() { first[index] } else { second[index - first.len()] };
        index += 1;
    }
    all
}

macro_rules! item {
    (
        $(#[doc = $item_doc:literal])+
        $(#[derive($($derive:ident),+)])?
        pub struct $item:ident
        { $($(#[doc = $doc:literal])+ [$($class:tt)+] $name:ident: $type:ty,)+ }
    ) => {
        $(#[doc = $item_doc])+
        #[derive(Debug, Clone, PartialEq $(, $($derive),+)?)]
        pub struct $item { $($(#[doc = $doc])+ pub $name: $type,)+ }

        impl $crate::model::cell::Item for $item {
            const FIELDS: &'static [$crate::model::table::Column] =
                $crate::model::table::columns!($($(#[doc = $doc])+ [$($class)+] $name: $type),+);
            fn write(&self, out: &mut dyn $crate::model::cell::CellWriter) {
                $($crate::model::cell::Cell::write(&self.$name, out);)+
            }
            fn read(from: &mut dyn $crate::model::cell::CellReader)
                -> Result<Self, $crate::model::cell::ReadError> {
                Ok(Self { $($name: $crate::model::cell::Cell::read(from)?,)+ })
            }
        }
    };
}

pub(super) use {class_of, columns, item, row, unit_of, with_group};
