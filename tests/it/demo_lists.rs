//! The lists of the demo server: conversations, contacts, companies, tickets and the short ones.

use crate::demo_support::*;
use fastintercom::demo::{ApiVersion, Clock, DemoServer, ServerOptions, Workspace};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::time::Duration;

#[tokio::test]
async fn the_conversation_list_is_paged_by_query_parameters() {
    let server = server();
    let first = get("/conversations").ok(&server).await;
    assert_eq!(ids(&first).len(), 20);
    assert_eq!((&first["type"], &first["total_count"]), (&json!("conversation.list"), &json!(600)));
    assert!(first["conversations"][0].get("conversation_parts").is_none());
    let next = first["pages"]["next"]["starting_after"].as_str().unwrap();
    let second = get(format!("/conversations?per_page=150&starting_after={next}")).ok(&server).await;
    assert_eq!(ids(&second).len(), 150);
    assert!(ids(&second).iter().all(|id| !ids(&first).contains(id)));
    assert_eq!(
        get("/conversations?starting_after=None").ask(&server).await.error(),
        (400, "client_error".into())
    );
}

#[tokio::test]
async fn deleted_conversations_are_listed_by_page_number_and_nowhere_else() {
    let (server, workspace) = (server(), company());
    let mut seen = Vec::new();
    let mut path = "/conversations/deleted?per_page=5&order=asc".to_owned();
    loop {
        let page = get(path).header("host", "demo.example").ok(&server).await;
        assert_eq!(
            (&page["type"], &page["total_count"]),
            (&json!("conversations.list"), &json!(workspace.deleted().len()))
        );
        seen.extend(
            page["conversations"].as_array().unwrap().iter().map(|item| item["deleted_at"].as_i64().unwrap()),
        );
        match page["pages"]["next"].as_str() {
            Some(next) => path = next.strip_prefix("http://demo.example").unwrap().to_owned(),
            None => break,
        }
    }
    assert_eq!(seen.len(), 12);
    assert!(seen.is_sorted());
    let newest = get("/conversations/deleted?per_page=500").ok(&server).await;
    assert_eq!(newest["pages"]["per_page"], 60);
    assert_eq!(newest["conversations"][0]["deleted_at"], *seen.last().unwrap());
    let gone = workspace.deleted()[0].id;
    assert_eq!(get(format!("/conversations/{gone}")).ask(&server).await.error(), (404, "not_found".into()));
    assert_eq!(get("/conversations/abc").ask(&server).await.error(), (404, "not_found".into()));
}

#[tokio::test]
async fn a_merged_contact_is_410_with_a_link_or_404_before_2_16() {
    let (server, workspace) = (server(), company());
    for (gone, target) in workspace.merged_contacts() {
        let answer = get(format!("/contacts/{gone}")).ask(&server).await;
        assert_eq!(answer.error(), (410, "contact_merged".into()));
        assert_eq!(answer.header("link"), Some(format!("</contacts/{target}>; rel=\"canonical\"").as_str()));
        assert_eq!(
            get(format!("/contacts/{gone}")).version("2.15").ask(&server).await.error(),
            (404, "not_found".into())
        );
    }
    let (_, survivor) = workspace
        .merged_contacts()
        .find(|(_, to)| workspace.contacts().any(|c| c.id == *to && c.role.name() == "user"))
        .unwrap();
    let with_history = get(format!("/contacts/{survivor}?include_merge_history=true")).ok(&server).await;
    assert_eq!(with_history["merge_history"].as_array().unwrap().len(), 1);
    assert_eq!(
        get(format!("/contacts/{survivor}/merge_history")).ok(&server).await["data"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[tokio::test]
async fn what_does_not_fit_into_a_contact_is_found_at_its_address() {
    let (server, workspace) = (server(), company());
    let tagged = workspace.contacts().find(|contact| contact.tags.len() > 10).unwrap();
    let url =
        get(format!("/contacts/{}", tagged.id)).ok(&server).await["tags"]["url"].as_str().unwrap().to_owned();
    assert_eq!(ids(&get(url).ok(&server).await).len(), tagged.tags.len());
    let busy = workspace.contacts().find(|contact| contact.companies.len() > 10).unwrap();
    let first =
        get(format!("/contacts/{}/companies?per_page=8", busy.id)).header("host", "x").ok(&server).await;
    assert_eq!(ids(&first).len(), 8);
    let rest =
        get(first["pages"]["next"].as_str().unwrap().strip_prefix("http://x").unwrap()).ok(&server).await;
    assert_eq!(ids(&rest).len(), busy.companies.len() - 8);
    for list in ["segments", "notes", "subscriptions"] {
        assert_eq!(get(format!("/contacts/{}/{list}", busy.id)).ok(&server).await["type"], "list", "{list}");
    }
    assert_eq!(get("/contacts/0123/tags").ask(&server).await.error().0, 404);
}

#[tokio::test]
async fn the_contact_list_has_ten_per_page_and_no_merged_contacts() {
    let (server, workspace) = (server(), company());
    let (mut seen, mut cursor) = (BTreeSet::new(), String::new());
    assert_eq!(ids(&get("/contacts").ok(&server).await).len(), 10);
    loop {
        let page = get(format!("/contacts?per_page=150&starting_after={cursor}")).ok(&server).await;
        seen.extend(ids(&page));
        match page["pages"]["next"]["starting_after"].as_str() {
            Some(next) => cursor = next.to_owned(),
            None => break,
        }
    }
    assert_eq!(seen, workspace.contacts().map(|contact| contact.id.to_string()).collect());
}

#[tokio::test(start_paused = true)]
async fn companies_are_walked_with_one_scroll_at_a_time() {
    let options =
        ServerOptions { clock: Clock::tokio(NOW * 1_000), scroll_page: 10, ..ServerOptions::default() };
    let server = DemoServer::new(company(), options);
    let first = get("/companies/scroll").ok(&server).await;
    assert_eq!((&first["pages"], &first["total_count"]), (&Value::Null, &Value::Null));
    let param = first["scroll_param"].as_str().unwrap().to_owned();
    assert_eq!(get("/companies/scroll").ask(&server).await.error(), (400, "scroll_exists".into()));
    let mut seen: BTreeSet<String> = ids(&first).into_iter().collect();
    loop {
        let page = get(format!("/companies/scroll?scroll_param={param}")).ok(&server).await;
        assert_eq!(page["scroll_param"], param.as_str());
        if ids(&page).is_empty() {
            break;
        }
        seen.extend(ids(&page));
    }
    assert_eq!(seen, listed(&company()));
    let over = get(format!("/companies/scroll?scroll_param={param}")).ask(&server).await;
    assert_eq!(
        (over.error(), over.message()),
        ((404, "not_found".into()), "scroll parameter not found".into())
    );
    get("/companies/scroll").ok(&server).await;
    tokio::time::advance(Duration::from_secs(61)).await;
    assert_eq!(
        get("/companies/scroll").ask(&server).await.status,
        200,
        "an idle scroll is forgotten after a minute"
    );
}

fn listed(workspace: &Workspace) -> BTreeSet<String> {
    workspace
        .companies()
        .iter()
        .filter(|company| company.user_count > 0)
        .map(|company| company.id.to_string())
        .collect()
}

#[tokio::test]
async fn the_company_list_ends_at_its_cap() {
    let server = with(ServerOptions { company_list_cap: 30, ..ServerOptions::default() });
    let page = |n: usize| post(format!("/companies/list?per_page=15&page={n}"), json!({}));
    assert_eq!(ids(&page(2).ok(&server).await).len(), 15);
    let answer = page(3).ask(&server).await;
    assert_eq!(
        (answer.error(), answer.message()),
        ((400, "bad_request".into()), "page limit reached, please use scroll API".into())
    );
    let id = ids(&page(1).ok(&server).await)[0].clone();
    let one = get(format!("/companies/{id}")).ok(&server).await;
    assert_eq!(one["id"], id.as_str());
    assert_eq!(get(format!("/companies/{id}/contacts")).ok(&server).await["total_count"], one["user_count"]);
    assert_eq!(get("/companies/none").ask(&server).await.error(), (404, "company_not_found".into()));
}

#[tokio::test]
async fn companies_leave_out_what_is_not_set() {
    let workspace = company();
    let sparse = workspace.companies().iter().find(|company| company.plan.is_none()).unwrap();
    let got = get(format!("/companies/{}", sparse.id)).ok(&server()).await;
    assert!(["website", "last_request_at", "remote_created_at"].iter().all(|key| got.get(key).is_none()));
    assert_eq!(got["plan"], json!({}));
}

#[tokio::test]
async fn the_short_lists_are_complete() {
    let (server, workspace) = (server(), company());
    assert_eq!(get("/ticket_types").ok(&server).await["data"], Value::Array(workspace.ticket_types_json()));
    let attributes = get("/conversations/attributes?include_archived=true").ok(&server).await;
    assert_eq!(attributes["data"], Value::Array(workspace.conversation_attributes_json()));
    let admins = get("/admins").ok(&server).await;
    assert_eq!(admins["admins"], Value::Array(workspace.admins_json(ApiVersion::V2_16)));
    assert!(admins["admins"][0]["email"].as_str().unwrap().starts_with("operator+"));
    assert_eq!(get("/teams").ok(&server).await["teams"], Value::Array(workspace.teams_json()));
    assert_eq!(get("/tags").ok(&server).await["data"], Value::Array(workspace.tags_json()));
    assert_eq!(get("/segments").ok(&server).await["segments"], Value::Array(workspace.segments_json()));
    assert!(
        get("/segments?include_count=true").ok(&server).await["segments"][0]["count"].as_u64().unwrap() > 0
    );
    for (list, path) in
        [("admins", "/admins"), ("teams", "/teams"), ("data", "/tags"), ("segments", "/segments")]
    {
        let first = get(path).ok(&server).await[list][0].clone();
        assert_eq!(get(format!("{path}/{}", first["id"].as_str().unwrap())).ok(&server).await, first);
        assert_eq!(get(format!("{path}/0")).ask(&server).await.status, 404);
    }
    for path in [
        "/ticket_types",
        "/ticket_states",
        "/data_attributes?model=contact",
        "/data_attributes?model=company",
        "/subscription_types",
    ] {
        assert!(!get(path).ok(&server).await["data"].as_array().unwrap().is_empty(), "{path}");
    }
}

#[tokio::test]
async fn tickets_come_from_search_with_their_parts() {
    let (server, workspace) = (server(), company());
    let all = post(
        "/tickets/search",
        json!({"query": {"field": "created_at", "operator": ">=", "value": 0}, "pagination": {"per_page": 150}}),
    );
    let all = all.ok(&server).await;
    assert_eq!(all["total_count"], workspace.tickets().len());
    for ticket in all["tickets"].as_array().unwrap() {
        let parts = &ticket["ticket_parts"];
        assert_eq!(parts["total_count"], parts["ticket_parts"].as_array().unwrap().len());
        let id = ticket["id"].as_str().unwrap();
        if ticket["category"] == "Customer" {
            let conversation = get(format!("/conversations/{id}")).ok(&server).await;
            assert_eq!(conversation["ticket"]["id"], id);
            assert_eq!(conversation["conversation_parts"]["total_count"], parts["total_count"]);
        }
    }
    let bugs =
        post("/tickets/search", json!({"query": {"field": "category", "operator": "=", "value": "request"}}))
            .ok(&server)
            .await;
    assert!(bugs["tickets"].as_array().unwrap().iter().all(|ticket| ticket["category"] == "Customer"));
    let amount = post(
        "/tickets/search",
        json!({"query": {"field": "ticket_attribute.504", "operator": "~", "value": ".00"}}),
    )
    .ok(&server)
    .await;
    assert!(amount["total_count"].as_u64().unwrap() > 0);
    let wrong = post(
        "/tickets/search",
        json!({"query": {"field": "ticket_state", "operator": "=", "value": "submitted"}}),
    )
    .ask(&server)
    .await;
    assert_eq!(wrong.error(), (400, "invalid_field".into()));
    assert_eq!(get("/tickets/1").ask(&server).await.error(), (404, "ticket_not_found".into()));
}
