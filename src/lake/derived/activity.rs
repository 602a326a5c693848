//! `contact_activity` and `company_activity`: made from `conversation_metrics`, by the commit that changes it.
//!
//! Each notes of which version of the metrics it is. Medians cannot be added up from parts, so all of it is made at once.

use super::super::error::Error;
use super::super::layout::DataFile;
use super::super::stage::{StageWriter, Staged};
use super::super::table_file::{Opened, read_batches};
use super::totals::{COLUMNS, Totals};
use super::{Deriving, Rows, noted};
use crate::model::{CompanyActivity, ContactActivity, ConversationMetrics, IdError, Row};

/// Key of the metadata that tells which metrics a file is made of: their checksum.
const METRICS_KEY: &str = "fi.made_of_metrics";

impl Deriving<'_> {
    /// Both tables as the commit leaves the metrics; nothing when those in the lake are.
    pub(in super::super) fn activity(&self) -> Result<Vec<Staged>, Error> {
        let metrics = DataFile::whole(ConversationMetrics::TABLE);
        let Some(sha256) = self.sha256_of(&metrics) else { return Ok(Vec::new()) };
        let (contacts, companies) = (self.old(ContactActivity::TABLE)?, self.old(CompanyActivity::TABLE)?);
        let is_of_these = |old: &Option<Opened>| {
            old.as_ref().is_some_and(|old| noted(&old.metadata, METRICS_KEY) == Some(sha256))
        };
        if is_of_these(&contacts) && is_of_these(&companies) {
            return Ok(Vec::new());
        }
        let path = self.path(&metrics);
        let mut totals = Totals::default();
        for batch in read_batches(self.files, &path, ConversationMetrics::TABLE, Some(COLUMNS))? {
            let batch = batch.map_err(Error::batch(&path, ConversationMetrics::TABLE.name))?;
            totals.add(&batch, &path)?;
        }
        let (of_contacts, of_companies) = totals.rows();
        Ok(vec![
            self.write_activity(of_contacts, contacts.as_ref(), sha256)?,
            self.write_activity(of_companies, companies.as_ref(), sha256)?,
        ])
    }

    fn write_activity<R: Row>(
        &self,
        rows: impl Iterator<Item = Result<R, IdError>>,
        old: Option<&Opened>,
        sha256: &str,
    ) -> Result<Staged, Error> {
        let file = DataFile::whole(R::TABLE);
        let kept = self.kept(&file, old)?;
        let mut writer = StageWriter::create(self.files, self.layout, R::TABLE, file, self.txid, kept)?;
        let mut batches = Rows::<R>::default();
        for row in rows {
            let row = row.map_err(|_| Error::Damaged {
                path: self.path(&DataFile::whole(ConversationMetrics::TABLE)),
                what: "an id in it is none",
            })?;
            batches.push(&row)?;
            batches.batches.drain(..).try_for_each(|batch| writer.write(&batch))?;
        }
        batches.end()?.iter().try_for_each(|batch| writer.write(batch))?;
        writer.note(METRICS_KEY, sha256.to_owned());
        writer.finish()
    }
}
