//! The arguments of `fi forget`.

use clap::Args;

/// Remove people and everything of theirs, and keep them out of later syncs
#[derive(Debug, Clone, Default, Args)]
#[command(
    after_help = "Removed are the contact, under every id merged into it and every contact with its e-mail address, \
                  and every conversation they take part in: as a contact, by writing in it, by rating it, or by being \
                  named in its data, such as the addresses of an e-mail. A conversation with other contacts is removed \
                  whole, and so are tickets. Companies and teammates stay, and so does what others wrote about them \
                  elsewhere.\n\nLater syncs drop what comes of them, also conversations that they begin anew, and \
                  `fi reset` does not change that. For that, hashes of ids and addresses are kept, and their key beside \
                  them: nobody can read them, but whoever holds the home can test whether an id or address that they \
                  can guess is among them. No token and no network are needed. In Intercom nothing is deleted.\n\nExports, \
                  copies and backups made before are out of reach. A program that has a file of the lake open goes on \
                  seeing it as it was until it closes it.\n\nWith --json it prints one document: home, is_dry_run, \
                  contacts (each with contact_id, name, email), contact_ids, emails, external_ids, names, removed \
                  (contacts, conversations, shared_conversations, messages, tickets, log_lines), \
                  forgotten_count.\n\nExamples:\n  fi forget mira@harborline.example --dry-run\n  \
                  fi forget mira@harborline.example\n  fi forget 68e1a7c2d9f04b3a5c6e7f81 cust_4711 --yes --wait"
)]
pub struct ForgetArgs {
    /// Whom: the id of a contact, its id in your own system, or an e-mail address
    #[arg(value_name = "CONTACT", required = true)]
    pub contacts: Vec<String>,
    /// Only show what would be removed
    #[arg(short = 'n', long)]
    pub dry_run: bool,
    /// Do not ask
    #[arg(short, long)]
    pub yes: bool,
    /// Wait for a sync that is running instead of failing
    #[arg(long)]
    pub wait: bool,
}
