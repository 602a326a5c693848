-- Errors as JSON: with the place in the user's own text, and the names that were probably meant.
SET GLOBAL errors_as_json = true;
-- A sync replaces files while they are read: never mix bytes kept from an older version with newer ones.
SET GLOBAL enable_external_file_cache = false;
-- Nothing is written outside the lake's home, nothing fetched from the network unasked.
SET GLOBAL autoinstall_known_extensions = false;
SET GLOBAL enable_logging = false;
-- Footers are kept from query to query; a file that was replaced is known by its inode, time and length.
SET GLOBAL parquet_metadata_cache = true;
