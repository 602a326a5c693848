//! What tests share: worlds to run in, servers to talk to, disks that fail, and the truth to compare with.

pub(crate) mod any_rows;
pub(crate) mod batches;
pub(crate) mod cli;
pub(crate) mod company;
pub(crate) mod crash_check;
pub(crate) mod crash_disk;
pub(crate) mod crash_files;
pub(crate) mod crash_sync;
pub(crate) mod exported;
pub(crate) mod faulty_files;
pub(crate) mod found;
pub(crate) mod keys;
pub(crate) mod lake_script;
pub(crate) mod little_lake;
pub(crate) mod oracle;
pub(crate) mod raw_server;
pub(crate) mod router_transport;
pub(crate) mod rows;
pub(crate) mod scripted;
pub(crate) mod standin;
pub(crate) mod told;
pub(crate) mod tree;
pub(crate) mod truth;
pub(crate) mod wire;
pub(crate) mod world;
