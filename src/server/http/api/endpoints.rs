//! What there is below `/api/v1`, in the order it is shown: which tool answers, and where its arguments are.

use super::openapi::BASE;
use crate::server::tool::Tool;
use crate::server::tools::TOOLS;

/// An address and what answers there.
pub(in crate::server::http) struct Endpoint {
    /// How operations are known to programs made from the document.
    pub(super) name: &'static str,
    pub(super) path: &'static str,
    pub(super) arguments: Arguments,
    pub(super) tool: &'static str,
    pub(super) summary: &'static str,
}

/// Where the arguments of a call are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Arguments {
    /// `GET`: in the query of the address, filters beside all others, and one in the path where it has a name.
    Query,
    /// `POST`: a JSON object.
    Body,
    /// `POST`: a JSON object, and rows come back in the form that is accepted.
    Rows,
}

/// All of them.
pub(in crate::server::http) const ENDPOINTS: &[Endpoint] = &[
    Endpoint {
        name: "list_conversations",
        path: "/conversations",
        arguments: Arguments::Query,
        tool: "search_conversations",
        summary: "List conversations, a page at a time",
    },
    Endpoint {
        name: "get_conversation",
        path: "/conversations/{conversation_id}",
        arguments: Arguments::Query,
        tool: "get_conversation",
        summary: "Read a conversation with its messages",
    },
    Endpoint {
        name: "get_conversation_details",
        path: "/conversations/{conversation_id}/details",
        arguments: Arguments::Query,
        tool: "get_conversation_details",
        summary: "Everything about a conversation",
    },
    Endpoint {
        name: "find_conversations",
        path: "/search",
        arguments: Arguments::Query,
        tool: "search_conversations",
        summary: "Find conversations by words and filters",
    },
    Endpoint {
        name: "search_conversations",
        path: "/search",
        arguments: Arguments::Body,
        tool: "search_conversations",
        summary: "Find conversations, with figures of all that was found",
    },
    Endpoint {
        name: "analyze_conversations",
        path: "/analyze",
        arguments: Arguments::Body,
        tool: "analyze_conversations",
        summary: "Count and measure conversations",
    },
    Endpoint {
        name: "query",
        path: "/query",
        arguments: Arguments::Rows,
        tool: "query",
        summary: "Run a read-only SELECT",
    },
    Endpoint {
        name: "list_views",
        path: "/views",
        arguments: Arguments::Query,
        tool: "describe_data",
        summary: "The views that SQL can ask",
    },
    Endpoint {
        name: "get_view",
        path: "/views/{views}",
        arguments: Arguments::Query,
        tool: "describe_data",
        summary: "The columns of a view, and questions it answers",
    },
    Endpoint {
        name: "get_data",
        path: "/data",
        arguments: Arguments::Query,
        tool: "get_data_info",
        summary: "What is held, and how fresh it is",
    },
    Endpoint {
        name: "check_coverage",
        path: "/coverage",
        arguments: Arguments::Query,
        tool: "check_coverage",
        summary: "Whether a period is held completely",
    },
    Endpoint {
        name: "get_status",
        path: "/status",
        arguments: Arguments::Query,
        tool: "get_server_status",
        summary: "How the server is",
    },
];

impl Endpoint {
    /// The tool that answers.
    pub(in crate::server::http) fn tool(&self) -> Option<&'static Tool> {
        TOOLS.iter().find(|tool| tool.name == self.tool)
    }

    /// The argument that stands in the path.
    pub(super) fn in_path(&self) -> Option<&'static str> {
        Some(self.path.split_once('{')?.1.split_once('}')?.0)
    }

    /// The whole address.
    pub(in crate::server::http) fn address(&self) -> String {
        format!("{BASE}{}", self.path)
    }

    /// The method.
    pub(in crate::server::http) fn method(&self) -> &'static str {
        match self.arguments {
            Arguments::Query => "GET",
            Arguments::Body | Arguments::Rows => "POST",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_endpoint_has_a_tool_and_a_name_of_its_own() {
        for endpoint in ENDPOINTS {
            assert!(endpoint.tool().is_some(), "{}", endpoint.name);
            let same = |other: &&Endpoint| {
                other.name == endpoint.name
                    || (other.path, other.method()) == (endpoint.path, endpoint.method())
            };
            assert_eq!(ENDPOINTS.iter().filter(same).count(), 1, "{}", endpoint.name);
        }
    }
}
