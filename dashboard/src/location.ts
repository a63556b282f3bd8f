/** The URL of the dashboard. Built files are one folder deeper, in `assets/`. */
const HOME = import.meta.env.DEV
  ? new URL('/dashboard/', location.href)
  : new URL(/* @vite-ignore */ '..', import.meta.url);

/** The path of the dashboard, such as `/dashboard`, or `/tankobon/dashboard` if `PUBLIC_URL` has a path. */
export const BASENAME = HOME.pathname.replace(/\/$/, '');

/** The URL of the service. Requests go to the host of the page, which may have other names than `PUBLIC_URL` says. */
export const SERVICE_URL = new URL('..', HOME).href.replace(/\/$/, '');

/** The URL of a page of the dashboard. @param path such as `/users` */
export function urlOf(path: string): string {
  return new URL(`${BASENAME}${path}`, location.href).href;
}
