/** The form after a final consonant, then the form after a vowel. */
export type Particle = '으로/로' | '을/를' | '이/가' | '은/는';

const FIRST_SYLLABLE = 0xac00;
const LAST_SYLLABLE = 0xd7a3;
const FINALS = 28;
const FINAL_RIEUL = 8;
/** The final sound of each character that Korean reads as a word of its own: 영 일 이 삼 ..., 엘 엠 엔 알. */
const SPOKEN_FINALS: Record<string, 'ㄹ' | 'consonant'> = {
  ...{ '0': 'consonant', '1': 'ㄹ', '3': 'consonant', '6': 'consonant', '7': 'ㄹ', '8': 'ㄹ' },
  ...{ l: 'ㄹ', m: 'consonant', n: 'consonant', r: 'ㄹ' },
};

function finalSound(word: string): 'ㄹ' | 'consonant' | 'vowel' {
  const last = word.match(/[\p{L}\p{N}]/gu)?.at(-1) ?? '';
  const code = last.charCodeAt(0);
  if (!(code >= FIRST_SYLLABLE && code <= LAST_SYLLABLE)) return SPOKEN_FINALS[last.toLowerCase()] ?? 'vowel';
  const final = (code - FIRST_SYLLABLE) % FINALS;
  if (final === 0) return 'vowel';
  return final === FINAL_RIEUL ? 'ㄹ' : 'consonant';
}

/** A word with the particle that its last syllable takes: 프리미엄으로, 베이직을, 스탠다드로. */
export function withParticle(word: string, particle: Particle): string {
  const [afterConsonant, afterVowel] = particle.split('/');
  const sound = finalSound(word);
  // ㄹ takes 로 as a vowel does: 연말로, but 연말을.
  const isVowel = sound === 'vowel' || (sound === 'ㄹ' && particle === '으로/로');
  return word + (isVowel ? afterVowel : afterConsonant);
}
