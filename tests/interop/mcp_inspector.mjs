// Talks to `fi mcp` or `fi serve` through the command line of the Inspector, which is what people debug servers with.
//
//     FI_NPM=DIR node mcp_inspector.mjs COMMAND [ARGUMENT...]
//     FI_NPM=DIR FI_KEY=KEY node mcp_inspector.mjs URL
//
// Each question is a process of its own, and mostly a server too: one call for each tool is enough.

import { execFile } from 'node:child_process';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { authorization, check, checkAnswer, checkRefusal, checkTools, filled, require, table, way } from './mcp_checks.mjs';

const home = dirname(require.resolve('@modelcontextprotocol/inspector/package.json'));
const inspector = join(home, 'clients/launcher/build/index.js');
const env = { ...process.env, MCP_INSPECTOR_SECRET_STORE: 'memory' };
const limits = { maxBuffer: 1 << 26, timeout: 60_000 };

/** What the Inspector says, and its exit code. */
async function inspected(method, ...options) {
  const reached = way === 'HTTP' ? ['--transport', 'http', '--header', `Authorization: ${authorization}`] : [];
  const question = [...reached, '--method', method, '--format', 'json', ...options];
  const run = promisify(execFile)(process.execPath, [inspector, '--cli', ...process.argv.slice(2), ...question], { env, ...limits });
  const { code = 0, stdout, stderr } = await run.catch(failed => failed);
  const answer = stdout.trim() ? JSON.parse(stdout).result : undefined;
  return { code, answer, stderr };
}

async function answered(method, ...options) {
  const { code, answer, stderr } = await inspected(method, ...options);
  check(code === 0, `${method} ends with ${code}: ${stderr}`);
  return answer;
}

const call = ({ tool, arguments: given }, kept) =>
  ['--tool-name', tool, '--tool-args-json', JSON.stringify(filled(given, kept))];

const kept = {};
const lists = await Promise.all(['legacy', 'modern'].map(era => answered('tools/list', '--strict', '--protocol-era', era)));
const [{ tools }] = lists;
lists.forEach(list => checkTools(list.tools));
for (const tool of tools) {
  const question = table.calls.find(question => question.tool === tool.name);
  checkAnswer(tool, question, await answered('tools/call', ...call(question, kept)), kept);
}
const refused = await inspected('tools/call', ...call(table.refused[0], kept));
check(refused.code === 5, `a refusal ends with ${refused.code}`);
checkRefusal(table.refused[0], refused.answer);
const unknown = await inspected('tools/call', '--tool-name', table.unknown_tool.name);
check(unknown.code !== 0 && unknown.stderr.includes(table.unknown_tool.name), `no tool ends with ${unknown.code}: ${unknown.stderr}`);
const { resources } = await answered('resources/list');
check((await answered('resources/templates/list')).resourceTemplates.length > 0, 'there are no resource templates');
const [uri] = filled(table.resources, kept);
check((await answered('resources/read', '--uri', uri)).contents.length === 1, `${uri} is empty`);
const { prompts } = await answered('prompts/list');
for (const { name, arguments: given } of table.prompts) {
  const blanks = Object.entries(given).flatMap(([key, value]) => ['--prompt-args', `${key}=${value}`]);
  check((await answered('prompts/get', '--prompt-name', name, ...blanks)).messages.length === 1, `${name} is empty`);
}
process.stdout.write(`inspector over ${way}: ${tools.length} tools, ${resources.length} resources, ${prompts.length} prompts\n`);
