//! Whether a search finds what people mean: questions in six languages, judged by what the made-up company's
//! conversations are about, which their maker knows and the index does not.

use std::collections::HashSet;

use fastintercom::demo::TOPICS;
use fastintercom::demo::workspace::{Conversation, PartKind};
use fastintercom::index::Sort;
use fastintercom::model::html_to_text;

use crate::support::indexed::{index, page};
use crate::support::world::World;

/// The language and topic that is meant, what somebody would type, and what is said in the conversations that are meant:
/// any of these, in the company's own records.
const QUESTIONS: &[(&str, &str, &str, &str)] = &[
    ("en", "refund", "charged twice", "charged twice|charge was made twice"),
    ("en", "refund", "refund duplicate charge", "duplicate charge"),
    ("en", "invoice", "\"vat number\"", "vat number"),
    ("en", "invoice", "billing address invoice", "billing address|change the address under"),
    ("en", "login", "two-factor code rejected", "two-factor code"),
    ("en", "login", "\"password reset\"", "password reset"),
    ("en", "label", "shipping labels blank", "shipping labels come out blank"),
    ("en", "label", "label \"wrong size\"", "wrong size"),
    ("en", "tracking", "parcel lost", "parcel lost"),
    ("en", "tracking", "tracking stuck OR delayed parcel", "stuck for days|delayed because"),
    ("en", "import", "\"csv import\" row", "my csv import stops|csv import fails"),
    ("en", "import", "import umlauts", "umlauts"),
    ("en", "api", "webhook signature", "webhook signature"),
    ("en", "api", "api token scope", "missing a scope"),
    (
        "en",
        "outage",
        "dashboard \"not loaded\" OR \"not loading\"",
        "dashboard has not loaded|dashboard not loading",
    ),
    ("en", "outage", "service down", "is the service down"),
    ("en", "report", "sales report totals", "sales report"),
    ("en", "report", "excel export empty", "excel export is empty|export was empty|export to excel is empty"),
    ("en", "cancel", "cancel subscription", "cancel our subscription"),
    ("en", "cancel", "downgrade starter", "downgrade"),
    ("en", "pricing", "growth plan seats", "growth plan cost"),
    ("en", "pricing", "discount annual billing", "discount for annual billing|annual billing discount"),
    ("en", "mobile", "app crash*", "app crashes|the crash"),
    ("en", "mobile", "\"push notifications\"", "push notifications"),
    ("en", "shop_sync", "stock not synced OR updated", "is not updated|stock not synced"),
    ("en", "feature", "\"dark mode\"", "dark mode"),
    ("en", "feature", "feature request OR roadmap vote", "feature request|added your vote"),
    ("en", "privacy", "GDPR request", "gdpr"),
    ("en", "privacy", "data processing agreement", "data processing agreement"),
    ("en", "onboarding", "invite colleagues", "invite my colleagues|invite colleagues|inviting colleagues"),
    ("de", "refund", "zweimal abgebucht", "zweimal abgebucht"),
    ("de", "refund", "Erstattung", "erstattung"),
    ("de", "invoice", "Rechnungsadresse", "rechnungsadresse"),
    ("de", "login", "Code abgelehnt", "code aus der app wird immer abgelehnt"),
    (
        "de",
        "label",
        "Versandetiketten leer",
        "versandetiketten leer|versandetiketten werden leer|etiketten sind wieder leer",
    ),
    ("de", "tracking", "Paket nie erhalten", "nie erhalten"),
    ("de", "import", "Import Umlaute kaputt", "umlaute kaputt"),
    ("de", "api", "Webhook Signatur", "signatur"),
    ("de", "report", "Monatsbericht Dashboard", "monatsbericht"),
    ("de", "cancel", "kündigen", "kündigen"),
    ("de", "pricing", "Angebot Enterprise", "angebot für enterprise|angebot enterprise"),
    ("de", "mobile", "App stürzt ab", "app stürzt"),
    ("de", "shop_sync", "Bestand abgeglichen", "bestand"),
    ("fr", "refund", "débité deux fois", "débité deux fois"),
    ("fr", "invoice", "numéro de TVA", "numéro de tva"),
    ("fr", "login", "réinitialisation", "réinitialisation"),
    ("fr", "label", "étiquettes", "étiquettes"),
    ("fr", "tracking", "colis reçu", "jamais reçu"),
    ("fr", "import", "accents cassés import", "accents"),
    ("fr", "outage", "panne", "panne"),
    ("fr", "cancel", "résilier OR résiliation", "résilier|résiliation"),
    ("fr", "pricing", "remise paiement annuel", "remise pour un paiement annuel"),
    ("fr", "mobile", "l'application plante", "l'application plante"),
    ("fr", "onboarding", "inviter collègues", "inviter mes collègues"),
    ("es", "refund", "cobrado dos veces", "cobrado dos veces"),
    ("es", "invoice", "NIF factura", "nif"),
    ("es", "login", "contraseña", "contraseña"),
    ("es", "label", "etiquetas en blanco", "etiquetas salen en blanco|etiquetas en blanco"),
    ("es", "tracking", "nunca recibió paquete", "nunca recibió"),
    ("es", "import", "importación", "importación"),
    ("es", "report", "informe mensual", "informe mensual"),
    ("es", "cancel", "cancelar", "cancelar"),
    ("es", "mobile", "app se cierra", "app se cierra"),
    ("es", "shop_sync", "stock actualiza OR sincroniza", "stock no se sincroniza|no se actualiza"),
    ("ja", "refund", "返金", "返金"),
    ("ja", "login", "ログインでき*", "ログインできなくなりました|ログインできません"),
    ("ja", "label", "送り状", "送り状"),
    ("ja", "import", "文字化け", "文字化け"),
    ("ja", "cancel", "解約", "解約"),
    ("zh", "refund", "退款", "退款"),
];

/// What people read of a conversation, in lower case, as its maker has it.
fn told(one: &Conversation) -> String {
    let parts =
        one.parts.iter().filter(|part| part.kind != PartKind::Note).filter_map(|part| part.body.as_deref());
    let title = one.title.as_deref().into_iter().chain(one.source.subject.as_deref());
    let texts: Vec<&str> = title.chain([&*one.source.body]).chain(parts).collect();
    html_to_text(&texts.join("<p>")).to_lowercase()
}

/// How much of the first twenty is what was meant, and where the first of it stands.
struct Judged {
    recall: f64,
    reciprocal_rank: f64,
}

#[tokio::test(start_paused = true)]
async fn what_was_meant_is_found_and_stands_first() {
    let world = World::new(4_000);
    world.sync().await;
    let (index, workspace) = (index(world.home()), world.server.snapshot());
    let mut judged: Vec<(String, Judged)> = Vec::new();
    for (language, topic, query, said) in QUESTIONS {
        let number = TOPICS.iter().position(|one| one.key == *topic).unwrap() as u8;
        let is_said = |one: &Conversation| said.split('|').any(|piece| told(one).contains(piece));
        let meant = workspace.conversations();
        let meant = meant.filter(|one| one.meant == number && one.language == *language && is_said(one));
        let meant: HashSet<String> = meant.map(|one| one.id.to_string()).collect();
        assert!(!meant.is_empty(), "{language} {topic}: nothing is about it");
        let hits = page(&index, query, Sort::Relevance, 20).hits;
        let is_meant: Vec<bool> = hits.iter().map(|hit| meant.contains(&hit.card.conversation_id)).collect();
        let found = is_meant.iter().filter(|is| **is).count();
        let first = is_meant.iter().position(|is| *is);
        judged.push((
            format!("{language} {topic}: {query} ({found} of {}, {} meant)", hits.len(), meant.len()),
            Judged {
                recall: found as f64 / meant.len().min(20) as f64,
                reciprocal_rank: first.map_or(0.0, |first| 1.0 / (first + 1) as f64),
            },
        ));
    }
    let mean =
        |of: fn(&Judged) -> f64| judged.iter().map(|(_, one)| of(one)).sum::<f64>() / judged.len() as f64;
    let (recall, rank) = (mean(|one| one.recall), mean(|one| one.reciprocal_rank));
    let poor: Vec<&str> =
        judged.iter().filter(|(_, one)| one.recall < 0.9).map(|(what, _)| what.as_str()).collect();
    assert!(
        recall >= 0.95 && rank >= 0.8,
        "recall@20 {recall:.3}, MRR {rank:.3}; poor:\n{}",
        poor.join("\n")
    );
}
