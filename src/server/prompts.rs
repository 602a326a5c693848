//! Prompts: ways of working that people start by name, each a text with blanks.

use rmcp::model::{ErrorData, GetPromptResult, JsonObject, Prompt, PromptArgument, PromptMessage, Role};

use crate::nearest::nearest;

/// A prompt.
struct Template {
    name: &'static str,
    title: &'static str,
    description: &'static str,
    blanks: &'static [Blank],
    /// The text; `{name}` is a blank.
    text: &'static str,
}

/// A blank in a prompt.
struct Blank {
    name: &'static str,
    description: &'static str,
    is_required: bool,
    /// What stands there if nothing is given.
    otherwise: &'static str,
}

const TEAM: Blank =
    Blank { name: "team", description: "One team only", is_required: false, otherwise: "all teams" };
const TAG: Blank = Blank {
    name: "tag",
    description: "Conversations with one tag only",
    is_required: false,
    otherwise: "any tag",
};

/// Characters of a value at most.
const MOST_CHARS: usize = 500;

const TEMPLATES: &[Template] = &[
    Template {
        name: "weekly_support_review",
        title: "Weekly support review",
        description: "What came in, how it was answered and what changed, compared with the week before",
        blanks: &[
            Blank {
                name: "week",
                description: "Which week, such as \"last week\" or 2026-W46",
                is_required: false,
                otherwise: "last week",
            },
            TEAM,
            Blank {
                name: "assignee",
                description: "One teammate only",
                is_required: false,
                otherwise: "all teammates",
            },
        ],
        text: include_str!("prompts/weekly_support_review.md"),
    },
    Template {
        name: "escalation_brief",
        title: "Escalation brief",
        description: "Everything a manager has to know before calling a customer back",
        blanks: &[Blank {
            name: "customer",
            description: "The customer's e-mail address, name or company, or a conversation's id",
            is_required: true,
            otherwise: "",
        }],
        text: include_str!("prompts/escalation_brief.md"),
    },
    Template {
        name: "what_changed",
        title: "What changed",
        description: "Which topics, teams or channels explain a change in volume or response time",
        blanks: &[
            Blank {
                name: "timeframe",
                description: "The period to explain, such as \"last 7 days\"",
                is_required: false,
                otherwise: "last 7 days",
            },
            TEAM,
            TAG,
        ],
        text: include_str!("prompts/what_changed.md"),
    },
];

/// All prompts.
pub(super) fn all() -> Vec<Prompt> {
    let argument = |blank: &Blank| {
        PromptArgument::new(blank.name).with_description(blank.description).with_required(blank.is_required)
    };
    let prompt = |template: &Template| {
        let arguments = template.blanks.iter().map(argument).collect();
        Prompt::new(template.name, Some(template.description), Some(arguments)).with_title(template.title)
    };
    TEMPLATES.iter().map(prompt).collect()
}

/// A prompt with its blanks filled.
pub(super) fn get(name: &str, arguments: &JsonObject) -> Result<GetPromptResult, ErrorData> {
    let wrong = |words: String| ErrorData::invalid_params(words, None);
    let template = TEMPLATES.iter().find(|template| template.name == name).ok_or_else(|| {
        let names = TEMPLATES.iter().map(|template| template.name);
        let meant =
            nearest(name, names.clone()).map_or(String::new(), |near| format!("did you mean {near}? "));
        wrong(format!(
            "there is no prompt '{name}'; {meant}There are {}",
            names.collect::<Vec<_>>().join(", ")
        ))
    })?;
    let names: Vec<&str> = template.blanks.iter().map(|blank| blank.name).collect();
    if let Some(other) = arguments.keys().find(|key| !names.contains(&key.as_str())) {
        return Err(wrong(format!("{name} has no argument '{other}'; it takes {}", names.join(", "))));
    }
    let mut text = template.text.to_owned();
    for blank in template.blanks {
        let given = arguments.get(blank.name).and_then(|value| value.as_str()).map(str::trim);
        let value = match given.filter(|value| !value.is_empty()) {
            Some(value) if value.chars().count() > MOST_CHARS => {
                return Err(wrong(format!("{} has more than {MOST_CHARS} characters", blank.name)));
            }
            Some(value) => value,
            None if blank.is_required => {
                return Err(wrong(format!(
                    "{name} needs the argument {}: {}",
                    blank.name, blank.description
                )));
            }
            None => blank.otherwise,
        };
        text = text.replace(&format!("{{{}}}", blank.name), value);
    }
    let message = PromptMessage::new_text(Role::User, text);
    Ok(GetPromptResult::new(vec![message]).with_description(template.description))
}
