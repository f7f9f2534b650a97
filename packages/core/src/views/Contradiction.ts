/**
 * An event cannot follow the events before it: they are not from one journal, or something in it is
 * damaged.
 */
export class Contradiction extends Error {
  override readonly name = "Contradiction"
}
