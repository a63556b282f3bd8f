import { defineErrorWithBody } from '../http/app-error.js';
import { CollectionBulkFailureDto } from './bulk.dto.js';

export const noItemChanged = defineErrorWithBody(409, 'Nothing was changed', CollectionBulkFailureDto);
