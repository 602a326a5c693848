//! `search('words')`: the conversations that words find, as a table to join.
//!
//! Finds when a statement is planned: so the planner knows how many there are, and a query that cannot be read is an
//! error of the statement.

use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use arrow::array::{Float64Array, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Schema};
use duckdb::core::{DataChunkHandle, LogicalTypeHandle, LogicalTypeId};
use duckdb::vtab::arrow::record_batch_to_duckdb_data_chunk;
use duckdb::vtab::{BindInfo, InitInfo, TableFunctionInfo, VTab};

use crate::engine::options::WordSearch;

/// Rows given at once.
const GIVEN_ROWS: usize = 2_048;

/// The function.
pub(super) struct Search;

/// Where the next rows begin.
pub(super) struct Next(AtomicUsize);

impl VTab for Search {
    type InitData = Next;
    type BindData = RecordBatch;

    fn bind(bind: &BindInfo) -> Result<RecordBatch, Box<dyn Error>> {
        bind.add_result_column("conversation_id", LogicalTypeHandle::from(LogicalTypeId::Varchar));
        bind.add_result_column("score", LogicalTypeHandle::from(LogicalTypeId::Double));
        let given: *const Arc<dyn WordSearch> = bind.get_extra_info();
        #[allow(
            unsafe_code,
            reason = "what was registered with the function lives as long as it; there is no other way to it"
        )]
        // SAFETY: `install` registers the function with a value of this type, which DuckDB keeps.
        let search = unsafe { given.as_ref() }.ok_or("search() has no index to ask")?;
        let found = search.find(&bind.get_parameter(0).to_string())?;
        bind.set_cardinality(found.len() as u64, true);
        let ids: StringArray = found.iter().map(|(id, _)| Some(id.as_str())).collect();
        let scores: Float64Array = found.iter().map(|(_, score)| Some(f64::from(*score))).collect();
        let schema = Schema::new(vec![
            Field::new("conversation_id", DataType::Utf8, false),
            Field::new("score", DataType::Float64, false),
        ]);
        Ok(RecordBatch::try_new(Arc::new(schema), vec![Arc::new(ids), Arc::new(scores)])?)
    }

    fn init(_: &InitInfo) -> Result<Next, Box<dyn Error>> {
        Ok(Next(AtomicUsize::new(0)))
    }

    fn func(function: &TableFunctionInfo<Self>, output: &mut DataChunkHandle) -> Result<(), Box<dyn Error>> {
        let found = function.get_bind_data();
        let from = function.get_init_data().0.fetch_add(GIVEN_ROWS, Ordering::Relaxed).min(found.num_rows());
        let rows = found.slice(from, GIVEN_ROWS.min(found.num_rows() - from));
        match rows.num_rows() {
            0 => output.set_len(0),
            _ => record_batch_to_duckdb_data_chunk(&rows, output)?,
        }
        Ok(())
    }

    fn parameters() -> Option<Vec<LogicalTypeHandle>> {
        Some(vec![LogicalTypeHandle::from(LogicalTypeId::Varchar)])
    }
}
