export const ADDED = 'Reading status added successfully';
export const UPDATED = 'Reading status updated successfully';
export const DELETED = 'Reading status deleted successfully';
