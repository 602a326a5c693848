// Talks to `fi mcp` as clients made with version 2 of the TypeScript SDK do, in both eras of the protocol.
//
//     FI_NPM=DIR node mcp_v2.mjs COMMAND [ARGUMENT...]

import { check, require, talk } from './mcp_checks.mjs';

const { Client } = require('@modelcontextprotocol/client');
const { StdioClientTransport } = require('@modelcontextprotocol/client/stdio');

const [command, ...args] = process.argv.slice(2);
for (const [mode, era] of [['auto', 'modern'], ['legacy', 'legacy']]) {
  const client = new Client({ name: 'interop', version: '1' }, { versionNegotiation: { mode } });
  await client.connect(new StdioClientTransport({ command, args }));
  check(client.getProtocolEra() === era, `with ${mode} the era is ${client.getProtocolEra()}`);
  check(client.getInstructions(), 'there are no instructions');
  // This SDK turns the older code for a resource that is not there into the newer one.
  await talk(client, `typescript v2 ${mode}`, -32602);
  await client.close();
}
