#!/usr/bin/env bash
# Runs the official conformance suite against the test server of this directory, which has what the suite asks for by
# name, and against `fi serve` itself, which has not: what the revision of 2025-11-25 asks for by the released suite, and
# what both revisions require by the one to come.
#
#     FI_NPM=DIR run.sh MCP_CONFORMANCE FI HOME      the example of that name, fi, and the home of a demo company
#
# expected-failures.yml and expected-of-the-endpoint.yml list what fails and why; it fails, too, when one of those passes.
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
. "$here/../interop/served.sh"
work="$(mktemp -d)"

"$1" "$3" >"$work/address" 2>"$work/server.log" &
server=$!
served_pid=
trap 'kill $server $served_pid 2>/dev/null; rm -rf "$work"' EXIT
for _ in $(seq 100); do
  [ -s "$work/address" ] || sleep 0.1
done

suite() { # package, name, options…
  local package="$1" name="$2"
  shift 2
  if ! node "$FI_NPM/node_modules/$package/dist/index.js" server --url "$url" "$@" \
    --expected-failures "$expected" -o "$work/results" >"$work/said" 2>&1; then
    cat "$work/said"
    echo "conformance of $what, $name: failed" >&2
    exit 1
  fi
  printf 'conformance of %s, %s: %s, all of it expected\n' "$what" "$name" "$(grep '^Total:' "$work/said")"
}

suites() {
  suite conformance-stable "2025-11-25 (released)" --suite all --spec-version 2025-11-25
  suite @modelcontextprotocol/conformance 2025-11-25 --requirements 2025-11-25
  expected="$without_sessions"
  suite @modelcontextprotocol/conformance 2026-07-28 --requirements 2026-07-28
}

what="the test server" url="$(cat "$work/address")" expected="$here/expected-failures.yml"
without_sessions="$expected"
suites

# The suite sends no key: this server is for this machine alone, and there is none.
served "$2" "$3" "$work/said"
what="fi serve" url="$served_url/mcp" expected="$here/expected-of-the-endpoint.yml"
without_sessions="$work/without-sessions.yml"
grep -v sse-multiple-streams "$expected" >"$without_sessions"
suites
