import Alert from '@mui/material/Alert';
import AlertTitle from '@mui/material/AlertTitle';
import Button from '@mui/material/Button';
import { type ReactNode, useEffect, useState } from 'react';
import { useTranslate } from 'react-admin';
import type { Message } from '../api/client';
import { Problem } from '../api/problem';
import { serverMessageKey } from '../i18n/server.messages';

/** Messages that say more than their status. */
const EXPLAINED_MESSAGES: Readonly<Partial<Record<Message, string>>> = {
  'Account suspended': 'problem.suspended',
  'Sign in again': 'problem.wrong_password',
  'Invalid or expired token': 'problem.expired_link',
  'Invalid invitation': 'problem.invalid_invitation',
  'Invalid image': 'problem.invalid_image',
};
const EXPLAINED = [400, 401, 403, 404, 409, 412, 413, 429, 503];

/** Says what went wrong, why, and when a further try makes sense. */
export function ProblemNotice(props: {
  error: unknown;
  /** Reads the page's data again, or sends the form again. */
  onRetry?: () => void;
  /** Whether the page could not be read. A 400 is then about its address instead of about fields. */
  isRead?: boolean;
  onClose?: () => void;
  children?: ReactNode;
}) {
  const { error, onRetry, isRead = false, onClose, children } = props;
  const translate = useTranslate();
  const problem = error instanceof Problem ? error : null;
  const seconds = useSecondsUntil(problem?.retryAt ?? null);
  const title = useProblemTitle(error);
  return (
    <Alert severity="error" role="alert" sx={{ mb: 2 }} {...(onClose ? { onClose } : {})}>
      <AlertTitle>{title}</AlertTitle>
      {translate(explanationKey(problem, isRead))} {children}
      {problem?.retryAt != null && (
        // The number changes each second: a screen reader hears the first one only.
        <div aria-live="off">
          {seconds > 0 ? translate('problem.wait', { smart_count: seconds }) : translate('problem.now')}
        </div>
      )}
      {onRetry && (
        <div>
          <Button color="inherit" size="small" sx={{ mt: 1 }} onClick={onRetry} disabled={seconds > 0}>
            {translate('app.retry')}
          </Button>
        </div>
      )}
    </Alert>
  );
}

/** The service's message in the user's language. */
export function useProblemTitle(error: unknown): string {
  const translate = useTranslate();
  const message = error instanceof Problem ? error.message : '';
  if (message === '') return translate('problem.title');
  return translate(serverMessageKey(message), { _: message });
}

function explanationKey(problem: Problem | null, isRead: boolean): string {
  if (problem === null) return 'ra.message.error';
  if (isRead && problem.status === 400) return 'problem.invalid_address';
  if (problem.status === 0) return 'problem.network';
  const byMessage = EXPLAINED_MESSAGES[problem.message as Message];
  if (byMessage !== undefined) return byMessage;
  return `problem.status_${EXPLAINED.includes(problem.status) ? problem.status : 500}`;
}

function useSecondsUntil(time: number | null): number {
  const [now, setNow] = useState(Date.now);
  const isOver = time === null || now >= time;
  useEffect(() => {
    if (isOver) return undefined;
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, [isOver]);
  return isOver ? 0 : Math.ceil((time - now) / 1_000);
}
