// Prints the manifest of a bundle: mcpb.json, and what the binary says of itself.
//
//     FI_NPM=DIR node .ci/mcpb.mjs FI

import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';

const require = createRequire(`${process.env.FI_NPM}/`);
const { Client } = require('@modelcontextprotocol/sdk/client/index.js');
const { StdioClientTransport } = require('@modelcontextprotocol/sdk/client/stdio.js');

const manifest = JSON.parse(readFileSync(new URL('mcpb.json', import.meta.url)));
const client = new Client({ name: 'mcpb', version: '1' });
// Lists need no data.
const args = ['mcp', '--home', `${tmpdir()}/no-lake-for-mcpb`];
await client.connect(new StdioClientTransport({ command: process.argv[2], args }));

manifest.version = client.getServerVersion().version;
manifest.compatibility = { platforms: [process.platform] };
const { tools } = await client.listTools();
manifest.tools = tools.map(({ name, description }) => ({ name, description }));
const { prompts } = await client.listPrompts();
manifest.prompts = await Promise.all(prompts.map(async ({ name, description, arguments: blanks = [] }) => {
  const names = blanks.map(blank => blank.name);
  // The bundle has its own way to write blanks.
  const left = Object.fromEntries(names.map(name => [name, `\${arguments.${name}}`]));
  const { messages } = await client.getPrompt({ name, arguments: left });
  return { name, description, arguments: names, text: messages[0].content.text };
}));
await client.close();
process.stdout.write(`${JSON.stringify(manifest, null, 2)}\n`);
