import { useLocale } from 'react-admin';

/** Writes times in the language of the page. */
export function useFormatTime(): (time: string) => string {
  const locale = useLocale();
  const format = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' });
  return (time) => format.format(new Date(time));
}
