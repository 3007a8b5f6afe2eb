import { type Language, PROBLEMS, type ProblemCode, problemsByStatus, sentenceOf } from '../platform/problem.ts';
import type { Settings } from '../config.ts';
import { adviceOn } from './advice.ts';

type Values = Pick<Settings, 'refundWindowDays'>;

const LANGUAGES = ['ko', 'en'] as const;
const TEXTS = {
  ko: { name: '한국어', means: '의미', todo: '해결 방법', all: '모든 오류 코드', docs: 'API 문서', title: '오류 코드' },
  en: {
    name: 'English',
    means: 'What it means',
    todo: 'What to do',
    all: 'All error codes',
    docs: 'API documentation',
    title: 'Error codes',
  },
} as const;

const STYLE = `
:root{color-scheme:light dark}
body{max-width:44rem;margin:3rem auto;padding:0 1.25rem;font:1rem/1.6 system-ui,sans-serif}
code{font-size:.95em}h1{font-size:1.4rem;overflow-wrap:anywhere}
h2{font-size:1.1rem;margin-top:2rem}h3{font-size:1rem;margin:1rem 0 0}
p{margin:.25rem 0}table{border-collapse:collapse}td{padding:.25rem .75rem .25rem 0;vertical-align:top}
`;

/** The meaning of a code and advice, in both languages; the reader's language comes first. */
export function problemPage(code: ProblemCode, language: Language, values: Values): string {
  const { status, title } = PROBLEMS[code];
  const sections = inOrder(language).map((each) => {
    const { name, means, todo } = TEXTS[each];
    return `<section lang="${each}"><h2>${name}</h2>
<h3>${means}</h3><p>${escape(sentenceOf(code, each, values))}</p>
<h3>${todo}</h3><p>${escape(adviceOn(code)[each])}</p></section>`;
  });
  const { all, docs } = TEXTS[language];
  return page(
    language,
    code,
    `<h1><code>${code}</code></h1><p>${status} · ${escape(title)}</p>
${sections.join('\n')}
<p><a href="/problems">${all}</a> · <a href="/docs">${docs}</a></p>`,
  );
}

/** A table of all codes. */
export function listPage(language: Language, values: Values): string {
  const rows = problemsByStatus().map(([code, { status }]) => {
    const sentence = escape(sentenceOf(code, language, values));
    const link = `<a href="/problems/${code}"><code>${code}</code></a>`;
    return `<tr><td>${status}</td><td>${link}</td><td>${sentence}</td></tr>`;
  });
  const { title, docs } = TEXTS[language];
  return page(language, title, `<h1>${title}</h1><table>${rows.join('\n')}</table><p><a href="/docs">${docs}</a></p>`);
}

const inOrder = (first: Language): Language[] =>
  LANGUAGES.toSorted((a, b) => Number(b === first) - Number(a === first));

function page(language: Language, title: string, body: string): string {
  return `<!doctype html>
<html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>${title} · Gudok</title><style>${STYLE}</style></head><body><main>${body}</main></body></html>`;
}

const escape = (text: string): string => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
