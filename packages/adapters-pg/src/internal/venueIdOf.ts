/** Several venues can share a database. */
export interface VenueOptions {
  /** 1 to 32 characters of `a-z 0-9 _ -`, starting with a letter or digit. Default: `main`. */
  readonly venueId?: string | undefined
}

const pattern = /^[a-z0-9][a-z0-9_-]{0,31}$/

/** Throws for an invalid id, because partitions of tables are named after it. */
export const venueIdOf = ({ venueId = "main" }: VenueOptions): string => {
  if (!pattern.test(venueId)) {
    throw new TypeError(
      `venueId ${JSON.stringify(venueId)} is not 1 to 32 characters of a-z 0-9 _ -, a letter or digit first`
    )
  }
  return venueId
}
