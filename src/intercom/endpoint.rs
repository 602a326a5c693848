//! One table of the endpoints `fi` uses: the words for logs, errors and statistics, and the permission a
//! token needs for each. Paths with ids never leave the request; these templates do.

/// One operation of the API.
#[derive(Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// `GET` or `POST`.
    pub method: &'static str,
    /// The path with placeholders.
    pub path: &'static str,
    /// The permission as the Developer Hub names it.
    pub permission: &'static str,
    /// Place in [`ENDPOINTS`].
    pub(super) index: usize,
}

impl std::fmt::Display for Endpoint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.method, self.path)
    }
}

macro_rules! endpoints {
    ($($name:ident: $method:literal $path:literal, $permission:expr;)*) => {
        #[allow(non_camel_case_types, clippy::upper_case_acronyms)]
        enum Index { $($name),* }
        $(pub(super) static $name: Endpoint = Endpoint {
            method: $method,
            path: $path,
            permission: $permission,
            index: Index::$name as usize,
        };)*
        /// Every endpoint `fi` uses, in the order of the statistics.
        pub static ENDPOINTS: &[&Endpoint] = &[$(&$name),*];
    };
}

const ADMINS_READ: &str = "Read admins";
const CONVERSATIONS_READ: &str = "Read conversations";
const PEOPLE_READ: &str = "Read and list users and companies";
const TAGS_READ: &str = "Read tags";
const TICKETS_READ: &str = "Read tickets";

endpoints! {
    ME: "GET" "/me", ADMINS_READ;
    ADMINS: "GET" "/admins", ADMINS_READ;
    TEAMS: "GET" "/teams", ADMINS_READ;
    TAGS: "GET" "/tags", TAGS_READ;
    SEGMENTS: "GET" "/segments", PEOPLE_READ;
    CONVERSATION_ATTRIBUTES: "GET" "/conversations/attributes", CONVERSATIONS_READ;
    DATA_ATTRIBUTES: "GET" "/data_attributes", CONVERSATIONS_READ;
    TICKET_TYPES: "GET" "/ticket_types", TICKETS_READ;
    CONVERSATIONS_SEARCH: "POST" "/conversations/search", CONVERSATIONS_READ;
    CONVERSATION: "GET" "/conversations/{id}", CONVERSATIONS_READ;
    CONVERSATIONS_DELETED: "GET" "/conversations/deleted", CONVERSATIONS_READ;
    TICKETS_SEARCH: "POST" "/tickets/search", TICKETS_READ;
    CONTACTS: "GET" "/contacts", PEOPLE_READ;
    CONTACTS_SEARCH: "POST" "/contacts/search", PEOPLE_READ;
    CONTACT: "GET" "/contacts/{id}", PEOPLE_READ;
    SUBLIST: "GET" "/{object}/{id}/{list}", PEOPLE_READ;
    COMPANIES_SCROLL: "GET" "/companies/scroll", PEOPLE_READ;
    COMPANY: "GET" "/companies/{id}", PEOPLE_READ;
}
