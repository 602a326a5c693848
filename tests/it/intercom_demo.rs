//! Every call of the client against the stand-in API, in virtual time: the client and its server were
//! written apart from one another, so what they agree on is what the fact sheet says.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use fastintercom::demo::{
    Clock, DemoServer, FaultKind, Faults, Scope, ServerOptions, When, Workspace, WorkspaceParams,
};
use fastintercom::intercom::{
    Client, ClientOptions, ContactOutcome, EmbeddedList, Error, Filter, Item, Op, Page, PageStream, Query,
    Region, SearchRequest, Sort, peek_id_times,
};
use futures::{StreamExt, TryStreamExt, stream};
use reqwest::Url;
use serde_json::Value;

use crate::support::router_transport::RouterTransport;

const NOW: i64 = 1_795_176_000;

struct Demo {
    client: Client,
    server: DemoServer,
}

fn demo(conversations: usize, options: ServerOptions) -> Demo {
    demo_in_version(conversations, options, "2.16")
}

fn demo_in_version(conversations: usize, mut options: ServerOptions, version: &str) -> Demo {
    options.clock = Clock::tokio(NOW * 1_000);
    options.token = Some("demo".to_owned());
    let params = WorkspaceParams { conversations, now: NOW, ..WorkspaceParams::default() };
    let server = DemoServer::new(Workspace::generate(&params), options);
    let transport = RouterTransport::new(server.router()).with_latency(Duration::from_millis(80));
    let mut options = ClientOptions::at(Url::parse("http://localhost/").unwrap(), "demo".into());
    options.version = version.parse().unwrap();
    Demo { client: Client::with_transport(options, Arc::new(transport)).unwrap(), server }
}

fn everything() -> SearchRequest {
    SearchRequest::new(Query::closed_window("updated_at", 0, NOW).unwrap(), Sort::ascending("updated_at"))
}

fn id(item: &Item) -> String {
    peek_id_times(item).id.unwrap()
}

async fn all(pages: PageStream) -> Result<Vec<Item>, Error> {
    let pages: Vec<Page> = pages.try_collect().await?;
    Ok(pages.into_iter().flat_map(|page| page.items).collect())
}

impl Demo {
    fn conversation_ids(&self) -> BTreeSet<String> {
        self.server.read(|workspace| workspace.conversation_ids().iter().map(u64::to_string).collect())
    }
}

#[tokio::test(start_paused = true)]
async fn me_is_the_workspace() {
    let demo = demo(20, ServerOptions::default());
    let me = demo.client.me().await.unwrap();
    assert!(me.admin_id.is_some() && me.app.id_code.is_some());
    assert_eq!(
        (me.app.known_region(), me.app.timezone.as_deref()),
        (Some(Region::Eu), Some("Europe/Berlin"))
    );
}

#[tokio::test(start_paused = true)]
async fn the_small_lists_are_complete() {
    let demo = demo(20, ServerOptions::default());
    let client = &demo.client;
    let truth = demo.server.read(|w| (w.admins().len(), w.teams().len(), w.tags().len(), w.segments().len()));
    let found = (
        client.admins().await.unwrap().len(),
        client.teams().await.unwrap().len(),
        client.tags().await.unwrap().len(),
        client.segments().await.unwrap().len(),
    );
    // The list of admins may hold bots that are no one's colleagues.
    assert!(found.0 >= truth.0, "{found:?} {truth:?}");
    assert_eq!((found.1, found.2, found.3), (truth.1, truth.2, truth.3));
    assert!(!client.conversation_attributes().await.unwrap().is_empty());
    assert!(!client.ticket_types().await.unwrap().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_search_finds_every_conversation_once_and_in_order() {
    let demo = demo(700, ServerOptions::default());
    let found = all(demo.client.search_conversations(&everything())).await.unwrap();
    let ids: BTreeSet<String> = found.iter().map(id).collect();
    assert_eq!(found.len(), ids.len());
    assert_eq!(ids, demo.conversation_ids());
    let times: Vec<i64> = found.iter().map(|item| peek_id_times(item).updated_at.unwrap()).collect();
    assert!(times.is_sorted());
    assert_eq!(demo.client.count_conversations(&everything().query).await.unwrap(), ids.len() as u64);
}

#[tokio::test(start_paused = true)]
async fn window_edges_are_included_whatever_the_server_takes_greater_to_mean() {
    for inclusive_gt in [true, false] {
        let demo = demo(300, ServerOptions { inclusive_gt, ..ServerOptions::default() });
        let found = all(demo.client.search_conversations(&everything())).await.unwrap();
        let times: Vec<i64> = found.iter().map(|item| peek_id_times(item).updated_at.unwrap()).collect();
        let (from, to) = (times[50], times[200]);
        let window = Query::closed_window("updated_at", from, to).unwrap();
        let expected = times.iter().filter(|time| (from..=to).contains(time)).count();
        assert_eq!(
            demo.client.count_conversations(&window).await.unwrap(),
            expected as u64,
            "{inclusive_gt}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_conversation_comes_with_its_parts_and_a_deleted_one_is_gone() {
    let demo = demo(40, ServerOptions::default());
    for id in demo.conversation_ids().iter().take(10) {
        let peek = peek_id_times(&demo.client.conversation(id).await.unwrap());
        assert_eq!(peek.id.as_ref(), Some(id));
        assert!(peek.parts_returned.is_some() && !peek.parts_truncated());
    }
    let victim = demo.conversation_ids().into_iter().next().unwrap();
    demo.server.delete(victim.parse().unwrap()).unwrap();
    assert!(demo.client.conversation(&victim).await.unwrap_err().is_gone());
    let deleted = all(demo.client.deleted_conversations()).await.unwrap();
    assert_eq!(id(&deleted[0]), victim, "newest first");
}

#[tokio::test(start_paused = true)]
async fn before_2_16_there_are_no_deleted_ids_and_attributes_are_elsewhere() {
    let demo = demo_in_version(20, ServerOptions::default(), "2.15");
    let error = all(demo.client.deleted_conversations()).await.unwrap_err();
    assert!(matches!(error, Error::VersionUnavailable { .. }), "{error}");
    demo.client.conversation_attributes().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn contacts_are_found_by_id_listed_and_followed_through_mergers() {
    let demo = demo(200, ServerOptions::default());
    let listed = all(demo.client.contacts()).await.unwrap();
    let truth = demo.server.read(|workspace| workspace.contacts().count());
    assert_eq!(listed.len(), truth);
    let (from, into) = (id(&listed[0]), id(&listed[1]));
    let hex = |text: &str| {
        demo.server.read(|w| w.contacts().map(|c| c.id).find(|id| id.to_string() == text)).unwrap()
    };
    demo.server.merge_contacts(hex(&from), hex(&into)).unwrap();
    let ids = [id(&listed[2]), from.clone(), "ffffffffffffffffffffffff".to_owned()];
    let found = demo.client.contacts_by_id(&ids).await.unwrap();
    assert!(matches!(found[0].outcome, ContactOutcome::Found(_)));
    assert!(matches!(&found[1].outcome, ContactOutcome::Merged { canonical, .. } if *canonical == into));
    assert!(matches!(found[2].outcome, ContactOutcome::Gone));
}

#[tokio::test(start_paused = true)]
async fn contacts_changed_since_are_exactly_those_although_the_search_knows_only_days() {
    for version in ["2.16", "2.17"] {
        let demo = demo_in_version(300, ServerOptions::default(), version);
        let listed = all(demo.client.contacts()).await.unwrap();
        let since = NOW - 5 * 86_400 + 4_321;
        let expected: BTreeSet<String> =
            listed.iter().filter(|item| peek_id_times(item).updated_at.unwrap() >= since).map(id).collect();
        let found = all(demo.client.contacts_updated_since(since).unwrap()).await.unwrap();
        assert!(!expected.is_empty());
        assert_eq!(found.iter().map(id).collect::<BTreeSet<_>>(), expected, "{version}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_lists_inside_contacts_can_be_followed() {
    let demo = demo(200, ServerOptions::default());
    let listed = all(demo.client.contacts()).await.unwrap();
    for contact in listed.iter().take(5) {
        let value: Value = serde_json::from_str(contact.get()).unwrap();
        let url = value["companies"]["url"].as_str().unwrap();
        let companies = demo.client.contact_sublist(url).await.unwrap();
        let embedded = serde_json::value::to_raw_value(&value["companies"]).unwrap();
        if EmbeddedList::read(&embedded).more_at().is_none() {
            assert_eq!(companies.len(), value["companies"]["data"].as_array().unwrap().len());
        }
    }
}

#[tokio::test(start_paused = true)]
async fn companies_are_scrolled_completely() {
    let demo = demo(300, ServerOptions { scroll_page: 7, ..ServerOptions::default() });
    let found = all(demo.client.companies_scroll()).await.unwrap();
    assert_eq!(found.len(), demo.server.read(|workspace| workspace.companies().len()));
    let first = demo.client.company(&id(&found[0])).await.unwrap();
    assert_eq!(id(&first), id(&found[0]));
}

#[tokio::test(start_paused = true)]
async fn tickets_are_found_with_their_parts() {
    let demo = demo(600, ServerOptions::default());
    let since = Query::since("created_at", 0).unwrap();
    let tickets =
        all(demo.client.tickets_search(&SearchRequest::tickets(since, Sort::ascending("created_at")))).await;
    let tickets = tickets.unwrap();
    assert_eq!(tickets.len(), demo.server.read(|workspace| workspace.tickets().len()));
    assert!(tickets.iter().all(|ticket| peek_id_times(ticket).parts_returned.is_some()));
}

#[tokio::test(start_paused = true)]
async fn filters_mean_the_same_to_both() {
    let demo = demo(300, ServerOptions::default());
    let found = all(demo.client.search_conversations(&everything())).await.unwrap();
    let open = found.iter().filter(|item| item.get().contains("\"open\":true")).count();
    let query: Query = Filter::eq("open", true).into();
    assert_eq!(demo.client.count_conversations(&query).await.unwrap(), open as u64);
    let ids: Vec<String> = found.iter().take(3).map(id).collect();
    let query: Query = Filter::one_of("id", ids.iter().map(String::as_str)).into();
    assert_eq!(demo.client.count_conversations(&query).await.unwrap(), 3);
    let unknown: Query = Filter::compare("no_such_field", Op::Gt, 1).unwrap().into();
    assert!(matches!(demo.client.count_conversations(&unknown).await, Err(Error::BadRequest { .. })));
}

#[tokio::test(start_paused = true)]
async fn a_wrong_token_a_missing_scope_and_a_small_plan_are_told_apart() {
    let options = ServerOptions {
        denied: vec![Scope::Conversations],
        tickets_restricted: true,
        ..ServerOptions::default()
    };
    let demo = demo(20, options);
    let error = demo.client.count_conversations(&everything().query).await.unwrap_err();
    assert!(
        matches!(&error, Error::MissingScope { scope: Some(scope), .. } if &**scope == "read_conversations"),
        "{error:?}"
    );
    let since = Query::since("created_at", 0).unwrap();
    let tickets = SearchRequest::tickets(since, Sort::ascending("created_at"));
    assert!(matches!(all(demo.client.tickets_search(&tickets)).await, Err(Error::PlanRestricted { .. })));
    let transport = RouterTransport::new(demo.server.router());
    let options = ClientOptions::at(Url::parse("http://localhost/").unwrap(), "wrong".into());
    let stranger = Client::with_transport(options, Arc::new(transport)).unwrap();
    assert!(stranger.me().await.unwrap_err().is_fatal());
}

#[tokio::test(start_paused = true)]
async fn a_limited_server_is_used_to_95_percent_of_the_share_and_never_refuses() {
    for limit in [83, 1666] {
        let demo = demo(2_000, ServerOptions { rate_limit: Some(limit), ..ServerOptions::default() });
        let found = all(demo.client.search_conversations(&everything())).await.unwrap();
        let started = tokio::time::Instant::now();
        let ids: Vec<String> = found.iter().map(id).cycle().take(limit as usize * 8).collect();
        let client = &demo.client;
        let retrieved = stream::iter(ids.iter().map(|id| client.conversation(id))).buffer_unordered(64);
        let retrieved: Vec<Item> = retrieved.try_collect().await.unwrap();
        assert_eq!(retrieved.len(), ids.len());
        let stats = demo.server.stats();
        assert_eq!(stats.too_many, 0, "{limit}");
        let budget = (f64::from(limit) * 0.8).floor();
        assert!(f64::from(stats.most_in_window) <= budget, "{limit}: {}", stats.most_in_window);
        // Eight limits at 95 % of 80 % of a limit per window, and one window to begin and end in.
        let most = 10.0 * (ids.len() as f64 / (budget * 0.95) + 1.0);
        assert!(started.elapsed().as_secs_f64() <= most, "{limit}: {:?} > {most}", started.elapsed());
    }
}

#[tokio::test(start_paused = true)]
async fn every_fault_is_survived_or_is_the_outcome_it_should_be() {
    for info in FaultKind::ALL {
        // Only the first step of a scroll can meet another one.
        let every = if info.kind == FaultKind::ScrollExists { 1 } else { 4 };
        let faults = Faults::only(info.kind, When::Every(every));
        let demo = demo(900, ServerOptions { faults, scroll_page: 13, ..ServerOptions::default() });
        let mut known = BTreeSet::new();
        // What the sync layer does: begin again when the cursors have become useless.
        for _ in 0..10 {
            match all(demo.client.search_conversations(&everything())).await {
                Ok(found) => {
                    known.extend(found.iter().filter_map(|item| peek_id_times(item).id));
                    break;
                }
                Err(error) => assert!(error.is_retryable(), "{}: {error}", info.name),
            }
        }
        let client = &demo.client;
        let gets = stream::iter(known.iter().take(40)).map(|id| async move {
            match client.conversation(id).await {
                Ok(item) => assert_eq!(peek_id_times(&item).id.as_ref(), Some(id)),
                // Too large three times running is not unlikely when every fourth answer is.
                Err(error) => assert!(
                    error.is_gone() || matches!(error, Error::TooLarge { .. }),
                    "{}: {error}",
                    info.name
                ),
            }
        });
        gets.buffer_unordered(8).collect::<Vec<()>>().await;
        match all(demo.client.companies_scroll()).await {
            Ok(companies) => {
                let names: BTreeSet<String> =
                    companies.iter().filter_map(|item| peek_id_times(item).id).collect();
                let truth = demo.server.read(|workspace| workspace.companies().len());
                // An item may come without its id; that is for the reader to notice.
                assert!(names.len() + 3 >= truth, "{}: {} of {truth}", info.name, names.len());
            }
            Err(error) => assert!(error.is_retryable(), "{}: {error}", info.name),
        }
        assert!(!demo.server.stats().faults.is_empty(), "{} never struck", info.name);
    }
}
