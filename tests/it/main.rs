//! Every integration test, in one binary; `forgotten` fails when a file is not listed here.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what went wrong by failing")]
#![allow(
    clippy::redundant_closure_for_method_calls,
    clippy::semicolon_if_nothing_returned,
    clippy::print_stderr,
    reason = "tests are read, not tuned"
)]

#[path = "../support/mod.rs"]
mod support;

mod analyses;
mod analyze;
mod background_sync;
mod background_sync_faults;
mod background_sync_settings;
mod background_sync_shared;
mod background_sync_tools;
mod cli_basics;
mod cmd_analyze;
mod cmd_demo;
mod cmd_init;
mod cmd_json;
mod cmd_keep;
mod cmd_search;
mod cmd_show;
mod cmd_sync;
mod config;
mod conversation;
mod demo_changes;
mod demo_company;
mod demo_faults;
mod demo_lists;
mod demo_openapi;
mod demo_search;
mod demo_server;
mod demo_support;
mod demo_workspace;
mod distinctive;
mod engine_checks;
mod engine_gate;
mod engine_prelude;
mod engine_python;
mod engine_queries;
mod engine_views;
mod export;
mod export_place;
mod export_python;
mod export_redact;
mod forget;
mod forget_around;
mod forget_arrivals;
mod forget_returns;
mod forgotten;
mod format_binary;
mod format_chart;
mod format_properties;
mod format_text;
mod index_repair;
mod index_truth;
mod intercom_client;
mod intercom_companies;
mod intercom_contacts;
mod intercom_demo;
mod intercom_faults;
mod intercom_limiter;
mod intercom_network;
mod intercom_pages;
mod intercom_wire;
mod lake_crash;
mod lake_disk;
mod lake_edit;
mod lake_faults;
mod lake_kept;
mod lake_lock;
mod lake_metrics;
mod lake_parquet;
mod lake_rows;
mod lake_spool;
mod logs;
mod lookup;
mod marts_backlog;
mod marts_inbound;
mod marts_metrics;
mod marts_oracle;
mod marts_views;
mod mcp;
mod mcp_hostile;
mod mcp_install;
mod mcp_many;
mod mcp_stdio;
mod model_html;
mod model_lossless;
mod model_tables;
mod model_threads;
mod model_values;
mod query_cli;
mod query_shell;
mod query_worker;
mod query_worker_attacks;
mod query_worker_lost;
mod search;
mod search_relevance;
mod sentiment;
mod sync_changes;
mod sync_connectors;
mod sync_coverage;
mod sync_faults;
mod sync_plan;
mod sync_resolve;
mod sync_whole;
mod timeframe;
mod timeframe_calendar;
mod timeframe_properties;
mod timeframe_refused;
