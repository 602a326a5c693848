//! `sentiment(text)` and `language(text)`: what `fi`'s word lists tell of a text.

use std::error::Error;
use std::sync::Arc;

use arrow::array::{Array, AsArray, Float64Array, RecordBatch, StringArray};
use arrow::datatypes::DataType;
use duckdb::vscalar::{ArrowFunctionSignature, VArrowScalar};

use crate::sentiment;

/// `sentiment(text)`: from -1 to 1; NULL where no word list covers the text.
pub(super) struct Sentiment;

impl VArrowScalar for Sentiment {
    type State = ();

    fn invoke(_: &(), input: RecordBatch) -> Result<Arc<dyn Array>, Box<dyn Error>> {
        let texts = input.column(0).as_string::<i32>();
        let score = |text: &str| sentiment::score(text).map(|score| score.value);
        let scores: Float64Array = texts.iter().map(|text| text.and_then(score)).collect();
        Ok(Arc::new(scores))
    }

    fn signatures() -> Vec<ArrowFunctionSignature> {
        vec![ArrowFunctionSignature::exact(vec![DataType::Utf8], DataType::Float64)]
    }
}

/// `language(text)`: the code of the language, of those with a word list; NULL where it is another one, or unclear.
pub(super) struct Language;

impl VArrowScalar for Language {
    type State = ();

    fn invoke(_: &(), input: RecordBatch) -> Result<Arc<dyn Array>, Box<dyn Error>> {
        let texts = input.column(0).as_string::<i32>();
        let code = |text: &str| sentiment::language(text).map(sentiment::Language::code);
        let codes: StringArray = texts.iter().map(|text| text.and_then(code)).collect();
        Ok(Arc::new(codes))
    }

    fn signatures() -> Vec<ArrowFunctionSignature> {
        vec![ArrowFunctionSignature::exact(vec![DataType::Utf8], DataType::Utf8)]
    }
}
