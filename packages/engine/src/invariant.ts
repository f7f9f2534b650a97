/**
 * The venue found itself in an impossible state. It stops; the evidence is the journal up to the
 * last durable batch.
 */
export class InvariantBroken extends Error {
  override readonly name = "InvariantBroken"
}

/** Asserts a fact about the venue's own state. Stays enabled in production. */
export function invariant(holds: boolean, fact: string): asserts holds {
  if (!holds) throw new InvariantBroken(`not true any more: ${fact}`)
}
