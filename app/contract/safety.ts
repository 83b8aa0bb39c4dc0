/** Days that a safety snapshot is kept; people are told. */
export const SAFETY_DAYS = 7;

/** Image properties by which a safety snapshot is known. Without the first it is an image like any other, and stays. */
export const SAFETY = {
  /** The verb it was made before. */
  mark: 'cumulet_safety',
  /** What the machine had then. */
  flavor: 'cumulet_safety_flavor',
  name: 'cumulet_safety_name',
  /** ISO time. */
  until: 'cumulet_safety_until',
} as const;
