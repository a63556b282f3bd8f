import { defineErrorWithBody } from '../http/app-error.js';
import { HistoryBulkFailureDto } from './bulk.dto.js';

export const nothingChanged = defineErrorWithBody(409, 'Nothing was changed', HistoryBulkFailureDto);
