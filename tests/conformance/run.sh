#!/usr/bin/env bash
# Runs the official conformance suite against the test server of this directory: what the revision of 2025-11-25 asks
# for by the released suite, and what both revisions require by the one to come.
#
#     FI_NPM=DIR run.sh MCP_CONFORMANCE HOME      the example of that name, and the home of a demo company
#
# expected-failures.yml lists what fails and why; it fails, too, when one of those passes.
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
work="$(mktemp -d)"

"$1" "$2" >"$work/address" 2>"$work/server.log" &
server=$!
trap 'kill $server 2>/dev/null; rm -rf "$work"' EXIT
for _ in $(seq 100); do
  [ -s "$work/address" ] || sleep 0.1
done
url="$(cat "$work/address")"

suite() { # package, name, options…
  local package="$1" name="$2"
  shift 2
  if ! node "$FI_NPM/node_modules/$package/dist/index.js" server --url "$url" "$@" \
    --expected-failures "$here/expected-failures.yml" -o "$work/results" >"$work/said" 2>&1; then
    cat "$work/said"
    echo "conformance of $name: failed" >&2
    exit 1
  fi
  printf 'conformance of %s: %s, all of it expected\n' "$name" "$(grep '^Total:' "$work/said")"
}

suite conformance-stable "2025-11-25 (released)" --suite all --spec-version 2025-11-25
suite @modelcontextprotocol/conformance 2025-11-25 --requirements 2025-11-25
suite @modelcontextprotocol/conformance 2026-07-28 --requirements 2026-07-28
