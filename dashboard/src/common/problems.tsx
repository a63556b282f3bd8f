import { type MutateOptions, useMutation } from '@tanstack/react-query';
import {
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import { useLogoutIfAccessDenied, useNotify } from 'react-admin';
import { useLocation } from 'react-router';
import { Cancelled } from './cancelled';
import { ProblemNotice } from './problem-notice';

interface Problems {
  readonly current: unknown;
  show(error: unknown): void;
  clear(): void;
}

const ProblemContext = createContext<Problems>({ current: null, show: () => {}, clear: () => {} });

/** Keeps the problem of the page that is shown. */
export function ProblemProvider({ children }: { children: ReactNode }) {
  const [current, setCurrent] = useState<unknown>(null);
  const { pathname } = useLocation();
  useEffect(() => setCurrent(null), [pathname]);
  const value = useMemo(() => ({ current, show: setCurrent, clear: () => setCurrent(null) }), [current]);
  return <ProblemContext value={value}>{children}</ProblemContext>;
}

/** Where the page shows its problem: above its content. */
export function ProblemArea() {
  const { current, clear } = useContext(ProblemContext);
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (current !== null) place.current?.scrollIntoView({ block: 'nearest' });
  }, [current]);
  return <div ref={place}>{current !== null && <ProblemNotice error={current} onClose={clear} />}</div>;
}

export function useProblems(): Problems {
  return useContext(ProblemContext);
}

/** The options that the framework's forms need to explain refusals on their page: `<Edit mutationOptions={…}>`. */
export function useMutationOptions(): { onError: (error: unknown) => void } {
  const { show } = useProblems();
  return useMemo(() => ({ onError: show }), [show]);
}

interface Action<Result, Input> {
  readonly isPending: boolean;
  /** Begins the action, unless it is running already: the second click of a double click comes before the button is disabled. */
  mutate(input: Input, options?: MutateOptions<Result, unknown, Input>): void;
}

/**
 * A button's action: it calls an operation, says that it is done, and explains a refusal on the page.
 *
 * @param options `done` the key of the message after success
 */
export function useAction<Result, Input = void>(
  work: (input: Input) => Promise<Result>,
  options: { done?: string; onSuccess?: (result: Result) => void } = {},
): Action<Result, Input> {
  const isRunning = useRef(false);
  const { show, clear } = useProblems();
  const notify = useNotify();
  const logoutIfAccessDenied = useLogoutIfAccessDenied();
  const { done, onSuccess } = options;
  const { mutate, isPending } = useMutation({
    mutationFn: work,
    onMutate: clear,
    onSuccess: useCallback(
      (result: Result) => {
        if (done !== undefined) notify(done, { type: 'success' });
        onSuccess?.(result);
      },
      [done, notify, onSuccess],
    ),
    onError: async (error: unknown) => {
      if (error instanceof Cancelled) return;
      if (!(await logoutIfAccessDenied(error))) show(error);
    },
    onSettled: () => {
      isRunning.current = false;
    },
  });
  return {
    isPending,
    mutate: (input, mutateOptions) => {
      if (isRunning.current) return;
      isRunning.current = true;
      mutate(input, mutateOptions);
    },
  };
}
