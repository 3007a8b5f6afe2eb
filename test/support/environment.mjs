import { TestEnvironment } from 'jest-environment-node';

/** A line of the program's log, which `src/platform/logging` writes as JSON. */
const LOG_LINE = /^\{.*"level":"(error|warn|info|debug)".*\}$/;

const MAX_LINES = 200;

/**
 * Keeps the log of the program under test while a test runs, and prints it only when the test fails: many tests
 * provoke errors, and a green run prints none.
 */
export default class QuietEnvironment extends TestEnvironment {
  #lines = [];
  #write = process.stdout.write;

  async setup() {
    await super.setup();
    process.stdout.write = (chunk, ...rest) => {
      const { log, other } = split(String(chunk));
      this.#lines.push(...log);
      if (other !== '') return this.#write.call(process.stdout, other, ...rest);
      rest.find((argument) => typeof argument === 'function')?.();
      return true;
    };
  }

  async teardown() {
    process.stdout.write = this.#write;
    await super.teardown();
  }

  handleTestEvent({ name, test, hook }) {
    if (name === 'test_start') this.#lines = [];
    if (name === 'test_done' && test.errors.length > 0) this.#print(test.name);
    if (name === 'hook_failure' && hook.type.endsWith('All')) this.#print(hook.type);
  }

  #print(title) {
    if (this.#lines.length === 0) return;
    this.#write.call(process.stdout, `log of "${title}":\n${this.#lines.slice(-MAX_LINES).join('\n')}\n`);
  }
}

function split(text) {
  const lines = text.split('\n');
  const log = lines.filter((line) => LOG_LINE.test(line));
  return { log, other: log.length === 0 ? text : lines.filter((line) => !LOG_LINE.test(line)).join('\n') };
}
