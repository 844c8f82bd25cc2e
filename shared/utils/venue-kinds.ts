// Apart from the schemas, so that no page for residents brings what checks a form.
export const VENUE_KINDS = ['school', 'community', 'library', 'museum', 'culture_hall', 'sports_ground', 'youth_centre', 'practice_base', 'other'] as const
export const VENUE_ACCESS = ['step_free', 'lift', 'toilet', 'parking', 'seating', 'hearing_loop'] as const
