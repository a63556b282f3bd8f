import { Injectable } from '@nestjs/common';
import pLimit from 'p-limit';
import { Replicas } from '../database/replicas.js';
import { FacetRepository, type VersionedFacets } from './facet.repository.js';
import type { FacetsDto } from './facets.dto.js';

/** The facets of the catalog. They are computed again when the catalog has changed, and kept until then. */
@Injectable()
export class FacetsService {
  private kept: VersionedFacets | null = null;
  /** One computation at a time: requests that need the same version as a running one get its result. */
  private readonly computing = pLimit(1);

  constructor(
    private readonly facets: FacetRepository,
    private readonly replicas: Replicas,
  ) {}

  async get(): Promise<FacetsDto> {
    return this.replicas.onReplica(async () => {
      const version = await this.facets.version();
      return this.keptOf(version) ?? this.computing(async () => this.keptOf(version) ?? this.compute());
    });
  }

  private keptOf(version: number): FacetsDto | undefined {
    return this.kept?.version === version ? this.kept.facets : undefined;
  }

  private async compute(): Promise<FacetsDto> {
    this.kept = await this.facets.current(this.kept);
    return this.kept.facets;
  }
}
