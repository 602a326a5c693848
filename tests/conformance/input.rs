//! Rounds of questions to whoever called, and the state that goes back and forth with them.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use rmcp::ErrorData;
use rmcp::model::{ClientCapabilities, InputRequest, InputRequiredResult, InputResponses};
use serde_json::Value;
use sha2::Sha256;

use crate::fixtures::Input;

/// Nothing is secret here: the suite looks only whether a state that was changed is refused.
const KEY: &[u8] = b"the key of a server that serves fixtures";

/// What to ask next; `None` when all of it is answered.
pub(crate) fn next(
    input: &Input,
    state: Option<&str>,
    responses: Option<&InputResponses>,
    declared: &ClientCapabilities,
) -> Result<Option<InputRequiredResult>, ErrorData> {
    let round = state.map(open).transpose()?.unwrap_or(0);
    let Some(asked) = input.rounds.get(round) else { return Ok(None) };
    let is_asked = |request: &InputRequest| !input.is_only_declared || can(declared, request);
    let is_answered = |name: &String| responses.and_then(|all| all.get(name)).is_some_and(Value::is_object);
    let counts = state.is_some() || !input.is_sealed;
    let has_all = asked.iter().filter(|(_, request)| is_asked(request)).all(|(name, _)| is_answered(name));
    let round = if counts && has_all { round + 1 } else { round };
    let Some(asked) = input.rounds.get(round) else { return Ok(None) };
    let requests = asked.iter().filter(|(_, request)| is_asked(request));
    let requests = requests.map(|(name, request)| (name.clone(), request.clone())).collect();
    Ok(Some(InputRequiredResult::new(Some(requests), input.is_sealed.then(|| seal(round)))))
}

fn can(declared: &ClientCapabilities, request: &InputRequest) -> bool {
    match request {
        InputRequest::CreateMessage(_) => declared.sampling.is_some(),
        InputRequest::Elicitation(_) => declared.elicitation.is_some(),
        InputRequest::ListRoots(_) => declared.roots.is_some(),
        _ => false,
    }
}

fn seal(round: usize) -> String {
    let round = [u8::try_from(round).unwrap_or(u8::MAX)];
    let sealed = [round.as_slice(), &signed(round).finalize().into_bytes()].concat();
    URL_SAFE_NO_PAD.encode(sealed)
}

fn open(state: &str) -> Result<usize, ErrorData> {
    let refused = || ErrorData::invalid_params("requestState is not one of this server", None);
    let sealed = URL_SAFE_NO_PAD.decode(state).map_err(|_| refused())?;
    let (round, signature) = sealed.split_first().ok_or_else(refused)?;
    signed([*round]).verify_slice(signature).map_err(|_| refused())?;
    Ok(usize::from(*round))
}

fn signed(round: [u8; 1]) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(KEY).expect("HMAC takes keys of any length");
    mac.update(&round);
    mac
}
