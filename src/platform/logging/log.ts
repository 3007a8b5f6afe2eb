import { Writable } from 'node:stream';
import { WinstonModule } from 'nest-winston';
import { createLogger, format, transports } from 'winston';
import { requestContext } from './request-context.ts';

/** Deeper values are cut; an object may contain itself. */
const MAX_DEPTH = 6;

/** Field names that may hold a secret. */
const SECRET = /authorization|secret|token|password|encryption|billingkey|authkey|accountnumber|cardnumber|holdername/i;

const requestId = format((line) => {
  const context = requestContext.getStore();
  if (context) line['requestId'] ??= context.requestId;
  return line;
});

/** Masks the value of every such field at any depth. */
export function masked(value: unknown, depth = 0): unknown {
  if (typeof value !== 'object' || value === null || value instanceof Date || value instanceof Error) return value;
  if (depth === MAX_DEPTH) return '...';
  if (Array.isArray(value)) return value.map((item) => masked(item, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, SECRET.test(name) ? '***' : masked(inner, depth + 1)]),
  );
}

const withoutSecrets = format((line) => {
  // nest-winston puts the missing second argument of error() here.
  if (Array.isArray(line['stack']) && !line['stack'][0]) delete line['stack'];
  // In place, to keep the logger's own symbol properties.
  for (const name of Object.keys(line)) line[name] = SECRET.test(name) ? '***' : masked(line[name], 1);
  return line;
});

/** NestJS logs its own start at this level; those lines are left out. */
const FRAMEWORK = new Set(['NestFactory', 'InstanceLoader', 'RoutesResolver', 'RouterExplorer', 'NestApplication']);
const withoutFramework = format((line) =>
  line.level === 'info' && FRAMEWORK.has(line['context'] as string) ? false : line,
);

const readable = format.printf(({ timestamp, level, message, context, stack, ...rest }) => {
  const details = Object.entries(rest).map(
    ([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  const trace = stack ? `\n${Array.isArray(stack) ? stack.join('\n') : String(stack)}` : '';
  const head = `${String(timestamp).slice(11, 23)} ${level.padEnd(5)} ${context ? `[${String(context)}] ` : ''}`;
  return `${head}${String(message)} ${details.join(' ')}${trace}`;
});

let lines: string[] = [];

function flush(): void {
  process.stdout.write(lines.join(''));
  lines = [];
}

process.on('exit', flush);

/** Writes all lines of one turn of the event loop with one system call, which costs a third per line. */
function stdoutByTurn(): Writable {
  return new Writable({
    decodeStrings: false,
    write(chunk: string, _encoding, done) {
      if (lines.push(chunk) === 1) setImmediate(flush);
      done();
    },
  });
}

/** JSON lines, one per request and per step of a payment; a readable format on a terminal. */
export function createLog(level: string) {
  const shape = process.stdout.isTTY ? readable : format.json();
  return WinstonModule.createLogger({
    instance: createLogger({
      level,
      format: format.combine(withoutFramework(), requestId(), withoutSecrets(), format.timestamp(), shape),
      transports: [new transports.Stream({ stream: stdoutByTurn(), eol: '\n' })],
    }),
  });
}
