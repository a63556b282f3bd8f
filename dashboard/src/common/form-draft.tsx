import { useEffect, useRef } from 'react';
import { useNotify } from 'react-admin';
import { useFormContext } from 'react-hook-form';
import { useLocation } from 'react-router';
import { signedInUser } from '../api/session';

/** Names of fields whose values must not be stored in the browser. */
const SECRET = /password|code|token|secret/i;

/** Timers that remove drafts, by the key of the draft. */
const removals = new Map<string, ReturnType<typeof setTimeout>>();

/**
 * Stores the values of the form around it in the browser until the form is saved or left. After a reload, or after the
 * session has ended and the user has signed in again, it fills the form with them. Passwords and codes are not stored.
 */
export function FormDraft() {
  const { setValue, subscribe } = useFormContext();
  const notify = useNotify();
  const latestNotify = useRef(notify);
  latestNotify.current = notify;
  const { pathname } = useLocation();
  const key = `tankobon-draft:${signedInUser()?.id ?? ''}:${pathname}`;

  useEffect(() => {
    clearTimeout(removals.get(key));
    // The framework fills the form with the record after the first rendering, which would overwrite the draft.
    const timer = setTimeout(() => {
      const draft = read(key);
      for (const [name, value] of Object.entries(draft)) setValue(name, value, { shouldDirty: true });
      if (Object.keys(draft).length > 0) latestNotify.current('app.draft_restored', { type: 'info' });
    });
    const unsubscribe = subscribe({
      formState: { values: true, dirtyFields: true },
      callback: ({ values, dirtyFields = {} }) => write(key, values, Object.keys(dirtyFields)),
    });
    return () => {
      clearTimeout(timer);
      unsubscribe();
      // With a session, the form was saved or left. Without one, the draft is needed after the next sign-in. The timer lets a
      // form that is mounted again at once keep its draft.
      if (signedInUser() !== null)
        removals.set(
          key,
          setTimeout(() => sessionStorage.removeItem(key)),
        );
    };
  }, [setValue, subscribe, key]);
  return null;
}

function read(key: string): Record<string, unknown> {
  return JSON.parse(sessionStorage.getItem(key) ?? '{}') as Record<string, unknown>;
}

function write(key: string, values: Readonly<Record<string, unknown>>, names: readonly string[]): void {
  const kept = names.filter((name) => !SECRET.test(name)).map((name) => [name, values[name]]);
  if (kept.length > 0) sessionStorage.setItem(key, JSON.stringify(Object.fromEntries(kept)));
}
