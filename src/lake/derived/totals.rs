//! What conversations come to by contact and by company, added up in one pass over their metrics.
//!
//! While it is made, some 300 bytes for each contact and company are in memory, and 16 for each reply.

use std::collections::HashMap;
use std::path::Path;

use arrow::array::{Array, AsArray, BooleanArray, PrimitiveArray, RecordBatch, StringArray};
use arrow::datatypes::{ArrowPrimitiveType, Int64Type, TimestampMicrosecondType};

use super::super::error::Error;
use crate::model::{Activity, CompanyActivity, CompanyId, ContactActivity, ContactId, IdError, Timestamp};

/// What is read of the metrics.
pub(super) const COLUMNS: &[&str] = &[
    "created_at",
    "is_closed",
    "is_inbound",
    "contact_id",
    "contact_name",
    "contact_email",
    "company_id",
    "company_name",
    "first_response_seconds",
    "is_unanswered",
    "customer_message_count",
    "rating",
];

/// The sums so far.
#[derive(Default)]
pub(super) struct Totals {
    contacts: Groups,
    companies: Groups,
    /// Which contact wrote for which company, by their places among the groups.
    contacts_of_companies: Vec<(u32, u32)>,
}

/// Conversations by who they are of.
#[derive(Default)]
struct Groups {
    places: HashMap<Box<str>, u32>,
    sums: Vec<Sums>,
    /// Times to the first reply of inbound conversations.
    replies: Vec<(u32, i64)>,
}

/// What the conversations of one group come to.
struct Sums {
    name: Latest,
    email: Latest,
    company_name: Latest,
    conversations: i64,
    inbound: i64,
    open: i64,
    unanswered: i64,
    customer_messages: Option<i64>,
    /// When the first and the latest began.
    began_at: (i64, i64),
    rated: i64,
    ratings: i64,
}

/// A text of the latest conversation that has one; of two that began at once, the greater text.
#[derive(Default)]
struct Latest {
    at: i64,
    text: Option<Box<str>>,
}

impl Latest {
    fn see(&mut self, at: i64, text: Option<&str>) {
        let Some(text) = text else { return };
        match &self.text {
            Some(own) if **own == *text => self.at = self.at.max(at),
            Some(own) if (self.at, &**own) > (at, text) => {}
            _ => *self = Self { at, text: Some(text.into()) },
        }
    }

    fn text(&self) -> Option<String> {
        self.text.as_deref().map(str::to_owned)
    }
}

/// A conversation.
struct One<'a> {
    created_at: i64,
    is_closed: Option<bool>,
    is_inbound: bool,
    is_unanswered: bool,
    first_response_seconds: Option<i64>,
    customer_message_count: Option<i64>,
    rating: Option<i64>,
    name: Option<&'a str>,
    email: Option<&'a str>,
    company_name: Option<&'a str>,
}

impl Totals {
    /// Adds conversations.
    ///
    /// # Errors
    /// When the file at `path`, whose batch this is, has other columns than it should.
    pub(super) fn add(&mut self, batch: &RecordBatch, path: &Path) -> Result<(), Error> {
        let damaged = || Error::Damaged { path: path.to_owned(), what: "a column is not of the type it was" };
        let columns = Columns::of(batch).ok_or_else(damaged)?;
        for row in 0..batch.num_rows() {
            let one = columns.one(row).ok_or_else(damaged)?;
            let contact = text(columns.contact_id, row).map(|id| self.contacts.add(id, &one));
            let Some(company_id) = text(columns.company_id, row) else { continue };
            let of_company = One { name: one.company_name, email: None, company_name: None, ..one };
            let company = self.companies.add(company_id, &of_company);
            self.contacts_of_companies.extend(contact.map(|contact| (company, contact)));
        }
        Ok(())
    }

    /// The rows of both tables, each by id; an id that is none is an error.
    pub(super) fn rows(
        mut self,
    ) -> (
        impl Iterator<Item = Result<ContactActivity, IdError>>,
        impl Iterator<Item = Result<CompanyActivity, IdError>>,
    ) {
        self.contacts_of_companies.sort_unstable();
        self.contacts_of_companies.dedup();
        let mut contact_counts = vec![0; self.companies.sums.len()];
        for (company, _) in self.contacts_of_companies {
            contact_counts[company as usize] += 1;
        }
        let contacts = self.contacts.finish().map(|(id, _, sums, replies)| {
            Ok(ContactActivity {
                contact_id: ContactId::parse(&id)?,
                name: sums.name.text(),
                email: sums.email.text(),
                company_name: sums.company_name.text(),
                activity: sums.activity(&replies),
            })
        });
        let companies = self.companies.finish().map(move |(id, place, sums, replies)| {
            Ok(CompanyActivity {
                company_id: CompanyId::parse(&id)?,
                name: sums.name.text(),
                contact_count: contact_counts[place as usize],
                activity: sums.activity(&replies),
            })
        });
        (contacts, companies)
    }
}

impl Groups {
    /// Adds a conversation to the group of an id, and tells its place.
    fn add(&mut self, id: &str, one: &One<'_>) -> u32 {
        let place = self.places.get(id).copied().unwrap_or_else(|| {
            let place = self.sums.len() as u32;
            self.places.insert(id.into(), place);
            self.sums.push(Sums::none());
            place
        });
        self.sums[place as usize].add(one);
        let reply = one.first_response_seconds.filter(|_| one.is_inbound);
        self.replies.extend(reply.map(|seconds| (place, seconds)));
        place
    }

    /// The groups by id: each with its place, its sums, and its times to the first reply.
    fn finish(mut self) -> impl Iterator<Item = (Box<str>, u32, Sums, Replies)> {
        self.replies.sort_unstable();
        let mut by_id: Vec<(Box<str>, u32)> = self.places.into_iter().collect();
        by_id.sort_unstable();
        let (replies, mut sums) = (self.replies, self.sums);
        by_id.into_iter().map(move |(id, place)| {
            let start = replies.partition_point(|(of, _)| *of < place);
            let count = replies[start..].partition_point(|(of, _)| *of == place);
            let sums = std::mem::replace(&mut sums[place as usize], Sums::none());
            (id, place, sums, Replies::of(&replies[start..start + count]))
        })
    }
}

impl Sums {
    fn none() -> Self {
        Self {
            name: Latest::default(),
            email: Latest::default(),
            company_name: Latest::default(),
            conversations: 0,
            inbound: 0,
            open: 0,
            unanswered: 0,
            customer_messages: None,
            began_at: (i64::MAX, i64::MIN),
            rated: 0,
            ratings: 0,
        }
    }

    fn add(&mut self, one: &One<'_>) {
        let at = one.created_at;
        self.name.see(at, one.name);
        self.email.see(at, one.email);
        self.company_name.see(at, one.company_name);
        self.conversations += 1;
        self.inbound += i64::from(one.is_inbound);
        self.open += i64::from(one.is_closed == Some(false));
        self.unanswered += i64::from(one.is_unanswered);
        if let Some(count) = one.customer_message_count {
            *self.customer_messages.get_or_insert(0) += count;
        }
        self.began_at = (self.began_at.0.min(at), self.began_at.1.max(at));
        if let Some(rating) = one.rating {
            self.rated += 1;
            self.ratings += rating;
        }
    }

    fn activity(&self, replies: &Replies) -> Activity {
        Activity {
            conversation_count: self.conversations,
            inbound_count: self.inbound,
            open_count: self.open,
            unanswered_count: self.unanswered,
            customer_message_count: self.customer_messages,
            first_conversation_at: Timestamp::from_micros(self.began_at.0),
            last_conversation_at: Timestamp::from_micros(self.began_at.1),
            replied_count: replies.count,
            first_response_p50_seconds: replies.median,
            rated_count: self.rated,
            rating_avg: (self.rated > 0).then(|| self.ratings as f64 / self.rated as f64),
        }
    }
}

/// Times to the first reply.
struct Replies {
    count: i64,
    /// Between the two in the middle if there is none.
    median: Option<f64>,
}

impl Replies {
    /// Of times in order.
    fn of(ordered: &[(u32, i64)]) -> Self {
        let count = ordered.len();
        let at = |index: usize| ordered.get(index).map(|(_, seconds)| *seconds as f64);
        let median = match count % 2 {
            1 => at(count / 2),
            _ => {
                at((count / 2).wrapping_sub(1)).zip(at(count / 2)).map(|(low, high)| low + (high - low) / 2.0)
            }
        };
        Self { count: count as i64, median }
    }
}

/// The columns of a batch.
struct Columns<'a> {
    created_at: &'a PrimitiveArray<TimestampMicrosecondType>,
    is_closed: &'a BooleanArray,
    is_inbound: &'a BooleanArray,
    is_unanswered: &'a BooleanArray,
    contact_id: &'a StringArray,
    contact_name: &'a StringArray,
    contact_email: &'a StringArray,
    company_id: &'a StringArray,
    company_name: &'a StringArray,
    first_response_seconds: &'a PrimitiveArray<Int64Type>,
    customer_message_count: &'a PrimitiveArray<Int64Type>,
    rating: &'a PrimitiveArray<Int64Type>,
}

impl<'a> Columns<'a> {
    fn of(batch: &'a RecordBatch) -> Option<Self> {
        let column = |name: &str| batch.column_by_name(name);
        let text = |name: &str| column(name)?.as_string_opt::<i32>();
        let truth = |name: &str| column(name)?.as_boolean_opt();
        let number = |name: &str| column(name)?.as_primitive_opt::<Int64Type>();
        Some(Self {
            created_at: column("created_at")?.as_primitive_opt()?,
            is_closed: truth("is_closed")?,
            is_inbound: truth("is_inbound")?,
            is_unanswered: truth("is_unanswered")?,
            contact_id: text("contact_id")?,
            contact_name: text("contact_name")?,
            contact_email: text("contact_email")?,
            company_id: text("company_id")?,
            company_name: text("company_name")?,
            first_response_seconds: number("first_response_seconds")?,
            customer_message_count: number("customer_message_count")?,
            rating: number("rating")?,
        })
    }

    fn one(&self, row: usize) -> Option<One<'a>> {
        Some(One {
            created_at: value(self.created_at, row)?,
            is_closed: truth(self.is_closed, row),
            is_inbound: truth(self.is_inbound, row) == Some(true),
            is_unanswered: truth(self.is_unanswered, row) == Some(true),
            first_response_seconds: value(self.first_response_seconds, row),
            customer_message_count: value(self.customer_message_count, row),
            rating: value(self.rating, row),
            name: text(self.contact_name, row),
            email: text(self.contact_email, row),
            company_name: text(self.company_name, row),
        })
    }
}

fn text(array: &StringArray, row: usize) -> Option<&str> {
    array.is_valid(row).then(|| array.value(row))
}

fn truth(array: &BooleanArray, row: usize) -> Option<bool> {
    array.is_valid(row).then(|| array.value(row))
}

fn value<T: ArrowPrimitiveType>(array: &PrimitiveArray<T>, row: usize) -> Option<T::Native> {
    array.is_valid(row).then(|| array.value(row))
}
