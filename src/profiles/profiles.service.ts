import { Injectable } from '@nestjs/common';
import { Replicas } from '../database/replicas.js';
import type { HistoryRow } from '../reading-history/history-page.js';
import type { StatusCounts } from '../reading-history/reading-entry.repository.js';
import type { HistoryQuery } from '../reading-history/reading-history.dto.js';
import { ReadingHistoryService } from '../reading-history/reading-history.service.js';
import type {
  PublicReadingStatisticsDto,
  ReadingStatisticsQuery,
} from '../reading-history/statistics.dto.js';
import { StatisticsService } from '../reading-history/statistics.service.js';
import type { ProfileRow } from '../users/user.repository.js';
import { UsersService } from '../users/users.service.js';

/** Public profiles of readers: their entries whose `visibility` is public. */
@Injectable()
export class ProfilesService {
  constructor(
    private readonly users: UsersService,
    private readonly history: ReadingHistoryService,
    private readonly figures: StatisticsService,
    private readonly replicas: Replicas,
  ) {}

  /** @throws userNotFound */
  async get(slug: string, viewerId: string | null): Promise<{ profile: ProfileRow; counts: StatusCounts }> {
    return this.readProfile(slug, viewerId, async (profile) => ({
      profile,
      counts: await this.history.publicCounts(profile.id),
    }));
  }

  /** A page of the reader's public entries, the same for every viewer. @throws userNotFound, unknownClient */
  async listHistory(
    slug: string,
    query: HistoryQuery,
    viewerId: string | null,
  ): Promise<{ total: number; rows: HistoryRow[] }> {
    return this.readProfile(slug, viewerId, ({ id }) => this.history.listPublic(id, query));
  }

  /** Figures of the reader's public entries. @throws userNotFound, invalidParameters, unknownClient */
  async statistics(
    slug: string,
    query: ReadingStatisticsQuery,
    viewerId: string | null,
  ): Promise<PublicReadingStatisticsDto> {
    return this.readProfile(slug, viewerId, ({ id }) => this.figures.publicStatistics(id, query));
  }

  /** Reads a profile from a replica, which may lag, except for its owner, who must see their own writes. */
  private async readProfile<T>(
    slug: string,
    viewerId: string | null,
    read: (profile: ProfileRow) => Promise<T>,
  ): Promise<T> {
    const profile = await this.replicas.onReplica(() => this.users.findProfile(slug));
    const isOther = profile !== undefined && profile.id !== viewerId;
    if (isOther) return this.replicas.onReplica(() => read(profile));
    return read(await this.users.getProfile(slug));
  }
}
