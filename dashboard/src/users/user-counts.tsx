import { useLocale, useTranslate } from 'react-admin';
import type { UserCounts as Counts } from '../api/client';
import { CardSection } from '../common/card-section';
import { Facts } from '../common/facts';
import { COUNTS } from './counts';

export function UserCounts({ counts }: { counts: Counts }) {
  const translate = useTranslate();
  const format = new Intl.NumberFormat(useLocale());
  return (
    <CardSection title={translate('resources.users.sections.counts')}>
      <Facts
        facts={COUNTS.map(
          (name) => [translate(`resources.users.counts.${name}`), format.format(counts[name])] as const,
        )}
      />
    </CardSection>
  );
}
