//! The contacts of a conversation or ticket, as references.

use super::{Text, View};
use crate::demo::workspace::{HexId, Index};
use serde::Serialize;

#[derive(Serialize)]
pub(super) struct ContactReference<'a> {
    r#type: &'static str,
    id: Text<HexId>,
    external_id: Option<&'a str>,
}

#[derive(Serialize)]
pub(super) struct ContactList<'a> {
    r#type: &'static str,
    contacts: Vec<ContactReference<'a>>,
}

pub(super) fn contact_reference<'a>(view: &View<'a>, position: Index) -> ContactReference<'a> {
    let contact = &view.workspace.contacts[position as usize];
    ContactReference { r#type: "contact", id: Text(contact.id), external_id: contact.external_id.as_deref() }
}

pub(super) fn contact_list<'a>(view: &View<'a>, positions: &[Index]) -> ContactList<'a> {
    let contacts = positions.iter().map(|position| contact_reference(view, *position)).collect();
    ContactList { r#type: "contact.list", contacts }
}
