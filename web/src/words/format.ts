import { useLanguage } from './language.ts';

let zone = 'Asia/Seoul';

/** The business calendar's, as the API tells it: a date means the same day to buyer and operator wherever they are. */
export function setTimeZone(timeZone: string): void {
  zone = timeZone;
}

/** Money and time in the chosen language. */
export function useFormat() {
  const locale = useLanguage() === 'ko' ? 'ko-KR' : 'en-GB';
  const when = (options: Intl.DateTimeFormatOptions) => (text: string | null) =>
    text === null ? '–' : new Date(text).toLocaleString(locale, { timeZone: zone, ...options });
  return {
    won: (amount: number) =>
      locale === 'ko-KR' ? `${amount.toLocaleString(locale)}원` : `₩${amount.toLocaleString(locale)}`,
    number: (count: number) => count.toLocaleString(locale),
    time: when({ dateStyle: 'medium', timeStyle: 'short' }),
    exactTime: when({ dateStyle: 'medium', timeStyle: 'medium' }),
    day: when({ dateStyle: 'long' }),
  };
}

/** A day of the business calendar, yyyy-MM-dd, some days from now. */
export function calendarDay(now: Date, days = 0): string {
  return new Date(now.getTime() + days * 86_400_000).toLocaleDateString('sv-SE', { timeZone: zone });
}
