//! What `fi` holds about a workspace: the rows of every lake table, made from Intercom's JSON.
//!
//! Owns names, types, meanings and the reading of Intercom's objects. Knows nothing of HTTP, files,
//! Arrow or SQL: the lake derives its schema from here, and so do help, docs and tests.
//!
//! Two rules hold everywhere below:
//! * nothing Intercom sends is dropped: what has no column, or does not fit its column, stays in `extra`;
//! * a value that is not there is `None`, never a made-up one.

mod activity;
mod author;
mod cell;
mod contact;
mod conversation;
mod deleted;
mod directory;
mod fields;
mod html;
mod id;
mod message;
mod metrics;
mod run;
mod table;
mod thread;
mod ticket;
mod time;

pub use activity::{Activity, CompanyActivity, ContactActivity};
pub use author::{AuthorClass, is_contact};
pub use cell::{Cell, CellReader, CellWriter, Item, Json, ReadError};
pub use contact::{Company, Contact, ContactRef};
pub use conversation::{ContentSource, Conversation, LinkedObject, TagRef, TeamResponse, Thread, Topic};
pub use deleted::DeletedConversation;
pub use directory::{Admin, ConversationAttribute, Segment, Tag, Team, TicketType};
pub use fields::{Fields, WireError};
pub use html::html_to_text;
pub use id::{AdminId, CompanyId, ContactId, ConversationId, IdError, MessageId, TagId, TeamId};
pub use message::{Attachment, Message, PartTag};
pub use metrics::ConversationMetrics;
pub use run::SyncRun;
pub use table::{Class, Column, Kind, Row, Synced, TABLES, TableSpec, table};
pub use thread::ThreadFacts;
pub use ticket::Ticket;
pub use time::Timestamp;
