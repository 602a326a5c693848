//! `html_to_text(html)`: a message body as a person would read it.

use std::error::Error;
use std::sync::Arc;

use arrow::array::{Array, AsArray, RecordBatch, StringArray};
use arrow::datatypes::DataType;
use duckdb::vscalar::{ArrowFunctionSignature, VArrowScalar};

use crate::model::html_to_text;

/// The function.
pub(super) struct HtmlToText;

impl VArrowScalar for HtmlToText {
    type State = ();

    fn invoke(_: &(), input: RecordBatch) -> Result<Arc<dyn Array>, Box<dyn Error>> {
        let bodies = input.column(0).as_string::<i32>();
        let texts: StringArray = bodies.iter().map(|body| body.map(html_to_text)).collect();
        Ok(Arc::new(texts))
    }

    fn signatures() -> Vec<ArrowFunctionSignature> {
        vec![ArrowFunctionSignature::exact(vec![DataType::Utf8], DataType::Utf8)]
    }
}
