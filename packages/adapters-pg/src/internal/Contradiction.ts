/** What the events say cannot be, after what was stored before. */
export class Contradiction extends Error {
  override readonly name = "Contradiction"
}
