/** How long the database may take to answer. */
import { Duration } from "effect"

export interface AnswerOptions {
  /**
   * Claims, appends and pages of a read that take longer are `Unknown`; lists and pieces of
   * snapshots are `SnapshotsUnavailable`. Default: 10 seconds.
   */
  readonly answerWithin?: Duration.Input | undefined
}

export const answerWithinDefault: Duration.Input = "10 seconds"

export const noAnswerWithin = (within: Duration.Input): string =>
  `no answer within ${Duration.format(Duration.fromInputUnsafe(within))}`
