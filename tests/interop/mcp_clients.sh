#!/usr/bin/env bash
# Everything that talks to `fi mcp` and to `fi serve` as others will: clients made with the Python SDK, both TypeScript
# SDKs, Inspector.
#
#     FI_NPM=DIR FI_MCP_PYTHON=PYTHON mcp_clients.sh FI HOME      fi, and the home of a demo company
#
# FI_NPM has package.json's packages, FI_MCP_PYTHON those of mcp_requirements.txt: .ci/clients installs both.
set -euo pipefail
here="$(dirname "$0")"
. "$here/served.sh"
work="$(mktemp -d)"
served "$1" "$2" "$work/said"
end() {
  kill "$served_pid" 2>/dev/null || true
  for name in python mcp_v1 mcp_v2 mcp_inspector; do
    "$1" --home "$2" keys revoke "interop-$name" >/dev/null 2>&1 || true
  done
  rm -rf "$work"
}
trap "end '$1' '$2'" EXIT

with_key() { # name, command…
  local name="$1"
  shift
  FI_KEY="$(key_of "$fi" "$home" "interop-$name")" "$@" "$served_url/mcp"
}

fi="$1" home="$2"
"$FI_MCP_PYTHON" "$here/mcp_python.py" "$fi" mcp --home "$home"
with_key python "$FI_MCP_PYTHON" "$here/mcp_python.py"
for client in mcp_v1 mcp_v2 mcp_inspector; do
  node "$here/$client.mjs" "$fi" mcp --home "$home"
  with_key $client node "$here/$client.mjs"
done
