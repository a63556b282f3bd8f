const KEY = 'tankobon-reloaded';
/** Milliseconds. A file that is still missing after a reload is another fault than an upgrade, which the page shows. */
const INTERVAL = 60_000;

/**
 * Reloads the page when one of its files cannot be loaded: after an upgrade of the service, tabs that were open before it
 * ask for files of the former version.
 */
export function reloadAfterUpgrade(): void {
  addEventListener('vite:preloadError', () => {
    const last = Number(sessionStorage.getItem(KEY) ?? 0);
    if (Date.now() - last < INTERVAL) return;
    sessionStorage.setItem(KEY, String(Date.now()));
    location.reload();
  });
}
