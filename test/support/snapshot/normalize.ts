import { DateTime } from 'luxon';
import { sortKeys } from './differences.ts';

const SEOUL = 'Asia/Seoul';
const TIME = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)?/g;
const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
const TOKEN = /eyJ[\w-]+\.[\w-]+\.[\w-]+/g;
const PAYMENT_KEY = /\bt(?:gen|bill|viva)?_\w{10,}/g;
const ACCOUNT = /\bX\d{13}\b/g;
const HASH = /\b[0-9a-f]{40,64}\b/g;
const DAY_MS = 86_400_000;

/**
 * Replaces in an answer what differs from run to run by a name. The same id has the same name throughout, so that
 * what refers to what is compared too.
 */
export class Normalizer {
  private readonly names = new Map<string, string>();
  private readonly counts = new Map<string, number>();

  /** @param origins addresses of this run, and what to call them */
  constructor(
    private readonly origins: Record<string, string>,
    private readonly hidden: Record<string, string> = {},
  ) {}

  normalize(value: unknown): unknown {
    return this.walk(sortKeys(value), '');
  }

  private walk(value: unknown, key: string): unknown {
    if (key in this.hidden && value !== null) return this.hidden[key];
    if (Array.isArray(value)) return value.map((inner) => this.walk(inner, key));
    if (typeof value === 'object' && value !== null)
      return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, this.walk(inner, name)]));
    return typeof value === 'string' ? this.text(value) : value;
  }

  text(text: string): string {
    let result = text;
    for (const [origin, name] of Object.entries(this.origins)) {
      result = result.replaceAll(origin, name).replaceAll(encodeURIComponent(origin), name);
    }
    return result
      .replaceAll(TOKEN, '<token>')
      .replaceAll(TIME, (time) => nameOfTime(time))
      .replaceAll(UUID, (id) => this.nameOf('id', id))
      .replaceAll(PAYMENT_KEY, (paymentKey) => this.nameOf('payment key', paymentKey))
      .replaceAll(ACCOUNT, (account) => this.nameOf('account', account))
      .replaceAll(HASH, (hash) => this.nameOf('hash', hash));
  }

  private nameOf(kind: string, value: string): string {
    const known = this.names.get(value);
    if (known) return known;
    const count = (this.counts.get(kind) ?? 0) + 1;
    this.counts.set(kind, count);
    const name = `<${kind} ${count}>`;
    this.names.set(value, name);
    return name;
  }
}

/**
 * The day and hour in Seoul. A full hour shows its minutes: it is planned, while all others are moments of this run.
 */
function nameOfTime(text: string): string {
  const time = DateTime.fromISO(text, { zone: SEOUL });
  if (Math.abs(time.toMillis() - Date.now()) < 2 * DAY_MS) return '<real time>';
  const isFullHour = time.minute === 0 && time.second === 0 && time.millisecond === 0;
  return `<${time.toFormat(isFullHour ? "yyyy-MM-dd HH':00'" : "yyyy-MM-dd HH':xx'")}>`;
}
