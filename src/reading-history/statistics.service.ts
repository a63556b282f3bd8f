import { Injectable } from '@nestjs/common';
import { unknownClient } from '../clients/clients.errors.js';
import { daysAfter, daysBetween, today } from '../http/dates.js';
import { badRequest, invalid } from '../http/problems.js';
import {
  DEFAULT_DAYS,
  type GeneralReadingStatisticsDto,
  MAX_DAYS,
  type PublicReadingStatisticsDto,
  type ReadingStatisticsDto,
  type ReadingStatisticsQuery,
} from './statistics.dto.js';
import { StatisticsRepository, type StatisticsSelection } from './statistics.repository.js';

/** An answer that is computed only if the client's copy is not current. */
interface Tagged<Answer> {
  readonly tag: string;
  readonly read: () => Promise<Answer>;
}

/** Figures of a reader's list and activity. */
@Injectable()
export class StatisticsService {
  constructor(private readonly repository: StatisticsRepository) {}

  /** Figures of the whole list. Its tag is the reader with the last number of their sequence. */
  async general(userId: string): Promise<Tagged<GeneralReadingStatisticsDto>> {
    const { number } = await this.repository.version(userId, undefined);
    return {
      tag: `general-${userId}-${number}`,
      read: async () => {
        const { counts, ...figures } = await this.repository.general(userId);
        const { planned = 0, started = 0, completed = 0, paused = 0, dropped = 0 } = counts;
        const total_read_series = started + completed + paused + dropped;
        return { total_read_series, planned, started, completed, paused, dropped, ...figures };
      },
    };
  }

  /**
   * Figures of the list, and of a period. The tag has all that the answer depends on: the reader, their changes, those
   * of the catalog, and the period, whose default depends on the day.
   *
   * @throws invalidParameters, unknownClient
   */
  async statistics(userId: string, query: ReadingStatisticsQuery): Promise<Tagged<ReadingStatisticsDto>> {
    const selection = selectionOf(userId, query);
    const { number, catalog, clientKnown } = await this.repository.version(userId, query.client);
    if (!clientKnown) throw unknownClient();
    const { client = 0, from, to } = selection;
    return {
      tag: ['stats', userId, number, catalog, client, from, to].join('-'),
      read: () => this.repository.statistics(selection),
    };
  }

  /** Figures of the user's public entries. @throws invalidParameters, unknownClient */
  async publicStatistics(userId: string, query: ReadingStatisticsQuery): Promise<PublicReadingStatisticsDto> {
    const selection = selectionOf(userId, query);
    const { clientKnown } = await this.repository.version(userId, query.client);
    if (!clientKnown) throw unknownClient();
    return this.repository.publicStatistics(selection);
  }
}

/** @throws invalidParameters if the period is empty or too long */
function selectionOf(userId: string, query: ReadingStatisticsQuery): StatisticsSelection {
  const to = query.to ?? today();
  const from = query.from ?? daysAfter(to, 1 - DEFAULT_DAYS);
  const days = daysBetween(from, to);
  if (days < 1) throw badRequest([invalid('from', 'must not be after to')]);
  if (days > MAX_DAYS) throw badRequest([invalid('from', `must be at most ${MAX_DAYS} days before to`)]);
  return { userId, client: query.client, from, to };
}
