import { type RefObject, useEffect, useRef } from 'react';
import { useLocale } from 'react-admin';
import { useLocation } from 'react-router';

const TITLE = 'react-admin-title';
const NAME = 'Tankobon';

/** Tells browsers and screen readers the language of the page. */
export function useLanguageOfPage(): void {
  const locale = useLocale();
  useEffect(() => {
    document.documentElement.lang = locale;
  }, [locale]);
}

/**
 * Keeps the title of the browser's tab equal to the heading of the page, which the framework writes. The heading's tooltip
 * has the whole text, because narrow screens do not.
 */
export function useDocumentTitle(): void {
  useEffect(() => {
    const heading = document.getElementById(TITLE);
    if (heading === null) return undefined;
    const update = () => {
      const text = heading.textContent?.trim() ?? '';
      document.title = text === '' ? NAME : `${text} · ${NAME}`;
      heading.title = text;
    };
    const observer = new MutationObserver(update);
    observer.observe(heading, { childList: true, subtree: true, characterData: true });
    update();
    return () => observer.disconnect();
  }, []);
}

/** Moves the focus to a page when it opens, as a browser does for pages of a server. */
export function usePageFocus<E extends HTMLElement>(): RefObject<E | null> {
  const page = useRef<E>(null);
  const { pathname } = useLocation();
  const former = useRef(pathname);
  useEffect(() => {
    if (former.current === pathname) return;
    former.current = pathname;
    page.current?.focus({ preventScroll: true });
    window.scrollTo(0, 0);
  }, [pathname]);
  return page;
}
