import { useLanguage } from './language.ts';

let zone = 'Asia/Seoul';

/** The time zone of the business calendar, from the API: buyers and operators see the same day wherever they are. */
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
