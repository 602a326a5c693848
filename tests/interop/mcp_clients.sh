#!/usr/bin/env bash
# Everything that talks to `fi mcp` as others will: clients made with the Python SDK, both TypeScript SDKs, Inspector.
#
#     FI_NPM=DIR FI_MCP_PYTHON=PYTHON mcp_clients.sh FI HOME      fi, and the home of a demo company
#
# FI_NPM has package.json's packages, FI_MCP_PYTHON those of mcp_requirements.txt: .ci/clients installs both.
set -euo pipefail
here="$(dirname "$0")"
server=("$1" mcp --home "$2")

"$FI_MCP_PYTHON" "$here/mcp_python.py" "${server[@]}"
for client in mcp_v1 mcp_v2 mcp_inspector; do
  node "$here/$client.mjs" "${server[@]}"
done
