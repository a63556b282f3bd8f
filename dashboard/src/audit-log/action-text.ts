import { useTranslate } from 'react-admin';

/** An action in words; for one that this page does not know, the service's description or its name. */
export function useActionText(): (action: string, description?: string) => string {
  const translate = useTranslate();
  return (action, description = action) =>
    translate(`resources.audit-log.actions.${action}`, { _: description });
}
