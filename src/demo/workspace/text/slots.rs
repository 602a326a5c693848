//! Filling the slots of a phrase: order numbers, amounts, names, addresses.
//!
//! One conversation keeps the same order number from beginning to end, so slots are drawn once per
//! conversation. Owns nothing but that; knows no phrases.

use crate::demo::workspace::draw::Draw;
use chrono::DateTime;
use std::fmt::Write;

const CARRIERS: &[&str] =
    &["DHL", "UPS", "DPD", "GLS", "Hermes", "Royal Mail", "Correos", "La Poste", "FedEx"];
const SHOPS: &[&str] = &["Shopify", "WooCommerce", "Shopware", "Magento", "PrestaShop", "Etsy"];
const CODES: &[&str] = &["503", "ERR-4012", "401", "E_TIMEOUT", "502", "LBL-77", "409", "0x80070057", "422"];

/// What the slots of one conversation are filled with.
pub(crate) struct Slots<'a> {
    /// The customer's first name.
    pub(crate) name: &'a str,
    /// The teammate's first name.
    pub(crate) agent: &'a str,
    pub(crate) email: &'a str,
    pub(crate) company: &'a str,
    order: u64,
    invoice: u64,
    cents: u64,
    number: u64,
    version: (u64, u64),
    track: u64,
    date: i64,
    language: &'static str,
    carrier: &'static str,
    shop: &'static str,
    code: &'static str,
}

impl<'a> Slots<'a> {
    pub(crate) fn draw(
        draw: &mut Draw,
        language: &'static str,
        at: i64,
        name: &'a str,
        email: &'a str,
        company: &'a str,
    ) -> Self {
        Self {
            name,
            agent: "Larkspur",
            email,
            company,
            order: 10_000 + draw.below(89_999),
            invoice: 1 + draw.below(4_999),
            cents: 490 + draw.below(25_000) * 5,
            number: 12 + draw.below(900),
            version: (2 + draw.below(6), draw.below(30)),
            track: draw.bits() % 1_000_000_000_000,
            date: at - 86_400 * draw.between(1, 20),
            language,
            carrier: draw.pick(CARRIERS),
            shop: draw.pick(SHOPS),
            code: draw.pick(CODES),
        }
    }

    /// Appends `phrase` with its slots filled in; braces that name no slot stay as they are.
    pub(crate) fn fill(&self, out: &mut String, phrase: &str) {
        let mut rest = phrase;
        while let Some(start) = rest.find('{') {
            out.push_str(&rest[..start]);
            let Some(end) = rest[start..].find('}') else { break };
            let slot = &rest[start + 1..start + end];
            if self.write(out, slot) {
                rest = &rest[start + end + 1..];
            } else {
                out.push('{');
                rest = &rest[start + 1..];
            }
        }
        out.push_str(rest);
    }

    fn write(&self, out: &mut String, slot: &str) -> bool {
        match slot {
            "name" => escape(out, self.name),
            "agent" => escape(out, self.agent),
            "email" => escape(out, self.email),
            "company" => escape(out, self.company),
            "carrier" => out.push_str(self.carrier),
            "shop" => out.push_str(self.shop),
            "code" => out.push_str(self.code),
            "amount" => self.amount(out),
            "date" => self.date(out),
            _ => return self.number(out, slot),
        }
        true
    }

    fn number(&self, out: &mut String, slot: &str) -> bool {
        let written = match slot {
            "order" => write!(out, "LK-{}", self.order),
            "invoice" => write!(out, "INV-2026-{:05}", self.invoice),
            "n" => write!(out, "{}", self.number),
            "version" => write!(out, "{}.{}.1", self.version.0, self.version.1),
            "track" => write!(out, "JJD{:012}", self.track),
            _ => return false,
        };
        written.is_ok()
    }

    fn amount(&self, out: &mut String) {
        let (whole, rest) = (self.cents / 100, self.cents % 100);
        let _ = match self.language {
            "en" => write!(out, "EUR {whole}.{rest:02}"),
            "ja" => write!(out, "{}円", self.cents),
            "zh" => write!(out, "¥{whole}.{rest:02}"),
            _ => write!(out, "{whole},{rest:02} €"),
        };
    }

    fn date(&self, out: &mut String) {
        let date = DateTime::from_timestamp(self.date, 0).unwrap_or_default();
        let format = match self.language {
            "en" => "%-d %B",
            "de" => "%d.%m.%Y",
            "ja" | "zh" => "%-m月%-d日",
            _ => "%d/%m/%Y",
        };
        let _ = write!(out, "{}", date.format(format));
    }
}

/// Appends text with the characters HTML needs escaped.
fn escape(out: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            _ => out.push(c),
        }
    }
}
