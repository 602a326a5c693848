// Talks to `fi mcp` or `fi serve` as clients made with version 2 of the TypeScript SDK do, in both eras of the protocol.
//
//     FI_NPM=DIR node mcp_v2.mjs COMMAND [ARGUMENT...]
//     FI_NPM=DIR FI_KEY=KEY node mcp_v2.mjs URL

import { check, require, talk, transport } from './mcp_checks.mjs';

const { Client, StreamableHTTPClientTransport } = require('@modelcontextprotocol/client');
const { StdioClientTransport } = require('@modelcontextprotocol/client/stdio');

for (const [mode, era] of [['auto', 'modern'], ['legacy', 'legacy']]) {
  const client = new Client({ name: 'interop', version: '1' }, { versionNegotiation: { mode } });
  await client.connect(transport(StdioClientTransport, StreamableHTTPClientTransport));
  check(client.getProtocolEra() === era, `with ${mode} the era is ${client.getProtocolEra()}`);
  check(client.getInstructions(), 'there are no instructions');
  // This SDK turns the older code for a resource that is not there into the newer one.
  await talk(client, `typescript v2 ${mode}`, -32602);
  await client.close();
}
