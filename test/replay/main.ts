// Plays recordings of SAP's services against our clients and our emulators: `npm run replay -- FILE.jsonl…`
import { replay } from './run.ts';

const { stderr } = process;
process.exitCode = await replay(process.argv.slice(2), {
  out: (line) => console.log(line),
  err: (line) => console.error(line),
  ...(stderr.isTTY ? { progress: (text: string) => stderr.write(`\r\u001b[K${text}`) } : {}),
});
if (stderr.isTTY) stderr.write('\r\u001b[K');
