// Talks to `fi mcp` or `fi serve` as clients made with version 1 of the TypeScript SDK do, which is what most that are installed have.
//
//     FI_NPM=DIR node mcp_v1.mjs COMMAND [ARGUMENT...]
//     FI_NPM=DIR FI_KEY=KEY node mcp_v1.mjs URL

import { check, require, talk, transport } from './mcp_checks.mjs';

const { Client } = require('@modelcontextprotocol/sdk/client/index.js');
const { StdioClientTransport } = require('@modelcontextprotocol/sdk/client/stdio.js');
const { StreamableHTTPClientTransport } = require('@modelcontextprotocol/sdk/client/streamableHttp.js');

const client = new Client({ name: 'interop', version: '1' });
await client.connect(transport(StdioClientTransport, StreamableHTTPClientTransport));
check(client.getServerVersion().name === 'fastintercom', 'another server answers');
check(client.getInstructions(), 'there are no instructions');
await talk(client, 'typescript v1', -32002);
await client.close();
