import { Controller, Get, Patch } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentViewer, type SessionViewer, SignedIn } from '../access/access.js';
import { seriesNotFound } from '../catalog/catalog.errors.js';
import { ValidBody, ValidQuery } from '../http/input.js';
import { pagePosition } from '../http/page.js';
import { badRequest, invalid } from '../http/problems.js';
import { ApiRoute } from '../openapi/api-route.js';
import { DecideRowDto, ImportRowDto, ImportRowPageDto, RowsQuery } from './imports.dto.js';
import { importNotFound, importNotReady, rowNotFound } from './imports.errors.js';
import { presentRow } from './imports.presenter.js';
import { ImportsService } from './imports.service.js';
import { ImportId, RowNumber } from './path-parameters.js';

@ApiTags('Imports')
@Controller('user/imports/:id/rows')
export class ImportRowsController {
  constructor(private readonly imports: ImportsService) {}

  @Get()
  @SignedIn()
  @ApiRoute({
    id: 'importsListRows',
    summary: 'List the rows of an import',
    description: 'What each row would change, or has changed.',
    response: ImportRowPageDto,
    errors: [importNotFound],
  })
  async list(
    @CurrentViewer() { userId }: SessionViewer,
    @ImportId() id: number,
    @ValidQuery() query: RowsQuery,
  ): Promise<ImportRowPageDto> {
    const { total, rows } = await this.imports.listRows({ userId, id }, query);
    return { rows: rows.map(presentRow), ...pagePosition(query, rows.length, total) };
  }

  @Patch(':number')
  @SignedIn()
  @ApiRoute({
    id: 'importsDecideRow',
    summary: 'Decide a row of an import',
    description:
      'Names the series that the row is about, or leaves the row out: exactly one of the two fields.',
    response: ImportRowDto,
    errors: [importNotFound, rowNotFound, seriesNotFound, importNotReady],
    exampleBody: { series_id: 7 },
  })
  async decide(
    @CurrentViewer() { userId }: SessionViewer,
    @ImportId() id: number,
    @RowNumber() number: number,
    @ValidBody() { series_id: seriesId, outcome }: DecideRowDto,
  ): Promise<ImportRowDto> {
    const key = { userId, id };
    if (seriesId === undefined) return presentRow(await this.imports.skipRow(key, number));
    if (outcome !== undefined) throw badRequest([invalid('outcome', 'must not be given beside series_id')]);
    return presentRow(await this.imports.chooseSeries(key, number, seriesId));
  }
}
