import { Writable } from 'node:stream';
import { WinstonModule } from 'nest-winston';
import { createLogger, format, transports } from 'winston';
import { requestContext } from './request-context.ts';

/** Deeper than this nobody reads a log line, and an object may contain itself. */
const MAX_DEPTH = 6;

/** Names under which a secret could slip into a line. */
const SECRET = /authorization|secret|token|password|encryption|billingkey|authkey|accountnumber|cardnumber|holdername/i;

const requestId = format((line) => {
  const context = requestContext.getStore();
  if (context) line['requestId'] ??= context.requestId;
  return line;
});

/** Whatever stands under such a name, however deep, is not written. */
export function masked(value: unknown, depth = 0): unknown {
  if (typeof value !== 'object' || value === null || value instanceof Date || value instanceof Error) return value;
  if (depth === MAX_DEPTH) return '...';
  if (Array.isArray(value)) return value.map((item) => masked(item, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, SECRET.test(name) ? '***' : masked(inner, depth + 1)]),
  );
}

const withoutSecrets = format((line) => {
  // nest-winston puts the absent second argument of error() here.
  if (Array.isArray(line['stack']) && !line['stack'][0]) delete line['stack'];
  // In place: the logger finds its own notes on a line under symbols.
  for (const name of Object.keys(line)) line[name] = SECRET.test(name) ? '***' : masked(line[name], 1);
  return line;
});

/** What NestJS tells about its own start is for those who look for it. */
const FRAMEWORK = new Set(['NestFactory', 'InstanceLoader', 'RoutesResolver', 'RouterExplorer', 'NestApplication']);
const withoutFramework = format((line) =>
  line.level === 'info' && FRAMEWORK.has(line['context'] as string) ? false : line,
);

const forPeople = format.printf(({ timestamp, level, message, context, stack, ...rest }) => {
  const details = Object.entries(rest).map(
    ([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  const trace = stack ? `\n${Array.isArray(stack) ? stack.join('\n') : String(stack)}` : '';
  return `${String(timestamp).slice(11, 23)} ${level.padEnd(5)} ${context ? `[${String(context)}] ` : ''}${String(message)} ${details.join(' ')}${trace}`;
});

let lines: string[] = [];

function flush(): void {
  process.stdout.write(lines.join(''));
  lines = [];
}

process.on('exit', flush);

/** Gathers what is written in one turn of the event loop into one system call: a line costs a third. */
function stdoutByTurn(): Writable {
  return new Writable({
    decodeStrings: false,
    write(chunk: string, _encoding, done) {
      if (lines.push(chunk) === 1) setImmediate(flush);
      done();
    },
  });
}

/** JSON lines, one per request and per step of money; words for people where a person looks at a terminal. */
export function createLog(level: string) {
  const shape = process.stdout.isTTY ? forPeople : format.json();
  return WinstonModule.createLogger({
    instance: createLogger({
      level,
      format: format.combine(withoutFramework(), requestId(), withoutSecrets(), format.timestamp(), shape),
      transports: [new transports.Stream({ stream: stdoutByTurn(), eol: '\n' })],
    }),
  });
}
