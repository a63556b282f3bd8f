import { localStorageStore, type Store } from 'react-admin';

/** What a sign-out does not reset: choices of the browser's user rather than of an account. */
const KEPT = ['locale', 'theme'];

/** Preferences, kept by the browser. The framework resets them at a sign-out. */
export function createStore(): Store {
  const store = localStorageStore('1', 'tankobon');
  return {
    ...store,
    reset: () => {
      const kept = KEPT.map((key) => [key, store.getItem<unknown>(key)] as const);
      store.reset();
      for (const [key, value] of kept) if (value !== undefined) store.setItem(key, value);
    },
  };
}
