import { useTranslate } from 'react-admin';
import type { AuditEntry } from '../api/client';
import { Facts } from '../common/facts';

/** The service writes this instead of names and addresses, which would outlive their deletion. */
const REDACTED = '(changed)';

/** What an action has changed: a line for each field, with its former and its present value. */
export function AuditChanges({ entry: { before, after } }: { entry: AuditEntry }) {
  const translate = useTranslate();
  const fields = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])];
  const text = (value: unknown) => textOf(value, translate);
  const change = (field: string) => {
    const [former, present] = [before?.[field], after?.[field]];
    if (former === REDACTED || present === REDACTED) return translate('resources.audit-log.redacted');
    if (before === null || !(field in before)) return text(present);
    if (after === null || !(field in after)) return text(former);
    return `${text(former)} → ${text(present)}`;
  };
  if (fields.length === 0) return null;
  return (
    <Facts
      facts={fields.map((field) => [
        translate(`resources.audit-log.changed.${field}`, { _: field }),
        change(field),
      ])}
    />
  );
}

function textOf(value: unknown, translate: ReturnType<typeof useTranslate>): string {
  if (value === null || value === undefined || value === '') return translate('app.none');
  if (typeof value === 'boolean') return translate(`ra.boolean.${value}`);
  if (Array.isArray(value))
    return value.length === 0 ? translate('app.none') : value.map((one) => textOf(one, translate)).join(', ');
  return typeof value === 'object' ? JSON.stringify(value) : String(value as string | number);
}
